"""The plans that run in a fiscal year, and the goals a form can offer."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.db import session
from portal.plan.models import Goal, Plan
from portal.templating import in_language, number
from portal.templating import year as year_of_era
from portal.thai.dates import bangkok_today, fiscal_year


def plans_of_year(organisation_id: int, year: int) -> list[Plan]:
    """The year's plans, the organisation's own first; empty when nobody has made one."""
    return list(
        session.scalars(
            select(Plan)
            .where(
                Plan.organisation_id == organisation_id,
                Plan.fiscal_year == year,
                Plan.withdrawn_at.is_(None),
            )
            .options(selectinload(Plan.goals))
            .order_by(Plan.unit_id != organisation_id, Plan.id)
        )
    )


def this_fiscal_year() -> int:
    """The Buddhist year in which the current fiscal year ends."""
    return fiscal_year(bangkok_today())


def goals_to_offer(organisation_id: int, also: set[int] | None = None) -> list[tuple[int, str]]:
    """(id, "number. title") of the goals of this and the last fiscal year's plans, newest year first;
    `also` are goals an item already has, whatever became of them."""
    year = this_fiscal_year()
    goals = session.scalars(
        select(Goal)
        .join(Plan)
        .where(Plan.organisation_id == organisation_id)
        .where(
            (
                Plan.fiscal_year.in_((year, year - 1, year + 1))
                & Goal.withdrawn_at.is_(None)
                & Plan.withdrawn_at.is_(None)
            )
            | Goal.id.in_(also or set())
        )
        .order_by(Plan.fiscal_year.desc(), Plan.id, Goal.number)
        .options(selectinload(Goal.plan))
    )
    return [
        (goal.id, f"{year_of_era(goal.plan.fiscal_year)} · {number(goal.number)}. {in_language(goal)}")
        for goal in goals
    ]
