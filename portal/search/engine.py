"""The best items for some words, ranked by BM25 over title and text, with the audience and the filters applied inside.

Nothing that a person may not see takes part: not in the hits, not in their number, not in the counts of the facets.
Formula and weights were measured on Thai questions: Lucene's idf, k1 0.9 and b 0.4, the title a field of its own.
"""

import contextlib
import heapq
import math
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from portal.search.index import FACET_FIELDS, generation
from portal.search.segments import Part, SegmentGone, Snapshot, close_dropped, read_snapshot

K1: Final = 0.9
B: Final = 0.4
FIELDS: Final = ("title", "body")
SHORT_QUESTION: Final = 2  # words
ATTEMPTS: Final = 5


@dataclass(frozen=True)
class Question:
    """What is looked for, and by whom."""

    words: Sequence[str]  # none: everything
    tokens: frozenset[str]  # what the asker holds; a document without one of them does not exist for him
    filters: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # facet → values, one of which must hold
    without: frozenset[int] = frozenset()  # items that are to be passed over
    newest_first: bool = False
    start: int = 0
    count: int = 10


@dataclass(frozen=True)
class Hit:
    item_id: int
    score: float


@dataclass(frozen=True)
class Hits:
    """`total` counts all hits, `hits` are those asked for. A facet counts what its own filter leaves out, too, so that
    one sees what another choice would bring. `weights` says how much each word that was found tells."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    weights: Mapping[str, float]


class Engine:
    """Answers questions from one index; one object per process, used by all its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def search(self, path: Path, question: Question) -> Hits:
        """The hits in the newest commit of the index at `path`. Any exception: that index can't be read."""
        for _ in range(ATTEMPTS):
            # A segment may be merged away under a search that reads a word for the first time: again, then.
            with contextlib.suppress(SegmentGone):
                return evaluate(self.snapshot(path), question)
        return evaluate(read_snapshot(path), question)

    def snapshot(self, path: Path) -> Snapshot:
        """The newest commit, opened once for all threads."""
        snapshot = self._snapshot
        if snapshot is not None and snapshot.path == path and snapshot.generation == generation(path):
            return snapshot
        with self._lock:
            earlier = self._snapshot
            if earlier is None or earlier.path != path or earlier.generation != generation(path):
                self._snapshot = read_snapshot(path, earlier)
                if earlier is not None:
                    close_dropped(earlier, self._snapshot)
            assert self._snapshot is not None  # noqa: S101 - for the type checker
            return self._snapshot

    def forget(self) -> None:
        """Let the files go, for instance because they can't be read."""
        with self._lock:
            if self._snapshot is not None:
                close_dropped(self._snapshot, None)
            self._snapshot = None


def field_weights(words: Sequence[str]) -> Mapping[str, float]:
    """How much a word in each field counts. A whole question is answered by texts: 0.5 for the title ranked 1,000 of
    them best (nDCG .963, .957 with 1.0, .944 with 2.0). One or two words are mostly what the thing is called."""
    return {"title": 1.5 if len(words) <= SHORT_QUESTION else 0.5, "body": 1.0}


def evaluate(snapshot: Snapshot, question: Question) -> Hits:
    """The answer from one commit; SegmentGone when it was closed meanwhile."""
    idf = {
        (name, word): value
        for word in question.words
        for name in FIELDS
        if (value := _idf(snapshot, name, word)) > 0.0
    }
    gains = {(name, word): value * field_weights(question.words)[name] for (name, word), value in idf.items()}
    # A tie goes to the newer item; the order is a whole one, so that pages never overlap.
    best: list[tuple[float, int, int]] = []
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACET_FIELDS}
    total = 0
    for part in snapshot.parts:
        scores = (
            _scores(part, snapshot, gains) if question.words else dict.fromkeys(range(part.segment.size), 0.0)
        )
        found = _count(part, _allowed(part, question, scores), question.filters, counts)
        total += len(found)
        for number in found:
            about = part.segment.about[number]
            if about is not None:
                best.append((scores[number], about.published, about.item_id))
    end = question.start + question.count
    if question.newest_first:
        page = heapq.nlargest(end, best, key=lambda hit: hit[1:])
    else:
        page = heapq.nlargest(end, best)
    weights: dict[str, float] = {}
    for (_, word), value in idf.items():
        weights[word] = max(value, weights.get(word, 0.0))
    hits = tuple(Hit(item_id, score) for score, _, item_id in page[question.start :])
    return Hits(total, hits, counts, weights)


def _idf(snapshot: Snapshot, name: str, word: str) -> float:
    """How much a word tells: Lucene's idf, positive for every word that stands anywhere, 0 for others."""
    holding = 0
    for part in snapshot.parts:
        documents = part.segment.postings(name, word).documents
        holding += len(documents)
        if part.deleted:
            holding -= sum(1 for number in documents if number in part.deleted)
    if not holding:
        return 0.0
    return math.log(1 + (snapshot.documents - holding + 0.5) / (holding + 0.5))


def _scores(part: Part, snapshot: Snapshot, gains: Mapping[tuple[str, str], float]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for (name, word), most in gains.items():
        documents, times = part.segment.postings(name, word)
        lengths = part.segment.lengths[name]
        weight = most * (K1 + 1)
        base, by_length = K1 * (1 - B), K1 * B / snapshot.average_length[name]
        for number, often in zip(documents, times, strict=True):
            gain = weight * often / (often + base + by_length * lengths[number])
            scores[number] = scores.get(number, 0.0) + gain
    return scores


def _allowed(part: Part, question: Question, scores: Mapping[int, float]) -> list[int]:
    """The documents the asker may see at all: before anything is counted."""
    mask = part.segment.open_to(question.tokens)
    found = [number for number in scores if mask[number] and number not in part.deleted]
    if question.without:
        about = part.segment.about
        found = [
            number
            for number in found
            if (it := about[number]) is not None and it.item_id not in question.without
        ]
    return found


def _count(
    part: Part,
    found: list[int],
    filters: Mapping[str, frozenset[str]],
    counts: dict[str, Counter[str]],
) -> list[int]:
    """The documents that pass every filter; facets are counted over those that pass all filters but their own."""
    facets = part.segment.facets
    active = [(name, wanted, facets[name]) for name, wanted in filters.items() if wanted]
    if not active:
        for name, counter in counts.items():
            counter.update(chain.from_iterable(map(facets[name].__getitem__, found)))
        return found
    passing = []
    for number in found:
        failed = [name for name, wanted, values in active if wanted.isdisjoint(values[number])]
        if not failed:
            passing.append(number)
            for name, counter in counts.items():
                counter.update(facets[name][number])
        elif len(failed) == 1 and failed[0] in counts:
            counts[failed[0]].update(facets[failed[0]][number])
    return passing
