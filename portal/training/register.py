"""The register: who took part in what, what he still owes, where his report waits; filtered, counted and paged in SQL.

A line is one participation. Who did not go after all and trainings that were cancelled do not count. The fiscal year is
that of the day of return.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, extract, func, not_, or_, select
from sqlalchemy.orm import contains_eager

from portal.db import session
from portal.errors import TooLarge
from portal.people.models import Person
from portal.people.remembered import with_units_below
from portal.templating import number
from portal.thai.dates import bangkok_today, fiscal_year, fiscal_year_dates
from portal.thai.repair import repair
from portal.training.accounts import SOON_DAYS
from portal.training.models import Discharge, Duty, Participation, Training, TrainingKind
from portal.training.register_lines import RegisterLine, lines_of
from portal.training.register_states import OUTCOMES, REPORTS, LineState, Outcome
from portal.training.report_models import (
    Endorsement,
    ReportParticipation,
    ReportStage,
    StepState,
    TrainingReport,
)
from portal.translating import N_
from portal.web.numbers import whole_number

PAGE_SIZE = 50
MOST_AT_HOME = 50_000
NO_UNIT = "none"
KM_TEAM = "km"
MONTHS_OF_A_YEAR: Final = (10, 11, 12, *range(1, 10))  # of a fiscal year, in its order
_MOST_WORDS = 6
_AT_ONCE = 500


class RegisterTooLong(TooLarge):
    message = N_("The list has more than %(most)s lines. Narrow it first, for instance to one fiscal year.")


@dataclass(frozen=True)
class RegisterFilter:
    """What the register is narrowed to; made from any query string, what makes no sense in it is left out."""

    fiscal_year: int | None = None
    month: int | None = None  # of that fiscal year
    unit_id: int | None = None  # with all units below it
    directly: bool = False  # without those below it
    without_unit: bool = False
    person_id: int | None = None
    kind: str = ""
    state: str = ""
    level: str = ""  # of what waits: the id of the position, KM_TEAM where no level is left
    outcome: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "RegisterFilter":
        year = whole_number(args.get("year"), least=2400, most=2700)
        state, level = args.get("state", ""), args.get("level", "")
        unit_id = whole_number(args.get("unit"))
        position_id = whole_number(level)
        return cls(
            fiscal_year=year,
            month=whole_number(args.get("month"), most=12) if year else None,
            unit_id=unit_id,
            directly=unit_id is not None and bool(args.get("directly")),
            without_unit=args.get("unit") == NO_UNIT,
            person_id=whole_number(args.get("person")),
            kind=args.get("kind", "") if args.get("kind", "") in set(TrainingKind) else "",
            state=state if state in set(LineState) else "",
            level=(KM_TEAM if level == KM_TEAM else str(position_id or ""))
            if state == LineState.WAITING
            else "",
            outcome=args.get("outcome", "") if args.get("outcome", "") in OUTCOMES else "",
            q=repair(args.get("q", "")[:100]).strip(),
            page=whole_number(args.get("page"), most=100_000) or 1,
        )

    def as_args(self, **changes: object) -> dict[str, object]:
        """The query string of this filter with some changes, empty parts left out."""
        args: dict[str, object] = {
            "year": self.fiscal_year,
            "month": self.month,
            "unit": NO_UNIT if self.without_unit else self.unit_id,
            "directly": "1" if self.directly else "",
            "person": self.person_id,
            "kind": self.kind,
            "state": self.state,
            "level": self.level,
            "outcome": self.outcome,
            "q": self.q,
            "page": self.page if self.page > 1 else "",
        }
        return {name: value for name, value in {**args, **changes}.items() if value}


@dataclass(frozen=True)
class RegisterPage:
    """One page of lines; `counts` are those of every state under the other filters."""

    lines: list[RegisterLine]
    counts: dict[LineState, int]
    total: int
    pages: int


def find(wanted: RegisterFilter, person: Person | None) -> RegisterPage:
    """One page of what the person sees, with how many lines each state has; the same few queries whatever their number."""
    asked = _Question.of(scope(wanted, person))
    counts = _count(asked)
    if wanted.level:
        total = session.scalar(select(func.count()).select_from(asked.ids(wanted).subquery())) or 0
    else:
        total = counts.get(LineState(wanted.state), 0) if wanted.state else sum(counts.values())
    ids = session.scalars(asked.ids(wanted).limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)).all()
    return RegisterPage(_lines(ids, person), counts, total, max(1, -(-total // PAGE_SIZE)))


def find_all(wanted: RegisterFilter, person: Person | None) -> Iterator[RegisterLine]:
    """Every line of the filter, for taking the list home. RegisterTooLong before the first when there are too many."""
    asked = _Question.of(scope(wanted, person))
    ids = session.scalars(asked.ids(wanted).limit(MOST_AT_HOME + 1)).all()
    if len(ids) > MOST_AT_HOME:
        raise RegisterTooLong(most=number(MOST_AT_HOME))
    chunks = (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
    return (line for some in chunks for line in _lines(some, person))


def _lines(ids: Sequence[int], person: Person | None) -> list[RegisterLine]:
    """The lines of these participations, which were found for the person, in this order."""
    if not ids:
        return []
    asked = _Question.of(select(Participation).join(Training).where(Participation.id.in_(ids)))
    rows = {
        row[0].id: (row[0], LineState(row.state), row.due_on) for row in session.execute(asked.with_states())
    }
    return lines_of([rows[one] for one in ids], person)


def levels_waited_at(wanted: RegisterFilter, person: Person | None) -> list[tuple[str, str, int]]:
    """(what `level` takes, title, how many lines) of the levels at which the filter's reports wait, most first; an empty title is the KM team's."""
    asked = _Question.of(scope(wanted, person))
    ids = asked.ids(replace(wanted, state=LineState.WAITING, level="")).order_by(None)
    rows = session.execute(
        _waiting()
        .with_only_columns(
            Endorsement.position_id,
            func.max(Endorsement.position_title),
            func.count(ReportParticipation.participation_id.distinct()),
        )
        .where(ReportParticipation.participation_id.in_(ids))
        .group_by(Endorsement.position_id)
    )
    found = [(str(position or KM_TEAM), title if position else "", count) for position, title, count in rows]
    return sorted(found, key=lambda one: (-one[2], one[1]))


def years_in_register(person: Person | None) -> list[int]:
    """The fiscal years, newest first, of which the person sees a line."""
    days = _counted(person).with_only_columns(Training.return_date).limit(1)
    ends: Sequence[date | None] = session.execute(
        select(
            days.order_by(Training.return_date).scalar_subquery(),
            days.order_by(Training.return_date.desc()).scalar_subquery(),
        )
    ).one()
    first, last = ends
    if first is None or last is None:
        return []
    return list(range(fiscal_year(last), fiscal_year(first) - 1, -1))


def scope(wanted: RegisterFilter, person: Person | None) -> Select[Participation]:
    """The participations of the filter that the person sees, whatever their state."""
    query = _counted(person)
    if wanted.fiscal_year:
        first, last = fiscal_year_dates(wanted.fiscal_year)
        query = query.where(Training.return_date.between(first, last))
        if wanted.month:
            query = query.where(extract("month", Training.return_date) == wanted.month)
    if wanted.unit_id:
        units = {wanted.unit_id} if wanted.directly else with_units_below({wanted.unit_id})
        query = query.where(Participation.unit_id.in_(units))
    if wanted.without_unit:
        query = query.where(Participation.unit_id.is_(None))
    if wanted.person_id:
        query = query.where(Participation.person_id == wanted.person_id)
    if wanted.kind:
        query = query.where(Training.kind == wanted.kind)
    if wanted.outcome:
        query = query.where(_has_outcome(OUTCOMES[wanted.outcome]))
    for word in wanted.q.split()[:_MOST_WORDS]:
        named = select(Person.id).where(
            or_(*(name.icontains(word, autoescape=True) for name in (Person.first_name, Person.last_name)))
        )
        query = query.where(
            or_(Training.title.icontains(word, autoescape=True), Participation.person_id.in_(named))
        )
    return query


def _counted(person: Person | None) -> Select[Participation]:
    """What the person sees of it, with its training, less what does not count."""
    query = Participation.visible_to(person).join(Training, Training.id == Participation.training_id)
    if person is not None:  # says nothing new, but by it the database walks the days of return in their order
        query = query.where(Training.organisation_id == person.organisation_id)
    return query.where(Participation.withdrawn_at.is_(None), Training.cancelled_at.is_(None))


# ---- what makes a state


@dataclass(frozen=True)
class _Question:
    """Participations with the two columns that follow from their duties and reports.

    The most pressing thing counts: what is late, then what came back, what is due within days, what waits, what has time.
    """

    query: Select[Participation]
    owed: Subquery
    moving: Subquery
    state: ColumnElement[str]

    @classmethod
    def of(cls, query: Select[Participation]) -> "_Question":
        today = bangkok_today()
        owed = (
            select(Duty.participation_id, func.min(Duty.due_on).label("due_on"))
            .where(Duty.closed_at.is_(None))
            .group_by(Duty.participation_id)
            .subquery("owed")
        )
        moving = (
            select(
                ReportParticipation.participation_id,
                func.max(case((TrainingReport.stage == ReportStage.RETURNED, 1), else_=0)).label("returned"),
            )
            .join(TrainingReport, TrainingReport.id == ReportParticipation.report_id)
            .where(TrainingReport.stage.in_((ReportStage.RETURNED, ReportStage.ON_ITS_WAY)))
            .group_by(ReportParticipation.participation_id)
            .subquery("moving")
        )
        duty = exists().where(Duty.participation_id == Participation.id)
        state = case(
            (owed.c.due_on < today, LineState.OVERDUE),
            (moving.c.returned == 1, LineState.RETURNED),
            (owed.c.due_on <= today + timedelta(days=SOON_DAYS), LineState.DUE_SOON),
            (moving.c.returned == 0, LineState.WAITING),
            (owed.c.due_on.is_not(None), LineState.NOT_YET_DUE),
            (duty.where(Duty.on_time.is_not(None)), LineState.DONE),
            (duty, LineState.EXEMPTED),
            else_=LineState.NOTHING_OWED,
        )
        return cls(query, owed, moving, state)

    def states(self) -> Select[Any]:
        """The state of each."""
        return self._joined("").with_only_columns(self.state.label("state"))

    def with_states(self) -> Select[Any]:
        """(participation with its training, state, day of what is owed)."""
        return (
            self._joined("")
            .add_columns(self.state.label("state"), self.owed.c.due_on)
            .options(contains_eager(Participation.training))
        )

    def ids(self, wanted: RegisterFilter) -> Select[Any]:
        """The ids of the wanted state and level: what is owed by its day, everything else newest first."""
        query = self.query.with_only_columns(Participation.id)
        if wanted.state:
            query = self._joined(wanted.state).with_only_columns(Participation.id)
            query = query.where(self.state == wanted.state)
        if wanted.level:
            position_id = None if wanted.level == KM_TEAM else int(wanted.level)
            there = _waiting().where(Endorsement.position_id.is_not_distinct_from(position_id))
            query = query.where(
                Participation.id.in_(there.with_only_columns(ReportParticipation.participation_id))
            )
        if wanted.state in _OWED:
            return query.order_by(self.owed.c.due_on, Participation.id)
        return query.order_by(Training.return_date.desc(), Participation.id.desc())

    def _joined(self, state: str) -> Select[Any]:
        """With what makes the states. Of a state that something open makes, only what is open is looked at."""
        query: Select[Any] = self.query
        for few, states in ((self.owed, _OWED), (self.moving, _MOVING)):
            query = query.join(few, few.c.participation_id == Participation.id, isouter=state not in states)
        return query


_OWED: Final = (LineState.OVERDUE, LineState.DUE_SOON, LineState.NOT_YET_DUE)
_MOVING: Final = (LineState.RETURNED, LineState.WAITING)


def _count(asked: _Question) -> dict[LineState, int]:
    states = asked.states().subquery()
    rows = session.execute(select(states.c.state, func.count()).group_by(states.c.state))
    return {LineState(state): count for state, count in rows}


def _waiting() -> Select[Any]:
    """The reports that wait at a level now, with those whose report it is."""
    return (
        select(Endorsement.id)
        .join(TrainingReport, TrainingReport.id == Endorsement.report_id)
        .join(ReportParticipation, ReportParticipation.report_id == TrainingReport.id)
        .where(
            TrainingReport.stage == ReportStage.ON_ITS_WAY,
            Endorsement.round == TrainingReport.round,
            Endorsement.state == StepState.WAITING,
        )
    )


def is_late(today: date) -> ColumnElement[bool]:
    """A duty that was done late, or is still open past its day."""
    return or_(Duty.on_time.is_(False), and_(Duty.closed_at.is_(None), Duty.due_on < today))


def kinds_of(is_report: bool) -> Collection[Discharge]:
    return REPORTS if is_report else (Discharge.RECORD,)


def _has_outcome(outcome: Outcome) -> ColumnElement[bool]:
    its = exists().where(
        Duty.participation_id == Participation.id, Duty.discharged_by.in_(kinds_of(outcome.is_report))
    )
    late = its.where(is_late(bangkok_today()))
    return late if outcome.is_late else and_(its.where(Duty.on_time.is_(True)), not_(late))
