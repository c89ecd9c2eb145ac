"""Somebody's days as a calendar that phones and PCs subscribe to (iCalendar, RFC 5545)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

from portal.db import now
from portal.people.models import Person
from portal.translating import gettext


@dataclass(frozen=True)
class Event:
    """Something that falls on a day, or takes from one moment to another. `uid` is the same as long as it is the same thing
    ("duty-12"), `version` grows when it changes; `url` a whole address."""

    uid: str
    day: date
    summary: str
    description: str = ""
    url: str = ""
    span: tuple[datetime, datetime] | None = None
    place: str = ""
    version: int = 0
    is_cancelled: bool = False


# What of a domain stands in the person's calendar; only what is open to him at this moment.
EventsOf = Callable[[Person], Sequence[Event]]


def calendar_of(person: Person, sources: Iterable[EventsOf], organisation: str) -> bytes:
    """The person's days of all sources, in the language of the moment."""
    calendar = _calendar()
    name = gettext("Knowledge base of %(organisation)s", organisation=organisation)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Bangkok")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for source in sources:
        for event in source(person):
            calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def calendar_of_one(event: Event) -> bytes:
    """A single event, to be put into a calendar by hand."""
    calendar = _calendar()
    calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def _calendar() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//KM portal//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    return calendar


def _component(event: Event) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", f"{event.uid}@portal.invalid")
    component.add("dtstamp", now())
    if event.span is None:
        component.add("dtstart", event.day)
        component.add("dtend", event.day + timedelta(days=1))
        component.add("transp", "TRANSPARENT")  # a day on which something is due is no day one is away
    else:
        component.add("dtstart", event.span[0].astimezone(UTC))
        component.add("dtend", event.span[1].astimezone(UTC))
        component.add("sequence", event.version)
        component.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    component.add("summary", event.summary)
    if event.place:
        component.add("location", event.place)
    if event.description:
        component.add("description", event.description)
    if event.url:
        component.add("url", event.url)
    return component
