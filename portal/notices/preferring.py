"""How somebody wants to be told, and the address of his calendar."""

import secrets

from sqlalchemy import select, update

from portal.audit.recording import record
from portal.db import now, session
from portal.notices.models import CalendarFeed, Notice, NoticePreference, Way
from portal.people.models import Person
from portal.people.passwords import digest


def way_of(person: Person) -> Way:
    """How the person wants to be told by mail; one mail a day when he chose nothing."""
    chosen = session.get(NoticePreference, person.id)
    return chosen.way if chosen else Way.DAILY


def choose_way(person: Person, way: Way) -> None:
    """From now on the person is told so. What came while he wanted no mail is not mailed afterwards."""
    if way_of(person) == Way.IN_APP and way != Way.IN_APP:
        session.execute(
            update(Notice)
            .where(Notice.person_id == person.id, Notice.mailed_at.is_(None))
            .values(mailed_at=now()),
            # Whether it was mailed stands on no page.
            execution_options={"renewed": True, "synchronize_session": False},
        )
    chosen = session.get(NoticePreference, person.id)
    if chosen is None:
        session.add(NoticePreference(person_id=person.id, way=way))
    else:
        chosen.way = way


def has_calendar(person: Person) -> bool:
    """Whether there is a secret address under which the person's days can be fetched."""
    return session.get(CalendarFeed, person.id) is not None


def make_calendar(person: Person) -> str:
    """A new secret for the address of the person's calendar, answered once; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    feed = session.get(CalendarFeed, person.id)
    if feed is None:
        session.add(CalendarFeed(person_id=person.id, secret_hash=digest(secret)))
    else:
        feed.secret_hash, feed.made_at = digest(secret), now()
    record("calendar.make", person, by=person)
    session.flush()
    return secret


def remove_calendar(person: Person) -> None:
    """The address opens nothing any more."""
    feed = session.get(CalendarFeed, person.id)
    if feed is not None:
        session.delete(feed)
        record("calendar.remove", person, by=person)


def person_of_calendar(secret: str) -> Person | None:
    """Whose calendar it is; None for an address that is none, or of somebody who has left."""
    person = session.scalar(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(CalendarFeed.secret_hash == digest(secret))
    )
    return person if person is not None and person.is_active else None
