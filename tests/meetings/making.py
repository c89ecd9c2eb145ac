"""Makers of meetings, valid by default; what a test is about is named in the test."""

from datetime import datetime, timedelta
from typing import Any

from portal.communities.models import Community
from portal.db import now, session
from portal.meetings.announcing import Invitation, announce, take_part
from portal.meetings.attending import note_present
from portal.meetings.models import Event, EventDuty, EventKind, EventNote, NoteSort
from portal.meetings.noting import Noted, note
from portal.people.models import Person
from tests.making import make_organisation, make_person


def make_event(
    title: str = "วงเล่าเรื่องน้ำท่วม",
    *,
    by: Person | None = None,
    community: Community | None = None,
    kind: EventKind = EventKind.TALK_CIRCLE,
    text: str = "เล่าคนละสิบนาที",
    starts_in: timedelta = timedelta(minutes=-10),
    lasts: timedelta = timedelta(hours=2),
    starts_at: datetime | None = None,
    present: tuple[Person, ...] = (),
    **more: Any,
) -> Event:
    """A talk circle of the whole organisation that has just begun, unless the test says otherwise."""
    make_organisation()
    by = by or make_person("อำนวย")
    starts_at = starts_at or now() + starts_in
    more.setdefault("place", "ห้องประชุมชั้นสอง")
    invitation = Invitation(
        kind=kind, title=title, text=text, starts_at=starts_at, ends_at=starts_at + lasts, **more
    )
    event = announce(invitation, by=by, group=community.group if community else None)
    if present:
        note_present(event, [person.id for person in present], by=by)
    session.commit()
    return event


def make_note(
    event: Event,
    text: str = "น้ำมาเร็วกว่าที่คิด ต้องย้ายแฟ้มขึ้นชั้นสองก่อนเที่ยงคืน",
    *,
    by: Person | None = None,
    sort: NoteSort = NoteSort.STORY,
    said_by: Person | None = None,
    guest: str = "",
) -> EventNote:
    """A story noted by who called the meeting, unless the test says otherwise."""
    row = note(
        event,
        Noted(sort=sort, text=text, said_by_id=said_by.id if said_by else None, said_by_name=guest),
        by=by or event.author,
    )
    session.commit()
    return row


def give_part(event: Event, person: Person, duty: EventDuty = EventDuty.NOTE_TAKER) -> None:
    take_part(event, person, duty, by=event.author)
    session.commit()
