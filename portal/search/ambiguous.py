"""Abbreviations that mean several things: expanded only when something in the question, or the asker's unit, decides.

`ambiguous.csv` has a line for each meaning: words that decide when they stand anywhere in the question, and names of units
whose people mean it when nothing else is said. Among the words `#_` is a number right before the abbreviation (10 กม.),
`_#` one right after it that is no year (สด.9), `_0` such a one as the numbers of letters begin with (มท 0808), `_year` a
year right after it (ก.พ. 2567). A line without a meaning
says when the abbreviation stands for nothing that is looked for, as in the number of a letter. An abbreviation written with
dots in the file is an ordinary word without them.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from portal.search.analysis import analyse
from portal.search.thesaurus import is_dotted_word, key_of
from portal.thai.normalising import normalise

FILE: Final = Path(__file__).with_name("ambiguous.csv")
BEFORE, AFTER, LETTER_AFTER, YEAR_AFTER = MARKS = "#_", "_#", "_0", "_year"
YEARS: Final = range(2400, 2700), range(1900, 2100), range(40, 100)


@dataclass(frozen=True)
class Meaning:
    """What an abbreviation may mean, and what decides for it."""

    name: str
    near: tuple[frozenset[str], ...]  # all words of any of them in the question
    marks: frozenset[str]
    units: tuple[str, ...]
    needs_dot: bool

    def signs(self, words: Collection[str], marks: Collection[str]) -> int:
        """How much of the question speaks for it."""
        return sum(some <= set(words) for some in self.near) + len(self.marks & set(marks))


def meanings(key: str) -> tuple[Meaning, ...]:
    """What the abbreviation may mean; empty when it is none of these."""
    return _meanings().get(key, ())


def decided(
    key: str, *, words: Collection[str], before: str, after: str, unit_names: Iterable[str], has_dot: bool
) -> str:
    """What the abbreviation means in a question of these other words, asked by people of these units; `before` and `after`
    is what stands right beside it. Empty when nothing decides, or two meanings are as likely."""
    candidates = [meaning for meaning in meanings(key) if has_dot or not meaning.needs_dot]
    marks = _marks(before, after)
    return (
        _likeliest(candidates, lambda meaning: meaning.signs(words, marks))
        or _likeliest(candidates, lambda meaning: sum(_is_of(meaning, name) for name in unit_names))
        or _NOTHING
    ).name


def is_ambiguous(text: str) -> bool:
    """Whether the text is one of these abbreviations, however it is written."""
    return bool(meanings(key_of(analyse(text))))


def _likeliest(candidates: Iterable[Meaning], signs: Callable[[Meaning], int]) -> Meaning | None:
    """The one for which most speaks; None when nothing does, or two are equal."""
    counted = sorted(((signs(meaning), meaning) for meaning in candidates), key=lambda pair: -pair[0])
    if not counted or not counted[0][0] or (len(counted) > 1 and counted[0][0] == counted[1][0]):
        return None
    return counted[0][1]


def _is_of(meaning: Meaning, unit_name: str) -> bool:
    return any(unit_name.startswith(unit) for unit in meaning.units)


def _marks(before: str, after: str) -> list[str]:
    marks = [BEFORE] if before.isdecimal() else []
    if after.isdecimal():
        is_year = any(int(after) in years for years in YEARS)
        marks += [YEAR_AFTER] if is_year else [AFTER, LETTER_AFTER] if after.startswith("0") else [AFTER]
    return marks


_NOTHING: Final = Meaning("", (), frozenset(), (), needs_dot=False)


@cache
def _meanings() -> Mapping[str, tuple[Meaning, ...]]:
    found: dict[str, list[Meaning]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            key = key_of(analyse(line["abbreviation"]))
            near = [text for text in line["near"].split("|") if text]
            marks = frozenset(near) & set(MARKS)
            found[key].append(
                Meaning(
                    name=line["meaning"],
                    near=tuple(frozenset(analyse(text)) for text in near if text not in marks),
                    marks=marks,
                    units=tuple(normalise(unit) for unit in line["units"].split("|") if unit),
                    needs_dot=is_dotted_word(line["abbreviation"], key),
                )
            )
    return {key: tuple(several) for key, several in found.items()}
