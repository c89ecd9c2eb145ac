"""Reading Whoosh's segments into arrays that threads may share.

A segment never changes once it is written; only the list of its deleted documents grows, and that is kept apart, with
the snapshot. So what was read of a segment stays right for as long as it exists, and after a commit only the new
segments are read.

A document of Whoosh is a passage; the passages of one text (an item's own, or a post's on it) stand together, written in one
batch, so what is true of a text is an array over texts, and `starts` says where each one's passages begin. An item whose
posts came one by one has its texts in several segments.
"""

import bisect
import contextlib
import io
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC
from whoosh.reading import SegmentReader, TermNotFound

from portal.search.embedded.index import INDEX_NAME, MACHINE_TROUBLE
from portal.search.embedded.keeping import Kept
from portal.search.embedded.raw_postings import NO_POSTINGS, Postings, read_postings
from portal.search.fields import FILTER_FIELDS, TEXT_FIELDS, WORD_FIELDS
from portal.search.question import IndexWord, Stored
from portal.thai.folding import fold

MOST_KEPT_POSTINGS: Final = 48_000_000  # bytes per segment; the least recently used words go first
EACH: Final = 200  # bytes that remembering a word takes beside its numbers
MOST_KEPT_MASKS: Final = 64  # sets of audience tokens, a byte an item each
MOST_KEPT_VIEWS: Final = 32  # per commit: sets of tokens, two bytes a passage each
MOST_KEPT_FREQUENCIES: Final = 5_000  # per view
ATTEMPTS: Final = 10

Numbers = NDArray[np.int64]
Places = NDArray[np.int32] | NDArray[np.int64]
Mask = NDArray[np.bool_]


class SegmentGone(Exception):
    """The segment was merged into another one and closed while it was still being asked."""


class FacetCodes(NamedTuple):
    """The values of one facet: `values[code]`, and for each item its codes in a row as wide as the longest, 0 for none."""

    values: Sequence[str]
    codes: NDArray[np.int32]


class Segment:
    """One segment, opened once per process. Every method may be called from several threads."""

    def __init__(self, name: str, reader: SegmentReader):
        self.name = name
        self._reader: SegmentReader | None = reader
        self._lock = threading.RLock()
        self._postings = Kept[tuple[str, str], Postings](MOST_KEPT_POSTINGS)
        self._masks = Kept[frozenset[str], Mask](MOST_KEPT_MASKS)
        self.size: int = reader.doc_count_all()
        item_of, post_of = self._column("item"), self._column("post")
        begins = np.ones(self.size, np.bool_)
        begins[1:] = (item_of[1:] != item_of[:-1]) | (post_of[1:] != post_of[:-1])
        self.starts: Numbers = np.flatnonzero(begins)
        self.owner: Numbers = np.cumsum(begins) - 1
        self.items: Numbers = item_of[self.starts]
        self.posts: Numbers = post_of[self.starts]
        self.has_posts = bool(self.posts.any())
        self.published: Numbers = self._column("published")[self.starts]
        self.passages: Numbers = self._column("passage")
        self.spread = np.diff(np.r_[self.starts, self.size])  # in how many passages each text lies
        self.lengths = {name: self._column(f"{name}_length").astype(np.float32) for name in WORD_FIELDS}
        # By text: the title stands with its first passage and belongs to all of them.
        self.lengths["gram"] = self.lengths["gram"][self.starts]
        self.facets = {name: self._facet(name) for name in FILTER_FIELDS}

    def postings(self, name: str, word: str) -> Postings:
        """Where a word stands in a field; empty when it does not."""
        known = self._postings.get((name, word))
        if known is None:
            with self._lock:
                known = self._read(name, word.encode())
            self._postings.keep((name, word), known, known.bytes + EACH)
        return known

    def open_to(self, tokens: frozenset[str]) -> Mask:
        """For each text whether one of the tokens is in its audience."""
        mask = self._masks.get(tokens)
        if mask is None:
            mask = np.zeros(len(self.items), np.bool_)
            with self._lock:
                for token in tokens:
                    mask[self.owner[self._read("audience", token.encode()).passages]] = True
            self._masks.keep(tokens, mask)
        return mask

    def places_of(self, items: Collection[int]) -> Numbers:
        """Where the texts of those of the items stand that are in the segment."""
        wanted = np.unique(np.fromiter(items, np.int64, len(items)))
        first = np.searchsorted(self.items, wanted, side="left", sorter=self._by_item)
        many = np.searchsorted(self.items, wanted, side="right", sorter=self._by_item) - first
        # Each stretch of the sorted places, one after the other.
        steps = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        places: Numbers = self._by_item[np.repeat(first, many) + steps]
        return places

    def places_of_posts(self, posts: Collection[int]) -> Numbers:
        """Where those of the posts stand that are in the segment."""
        if not posts or not self.has_posts:
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isin(self.posts, np.fromiter(posts, np.int64, len(posts))))

    def spelt_like(self, folded: str) -> Sequence[str]:
        """The words of the segment that fold to this one."""
        like = self._folds.get(folded, ())
        return (
            (*like, folded)
            if any(len(self.postings(name, folded).passages) for name in TEXT_FIELDS)
            else like
        )

    def words_of_titles(self, beginning: str) -> Iterator[str]:
        """Words of titles that begin so, whoever may see them, in the order of their code points."""
        known = self._title_words
        for at in range(bisect.bisect_left(known, beginning), len(known)):
            if not known[at].startswith(beginning):
                break
            yield known[at]

    @cached_property
    def lexicon(self) -> list[str]:
        """Every word of titles and texts."""
        return list(dict.fromkeys(word for name in TEXT_FIELDS for word in self._lexicon(name)))

    def digests(self) -> list[Stored]:
        """What stands in it as of its opening, for comparing it with the database."""
        with self._lock:
            reader = self._open_reader()
            there = (start for start in self.starts.tolist() if not reader.is_deleted(start))
            return [Stored(*reader.stored_fields(start)["about"]) for start in there]

    def close(self) -> None:
        """Let the files go. Whoever still asks for words that were not read yet is told SegmentGone."""
        with self._lock:
            reader, self._reader = self._reader, None
            if reader is not None:
                reader.close()

    @cached_property
    def _by_item(self) -> Numbers:
        return np.argsort(self.items)

    @cached_property
    def _folds(self) -> dict[str, tuple[str, ...]]:
        """Folded word → the words that fold to it, but for itself: most words do not change when folded."""
        folds: dict[str, set[str]] = {}
        for word in self.lexicon:
            folded = fold(word)
            if folded != word:
                folds.setdefault(folded, set()).add(word)
        return {folded: tuple(sorted(words)) for folded, words in folds.items()}

    @cached_property
    def _title_words(self) -> list[str]:
        return sorted(self._lexicon("title"))

    def _open_reader(self) -> SegmentReader:
        if self._reader is None:
            raise SegmentGone
        return self._reader

    def _read(self, name: str, word: bytes) -> Postings:
        try:
            return read_postings(self._open_reader()._terms, name, word)
        except TermNotFound:
            return NO_POSTINGS

    def _lexicon(self, name: str) -> list[str]:
        with self._lock:
            words = []
            for owner, word in self._open_reader()._terms.terms_from(name, b""):
                if owner != name:
                    break
                words.append(word.decode())
            return words

    def _column(self, name: str) -> Numbers:
        """A number for each passage."""
        reader = self._open_reader()
        numbers = np.zeros(self.size, np.int64)
        if not self.size or not reader.has_column(name):
            return numbers
        column = reader._perdoc.column_reader(name, reader.schema[name].column_type)
        read = np.frombuffer(bytes(column._dbfile.get(column._basepos, column._count * 8)), ">i8")
        numbers[: len(read)] = read
        return numbers

    def _facet(self, name: str) -> FacetCodes:
        values, held = [""], []
        for value in self._lexicon(name):
            items = self.owner[self._read(name, value.encode()).passages]
            held.append((len(values), items))
            values.append(value)
        counts = np.zeros(len(self.items), np.int32)
        for _, items in held:
            counts[items] += 1
        codes = np.zeros((len(self.items), max(1, int(counts.max(initial=0)))), np.int32)
        counts[:] = 0
        for code, items in held:
            codes[items, counts[items]] = code
            counts[items] += 1
        return FacetCodes(values, codes)


@dataclass(frozen=True)
class CommittedSegment:
    """A segment as of one commit: which of its texts were there by then."""

    segment: Segment
    alive: Mask | None  # by text; None: all

    def open_to(self, tokens: frozenset[str]) -> Mask:
        """Which of its texts are there and open to who holds one of these tokens."""
        mask = self.segment.open_to(tokens)
        return mask if self.alive is None else mask & self.alive


class Visible(NamedTuple):
    """What of a segment somebody may see. The masks are shared and never changed."""

    segment: Segment
    texts: Mask
    passages: Mask

    def holding(self, name: str, word: str) -> Places:
        """The passages that hold the word in this field; of letter groups the first one of each item."""
        passages = self.segment.postings(name, word).passages
        return passages[self.passages[passages]]


class View:
    """The index as of one commit for who holds these tokens: to him nothing else exists, not even in how often a word
    stands. What others wrote could else be guessed from totals and scores."""

    def __init__(self, snapshot: "Snapshot", tokens: frozenset[str]):
        self.tokens = tokens
        allowed = [(part.segment, part.open_to(tokens)) for part in snapshot.parts]
        self.parts = tuple(Visible(segment, texts, texts[segment.owner]) for segment, texts in allowed)
        self.passages = sum(int(part.passages.sum()) for part in self.parts)
        self.average_length = {name: self._average(name) for name in WORD_FIELDS}
        self._frequencies: dict[tuple[str, str], int] = {}

    def holding(self, name: str, word: str) -> int:
        """How many passages hold the word in this field. A letter group of a title stands in all passages of its item's own
        text."""
        known = self._frequencies.get((name, word))
        if known is None:
            held = ((part.segment, part.holding(name, word)) for part in self.parts)
            if name == "gram":
                known = sum(int(segment.spread[segment.owner[places]].sum()) for segment, places in held)
            else:
                known = sum(len(places) for _, places in held)
            if len(self._frequencies) < MOST_KEPT_FREQUENCIES:
                self._frequencies[name, word] = known
        return known

    def spelt_like(self, folded: str) -> set[str]:
        """The words that fold to this one, whoever may see them: how often they stand here says whether they are there."""
        return {word for part in self.parts for word in part.segment.spelt_like(folded)}

    def _average(self, name: str) -> float:
        """Words per passage; 1 when there are none."""
        total = 0.0
        for segment, texts, passages in self.parts:
            lengths = segment.lengths[name]
            total += float(
                (lengths * segment.spread)[texts].sum() if name == "gram" else lengths[passages].sum()
            )
        return total / self.passages if total else 1.0


@dataclass(frozen=True)
class Snapshot:
    """The index as of one commit. Never changes."""

    path: Path
    generation: int
    parts: tuple[CommittedSegment, ...]
    _views: Kept[frozenset[str], View] = field(default_factory=lambda: Kept(MOST_KEPT_VIEWS))

    def seen_by(self, tokens: frozenset[str]) -> View:
        """What there is for who holds these tokens, remembered for some sets of them."""
        return self._views.get(tokens) or self._views.keep(tokens, View(self, tokens))

    @cached_property
    def lexicon(self) -> tuple[IndexWord, ...]:
        """Every word of the index, whoever may see it."""
        words = dict.fromkeys(word for part in self.parts for word in part.segment.lexicon)
        return tuple(IndexWord(word, fold(word)) for word in words)


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


def stored(path: Path) -> list[Stored]:
    """All that is in the index, for comparing it with the database."""
    snapshot = read_snapshot(path)
    try:
        return [one for part in snapshot.parts for one in part.segment.digests()]
    finally:
        close_dropped(snapshot, None)


def can_be_read(path: Path) -> bool:
    """Whether the index can be opened and gone through; when the machine lacks something, nothing is said against it."""
    try:
        stored(path)
    except Exception as error:
        return isinstance(error, OSError) and error.errno in MACHINE_TROUBLE
    return True


def _read_commit(path: Path, known: dict[str, Segment]) -> Snapshot:
    storage = FileStorage(str(path))
    toc = TOC.read(storage, INDEX_NAME)
    parts = []
    for listed in toc.segments:
        segment = known.get(listed.segment_id())
        if segment is None:
            segment = Segment(listed.segment_id(), _open(storage, toc.schema, listed))
        parts.append(CommittedSegment(segment, _alive(segment, listed)))
    return Snapshot(path, toc.generation, tuple(parts))


def _open(storage: FileStorage, schema: Any, listed: Any) -> SegmentReader:
    """Whoosh maps a segment into memory and copies its postings beside that, for matchers of its own; here the map is read
    (`raw_postings`), and the copy is let go."""
    reader = SegmentReader(storage, schema, listed)
    if isinstance(
        reader._terms._postfile, BufferFile
    ):  # without memory for a map Whoosh reads the file itself
        reader._terms._postfile.file = io.BytesIO()
    return reader


def _alive(segment: Segment, listed: Any) -> Mask | None:
    if not listed.deleted_count():
        return None
    alive = np.ones(segment.size, np.bool_)
    alive[np.fromiter(listed.deleted_docs(), np.int64)] = False
    return np.asarray(alive[segment.starts], np.bool_)
