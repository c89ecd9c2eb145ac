"""What waits for me, one by one or several on one page; and the KM team's way on where the chain can't say who."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from portal.db import session
from portal.drafts.keeping import discard, keep_sent
from portal.errors import NotHere, PortalError
from portal.items.fulfilling import set_fulfilments
from portal.items.publishing import changed
from portal.items.revising import newest
from portal.people.listing import people_to_offer
from portal.people.models import Person
from portal.plan.running import goals_to_offer
from portal.templating import number
from portal.thai.dates import bangkok_today
from portal.training.asking import can_decide, step_waiting, waiting_for
from portal.training.blueprint import bp
from portal.training.endorsing import endorse, reassign, send_back
from portal.training.permissions import can_change_fulfilments, can_reassign
from portal.training.report_forms import FulfilmentsForm, OpinionForm, ReassignForm
from portal.training.report_models import TrainingReport
from portal.training.report_views import WITH_ALL_IT_SHOWS
from portal.training.reporting import PART_NAMES, parts_of
from portal.translating import gettext, ngettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require

MOST_AT_ONCE = 100


@bp.get("/endorsements")
def list_waiting() -> ResponseReturnValue:
    """All that waits for the person, with what each report says that he gained and will do."""
    return _waiting_page(OpinionForm())


def _waiting_page(form: OpinionForm, status: int = 200) -> ResponseReturnValue:
    steps = waiting_for(current_person(), bangkok_today())[:MOST_AT_ONCE]
    said = {step.report_id: parts_of(newest(step.report)) for step in steps}
    chosen = set(request.form.getlist("report"))
    shown = render_template(
        "training/list_waiting.html",
        form=form,
        steps=steps,
        said=said,
        part_names=PART_NAMES,
        chosen=chosen,
        today=bangkok_today(),
    )
    return shown, status


@bp.post("/endorsements")
def endorse_several() -> ResponseReturnValue:
    """Endorse those that were ticked with one opinion; all of them or none."""
    form = OpinionForm()
    wanted = {number_ for one in request.form.getlist("report") if (number_ := whole_number(one))}
    if not wanted:
        form.form_errors = [gettext("Tick the reports that you endorse.")]
        return _waiting_page(form, 422)
    if len(wanted) > MOST_AT_ONCE or not form.validate():
        return _waiting_page(form, 422)
    try:
        for report_id in sorted(wanted):
            report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
            endorse(report, by=current_person(), opinion=form.opinion.data or "")
    except PortalError as error:
        session.rollback()
        form.form_errors = [gettext(error.message, **error.values)]
        return _waiting_page(form, error.status)
    discard(current_person(), "opinion-several")
    session.commit()
    flash(
        ngettext(
            "%(num)s report is endorsed.",
            "%(num)s reports are endorsed.",
            len(wanted),
            num=number(len(wanted)),
        ),
        "success",
    )
    return redirect(url_for("training.list_waiting"))


@bp.post("/reports/<int:report_id>/decision")
def decide(report_id: int) -> ResponseReturnValue:
    """Endorse the report, or send it back (`action=return`)."""
    person = current_person()
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
    form = OpinionForm()
    sends_back = request.form.get("action") == "return"
    try:
        if not form.validate():
            raise NotValid
        if sends_back:
            send_back(report, by=person, comment=form.opinion.data or "")
        else:
            endorse(report, by=person, opinion=form.opinion.data or "")
    except PortalError as error:
        session.rollback()
        keep_sent(person, f"opinion-{report_id}", request.form.items(multi=True))
        session.commit()
        report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
        if not isinstance(error, NotValid):
            form.form_errors = [gettext(error.message, **error.values)]
        shown = render_template(
            "training/decide.html",
            report=report,
            form=form,
            decides=can_decide(person, step_waiting(report), bangkok_today()),
        )
        return shown, error.status
    discard(person, f"opinion-{report_id}")
    session.commit()
    flash(_done(report, sends_back=sends_back), "success")
    if waiting_for(person, bangkok_today()):
        return redirect(url_for("training.list_waiting"))
    return redirect(url_for("training.show_report", report_id=report_id))


def _done(report: TrainingReport, *, sends_back: bool) -> str:
    step = step_waiting(report)
    if sends_back:
        return gettext("Sent back with your comment.")
    if step is None:
        return gettext("Endorsed to the top. It stands in the store now.")
    return gettext("Endorsed. It goes on to: %(post)s.", post=step.position_title or gettext("KM team"))


class NotValid(PortalError):
    status = 422


@bp.route("/reports/<int:report_id>/reassign", methods=["GET", "POST"])
def name_somebody(report_id: int) -> ResponseReturnValue:
    """The KM team names who decides where the report is."""
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
    require(can_reassign(current_person(), report))
    form = ReassignForm()
    form.person.choices = [("", "–")] + [
        (str(one.id), one.name)
        for one in people_to_offer(current_person())
        if one.id not in report.reporter_ids
    ]
    status = 200
    if form.validate_on_submit():
        try:
            to = get_visible(Person, whole_number(form.person.data) or 0)
            reassign(report, to, by=current_person(), reason=form.reason.data or "")
        except NotHere:
            form.person.errors = [gettext("Choose a person.")]
            status = 422
        except PortalError as error:
            session.rollback()
            form.form_errors = [gettext(error.message, **error.values)]
            status = error.status
        else:
            session.commit()
            flash(gettext("%(name)s decides now.", name=to.name), "success")
            return redirect(url_for("training.show_report", report_id=report.id))
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
    shown = render_template(
        "training/name_somebody.html", form=form, report=report, step=step_waiting(report)
    )
    return shown, status if status != 200 else status_of(form)


@bp.route("/reports/<int:report_id>/fulfilments", methods=["GET", "POST"])
def change_fulfilments(report_id: int) -> ResponseReturnValue:
    """What an endorsed report fulfils: its author may change it."""
    report = get_visible(
        TrainingReport,
        report_id,
        *WITH_ALL_IT_SHOWS,
        selectinload(TrainingReport.tags),
        locked=request.method == "POST",
    )
    require(can_change_fulfilments(current_person(), report))
    form = FulfilmentsForm.opened(
        {"fulfilments": [{"step": row.step, "goal": str(row.goal_id or "")} for row in report.fulfilments]}
    )
    had = {row.goal_id for row in report.fulfilments if row.goal_id}
    form.offer(goals_to_offer(report.organisation_id, also=had))
    if form.validate_on_submit():
        try:
            set_fulfilments(report, form.chosen_fulfilments())
        except PortalError as error:
            session.rollback()
            form.form_errors = [gettext(error.message, **error.values)]
            return render_template("training/change_fulfilments.html", form=form, report=report), error.status
        changed(report)
        session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("training.show_report", report_id=report.id))
    return render_template("training/change_fulfilments.html", form=form, report=report), status_of(form)
