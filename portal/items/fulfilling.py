"""Tying an item to the KM step and goal it fulfils, so that plan and evidence fill themselves."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from portal.db import session
from portal.errors import BadInput
from portal.items.models import Fulfilment, Item
from portal.people.models import Person
from portal.plan.models import Goal, Plan
from portal.plan.running import this_fiscal_year
from portal.plan.steps import STEPS
from portal.translating import N_

MOST = 13


class StepMissing(BadInput):
    message = N_("Say which KM step this fulfils.")


class GoalUnknown(BadInput):
    message = N_("This goal is not in any running plan.")


def set_fulfilments(item: Item, wanted: Iterable[tuple[int | None, str]]) -> None:
    """Make these (goal id or None, step code) the item's fulfilments. StepMissing when there is none,
    GoalUnknown for a goal of another organisation or one that was withdrawn after the item had it not."""
    pairs = list(dict.fromkeys(wanted))[:MOST]
    if not pairs or any(step not in STEPS for _, step in pairs):
        raise StepMissing
    had = {(row.goal_id, row.step): row for row in item.fulfilments}
    new_goals = {goal_id for goal_id, _ in pairs if goal_id is not None} - {goal_id for goal_id, _ in had}
    mind_goals(new_goals, item.organisation_id)
    item.fulfilments = [had.get(pair) or Fulfilment(goal_id=pair[0], step=pair[1]) for pair in pairs]


def mind_goals(goal_ids: Collection[int], organisation_id: int) -> None:
    """GoalUnknown unless all of them are goals of the organisation that nobody has withdrawn."""
    if not goal_ids:
        return
    known = session.scalars(
        select(Goal.id)
        .join(Plan)
        .where(Goal.id.in_(goal_ids), Goal.withdrawn_at.is_(None), Plan.organisation_id == organisation_id)
    )
    if set(goal_ids) - set(known):
        raise GoalUnknown


def propose_goal(author: Person) -> int | None:
    """The goal to tie the author's next item to: the only one of this year's plans, else the one he tied his newest item
    to, if it is of this year. None where neither gives a reason, for a goal that nobody chose would count as evidence."""
    goals = list(
        session.scalars(
            select(Goal.id)
            .join(Plan)
            .where(Plan.organisation_id == author.organisation_id, Plan.fiscal_year == this_fiscal_year())
            .where(Goal.withdrawn_at.is_(None), Plan.withdrawn_at.is_(None))
        )
    )
    if len(goals) == 1:
        return goals[0]
    newest = select(Item.id).where(Item.author_id == author.id).order_by(Item.id.desc()).limit(1)
    return session.scalar(
        select(Fulfilment.goal_id)
        .where(Fulfilment.item_id == newest.scalar_subquery(), Fulfilment.goal_id.in_(goals))
        .order_by(Fulfilment.id)
        .limit(1)
    )
