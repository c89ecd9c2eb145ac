"""Calling a meeting, changing when and where it is, calling it off, and who does what for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.items import audience
from portal.items.attaching import claim
from portal.items.fulfilling import set_fulfilments
from portal.items.minding import mind_unheld
from portal.items.models import TITLE_LENGTH
from portal.items.publishing import changed, publish
from portal.items.rates import mind_posts
from portal.items.revising import save_revision
from portal.markup.links import is_external, is_safe_link
from portal.meetings.models import (
    Event,
    EventCancellation,
    EventDuty,
    EventKind,
    EventPart,
)
from portal.meetings.telling import tell_of_calling_off, tell_of_change, tell_of_part, tell_the_community
from portal.people.audiences import group_token, organisation_token
from portal.people.models import Group, Person
from portal.thai.repair import repair
from portal.translating import N_

LONGEST: Final = timedelta(days=31)
FURTHEST: Final = timedelta(days=3700)


class EndsTooEarly(BadInput):
    message = N_("It ends before it begins. Look at both times again.")


class LastsTooLong(BadInput):
    message = N_("A meeting lasts at most a month. Look at both days again.")


class TooFarAway(BadInput):
    message = N_("This is more than ten years away. Look at the year again.")


class BadLink(BadInput):
    message = N_("A link begins with https:// or http://.")


class NowhereHeld(BadInput):
    message = N_("Say where it is held: a place, a link, or both.")


class TitleMissing(BadInput):
    message = N_("Give it a title.")


class CancelledAlready(Conflict):
    message = N_("It was called off in the meantime.")


class TookPlace(Conflict):
    message = N_("Somebody is noted as having been there. What took place is not called off.")


class OrganiserNeeded(Conflict):
    message = N_("Somebody must organise it. Name another one first.")


@dataclass(frozen=True)
class Invitation:
    """What a meeting says of itself. `text` is its invitation with the agenda, in Markdown; a place, a link or both."""

    kind: EventKind
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    unit_id: int | None = None
    step: str = "KM6"
    goal_id: int | None = None

    @property
    def words(self) -> str:
        """All that it says in words of its own."""
        return "\n\n".join(filter(None, (self.title, self.place, self.text)))

    def mind(self) -> None:
        """Raises what is wrong with it."""
        if not self.title.strip():
            raise TitleMissing
        if self.ends_at <= self.starts_at:
            raise EndsTooEarly
        if self.ends_at - self.starts_at > LONGEST:
            raise LastsTooLong
        if abs(self.starts_at - now()) > FURTHEST:
            raise TooFarAway
        if not self.place and not self.link:
            raise NowhereHeld
        if self.link and not is_link_to_a_meeting(self.link):
            raise BadLink


def is_link_to_a_meeting(link: str) -> bool:
    """A whole address of the web, without blanks: what else a browser would run or open."""
    return (
        is_safe_link(link)
        and is_external(link)
        and link.lower().startswith(("https://", "http://"))
        and not any(letter.isspace() or letter in "\"'<>\\" for letter in link)
    )


def mind_calling(
    invitation: Invitation, *, by: Person, group: Group | None = None, send_key: str | None = None
) -> None:
    """Asked at the door: TooManyPosts, CalledTooMany. What was sent before under this key is the same meeting."""
    sent = _sent_before(by, send_key)
    if sent is None or not _is_of(sent, group):
        mind_posts(by, invitation.text)


def _sent_before(by: Person, send_key: str | None) -> Event | None:
    if not send_key:
        return None
    return session.scalar(select(Event).where(Event.send_key == send_key, Event.author_id == by.id))


def _is_of(event: Event, group: Group | None) -> bool:
    return event.group_id == (group.id if group is not None else None)


def announce(
    invitation: Invitation, *, by: Person, group: Group | None = None, send_key: str | None = None
) -> Event:
    """A published meeting; who calls it organises it, the community's members are told. Sent twice with one key (a double
    click) it is the same meeting; a key that was used for another group says nothing here. Raises what `Invitation.mind`, `mind_unheld` and `set_fulfilments` raise, and
    TooLong of the renderer."""
    if (sent := _sent_before(by, send_key)) is not None:
        if _is_of(sent, group):
            return sent
        send_key = None
    invitation.mind()
    token = group_token(group.id) if group is not None else organisation_token(by.organisation_id)
    mind_unheld(frozenset((token,)), invitation.words, by=by)
    event = Event(
        organisation_id=by.organisation_id,
        unit_id=invitation.unit_id,
        author_id=by.id,
        group=group,
        title="",
        kind=invitation.kind,
        starts_at=invitation.starts_at,
        ends_at=invitation.ends_at,
        place=invitation.place,
        link=invitation.link,
        open_to=[token],
        send_key=send_key or None,
        parts=[EventPart(person_id=by.id, duty=EventDuty.ORGANISER)],
    )
    session.add(event)
    session.flush()  # two of one key at the very same moment: the second is asked to send again (web/error_pages.py)
    audience.apply(event)
    _write(event, invitation, by)
    publish(event, by=by)
    tell_the_community(event, by=by)
    return event


def change(event: Event, invitation: Invitation, *, by: Person) -> None:
    """Say anew what and when it is; who means to come is told of another time or place. CancelledAlready, and what
    `announce` raises."""
    lock(event)
    session.refresh(event, ["cancellation"])
    if event.is_cancelled:
        raise CancelledAlready
    invitation.mind()
    mind_unheld(frozenset(row.token for row in event.audience), invitation.words, by=by)
    before = (event.starts_at, event.ends_at, event.place, event.link)
    event.starts_at, event.ends_at = invitation.starts_at, invitation.ends_at
    event.place, event.link = invitation.place, invitation.link
    event.kind, event.unit_id = invitation.kind, invitation.unit_id
    number = event.revision_number
    _write(event, invitation, by)
    changed(event)
    if before != (event.starts_at, event.ends_at, event.place, event.link):
        tell_of_change(event, by=by)
    if event.revision_number != number:
        record("event.change", event, by=by)


def _write(event: Event, invitation: Invitation, by: Person) -> None:
    save_revision(
        event,
        by=by,
        title=invitation.title[:TITLE_LENGTH],
        text=invitation.text,
        fields={
            "kind": str(invitation.kind),
            "starts_at": invitation.starts_at.isoformat(),
            "ends_at": invitation.ends_at.isoformat(),
            "place": invitation.place,
            "link": invitation.link,
        },
    )
    set_fulfilments(event, [(invitation.goal_id, invitation.step)])
    claim(event, invitation.text, by)


def cancel(event: Event, *, by: Person, why: str) -> None:
    """It is not held; who means to come and who has a part in it are told, and everybody who sees it reads why.
    CancelledAlready, TookPlace, and what `mind_unheld` refuses."""
    lock(event)
    session.refresh(event, ["cancellation", "attendances", "release"])
    if event.is_cancelled:
        raise CancelledAlready
    mind_unheld(frozenset(row.token for row in event.audience), why, by=by)
    if event.attendances or event.release is not None:
        raise TookPlace
    event.cancellation = EventCancellation(cancelled_by_id=by.id, why=repair(why).strip())
    session.flush()
    record("event.cancel", event, by=by)  # why stands with the meeting, for who sees it
    tell_of_calling_off(event, by=by)


def take_part(event: Event, person: Person, duty: EventDuty, *, by: Person) -> bool:
    """The person does this for the meeting, and is told when somebody else gave it to him; answers whether that is new."""
    try:
        with session.begin_nested():
            part = EventPart(event_id=event.id, person_id=person.id, duty=duty)
            session.add(part)
    except IntegrityError:
        return False
    session.refresh(event, ["parts"])
    record("event.take_part", event, by=by, person=person.id, duty=str(duty))
    if person.id != by.id:
        tell_of_part(event, person, duty)
    return True


def give_up_part(event: Event, part: EventPart, *, by: Person) -> None:
    """He does it no more. OrganiserNeeded when nobody else would organise it."""
    lock(event)
    session.refresh(event, ["parts"])
    if part not in event.parts:
        return
    if part.duty == EventDuty.ORGANISER and len(event.doing(EventDuty.ORGANISER)) == 1:
        raise OrganiserNeeded
    record("event.give_up_part", event, by=by, person=part.person_id, duty=str(part.duty))
    event.parts.remove(part)
    session.flush()


def make_new_code(event: Event, *, by: Person) -> None:
    """Codes for checking in that were shown or printed before hold no more."""
    lock(event)
    event.code_number += 1
    record("event.make_new_code", event, by=by)
