"""How much was met: the measures for indicators, of meetings held and of the people who were there.

Only what took place counts: somebody was there, or what was said was noted and opened. Whoever looks sees the sum of the
meetings he may see, so that no number tells of a closed community.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from portal.db import session
from portal.meetings.listing import held_events
from portal.meetings.models import Attendance, Event, EventKind
from portal.people.models import Person, Unit


@dataclass(frozen=True)
class Met:
    """`events` that were held, `people` of the organisation who were there (each once), `guests`, and `times` that somebody
    was at a meeting, guests too."""

    events: int = 0
    people: int = 0
    guests: int = 0
    times: int = 0


@dataclass(frozen=True)
class Figures:
    """Of a fiscal year and, where asked, a unit with those below it."""

    whole: Met
    kinds: dict[EventKind, Met]  # every kind, also those of which none was held
    units: dict[int | None, Met]  # by the unit that held it; only those that held any


def events_held(person: Person | None, year: int, *, kinds: Iterable[EventKind] = ()) -> int:
    """How many meetings were held in the fiscal year, of these kinds (default: all)."""
    return _met(_held(person, year, kinds=tuple(kinds))).events


def people_who_attended(person: Person | None, year: int, *, kinds: Iterable[EventKind] = ()) -> int:
    """How many of the organisation were at such a meeting at least once."""
    return _met(_held(person, year, kinds=tuple(kinds))).people


def figures_of(person: Person | None, year: int, unit: Unit | None = None) -> Figures:
    """What was held in the year, in seven queries."""
    held = _held(person, year, unit=unit)
    by_kind = _met_by(held, Event.kind)
    return Figures(
        _met(held),
        {kind: by_kind.get(str(kind), Met()) for kind in EventKind},
        _met_by(held, Event.unit_id),
    )


def _held(
    person: Person | None, year: int, *, kinds: tuple[EventKind, ...] = (), unit: Unit | None = None
) -> Select[Event]:
    query = held_events(person, year)
    if kinds:
        query = query.where(Event.kind.in_(kinds))
    if unit is not None:
        query = query.where(Event.unit_id.in_(select(Unit.id).where(Unit.path.startswith(unit.path))))
    return query


def _met(held: Select[Event]) -> Met:
    ids = _ids(held)
    events = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    row = session.execute(
        select(
            func.count(func.distinct(Attendance.person_id)), func.count(Attendance.person_id), func.count()
        )
        .select_from(Attendance)
        .where(Attendance.event_id.in_(ids))
    ).one()
    return Met(events, row[0], row[2] - row[1], row[2])


def _met_by(held: Select[Event], column: Any) -> dict[Any, Met]:
    counted = held.with_only_columns(column, func.count(func.distinct(Event.id))).group_by(column)
    events = {row[0]: row[1] for row in session.execute(counted.order_by(None))}
    ids = _ids(held)
    present = session.execute(
        select(
            column,
            func.count(func.distinct(Attendance.person_id)),
            func.count(Attendance.person_id),
            func.count(),
        )
        .select_from(Event)
        .join(Attendance, Attendance.event_id == Event.id)
        .where(Event.id.in_(ids))
        .group_by(column)
    )
    there = {row[0]: (row[1], row[3] - row[2], row[3]) for row in present}
    return {value: Met(count, *there.get(value, (0, 0, 0))) for value, count in events.items()}


def _ids(held: Select[Event]) -> Select[int]:
    """Of a table of its own, so that it is no part of the query around it."""
    return select(held.with_only_columns(Event.id).order_by(None).subquery().c.id)
