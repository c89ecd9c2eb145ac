"""Somebody's days as a calendar that phones and PCs subscribe to (iCalendar, RFC 5545)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import icalendar

from portal.db import now
from portal.people.models import Person
from portal.translating import gettext


@dataclass(frozen=True)
class Event:
    """Something that falls on a day. `uid` is the same as long as it is the same thing ("duty-12"); `url` a whole address."""

    uid: str
    day: date
    summary: str
    description: str = ""
    url: str = ""


# What of a domain stands in the person's calendar; only what is open to him at this moment.
EventsOf = Callable[[Person], Sequence[Event]]


def calendar_of(person: Person, sources: Iterable[EventsOf], organisation: str) -> bytes:
    """The person's days of all sources, all-day events, in the language of the moment."""
    calendar = icalendar.Calendar()
    name = gettext("Knowledge base of %(organisation)s", organisation=organisation)
    calendar.add("prodid", "-//KM portal//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Bangkok")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for source in sources:
        for event in source(person):
            calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def _component(event: Event) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", f"{event.uid}@portal.invalid")
    component.add("dtstamp", now())
    component.add("dtstart", event.day)
    component.add("dtend", event.day + timedelta(days=1))
    component.add("summary", event.summary)
    component.add("transp", "TRANSPARENT")  # a day on which something is due is no day one is away
    if event.description:
        component.add("description", event.description)
    if event.url:
        component.add("url", event.url)
    return component
