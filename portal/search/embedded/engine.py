"""The embedded engine: the best passages for a question, evaluated over arrays read from Whoosh's segments.

BM25 over title, text and letter groups of the title, with the audience and the filters applied inside. Nothing that a person
may not see takes part: not in the hits, not in their number, not in the counts of the facets.
"""

import contextlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from portal.search.embedded.first_pass import evaluate
from portal.search.embedded.index import generation
from portal.search.embedded.segments import (
    Mask,
    Segment,
    SegmentGone,
    Snapshot,
    close_dropped,
    read_snapshot,
)
from portal.search.fields import TEXT_FIELDS
from portal.search.question import MOST_BEGINNINGS, Found, IndexWord, Place, Question

ATTEMPTS: Final = 5
Answer = TypeVar("Answer")


class Engine:
    """Answers questions from one index; one object per process, used by all its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def find(self, path: Path, question: Question) -> Found:
        """What is found in the newest commit of the index at `path`. Any exception: that index can't be read."""
        return self._with_snapshot(path, lambda snapshot: evaluate(snapshot, question))

    def passages_holding(self, path: Path, words: Sequence[str], tokens: frozenset[str]) -> list[Place]:
        """Every visible passage that holds all the words, in no order."""
        return self._with_snapshot(path, lambda snapshot: _holding(snapshot, words, tokens))

    def visible_words(self, path: Path, words: Sequence[str], tokens: frozenset[str]) -> dict[str, int]:
        """Those of the words that stand in something that the asker may see, with the number of its passages."""
        return self._with_snapshot(path, lambda snapshot: _visible_words(snapshot, words, tokens))

    def lexicon(self, path: Path) -> tuple[IndexWord, ...]:
        """Every word of the index, whoever may see it: never to be shown before `visible_words` has been asked."""
        return self._with_snapshot(path, lambda snapshot: snapshot.lexicon)

    def titles_with(
        self, path: Path, grams: Sequence[str], beginning: str, tokens: frozenset[str], most: int
    ) -> list[int]:
        """Visible items whose title holds all the letter groups and a word that begins so, newest first."""
        return self._with_snapshot(
            path, lambda snapshot: _titles_with(snapshot, grams, beginning, tokens, most)
        )

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

    def _with_snapshot(self, path: Path, ask: Callable[[Snapshot], Answer]) -> Answer:
        for _ in range(ATTEMPTS):
            # A segment may be merged away under a search that reads a word for the first time: again, then.
            with contextlib.suppress(SegmentGone):
                return ask(self.snapshot(path))
        snapshot = read_snapshot(path)
        try:
            return ask(snapshot)
        finally:
            close_dropped(snapshot, None)


def _holding(snapshot: Snapshot, words: Sequence[str], tokens: frozenset[str]) -> list[Place]:
    found: list[Place] = []
    for segment, _, visible in snapshot.seen_by(tokens).parts:
        holds = visible.copy()
        for word in words:
            there = np.zeros(segment.size, np.bool_)
            for name in TEXT_FIELDS:
                there[segment.postings(name, word).passages] = True
            holds &= there
        places = np.flatnonzero(holds)
        owner = segment.owner[places]
        columns = (segment.items[owner], segment.posts[owner], segment.passages[places])
        found += map(Place, *(column.tolist() for column in columns))
    return found


def _visible_words(snapshot: Snapshot, words: Sequence[str], tokens: frozenset[str]) -> dict[str, int]:
    view = snapshot.seen_by(tokens)
    found = {word: max(view.holding(name, word) for name in TEXT_FIELDS) for word in words}
    return {word: often for word, often in found.items() if often}


def _titles_with(
    snapshot: Snapshot, grams: Sequence[str], beginning: str, tokens: frozenset[str], most: int
) -> list[int]:
    found: list[tuple[int, int]] = []
    for segment, visible, _ in snapshot.seen_by(tokens).parts:
        holds = visible & (segment.posts == 0)
        for gram in grams:
            there = np.zeros(len(segment.items), np.bool_)
            there[segment.owner[segment.postings("gram", gram).passages]] = True
            holds &= there
        if beginning:
            holds &= _begins(segment, visible, beginning)
        places = np.flatnonzero(holds)
        places = places[np.lexsort((segment.items[places], segment.published[places]))][-most:]
        found += zip(segment.published[places].tolist(), segment.items[places].tolist(), strict=True)
    return [item_id for _, item_id in sorted(found, reverse=True)[:most]]


def _begins(segment: Segment, visible: Mask, beginning: str) -> Mask:
    """Which of the visible texts have a word in their title that begins so. Only words that stand in one of them count towards
    the most: others' would else crowd them out."""
    begins = np.zeros(len(segment.items), np.bool_)
    left = MOST_BEGINNINGS
    for word in segment.words_of_titles(beginning):
        items = segment.owner[segment.postings("title", word).passages]
        if visible[items].any():
            begins[items] = True
            left -= 1
            if not left:
                break
    return begins & visible
