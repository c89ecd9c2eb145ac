"""Counting open duties anew when holidays, the policy, a rule or a day of return changed. Closed ones never move."""

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.audit.recording import record
from portal.db import session
from portal.people.models import Person, Unit
from portal.training.clock import DueDates
from portal.training.counting import Calendar, calendar_of
from portal.training.models import (
    Duty,
    DutyChange,
    DutyChangeKind,
    DutyRule,
    Participation,
)

_MOST_IDS: Final = 1000


class Recount(enum.StrEnum):
    """Why a due date moved: what a recounted change keeps as its reason."""

    RETURN = "return"
    HOLIDAYS = "holidays"
    POLICY = "policy"
    RULE = "rule"


@dataclass(frozen=True)
class Move:
    """An open duty whose due date is, or would be, another one."""

    duty: Duty
    before: date
    after: date


def recount_all(
    organisation_id: int, *, by: Person | None, why: Recount, rule: DutyRule | None = None
) -> list[Move]:
    """Count every open duty of the organisation anew (those of one rule only, when it is named); noted for each whose due
    date moved, and once in the audit log. An extension stays."""
    duties = _open_duties(organisation_id, rule, locked=True)
    calendar = calendar_of(organisation_id, days_of(duties))
    moves = recount(duties, calendar, by=by, why=why)
    if moves:
        organisation = session.get_one(Unit, organisation_id)
        record("duty.recount", organisation, by=by, why=str(why), moved=len(moves))
    return moves


def would_move(
    organisation_id: int,
    under: Callable[[Calendar], Calendar] = lambda calendar: calendar,
    *,
    rule: DutyRule | None = None,
    days: int | None = None,
) -> list[Move]:
    """What `recount_all` would move, if the calendar were another or the rule gave so many `days`; nothing is changed.
    The nearest due dates first, with their persons and trainings at hand."""
    duties = _open_duties(organisation_id, rule, locked=False)
    calendar = under(calendar_of(organisation_id, days_of(duties, days)))
    extended = extensions_of(duties)
    moves = []
    for duty in duties:
        dates = calendar.count(duty.counted_from, days or duty.rule_days)
        due = _due(dates, calendar, extended.get(duty.id))
        if due != duty.due_on:
            moves.append(Move(duty, duty.due_on, due))
    return sorted(moves, key=lambda move: (move.before, move.duty.id))


def recount(duties: Sequence[Duty], calendar: Calendar, *, by: Person | None, why: Recount) -> list[Move]:
    """Bring open duties to the calendar; those whose due date moved are noted. They are locked by the caller."""
    extended = extensions_of(duties)
    moves = []
    for duty in duties:
        before = duty.due_on
        count(duty, calendar, until=extended.get(duty.id))
        if duty.due_on != before:
            moves.append(Move(duty, before, duty.due_on))
            note_change(duty, DutyChangeKind.RECOUNTED, before, duty.due_on, by=by, reason=str(why))
    session.flush()
    return moves


def count(duty: Duty, calendar: Calendar, *, until: date | None = None) -> None:
    """Set the duty's dates by its day of return and its days; `until` is the day it was extended to."""
    dates = calendar.count(duty.counted_from, duty.rule_days)
    duty.strict_on, duty.lenient_on, duty.policy = dates.strict, dates.lenient, calendar.policy
    duty.due_on = _due(dates, calendar, until)
    duty.remind_by = calendar.remind_by(duty.due_on)


def _due(dates: DueDates, calendar: Calendar, until: date | None) -> date:
    """An extension stays, unless what is counted has come to be later than it."""
    due = calendar.due(dates)
    return due if until is None else max(due, until)


def note_change(
    duty: Duty, kind: DutyChangeKind, before: date, after: date | None, *, by: Person | None, reason: str
) -> None:
    """A line of the duty's story."""
    session.add(
        DutyChange(
            duty=duty,
            kind=kind,
            due_before=before,
            due_after=after,
            by_id=by.id if by else None,
            reason=reason,
        )
    )


def extensions_of(duties: Sequence[Duty]) -> dict[int, date]:
    """The day each of these open duties was last extended to, by the duty's id; those that never were are left out."""
    # A list of ids has an end on both databases; extensions of open duties are few.
    among = (
        Duty.closed_at.is_(None)
        if len(duties) > _MOST_IDS
        else DutyChange.duty_id.in_([duty.id for duty in duties])
    )
    rows = session.execute(
        select(DutyChange.duty_id, DutyChange.due_after)
        .join(DutyChange.duty)
        .where(DutyChange.kind == DutyChangeKind.EXTENDED, among)
        .order_by(DutyChange.id)
    )
    return {duty_id: until for duty_id, until in rows if until is not None}


def days_of(duties: Iterable[Duty], days: int | None = None) -> list[date]:
    """First and last days between which they are counted, with what the calendar must hold."""
    found = []
    for duty in duties:
        found += [duty.counted_from, duty.counted_from + timedelta(days=days or duty.rule_days)]
        found += (
            [duty.due_on] if duty.due_on else []
        )  # a new one has none yet; one that was extended may be far off
    return found


def _open_duties(organisation_id: int, rule: DutyRule | None, *, locked: bool) -> Sequence[Duty]:
    query = (
        select(Duty)
        .join(Duty.rule)
        .where(DutyRule.organisation_id == organisation_id, Duty.closed_at.is_(None))
        .order_by(Duty.id)
    )
    if rule is not None:
        query = query.where(Duty.rule_id == rule.id)
    if locked:
        query = query.with_for_update(of=Duty).execution_options(populate_existing=True)
    else:
        query = query.options(
            selectinload(Duty.person), selectinload(Duty.participation).selectinload(Participation.training)
        )
    return session.scalars(query).all()
