"""Words that mean the same in the field: a name with its abbreviations, misspellings, synonyms and English terms.

`synonyms.csv` beside this module is where it begins; what the KM team makes of it is kept in the database
(`thesaurus_versions.py`). Looked up are words as the index knows them, joined: so it does not matter whether somebody
writes อบต, อบต., อ.บ.ต. or "อ บ ต", "web board" or "webboard", nor how the word cutter tears a misspelling apart.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from portal.search.analysis import analyse
from portal.search.question import Reason
from portal.thai.normalising import normalise
from portal.thai.words import is_ordinary

SHIPPED: Final = Path(__file__).with_name("synonyms.csv")
COLUMNS: Final = ("canonical", "kind", "variants")
BETWEEN: Final = "|"  # the variants of one line
_THAI: Final = re.compile(r"[ก-๎]{4,}")


@dataclass(frozen=True)
class Group:
    """A name and what else it is called, by kind."""

    canonical: str
    abbreviation: tuple[str, ...] = ()
    misspelling: tuple[str, ...] = ()
    synonym: tuple[str, ...] = ()
    english: tuple[str, ...] = ()

    def variants(self, kind: Reason) -> tuple[str, ...]:
        variants: tuple[str, ...] = getattr(self, kind)
        return variants

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called, its name first."""
        return (self.canonical, *(text for kind in Reason for text in self.variants(kind)))


class Sense(NamedTuple):
    """What some words may mean: the group, and as what they stand in it (None: they are its name)."""

    group: Group
    kind: Reason | None
    needs_dot: bool = (
        False  # without it this is an ordinary word: ทน. is a city municipality, ทน is to endure
    )


class Thesaurus:
    """The groups, and a quick way to them from what was typed."""

    def __init__(self, groups: Iterable[Group] = ()):
        self.groups = tuple(groups)

    def senses(self, key: str) -> tuple[Sense, ...]:
        """What the words may mean; `key` is `key_of` them. Empty for most."""
        return self._senses.get(key, ())

    def group(self, canonical: str) -> Group | None:
        """The group of that name."""
        return self._by_name.get(canonical)

    @cached_property
    def longest(self) -> int:
        """Characters of the longest key."""
        return max(map(len, self._senses), default=0)

    @cached_property
    def misspelt(self) -> re.Pattern[str]:
        """Finds the listed misspellings in a normalised text, where the word cutter may go astray."""
        texts = {
            normalise(text) for group in self.groups for text in group.misspelling if _THAI.fullmatch(text)
        }
        return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))) or r"(?!)")

    @cached_property
    def _by_name(self) -> dict[str, Group]:
        return {group.canonical: group for group in self.groups}

    @cached_property
    def _senses(self) -> dict[str, tuple[Sense, ...]]:
        senses: dict[str, list[Sense]] = {}
        for group in self.groups:
            for text, kind in _all_names(group):
                key = key_of(analyse(text))
                sense = Sense(group, kind, needs_dot=is_dotted_word(text, key))
                known = senses.setdefault(key, [])
                of_group = [one for one in known if one.group is group]
                if not of_group:  # each text once in a group, as the first that it is
                    known.append(sense)
                elif of_group[0].needs_dot and not sense.needs_dot:  # listed with and without its dots
                    known[known.index(of_group[0])] = of_group[0]._replace(needs_dot=False)
        senses.pop("", None)
        return {key: tuple(found) for key, found in senses.items()}


def key_of(words: Iterable[str]) -> str:
    """Under which index terms are looked up here."""
    return "".join(words)


def is_dotted_word(text: str, key: str) -> bool:
    """Whether the abbreviation is an ordinary word when its dots are left out."""
    return "." in text and is_ordinary(key)


def _all_names(group: Group) -> Iterator[tuple[str, Reason | None]]:
    yield group.canonical, None
    for kind in Reason:
        for variant in group.variants(kind):
            yield variant, kind


def shipped() -> str:
    """The text the portal comes with."""
    return SHIPPED.read_text("utf-8")


def read(text: str) -> Thesaurus:
    """The thesaurus of a text that was written by `write`."""
    kinds: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        variants = tuple(variant for variant in row["variants"].split(BETWEEN) if variant)
        kinds.setdefault(row["canonical"], {})[row["kind"]] = variants
    return Thesaurus(Group(canonical, **variants) for canonical, variants in kinds.items())


def write(groups: Iterable[Group]) -> str:
    """The groups as CSV: a line for each kind that a group has variants of, in the order of the groups."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for group in groups:
        for kind in Reason:
            if variants := group.variants(kind):
                lines.writerow([group.canonical, str(kind), BETWEEN.join(variants)])
    return out.getvalue()
