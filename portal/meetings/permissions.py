"""Who may do what with meetings. Who sees one its tokens say: `Item.visible_to` and `can_see` are of all items."""

from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from portal.db import now
from portal.items.models import Item
from portal.items.permissions import can_see, looks_after
from portal.meetings.models import Event, EventCancellation, EventDuty, EventNote, EventPart, NotesRelease
from portal.people.audiences import memberships_of
from portal.people.models import Group, GroupKind, Person
from portal.plan.permissions import can_plan


def can_hold_event(person: Person | None, group: Group | None = None) -> bool:
    """Every colleague invites the organisation; a community its members, while its work goes on."""
    if person is None or not person.is_active:
        return False
    return group is None or (group.kind == GroupKind.COMMUNITY and group.id in memberships_of(person))


def can_run(person: Person | None, event: Event) -> bool:
    """Its organisers, as long as they see it, and those who plan of what is open to them: somebody has to, when the
    organisers are gone."""
    return (
        person is not None
        and event.is_published
        and can_see(person, event)
        and (person.id in event.doing(EventDuty.ORGANISER) or can_plan(person))
    )


def can_edit_event(person: Person | None, event: Event) -> bool:
    """Who runs it, while it is not called off."""
    return can_run(person, event) and not event.is_cancelled


def can_end_part(person: Person | None, event: Event, part: EventPart) -> bool:
    """Who runs it takes a part from somebody; his own everybody gives up."""
    return can_run(person, event) or (person is not None and part.person_id == person.id)


def can_cancel(person: Person | None, event: Event) -> bool:
    """Who runs it, and who looks after the community that it is of, once; what took place is not called off."""
    may = can_run(person, event) or (
        event.group_id is not None and event.is_published and looks_after(person, event)
    )
    return may and not event.is_cancelled and not event.attendances and event.release is None


def can_take_notes(person: Person | None, event: Event) -> bool:
    """Who runs it and its note takers, as long as they see it; of what was called off nobody."""
    if event.is_cancelled or not can_see(person, event):
        return False
    is_taking = person is not None and person.is_active and person.id in event.doing(EventDuty.NOTE_TAKER)
    return is_taking or can_run(person, event)


def can_keep_list(person: Person | None, event: Event) -> bool:
    """Who takes the notes notes who was there, shows the code and sees who means to come."""
    return can_take_notes(person, event)


def can_see_notes(person: Person | None, event: Event) -> bool:
    """Who sees the meeting, once they are open; till then who takes them. `visible_notes` is its query."""
    return can_see(person, event) and (event.release is not None or can_take_notes(person, event))


def visible_notes(person: Person | None) -> Select[EventNote]:
    """The notes of the meetings the person sees that are open, or that he takes himself."""
    events = Item.visible_to(person).with_only_columns(Item.id)
    # Of what was called off nobody takes notes: what was not opened before is closed.
    held = EventNote.event_id.not_in(select(EventCancellation.event_id))
    mine = select(EventNote.event_id).where(EventNote.event_id.in_(select(NotesRelease.event_id)))
    if person is not None and person.is_active:
        if can_plan(person):
            return _notes().where(EventNote.event_id.in_(events), or_(EventNote.event_id.in_(mine), held))
        doing = select(EventPart.event_id).where(
            EventPart.person_id == person.id, EventPart.duty.in_((EventDuty.ORGANISER, EventDuty.NOTE_TAKER))
        )
        return _notes().where(
            EventNote.event_id.in_(events),
            or_(EventNote.event_id.in_(mine), and_(EventNote.event_id.in_(doing), held)),
        )
    return _notes().where(EventNote.event_id.in_(events), EventNote.event_id.in_(mine))


def _notes() -> Select[EventNote]:
    return select(EventNote).options(joinedload(EventNote.said_by), joinedload(EventNote.written_by))


def can_answer(person: Person | None, event: Event, moment: datetime | None = None) -> bool:
    """Every colleague who sees it says whether he comes, till it is over."""
    return (
        person is not None
        and person.is_active
        and event.is_published
        and not event.is_cancelled
        and not event.is_over(moment or now())
        and can_see(person, event)
    )


def can_check_in(person: Person | None, event: Event) -> bool:
    """Every colleague who sees it; with which code and when `attending.check_in` says."""
    return person is not None and person.is_active and event.is_published and can_see(person, event)


def can_check_in_online(person: Person | None, event: Event) -> bool:
    """Without a code only where there is a link: nobody shows one a sheet of paper there."""
    return can_check_in(person, event) and bool(event.link)
