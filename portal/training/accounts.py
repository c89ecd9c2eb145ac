"""Where a duty stands today, and how its due date came about: what a page tells of it."""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.db import session
from portal.thai.dates import bangkok_day, bangkok_today
from portal.training.clock import ONE_DAY
from portal.training.duties import days_left, is_due_open
from portal.training.holidays import holidays_between
from portal.training.models import Duty, DutyChange, DutyChangeKind, Holiday

SOON_DAYS: Final = 3  # in the register and in notices, too


class DutyState(enum.StrEnum):
    AHEAD = "ahead"
    SOON = "soon"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    LATE = "late"
    EXEMPTED = "exempted"


def state_of(duty: Duty, today: date) -> DutyState:
    """Open: ahead, soon or overdue on that day; closed: how it ended."""
    if not is_due_open(duty):
        if duty.on_time is None:
            return DutyState.EXEMPTED
        return DutyState.ON_TIME if duty.on_time else DutyState.LATE
    left = days_left(duty, today)
    if left < 0:
        return DutyState.OVERDUE
    return DutyState.SOON if left <= SOON_DAYS else DutyState.AHEAD


@dataclass(frozen=True)
class DayOff:
    """A day between the two dates; without a holiday it is a weekend, or was off when it was counted."""

    day: date
    holiday: Holiday | None


@dataclass(frozen=True)
class Account:
    """A duty as it is shown: its state, the days left (negative: late; of one that is closed the days it was early or
    late), the days off that stand between its strict and its lenient date, its extensions."""

    duty: Duty
    state: DutyState
    left: int
    days_off: tuple[DayOff, ...]
    extensions: tuple[DutyChange, ...]


def account_of(duty: Duty) -> Account:
    """The account of one duty; of several at once `accounts_of` asks the database less often."""
    return accounts_of([duty])[duty.id]


def accounts_of(duties: Iterable[Duty]) -> dict[int, Account]:
    """By the duty's id. Three questions to the database for them all, when they belong to one organisation."""
    duties, today = list(duties), bangkok_today()
    extensions = _extensions_of(duties)
    holidays = _holidays_of(duties)
    accounts = {}
    for duty in duties:
        seen_on = bangkok_day(duty.closed_at) if duty.closed_at else today
        accounts[duty.id] = Account(
            duty=duty,
            state=state_of(duty, today),
            left=days_left(duty, seen_on),
            days_off=tuple(
                DayOff(day, holidays.get(day)) for day in _between(duty.strict_on, duty.lenient_on)
            ),
            extensions=tuple(change for change in extensions if change.duty_id == duty.id),
        )
    return accounts


def _between(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += ONE_DAY


def _holidays_of(duties: Sequence[Duty]) -> dict[date, Holiday]:
    moved = [duty for duty in duties if duty.strict_on != duty.lenient_on]
    if not moved:
        return {}
    organisation_id = moved[0].person.organisation_id
    return holidays_between(
        organisation_id, min(duty.strict_on for duty in moved), max(duty.lenient_on for duty in moved)
    )


def _extensions_of(duties: Sequence[Duty]) -> Sequence[DutyChange]:
    return session.scalars(
        select(DutyChange)
        .where(
            DutyChange.duty_id.in_([duty.id for duty in duties]),
            DutyChange.kind == DutyChangeKind.EXTENDED,
        )
        .order_by(DutyChange.id)
        .options(selectinload(DutyChange.by))
    ).all()
