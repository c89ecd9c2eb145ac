"""What has been done against the plan."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from portal.evidence.coverage import coverage_of
from portal.plan.models import Plan
from portal.plan.steps import STEPS
from portal.web.visibility import current_person, get_visible

bp = Blueprint("evidence", __name__)


@bp.get("/plans/<int:plan_id>/coverage")
def show_coverage(plan_id: int) -> ResponseReturnValue:
    plan = get_visible(Plan, plan_id, selectinload(Plan.goals))
    return render_template(
        "evidence/show_coverage.html", plan=plan, coverage=coverage_of(plan, current_person()), steps=STEPS
    )
