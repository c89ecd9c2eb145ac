"""The coverage map: goals × thirteen steps, and a row for what serves a step without a goal; of the store, and of meetings held.

One rule for every number here: it is how many items the list behind it shows to whoever looks (`knowledge.listing`,
`meetings.listing`), never how many ties. An item that serves two steps of a goal stands in two cells, and once in the
number of the goal; what is tied to no goal counts in the fiscal year in which it was published, for every plan of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.db import session
from portal.items.models import Fulfilment, Item
from portal.knowledge.listing import fiscal_year_moments, published_assets
from portal.meetings.listing import held_events
from portal.meetings.models import Event
from portal.people.models import Person
from portal.plan.models import Goal, Plan
from portal.plan.steps import STEPS

_ITEMS = func.count(func.distinct(Fulfilment.item_id))


@dataclass(frozen=True)
class Row:
    """A goal with its items, and how many of them serve each step; goal None: what is tied to no goal."""

    goal: Goal | None
    items: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Layer:
    """What one list holds for the plan: by goal, and at large."""

    rows: list[Row]
    at_large: Row
    items: int  # in any row


@dataclass(frozen=True)
class Coverage:
    """The store's rows, and `meetings` that were held."""

    plan: Plan
    store: Layer
    meetings: Layer

    @property
    def rows(self) -> list[Row]:
        return self.store.rows

    @property
    def at_large(self) -> Row:
        return self.store.at_large

    @property
    def items(self) -> int:
        return self.store.items + self.meetings.items

    @property
    def empty_cells(self) -> int:
        """What of the plan nobody has served yet, neither in writing nor in a meeting."""
        return sum(
            not written and not met.counts[step]
            for row, met in zip(self.store.rows, self.meetings.rows, strict=True)
            for step, written in row.counts.items()
        )


def coverage_of(plan: Plan, person: Person | None) -> Coverage:
    """Counts only what the person may see, so that a number never tells of a hidden item."""
    return Coverage(plan, *(_layer(plan, person, of) for of in (_in_store, _in_meetings)))


def evidence_by_goal(plan: Plan, person: Person | None) -> list[tuple[Goal | None, int]]:
    """How many items each goal has, in the store and of meetings held, in the order of the plan; at the end (None, those
    tied to no goal)."""
    written, met = (_by_goal(plan, person, of) for of in (_in_store, _in_meetings))
    return [(goal, written.get(key, 0) + met.get(key, 0)) for key, goal in _goals(plan)]


Ties = Callable[[Plan, Person | None], tuple[Select[Any], Select[Any]]]


def _layer(plan: Plan, person: Person | None, of: Ties) -> Layer:
    by_cell = _ties(plan, person, of, Fulfilment.goal_id, Fulfilment.step, func.count())
    counted = {
        (goal_id, step): count
        for goal_id, step, count in session.execute(by_cell.group_by(Fulfilment.goal_id, Fulfilment.step))
    }
    by_goal = _by_goal(plan, person, of)
    *rows, at_large = (
        Row(goal, by_goal.get(key, 0), {code: counted.get((key, code), 0) for code in STEPS})
        for key, goal in _goals(plan)
    )
    items = session.scalar(_ties(plan, person, of, _ITEMS)) or 0
    return Layer(rows, at_large, items)


def _goals(plan: Plan) -> list[tuple[int | None, Goal | None]]:
    return [*((goal.id, goal) for goal in plan.present_goals), (None, None)]


def _by_goal(plan: Plan, person: Person | None, of: Ties) -> dict[int | None, int]:
    by_goal = _ties(plan, person, of, Fulfilment.goal_id, _ITEMS).group_by(Fulfilment.goal_id)
    return {row[0]: row[1] for row in session.execute(by_goal)}


def _in_store(plan: Plan, person: Person | None) -> tuple[Select[Any], Select[Any]]:
    """What the person finds in the store, and of it what was published in the plan's year."""
    store = published_assets(person).with_only_columns(Item.id)
    first, last = fiscal_year_moments(plan.fiscal_year)
    return store, store.where(Item.published_at >= first, Item.published_at < last)


def _in_meetings(plan: Plan, person: Person | None) -> tuple[Select[Any], Select[Any]]:
    """The meetings the person sees that were held, and those held in the plan's year."""
    return (
        held_events(person).with_only_columns(Event.id),
        held_events(person, plan.fiscal_year).with_only_columns(Event.id),
    )


def _ties(plan: Plan, person: Person | None, of: Ties, *columns: Any) -> Select[Any]:
    """From the ties of what the person finds there to the plan's goals, and in its year to none."""
    ever, in_year = of(plan, person)
    return select(*columns).where(
        or_(
            Fulfilment.goal_id.in_([goal.id for goal in plan.present_goals]) & Fulfilment.item_id.in_(ever),
            Fulfilment.goal_id.is_(None) & Fulfilment.item_id.in_(in_year),
        )
    )
