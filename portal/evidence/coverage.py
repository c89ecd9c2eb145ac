"""The coverage map: goals × thirteen steps, how many items fulfil each cell."""

from dataclasses import dataclass

from sqlalchemy import func, select

from portal.db import session
from portal.items.models import Fulfilment, Item, ItemState
from portal.people.models import Person
from portal.plan.models import Goal, Plan
from portal.plan.steps import STEPS


@dataclass(frozen=True)
class Row:
    """A goal and its thirteen counts by step code; goal None: what serves a step without a goal, in that year."""

    goal: Goal | None
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Coverage:
    plan: Plan
    rows: list[Row]
    items: int  # distinct published items that are evidence
    empty_cells: int


def coverage_of(plan: Plan, person: Person | None) -> Coverage:
    """Counts only what the person may see, so that a number never tells of a hidden item."""
    goals = [goal for goal in plan.goals if goal.withdrawn_at is None]
    visible = (
        Item.visible_to(person)
        .where(Item.state == ItemState.PUBLISHED)
        .with_only_columns(Item.id)
        .scalar_subquery()
    )
    ties = (
        select(Fulfilment.goal_id, Fulfilment.step, func.count(func.distinct(Fulfilment.item_id)))
        .where(Fulfilment.goal_id.in_([goal.id for goal in goals]), Fulfilment.item_id.in_(visible))
        .group_by(Fulfilment.goal_id, Fulfilment.step)
    )
    counted = {(goal_id, step): count for goal_id, step, count in session.execute(ties)}
    items = session.scalar(
        select(func.count(func.distinct(Fulfilment.item_id))).where(
            Fulfilment.goal_id.in_([goal.id for goal in goals]), Fulfilment.item_id.in_(visible)
        )
    )
    rows = [Row(goal, {code: counted.get((goal.id, code), 0) for code in STEPS}) for goal in goals]
    empty = sum(1 for row in rows for count in row.counts.values() if not count)
    return Coverage(plan=plan, rows=rows, items=items or 0, empty_cells=empty)
