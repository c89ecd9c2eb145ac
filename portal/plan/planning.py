"""Making and changing the plan of a year."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput
from portal.people.models import Person
from portal.plan.models import Goal, Plan, PlanKind, Strategy
from portal.translating import N_


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


class LineEmptied(BadInput):
    message = N_("A goal or strategy of the plan can't be emptied. Withdraw it on the page of the plan.")


class LineWithdrawn(BadInput):
    message = N_("This line was withdrawn. Bring it back on the page of the plan, or write on a free line.")


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
    """Make a plan, or bring one to this text. Goals and strategies keep their place by number, since items and goals
    point to them: LineEmptied for one that lost its title, LineWithdrawn for text on the place of one that was
    withdrawn. Numbers without a text that never had one are passed over."""
    if plan is None:
        plan = Plan(organisation_id=by.organisation_id, unit_id=by.organisation_id)
        session.add(plan)
    _mind_lines(plan.strategies, strategies)
    _mind_lines(plan.goals, goals)
    plan.title, plan.title_en, plan.fiscal_year, plan.kind = title, title_en, fiscal_year, PlanKind(kind)
    by_number = {strategy.number: strategy for strategy in plan.strategies}
    for number, line in enumerate(strategies, 1):
        if line.title:
            if number not in by_number:
                by_number[number] = Strategy(number=number)
                plan.strategies.append(by_number[number])
            by_number[number].title, by_number[number].title_en = line.title, line.title_en
    had = {goal.number: goal for goal in plan.goals}
    for number, text in enumerate(goals, 1):
        if not text.title:
            continue
        goal = had.get(number)
        if goal is None:
            goal = Goal(number=number)
            plan.goals.append(goal)
        goal.title, goal.title_en, goal.measurable_unit = text.title, text.title_en, text.measurable_unit
        chosen = by_number.get(text.strategy_number or 0)
        # A strategy that was withdrawn can't be chosen, and goals that served it keep it till another is.
        if chosen is not None or goal.strategy is None or goal.strategy.withdrawn_at is None:
            goal.strategy = chosen
    session.flush()
    record("plan.write", plan, by=by, fiscal_year=fiscal_year)
    return plan


def _mind_lines(existing: Sequence[Strategy | Goal], texts: Sequence[StrategyText | GoalText]) -> None:
    titles = {number: text.title for number, text in enumerate(texts, 1)}
    for line in existing:
        title = titles.get(line.number, "")
        if line.withdrawn_at is None and not title:
            raise LineEmptied
        if line.withdrawn_at is not None and title:
            raise LineWithdrawn


def withdraw_line(line: Strategy | Goal, *, by: Person) -> None:
    """The goal or strategy is no longer part of its plan; what is tied to it stays tied, and counts again when it is
    brought back. Does nothing to one that was withdrawn before."""
    if line.withdrawn_at is None:
        line.withdrawn_at = now()
        act = "goal.withdraw" if isinstance(line, Goal) else "strategy.withdraw"
        record(act, line, by=by, plan=line.plan_id, line=line.number)


def bring_line_back(line: Strategy | Goal, *, by: Person) -> None:
    """Undo a withdrawal."""
    if line.withdrawn_at is not None:
        line.withdrawn_at = None
        act = "goal.bring_back" if isinstance(line, Goal) else "strategy.bring_back"
        record(act, line, by=by, plan=line.plan_id, line=line.number)
