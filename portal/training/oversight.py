"""Whose trainings, duties and reports a person oversees, on top of his own."""

from sqlalchemy import Select, select

from portal.people.audiences import LEADING_RANKS, valid_on
from portal.people.models import ActingAppointment, Person, Position, Posting, RoleName, Unit
from portal.people.permissions import has_role, is_admin
from portal.plan.permissions import in_km_team
from portal.thai.dates import bangkok_today


def keeps_the_register(person: Person | None) -> bool:
    """Who enters trainings for others, exempts, extends and reassigns: the KM team, data assistants, the admin."""
    return (
        person is not None
        and person.is_active
        and (has_role(person, RoleName.DATA_ASSISTANT) or is_admin(person) or in_km_team(person))
    )


def oversees(person: Person | None) -> bool:
    """Who sees the register of the whole organisation: those who keep it, the CKO and the executives."""
    return (
        keeps_the_register(person) or has_role(person, RoleName.CKO) or has_role(person, RoleName.EXECUTIVE)
    )


def units_led(person: Person) -> Select[int]:
    """The ids of the units of which the person is head or above today, by posting or acting, and all below them."""
    today = bangkok_today()
    paths = [
        select(Unit.path)
        .join(Position, Position.unit_id == Unit.id)
        .join(kind, kind.position_id == Position.id)
        .where(kind.person_id == person.id, valid_on(today, kind.from_date, kind.to_date))
        .where(Position.rank.in_(LEADING_RANKS))
        for kind in (Posting, ActingAppointment)
    ]
    led = paths[0].union(paths[1]).subquery()
    return select(Unit.id).join(led, Unit.path.startswith(led.c.path))
