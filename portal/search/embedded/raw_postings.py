"""A word's postings in one segment, read by offset, so that threads may share the file.

Whoosh's own matcher moves a file position that all readers of a segment share; from several threads it gives wrong results.
The layout is that of its W3 codec: a header, then blocks of a length (negative: the last), a pickled description and two or
three pickled sequences (gaps between document numbers, weights, values), perhaps compressed. The folder is trusted:
portal/search/embedded/index.py keeps it closed to everybody else.
"""

import io
import pickle
import zlib
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

HEADER: Final = 4
LENGTH: Final = 4


class Postings(NamedTuple):
    """The passages of a segment that hold a word, ascending, and how often each holds it."""

    passages: NDArray[np.int32]
    counts: NDArray[np.float32]


NO_POSTINGS: Final = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


def read_postings(terms: Any, field: str, word: bytes) -> Postings:
    """The postings of a word; KeyError's cousin of Whoosh (TermNotFound) when the segment does not know it."""
    info = terms.term_info(field, word)
    if info.is_inlined():
        passages, weights, _ = info.inlined_postings()
        return Postings(np.array(passages, np.int32), np.array(weights, np.float32))
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
    passages = np.cumsum(np.array(gaps, np.int64)).astype(np.int32)
    if weights is None:
        counts = np.ones(len(passages), np.float32)
    elif isinstance(weights, int | float):
        counts = np.full(len(passages), weights, np.float32)
    else:
        counts = np.array(weights, np.float32)
    return Postings(passages, counts)
