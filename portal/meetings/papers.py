"""A meeting on paper: its minutes, the sheet to sign on, the list of who was there."""

from collections.abc import Mapping, Sequence

from portal.documents.meeting_papers import Minutes, Present, Said, Sheet, Signer
from portal.meetings.models import Attendance, Event, EventDuty, EventKind, EventNote, How, NoteSort
from portal.meetings.naming import EVENT_KINDS, WAYS
from portal.people.listing import Place
from portal.people.models import Person, Unit
from portal.templating import in_language, show_clock, show_date, show_datetime
from portal.thai.dates import BANGKOK
from portal.translating import N_, gettext

Places = Mapping[int, Sequence[Place]]

BLANK_ROWS = 10
PARTS_OF_MINUTES = {
    NoteSort.STORY: N_("Stories told"),
    NoteSort.LESSON: N_("Lessons"),
    NoteSort.DECISION: N_("Decisions and follow-up"),
}


def minutes_of(
    event: Event,
    text: str,
    present: Sequence[Attendance],
    notes: Sequence[EventNote],
    places: Places,
    organisation: Unit,
) -> Minutes:
    """The minutes as far as they are written: those present, the agenda (`text`), the notes, who wrote and who certifies."""
    colleagues = [one for one in present if one.person is not None]
    guests = [one for one in present if one.person is None]
    parts = tuple(
        (
            gettext(PARTS_OF_MINUTES[sort]),
            tuple(Said(one.text, one.said_by_whom) for one in notes if one.sort == sort),
        )
        for sort in NoteSort
    )
    return Minutes(
        heading=gettext("Minutes of the meeting"),
        title=event.title,
        organisation=_whose(event, organisation),
        lines=_when_and_where(event),
        lists=(
            (
                gettext("Those present"),
                tuple(Present(one.name, post_of(one.person, places)) for one in colleagues),
            ),
            (gettext("Guests"), tuple(Present(one.name, one.guest_from) for one in guests)),
        ),
        opening=gettext("Began at %(time)s", time=show_clock(event.starts_at)),
        agenda_heading=gettext("Agenda"),
        agenda=text,
        parts=parts,
        closing=gettext("Ended at %(time)s", time=show_clock(event.ends_at)),
        signers=(
            *_signers(event, EventDuty.NOTE_TAKER, N_("Wrote the minutes"), places),
            *_signers(event, EventDuty.CERTIFIER, N_("Certified the minutes"), places),
        ),
    )


def sheet_to_sign(event: Event, expected: Sequence[Person], places: Places, organisation: Unit) -> Sheet:
    """For the door: who is expected, and rows for who comes besides."""
    return Sheet(
        heading=gettext("Attendance sheet"),
        title=event.title,
        organisation=_whose(event, organisation),
        lines=_when_and_where(event),
        columns=(gettext("No."), gettext("Name"), gettext("Position or organisation"), gettext("Signature")),
        rows=tuple((one.name, post_of(one, places), "") for one in expected),
        blank=BLANK_ROWS,
    )


def list_of_present(event: Event, present: Sequence[Attendance], places: Places, organisation: Unit) -> Sheet:
    """Who was there, and how that is known."""
    return Sheet(
        heading=gettext("List of those present"),
        title=event.title,
        organisation=_whose(event, organisation),
        lines=_when_and_where(event),
        columns=(gettext("No."), gettext("Name"), gettext("Position or organisation"), gettext("Noted")),
        rows=tuple((one.name, one.guest_from or post_of(one.person, places), noted(one)) for one in present),
    )


def noted(attendance: Attendance) -> str:
    """How and when somebody was noted, in words."""
    return f"{gettext(WAYS[How(attendance.how)])} {show_datetime(attendance.noted_at)}"


def post_of(person: Person | None, places: Places) -> str:
    """The person's post and unit of today; empty when he holds none."""
    held = places.get(person.id, ()) if person is not None else ()
    if not held:
        return ""
    position = held[0].position
    return f"{in_language(position)} {in_language(position.unit, 'name')}"


def _signers(event: Event, duty: EventDuty, role: str, places: Places) -> tuple[Signer, ...]:
    people = [one.person for one in event.parts if one.duty == duty]
    found = tuple(Signer(gettext(role), one.name, post_of(one, places)) for one in people)
    return found or (Signer(gettext(role)),)


def _whose(event: Event, organisation: Unit) -> str:
    if event.group is not None:
        return in_language(event.group, "name")
    unit = event.unit
    if unit is None or unit.id == organisation.id:
        return in_language(organisation, "name")
    return f"{in_language(unit, 'name')} {in_language(organisation, 'name')}"


def _when_and_where(event: Event) -> tuple[str, ...]:
    kind = gettext(EVENT_KINDS[EventKind(event.kind)])
    starts, ends = event.starts_at.astimezone(BANGKOK), event.ends_at.astimezone(BANGKOK)
    if event.is_of_one_day:
        when = gettext(
            "%(day)s, %(begin)s to %(end)s",
            day=show_date(starts.date(), "weekday"),
            begin=show_clock(event.starts_at),
            end=show_clock(event.ends_at),
        )
    else:
        when = gettext(
            "%(first)s to %(last)s",
            first=show_datetime(event.starts_at, "long"),
            last=show_datetime(ends, "long"),
        )
    where = gettext("at %(place)s", place=event.place) if event.place else gettext("online")
    return kind, when, where
