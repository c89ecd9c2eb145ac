"""Whom and what an imported document names: its author, unit and goal, and the account under which the portal writes."""

from sqlalchemy import select

from portal.db import session
from portal.knowledge.front_matter import BadSource, Fields
from portal.knowledge.writing import unit_of
from portal.people.models import Person, Unit
from portal.plan.models import Goal, Plan
from portal.thai.dates import bangkok_day, bangkok_today, fiscal_year
from portal.translating import N_

SYSTEM_NAME = "ระบบคลังความรู้"
SYSTEM_USERNAME = "system"


class UnknownAccount(BadSource):
    message = N_("there is no account %(value)s")


class UnknownUnit(BadSource):
    message = N_("there is no unit with the code %(value)s")


class UnknownGoal(BadSource):
    message = N_("no plan has a goal with the number %(value)s")


class UnitMissing(BadSource):
    message = N_("it is for a unit only, but names none")


def system_account(organisation: Unit) -> Person:
    """The account under which the portal itself writes; nobody signs in with it. Made when it is first needed."""
    known = session.scalar(
        select(Person)
        .where(Person.organisation_id == organisation.id, Person.is_system)
        .order_by(Person.id)
        .limit(1)
    )
    if known is not None:
        return known
    taken = session.scalar(select(Person.id).where(Person.username == SYSTEM_USERNAME))
    account = Person(
        organisation_id=organisation.id,
        first_name=SYSTEM_NAME,
        username=f"{SYSTEM_USERNAME}-{organisation.id}" if taken else SYSTEM_USERNAME,
        is_system=True,
    )
    session.add(account)
    session.flush()
    return account


def places_named_by(
    fields: Fields, organisation: Unit, importer: Person
) -> tuple[Person, int | None, int | None]:
    """The author, the unit's id and the goal's id that the fields name, for what they don't name the importer and his unit.

    UnknownAccount, UnknownUnit, UnitMissing, UnknownGoal.
    """
    author = importer
    if fields.author:
        wanted = select(Person).where(
            Person.organisation_id == organisation.id, Person.username == fields.author.lower()
        )
        named = session.scalar(wanted.where(Person.is_system.is_(False)))
        if named is None:
            raise UnknownAccount(value=fields.author)
        author = named
    unit_id = None if author.is_system else unit_of(author)
    if fields.unit:
        unit_id = session.scalar(
            select(Unit.id).where(Unit.organisation_id == organisation.id, Unit.code == fields.unit)
        )
        if unit_id is None:
            raise UnknownUnit(value=fields.unit)
    if fields.audience == "unit" and unit_id is None:
        raise UnitMissing
    return author, unit_id, goal_named_by(fields, organisation)


def goal_named_by(fields: Fields, organisation: Unit) -> int | None:
    """The goal of that number in the organisation's plan for the year of the publication, else in the newest plan; None
    when none is named, UnknownGoal when there is no such goal."""
    if fields.goal is None:
        return None
    year = fiscal_year(bangkok_day(fields.published_at) if fields.published_at else bangkok_today())
    goal_id = session.scalar(
        select(Goal.id)
        .join(Plan)
        .where(Plan.organisation_id == organisation.id, Goal.number == fields.goal)
        .where(Goal.withdrawn_at.is_(None), Plan.withdrawn_at.is_(None))
        .order_by(
            Plan.unit_id != organisation.id,
            Plan.fiscal_year != year,
            Plan.fiscal_year.desc(),
            Plan.id,
        )
        .limit(1)
    )
    if goal_id is None:
        raise UnknownGoal(value=fields.goal)
    return goal_id
