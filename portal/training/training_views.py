"""Pages of trainings: one's own, one training, changing it, calling it off, who went, the record."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.db import session
from portal.errors import NotHere, PortalError
from portal.people.last_writers import last_writer
from portal.people.models import Person
from portal.plan.running import goals_to_offer, this_fiscal_year
from portal.plan.steps import STEPS
from portal.thai.dates import bangkok_today
from portal.training.after_permissions import After
from portal.training.blueprint import bp
from portal.training.drafting import begun
from portal.training.entering import cancel, change_training, facts_of, withdraw
from portal.training.forms import CancelForm, RecordForm, TrainingForm
from portal.training.models import COST_HEADINGS, Participation, Training
from portal.training.money import show_baht, show_hours
from portal.training.naming import COSTS, TRAINING_KINDS
from portal.training.oversight import oversees
from portal.training.own import Attended, owed_by, reports_of, trainings_of
from portal.training.permissions import (
    can_cancel,
    can_edit_training,
    can_enter_for_others,
    can_join,
    can_record,
    can_report,
    can_see_costs,
    can_withdraw,
)
from portal.training.recording import NotOverYet, fill_record
from portal.training.report_models import ReportStage, TrainingReport
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.numbers import LARGEST
from portal.web.visibility import current_person, get_visible, require

REPORT_STAGES = {
    ReportStage.DRAFT: (N_("Report begun"), "draft"),
    ReportStage.ON_ITS_WAY: (N_("Report on its way"), "waiting"),
    ReportStage.RETURNED: (N_("Report sent back"), "late"),
    ReportStage.FILED: (N_("Report filed"), "fine"),
}
# Where else one goes from here: endpoint, what it is called, whether only those who oversee find something there.
WAYS = (
    ("training.show_register", N_("Register of trainings"), False),
    ("training.show_figures", N_("Figures and pictures"), True),
    ("training.list_waiting", N_("Waiting for my endorsement"), False),
    ("training.list_asked", N_("After the trainings"), False),
    ("training.choose_booklet", N_("Booklet of reports"), False),
    ("training.list_rules", N_("What is asked, and by when"), False),
)


@bp.get("")
def my_trainings() -> ResponseReturnValue:
    """What I owe, and what I attended."""
    person = current_person()
    return render_template(
        "training/my_trainings.html",
        owed=owed_by(person),
        years=trainings_of(person),
        this_year=this_fiscal_year(),
        begun=begun(person),
        ways=[
            (gettext(label), url_for(endpoint))
            for endpoint, label, for_overseers in WAYS
            if oversees(person) or not for_overseers
        ],
        for_others=can_enter_for_others(person),
        report_way=report_way,
        **_words(),
    )


@bp.get("/<int:training_id>")
def show_training(training_id: int) -> ResponseReturnValue:
    return _training_page(training_id, CancelForm())


@bp.route("/<int:training_id>/edit", methods=["GET", "POST"])
def edit_training(training_id: int) -> ResponseReturnValue:
    person = current_person()
    training = get_visible(Training, training_id, locked=request.method == "POST")
    require(can_edit_training(person, training))
    form = TrainingForm.opened(
        TrainingForm.as_typed(facts_of(training)),
        saved_by=lambda: last_writer(training, "training.change", "training.enter"),
    )
    form.offer(
        goals_to_offer(training.organisation_id, also={training.goal_id} if training.goal_id else None)
    )
    if form.validate_on_submit():
        try:
            changed = change_training(training, form.facts(), by=person)
            session.commit()
            flash(gettext("Saved.") if changed else gettext("Nothing was changed."), "success")
            return redirect(url_for("training.show_training", training_id=training.id))
        except PortalError as error:
            session.rollback()
            form.form_errors = [gettext(error.message, **error.values)]
    return render_template("training/write_training.html", form=form, training=training), status_of(form)


@bp.post("/<int:training_id>/cancel")
def cancel_training(training_id: int) -> ResponseReturnValue:
    person = current_person()
    training = get_visible(Training, training_id, locked=True)
    require(can_cancel(person, training))
    form = CancelForm()
    if form.validate():
        try:
            cancel(training, by=person, reason=form.reason.data or "")
            session.commit()
            flash(gettext("The training is called off. Nobody owes anything for it."), "success")
            return redirect(url_for("training.show_training", training_id=training.id))
        except PortalError as error:
            session.rollback()
            form.form_errors = [gettext(error.message, **error.values)]
    return _training_page(training_id, form)


@bp.post("/participations/<int:participation_id>/withdraw")
def withdraw_participant(participation_id: int) -> ResponseReturnValue:
    """He did not go after all; those who keep the register and who entered him say so, too."""
    person = current_person()
    participation = _participation(participation_id)
    require(can_withdraw(person, participation))
    try:
        withdraw(participation, by=person)
        session.commit()
        flash(
            gettext("%(person)s did not go: nothing is owed for it.", person=participation.person.name),
            "success",
        )
    except PortalError as error:
        session.rollback()
        flash(gettext(error.message, **error.values), "error")
    return redirect(url_for("training.show_training", training_id=participation.training_id))


@bp.route("/<int:training_id>/record/<int:participation_id>", methods=["GET", "POST"])
def record_participation(training_id: int, participation_id: int) -> ResponseReturnValue:
    """The record in one look: what was entered, by whom, and the hours."""
    person = current_person()
    participation = _participation(participation_id, training_id)
    require(can_record(person, participation) and participation.withdrawn_at is None)
    training = participation.training
    hours = training.hours if participation.hours is None else participation.hours
    form = RecordForm(data={"hours": hours} if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            fill_record(participation, by=person, hours=form.hours.data)
            session.commit()
            flash(gettext("The record is filled."), "success")
            return redirect(url_for("training.show_training", training_id=training.id))
        except NotOverYet as error:
            session.rollback()
            form.form_errors = [gettext(error.message, **error.values)]
        except PortalError as error:
            session.rollback()
            form.hours.errors = [*form.hours.errors, gettext(error.message, **error.values)]
    page = render_template(
        "training/record.html",
        form=form,
        training=training,
        participation=participation,
        is_over=training.return_date <= bangkok_today(),
        **_words(),
    )
    return page, status_of(form)


@dataclass(frozen=True)
class Way:
    """Where somebody goes on with the report of his training; `begins` when a button begins it."""

    label: str
    url: str
    begins: bool = False


def report_way(participation: Participation, reports: Iterable[TrainingReport]) -> Way | None:
    """What the person does next about the report of his training; None when nothing can be done."""
    last = max((one for one in reports if one.term == 0), key=lambda one: one.id, default=None)
    if last is not None:
        is_open = last.stage in (ReportStage.DRAFT, ReportStage.RETURNED)
        endpoint = "training.write_report" if is_open else "training.show_report"
        label = gettext("Go on with the report") if is_open else gettext("Open the report")
        return Way(label, url_for(endpoint, report_id=last.id))
    is_over = participation.training.return_date <= bangkok_today()
    if not is_over or not can_report(current_person(), participation):
        return None
    url = url_for("training.new_report", participation_id=participation.id)
    return Way(gettext("Write the report"), url, begins=True)


def _words() -> dict[str, object]:
    """What every page of trainings says things with."""
    return {
        "kinds": TRAINING_KINDS,
        "report_stages": REPORT_STAGES,
        "baht": show_baht,
        "hours_of": show_hours,
        "today": bangkok_today(),
    }


def _training_page(training_id: int, cancel_form: CancelForm) -> ResponseReturnValue:
    person = current_person()
    training = get_visible(Training, training_id, joinedload(Training.goal), joinedload(Training.entered_by))
    rows = session.scalars(
        select(Participation)
        .join(Participation.person)
        .where(Participation.training_id == training.id)
        .order_by(Participation.withdrawn_at.is_not(None), Person.sort_key, Person.id)
        .options(
            contains_eager(Participation.person),
            joinedload(Participation.unit),
            joinedload(Participation.entered_by),
            joinedload(Participation.recorded_by),
            selectinload(Participation.duties),
        )
    ).all()
    seen = Participation.visible_to(person).where(Participation.training_id == training.id)
    followed = After.visible_to(person).where(Participation.training_id == training.id)
    mine = next((row for row in rows if row.person_id == person.id), None)
    page = render_template(
        "training/show_training.html",
        training=training,
        rows=rows,
        open_to_me=set(session.scalars(seen.with_only_columns(Participation.id))),
        after_open=set(session.scalars(followed.with_only_columns(Participation.id))),
        mine=Attended(mine, tuple(reports_of([mine.id]).get(mine.id, ()))) if mine else None,
        report_way=report_way,
        is_over=training.return_date <= bangkok_today(),
        costs=[(gettext(COSTS[heading]), getattr(training, heading)) for heading in COST_HEADINGS],
        step=STEPS[training.step],
        cancel_form=cancel_form,
        may_see_costs=can_see_costs(person, training),
        may_edit=can_edit_training(person, training),
        may_cancel=can_cancel(person, training),
        may_join=can_join(person, training) and (mine is None or mine.withdrawn_at is not None),
        may_add=can_enter_for_others(person) and can_join(person, training),
        may_record={row.id for row in rows if row.withdrawn_at is None and can_record(person, row)},
        may_withdraw={row.id for row in rows if row.withdrawn_at is None and can_withdraw(person, row)},
        **_words(),
    )
    return page, status_of(cancel_form)


def _participation(participation_id: int, training_id: int | None = None) -> Participation:
    """The participation if its training is open to the person; NotHere for anything else."""
    if not 0 < participation_id <= LARGEST:
        raise NotHere
    query = select(Participation).where(Participation.id == participation_id)
    participation = session.scalar(query.with_for_update() if request.method == "POST" else query)
    if participation is None or training_id not in (None, participation.training_id):
        raise NotHere
    get_visible(Training, participation.training_id)
    return participation
