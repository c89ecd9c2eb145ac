"""The defects of Whoosh 2.7.4 that we stay clear of, each shown to be there or kept out by how we use it.

Fixed in a later Whoosh, such a test fails and the guard may go.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import FileIndex, LockError
from whoosh.qparser import QueryParser
from whoosh.query import NumericRange

from portal import search
from portal.search.embedded.engine import Engine
from portal.search.embedded.index import Index, write
from portal.search.query import SearchQuery
from portal.search.question import Concept, Question
from tests.search.corpora import document

ROOM = Path(search.__file__).parent
STAFF = frozenset({"org:1"})


def test_three_modules_know_whoosh():
    knowing = {
        path.name
        for path in ROOM.rglob("*.py")
        if "whoosh" in re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.S)
    }
    assert knowing == {"index.py", "raw_postings.py", "segments.py"}


def test_neither_its_searcher_nor_its_parser_nor_its_asynchronous_writer_is_used():
    code = "".join(path.read_text("utf-8") for path in ROOM.rglob("*.py"))
    for name in (
        "whoosh.searching",
        "whoosh.collectors",
        "whoosh.qparser",
        "AsyncWriter",
        "BufferedWriter",
        "NumericRange",
    ):
        assert name not in code
    assert not re.search(r"\.searcher\(|\.refresh\(|\.optimize\(", code)


def test_its_parser_gives_up_on_nested_brackets_where_ours_does_not():
    nested = "(" * 3000 + "ประปา" + ")" * 3000
    with pytest.raises(RecursionError):
        QueryParser("body", Schema(body=TEXT)).parse(nested)
    # Ours cuts a question before it reads it; what is left here is brackets.
    assert SearchQuery.from_args({"q": nested}).words == ()
    assert SearchQuery.from_args({"q": "((((ประปา))))"}).words == ("ประปา",)


def test_its_open_range_of_unsigned_numbers_matches_everything_so_years_are_words():
    schema = Schema(year=NUMERIC(int, 32, signed=False))
    index = FileIndex.create(RamStorage(), schema, "X")
    with index.writer() as writer:
        writer.add_document(year=2568)
        writer.add_document(year=2569)
    with index.searcher() as searcher:
        assert len(searcher.search(NumericRange("year", None, 2568), limit=None)) == 2  # one would be right


def test_a_second_writer_is_refused_at_once_unless_it_waits(tmp_path):
    index = FileIndex.create(FileStorage(str(tmp_path)), Schema(item=ID), "X")
    first = index.writer()
    with pytest.raises(LockError):
        index.writer()
    first.cancel()


def test_an_index_of_many_segments_and_deletions_forgets_nobody(tmp_path):
    path = Index(tmp_path / "index").create()
    for n in range(1, 31):
        write(path, [document(n, "ประปา", "ถนน " * n)], replaced=[n - 10] if n > 10 else ())
    question = Question(STAFF, (Concept(("ประปา",)), Concept(("ถนน",))), most=5)
    found = Engine().find(path, question)
    assert found.total == 10
    everything = Engine().find(path, replace(question, most=100))
    assert everything.candidates[:5] == found.candidates
