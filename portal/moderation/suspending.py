"""Keeping somebody from writing for a time, and lifting that early."""

from datetime import timedelta
from typing import Final

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict, Refused
from portal.items.order_models import Suspension
from portal.moderation.permissions import can_suspend
from portal.notices.telling import Kind, tell
from portal.people.models import Group, Person
from portal.thai.repair import repair
from portal.translating import N_

SUSPENDED: Final = Kind("moderation.suspended", N_("You may not write for a time"))
LIFTED: Final = Kind("moderation.lifted", N_("You may write again"))
DAYS: Final = (1, 3, 7, 14, 30, 90)


class SayWhy(BadInput):
    message = N_("Say why in a sentence: its author is told.")


class NotToBeSuspended(Refused):
    message = N_("You may not suspend this person here.")


class NoSuchTime(BadInput):
    message = N_("Choose for how long.")


class LiftedAlready(Conflict):
    message = N_("This suspension has ended already.")


def suspend(person: Person, group: Group | None, days: int, *, by: Person, why: str) -> Suspension:
    """The person writes nothing for so many days in what is open to the group, or (None) to colleagues anywhere; he is told
    till when and why. NotToBeSuspended, NoSuchTime, SayWhy."""
    why = said(why)
    if not can_suspend(by, person, group):
        raise NotToBeSuspended
    if days not in DAYS:
        raise NoSuchTime
    moment = now()
    suspension = Suspension(
        person=person,
        group_id=group.id if group is not None else None,
        from_at=moment,
        until_at=moment + timedelta(days=days),
        why=why,
        by_id=by.id,
    )
    session.add(suspension)
    session.flush()
    record("person.suspend", person, by=by, suspended_days=days, group=suspension.group_id)
    tell([person.id], SUSPENDED, suspension, key=f"suspended:{suspension.id}")
    return suspension


def lift(suspension: Suspension, *, by: Person, why: str) -> None:
    """The person may write again before the time has passed, and is told. LiftedAlready, SayWhy."""
    why = said(why)
    lock(suspension)
    if suspension.lifted_at is not None or suspension.until_at <= now():
        raise LiftedAlready
    suspension.lifted_at, suspension.lifted_by_id, suspension.lifted_why = now(), by.id, why
    session.flush()
    record("person.lift_suspension", suspension.person, by=by, group=suspension.group_id)
    tell([suspension.person_id], LIFTED, suspension, key=f"lifted:{suspension.id}")


def said(why: str) -> str:
    """The reason as it is kept. SayWhy when there is none."""
    why = repair(why).strip()
    if not why:
        raise SayWhy
    return why
