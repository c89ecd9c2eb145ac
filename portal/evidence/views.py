"""What has been done against the plan, and taking out of it what evidence may be tied to."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from portal.db import session
from portal.errors import NotHere
from portal.evidence.coverage import coverage_of, evidence_by_goal
from portal.plan.models import Goal, Plan, Strategy
from portal.plan.permissions import can_plan
from portal.plan.planning import bring_line_back, withdraw_line
from portal.plan.steps import STEPS
from portal.translating import gettext
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("evidence", __name__)


@bp.get("/plans/<int:plan_id>/coverage")
def show_coverage(plan_id: int) -> ResponseReturnValue:
    plan = get_visible(Plan, plan_id, selectinload(Plan.goals))
    return render_template(
        "evidence/show_coverage.html", plan=plan, coverage=coverage_of(plan, current_person()), steps=STEPS
    )


@bp.route(
    "/plans/<int:plan_id>/<any(goals, strategies):lines>/<int:number>/withdraw", methods=["GET", "POST"]
)
def withdraw(plan_id: int, lines: str, number: int) -> ResponseReturnValue:
    """Asks first, and says how much is tied to the goal or strategy."""
    plan, line = _line(plan_id, lines, number)
    if request.method == "POST":
        withdraw_line(line, by=current_person())
        session.commit()
        flash(gettext("It is withdrawn. It can be brought back at the foot of this page."))
        return redirect(url_for("plan.show_plan", plan_id=plan.id))
    if line.withdrawn_at is not None:
        return redirect(url_for("plan.show_plan", plan_id=plan.id))
    return render_template(
        "evidence/withdraw.html", plan=plan, line=line, lines=lines, tied=_tied(plan, line)
    )


@bp.post("/plans/<int:plan_id>/<any(goals, strategies):lines>/<int:number>/bring-back")
def bring_back(plan_id: int, lines: str, number: int) -> ResponseReturnValue:
    plan, line = _line(plan_id, lines, number)
    bring_line_back(line, by=current_person())
    session.commit()
    flash(gettext("It is part of the plan again."))
    return redirect(url_for("plan.show_plan", plan_id=plan.id))


def _line(plan_id: int, lines: str, number: int) -> tuple[Plan, Goal | Strategy]:
    plan = get_visible(Plan, plan_id, locked=request.method == "POST")
    require(can_plan(current_person()))
    among: list[Goal] | list[Strategy] = plan.goals if lines == "goals" else plan.strategies
    for line in among:
        if line.number == number:
            return plan, line
    raise NotHere


def _tied(plan: Plan, line: Goal | Strategy) -> int:
    """How many items of those the person may read are tied to the goal, or how many goals serve the strategy."""
    if isinstance(line, Strategy):
        return sum(goal.strategy_id == line.id for goal in plan.present_goals)
    return dict(evidence_by_goal(plan, current_person())).get(line, 0)
