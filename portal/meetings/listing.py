"""Meetings as a list: coming and past ones, by kind, unit, community, fiscal year and what they fulfil."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from portal.db import now, session
from portal.items.models import Fulfilment, Item, ItemState
from portal.knowledge.listing import NO_GOAL, fiscal_year_moments
from portal.meetings.models import (
    Attendance,
    Event,
    EventAnswer,
    EventCancellation,
    EventKind,
    EventPart,
    NotesRelease,
)
from portal.people.models import Group, Person, Unit
from portal.plan.steps import STEPS
from portal.thai.dates import bangkok_day, fiscal_year
from portal.web.numbers import whole_number

PAGE_SIZE: Final = 20
COMING, PAST, HELD = "coming", "past", "held"
WHENS: Final = (COMING, PAST, HELD)

IS_CALLED_OFF: Final = exists().where(EventCancellation.event_id == Event.id)
# What shows that it took place: somebody was there, or what was said was noted and opened.
HAS_TRACES: Final = or_(
    exists().where(Attendance.event_id == Event.id), exists().where(NotesRelease.event_id == Event.id)
)
FOR_LISTS: Final = (
    joinedload(Event.author),
    joinedload(Event.unit),
    joinedload(Event.group),
    joinedload(Event.cancellation),
    selectinload(Event.parts).joinedload(EventPart.person),
    selectinload(Event.fulfilments).joinedload(Fulfilment.goal),
)


def is_held(moment: datetime | None = None) -> ColumnElement[bool]:
    """That a meeting took place: only such a one is evidence."""
    return and_(Event.starts_at <= (moment or now()), ~IS_CALLED_OFF, HAS_TRACES)


@dataclass(frozen=True)
class EventFilter:
    """What the list is narrowed to; made from any query string, what makes no sense in it is left out."""

    when: str = COMING
    kind: str = ""
    unit_id: int | None = None
    group_id: int | None = None
    step: str = ""
    goal_id: int | None = None
    without_goal: bool = False
    fiscal_year: int | None = None
    page: int = 1

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "EventFilter":
        when, kind, step = args.get("when", ""), args.get("kind", ""), args.get("step", "")
        return cls(
            when=when if when in WHENS else COMING,
            kind=kind if kind in set(EventKind) else "",
            unit_id=whole_number(args.get("unit")),
            group_id=whole_number(args.get("group")),
            step=step if step in STEPS else "",
            goal_id=whole_number(args.get("goal")),
            without_goal=args.get("goal") == NO_GOAL,
            fiscal_year=whole_number(args.get("year"), least=2400, most=2700),
            page=whole_number(args.get("page"), most=100_000) or 1,
        )

    def as_args(self, **changes: object) -> dict[str, object]:
        """The query string of this filter with some changes, empty parts left out."""
        args: dict[str, object] = {
            "when": self.when if self.when != COMING else "",
            "kind": self.kind,
            "unit": self.unit_id,
            "group": self.group_id,
            "step": self.step,
            "goal": NO_GOAL if self.without_goal else self.goal_id,
            "year": self.fiscal_year,
            "page": self.page if self.page > 1 else "",
        }
        return {name: value for name, value in {**args, **changes}.items() if value}


@dataclass(frozen=True)
class FoundEvents:
    events: list[Event]
    present: dict[int, int]  # how many were there, by the meeting's id
    total: int
    pages: int


def find(wanted: EventFilter, person: Person | None) -> FoundEvents:
    """One page of the meetings the person sees, the next one first, of past ones the last."""
    matching = _matching(wanted, person)
    total = session.scalar(select(func.count()).select_from(matching.order_by(None).subquery())) or 0
    rows = session.scalars(
        _ordered(matching, wanted).options(*FOR_LISTS).limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)
    ).all()
    events = list(rows)
    return FoundEvents(events, count_present(events), total, max(1, -(-total // PAGE_SIZE)))


def find_all(wanted: EventFilter, person: Person | None, most: int = 10_000) -> list[Event]:
    """Every meeting of the filter, for taking the list home."""
    return list(session.scalars(_ordered(_matching(wanted, person), wanted).options(*FOR_LISTS).limit(most)))


def count_present(events: Collection[Event]) -> dict[int, int]:
    """How many were at each meeting, colleagues and guests; meetings without anybody are left out."""
    if not events:
        return {}
    rows = session.execute(
        select(Attendance.event_id, func.count())
        .where(Attendance.event_id.in_([event.id for event in events]))
        .group_by(Attendance.event_id)
    )
    return {row[0]: row[1] for row in rows}


def visible_events(person: Person | None) -> Select[Event]:
    """The meetings the person sees; every list of them and every count starts from here."""
    return Event.visible_to(person).where(Event.state == ItemState.PUBLISHED)


def held_events(person: Person | None, year: int | None = None) -> Select[Event]:
    """Of the meetings the person sees those that took place, in that fiscal year (Buddhist era)."""
    query = visible_events(person).where(is_held())
    return query if year is None else query.where(in_fiscal_year(year))


def in_fiscal_year(year: int) -> ColumnElement[bool]:
    """That a meeting begins in the fiscal year (Buddhist era)."""
    first, last = fiscal_year_moments(year)
    return and_(Event.starts_at >= first, Event.starts_at < last)


def years_with_events(person: Person | None) -> list[int]:
    """The fiscal years, newest first, of the meetings the person sees; for the list's filter."""
    row = session.execute(
        visible_events(person).with_only_columns(func.min(Event.starts_at), func.max(Event.starts_at))
    ).one()
    first: datetime | None = row[0]
    last: datetime | None = row[1]
    if first is None or last is None:
        return []
    return list(range(fiscal_year(bangkok_day(last)), fiscal_year(bangkok_day(first)) - 1, -1))


def groups_with_events(person: Person | None) -> list[Group]:
    """The communities whose meetings the person sees, in dictionary order; for the list's filter."""
    ids = visible_events(person).where(Event.group_id.is_not(None)).with_only_columns(Event.group_id)
    return list(session.scalars(select(Group).where(Group.id.in_(ids)).order_by(Group.sort_key, Group.id)))


def events_of_group(group_id: int, person: Person | None, *, past: bool, most: int) -> list[Event]:
    """Of a community's meetings the next ones, or the last that are over or were called off."""
    wanted = EventFilter(when=PAST if past else COMING, group_id=group_id)
    return list(session.scalars(_ordered(_matching(wanted, person), wanted).options(*FOR_LISTS).limit(most)))


def concerning(person: Person, *, since: datetime) -> Select[Event]:
    """The meetings, ending after that moment, to which the person said he comes or for which he does something."""
    return visible_events(person).where(Event.ends_at > since, is_concern_of(person), ~IS_CALLED_OFF)


def is_concern_of(person: Person) -> ColumnElement[bool]:
    """That the person said he comes, or does something for it."""
    coming = select(EventAnswer.event_id).where(
        EventAnswer.person_id == person.id, EventAnswer.is_coming.is_(True)
    )
    doing = select(EventPart.event_id).where(EventPart.person_id == person.id)
    return or_(Event.id.in_(coming), Event.id.in_(doing))


def _matching(wanted: EventFilter, person: Person | None) -> Select[Event]:
    query, moment = visible_events(person), now()
    if wanted.when == COMING:
        query = query.where(Event.ends_at > moment, ~IS_CALLED_OFF)
    elif wanted.when == PAST:
        query = query.where(or_(Event.ends_at <= moment, IS_CALLED_OFF))
    else:
        query = query.where(is_held(moment))
    if wanted.kind:
        query = query.where(Event.kind == wanted.kind)
    if wanted.group_id:
        query = query.where(Event.group_id == wanted.group_id)
    if wanted.unit_id:
        path = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        query = query.where(Event.unit_id.in_(select(Unit.id).where(Unit.path.startswith(path))))
    ties: list[Any] = []
    if wanted.step:
        ties.append(Fulfilment.step == wanted.step)
    if wanted.without_goal:
        ties.append(Fulfilment.goal_id.is_(None))
    elif wanted.goal_id:
        ties.append(Fulfilment.goal_id == wanted.goal_id)
    if ties:
        query = query.where(Item.id.in_(select(Fulfilment.item_id).where(*ties)))
    return query if wanted.fiscal_year is None else query.where(in_fiscal_year(wanted.fiscal_year))


def _ordered(query: Select[Event], wanted: EventFilter) -> Select[Event]:
    if wanted.when == COMING:
        return query.order_by(Event.starts_at, Event.id)
    return query.order_by(Event.starts_at.desc(), Event.id.desc())
