"""The pages of a report: begin, write, hand in, read."""

from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import FileStorage

from portal.db import session
from portal.drafts.keeping import discard, keep_sent, kept
from portal.errors import PortalError
from portal.files.recognising import ENDINGS
from portal.items import audience
from portal.items.attaching import can_remove
from portal.items.attachment_views import take_in
from portal.items.discarding import delete_draft
from portal.items.forms import CommentForm
from portal.items.fulfilling import set_fulfilments
from portal.items.models import Fulfilment, Item, Origin, Post
from portal.items.permissions import can_comment
from portal.items.reacting import given_on
from portal.items.reading import comments_of, family_of, files_of
from portal.items.revising import newest, newest_with_rendering
from portal.items.talk import reactions_shown, rules_of_talk
from portal.items.titles import with_titles
from portal.items.views import begun_comment
from portal.knowledge.permissions import can_write
from portal.plan.running import goals_to_offer
from portal.plan.steps import STEPS
from portal.thai.dates import bangkok_today
from portal.training.asking import can_decide, step_waiting
from portal.training.blueprint import bp
from portal.training.models import Discharge, Duty, Participation
from portal.training.permissions import (
    can_change_fulfilments,
    can_delete_report,
    can_reassign,
    can_report,
    can_see_costs,
    can_see_opinions,
    can_write_report,
)
from portal.training.report_forms import OpinionForm, ReportForm
from portal.training.report_models import PARTS, ReportParticipation, ReportStage, TrainingReport
from portal.training.reporting import (
    NEEDED,
    LateReasonMissing,
    PartsMissing,
    agree,
    begin,
    cover,
    leave,
    parts_of,
    submit,
    write,
)
from portal.training.route_shown import shown_route
from portal.training.routing import route_of
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.forms import new_send_key
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require

WITH_ALL_IT_SHOWS = (
    # No outer joins: PostgreSQL does not lock their rows.
    selectinload(TrainingReport.author),
    selectinload(TrainingReport.unit),
    selectinload(TrainingReport.training),
    selectinload(TrainingReport.audience),
    selectinload(TrainingReport.fulfilments).joinedload(Fulfilment.goal),
    selectinload(TrainingReport.endorsements),
    selectinload(TrainingReport.coverage)
    .joinedload(ReportParticipation.participation)
    .joinedload(Participation.person),
)


@bp.post("/participations/<int:participation_id>/report")
def new_report(participation_id: int) -> ResponseReturnValue:
    """Begin the report of one's participation, or go on with the one that is there."""
    participation = get_visible(Participation, participation_id)
    require(can_report(current_person(), participation))
    term = whole_number(request.form.get("term"), most=40) or 0
    report = begin(participation, by=current_person(), term=term)
    session.commit()
    if can_write_report(current_person(), report):
        return redirect(url_for("training.write_report", report_id=report.id))
    return redirect(url_for("training.show_report", report_id=report.id))


@bp.route("/reports/<int:report_id>/edit", methods=["GET", "POST"])
def write_report(report_id: int) -> ResponseReturnValue:
    person = current_person()
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS, locked=request.method == "POST")
    require(can_write_report(person, report))
    refused = ""
    if request.method == "POST" and (chosen := _files_chosen()):
        refused = _take(chosen, report)
        # What received the files ended the transaction: others may have saved, or handed it in, meanwhile.
        report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS, locked=True)
        require(can_write_report(person, report))
    form = _form_of(report)
    if request.method == "GET":
        draft = kept(person, form_name(report))
        # What was typed after the last save is gone on with at once; what is older the page offers.
        if draft is None or ("draft" not in request.args and draft.saved_at < report.changed_at):
            return _form_page(form, report)
        form.take_up(draft.fields)
        return _form_page(form, report, went_on=draft.saved_at)
    is_valid = form.validate()
    if refused:
        form.files.errors = [refused]
    if refused or not is_valid:
        return _form_page(form, report)
    try:
        _save(form, report)
    except PortalError as error:
        session.rollback()
        say_beside(form, error)
        return _form_page(form, get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS), error.status)
    discard(person, form_name(report))
    session.commit()
    if report.stage == ReportStage.ON_ITS_WAY:
        flash(gettext("Handed in. You see here how far it has come."), "success")
    else:
        flash(gettext("Saved. Nobody but its reporters reads it till you hand it in."), "success")
    return redirect(url_for("training.show_report", report_id=report.id))


def say_beside(form: ReportForm, error: PortalError) -> None:
    """The error beside the fields it is about; above the form where it is about none."""
    if isinstance(error, PartsMissing):
        for name in error.names:
            form[name].errors = [gettext("Write this before you hand it in.")]
    elif isinstance(error, LateReasonMissing):
        form.late_reason.errors = [gettext(error.message)]
    else:
        form.form_errors = [gettext(error.message, **error.values)]


def form_name(report: TrainingReport) -> str:
    """The name under which what was typed and not saved is kept."""
    return f"report-{report.id}"


def _form_of(report: TrainingReport) -> ReportForm:
    """The form with what is stored now."""
    covered = {row.participation_id for row in report.coverage}
    companions = [one for one in _companions(report) if one.person_id != report.author_id]
    stored = {
        **parts_of(newest(report)),
        "group": sorted(str(one.id) for one in companions if one.id in covered),
        "fulfilments": [{"step": row.step, "goal": str(row.goal_id or "")} for row in report.fulfilments],
        "readers": audience.choice_of(report),
    }
    form = ReportForm.opened(stored, saved_by=lambda: _last_writer(report))
    had = {row.goal_id for row in report.fulfilments if row.goal_id}
    form.offer_all(
        goals_to_offer(report.organisation_id, also=had),
        [(one.id, one.person.name) for one in companions],
        has_unit=report.unit_id is not None,
    )
    return form


def _companions(report: TrainingReport) -> list[Participation]:
    """Those of the training who are in this report, or in none of this term yet."""
    elsewhere = (
        select(ReportParticipation.participation_id)
        .join(TrainingReport)
        .where(
            TrainingReport.training_id == report.training_id,
            TrainingReport.term == report.term,
            TrainingReport.id != report.id,
        )
    )
    return list(
        session.scalars(
            select(Participation)
            .where(
                Participation.training_id == report.training_id,
                Participation.withdrawn_at.is_(None),
                Participation.id.not_in(elsewhere),
            )
            .options(joinedload(Participation.person))
            .order_by(Participation.id)
        )
    )


def _last_writer(report: TrainingReport) -> str:
    revision = newest(report)
    return revision.author.name if revision else ""


def _files_chosen() -> list[FileStorage]:
    return [file for file in request.files.getlist("files") if file.filename]


def _take(chosen: list[FileStorage], report: TrainingReport) -> str:
    """Attach the files chosen with the form, and answer why they can't be, empty when they are. They are kept at once,
    before the form is looked at: a browser does not choose them again."""
    try:
        take_in(chosen, str(report.id))
    except PortalError as error:
        session.rollback()
        return gettext(error.message, **error.values)
    return ""


def _save(form: ReportForm, report: TrainingReport) -> None:
    person = current_person()
    if report.submitted_at is None:
        chosen = form.chosen_companions()
        companions = [one for one in _companions(report) if one.id in chosen]
        cover(report, companions, by=person)
    write(report, form.parts(), by=person)
    set_fulfilments(report, form.chosen_fulfilments())
    audience.open_to(report, audience.tokens_for(form.readers.data, report), by=person)
    if request.form.get("action") == "submit":
        submit(report, by=person, late_reason=form.late_reason.data or "")


def _form_page(
    form: ReportForm, report: TrainingReport, status: int = 200, went_on: datetime | None = None
) -> ResponseReturnValue:
    if status == 200:
        status = status_of(form)
    if request.method == "POST":  # nothing was stored: whoever leaves the page now finds what he typed again
        keep_sent(current_person(), form_name(report), request.form.items(multi=True))
        session.commit()
    route = route_of(report.author, report.reporter_ids, bangkok_today())
    shown = render_template(
        "training/write_report.html",
        form=form,
        report=report,
        parts=PARTS,
        needed=NEEDED,
        went_on=went_on,
        duties=duties_of(report),
        today=bangkok_today(),
        files=session.scalars(files_of(report)).all(),
        may_remove={one.id for one in session.scalars(files_of(report)) if can_remove(current_person(), one)},
        chain=shown_route(route, report),
        returned=next((step for step in reversed(report.endorsements) if step.state == "returned"), None),
        draft_form=form_name(report),
        can_delete=can_delete_report(current_person(), report),
        endings=",".join(["image/*", *(f".{ending}" for ending in sorted(ENDINGS))]),
        most_bytes=current_app.config["SETTINGS"].max_upload,
    )
    return shown, status


def duties_of(report: TrainingReport) -> list[Duty]:
    """The duties that this report discharges, or did, of all its reporters; the author's first."""
    what = Discharge.INTERIM if report.term else Discharge.REPORT
    covered = [row.participation_id for row in report.coverage]
    duties = session.scalars(
        select(Duty)
        .where(Duty.participation_id.in_(covered), Duty.discharged_by == what, Duty.term == report.term)
        .options(joinedload(Duty.person), selectinload(Duty.changes))
        .order_by(Duty.person_id != report.author_id, Duty.due_on, Duty.id)
    )
    return list(duties)


@bp.get("/reports/<int:report_id>")
def show_report(report_id: int) -> ResponseReturnValue:
    person = current_person()
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
    revision, rendering = newest_with_rendering(report)
    current_app.extensions["readings"].note(
        report, person, request.remote_addr or "", request.user_agent.string
    )
    today = bangkok_today()
    step = step_waiting(report)
    is_concerned = can_see_opinions(person, report)
    sources, grown = family_of(report, person) if _has_family(report) else ([], [])
    return render_template(
        "training/show_report.html",
        report=report,
        revision=revision,
        rendering=rendering,
        files=session.scalars(files_of(report)).all(),
        duties=duties_of(report) if is_concerned else [],
        today=today,
        steps=STEPS,
        is_concerned=is_concerned,
        can_see_costs=can_see_costs(person, report.training),
        can_write_report=can_write_report(person, report),
        can_delete=can_delete_report(current_person(), report),
        can_reassign=can_reassign(person, report),
        can_change_fulfilments=can_change_fulfilments(person, report),
        can_write=can_write(person),
        step=step,
        decides=can_decide(person, step, today),
        opinion_form=OpinionForm(),
        chain=shown_route(None, report) if report.endorsements else [],
        sources=sources,
        grown=grown,
        audience_choice=audience.choice_of(report),
        readings=current_app.extensions["readings"].shown(report),
        **comments_for_page(report),
    )


def comments_for_page(item: Item) -> dict[str, Any]:
    """What items/comments.html asks for."""
    person = current_person()
    comments: list[Post] = list(session.scalars(comments_of(item)))
    given = given_on(session(), item.id)
    return {
        "item": item,
        "comments": comments,
        "may": {"comment"} if can_comment(person, item) else set(),
        **rules_of_talk(item, comments, person, given),
        **reactions_shown(given),
        "filled": with_titles({post.id: post.html for post in comments}, person),
        "send_key": new_send_key(),
        "comment_form": CommentForm(data={"text": begun_comment(item)}),
    }


def _has_family(report: TrainingReport) -> bool:
    near = exists().where((Origin.item_id == report.id) | (Origin.from_item_id == report.id))
    return bool(session.scalar(select(near)))


@bp.post("/reports/<int:report_id>/agree")
def agree_to_report(report_id: int) -> ResponseReturnValue:
    """Somebody who was put into a report says that it is his, too, or (`action=leave`) that it is not."""
    person = current_person()
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS, locked=True)
    require(can_write_report(person, report) and report.submitted_at is None)
    if request.form.get("action") == "leave":
        leave(report, person)
        session.commit()
        flash(gettext("Your name is taken out of this report."), "success")
        return redirect(url_for("training.my_trainings"))
    agree(report, person)
    session.commit()
    flash(gettext("It is your report, too, from now on."), "success")
    return redirect(url_for("training.show_report", report_id=report_id))


@bp.post("/reports/<int:report_id>/delete")
def delete_report(report_id: int) -> ResponseReturnValue:
    """A draft that was never handed in goes for good."""
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS, locked=True)
    require(can_delete_report(current_person(), report))
    name = form_name(report)
    delete_draft(report, by=current_person())
    discard(current_person(), name)
    session.commit()
    flash(gettext("The draft is deleted."))
    return redirect(url_for("training.my_trainings"))
