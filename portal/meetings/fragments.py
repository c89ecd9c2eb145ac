"""Meetings on pages of other rooms: beside a community, and on the first page."""

from datetime import timedelta
from typing import Final, Protocol

from flask import render_template
from sqlalchemy import or_

from portal.db import now, session
from portal.meetings.listing import FOR_LISTS, IS_CALLED_OFF, events_of_group, is_concern_of, visible_events
from portal.meetings.models import Event
from portal.meetings.naming import EVENT_KINDS
from portal.meetings.permissions import can_hold_event
from portal.people.audiences import memberships_of
from portal.people.models import Group, Person
from portal.web.visibility import current_person

AHEAD: Final = timedelta(days=14)
MOST: Final = 5


class HasGroup(Protocol):
    """A community, or as much of one as says whose members meet."""

    @property
    def group(self) -> Group: ...


def of_community(community: HasGroup) -> str:
    """The community's next and last meetings as HTML, as far as they are open to the reader; empty for who may neither see
    nor hold one."""
    person, group = current_person(), community.group
    coming = events_of_group(group.id, person, past=False, most=MOST)
    past = events_of_group(group.id, person, past=True, most=MOST)
    can_hold = can_hold_event(person, group)
    if not (coming or past or can_hold):
        return ""
    return render_template(
        "meetings/of_community.html",
        group=group,
        coming=coming,
        past=past,
        can_hold=can_hold,
        kinds=EVENT_KINDS,
    )


def card(person: Person | None) -> str:
    """On the first page: the meetings of the next two weeks to which the person means to come, for which he does something,
    or to which one of his communities invites him; empty when there is none."""
    if person is None:
        return ""
    moment = now()
    groups = memberships_of(person)
    events = session.scalars(
        visible_events(person)
        .where(Event.ends_at > moment, Event.starts_at < moment + AHEAD, ~IS_CALLED_OFF)
        .where(or_(is_concern_of(person), Event.group_id.in_(groups)))
        .options(*FOR_LISTS)
        .order_by(Event.starts_at, Event.id)
        .limit(MOST)
    ).all()
    return render_template("meetings/first_page.html", events=events, kinds=EVENT_KINDS) if events else ""
