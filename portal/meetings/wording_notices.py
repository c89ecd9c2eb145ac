"""The words of notices about meetings, as long as their reader sees the meeting; and his meetings for his calendar."""

from collections.abc import Callable
from datetime import timedelta

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import now, session
from portal.meetings.listing import concerning, visible_events
from portal.meetings.models import Event, EventDuty, EventPart
from portal.meetings.naming import DUTIES, EVENT_KINDS
from portal.notices import calendar
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import in_language, page_url, show_datetime
from portal.translating import gettext

KEPT_IN_CALENDARS = timedelta(days=90)


def invited_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What the community meets for and when, while it is not called off."""

    def words(event: Event, _notice: Notice) -> Worded | None:
        if event.group is None:
            return None
        text = gettext(
            "“%(community)s” meets on %(when)s: “%(title)s”",
            community=in_language(event.group, "name"),
            when=show_datetime(event.starts_at),
            title=event.title,
        )
        return Worded(text, _page(event), gettext("Say whether you come"), "waiting")

    return _worded(notices, person, words)


def changed_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """When and where it is now."""

    def words(event: Event, _notice: Notice) -> Worded:
        text = gettext(
            "“%(title)s” is now on %(when)s, %(place)s",
            title=event.title,
            when=show_datetime(event.starts_at),
            place=event.place or gettext("online"),
        )
        return Worded(text, _page(event))

    return _worded(notices, person, words)


def tomorrow_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """When and where, for who means to come."""

    def words(event: Event, _notice: Notice) -> Worded:
        text = gettext(
            "You have a meeting on %(when)s: “%(title)s”, %(place)s",
            title=event.title,
            when=show_datetime(event.starts_at),
            place=event.place or gettext("online"),
        )
        return Worded(text, _page(event), "", "soon")

    return _worded(notices, person, words)


def cancelled_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What was called off, and why."""

    def words(event: Event, _notice: Notice) -> Worded | None:
        if event.cancellation is None:
            return None
        text = gettext(
            "“%(title)s” of %(when)s was called off: %(why)s",
            title=event.title,
            when=show_datetime(event.starts_at),
            why=event.cancellation.why,
        )
        return Worded(text, _page(event))

    return _worded(notices, person, words, called_off=True)


def part_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What the reader was asked to do for a meeting, while he does it."""
    mine = {
        (one.event_id, str(one.duty))
        for one in session.scalars(select(EventPart).where(EventPart.person_id == person.id))
    }

    def words(event: Event, notice: Notice) -> Worded | None:
        duty = notice.details.get("duty", "")
        if (event.id, duty) not in mine:
            return None
        text = gettext(
            "%(duty)s – you were asked to do this for “%(title)s” on %(when)s",
            duty=gettext(DUTIES[EventDuty(duty)]),
            title=event.title,
            when=show_datetime(event.starts_at),
        )
        return Worded(text, _page(event))

    return _worded(notices, person, words)


def calendar_events(person: Person) -> list[calendar.Event]:
    """The meetings to which the person means to come, or for which he does something, for his calendar."""
    events = session.scalars(
        concerning(person, since=now() - KEPT_IN_CALENDARS).order_by(Event.starts_at, Event.id)
    )
    return [as_calendar_event(event) for event in events]


def as_calendar_event(event: Event) -> calendar.Event:
    """The meeting as calendars know it."""
    address = url_for("meetings.show_event", event_id=event.id, _external=True)
    lines = [gettext(EVENT_KINDS[event.kind]), event.link, address]  # type: ignore[index] # codes are strings too
    return calendar.Event(
        uid=f"event-{event.id}",
        day=event.day,
        summary=event.title,
        description="\n".join(filter(None, lines)),
        url=address,
        span=(event.starts_at, event.ends_at),
        place=event.place or event.link,
        version=event.revision_number,
        is_cancelled=event.is_cancelled,
    )


def _worded(
    notices: list[Notice],
    person: Person,
    words: Callable[[Event, Notice], Worded | None],
    *,
    called_off: bool = False,
) -> dict[int, Worded | None]:
    ids = {notice.subject_id for notice in notices}
    rows = session.scalars(
        visible_events(person)
        .where(Event.id.in_(ids))
        .options(joinedload(Event.group), joinedload(Event.cancellation))
    )
    events = {event.id: event for event in rows}
    return {
        notice.id: words(event, notice)
        for notice in notices
        if (event := events.get(notice.subject_id)) is not None and event.is_cancelled == called_off
    }


def _page(event: Event) -> str:
    return page_url("meetings.show_event", event_id=event.id)
