"""What is done with arrays of places and values, whatever they are of."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.search.embedded.segments import Mask, Numbers, Places


def in_a_row(parts: Sequence[tuple[float | NDArray[Any], int]]) -> NDArray[np.float32]:
    """Each value so many times, or the values of an array, one part after the other."""
    row = np.empty(sum(length for _, length in parts), np.float32)
    at = 0
    for value, length in parts:
        row[at : at + length] = value
        at += length
    return row


def among(some: Places, others: Places) -> Mask:
    """Which of `some` are among the others; both ascending."""
    found = np.searchsorted(others, some)
    found[found == len(others)] = 0
    return np.asarray(others[found] == some, np.bool_)


def each_once(ascending: Numbers) -> Numbers:
    """The same numbers, ascending, none twice."""
    if not len(ascending):
        return ascending
    is_first = np.empty(len(ascending), np.bool_)
    is_first[0] = True
    np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
    return ascending[is_first]


def both(one: Mask | None, other: Mask | None) -> Mask | None:
    """What both masks let through; None lets everything through."""
    if one is None or other is None:
        return one if other is None else other
    return one & other
