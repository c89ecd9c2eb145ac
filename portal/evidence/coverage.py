"""The coverage map: goals × thirteen steps, and a row for what serves a step without a goal.

One rule for every number here, and on the first page: it is how many items the list behind it shows to whoever looks
(`knowledge.listing`), never how many ties. An item that serves two steps of a goal stands in two cells, and once in the
number of the goal; what is tied to no goal counts in the fiscal year in which it was published, for every plan of it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.db import session
from portal.items.models import Fulfilment, Item
from portal.knowledge.listing import fiscal_year_moments, published_assets
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
class Coverage:
    plan: Plan
    rows: list[Row]
    at_large: Row
    items: int  # in any row

    @property
    def empty_cells(self) -> int:
        """What of the plan nobody has served yet."""
        return sum(not count for row in self.rows for count in row.counts.values())


def coverage_of(plan: Plan, person: Person | None) -> Coverage:
    """Counts only what the person may see, so that a number never tells of a hidden item."""
    by_cell = _ties(plan, person, Fulfilment.goal_id, Fulfilment.step, func.count())
    counted = {
        (goal_id, step): count
        for goal_id, step, count in session.execute(by_cell.group_by(Fulfilment.goal_id, Fulfilment.step))
    }
    *rows, at_large = (
        Row(goal, items, {code: counted.get((goal.id if goal else None, code), 0) for code in STEPS})
        for goal, items in evidence_by_goal(plan, person)
    )
    items = session.scalar(_ties(plan, person, _ITEMS)) or 0
    return Coverage(plan, rows, at_large, items)


def evidence_by_goal(plan: Plan, person: Person | None) -> list[tuple[Goal | None, int]]:
    """How many items each goal has, in the order of the plan; at the end (None, those tied to no goal)."""
    by_goal = _ties(plan, person, Fulfilment.goal_id, _ITEMS).group_by(Fulfilment.goal_id)
    counted: dict[int | None, int] = {row[0]: row[1] for row in session.execute(by_goal)}
    return [(goal, counted.get(goal.id if goal else None, 0)) for goal in (*plan.present_goals, None)]


def _ties(plan: Plan, person: Person | None, *columns: Any) -> Select[Any]:
    """From the ties of what the person finds in the store to the plan's goals, and in its year to none."""
    store = published_assets(person).with_only_columns(Item.id)
    first, last = fiscal_year_moments(plan.fiscal_year)
    in_year = store.where(Item.published_at >= first, Item.published_at < last)
    return select(*columns).where(
        or_(
            Fulfilment.goal_id.in_([goal.id for goal in plan.present_goals]) & Fulfilment.item_id.in_(store),
            Fulfilment.goal_id.is_(None) & Fulfilment.item_id.in_(in_year),
        )
    )
