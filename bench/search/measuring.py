"""One process: the store of a home is made, or its search is measured. `python -m bench.search.measuring build|ask HOME COUNT`
prints what it found as JSON."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from bench.search.portal_engine import FirstPass, words_already_cut
from bench.search.rivals import Fts5, Tantivy
from bench.search.store import ACCOUNT, Maker, build
from bench.search.texts import LENGTHS, Text, questions, texts
from portal.app import create_app
from portal.config import Settings
from portal.db import bound_engine, read_only, session
from portal.people.audiences import PUBLIC, organisation_token, unit_token
from portal.people.models import Person
from portal.people.settings import the_organisation
from portal.search.embedded.index import Index, write
from portal.search.measures import percentile
from portal.search.query import SearchQuery
from portal.search.results import Asker
from portal.search.searching import found_items, search_as
from portal.search.suggesting import suggest
from portal.thai.words import dictionary

COLD = 30  # questions of each length that are asked as the first one
SAMPLED = 400  # texts that questions are made of
TYPED = 60  # titles that are typed, so many letters of each
LETTERS = (2, 3, 4, 6, 8, 12)
CUT = 500  # texts that are cut into words, to see how long that takes


def measure(home: Path, count: int) -> dict[str, Any]:
    """Everything that is measured within one process, in milliseconds of CPU, megabytes and texts per second."""
    step = max(1, count // SAMPLED)
    some = [text for text in texts(count) if text.number % step == 0]
    asked = questions(some)
    app = create_app(Settings.from_environment(os.environ))
    with app.app_context():
        found = _portal(app, home, asked)
        found["suggestions"] = _suggesting(app, some)
        session.remove()
    bound_engine().dispose()
    rivals = {}
    for kind in (Fts5, Tantivy):
        rival = kind(home)
        began = time.process_time()
        rival.build(texts(count))
        seconds = time.process_time() - began
        rivals[rival.name] = {
            "texts_per_second": count / seconds,
            **_passes(lambda words, rival=rival: _prepared(rival, words), rival.forget, asked),
        }
        rival.close()
    return {"portal": found, "rivals": rivals}


def _prepared(rival: Any, words: Sequence[str]) -> Callable[[], object]:
    question = rival.prepared(words)
    return lambda: rival.ask(question)


def _portal(app: Any, home: Path, asked: dict[int, list[list[str]]]) -> dict[str, Any]:
    dictionary()
    organisation = the_organisation()
    organisation_id, unit_id = organisation.id, organisation.id + 1
    tokens = frozenset({PUBLIC, organisation_token(organisation_id), unit_token(unit_id)})
    before = _memory()
    first = FirstPass(tokens)
    began = time.thread_time()
    first.open()
    opened = (time.thread_time() - began) * 1000
    found: dict[str, Any] = {"open_ms": opened, "memory_open_mb": _memory() - before}
    found["first"] = _passes(lambda words: lambda: first.ask(words), first.forget, asked)
    asker, search = Asker(tokens), app.extensions["search"]

    def engine(words: Sequence[str]) -> Callable[[], object]:
        query = SearchQuery.from_args({"q": " ".join(words), "limit": "20"})
        return lambda: found_items(query, asker)

    def whole(words: Sequence[str]) -> Callable[[], object]:
        query = SearchQuery.from_args({"q": " ".join(words), "limit": "20"})

        def ask() -> object:
            search.quoted = type(search.quoted)(most=5_000)  # no passage was chosen for this question before
            return search_as(query, asker)

        return ask

    with app.test_request_context():
        read_only()
        found["engine"] = _passes(engine, first.forget, asked)
        found["whole"] = _passes(whole, first.forget, asked)
        session.remove()
    found["memory_mb"] = _memory() - before
    found["index_mb"] = sum(file.stat().st_size for file in search.finder.index.serving.iterdir()) / 2**20
    found["cut_per_second"] = _cutting()
    return found


def _suggesting(app: Any, some: Sequence[Text]) -> dict[str, float]:
    """CPU of what is offered while somebody types the title of one of these texts, each beginning for the first time."""
    with app.test_request_context():
        read_only()
        person = session.query(Person).filter(Person.username == ACCOUNT).one()
        suggest("ก", person)
        times = []
        for one in some[:TYPED]:
            title = " ".join(one.title)
            for letters in LETTERS:
                times.append(_cpu(lambda typed=title[:letters]: suggest(typed, person)))
        session.remove()
    return {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95)}


def _passes(
    prepare: Callable[[Sequence[str]], Callable[[], object]],
    forget: Callable[[], object],
    asked: dict[int, list[list[str]]],
) -> dict[str, dict[str, float]]:
    """CPU of the first question after opening, and of each when all have been asked before."""
    figures: dict[str, dict[str, float]] = {"cold": {}, "warm": {}}
    for length in LENGTHS:
        ready = [prepare(words) for words in asked[length]]
        cold = []
        for ask in ready[:COLD]:
            forget()
            cold.append(_cpu(ask))
        for ask in ready:
            ask()
        for name, times in (("cold", cold), ("warm", [_cpu(ask) for ask in ready])):
            figures[name] |= {
                f"{length} p50": percentile(times, 0.5),
                f"{length} p95": percentile(times, 0.95),
            }
    return figures


def _cpu(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return (time.thread_time() - began) * 1000


def _cutting() -> dict[str, float]:
    """Texts a second that go into an index: as words, and with the cutting of texts in which no word is parted."""
    organisation = the_organisation()
    person = session.query(Person).first()
    maker = Maker(organisation, person)
    some = [maker.document(text) for text in islice(texts(10_000), CUT)]
    rates = {}
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder))
        began = time.process_time()
        with words_already_cut():
            write(index.create(), some)
        rates["words"] = CUT / (time.process_time() - began)
        unparted = [
            replace(
                one,
                sections=tuple(replace(part, text=part.text.replace(" ", "")) for part in one.sections),
            )
            for one in some
        ]
        began = time.process_time()
        write(index.create(), unparted)
        rates["texts"] = CUT / (time.process_time() - began)
    return rates


def _memory() -> float:
    """What this process alone holds in memory, in megabytes: without the files it has mapped, which all processes share."""
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    what, home, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(build(home, count) if what == "build" else measure(home, count)))
