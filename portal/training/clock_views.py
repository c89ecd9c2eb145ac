"""One duty: how its due date came about, its story, and changing it with a reason."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.templating import show_date
from portal.thai.dates import bangkok_today
from portal.training import accounts
from portal.training.blueprint import bp
from portal.training.clock_forms import DoneForm, ExemptForm, ExtendForm
from portal.training.clock_names import DISCHARGES, POLICIES, RECOUNTS
from portal.training.duties import DutyClosed, exempt, extend, is_due_open, note_done
from portal.training.models import Discharge, Duty
from portal.training.permissions import can_change_duty
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.forms import PortalForm
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

# For templates/training/parts.html, which is used on the pages of other modules, too.
bp.add_app_template_global(accounts.account_of, "account_of_duty")
bp.add_app_template_global(POLICIES, "holiday_policies")  # type: ignore[arg-type] # a global may be a mapping


@bp.get("/duties/<int:duty_id>")
def show_duty(duty_id: int) -> ResponseReturnValue:
    return _page(get_visible(Duty, duty_id))


@bp.post("/duties/<int:duty_id>/exempt")
def exempt_duty(duty_id: int) -> ResponseReturnValue:
    duty, form = _to_change(duty_id), ExemptForm(prefix="exempt")
    if form.validate_on_submit():
        exempt(duty, by=current_person(), reason=form.reason.data or "")
        session.commit()
        flash(gettext("%(person)s is exempted from it.", person=duty.person.name), "success")
        return redirect(url_for("training.show_duty", duty_id=duty.id))
    return _page(duty, "exempt", form)


@bp.post("/duties/<int:duty_id>/extend")
def extend_duty(duty_id: int) -> ResponseReturnValue:
    duty, form = _to_change(duty_id), ExtendForm(prefix="extend")
    if form.validate_on_submit():
        with refusals_in(form):
            extend(duty, form.until.data, by=current_person(), reason=form.reason.data or "")
            session.commit()
            flash(gettext("It is due on %(day)s now.", day=show_date(duty.due_on, "long")), "success")
            return redirect(url_for("training.show_duty", duty_id=duty.id))
    return _page(duty, "extend", form)


@bp.post("/duties/<int:duty_id>/done")
def note_duty_done(duty_id: int) -> ResponseReturnValue:
    duty, form = _to_change(duty_id), DoneForm(prefix="done")
    if form.validate_on_submit():
        with refusals_in(form):
            note_done(duty, by=current_person(), on=form.on.data, late_reason=form.late_reason.data or "")
            session.commit()
            flash(gettext("It is noted as done."), "success")
            return redirect(url_for("training.show_duty", duty_id=duty.id))
    return _page(duty, "done", form)


def _to_change(duty_id: int) -> Duty:
    duty = get_visible(Duty, duty_id, locked=True)
    require(can_change_duty(current_person(), duty))
    if not is_due_open(duty):
        raise DutyClosed  # the page that says so offers what was typed, to take away
    return duty


def _page(duty: Duty, act: str = "", sent: PortalForm | None = None) -> ResponseReturnValue:
    """`sent` is the form of that act, with what was wrong in it."""
    acts: dict[str, PortalForm] = {}
    if is_due_open(duty) and can_change_duty(current_person(), duty):
        if duty.discharged_by == Discharge.BY_HAND:
            acts["done"] = DoneForm(prefix="done", formdata=None, data={"on": bangkok_today()})
        acts |= {
            "extend": ExtendForm(prefix="extend", formdata=None),
            "exempt": ExemptForm(prefix="exempt", formdata=None),
        }
    if sent is not None:
        acts[act] = sent
    page = render_template(
        "training/show_duty.html",
        duty=duty,
        training=duty.participation.training,
        discharges=DISCHARGES,
        recounts=RECOUNTS,
        acts=acts,
        sent=act,
    )
    return page, status_of(sent) if sent else 200
