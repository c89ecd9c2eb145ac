"""How somebody wants to be told, and the secret addresses of his calendar and his feeds."""

import secrets
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import exists, select, update

from portal.audit.recording import record
from portal.db import now, session
from portal.notices.models import CalendarFeed, FeedAddress, Notice, NoticePreference, Way
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


@dataclass(frozen=True)
class Told:
    """How somebody is told: by mail, and whether there are secret addresses of a calendar and of feeds."""

    way: Way
    has_calendar: bool
    has_feeds: bool


def told(person: Person) -> Told:
    """How the person is told, in one question."""
    row = session.execute(
        select(
            select(NoticePreference.way).where(NoticePreference.person_id == person.id).scalar_subquery(),
            exists().where(CalendarFeed.person_id == person.id),
            exists().where(FeedAddress.person_id == person.id),
        )
    ).one()
    return Told(Way(row[0]) if row[0] else Way.DAILY, bool(row[1]), bool(row[2]))


def make_calendar(person: Person) -> str:
    """A new secret for the address of the person's calendar, answered once; the one before opens nothing any more."""
    secret = _make(CalendarFeed, person)
    record("calendar.make", person, by=person)
    return secret


def remove_calendar(person: Person) -> None:
    """The address opens nothing any more."""
    if _remove(CalendarFeed, person):
        record("calendar.remove", person, by=person)


def person_of_calendar(secret: str) -> Person | None:
    """Whose calendar it is; None for an address that is none, or of somebody who has left."""
    return _person_of(CalendarFeed, secret)


def make_feeds(person: Person) -> str:
    """A new secret for the addresses of the person's feeds, answered once; the one before opens nothing any more."""
    secret = _make(FeedAddress, person)
    record("feeds.make", person, by=person)
    return secret


def remove_feeds(person: Person) -> None:
    """The addresses open nothing any more."""
    if _remove(FeedAddress, person):
        record("feeds.remove", person, by=person)


def person_of_feed(secret: str) -> Person | None:
    """Who reads under this secret; None for one that is none, or of somebody who has left."""
    return _person_of(FeedAddress, secret)


Secret = TypeVar("Secret", CalendarFeed, FeedAddress)


def _make(kind: type[Secret], person: Person) -> str:
    secret = secrets.token_urlsafe(32)
    known = session.get(kind, person.id)
    if known is None:
        session.add(kind(person_id=person.id, secret_hash=digest(secret)))
    else:
        known.secret_hash, known.made_at = digest(secret), now()
    session.flush()
    return secret


def _remove(kind: type[Secret], person: Person) -> bool:
    known = session.get(kind, person.id)
    if known is not None:
        session.delete(known)
    return known is not None


def _person_of(kind: type[Secret], secret: str) -> Person | None:
    person = session.scalar(
        select(Person).join(kind, kind.person_id == Person.id).where(kind.secret_hash == digest(secret))
    )
    return person if person is not None and person.is_active else None
