"""Meetings: the list, one meeting, calling, changing and calling it off, who does what, saying whether one comes."""

from flask import Blueprint, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from portal.db import now, session
from portal.documents.sending import send_table
from portal.drafts.keeping import discard, kept
from portal.errors import BadInput, NotHere
from portal.items.forms import CommentForm
from portal.items.hiding import opening_hidden
from portal.items.models import Fulfilment
from portal.items.permissions import can_comment, can_edit, can_see_opening
from portal.items.rates import mind_posts
from portal.items.reacting import given_on
from portal.items.reading import comments_of, family_of, files_of
from portal.items.revising import newest, newest_with_rendering
from portal.items.talk import reactions_shown, rules_of_talk
from portal.items.titles import with_titles
from portal.items.views import PAGES, begun_comment
from portal.knowledge.writing import unit_of
from portal.meetings.announcing import announce, cancel, change, give_up_part, mind_calling, take_part
from portal.meetings.attending import (
    answer,
    answer_of,
    attendance_of,
    count_coming,
    invited_to,
    present_at,
)
from portal.meetings.forms import CancelForm, DutyForm, EventForm
from portal.meetings.listing import (
    EventFilter,
    count_present,
    find,
    find_all,
    groups_with_events,
    years_with_events,
)
from portal.meetings.models import Event, EventCancellation, EventDuty, EventKind, EventPart
from portal.meetings.naming import DUTIES, EVENT_KINDS, NOTE_SORTS
from portal.meetings.noting import html_of, notes_read_by
from portal.meetings.permissions import (
    can_answer,
    can_cancel,
    can_check_in,
    can_check_in_online,
    can_edit_event,
    can_end_part,
    can_hold_event,
    can_keep_list,
    can_see_notes,
    can_take_notes,
)
from portal.meetings.wording_notices import as_calendar_event
from portal.notices.calendar import calendar_of_one
from portal.people.by_name import people_to_offer_for
from portal.people.last_writers import last_writer
from portal.people.models import Group, Person
from portal.people.organisation_tree import units_to_offer
from portal.plan.running import goals_to_offer
from portal.plan.steps import STEPS
from portal.templating import in_language
from portal.thai.dates import BANGKOK
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.forms import new_send_key
from portal.web.numbers import LARGEST, whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

PAGES["event"] = ("meetings.show_event", "event_id")
bp = Blueprint("meetings", __name__, url_prefix="/meetings")

SHOWN = (
    joinedload(Event.author),
    joinedload(Event.unit),
    joinedload(Event.group),
    joinedload(Event.cancellation).joinedload(EventCancellation.cancelled_by),
    joinedload(Event.release),
    selectinload(Event.parts).joinedload(EventPart.person),
    selectinload(Event.audience),
    selectinload(Event.fulfilments).joinedload(Fulfilment.goal),
)


@bp.get("")
def list_meetings() -> ResponseReturnValue:
    wanted, person = EventFilter.from_args(request.args), current_person()
    return render_template(
        "meetings/list_meetings.html",
        wanted=wanted,
        found=find(wanted, person),
        kinds=EVENT_KINDS,
        units=units_to_offer(g.organisation),
        groups=groups_with_events(person),
        years=sorted({*years_with_events(person), wanted.fiscal_year} - {None}, reverse=True),
        steps=STEPS,
        can_hold=can_hold_event(person),
        moment=now(),
    )


@bp.get("/list.xlsx")
def download_list() -> ResponseReturnValue:
    """The list as filtered, to take home."""
    events = find_all(EventFilter.from_args(request.args), current_person())
    present = count_present(events)
    header = (
        N_("Number"),
        N_("Title"),
        N_("Kind"),
        N_("Community of practice"),
        N_("Unit"),
        N_("Begins"),
        N_("Ends"),
        N_("Place"),
        N_("Called off"),
        N_("Who was there"),
        N_("KM steps"),
        N_("Goals"),
    )
    rows = (
        (
            event.id,
            event.title,
            gettext(EVENT_KINDS[EventKind(event.kind)]),
            in_language(event.group, "name") if event.group else "",
            in_language(event.unit, "name") if event.unit else "",
            event.starts_at,
            event.ends_at,
            event.place or event.link,
            event.cancellation.why if event.cancellation else "",
            present.get(event.id, 0),
            ", ".join(row.step for row in event.fulfilments),
            ", ".join(in_language(row.goal) for row in event.fulfilments if row.goal),
        )
        for event in events
    )
    return send_table(N_("Meetings"), header, rows)


@bp.route("/new", methods=["GET", "POST"])
def write_event() -> ResponseReturnValue:
    person = current_person()
    group = _group(request.args.get("group"), person)
    require(can_hold_event(person, group))
    form = EventForm(data=_begun(person, group) if request.method == "GET" else None)
    form.offer(goals_to_offer(g.organisation.id), units_to_offer(g.organisation))
    if form.validate_on_submit():
        with refusals_in(form):
            invitation, send_key = form.invitation(), form.send_key.data
            mind_calling(invitation, by=person, group=group, send_key=send_key)
            event = announce(invitation, by=person, group=group, send_key=send_key)
            discard(person, _draft_of(None, group))
            session.commit()
            flash(gettext("The meeting is called."), "success")
            return redirect(url_for("meetings.show_event", event_id=event.id))
        group = _group(request.args.get("group"), person)  # a refusal has ended the transaction it came from
    page = render_template(
        "meetings/write_event.html", form=form, event=None, group=group, draft_form=_draft_of(None, group)
    )
    return page, status_of(form)


@bp.get("/<int:event_id>")
def show_event(event_id: int) -> ResponseReturnValue:
    return _page(get_visible(Event, event_id, *SHOWN))


@bp.route("/<int:event_id>/edit", methods=["GET", "POST"])
def edit_event(event_id: int) -> ResponseReturnValue:
    event = get_visible(
        Event,
        event_id,
        selectinload(Event.audience),
        selectinload(Event.parts),
        locked=request.method == "POST",
    )
    person = current_person()
    require(can_edit_event(person, event))
    form = EventForm.opened(
        _as_typed(event), saved_by=lambda: last_writer(event, "event.change", "item.publish")
    )
    had = {row.goal_id for row in event.fulfilments if row.goal_id}
    form.offer(goals_to_offer(event.organisation_id, also=had), units_to_offer(g.organisation))
    if form.validate_on_submit():
        with refusals_in(form):
            invitation = form.invitation()
            mind_posts(person, invitation.text, event)
            change(event, invitation, by=person)
            discard(person, _draft_of(event, None))
            session.commit()
            flash(gettext("Saved. Who means to come is told when time or place is another."), "success")
            return redirect(url_for("meetings.show_event", event_id=event_id))
        event = get_visible(Event, event_id)
    page = render_template(
        "meetings/write_event.html",
        form=form,
        event=event,
        group=event.group,
        draft_form=_draft_of(event, None),
    )
    return page, status_of(form)


@bp.route("/<int:event_id>/cancel", methods=["GET", "POST"])
def call_off(event_id: int) -> ResponseReturnValue:
    event, person = get_visible(Event, event_id, *SHOWN), current_person()
    require(can_cancel(person, event))
    form = CancelForm()
    if form.validate_on_submit():
        with refusals_in(form):
            cancel(event, by=person, why=form.why.data or "")
            session.commit()
            flash(gettext("The meeting is called off. Who meant to come is told."), "success")
            return redirect(url_for("meetings.show_event", event_id=event_id))
        event = get_visible(Event, event_id, *SHOWN)
    return render_template("meetings/call_off.html", form=form, event=event), status_of(form)


@bp.post("/<int:event_id>/answer")
def say_whether(event_id: int) -> ResponseReturnValue:
    event, person = get_visible(Event, event_id, *SHOWN), current_person()
    require(can_answer(person, event))
    said = request.form.get("coming")
    if said not in ("yes", "no"):
        raise BadInput
    answer(event, person, is_coming=said == "yes")
    session.commit()
    flash(
        gettext("You are expected. It stands in your calendar.")
        if said == "yes"
        else gettext("It is noted that you can't come."),
        "success",
    )
    return redirect(url_for("meetings.show_event", event_id=event_id))


@bp.post("/<int:event_id>/parts")
def give_part(event_id: int) -> ResponseReturnValue:
    event = get_visible(Event, event_id, *SHOWN)
    require(can_edit_event(current_person(), event))
    form = DutyForm()
    form.offer(invited_to(event))
    if form.validate_on_submit():
        take_part(event, form.person.person, EventDuty(form.duty.data), by=current_person())
        session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("meetings.show_event", event_id=event_id))
    return _page(event, duty_form=form)


@bp.get("/<int:event_id>/people")
def offer_people(event_id: int) -> ResponseReturnValue:
    """Who may be given a part, by the beginning of a name (`q`)."""
    event = get_visible(Event, event_id, *SHOWN)
    require(can_edit_event(current_person(), event))
    return jsonify(people=people_to_offer_for(request.args.get("q", ""), invited_to(event)))


@bp.post("/<int:event_id>/parts/<int:part_id>/end")
def end_part(event_id: int, part_id: int) -> ResponseReturnValue:
    event, person = get_visible(Event, event_id, *SHOWN), current_person()
    part = next((one for one in event.parts if one.id == part_id), None)
    if part is None:
        raise NotHere
    require(can_end_part(person, event, part))
    give_up_part(event, part, by=person)
    session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("meetings.show_event", event_id=event_id))


@bp.get("/<int:event_id>/calendar.ics")
def download_ics(event_id: int) -> ResponseReturnValue:
    """The meeting for a calendar program."""
    event = event_in_full(event_id)
    return current_app.response_class(
        calendar_of_one(as_calendar_event(event)),
        mimetype="text/calendar",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"attachment; filename=meeting-{event.id}.ics",
        },
    )


def _group(given: str | None, person: Person) -> Group | None:
    """The community that is to meet; one of which the person is no member looks like none."""
    if not given:
        return None
    number = whole_number(given, most=LARGEST)
    group = session.get(Group, number) if number else None
    if group is None or not can_hold_event(person, group):
        raise NotHere
    return group


def event_in_full(event_id: int) -> Event:
    """The meeting for its papers, which say title and place: NotHere where these are hidden from the reader."""
    event = get_visible(Event, event_id, *SHOWN)
    if not can_see_opening(current_person(), event):
        raise NotHere
    return event


def _draft_of(event: Event | None, group: Group | None) -> str:
    """The name under which what was typed and not sent is kept."""
    if event is not None:
        return f"event-{event.id}"
    return f"event-new-{group.id}" if group is not None else "event-new"


def _begun(person: Person, group: Group | None) -> dict[str, object]:
    """What the form begins with: what was typed before and not sent, else the kind that was asked for."""
    draft = kept(person, _draft_of(None, group)) if "draft" in request.args else None
    if draft is not None:
        texts = ("kind", "title", "place", "link", "text", "unit", "step", "goal")
        return {name: str(draft.fields.get(name, "")) for name in texts}
    kind = request.args.get("kind", "")
    return {
        "kind": kind if kind in set(EventKind) else str(EventKind.TALK_CIRCLE),
        "unit": str(unit_of(person) or ""),
    }


def _as_typed(event: Event) -> dict[str, object]:
    revision = newest(event)
    starts, ends = event.starts_at.astimezone(BANGKOK), event.ends_at.astimezone(BANGKOK)
    tie = next(iter(event.fulfilments), None)
    return {
        "kind": event.kind,
        "title": event.title,
        "day": starts.date(),
        "begins": starts.time(),
        "ends": ends.time(),
        "last_day": None if event.is_of_one_day else ends.date(),
        "place": event.place,
        "link": event.link,
        "text": revision.text if revision else "",
        "unit": str(event.unit_id or ""),
        "step": tie.step if tie else "",
        "goal": str(tie.goal_id or "") if tie else "",
    }


def _page(event: Event, *, duty_form: DutyForm | None = None) -> ResponseReturnValue:
    person, moment = current_person(), now()
    hidden = None if event.is_published else opening_hidden(event)
    reads_opening = hidden is None or can_see_opening(person, event)
    _, rendering = newest_with_rendering(event)
    status = status_of(duty_form) if duty_form else 200
    runs = can_edit_event(person, event)
    if duty_form is None and runs:
        duty_form = DutyForm(formdata=None)
        duty_form.offer(invited_to(event))
    notes = notes_read_by(person, event)
    comments = session.scalars(comments_of(event)).all()
    given = given_on(session(), event.id)
    filled = with_titles(
        {0: rendering.html if rendering else "", **{post.id: post.html for post in comments}}, person
    )
    sources, grown = family_of(event, person)
    present = present_at(event)
    allowed = {
        "edit": runs,
        "cancel": can_cancel(person, event),
        "answer": can_answer(person, event, moment),
        "keep_list": can_keep_list(person, event),
        "take_notes": can_take_notes(person, event),
        "check_in_online": can_check_in_online(person, event)
        and not event.is_cancelled
        and event.is_open_for_checking_in(moment),
        "check_in": can_check_in(person, event),
        "take_minutes_home": can_see_notes(person, event),
        "comment": can_comment(person, event),
        "attach": can_edit(person, event),
    }
    page = render_template(
        "meetings/show_event.html",
        event=event,
        item=event,
        kind_name=EVENT_KINDS[EventKind(event.kind)],
        duties=DUTIES,
        duty_form=duty_form if runs else None,
        note_sorts=NOTE_SORTS,
        notes=[(one, html_of(one)) for one in notes],
        present=present,
        coming=count_coming(event),
        my_answer=answer_of(event, person),
        attended=attendance_of(event, person),
        files=[one for one in session.scalars(files_of(event)) if not one.file.is_picture and reads_opening],
        hidden_opening=hidden,
        reads_opening=reads_opening,
        grown=[*sources, *grown],
        comments=comments,
        comment_form=CommentForm(formdata=None, data={"text": begun_comment(event)}),
        send_key=new_send_key(),
        **rules_of_talk(event, comments, person, given),
        **reactions_shown(given),
        filled=filled,
        html=filled.get(0, rendering.html if rendering else ""),
        may={name for name, is_allowed in allowed.items() if is_allowed},
        steps=STEPS,
        moment=moment,
    )
    return page, status
