"""Who is there: the code in the room, checking in with a phone, the list, and papers of it."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import now, session
from portal.documents.meeting_papers import minutes_pdf, sheet_pdf
from portal.documents.sending import send_table
from portal.errors import NotHere, PortalError
from portal.files.papers import PDF, made, sent
from portal.items.revising import newest
from portal.meetings.announcing import make_new_code
from portal.meetings.attending import (
    answers_to,
    attendance_of,
    check_in,
    note_guest,
    note_present,
    present_at,
    still_to_note,
    strike,
)
from portal.meetings.check_in_codes import code_of, drawn, mind_code
from portal.meetings.forms import GuestForm
from portal.meetings.models import Attendance, Event, How
from portal.meetings.naming import WAYS
from portal.meetings.noting import notes_read_by
from portal.meetings.papers import list_of_present, minutes_of, post_of, sheet_to_sign
from portal.meetings.permissions import (
    can_check_in,
    can_check_in_online,
    can_keep_list,
    can_see_notes,
)
from portal.meetings.views import SHOWN, bp, event_in_full
from portal.people.listing import places_of
from portal.templating import number
from portal.thai.repair import repair
from portal.translating import N_, gettext, ngettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

MOST_TICKED = 500


@bp.get("/<int:event_id>/code")
def show_code(event_id: int) -> ResponseReturnValue:
    """The QR picture for the wall or the screen."""
    event = get_visible(Event, event_id, *SHOWN)
    require(can_keep_list(current_person(), event))
    address = url_for("meetings.check_in_here", event_id=event.id, ticket=code_of(event), _external=True)
    return render_template("meetings/show_code.html", event=event, address=address, picture=drawn(address))


@bp.post("/<int:event_id>/code")
def renew_code(event_id: int) -> ResponseReturnValue:
    event = get_visible(Event, event_id, *SHOWN)
    require(can_keep_list(current_person(), event))
    make_new_code(event, by=current_person())
    session.commit()
    flash(gettext("The codes from before hold no more. Show this one."), "success")
    return redirect(url_for("meetings.show_code", event_id=event_id))


@bp.route("/<int:event_id>/check-in/<ticket>", methods=["GET", "POST"])
def check_in_here(event_id: int, ticket: str) -> ResponseReturnValue:
    """What a phone opens that scanned the code: one button. Looking alone notes nobody."""
    event, person = get_visible(Event, event_id, *SHOWN), current_person()
    require(can_check_in(person, event))
    try:
        mind_code(event, ticket)
        if request.method == "POST":
            check_in(event, person, How.QR)
            session.commit()
            flash(gettext("You are on the list. Welcome."), "success")
            return redirect(url_for("meetings.show_event", event_id=event_id))
    except PortalError as error:
        session.rollback()
        event = get_visible(Event, event_id, *SHOWN)
        page = render_template(
            "meetings/check_in.html",
            event=event,
            refusal=gettext(error.message, **error.values),
            attended=attendance_of(event, person),
        )
        return page, error.status if request.method == "POST" else 200
    return render_template(
        "meetings/check_in.html",
        event=event,
        attended=attendance_of(event, person),
        is_open=event.is_open_for_checking_in(now()),
    )


@bp.post("/<int:event_id>/check-in")
def check_in_online(event_id: int) -> ResponseReturnValue:
    event, person = get_visible(Event, event_id, *SHOWN), current_person()
    require(can_check_in_online(person, event))
    check_in(event, person, How.ONLINE)
    session.commit()
    flash(gettext("You are on the list. Welcome."), "success")
    return redirect(url_for("meetings.show_event", event_id=event_id))


@bp.get("/<int:event_id>/attendance")
def keep_list(event_id: int) -> ResponseReturnValue:
    return _list_page(_kept(event_id))


@bp.post("/<int:event_id>/attendance")
def tick(event_id: int) -> ResponseReturnValue:
    event = _kept(event_id)
    ids = [whole_number(one) for one in request.form.getlist("person")[:MOST_TICKED]]
    if not ids or None in ids:
        flash(gettext("Tick who was there first."), "error")
        return redirect(url_for("meetings.keep_list", event_id=event_id))
    count = note_present(event, [one for one in ids if one is not None], by=current_person())
    session.commit()
    flash(ngettext("%(num)s person noted.", "%(num)s people noted.", count, num=number(count)), "success")
    return redirect(url_for("meetings.keep_list", event_id=event_id))


@bp.post("/<int:event_id>/guests")
def add_guest(event_id: int) -> ResponseReturnValue:
    event = _kept(event_id)
    form = GuestForm()
    if form.validate_on_submit():
        with refusals_in(form):
            note_guest(event, form.name.data or "", form.from_where.data or "", by=current_person())
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("meetings.keep_list", event_id=event_id))
        event = _kept(event_id)
    return _list_page(event, guest_form=form)


@bp.post("/<int:event_id>/attendance/<int:attendance_id>/strike")
def take_off_list(event_id: int, attendance_id: int) -> ResponseReturnValue:
    event = _kept(event_id)
    row = session.get(Attendance, attendance_id) if attendance_id < 2**31 else None
    if row is None or row.event_id != event.id:
        raise NotHere
    strike(event, row, by=current_person())
    session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("meetings.keep_list", event_id=event_id))


@bp.get("/<int:event_id>/attendance.xlsx")
def download_attendance(event_id: int) -> ResponseReturnValue:
    """Who was there, to take home."""
    event = event_in_full(event_id)
    present = present_at(event)
    places = places_of([one.person_id for one in present if one.person_id])
    header = (N_("Name"), N_("Position or organisation"), N_("Guest"), N_("How noted"), N_("When noted"))
    rows = (
        (
            one.name,
            one.guest_from or post_of(one.person, places),
            gettext("guest") if one.person is None else "",
            gettext(WAYS[How(one.how)]),
            one.noted_at,
        )
        for one in present
    )
    return send_table(N_("List of those present"), header, rows)


@bp.get("/<int:event_id>/attendance.pdf")
def download_present(event_id: int) -> ResponseReturnValue:
    event = event_in_full(event_id)
    present = present_at(event)
    places = places_of([one.person_id for one in present if one.person_id])
    paper = list_of_present(event, present, places, g.organisation)
    return sent(made(sheet_pdf, paper), PDF, f"attendance-{event_id} {event.title}.pdf")


@bp.get("/<int:event_id>/sheet.pdf")
def download_sheet(event_id: int) -> ResponseReturnValue:
    """The sheet to sign on at the door."""
    event = event_in_full(event_id)
    require(can_keep_list(current_person(), event))
    expected = [one.person for one in present_at(event) if one.person] + still_to_note(event)
    expected.sort(key=lambda person: (person.sort_key, person.id))
    paper = sheet_to_sign(event, expected, places_of([one.id for one in expected]), g.organisation)
    return sent(made(sheet_pdf, paper), PDF, f"sheet-{event_id} {event.title}.pdf")


@bp.get("/<int:event_id>/minutes.pdf")
def download_minutes(event_id: int) -> ResponseReturnValue:
    """The minutes, for who may read the notes: without them they would be an empty form."""
    event, person = event_in_full(event_id), current_person()
    require(can_see_notes(person, event))
    revision, present = newest(event), present_at(event)
    notes = notes_read_by(person, event)
    people = {one.person_id for one in present if one.person_id} | {one.person_id for one in event.parts}
    paper = minutes_of(
        event, revision.text if revision else "", present, notes, places_of(people), g.organisation
    )
    return sent(made(minutes_pdf, paper), PDF, f"minutes-{event_id} {event.title}.pdf")


def _kept(event_id: int) -> Event:
    """The meeting, whose list the person keeps. NotHere, Refused."""
    event = event_in_full(event_id)
    require(can_keep_list(current_person(), event))
    return event


def _list_page(event: Event, *, guest_form: GuestForm | None = None) -> ResponseReturnValue:
    words = repair(request.args.get("q", "")[:100]).strip()
    present = present_at(event)
    page = render_template(
        "meetings/keep_list.html",
        event=event,
        present=present,
        places=places_of([one.person_id for one in present if one.person_id]),
        answers=answers_to(event),
        to_note=still_to_note(event, words),
        words=words,
        noted_ways=WAYS,
        guest_form=guest_form or GuestForm(formdata=None),
        moment=now(),
    )
    return page, status_of(guest_form) if guest_form else 200
