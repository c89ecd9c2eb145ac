"""From a question to what is added up: which words, in which fields, and how much each counts.

Both engines work off the same plan; all that they supply is how often words stand in their index.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from portal.search.fields import TEXT_FIELDS
from portal.search.question import Alternative, Concept, Question
from portal.search.weights import (
    ALL_LETTERS,
    COMMON_GRAM,
    FEW_TITLES,
    MANY_LETTERS,
    SOME_LETTERS,
    TINY,
    Weights,
)


class Statistics(Protocol):
    """What an index knows about its words."""

    @property
    def passages(self) -> int:
        """How many passages there are."""

    def holding(self, name: str, word: str) -> int:
        """How many of them hold the word in this field."""

    def spelt_like(self, folded: str) -> Iterable[str]:
        """The words of titles and texts that fold to this one."""


class PlannedTerm(NamedTuple):
    """A word in a field, and what it adds for each unit of its saturated frequency."""

    field: str
    word: str
    gain: float


class PlannedWord(NamedTuple):
    """A word with its terms; `mass` is how much it tells of the question."""

    word: str
    mass: float
    terms: tuple[PlannedTerm, ...]


class PlannedAlternative(NamedTuple):
    """Words that must stand in a passage all together; then the passage holds `mass` of the question."""

    words: tuple[PlannedWord, ...]
    mass: float


class PlannedConcept(NamedTuple):
    """What was typed, and what may stand instead of it: a passage gets the best of them."""

    words: tuple[PlannedWord, ...]
    alternatives: tuple[PlannedAlternative, ...]


@dataclass(frozen=True)
class Plan:
    concepts: tuple[PlannedConcept, ...]
    near: tuple[PlannedTerm, ...]
    grams: tuple[PlannedTerm, ...]
    every_gram: float  # what a title would get for all letter groups of the question, those too that stand in no title
    weights: dict[str, float]  # what is found for what was asked, by how much it tells
    near_weights: dict[str, float]  # the same for words that are only spelt alike

    @property
    def mass(self) -> float:
        """All there is to hold of the question."""
        return sum(
            max(
                (one.mass for one in concept.alternatives),
                default=sum(word.mass for word in concept.words),
            )
            for concept in self.concepts
        )

    @property
    def whole(self) -> float:
        """What an item holds that holds the question; never nothing."""
        return max(self.mass, TINY)

    @property
    def all_letters(self) -> float:
        """What a title gets for its letter groups, at least, that holds the question in a longer word: ภาษีที่ดิน in
        ภาษีที่ดินและสิ่งปลูกสร้าง."""
        return ALL_LETTERS * max(self.every_gram, TINY)

    @property
    def many_letters(self) -> float:
        """The same for one that may be what was mistyped."""
        known = sum(term.gain for term in self.grams)
        return max(MANY_LETTERS * known, SOME_LETTERS * max(self.every_gram, TINY))


def least_counted(share: float, best: float) -> float:
    """How much of the question an item must hold to be counted, where the best one holds `best`; never nothing."""
    return max(share * best - TINY, TINY * TINY)


def idf(passages: int, holding: int) -> float:
    """How much a word tells: Lucene's idf, positive for every word that stands anywhere, 0 for others."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5)) if holding else 0.0


def make_plan(question: Question, statistics: Statistics) -> Plan:
    """The plan for this index as it is now. Words that stand nowhere are left out."""
    weights = question.weights
    title = weights.of_title(question.words)
    by_field = {"title": title, "body": 1.0}

    def planned(word: str, factor: float = 1.0) -> PlannedWord:
        told = {name: idf(statistics.passages, statistics.holding(name, word)) for name in TEXT_FIELDS}
        if told["title"]:
            # In a store of a few items a word may stand in more titles than texts.
            told["title"] = max(told.values())
        terms = tuple(
            PlannedTerm(name, word, factor * by_field[name] * value) for name, value in told.items() if value
        )
        return PlannedWord(word, max(told.values()), terms)

    concepts = tuple(_concept(concept, planned) for concept in question.concepts)
    concepts = tuple(concept for concept in concepts if concept.words or concept.alternatives)
    found = {word.word: word.mass for concept in concepts for word in concept.words}
    instead = {
        word.word: word.mass
        for concept in concepts
        for alternative in concept.alternatives
        for word in alternative.words
    }
    like = _spelt_like(question, statistics, {*found, *instead})
    near = [word for one in like if (word := planned(one, weights.near)).terms]
    grams, every_gram = _grams(question.grams, statistics, weights)
    return Plan(
        concepts,
        tuple(term for word in near for term in word.terms),
        grams,
        every_gram,
        {**instead, **found},
        {word.word: weights.near * word.mass for word in near},
    )


def _concept(concept: Concept, planned: "Planner") -> PlannedConcept:
    words = [word for typed in concept.words if (word := planned(typed)).terms]
    mass = sum(word.mass for word in words)
    alternatives = (_alternative(one, mass, planned) for one in concept.alternatives)
    return PlannedConcept(tuple(words), tuple(one for one in alternatives if one is not None))


def _alternative(alternative: Alternative, typed: float, planned: "Planner") -> PlannedAlternative | None:
    """None when one of its words stands nowhere. An alternative never counts for more than what was typed would."""
    plain = [planned(word) for word in dict.fromkeys(alternative.words)]
    if not plain or not all(word.terms for word in plain):
        return None
    own = sum(word.mass for word in plain)
    scale = alternative.weight * (min(1.0, typed / own) if typed else 1.0)
    return PlannedAlternative(tuple(planned(word.word, scale) for word in plain), typed or own)


def _spelt_like(question: Question, statistics: Statistics, found: set[str]) -> list[str]:
    like = (word for folded in question.near for word in statistics.spelt_like(folded))
    return sorted({word for word in like if word not in found and word not in question.words})


def _grams(
    grams: Sequence[str], statistics: Statistics, weights: Weights
) -> tuple[tuple[PlannedTerm, ...], float]:
    """The letter groups that tell titles apart; and what all of them would come to, those that stand nowhere counted like
    the rarest: else a single group that does stand somewhere would be the whole question."""
    most = max(FEW_TITLES, COMMON_GRAM * statistics.passages)
    told, every = [], 0.0
    for gram in grams:
        holding = statistics.holding("gram", gram)
        gain = weights.gram * idf(statistics.passages, max(1, holding))
        every += gain
        if 0 < holding <= most:
            told.append(PlannedTerm("gram", gram, gain))
    return tuple(told), every


class Planner(Protocol):
    def __call__(self, word: str, factor: float = 1.0) -> PlannedWord: ...
