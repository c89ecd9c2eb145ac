"""How good the search is, measured on documents and questions whose answers are known, through the same path as the page.

A tenth of the documents goes in twice: the copy is a decoy, open to a unit in which the asker is not. One that is found, or
counted in a facet, is a leak, and the figures are worth nothing then.
"""

import json
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from portal.config import Settings
from portal.db import read_only
from portal.knowledge.import_sources import Refusal
from portal.knowledge.importing import import_paths
from portal.people.models import Unit, UnitKind
from portal.people.organising import create_unit
from portal.search.answers import as_data
from portal.search.batches import Progress
from portal.search.indexing import ensure_index, index_pending
from portal.search.measures import FIRST, Figures, Score, difference, mean, percentile, score
from portal.search.mistyping import edit, typo
from portal.search.query import SearchQuery
from portal.search.results import Asker
from portal.search.searching import SearchResults, search_as

SEED: Final = 2569
DECOY: Final = "decoy:"  # how the external ids of decoys begin
DECOYS_UNIT: Final = "DECOYS"
ONE_IN: Final = 10
# What is taken over of a document; whom it belongs to and who may read it is the evaluation's own business.
KEPT: Final = ("external_id", "kind", "title", "body", "step", "steps", "tags", "published_at")
VARIANTS: Final[dict[str, Callable[[str, random.Random], str]]] = {
    "clean": lambda text, _dice: text,
    "typo": typo,
    "edit": edit,
}

Ranking = Callable[[SearchQuery, Asker], SearchResults]


@dataclass(frozen=True)
class Asked:
    """A question and the external ids of the documents that answer it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Part:
    """A ranking with some of its parts: `search` ranks by these alone."""

    name: str
    search: Ranking


@dataclass(frozen=True)
class Filled:
    """What went into the store."""

    documents: int
    decoys: int
    decoys_unit_id: int
    refused: tuple[Refusal, ...]
    seconds: float  # of importing and of indexing, together


@dataclass(frozen=True)
class Leak:
    """A question that showed the asker what he may not see."""

    question: str
    shown: str


@dataclass(frozen=True)
class Run:
    """All questions asked in one way; `milliseconds` are those of each, on the clock."""

    scores: tuple[Score, ...]
    milliseconds: tuple[float, ...]
    leaks: tuple[Leak, ...]

    @property
    def figures(self) -> Figures:
        return mean(self.scores)


@dataclass(frozen=True)
class Evaluation:
    """Runs by variant (`clean`, `typo`, `edit`), with everything and, by name, with some parts only."""

    runs: dict[str, Run]
    steps: dict[str, dict[str, Run]]

    @property
    def leaks(self) -> list[Leak]:
        every = [self.runs, *self.steps.values()]
        return [leak for runs in every for run in runs.values() for leak in run.leaks]

    def as_data(self) -> dict[str, Any]:
        clean = self.runs["clean"].figures
        return {
            "questions": len(self.runs["clean"].scores),
            "variants": {
                name: {
                    **run.figures.as_data(),
                    "loss": round(clean.ndcg - run.figures.ndcg, 4),
                    "p50_ms": round(percentile(run.milliseconds, 0.5), 2),
                    "p95_ms": round(percentile(run.milliseconds, 0.95), 2),
                }
                for name, run in self.runs.items()
            },
            "parts": [
                {
                    "with": part,
                    **{
                        variant: dict(
                            zip(
                                ("ndcg", "change", "interval"),
                                (
                                    round(run.figures.ndcg, 4),
                                    *(
                                        round(one, 4)
                                        for one in difference(run.scores, self.runs[variant].scores)
                                    ),
                                ),
                                strict=True,
                            )
                        )
                        for variant, run in runs.items()
                    },
                }
                for part, runs in self.steps.items()
            ],
            "leaks": [{"question": leak.question, "shown": leak.shown} for leak in self.leaks],
        }


def read_questions(path: Path, most: int | None = None) -> list[Asked]:
    """The questions of a file of JSON lines, each with `query` and `relevant`, an external id or a list of them.

    ValueError names the line that is none.
    """
    asked: list[Asked] = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        if most is not None and len(asked) >= most:
            break
        try:
            record = json.loads(line)
            relevant = record["relevant"]
            asked.append(
                Asked(str(record["query"]), frozenset([relevant] if isinstance(relevant, str) else relevant))
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path.name}, line {number}: no question with `query` and `relevant`"
            ) from error
    return asked


def fill(
    documents: Path,
    organisation: Unit,
    settings: Settings,
    folder: Path,
    checkpoint: Callable[[], None],
    progress: Progress | None = None,
) -> Filled:
    """Import the documents into this organisation, open to all staff, with a tenth of decoys, and index them.

    `folder` takes the two files that are really imported; `checkpoint`, called whenever all that was begun is whole, commits.
    ValueError names a line that is no record.
    """
    began = time.perf_counter()
    unit = create_unit(
        organisation, by=None, kind=UnitKind.DIVISION, name="กองที่ผู้ถามไม่ได้สังกัด", code=DECOYS_UNIT
    )
    records = list(_records(documents))
    dice = random.Random(SEED)  # noqa: S311 - an experiment that can be repeated
    chosen = dice.sample(records, k=min(len(records), -(-len(records) // ONE_IN)))
    decoys = [
        {
            **record,
            "external_id": f"{DECOY}{record['external_id']}",
            "audience": "unit",
            "unit": DECOYS_UNIT,
        }
        for record in chosen
    ]
    report = import_paths(
        [_written(folder / "documents.jsonl", records), _written(folder / "decoys.jsonl", decoys)],
        publish=True,
        as_person=None,
        organisation=organisation,
        on_progress=progress,
        checkpoint=checkpoint,
        settings=settings,
    )
    checkpoint()
    ensure_index(settings)
    while index_pending(settings):
        pass
    return Filled(
        documents=len(records),
        decoys=len(decoys),
        decoys_unit_id=unit.id,
        refused=tuple(report.refused),
        seconds=time.perf_counter() - began,
    )


def evaluate(
    asked: Sequence[Asked],
    filled: Filled,
    organisation: Unit,
    parts: Collection[Part] = (),
    progress: Progress | None = None,
) -> Evaluation:
    """Ask every question as any member of staff, clean and mistyped, and again with some parts of the ranking only.

    Runs inside a request's context; the session is begun anew for every question.
    """
    asker = Asker.any_staff(organisation.id)
    rounds = len(VARIANTS) * (1 + len(parts))
    done = 0

    def runs(search: Ranking) -> dict[str, Run]:
        nonlocal done
        found = {}
        for variant in VARIANTS:
            found[variant] = ask(mistyped(asked, variant), asker, filled.decoys_unit_id, search)
            done += 1
            if progress is not None:
                progress(done, rounds)
        return found

    return Evaluation(runs(search_as), {part.name: runs(part.search) for part in parts})


def mistyped(asked: Iterable[Asked], variant: str) -> list[Asked]:
    """The questions with the variant's error in each; the same every time, whatever other questions there are."""
    return [
        replace(one, text=VARIANTS[variant](one.text, random.Random(f"{SEED} {variant} {one.text}")))  # noqa: S311
        for one in asked
    ]


def ask(asked: Iterable[Asked], asker: Asker, decoys_unit_id: int, search: Ranking = search_as) -> Run:
    """Put the questions one after the other, as the page does."""
    scores, milliseconds, leaks = [], [], []
    for one in asked:
        read_only()
        query = SearchQuery.from_args({"q": one.text, "limit": str(FIRST)})
        began = time.perf_counter()
        found = search(query, asker)
        milliseconds.append((time.perf_counter() - began) * 1000)
        answer = as_data(found)["results"]
        ranked = [str(result["external_id"]) for result in answer]
        scores.append(score(ranked, one.relevant))
        leaks += [Leak(one.text, name) for name in ranked if name.startswith(DECOY)]
        leaks += [
            Leak(one.text, f"the number of decoys ({option.count})")
            for facet in found.facets
            for option in facet.options
            if facet.name == "unit" and option.value == str(decoys_unit_id)
        ]
    return Run(tuple(scores), tuple(milliseconds), tuple(leaks))


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            yield {"external_id": str(given["external_id"])} | {
                name: given[name] for name in KEPT if name in given
            }
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}, line {number}: no record with an `external_id`") from error


def _written(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path
