"""Items whose texts (their own and those of the posts on them) lie in several segments, taken as one again."""

from collections.abc import Iterable, Sequence

import numpy as np

from portal.search.embedded.segments import Mask, Numbers, Segment


class ItemSet:
    """A set of items of these segments: a byte for each number there may be, so that thousands go in at once."""

    def __init__(self, segments: Iterable[Segment]):
        last = max((int(one.items.max(initial=0)) for one in segments), default=0)
        self._there = np.zeros(last + 1, np.bool_)

    def add(self, items: Numbers) -> None:
        self._there[items] = True

    def holds(self, items: Numbers) -> Mask:
        """Which of these are in it."""
        return self._there[items]


def each_item_once(chosen: Sequence[tuple[Segment, Numbers]]) -> list[Numbers]:
    """Of the chosen texts of each segment one for each item, its own where that is among them."""
    if not any(segment.has_posts for segment, _ in chosen):
        return [texts for _, texts in chosen]
    known = ItemSet(segment for segment, _ in chosen)
    for segment, texts in chosen:
        known.add(segment.items[texts[segment.posts[texts] == 0]])
    once = []
    for segment, texts in chosen:
        items, is_own = segment.items[texts], segment.posts[texts] == 0
        is_new = ~is_own & ~known.holds(items)
        places = np.flatnonzero(is_new)
        _, first = np.unique(items[places], return_index=True)
        is_new[:] = False
        is_new[places[first]] = True
        known.add(items[is_new])
        once.append(texts[is_own | is_new])
    return once
