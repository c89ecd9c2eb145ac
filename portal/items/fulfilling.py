"""Tying an item to the KM step and goal it fulfils, so that plan and evidence fill themselves."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.db import session
from portal.errors import BadInput
from portal.items.models import Fulfilment, Item
from portal.plan.models import Goal, Plan
from portal.plan.steps import STEPS, KMStep
from portal.translating import N_

MOST = 13


class StepMissing(BadInput):
    message = N_("Say which KM step this fulfils.")


class GoalUnknown(BadInput):
    message = N_("This goal is not in any running plan.")


@dataclass(frozen=True)
class Proposal:
    """What the form proposes, so that tying costs one look: a step by the kind of item, a goal by the unit's habit."""

    step: str
    goal_id: int | None


def set_fulfilments(item: Item, wanted: Iterable[tuple[int | None, str]]) -> None:
    """Make these (goal id or None, step code) the item's fulfilments. StepMissing when there is none,
    GoalUnknown for a goal of another organisation or one that was withdrawn after the item had it not."""
    pairs = list(dict.fromkeys(wanted))[:MOST]
    if not pairs or any(step not in STEPS for _, step in pairs):
        raise StepMissing
    had = {(row.goal_id, row.step): row for row in item.fulfilments}
    new_goals = {goal_id for goal_id, _ in pairs if goal_id is not None} - {goal_id for goal_id, _ in had}
    if new_goals:
        known = session.scalars(
            select(Goal.id)
            .join(Plan)
            .where(
                Goal.id.in_(new_goals),
                Goal.withdrawn_at.is_(None),
                Plan.organisation_id == item.organisation_id,
            )
        )
        if new_goals - set(known):
            raise GoalUnknown
    item.fulfilments = [had.get(pair) or Fulfilment(goal_id=pair[0], step=pair[1]) for pair in pairs]


def propose(item: Item, step: KMStep) -> Proposal:
    """The step that fits the kind of item, and the goal that the unit's newest items served last; None without one."""
    goal_id = session.scalar(
        select(Fulfilment.goal_id)
        .join(Item, Item.id == Fulfilment.item_id)
        .join(Goal, Goal.id == Fulfilment.goal_id)
        .join(Plan, Plan.id == Goal.plan_id)
        .where(Item.organisation_id == item.organisation_id, Item.unit_id == item.unit_id, Item.id != item.id)
        .where(Item.published_at.is_not(None), Goal.withdrawn_at.is_(None), Plan.withdrawn_at.is_(None))
        .order_by(Plan.fiscal_year.desc(), Item.published_at.desc())
        .limit(1)
    )
    return Proposal(step=step, goal_id=goal_id)
