"""Who holds, acts and belongs from when to when: postings, acting appointments, memberships and roles.

A dated row counts from its first to its last day, both included; without a last day until further notice. A post has
one holder at a time. Ended rows stay: what somebody signed last year was signed by the holder of last year.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.audit.recording import record
from portal.db import session
from portal.errors import BadInput, Conflict
from portal.people.models import (
    ActingAppointment,
    Group,
    GroupMembership,
    GroupRole,
    Person,
    Position,
    Posting,
    RoleGrant,
    RoleName,
)
from portal.people.organising import PositionAbolished
from portal.thai.dates import bangkok_today
from portal.translating import N_

Dated = Posting | ActingAppointment | GroupMembership | RoleGrant
AnyDated = TypeVar("AnyDated", Posting, ActingAppointment, GroupMembership, RoleGrant)


class EndsBeforeStart(BadInput):
    message = N_("The last day lies before the first.")


class PersonGone(Conflict):
    message = N_("%(person)s no longer has an account here.")


class PostingsOverlap(Conflict):
    """Somebody else holds the post on some of these days."""

    message = N_("“%(position)s” is held by %(person)s on some of these days. End that posting first.")


class ActingOverlap(Conflict):
    message = N_("%(person)s already acts in “%(position)s” on some of these days.")


class ActsForHimself(Conflict):
    message = N_("%(person)s holds “%(position)s” himself on these days.")


class AlreadyMember(Conflict):
    message = N_("%(person)s already belongs to “%(group)s” on some of these days.")


class RoleHeld(Conflict):
    message = N_("%(person)s already has this role on some of these days.")


class GroupClosed(Conflict):
    message = N_("“%(group)s” is closed.")


class LastAdmin(Conflict):
    message = N_(
        "The portal needs at least one active admin without an end date. Make somebody else admin first."
    )


def appoint(
    person: Person,
    position: Position,
    *,
    by: Person | None,
    from_date: date,
    to_date: date | None = None,
    leaves_others: bool = False,
) -> Posting:
    """The person holds the position from that day; with `leaves_others` his other postings end the day before.

    PostingsOverlap while somebody else holds it.
    """
    _mind_dates(from_date, to_date)
    _mind_person(person)
    _mind_position(position)
    _mind_holder(position, from_date, to_date)
    if leaves_others:
        for other in postings_after(person, from_date):
            if other.position_id != position.id:
                _end(other, from_date - timedelta(days=1))
    posting = Posting(person=person, position=position, from_date=from_date, to_date=to_date)
    session.add(posting)
    session.flush()
    record("posting.create", posting, by=by, person=person.id, position=position.id, **_dates(posting))
    return posting


def postings_after(person: Person, day: date) -> list[Posting]:
    """The person's postings that reach that day or begin after it."""
    wanted = select(Posting).where(
        Posting.person_id == person.id, or_(Posting.to_date.is_(None), Posting.to_date >= day)
    )
    return list(session.scalars(wanted))


def change_posting(posting: Posting, *, by: Person | None, from_date: date, to_date: date | None) -> None:
    """Correct its days, or end it. PostingsOverlap, EndsBeforeStart."""
    _mind_dates(from_date, to_date)
    _mind_holder(posting.position, from_date, to_date, but=posting)
    _redate(posting, from_date, to_date, by=by, action="posting.change")


def remove_posting(posting: Posting, *, by: Person | None) -> None:
    """It was never so: entered by mistake."""
    record(
        "posting.remove",
        posting,
        by=by,
        person=posting.person_id,
        position=posting.position_id,
        **_dates(posting),
    )
    session.delete(posting)
    session.flush()


def let_act(
    person: Person,
    position: Position,
    *,
    by: Person | None,
    from_date: date,
    to_date: date | None = None,
    order_number: str = "",
) -> ActingAppointment:
    """The person acts in the position, by that order. ActingOverlap, ActsForHimself."""
    _mind_dates(from_date, to_date)
    _mind_person(person)
    _mind_position(position)
    _mind_acting(person, position, from_date, to_date)
    appointment = ActingAppointment(
        person=person, position=position, from_date=from_date, to_date=to_date, order_number=order_number
    )
    session.add(appointment)
    session.flush()
    record("acting.create", appointment, by=by, person=person.id, position=position.id, **_dates(appointment))
    return appointment


def change_acting(
    appointment: ActingAppointment,
    *,
    by: Person | None,
    from_date: date,
    to_date: date | None,
    order_number: str,
) -> None:
    """Correct its days or order, or end it."""
    _mind_dates(from_date, to_date)
    _mind_acting(appointment.person, appointment.position, from_date, to_date, but=appointment)
    appointment.order_number = order_number
    _redate(appointment, from_date, to_date, by=by, action="acting.change")


def remove_acting(appointment: ActingAppointment, *, by: Person | None) -> None:
    """It was never so: entered by mistake."""
    record(
        "acting.remove",
        appointment,
        by=by,
        person=appointment.person_id,
        position=appointment.position_id,
        **_dates(appointment),
    )
    session.delete(appointment)
    session.flush()


def join(
    person: Person,
    group: Group,
    *,
    by: Person | None,
    from_date: date,
    to_date: date | None = None,
    role: GroupRole = GroupRole.MEMBER,
) -> GroupMembership:
    """The person belongs to the group from that day. AlreadyMember, GroupClosed."""
    _mind_dates(from_date, to_date)
    _mind_person(person)
    if group.closed_on is not None:
        raise GroupClosed(group=group.name)
    _mind_membership(person, group, from_date, to_date)
    membership = GroupMembership(person=person, group=group, role=role, from_date=from_date, to_date=to_date)
    session.add(membership)
    session.flush()
    record("membership.create", membership, by=by, person=person.id, group=group.id, role=str(role))
    return membership


def change_membership(
    membership: GroupMembership, *, by: Person | None, from_date: date, to_date: date | None, role: GroupRole
) -> None:
    """Correct its days or part, or end it."""
    _mind_dates(from_date, to_date)
    _mind_membership(membership.person, membership.group, from_date, to_date, but=membership)
    membership.role = role
    _redate(membership, from_date, to_date, by=by, action="membership.change")


def grant_role(
    person: Person, role: RoleName, *, by: Person | None, from_date: date, to_date: date | None = None
) -> RoleGrant:
    """The person has the role from that day. RoleHeld."""
    _mind_dates(from_date, to_date)
    _mind_person(person)
    held = select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.role == role)
    if (
        session.scalar(held.where(_meets(RoleGrant.from_date, RoleGrant.to_date, from_date, to_date)))
        is not None
    ):
        raise RoleHeld(person=person.name)
    grant = RoleGrant(
        person=person,
        role=role,
        from_date=from_date,
        to_date=to_date,
        granted_by_id=None if by is None else by.id,
    )
    session.add(grant)
    session.flush()
    record("role.grant", person, by=by, role=str(role), **_dates(grant))
    return grant


def end_role(grant: RoleGrant, *, by: Person | None, last_day: date | None = None) -> None:
    """Take the role away; without a last day at once. LastAdmin when no lasting admin would be left."""
    last_day = last_day or bangkok_today() - timedelta(days=1)
    if grant.role == RoleName.ADMIN:
        mind_admins(but=[grant.id])
    record("role.end", grant.person, by=by, role=str(grant.role), last_day=last_day.isoformat())
    _end(grant, last_day)
    session.flush()


def mind_admins(*, but: Iterable[int] = (), but_person: Person | None = None) -> None:
    """LastAdmin unless somebody active is admin today and without an end, leaving these grants (or that person) out.

    The rows stay locked until the commit: two admins who remove each other at the same moment can't both succeed.
    """
    today = bangkok_today()
    grants = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.role == RoleName.ADMIN, RoleGrant.from_date <= today, RoleGrant.to_date.is_(None))
        .options(joinedload(RoleGrant.person, innerjoin=True))
        .with_for_update()
    ).all()
    left = [
        grant
        for grant in grants
        if grant.id not in set(but)
        and grant.person.is_active
        and not grant.person.is_system
        and (but_person is None or grant.person_id != but_person.id)
    ]
    if not left:
        raise LastAdmin


def is_lasting_admin(person: Person) -> bool:
    """Whether he is admin today and without an end: one of those of whom one must be left."""
    grant = select(RoleGrant.id).where(
        RoleGrant.person_id == person.id,
        RoleGrant.role == RoleName.ADMIN,
        RoleGrant.from_date <= bangkok_today(),
        RoleGrant.to_date.is_(None),
    )
    return person.is_active and session.scalar(grant.limit(1)) is not None


def end_everything(person: Person, last_day: date) -> None:
    """End the person's postings, acting appointments, memberships and roles with that day; what lies ahead never comes."""
    _end_all(Posting, person, last_day)
    _end_all(ActingAppointment, person, last_day)
    _end_all(GroupMembership, person, last_day)
    _end_all(RoleGrant, person, last_day)
    session.flush()


def _end_all(kind: type[AnyDated], person: Person, last_day: date) -> None:
    reaching = select(kind).where(
        kind.person_id == person.id, or_(kind.to_date.is_(None), kind.to_date > last_day)
    )
    for row in session.scalars(reaching):
        _end(row, last_day)


def _end(row: Dated, last_day: date) -> None:
    if last_day < row.from_date:
        session.delete(row)
    else:
        row.to_date = last_day


def _redate(row: Dated, from_date: date, to_date: date | None, *, by: Person | None, action: str) -> None:
    before = _dates(row)
    row.from_date, row.to_date = from_date, to_date
    session.flush()
    record(action, row, by=by, person=row.person_id, before=before, **_dates(row))


def _dates(row: Dated) -> dict[str, str | None]:
    return {
        "from_date": row.from_date.isoformat(),
        "to_date": None if row.to_date is None else row.to_date.isoformat(),
    }


def _meets(  # type: ignore[no-untyped-def]
    start: InstrumentedAttribute[date],
    end: InstrumentedAttribute[date | None],
    from_date: date,
    to_date: date | None,
):
    """The row shares a day with the span."""
    reaches = or_(end.is_(None), end >= from_date)
    return reaches if to_date is None else reaches & (start <= to_date)


def _mind_dates(from_date: date, to_date: date | None) -> None:
    if to_date is not None and to_date < from_date:
        raise EndsBeforeStart


def _mind_person(person: Person) -> None:
    if not person.is_active:
        raise PersonGone(person=person.name)


def _mind_position(position: Position) -> None:
    if position.abolished_on is not None:
        raise PositionAbolished(position=position.title)


def _mind_holder(
    position: Position, from_date: date, to_date: date | None, but: Posting | None = None
) -> None:
    met = (
        select(Posting)
        .where(Posting.position_id == position.id)
        .where(_meets(Posting.from_date, Posting.to_date, from_date, to_date))
        .where(Posting.id != (0 if but is None else but.id))
        .options(joinedload(Posting.person))
        .limit(1)
    )
    held = session.scalar(met)
    if held is not None:
        raise PostingsOverlap(position=position.title, person=held.person.name)


def _mind_acting(
    person: Person,
    position: Position,
    from_date: date,
    to_date: date | None,
    but: ActingAppointment | None = None,
) -> None:
    met = (
        select(ActingAppointment)
        .where(ActingAppointment.position_id == position.id)
        .where(_meets(ActingAppointment.from_date, ActingAppointment.to_date, from_date, to_date))
        .where(ActingAppointment.id != (0 if but is None else but.id))
        .options(joinedload(ActingAppointment.person))
        .limit(1)
    )
    other = session.scalar(met)
    if other is not None:
        raise ActingOverlap(position=position.title, person=other.person.name)
    own = (
        select(Posting.id)
        .where(Posting.position_id == position.id, Posting.person_id == person.id)
        .where(_meets(Posting.from_date, Posting.to_date, from_date, to_date))
        .limit(1)
    )
    if session.scalar(own) is not None:
        raise ActsForHimself(position=position.title, person=person.name)


def _mind_membership(
    person: Person, group: Group, from_date: date, to_date: date | None, but: GroupMembership | None = None
) -> None:
    met = (
        select(GroupMembership.id)
        .where(GroupMembership.group_id == group.id, GroupMembership.person_id == person.id)
        .where(_meets(GroupMembership.from_date, GroupMembership.to_date, from_date, to_date))
        .where(GroupMembership.id != (0 if but is None else but.id))
        .limit(1)
    )
    if session.scalar(met) is not None:
        raise AlreadyMember(person=person.name, group=group.name)
