"""Plans of the fiscal years, and the pages of the thirteen steps."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from portal.db import session
from portal.errors import NotHere
from portal.people.last_writers import last_writer
from portal.people.signing_in import public
from portal.plan.forms import PLAN_KINDS, PlanForm
from portal.plan.models import Plan, PlanKind
from portal.plan.permissions import can_plan
from portal.plan.planning import GoalText, StrategyText, write_plan
from portal.plan.running import plans_of_year, this_fiscal_year
from portal.plan.steps import STEPS
from portal.templating import year as year_of_era
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("plan", __name__)


@bp.get("/plans")
def list_plans() -> ResponseReturnValue:
    person = current_person()
    plans = session.scalars(
        Plan.visible_to(person)
        .options(selectinload(Plan.goals), selectinload(Plan.unit))
        .order_by(Plan.fiscal_year.desc(), Plan.id)
    ).all()
    return render_template(
        "plan/list_plans.html",
        plans=plans,
        can_plan=can_plan(person),
        this_year=this_fiscal_year(),
        kinds=PLAN_KINDS,
    )


@bp.get("/plan/<int:year>")
def show_year(year: int) -> ResponseReturnValue:
    """That year's plans, or straight to the only one."""
    require(current_person() is not None)
    plans = plans_of_year(g.organisation.id, year) if year < 3000 else []
    if not plans:
        raise NotHere
    if len(plans) == 1:
        return redirect(url_for("plan.show_plan", plan_id=plans[0].id))
    return render_template(
        "plan/list_plans.html",
        plans=plans,
        can_plan=can_plan(current_person()),
        this_year=year,
        kinds=PLAN_KINDS,
    )


@bp.get("/plans/<int:plan_id>")
def show_plan(plan_id: int) -> ResponseReturnValue:
    plan = get_visible(Plan, plan_id, selectinload(Plan.goals), selectinload(Plan.strategies))
    return render_template(
        "plan/show_plan.html", plan=plan, can_plan=can_plan(current_person()), kinds=PLAN_KINDS, steps=STEPS
    )


@bp.route("/plans/new", methods=["GET", "POST"])
def make_plan() -> ResponseReturnValue:
    require(can_plan(current_person()))
    form = PlanForm(data={"fiscal_year": this_fiscal_year()} if request.method == "GET" else None)
    return _plan_form(form, None)


@bp.route("/plans/<int:plan_id>/edit", methods=["GET", "POST"])
def edit_plan(plan_id: int) -> ResponseReturnValue:
    plan = get_visible(Plan, plan_id, locked=request.method == "POST")
    require(can_plan(current_person()))
    form = PlanForm.opened(_as_typed(plan), saved_by=lambda: last_writer(plan, "plan.write"))
    form.plan = plan
    return _plan_form(form, plan)


@bp.get("/steps/<code>")
@public
def show_step(code: str) -> ResponseReturnValue:
    """What a step is, its question and what is usually done in it."""
    step = STEPS.get(code.upper())
    if step is None:
        raise NotHere
    return render_template("plan/show_step.html", step=step, steps=STEPS)


def _plan_form(form: PlanForm, plan: Plan | None) -> ResponseReturnValue:
    action = request.form.get("action", "")
    if action == "more":  # one more line of each, without a script
        for lines in (form.strategies, form.goals):
            if len(lines) < (lines.max_entries or len(lines) + 1):
                lines.append_entry()
        form.offer()
        return render_template("plan/write_plan.html", form=form, plan=plan)
    form.offer()
    if not form.validate_on_submit():
        form.offer()  # also to the lines that somebody else added meanwhile
        return render_template("plan/write_plan.html", form=form, plan=plan), status_of(form)
    written = write_plan(
        plan,
        by=current_person(),
        title=form.title.data or "",
        title_en=form.title_en.data or "",
        fiscal_year=form.fiscal_year.data or this_fiscal_year(),
        kind=PlanKind(form.kind.data),
        strategies=[
            StrategyText(line.form.title.data or "", line.form.title_en.data or "")
            for line in form.strategies
        ],
        goals=[
            GoalText(
                line.form.title.data or "",
                line.form.title_en.data or "",
                line.form.measurable_unit.data or "",
                whole_number(line.form.strategy.data),
            )
            for line in form.goals
        ],
    )
    session.commit()
    flash(gettext("The plan is saved."))
    if form.fiscal_year.common_era is not None:
        flash(
            gettext(
                "%(western)s was read as a year of the Common Era: the plan is of %(thai)s.",
                western=year_of_era(form.fiscal_year.common_era),
                thai=year_of_era(written.fiscal_year),
            )
        )
    return redirect(url_for("plan.show_plan", plan_id=written.id))


def _as_typed(plan: Plan) -> dict[str, object]:
    numbers = {strategy.id: str(strategy.number) for strategy in plan.present_strategies}
    # Lines stand at their number, so that a gap left by a withdrawn one stays a gap.
    goals = {goal.number: goal for goal in plan.goals}
    strategies = {strategy.number: strategy for strategy in plan.strategies}
    return {
        "title": plan.title,
        "title_en": plan.title_en,
        "fiscal_year": plan.fiscal_year,
        "kind": str(plan.kind),
        "strategies": [
            {"title": strategy.title, "title_en": strategy.title_en}
            if (strategy := strategies.get(n)) and strategy.withdrawn_at is None
            else {}
            for n in range(1, max(strategies, default=0) + 1)
        ],
        "goals": [
            {
                "title": row.title,
                "title_en": row.title_en,
                "measurable_unit": row.measurable_unit,
                "strategy": numbers.get(row.strategy_id or 0, ""),
            }
            if (row := goals.get(n)) and row.withdrawn_at is None
            else {}
            for n in range(1, max(goals, default=0) + 1)
        ],
    }
