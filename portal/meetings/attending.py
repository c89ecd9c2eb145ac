"""Saying beforehand whether one comes, checking in, and the list of who was there. Everybody is on it once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.meetings.models import (
    CHECK_IN_BEFORE,
    NAME_LENGTH,
    Attendance,
    Event,
    EventAnswer,
    EventPart,
    How,
)
from portal.people.audiences import valid_on
from portal.people.models import Group, GroupMembership, Openness, Person
from portal.thai.clusters import clip_characters
from portal.thai.dates import bangkok_today
from portal.thai.repair import repair
from portal.translating import N_

MOST_GUESTS = 1000


class NotOpenYet(Conflict):
    message = N_("It is too early. Checking in opens an hour before it begins.")


class OverAlready(Conflict):
    message = N_("It is over. Ask the organisers to put you on the list.")


class NotHeld(Conflict):
    message = N_("It was called off.")


class NameMissing(BadInput):
    message = N_("Write the guest's name.")


class TooManyGuests(BadInput):
    message = N_("So many guests can't be put on one list.")


class NotInvited(BadInput):
    message = N_("Only who sees the meeting can be on its list. Others are guests.")


def answer(event: Event, person: Person, *, is_coming: bool) -> None:
    """The person means to come, or can't; the newest word counts. NotHeld, OverAlready."""
    lock(event)
    session.refresh(event, ["cancellation"])
    if event.is_cancelled:
        raise NotHeld
    if event.is_over(now()):
        raise OverAlready
    said = session.get(EventAnswer, (event.id, person.id))
    if said is None:
        session.add(EventAnswer(event_id=event.id, person_id=person.id, is_coming=is_coming))
    elif said.is_coming != is_coming:
        said.is_coming, said.answered_at = is_coming, now()
    session.flush()


def answer_of(event: Event, person: Person | None) -> EventAnswer | None:
    """What the person said; None when he said nothing."""
    return session.get(EventAnswer, (event.id, person.id)) if person is not None else None


def answers_to(event: Event) -> list[EventAnswer]:
    """What was said, who comes first, in dictionary order of the names; of those who are still here."""
    return list(
        session.scalars(
            select(EventAnswer)
            .join(EventAnswer.person)
            .where(EventAnswer.event_id == event.id, Person.deactivated_at.is_(None))
            .options(joinedload(EventAnswer.person))
            .order_by(EventAnswer.is_coming.desc(), Person.sort_key, Person.id)
        )
    )


def count_coming(event: Event) -> int:
    """How many said that they come."""
    counted = select(func.count()).where(EventAnswer.event_id == event.id, EventAnswer.is_coming.is_(True))
    return session.scalar(counted) or 0


def check_in(event: Event, person: Person, how: How, moment: datetime | None = None) -> bool:
    """The person is there; answers whether that is new. At the same moment twice it is once. NotHeld, NotOpenYet, OverAlready."""
    moment = moment or now()
    lock(event)
    session.refresh(event, ["cancellation"])
    if event.is_cancelled:
        raise NotHeld
    if attendance_of(event, person) is not None:
        return False
    if not event.is_open_for_checking_in(moment):
        raise NotOpenYet if moment < event.starts_at else OverAlready
    _add(event, Attendance(person_id=person.id, how=how, noted_by_id=person.id, noted_at=moment))
    return True


def attendance_of(event: Event, person: Person) -> Attendance | None:
    """The person's line on the list; None while he is not noted."""
    return session.scalar(
        select(Attendance).where(Attendance.event_id == event.id, Attendance.person_id == person.id)
    )


def note_present(event: Event, person_ids: Collection[int], *, by: Person) -> int:
    """These colleagues were there; answers how many were not noted yet. NotHeld, NotOpenYet, NotInvited."""
    _mind_the_list(event)
    wanted = set(person_ids)
    if wanted - set(
        session.scalars(invited_to(event).where(Person.id.in_(wanted)).with_only_columns(Person.id))
    ):
        raise NotInvited
    known = set(session.scalars(select(Attendance.person_id).where(Attendance.event_id == event.id)))
    new = [one for one in dict.fromkeys(person_ids) if one not in known]
    for person_id in new:
        _add(event, Attendance(person_id=person_id, how=How.LIST, noted_by_id=by.id))
    if new:
        record("event.note_present", event, by=by, count=len(new))
    return len(new)


def note_guest(event: Event, name: str, from_where: str = "", *, by: Person) -> bool:
    """A guest from outside was there; answers whether that is new: a double click is one guest. NameMissing, NotHeld,
    NotOpenYet."""
    name = clip_characters(" ".join(repair(name).split()), NAME_LENGTH)
    from_where = clip_characters(" ".join(repair(from_where).split()), NAME_LENGTH)
    if not name:
        raise NameMissing
    _mind_the_list(event)
    guests = session.execute(
        select(Attendance.guest_name, Attendance.guest_from).where(
            Attendance.event_id == event.id, Attendance.person_id.is_(None)
        )
    ).all()
    if (name, from_where) in {(row[0], row[1]) for row in guests}:
        return False
    if len(guests) >= MOST_GUESTS:
        raise TooManyGuests
    _add(event, Attendance(guest_name=name, guest_from=from_where, how=How.LIST, noted_by_id=by.id))
    record("event.note_present", event, by=by, count=1)
    return True


def strike(event: Event, attendance: Attendance, *, by: Person) -> None:
    """He was not there after all; twice is nothing new."""
    lock(event)
    session.refresh(event, ["attendances"])
    if attendance in event.attendances:
        event.attendances.remove(attendance)
        session.flush()
        record("event.strike_present", event, by=by, person=attendance.person_id)


def present_at(event: Event) -> list[Attendance]:
    """Who was there: colleagues in dictionary order, then guests as they came."""
    rows = session.scalars(
        select(Attendance)
        .outerjoin(Attendance.person)
        .where(Attendance.event_id == event.id)
        .options(joinedload(Attendance.person))
        .order_by(Attendance.person_id.is_(None), Person.sort_key, Attendance.id)
    )
    return list(rows)


def still_to_note(event: Event, words: str = "", *, most: int = 200) -> list[Person]:
    """Of the colleagues who see it and are not noted those whose name holds the words, in dictionary order; without words
    those who said that they come and, of a community's meeting, its members who did not say that they can't."""
    noted = select(Attendance.person_id).where(
        Attendance.event_id == event.id, Attendance.person_id.is_not(None)
    )
    query = invited_to(event).where(Person.id.not_in(noted))
    parts = repair(words).split()[:6]
    for word in parts:
        query = query.where(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (Person.prefix + Person.first_name, Person.last_name, Person.username)
                )
            )
        )
    if not parts:
        coming = select(EventAnswer.person_id).where(
            EventAnswer.event_id == event.id, EventAnswer.is_coming.is_(True)
        )
        doing = select(EventPart.person_id).where(EventPart.event_id == event.id)
        near = [Person.id.in_(coming), Person.id.in_(doing)]
        if event.group_id is not None:
            near.append(Person.id.in_(_members(event.group_id)))
        absent = select(EventAnswer.person_id).where(
            EventAnswer.event_id == event.id, EventAnswer.is_coming.is_(False)
        )
        query = query.where(or_(*near), Person.id.not_in(absent))
    return list(session.scalars(query.order_by(Person.sort_key, Person.id).limit(most)))


def invited_to(event: Event) -> Select[Person]:
    """The colleagues who see it and so can be on its list: of a community whose talk is not open its members."""
    query = select(Person).where(
        Person.organisation_id == event.organisation_id,
        Person.deactivated_at.is_(None),
        Person.is_system.is_(False),
    )
    if event.group_id is None:
        return query
    group = session.get_one(Group, event.group_id)
    return query if group.openness == Openness.OPEN else query.where(Person.id.in_(_members(group.id)))


def _members(group_id: int) -> Select[int]:
    return select(GroupMembership.person_id).where(
        GroupMembership.group_id == group_id,
        valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date),
    )


def _mind_the_list(event: Event) -> None:
    lock(event)
    session.refresh(event, ["cancellation"])
    if event.is_cancelled:
        raise NotHeld
    if now() < event.starts_at - CHECK_IN_BEFORE:
        raise NotOpenYet


def _add(event: Event, attendance: Attendance) -> None:
    attendance.event_id = event.id
    session.add(attendance)
    session.flush()
    session.expire(event, ["attendances"])
