"""The meetings of the demonstration town, placed around the day of loading, so that coming, past and called off ones are seen."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import yaml
from sqlalchemy import select, update

from portal.communities.models import Community
from portal.db import session
from portal.knowledge.writing import unit_of
from portal.meetings.announcing import Invitation, announce, cancel, take_part
from portal.meetings.attending import answer, note_guest, note_present
from portal.meetings.models import Attendance, Event, EventDuty, EventKind, NoteSort
from portal.meetings.noting import Noted, note, release_notes
from portal.meetings.telling import GIVEN_PART
from portal.notices.telling import take_back
from portal.paths import CONTENT
from portal.people.models import Group, Person, Unit
from portal.plan.models import Plan
from portal.thai.dates import BANGKOK, bangkok_today


def load_meetings(organisation: Unit, people: Mapping[str, Person]) -> None:
    """Load what meetings.yaml says into a town that was just built."""
    plan = session.query(Plan).filter_by(organisation_id=organisation.id).order_by(Plan.id).first()
    goals = {goal.number: goal.id for goal in plan.goals} if plan else {}
    groups = {
        one.group.name: one.group
        for one in session.scalars(select(Community).where(Community.organisation_id == organisation.id))
    }
    for given in yaml.safe_load((CONTENT / "demo" / "meetings.yaml").read_text(encoding="utf-8")):
        _load(given, people, groups, goals)


def _load(
    given: Mapping[str, Any], people: Mapping[str, Person], groups: Mapping[str, Group], goals: dict[int, int]
) -> None:
    day, by = bangkok_today() + timedelta(days=given["day"]), people[given["by"]]
    event = announce(
        Invitation(
            kind=EventKind(given["kind"]),
            title=given["title"],
            text=given.get("text", ""),
            starts_at=datetime.combine(day, time.fromisoformat(given["begins"]), BANGKOK),
            ends_at=datetime.combine(day, time.fromisoformat(given["ends"]), BANGKOK),
            place=given["place"],
            link=given.get("link", ""),
            unit_id=unit_of(by),
            step=given["step"],
            goal_id=goals.get(given.get("goal", 0)),
        ),
        by=by,
        group=groups[given["community"]] if "community" in given else None,
    )
    for duty, usernames in given.get("parts", {}).items():
        for username in usernames:
            take_part(event, people[username], EventDuty(duty), by=by)
    take_back(GIVEN_PART, event)  # told long ago
    for words, is_coming in (("coming", True), ("absent", False)):
        for username in given.get(words, ()):
            answer(event, people[username], is_coming=is_coming)
    _took_place(event, given, people, by)
    if "cancelled" in given:
        cancel(event, by=people[given["cancelled"]["by"]], why=given["cancelled"]["why"])


def _took_place(event: Event, given: Mapping[str, Any], people: Mapping[str, Person], by: Person) -> None:
    if "present" in given:
        note_present(event, [people[username].id for username in given["present"]], by=by)
    for guest in given.get("guests", ()):
        note_guest(event, guest["name"], guest["from"], by=by)
    session.execute(
        update(Attendance).where(Attendance.event_id == event.id).values(noted_at=event.starts_at),
        execution_options={"renewed": True, "synchronize_session": False},
    )
    for one in given.get("notes", ()):
        said_by = people[one["by"]].id if "by" in one else None
        noted = Noted(NoteSort(one["sort"]), one["text"], said_by, one.get("guest", ""))
        note(event, noted, by=by)
    if given.get("released"):
        release_notes(event, by=by)
