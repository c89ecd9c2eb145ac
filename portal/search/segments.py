"""Reading Whoosh's segments into plain sequences that threads may share.

A segment never changes once it is written; only the list of its deleted documents grows, and that is kept apart, with
the snapshot. So what was read of a segment stays right for as long as it exists, and after a commit only the new
segments are read.

Whoosh's own searcher is not used: shared by threads it gives wrong results, its collector with a time limit drops the
filter (and would show what is restricted), and on several segments it sometimes misses the best documents.
"""

import contextlib
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.reading import SegmentReader, TermNotFound

from portal.search.index import FILTER_FIELDS, INDEX_NAME, About

WORD_FIELDS: Final = ("title", "body")
MOST_KEPT_POSTINGS: Final = 1_000_000  # per segment, 8 bytes each; the least recently used words go first
MOST_KEPT_MASKS: Final = 64  # sets of audience tokens, a byte a document each
ATTEMPTS: Final = 10


class SegmentGone(Exception):
    """The segment was merged into another one and closed while it was still being asked."""


class Postings(NamedTuple):
    """The documents of a segment that hold a word, ascending, and how often each holds it."""

    documents: "array[int]"
    counts: "array[float]"


NO_POSTINGS: Final = Postings(array("i"), array("f"))


class Segment:
    """One segment, opened once per process. Every method may be called from several threads."""

    def __init__(self, name: str, reader: SegmentReader):
        self.name = name
        self._reader: SegmentReader | None = reader
        self._lock = threading.Lock()
        self._postings: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._kept = 0
        self._masks: OrderedDict[frozenset[str], bytes] = OrderedDict()
        self.size: int = reader.doc_count_all()
        # A document deleted before the segment was opened has no entry; nothing will ever ask for it.
        self.about: list[About | None] = [None] * self.size
        for number, stored in reader.iter_docs():
            self.about[number] = About(*stored["about"])
        self.lengths = {
            "title": array("i", (about.title_length if about else 0 for about in self.about)),
            "body": array("i", (about.body_length if about else 0 for about in self.about)),
        }
        # Per facet the values of each document: few, so that one tuple serves many documents.
        self.facets = {field: self._values(field) for field in FILTER_FIELDS}
        self._audience = {token: self._read("audience", token) for token in self._lexicon("audience")}

    def postings(self, field: str, word: str) -> Postings:
        """Where a word stands; empty when it does not."""
        key = (field, word)
        with self._lock:
            known = self._postings.get(key)
            if known is not None:
                self._postings.move_to_end(key)
                return known
            read = self._postings[key] = self._read(field, word)
            self._kept += len(read.documents) + 16
            while self._kept > MOST_KEPT_POSTINGS and len(self._postings) > 1:
                _, dropped = self._postings.popitem(last=False)
                self._kept -= len(dropped.documents) + 16
            return read

    def open_to(self, tokens: frozenset[str]) -> bytes:
        """For each document 1 when one of the tokens is in its audience, else 0."""
        with self._lock:
            mask = self._masks.get(tokens)
            if mask is None:
                made = bytearray(self.size)
                for token in tokens & self._audience.keys():
                    for number in self._audience[token].documents:
                        made[number] = 1
                mask = self._masks[tokens] = bytes(made)
                while len(self._masks) > MOST_KEPT_MASKS:
                    self._masks.popitem(last=False)
            else:
                self._masks.move_to_end(tokens)
            return mask

    def close(self) -> None:
        """Let the files go. Whoever still asks for words that were not read yet is told SegmentGone."""
        with self._lock:
            reader, self._reader = self._reader, None
            if reader is not None:
                reader.close()

    def _read(self, field: str, word: str) -> Postings:
        if self._reader is None:
            raise SegmentGone
        try:
            matcher = self._reader.postings(field, word)
        except TermNotFound:
            return NO_POSTINGS
        documents, counts = array("i"), array("f")
        while matcher.is_active():
            documents.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
        return Postings(documents, counts)

    def _lexicon(self, field: str) -> Iterable[str]:
        if self._reader is None:
            raise SegmentGone
        return [term.decode() for term in self._reader.lexicon(field)]

    def _values(self, field: str) -> list[tuple[str, ...]]:
        values: list[tuple[str, ...]] = [()] * self.size
        made: dict[tuple[str, ...], tuple[str, ...]] = {}
        for value in self._lexicon(field):
            for number in self._read(field, value).documents:
                longer = (*values[number], value)
                values[number] = made.setdefault(longer, longer)
        return values


@dataclass(frozen=True)
class Part:
    """A segment as of one commit: which of its documents were deleted by then."""

    segment: Segment
    deleted: frozenset[int]

    @property
    def alive(self) -> int:
        return self.segment.size - len(self.deleted)


@dataclass(frozen=True)
class Snapshot:
    """The index as of one commit. Never changes."""

    path: Path
    generation: int
    parts: tuple[Part, ...]
    documents: int  # how many there are
    average_length: dict[str, float]  # words per document, by field; 1 when there are none


def read_snapshot(path: Path, earlier: Snapshot | None = None) -> Snapshot:
    """The newest commit of the index at `path`, with the segments of an earlier snapshot reused.

    Any exception: the index can't be read. Files that a writer removes meanwhile are waited for a moment.
    """
    known = {}
    if earlier is not None and earlier.path == path:
        known = {part.segment.name: part.segment for part in earlier.parts}
    for attempt in range(ATTEMPTS):
        try:
            return _read_commit(path, known)
        except OSError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.01)
    raise AssertionError("unreachable")


def close_dropped(earlier: Snapshot, later: Snapshot | None) -> None:
    """Close the segments of an earlier snapshot that a later one does not have any more."""
    kept = {id(part.segment) for part in later.parts} if later is not None else set()
    for part in earlier.parts:
        if id(part.segment) not in kept:
            with contextlib.suppress(Exception):
                part.segment.close()


def stored(path: Path) -> list[About]:
    """What is stored with every document that is in the index, for comparing it with the database."""
    snapshot = read_snapshot(path)
    try:
        return [
            about
            for part in snapshot.parts
            for number, about in enumerate(part.segment.about)
            if about is not None and number not in part.deleted
        ]
    finally:
        close_dropped(snapshot, None)


def _read_commit(path: Path, known: dict[str, Segment]) -> Snapshot:
    storage = FileStorage(str(path))
    toc = TOC.read(storage, INDEX_NAME)
    parts = []
    for listed in toc.segments:
        segment = known.get(listed.segment_id())
        if segment is None:
            segment = Segment(listed.segment_id(), SegmentReader(storage, toc.schema, listed))
        parts.append(Part(segment, frozenset(listed.deleted_docs())))
    documents = sum(part.alive for part in parts)
    return Snapshot(path, toc.generation, tuple(parts), documents, _averages(parts, documents))


def _averages(parts: list[Part], documents: int) -> dict[str, float]:
    averages = {}
    for field in WORD_FIELDS:
        total = sum(
            sum(part.segment.lengths[field]) - sum(part.segment.lengths[field][gone] for gone in part.deleted)
            for part in parts
        )
        averages[field] = total / documents if total else 1.0
    return averages
