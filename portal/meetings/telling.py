"""Who is told of meetings: the community that it is called, those who mean to come what becomes of it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.db import now, session
from portal.items.models import ItemState
from portal.meetings.models import Event, EventAnswer, EventCancellation, EventDuty, EventPart
from portal.notices.telling import Kind, take_back, tell
from portal.people.audiences import valid_on
from portal.people.models import GroupMembership, Person
from portal.thai.dates import BANGKOK, bangkok_day, bangkok_today
from portal.translating import N_

_UNDER: Final = "item:{0.subject_id}"
INVITED: Final = Kind("meetings.invited", N_("A meeting of your community"), under=_UNDER)
CHANGED: Final = Kind("meetings.changed", N_("Another time or place"), under=_UNDER)
CANCELLED: Final = Kind("meetings.cancelled", N_("A meeting was called off"), under=_UNDER)
TOMORROW: Final = Kind("meetings.tomorrow", N_("You have a meeting tomorrow"), under=_UNDER)
GIVEN_PART: Final = Kind("meetings.given_part", N_("Your part in a meeting"), under=_UNDER)


def tell_the_community(event: Event, *, by: Person) -> int:
    """Tell the members of the community that it is called, but for those who muted it; of what is entered afterwards nobody is
    told. What becomes of it hears whoever said that he comes, muted or not."""
    if event.group_id is None or event.is_over(now()):
        return 0
    members = session.scalars(
        select(GroupMembership.person_id)
        .join(Person, Person.id == GroupMembership.person_id)
        .where(GroupMembership.group_id == event.group_id, Person.deactivated_at.is_(None))
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
    )
    told = set(members) - {by.id} - event.not_to_be_told()
    return tell(told, INVITED, event, key=f"meeting-invited:{event.id}", token=_token(event))


def tell_of_change(event: Event, *, by: Person) -> int:
    """Tell those who mean to come, or have a part in it, of another time or place."""
    if event.is_over(now()):
        return 0
    key = f"meeting-changed:{event.id}:{event.revision_number}"
    take_back(CHANGED, event)  # only the newest tells when and where
    return tell(_concerned(event) - {by.id}, CHANGED, event, key=key, token=_token(event))


def tell_of_calling_off(event: Event, *, by: Person) -> int:
    """Tell those who mean to come, or have a part in it, that it is not held."""
    for kind in (INVITED, CHANGED, TOMORROW, GIVEN_PART):
        take_back(kind, event)
    if event.is_over(now()):
        return 0
    key = f"meeting-cancelled:{event.id}"
    return tell(_concerned(event) - {by.id}, CANCELLED, event, key=key, token=_token(event))


def tell_of_part(event: Event, person: Person, duty: EventDuty) -> int:
    """Tell somebody what he was asked to do for it."""
    key = f"meeting-part:{event.id}:{duty}"
    return tell([person.id], GIVEN_PART, event, key=key, token=_token(event), duty=str(duty))


def remind_of_tomorrow(moment: datetime) -> int:
    """Tell those who mean to come, or have a part in it, on the day before; once for each time it is set to."""
    first = datetime.combine(bangkok_day(moment) + timedelta(days=1), datetime.min.time(), BANGKOK)
    called_off = select(EventCancellation.event_id)
    events = session.scalars(
        select(Event).where(
            Event.starts_at >= first,
            Event.starts_at < first + timedelta(days=1),
            Event.state == ItemState.PUBLISHED,
            Event.id.not_in(called_off),
        )
    ).all()
    return sum(
        tell(
            _concerned(event),
            TOMORROW,
            event,
            key=f"meeting-tomorrow:{event.id}:{event.starts_at.isoformat()}",
            token=_token(event),
        )
        for event in events
    )


def _concerned(event: Event) -> set[int]:
    """Who means to come or does something for it, and is still here."""
    coming = select(EventAnswer.person_id).where(
        EventAnswer.event_id == event.id, EventAnswer.is_coming.is_(True)
    )
    doing = select(EventPart.person_id).where(EventPart.event_id == event.id)
    return set(
        session.scalars(
            select(Person.id).where(Person.id.in_(coming.union(doing)), Person.deactivated_at.is_(None))
        )
    )


def _token(event: Event) -> str:
    """By which its readers see it: the community's or the organisation's."""
    return event.open_to[0] if event.open_to else ""
