"""A word's postings in one segment: written in large blocks of arrays, read by offset, so that threads may share the file.

Whoosh's own matcher moves a file position that all readers of a segment share; from several threads it gives wrong results.
The layout is that of its W3 codec: a header, then blocks of a length (negative: the last), a pickled description and three
pickled sequences (gaps between document numbers, weights, values), perhaps compressed. What is written here Whoosh reads as it
reads its own, in a merge for instance, and what Whoosh wrote is read here. The folder is trusted: portal/search/embedded/index.py
keeps it closed to everybody else.
"""

import io
import pickle
import zlib
from array import array
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3PostingsWriter
from whoosh.util.numeric import length_to_byte

HEADER: Final = 4
LENGTH: Final = 4
PROTOCOL: Final = 5  # of pickle; an array is written as the bytes it is
# Postings in a block. Whoosh takes 128, to skip blocks while it searches; here a word is read as a whole, and a word of
# 10,000 passages was read in 80 blocks.
BLOCK: Final = 65_536
SHORT: Final = 32  # numbers: fewer take less room as they are
# How often words stand in texts, in as few bytes as they came.
Counts = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32] | NDArray[np.float32]
NUMBERS: Final = (("B", 0xFF), ("H", 0xFFFF), ("I", 0xFFFFFFFF))


class Postings(NamedTuple):
    """The passages of a segment that hold a word, ascending, and how often each holds it."""

    passages: NDArray[np.int32]
    counts: Counts

    @property
    def bytes(self) -> int:
        return self.passages.nbytes + self.counts.nbytes


NO_POSTINGS: Final = Postings(np.empty(0, np.int32), np.empty(0, np.uint8))


class Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's codec with large blocks of arrays, not compressed: a word is read ten times as fast."""

    def __reduce__(self) -> tuple[type[W3Codec], tuple[()]]:
        # Whoosh pickles the codec with its list of segments. There its own stands, which reads the same: an index must be
        # readable wherever this class is called otherwise, or not there yet.
        return W3Codec, ()

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK, compression=0)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        return _ArrayWriter(
            dbfile, self._blocklimit, byteids=byteids, compression=0, inlinelimit=self._inlinelimit
        )


class _ArrayWriter(W3PostingsWriter):  # type: ignore[misc]
    def _mini_ids(self) -> Sequence[Any]:
        if self._byteids:
            return tuple(self._ids)
        numbers = np.array(self._ids, np.int64)
        numbers[1:] -= numbers[:-1].copy()
        return _narrow(numbers)

    def _write_block(self, last: bool = False) -> None:
        # As Whoosh's own but for the protocol: with that of 2003, which it takes, an array is pickled number by number.
        file, ids = self._postfile, self._ids
        if not self._blockcount:
            file.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        numbers = pickle.dumps((self._mini_ids(), self._mini_weights(), self._mini_values()), PROTOCOL)
        lengths = length_to_byte(self._minlength), length_to_byte(self._maxlength)
        about = pickle.dumps((len(ids), ids[-1], self._maxweight, 0, *lengths), PROTOCOL)
        size = len(about) + len(numbers)
        file.write_int(-size if last else size)
        file.write(about)
        file.write(numbers)
        self._blockcount += 1
        self._new_block()

    def _mini_weights(self) -> Sequence[Any] | float | None:
        weights = np.array(self._weights, np.float32)
        if (weights == weights[0]).all():
            return None if weights[0] == 1 else float(weights[0])
        whole = weights.astype(np.int64)
        return _narrow(whole) if (whole == weights).all() else tuple(weights.tolist())


def _narrow(numbers: NDArray[np.int64]) -> Sequence[int]:
    """These numbers, none below 0, in as few bytes as the largest needs."""
    if len(numbers) < SHORT:
        return tuple(numbers.tolist())
    code = next(code for code, most in NUMBERS if numbers.max() <= most)
    return array(code, numbers.astype(code).tobytes())


def read_postings(terms: Any, field: str, word: bytes) -> Postings:
    """The postings of a word; KeyError's cousin of Whoosh (TermNotFound) when the segment does not know it."""
    info = terms.term_info(field, word)
    if info.is_inlined():
        passages, weights, _ = info.inlined_postings()
        return Postings(np.array(passages, np.int32), _counts(weights, len(passages)))
    offset, length = info.extent()
    if isinstance(length, tuple):  # as Whoosh unpacks it
        length = length[0]
    data = bytes(terms._postfile.get(offset, length))
    at, blocks = HEADER, []
    while True:
        size = int.from_bytes(data[at : at + LENGTH], "big", signed=True)
        at += LENGTH
        blocks.append(_read_block(data[at : at + abs(size)]))
        at += abs(size)
        if size < 0:
            break
    if len(blocks) == 1:
        return blocks[0]
    return Postings(
        np.concatenate([block.passages for block in blocks]),
        np.concatenate([block.counts for block in blocks]),
    )


def _read_block(data: bytes) -> Postings:
    stream = io.BytesIO(data)
    _, _, _, compression, _, _ = pickle.load(stream)  # noqa: S301 - the folder is trusted, see above
    rest = data[stream.tell() :]
    gaps, weights, _ = pickle.loads(zlib.decompress(rest) if compression else rest)  # noqa: S301
    passages = np.cumsum(np.asarray(gaps), dtype=np.int32)
    return Postings(passages, _counts(weights, len(passages)))


def _counts(weights: Sequence[float] | float | None, size: int) -> Counts:
    if weights is None or isinstance(weights, int | float):
        counts = np.full(size, 1 if weights is None else weights, np.float32)
    else:
        counts = np.asarray(weights)
    few = counts.astype(np.uint8)
    return few if (few == counts).all() else counts
