"""Notes of the คุณลิขิต: writing them down, putting them right, opening them to all, and beginning a text with them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import lock, session
from portal.drafts.keeping import discard, keep, kept
from portal.errors import NotHere
from portal.knowledge.drafting import form_of_new, key_of_new
from portal.knowledge.permissions import can_write
from portal.meetings.attending import answers_to, present_at
from portal.meetings.beginning import NothingChosen, typed_in_notes
from portal.meetings.forms import NoteForm, as_typed
from portal.meetings.models import Event, EventNote, NoteSort
from portal.meetings.naming import NOTE_SORTS
from portal.meetings.noting import delete_note, html_of, note, notes_read_by, release_notes, rewrite
from portal.meetings.permissions import can_see_notes, can_take_notes
from portal.meetings.views import SHOWN, bp
from portal.people.models import Person
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

MOST_CHOSEN = 300


@bp.route("/<int:event_id>/notes", methods=["GET", "POST"])
def take_notes(event_id: int) -> ResponseReturnValue:
    event, person = _taken(event_id), current_person()
    form = NoteForm(data=_begun(event) if request.method == "GET" else None)
    _offer(form, event)
    if form.validate_on_submit():
        with refusals_in(form):
            row = note(event, form.noted(), by=person, send_key=form.send_key.data)
            discard(person, f"event-note-{event_id}")
            session.commit()
            flash(gettext("Noted."), "success")
            return redirect(url_for("meetings.take_notes", event_id=event_id, _anchor=f"note-{row.number}"))
        event = _taken(event_id)
    page = render_template(
        "meetings/take_notes.html",
        event=event,
        form=form,
        notes=[(one, html_of(one)) for one in notes_read_by(person, event)],
        note_sorts=NOTE_SORTS,
    )
    return page, status_of(form)


@bp.route("/<int:event_id>/notes/<int:number>/edit", methods=["GET", "POST"])
def edit_note(event_id: int, number: int) -> ResponseReturnValue:
    event, person = _taken(event_id), current_person()
    if request.method == "POST":
        lock(event)
    row = _note(event, number)
    form = NoteForm.opened(as_typed(row), saved_by=lambda: (row.changed_by or row.written_by).name)
    _offer(form, event, row)
    if form.validate_on_submit():
        with refusals_in(form):
            rewrite(event, row, form.noted(), by=person)
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("meetings.take_notes", event_id=event_id, _anchor=f"note-{number}"))
        event = _taken(event_id)
    page = render_template("meetings/edit_note.html", event=event, form=form, number=number)
    return page, status_of(form)


@bp.post("/<int:event_id>/notes/<int:number>/delete")
def remove_note(event_id: int, number: int) -> ResponseReturnValue:
    event = _taken(event_id)
    delete_note(event, _note(event, number), by=current_person())
    session.commit()
    flash(gettext("The note is deleted."), "success")
    return redirect(url_for("meetings.take_notes", event_id=event_id))


@bp.post("/<int:event_id>/notes/release")
def open_notes(event_id: int) -> ResponseReturnValue:
    event = _taken(event_id)
    release_notes(event, by=current_person())
    session.commit()
    flash(gettext("The notes are open to all who see the meeting, and the search finds them."), "success")
    return redirect(url_for("meetings.show_event", event_id=event_id, _anchor="notes"))


@bp.post("/<int:event_id>/asset")
def begin_asset(event_id: int) -> ResponseReturnValue:
    """The chosen notes become the draft of a new text of the store, and its form opens with them."""
    event, person = get_visible(Event, event_id, *SHOWN), current_person()
    require(can_see_notes(person, event) and can_write(person))
    wanted = {whole_number(one) for one in request.form.getlist("note")[:MOST_CHOSEN]}
    try:
        typed = typed_in_notes(event, [one for one in notes_read_by(person, event) if one.number in wanted])
    except NothingChosen as error:
        flash(gettext(error.message), "error")
        return redirect(url_for("meetings.show_event", event_id=event_id, _anchor="notes"))
    key = key_of_new()
    keep(person, form_of_new(key), typed)
    session.commit()
    flash(gettext("The notes are in the form. It is yours alone till you save or publish it."))
    return redirect(url_for("knowledge.write_asset", draft=key))


def _taken(event_id: int) -> Event:
    """The meeting of which the person takes notes. NotHere, Refused."""
    event = get_visible(Event, event_id, *SHOWN)
    require(can_take_notes(current_person(), event))
    return event


def _note(event: Event, number: int) -> EventNote:
    row = (
        session.scalar(
            select(EventNote)
            .where(EventNote.event_id == event.id, EventNote.number == number)
            .options(joinedload(EventNote.event, innerjoin=True))
        )
        if number < 2**31
        else None
    )
    if row is None:
        raise NotHere
    return row


def _offer(form: NoteForm, event: Event, row: EventNote | None = None) -> None:
    """Whom one can have heard: those present, who said that they come, who does something for it; guests by name."""
    present = present_at(event)
    people: dict[int, Person] = {one.person.id: one.person for one in present if one.person}
    people |= {one.person_id: one.person for one in answers_to(event) if one.is_coming}
    people |= {one.person_id: one.person for one in event.parts}
    if row is not None and row.said_by is not None:
        people[row.said_by.id] = row.said_by
    in_order = sorted(people.values(), key=lambda person: (person.sort_key, person.id))
    form.offer(in_order, [one for one in present if one.person is None])


def _begun(event: Event) -> dict[str, str]:
    """What the form begins with: what was typed before and not sent."""
    draft = kept(current_person(), f"event-note-{event.id}") if "draft" in request.args else None
    if draft is None:
        return {"sort": str(NoteSort.STORY)}
    return {name: str(draft.fields.get(name, "")) for name in ("sort", "text", "said_by", "said_by_name")}
