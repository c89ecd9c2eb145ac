"""Making and changing the plan of a year."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.audit.recording import record
from portal.db import now, session
from portal.people.models import Person
from portal.plan.models import Goal, Plan, PlanKind, Strategy


@dataclass(frozen=True)
class StrategyText:
    title: str
    title_en: str = ""


@dataclass(frozen=True)
class GoalText:
    title: str
    title_en: str = ""
    measurable_unit: str = ""
    strategy_number: int | None = None


def write_plan(
    plan: Plan | None,
    *,
    by: Person,
    title: str,
    title_en: str,
    fiscal_year: int,
    kind: PlanKind,
    strategies: Sequence[StrategyText],
    goals: Sequence[GoalText],
) -> Plan:
    """Make a plan, or bring one to this text. Goals keep their place by number, since items point to them; a goal
    whose title was emptied is withdrawn, never deleted."""
    if plan is None:
        plan = Plan(organisation_id=by.organisation_id, unit_id=by.organisation_id)
        session.add(plan)
    plan.title, plan.title_en, plan.fiscal_year, plan.kind = title, title_en, fiscal_year, PlanKind(kind)
    by_number = {strategy.number: strategy for strategy in plan.strategies}
    plan.strategies = [
        _filled(by_number.get(number) or Strategy(number=number), text)
        for number, text in enumerate(strategies, 1)
        if text.title
    ]
    served = {strategy.number: strategy for strategy in plan.strategies}
    had = {goal.number: goal for goal in plan.goals}
    for existing in plan.goals:
        # A strategy that goes leaves its goals first, whether they are still in the plan or withdrawn.
        if existing.strategy not in plan.strategies:
            existing.strategy = None
    for number, text in enumerate(goals, 1):
        goal = had.get(number)
        if not text.title:
            if goal is not None and goal.withdrawn_at is None:
                goal.withdrawn_at = now()
            continue
        if goal is None:
            goal = Goal(number=number)
            plan.goals.append(goal)
        goal.title, goal.title_en, goal.measurable_unit = text.title, text.title_en, text.measurable_unit
        goal.strategy = served.get(text.strategy_number or 0)
        goal.withdrawn_at = None
    session.flush()
    record("plan.write", plan, by=by, fiscal_year=fiscal_year)
    return plan


def _filled(strategy: Strategy, text: StrategyText) -> Strategy:
    strategy.title, strategy.title_en = text.title, text.title_en
    return strategy
