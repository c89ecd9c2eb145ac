"""Texts by the ten thousand, the same each time: words of the field and of the dictionary, few of them often, most seldom."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pythainlp.corpus import thai_words

import portal.thai
from portal.search.analysis import analyse

SEED = 20261127
COMMON_WORDS = 30  # the most frequent ones are in no question: they would say nothing
WORDS = (100, 400)  # of a text
SECTIONS = (1, 5)
TITLE = (3, 8)
UNITS = 30
KINDS = ("manual", "regulation", "story", "lesson_learned", "qa", "minutes", "document", "core")
STEPS = ("KM1", "KM2", "KM3", "KM4", "KM5", "KM6", "KM7", "CM1", "CM2")
YEARS = range(2565, 2571)
ASKED = 120  # questions of each length
LENGTHS = (1, 3, 8)


@dataclass(frozen=True)
class Text:
    """A document before anything was made of it; each of `sections` is a list of words, as the index will know them."""

    number: int
    title: list[str]
    sections: list[list[str]]
    kind: str
    unit: int  # from 0; -1: none
    steps: tuple[str, ...]
    year: int
    readers: str  # public, organisation or unit

    @property
    def words(self) -> list[str]:
        return [word for section in self.sections for word in section]


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """Words that the analysis leaves as they are, the field's first, and how often each comes, summed up."""
    field = (Path(portal.thai.__file__).parent / "domain_words.txt").read_text("utf-8").split()
    others = sorted(word for word in thai_words() if 2 < len(word) < 14)
    random.Random(SEED).shuffle(others)  # noqa: S311 - the same texts each time
    known = [word for word in dict.fromkeys([*field, *others[:30_000]]) if analyse(word) == [word]]
    return known, list(itertools.accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(known))))


def texts(count: int) -> Iterator[Text]:
    """So many texts."""
    known, weights = vocabulary()
    dice = random.Random(SEED + count)  # noqa: S311
    for number in range(1, count + 1):
        words = dice.choices(known, cum_weights=weights, k=dice.randint(*WORDS))
        size = -(-len(words) // dice.randint(*SECTIONS))
        yield Text(
            number=number,
            title=dice.choices(known, cum_weights=weights, k=dice.randint(*TITLE)),
            sections=[words[start : start + size] for start in range(0, len(words), size)],
            kind=dice.choice(KINDS),
            unit=dice.randrange(-1, UNITS),
            steps=tuple(dice.sample(STEPS, k=dice.randint(1, 2))),
            year=dice.choice(YEARS),
            readers=dice.choices(("public", "organisation", "unit"), (1, 6, 3))[0],
        )


def questions(some: list[Text]) -> dict[int, list[list[str]]]:
    """By the number of their words, questions made of words that stand in one of these texts."""
    dice = random.Random(SEED)  # noqa: S311
    common = set(vocabulary()[0][:COMMON_WORDS])
    asked: dict[int, list[list[str]]] = {}
    for length in LENGTHS:
        asked[length] = []
        while len(asked[length]) < ASKED:
            words = sorted(set(dice.choice(some).words) - common)
            if len(words) >= length:
                asked[length].append(dice.sample(words, k=length))
    return asked
