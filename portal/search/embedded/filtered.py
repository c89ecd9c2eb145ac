"""What of the items that were found passes the filters, and how many stand under each value of a facet."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from portal.search.embedded.arrays import both
from portal.search.embedded.segments import Mask, Numbers, Segment


class Filtered:
    """The counted items of a segment, by a text of each, and which of them pass the filters."""

    def __init__(self, segment: Segment, filters: Mapping[str, frozenset[str]], counted: Numbers):
        self._segment, self._counted = segment, counted
        self._fits = {
            name: _fits(segment, name, wanted, counted) for name, wanted in filters.items() if wanted
        }
        self._failed = sum((~fits for fits in self._fits.values()), np.zeros(len(counted), np.int32))

    @property
    def passing(self) -> Numbers:
        return self._counted[self._failed == 0] if self._fits else self._counted

    def count_facets(self, counts: Mapping[str, Counter[str]]) -> None:
        """Add up the values of the counted items. A facet is counted over those that pass all filters but its own."""
        passing = self.passing
        for name, counter in counts.items():
            facet = self._segment.facets[name]
            places = self._counted[self._failed - ~self._fits[name] == 0] if name in self._fits else passing
            found = np.bincount(facet.codes[places].ravel(), minlength=len(facet.values))
            found[0] = 0
            for code in np.flatnonzero(found).tolist():
                counter[facet.values[code]] += int(found[code])


def passing_all(segment: Segment, filters: Mapping[str, frozenset[str]]) -> Mask | None:
    """Which of all its texts pass the filters; None: all."""
    passing: Mask | None = None
    for name, wanted in filters.items():
        if wanted:
            passing = both(passing, _fits(segment, name, wanted, np.arange(len(segment.items))))
    return passing


def _fits(segment: Segment, name: str, wanted: frozenset[str], places: Numbers) -> Mask:
    facet = segment.facets[name]
    is_wanted = np.fromiter((value in wanted for value in facet.values), np.bool_, len(facet.values))
    return np.asarray(is_wanted[facet.codes[places]].any(axis=1), np.bool_)
