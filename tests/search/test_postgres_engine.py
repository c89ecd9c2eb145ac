"""The tables of PostgreSQL give what a slow look at every document gives, to everybody only what is his."""

import os
import random
import threading

import pytest

from portal import db
from portal.db import bound_engine, transaction
from portal.models import metadata
from portal.search.analysis import question_grams
from portal.search.embedded import index as embedded
from portal.search.embedded.engine import Engine
from portal.search.embedded.index import Index
from portal.search.postgres import generations
from portal.search.postgres.finder import PostgresFinder
from portal.search.postgres.models import INDEX_TABLES
from portal.search.postgres.writing import write
from tests.postgresql import new_database
from tests.search.corpora import (
    TOKENS,
    WORDS,
    compare_with_a_slow_look,
    document,
    random_document,
    random_posts,
)
from tests.search.test_engine import ids, question

pytestmark = pytest.mark.postgresql
SOAK = bool(os.environ.get("SOAK"))
STAFF = frozenset({"public", "org:1"})


@pytest.fixture(scope="module")
def server():
    """A database with the tables of the index, for all tests of the module."""
    engine = db.connect(new_database())
    metadata.create_all(engine, [table for table in metadata.sorted_tables if table.name in INDEX_TABLES])
    yield engine
    engine.dispose()


@pytest.fixture
def generation(server):
    """A new generation that serves, beside what other tests left behind."""
    db.connect(server.url.render_as_string(hide_password=False))
    yield new_generation()
    bound_engine().dispose()


def new_generation():
    made = generations.create()
    with transaction() as own:
        generations.put_in_place(own, made)
    return made


def put(generation, documents, replaced=(), posts=()):
    with transaction() as own:
        write(own, generation, documents, replaced, posts)


@pytest.mark.parametrize("seed", range(12))
def test_the_tables_agree_with_a_slow_look_at_every_document(generation, seed):
    compare(generation, seed, questions=24)


@pytest.mark.soak
def test_the_tables_agree_over_many_more_stores(generation):
    for seed in range(1000, 2000 if SOAK else 1015):
        compare(new_generation(), seed, questions=10)
        generations.remove_others()


def compare(generation, seed, questions):
    def write_batch(_dice, documents, replaced, posts):
        put(generation, documents, replaced, posts)

    compare_with_a_slow_look(seed, questions, write_batch, PostgresFinder().find)


@pytest.mark.parametrize("seed", range(3))
def test_words_phrases_and_titles_are_answered_as_by_the_embedded_engine(generation, tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311
    documents = [random_document(dice, item_id) for item_id in range(1, 40)]
    documents += [post for item in list(documents) for post in random_posts(dice, item)]
    put(generation, documents)
    path = Index(tmp_path / "index").create()
    embedded.write(path, documents)
    finder, engine = PostgresFinder(), Engine()
    assert set(finder.lexicon()) == set(engine.lexicon(path))
    for _ in range(40):
        tokens = frozenset(dice.sample(TOKENS, k=dice.randint(0, 3)))
        words = dice.sample([*WORDS, "ไม่มีในคลัง"], k=dice.randint(1, 3))
        beginning = dice.choice(["", *(word[: dice.randint(1, 3)] for word in WORDS)])
        assert sorted(finder.passages_holding(words, tokens)) == sorted(
            engine.passages_holding(path, words, tokens)
        )
        assert finder.visible_words(words, tokens) == engine.visible_words(path, words, tokens)
        for letters in ([], question_grams(words[0]), question_grams(" ".join(words))):
            assert finder.titles_with(letters, beginning, tokens, 100) == engine.titles_with(
                path, letters, beginning, tokens, 100
            )


def test_a_restricted_document_is_in_no_hit_number_or_facet(generation):
    put(
        generation,
        [
            document(1, "คู่มือภาษี", "ภาษี"),
            document(2, "ลับภาษี", "ภาษี", audience=("person:9",), kind="story", fiscal_year=2560),
            document(3, "ภาษีไร้ผู้อ่าน", "ภาษี", audience=()),
        ],
    )
    finder = PostgresFinder()
    found = finder.find(question("ภาษี"))
    assert (found.total, ids(found)) == (1, [1])
    assert found.facets["kind"] == {"manual": 1}
    assert "2560" not in found.facets["year"]
    assert finder.find(question("ลับ")).total == 0
    assert finder.visible_words(["ลับ", "คู่มือ"], STAFF) == {"คู่มือ": 1}
    assert finder.titles_with(question_grams("ภาษี"), "", STAFF, 10) == [1]
    assert finder.find(question("ภาษี", tokens=frozenset({"person:9"}))).total == 1
    assert finder.find(question("ภาษี", tokens=frozenset())).total == 0


def test_pages_follow_each_other_without_gap_or_overlap(generation):
    put(generation, [document(n, "ภาษี", "ถนน " * (n % 3), published=7) for n in range(1, 31)])
    finder = PostgresFinder()
    everything = ids(finder.find(question("ภาษี")))
    assert len(everything) == len(set(everything)) == 30
    for most in range(0, 35, 7):
        assert ids(finder.find(question("ภาษี", most=most))) == everything[:most]


def test_threads_share_the_finder_while_another_one_writes(generation):
    finder, wrong, stop = PostgresFinder(), [], threading.Event()
    put(generation, [document(n, "ประปา", "ถนน ตลาด") for n in range(1, 50)])

    def ask(seed):
        dice = random.Random(seed)  # noqa: S311
        while not stop.is_set():
            word = dice.choice(["ประปา", "ถนน", "ตลาด"])
            try:
                found = finder.find(question(word))
            except Exception as error:
                wrong.append(error)
                return
            if found.total != 49 or len(set(ids(found))) != 49:
                wrong.append((word, found.total))

    crowd = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in crowd:
        thread.start()
    dice = random.Random(1)  # noqa: S311
    for turn in range(120 if SOAK else 12):
        batch = dice.sample(range(1, 50), k=5)
        kind = f"kind{turn}"  # facets that nobody has read yet
        put(generation, [document(n, "ประปา", "ถนน ตลาด", kind=kind) for n in batch], replaced=batch)
    stop.set()
    for thread in crowd:
        thread.join()
    assert wrong == []
