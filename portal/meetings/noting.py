"""What the คุณลิขิต notes: stories, lessons, decisions and who said them; opened to all who see the meeting by one act."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.items.attaching import claim, references_in
from portal.items.minding import mind_suspension, mind_unheld
from portal.items.publishing import changed
from portal.markup.rendering import RENDERER_VERSION, render
from portal.meetings.models import NAME_LENGTH, Event, EventNote, NoteSort, NotesRelease
from portal.meetings.permissions import visible_notes
from portal.people.models import Person
from portal.thai.clusters import clip_characters
from portal.thai.repair import repair
from portal.translating import N_

MOST_CHARACTERS: Final = 20_000
MOST_NOTES: Final = 300


class EmptyNote(BadInput):
    message = N_("Write something first.")


class NoteTooLong(BadInput):
    message = N_("A note has at most 20,000 characters. Divide it into several.")


class TooManyNotes(BadInput):
    message = N_(
        "A meeting has at most 300 notes. What is longer belongs into a text of the knowledge store."
    )


class NothingNoted(BadInput):
    message = N_("There is no note yet that could be opened.")


class GoneMeanwhile(Conflict):
    message = N_("Somebody deleted this note while you were writing. Your text is still in the box.")


@dataclass(frozen=True)
class Noted:
    """A note as it is typed: said by a colleague (id), by a guest (name), or by nobody in particular."""

    sort: NoteSort
    text: str
    said_by_id: int | None = None
    said_by_name: str = ""

    def mind(self) -> None:
        """Raises what is wrong with it."""
        if not self.text.strip():
            raise EmptyNote
        if len(self.text) > MOST_CHARACTERS:
            raise NoteTooLong


def note(event: Event, noted: Noted, *, by: Person, send_key: str | None = None) -> EventNote:
    """One more note, numbered after the last. Sent twice with one key (a double click) it is the same note. EmptyNote,
    NoteTooLong, TooManyNotes, and what `mind_unheld` refuses."""
    noted.mind()
    lock(event)  # two note takers at the same moment get two numbers
    if send_key:
        sent = session.scalar(
            select(EventNote).where(EventNote.send_key == send_key, EventNote.written_by_id == by.id)
        )
        if sent is not None and sent.event_id == event.id:
            return sent
        if sent is not None:
            send_key = None  # used elsewhere it says nothing here
    _mind_words(event, noted, by)
    counted = select(func.count(), func.max(EventNote.number)).where(EventNote.event_id == event.id)
    count, last = session.execute(counted).one()
    if count >= MOST_NOTES:
        raise TooManyNotes
    row = EventNote(
        event_id=event.id,
        number=(last or 0) + 1,
        written_by_id=by.id,
        send_key=send_key or None,
    )
    _fill(row, noted)
    session.add(row)
    session.flush()
    _changed(event, row, by)
    return row


def rewrite(event: Event, row: EventNote, noted: Noted, *, by: Person) -> None:
    """Put the note right. EmptyNote, NoteTooLong; GoneMeanwhile when somebody has just deleted it; what `mind_unheld`
    refuses."""
    noted.mind()
    _mind_words(event, noted, by)
    lock(event)
    if session.scalar(select(EventNote.id).where(EventNote.id == row.id)) is None:
        raise GoneMeanwhile
    _fill(row, noted)
    row.changed_by_id, row.changed_at = by.id, now()
    session.flush()
    _changed(event, row, by)


def delete_note(event: Event, row: EventNote, *, by: Person) -> None:
    """Take the note away, twice is nothing new; the others keep their numbers."""
    lock(event)
    session.refresh(event, ["notes"])
    if row in event.notes:
        record("event.delete_note", event, by=by, line=row.number)
        event.notes.remove(row)
        session.flush()
        changed(event)


def release_notes(event: Event, *, by: Person) -> None:
    """Open the notes, and the files that they show, to all who see the meeting; twice is nothing new. NothingNoted, Suspended."""
    mind_suspension(by, event)
    lock(event)
    session.refresh(event, ["release", "notes"])
    if event.release is not None:
        return
    if not event.notes:
        raise NothingNoted
    event.release = NotesRelease(released_by_id=by.id)
    session.flush()
    for row in event.notes:
        for person in {row.written_by, row.changed_by or row.written_by}:
            claim(event, row.text, person)
    record("event.release_notes", event, by=by)
    changed(event)


def notes_read_by(person: Person | None, event: Event) -> list[EventNote]:
    """The notes of the meeting that the person may read, in their order; none while they are not open to him."""
    wanted = visible_notes(person).where(EventNote.event_id == event.id)
    return list(session.scalars(wanted.order_by(EventNote.number)))


def html_of(row: EventNote) -> str:
    """The note as clean HTML, rendered anew where an older renderer made it."""
    if row.renderer_version == RENDERER_VERSION:
        return row.html
    return _rendered(row.text, row.number)


def _fill(row: EventNote, noted: Noted) -> None:
    row.sort, row.text = noted.sort, repair(noted.text).strip()
    row.html, row.renderer_version = _rendered(row.text, row.number), RENDERER_VERSION
    row.said_by_id = noted.said_by_id
    name = "" if noted.said_by_id else " ".join(repair(noted.said_by_name).split())
    row.said_by_name = clip_characters(name, NAME_LENGTH)


def _rendered(text: str, number: int) -> str:
    return render(text, heading_offset=2, anchor_prefix=f"n{number}-").html


def _changed(event: Event, row: EventNote, by: Person) -> None:
    if (
        session.get(NotesRelease, event.id) is not None
    ):  # till then files stay with who sent them, as closed as the note
        claim(event, row.text, by)
        changed(event)


def _mind_words(event: Event, noted: Noted, by: Person) -> None:
    words = "\n\n".join(filter(None, (noted.text, noted.said_by_name)))
    mind_unheld(frozenset(row.token for row in event.audience), words, by=by)


def files_shown_in_notes(own: Session) -> set[int]:
    """The ids of the files that notes show, whether they found their place or wait for the notes to be opened."""
    texts = own.scalars(select(EventNote.text).where(EventNote.text.contains("/files/")))
    return {number for text in texts for number in references_in(text)}
