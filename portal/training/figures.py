"""Figures of a fiscal year: who was trained, for how many hours and how much money, and what came in time.

Persons are distinct people. Persons, hours and money count what has taken place, that is trainings whose day of return has
come; whether reports and records come in time counts everything of the year whose day is over or that is done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Float, Select, and_, case, cast, extract, func, or_, select

from portal.db import session
from portal.people.audiences import valid_on
from portal.people.models import Category, Person, Position, Posting, Unit
from portal.people.organisation_tree import official_order
from portal.people.remembered import remembered_units
from portal.plan.running import this_fiscal_year
from portal.thai.dates import BANGKOK, bangkok_today, fiscal_year_dates
from portal.training.models import COST_HEADINGS, Discharge, Duty, Participation, Training, TrainingKind
from portal.training.oversight import oversees, units_led
from portal.training.register import MONTHS_OF_A_YEAR, NO_UNIT, RegisterFilter, is_late, scope
from portal.training.register_states import REPORTS
from portal.web.numbers import whole_number

# What the plans of two towns hold themselves to (documents 001 and 002): so many persons a year, such a share of the staff.
TARGET_PERSONS: Final = 20
TARGET_SHARE: Final = 90


@dataclass(frozen=True)
class FiguresFilter:
    fiscal_year: int
    unit_id: int | None = None  # with all units below it

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "FiguresFilter":
        return cls(
            whole_number(args.get("year"), least=2400, most=2700) or this_fiscal_year(),
            whole_number(args.get("unit")),
        )

    def as_args(self) -> dict[str, object]:
        args: dict[str, object] = {"year": self.fiscal_year, "unit": self.unit_id}
        return {name: value for name, value in args.items() if value}


@dataclass
class InTime:
    """Participations by how their reports (or records) came out; `overdue` are those of `late` that are still owed."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0

    @property
    def rate(self) -> float | None:
        """In time of a hundred; None when nothing was due yet."""
        known = self.on_time + self.late
        return 100 * self.on_time / known if known else None

    def add(self, row: Any) -> None:
        self.on_time += int(row.on_time)
        self.late += int(row.late)
        self.overdue += int(row.overdue)


@dataclass
class Attended:
    """What has taken place. `hours` are those that were recorded, `unrecorded` how many participations wait for it."""

    people: set[int] = field(default_factory=set)
    times: int = 0
    hours: float = 0
    unrecorded: int = 0

    @property
    def persons(self) -> int:
        return len(self.people)

    @property
    def hours_each(self) -> float | None:
        return self.hours / len(self.people) if self.people else None

    def add(self, row: Any) -> None:
        self.people.add(row.person_id)
        self.times += row.times
        self.hours += row.hours or 0
        self.unrecorded += row.unrecorded


@dataclass
class UnitFigures:
    """A unit with all below it, or only what stands `directly` in it; without a unit: who had none, or everybody.

    `register_args` narrow the register to the same.
    """

    unit: Unit | None
    register_args: dict[str, object]
    directly: bool = False
    reports: InTime = field(default_factory=InTime)
    records: InTime = field(default_factory=InTime)
    attended: Attended = field(default_factory=Attended)
    staff: set[int] = field(default_factory=set)
    cost: float = 0

    @property
    def trained_staff(self) -> int:
        return len(self.staff & self.attended.people)

    @property
    def share(self) -> float | None:
        """Those of the staff who were trained, of a hundred. Who left meanwhile was trained but is not among them."""
        return 100 * self.trained_staff / len(self.staff) if self.staff else None


@dataclass(frozen=True)
class Figures:
    wanted: FiguresFilter
    staff_on: date  # the day on which the staff was counted
    whole: UnitFigures
    units: list[UnitFigures]
    months: dict[
        int, tuple[InTime, InTime]
    ]  # reports and records by the month of return, in the year's order
    kinds: dict[TrainingKind, Attended]
    costs: dict[str, float]  # satang by heading

    @property
    def units_with_overdue(self) -> list[UnitFigures]:
        return sorted(
            (unit for unit in self.units if unit.reports.overdue or unit.records.overdue),
            key=lambda unit: (-unit.reports.overdue, -unit.records.overdue),
        )


def sees_figures(person: Person | None) -> bool:
    """Who oversees sees those of everybody, who leads a unit those of his units; nobody else."""
    return person is not None and person.is_active and (oversees(person) or bool(_led(person)))


def units_in_figures(person: Person, units: Iterable[Unit]) -> list[Unit]:
    """Of these units those whose figures the person sees."""
    if oversees(person):
        return list(units)
    led = _led(person)
    return [unit for unit in units if unit.id in led]


def _led(person: Person) -> frozenset[int]:
    return frozenset(session.scalars(units_led(person)))


def figures_of(wanted: FiguresFilter, person: Person) -> Figures:
    """The figures of what the person oversees or leads; the same few queries whatever is counted."""
    query = scope(RegisterFilter(fiscal_year=wanted.fiscal_year, unit_id=wanted.unit_id), person)
    led = None if oversees(person) else _led(person)
    if led is not None:  # his own courses elsewhere are no figures of his units
        query = query.where(Participation.unit_id.in_(led))
    staff_on = min(bangkok_today(), fiscal_year_dates(wanted.fiscal_year)[1])
    rows = _Rows(wanted.unit_id or person.organisation_id, led)
    months = {month: (InTime(), InTime()) for month in MONTHS_OF_A_YEAR}
    kinds: dict[TrainingKind, Attended] = {}
    costs = dict.fromkeys(COST_HEADINGS, 0.0)
    for row in session.execute(_in_time(query)):
        months[int(row.month)][0 if row.is_report else 1].add(row)
        for figures in rows.of(row.unit_id):
            (figures.reports if row.is_report else figures.records).add(row)
    for row in session.execute(_attended(query)):
        kinds.setdefault(row.kind, Attended()).add(row)
        for figures in rows.of(row.unit_id):
            figures.attended.add(row)
    for row in session.execute(_costs(query)):
        shares = {heading: float(getattr(row, heading)) for heading in COST_HEADINGS}
        for heading, share in shares.items():
            costs[heading] += share
        for figures in rows.of(row.unit_id):
            figures.cost += sum(shares.values())
    for person_id, unit_id in session.execute(_staff(person.organisation_id, staff_on)):
        if rows.holds(unit_id):
            for figures in rows.of(unit_id):
                figures.staff.add(person_id)
    in_order = {kind: kinds[kind] for kind in TrainingKind if kind in kinds}
    return Figures(wanted, staff_on, rows.whole, rows.in_order(), months, in_order, costs)


def months_begun(year: int) -> list[int]:
    """The months of the fiscal year that have begun, in its order."""
    first, today = fiscal_year_dates(year)[0], bangkok_today()
    passed = (today.year - first.year) * 12 + today.month - first.month + 1
    return list(MONTHS_OF_A_YEAR[: max(0, passed)])


class _Rows:
    """The units side by side: those right below the root, each with all below it, and apart what stands directly in the
    root. Of whoever leads only some of them: those, each with all below it."""

    def __init__(self, root_id: int, led: frozenset[int] | None):
        self._units, self._root_id, self._led = remembered_units(), root_id, led
        root = self._units.get(root_id)
        is_all = root is None or root.is_organisation
        self.whole = UnitFigures(None if is_all else root, {} if is_all else {"unit": root_id})
        self._rows: dict[tuple[int | None, bool], UnitFigures] = {}
        self._known: dict[int | None, UnitFigures] = {}  # by the id that a row of the database names

    def holds(self, unit_id: int) -> bool:
        unit = self._units.get(unit_id)
        return (
            unit is not None
            and self._root_id in unit.ancestor_ids
            and (self._led is None or unit_id in self._led)
        )

    def of(self, unit_id: int | None) -> tuple[UnitFigures, UnitFigures]:
        """What counts something of this unit: the whole, and the row of it."""
        if unit_id not in self._known:
            self._known[unit_id] = self._row(self._units.get(unit_id) if unit_id else None)
        return self.whole, self._known[unit_id]

    def _row(self, unit: Unit | None) -> UnitFigures:
        if unit is None:
            return self._rows.setdefault((None, False), UnitFigures(None, {"unit": NO_UNIT}))
        path = unit.ancestor_ids
        below = path[path.index(self._root_id) + 1 :]
        if self._led is not None and self._root_id not in self._led:
            below = [one for one in below if one in self._led]
        if below:
            shown = self._units[below[0]]
            return self._rows.setdefault((shown.id, False), UnitFigures(shown, {"unit": shown.id}))
        args: dict[str, object] = {"unit": unit.id, "directly": "1"}
        return self._rows.setdefault((unit.id, True), UnitFigures(unit, args, directly=True))

    def in_order(self) -> list[UnitFigures]:
        """What stands directly in the root first, then the units in their official order, those without a unit last."""
        named = [row for row in self._rows.values() if row.unit is not None]
        nameless = [row for row in self._rows.values() if row.unit is None]
        return [*sorted(named, key=_place_of), *nameless]


def _place_of(row: UnitFigures) -> tuple[bool, tuple[Any, ...]]:
    return not row.directly, official_order(row.unit) if row.unit else ()


def _in_time(query: Select[Participation]) -> Select[Any]:
    """(unit, month of return, whether reports or the record) with on_time, late and overdue participations."""
    today = bangkok_today()
    is_report = case((Duty.discharged_by.in_(REPORTS), 1), else_=0)
    each = (
        query.join(Duty, Duty.participation_id == Participation.id)
        .where(Duty.discharged_by.in_((*REPORTS, Discharge.RECORD)))
        .with_only_columns(
            Participation.id,
            Participation.unit_id,
            extract("month", Training.return_date).label("month"),
            is_report.label("is_report"),
            func.max(case((is_late(today), 1), else_=0)).label("late"),
            func.max(case((Duty.on_time.is_(True), 1), else_=0)).label("some_on_time"),
            func.max(case((and_(Duty.closed_at.is_(None), Duty.due_on < today), 1), else_=0)).label(
                "overdue"
            ),
        )
        .group_by(Participation.id, Participation.unit_id, Training.return_date, is_report)
        .subquery()
    )
    return select(
        each.c.unit_id,
        each.c.month,
        each.c.is_report,
        func.sum(each.c.late).label("late"),
        func.sum(each.c.some_on_time * (1 - each.c.late)).label("on_time"),
        func.sum(each.c.overdue).label("overdue"),
    ).group_by(each.c.unit_id, each.c.month, each.c.is_report)


def _attended(query: Select[Participation]) -> Select[*tuple[Any, ...]]:
    """(person, unit, kind) with how often and for how many recorded hours."""
    return (
        query.where(Training.return_date <= bangkok_today())
        .with_only_columns(
            Participation.person_id,
            Participation.unit_id,
            Training.kind,
            func.count(Participation.id).label("times"),
            func.sum(Participation.hours).label("hours"),
            func.sum(case((Participation.hours.is_(None), 1), else_=0)).label("unrecorded"),
        )
        .group_by(Participation.person_id, Participation.unit_id, Training.kind)
    )


def _costs(query: Select[Participation]) -> Select[Any]:
    """What each unit's share of every training was: its cost divided by all who went."""
    went = (
        select(Participation.training_id, cast(func.count(), Float).label("all_of_them"))
        .where(Participation.withdrawn_at.is_(None))
        .group_by(Participation.training_id)
        .subquery("went")
    )
    return (
        query.join(went, went.c.training_id == Training.id)
        .where(Training.return_date <= bangkok_today())
        .with_only_columns(
            Participation.unit_id,
            *(
                func.sum(getattr(Training, heading) / went.c.all_of_them).label(heading)
                for heading in COST_HEADINGS
            ),
        )
        .group_by(Participation.unit_id)
    )


def _staff(organisation_id: int, day: date) -> Select[*tuple[Any, ...]]:
    """(person, unit) of everybody on the staff who held a post on that day and had not left."""
    end = datetime.combine(day + timedelta(days=1), time.min, BANGKOK)
    return (
        select(Person.id, Position.unit_id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Position, Position.id == Posting.position_id)
        .where(
            Person.organisation_id == organisation_id,
            Person.category == Category.STAFF,
            Person.is_system.is_(False),
            or_(Person.deactivated_at.is_(None), Person.deactivated_at >= end),
            valid_on(day, Posting.from_date, Posting.to_date),
        )
    )
