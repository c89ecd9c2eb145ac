"""The sets of facets of the index in PostgreSQL as arrays, so that counting them for thousands of items takes a millisecond.

A set never changes, so a process reads each once.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from portal.search.fields import FACET_FIELDS

MOST_KEPT: Final = 50_000  # sets; beyond, they are read anew
_CONTENTS: Final = text("SELECT id, content FROM index_facets WHERE id = ANY(:numbers)")
Numbers = NDArray[Any]
Masks = Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True)
class FacetSets:
    """Sets by their numbers, in ascending order: of a facet, set `n` holds `values[codes[n]]`, the code 0 for none."""

    numbers: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    codes: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)

    def failed(self, numbers: Numbers, filters: Mapping[str, frozenset[str]]) -> Masks:
        """By filter, which of the items with these sets do not pass it."""
        places = self._places(numbers)
        return {name: ~self._holds(name, wanted)[places] for name, wanted in filters.items() if wanted}

    def count(self, numbers: Numbers, counted: NDArray[np.bool_], failed: Masks) -> dict[str, Counter[str]]:
        """How many of the counted items stand under each value of a facet, of those that pass all filters but its own."""
        places, counts = self._places(numbers), {}
        for name in FACET_FIELDS:
            others = [mask for other, mask in failed.items() if other != name]
            chosen = counted & ~np.any(others, axis=0) if others else counted
            found: Counter[str] = Counter()
            if name in self.values:
                values = self.values[name]
                often = np.bincount(self.codes[name][places[chosen]].ravel(), minlength=len(values))
                found.update(
                    {values[code]: int(often[code]) for code in (np.flatnonzero(often[1:]) + 1).tolist()}
                )
            counts[name] = found
        return counts

    def missing(self, numbers: Numbers) -> list[int]:
        known = np.append(self.numbers, -1)[self._places(numbers)] == numbers
        return np.unique(numbers[~known]).tolist() if not known.all() else []

    def with_more(self, sets: Mapping[int, Mapping[str, Sequence[str]]]) -> "FacetSets":
        numbers = np.r_[self.numbers, np.fromiter(sets, np.int64, len(sets))]
        order = np.argsort(numbers)
        values, codes = {}, {}
        for name in self.values.keys() | {name for one in sets.values() for name in one}:
            known = {value: code for code, value in enumerate(self.values.get(name, [""]))}
            rows = [
                [known.setdefault(one, len(known)) for one in held.get(name, ())] for held in sets.values()
            ]
            old = self.codes.get(name, np.zeros((len(self.numbers), 1), np.int32))
            width = max(old.shape[1], *map(len, rows))
            table = np.zeros((len(numbers), width), np.int32)
            table[: len(old), : old.shape[1]] = old
            for at, row in enumerate(rows, start=len(old)):
                table[at, : len(row)] = row
            values[name], codes[name] = list(known), table[order]
        return FacetSets(numbers[order], values, codes)

    def _places(self, numbers: Numbers) -> Numbers:
        return np.searchsorted(self.numbers, numbers)

    def _holds(self, name: str, wanted: frozenset[str]) -> NDArray[np.bool_]:
        """For each set."""
        if name not in self.values:
            return np.zeros(len(self.numbers), np.bool_)
        is_wanted = np.array([value in wanted for value in self.values[name]])
        return np.asarray(is_wanted[self.codes[name]].any(axis=1), np.bool_)


class KnownFacetSets:
    """The sets that this process has read; may be asked by several threads."""

    def __init__(self) -> None:
        self._known = FacetSets()

    def of(self, connection: Connection, numbers: Numbers) -> FacetSets:
        """The sets of these numbers, perhaps among others."""
        known = self._known
        missing = known.missing(numbers)
        if missing:
            if len(known.numbers) + len(missing) > MOST_KEPT:
                known = FacetSets()
                missing = known.missing(numbers)
            rows = connection.execute(_CONTENTS, {"numbers": missing})
            self._known = known = known.with_more({number: json.loads(content) for number, content in rows})
        return known
