"""What a list of people would do, row by row: looked at before anything is changed."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from portal.people.models import Person, Position, Rank, Unit
from portal.translating import gettext

_MOST_SHOWN = 60  # characters of what was typed, in a reason


class Outcome(StrEnum):
    NEW = "new"
    CHANGE = "change"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reason:
    """Why a row is refused, as a sentence in the reader's language, with the column and what was typed in it."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    column: str = ""
    typed: str = ""

    @property
    def sentence(self) -> str:
        """The reason alone."""
        return gettext(self.message, **self.values)

    @property
    def shown(self) -> str:
        """What was typed, cut where it is long."""
        return self.typed if len(self.typed) <= _MOST_SHOWN else self.typed[: _MOST_SHOWN - 1] + "…"

    def __str__(self) -> str:
        if not self.column:
            return self.sentence
        return (
            f"{self.column} “{self.shown}”: {self.sentence}"
            if self.typed
            else f"{self.column}: {self.sentence}"
        )


@dataclass(frozen=True)
class Leaving:
    """A post that ends because the row gives its holder another."""

    title: str
    unit: Unit
    last_day: date


@dataclass
class Placing:
    """The post a row gives somebody: one that is there, or a new one in a unit."""

    unit: Unit
    title: str
    from_date: date
    position: Position | None = None  # None: to be made
    number: str = ""
    rank: Rank = Rank.STAFF
    leaves: tuple[Leaving, ...] = ()


@dataclass
class PlannedRow:
    """What one row of the list would do. `values` are the fields that are set, `changes` the names of those that differ."""

    number: int
    name: str
    outcome: Outcome = Outcome.REFUSED
    person: Person | None = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    placing: Placing | None = None
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True)
class ImportPlan:
    rows: tuple[PlannedRow, ...]

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(row.outcome for row in self.rows)

    @property
    def moving(self) -> int:
        """How many people would leave a post they hold."""
        return sum(bool(row.placing and row.placing.leaves) for row in self.rows)

    @property
    def refused(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome == Outcome.REFUSED]

    @property
    def fingerprint(self) -> str:
        """The same for the same plan: what was looked at is what is done."""
        told = hashlib.sha256()
        for row in self.rows:
            placing = row.placing
            told.update(
                repr(
                    (
                        row.number,
                        row.outcome,
                        row.person and row.person.id,
                        sorted(row.changes),
                        sorted((key, str(value)) for key, value in row.values.items()),
                        placing
                        and (
                            placing.unit.id,
                            placing.position and placing.position.id,
                            placing.title,
                            placing.from_date,
                            [(left.title, left.unit.id, left.last_day) for left in placing.leaves],
                        ),
                        [reason.message for reason in row.reasons],
                    )
                ).encode()
            )
        return told.hexdigest()
