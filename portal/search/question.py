"""What an engine is asked and what it answers: the joint between the search and the index that serves it.

Both engines (arrays over Whoosh's segments, tables in PostgreSQL) answer alike; tests/search/corpora.py holds the slow,
plain answer that both are compared with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from portal.search.weights import WEIGHTS, Weights

MOST_BEGINNINGS: Final = 200  # words of titles that one beginning may stand for


class Reason(StrEnum):
    """Why something is looked for that was not typed."""

    ABBREVIATION = "abbreviation"
    MISSPELLING = "misspelling"
    SYNONYM = "synonym"
    ENGLISH = "english"


class Sort(StrEnum):
    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Alternative:
    """Another way to say a stretch of the question. A passage must hold all its words to count, and then it counts for
    `weight` of what the typed words would, never for more."""

    words: tuple[str, ...]  # as the index knows them
    weight: float
    reason: Reason
    label: str  # as it is shown


@dataclass(frozen=True)
class Concept:
    """A stretch of the question, mostly one word, with what else it may be called."""

    words: tuple[str, ...]  # as the index knows them, in the order typed
    typed: str = ""  # as it is shown
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is looked for, and by whom. Without concepts: everything."""

    tokens: frozenset[str]  # what the asker holds; an item without one of them does not exist for him
    concepts: tuple[Concept, ...] = ()
    near: tuple[str, ...] = ()  # folded words: index words that fold to one of them are spelt alike
    grams: tuple[str, ...] = ()  # three letters each, looked for in titles
    whole: str = ""  # the key of the title that the question spells out
    numbers: tuple[str, ...] = ()  # letter numbers and the like, whole
    excluded: tuple[str, ...] = ()  # words that may not stand in the item
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)  # one of a facet's values must hold
    only: frozenset[int] | None = None  # items to choose from; None: all
    without: frozenset[int] = frozenset()  # items to be passed over
    without_posts: frozenset[int] = frozenset()  # posts to be passed over
    sort: Sort = Sort.BEST
    most: int = 100  # candidates wanted
    phrases_apart: bool = False  # nothing holds its phrases, so they are looked for word by word
    weights: Weights = WEIGHTS

    @property
    def is_everything(self) -> bool:
        """Nothing is looked for but by filters."""
        return not (self.concepts or self.near or self.grams or self.whole)

    @property
    def words(self) -> tuple[str, ...]:
        """Every typed word once."""
        return tuple(dict.fromkeys(word for concept in self.concepts for word in concept.words))


class Place(NamedTuple):
    """A passage: of an item's own text (post 0) or of a post on it."""

    item_id: int
    post_id: int
    passage: int


class Stored(NamedTuple):
    """What stands in an index, and the checksum of the document it was made of."""

    item_id: int
    post_id: int
    digest: str


class Candidate(NamedTuple):
    """An item that was found, with its best passage. `is_near`: it holds only words that are spelt alike."""

    item_id: int
    passage: int  # of its own text or of the post
    score: float
    is_near: bool
    published: int = 0  # seconds since 1970
    post_id: int = 0  # 0: its own text

    @property
    def place(self) -> "Place":
        return Place(self.item_id, self.post_id, self.passage)


@dataclass(frozen=True)
class Found:
    """`total` and `facets` count the items that hold a fair share of the question, under any order the same ones: under OR a
    question of eight words would else find most of the store. `candidates` are the best items in their order, those that
    only hold what is spelt alike last; the first `total` of them are the results, what follows is near them. A facet counts
    what its own filter leaves out, too, so that one sees what another choice would bring. `weights` says how much each word
    that was found tells: the typed ones, and what was found instead of them; `near_weights` the same of words that are only
    spelt alike."""

    total: int
    candidates: tuple[Candidate, ...]
    facets: Mapping[str, Mapping[str, int]]
    weights: Mapping[str, float]
    near_weights: Mapping[str, float] = field(default_factory=dict)


class IndexWord(NamedTuple):
    """A word of the index, folded too."""

    word: str
    folded: str


NOTHING: Final = Found(0, (), {}, {})
