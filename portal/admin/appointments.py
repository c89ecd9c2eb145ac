"""What somebody holds: postings, acting appointments and roles, from the person's page."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.admin.answering import found, refusals_in
from portal.admin.blueprint import bp
from portal.admin.forms import ActingDatesForm, DatesForm
from portal.admin.person_page import acting_form, person_page, posting_form, role_form
from portal.db import session
from portal.errors import NotHere, PortalError
from portal.people.appointing import (
    appoint,
    change_acting,
    change_posting,
    end_role,
    grant_role,
    let_act,
    remove_acting,
    remove_posting,
)
from portal.people.models import ActingAppointment, Person, Position, Posting, RoleGrant, RoleName
from portal.people.naming import ROLES
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.visibility import current_person, get_visible

HeldRow = Posting | ActingAppointment
DatedRow = TypeVar("DatedRow", Posting, ActingAppointment, RoleGrant)


def _found(kind: type[DatedRow], row_id: int) -> DatedRow:
    row = session.get(kind, row_id) if 0 < row_id < 2**31 else None
    if row is None or row.person.organisation_id != g.organisation.id:
        raise NotHere
    return row


@bp.post("/people/<int:person_id>/postings")
def add_posting(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    form = posting_form()
    if form.validate_on_submit():
        with refusals_in(form):
            position = found(Position, form.position.data)
            appoint(person, position, by=current_person(), **form.written())
            session.commit()
            flash(
                gettext("%(person)s holds “%(position)s”.", person=person.name, position=position.title),
                "success",
            )
            return redirect(url_for("admin.show_person", person_id=person.id))
    return person_page(person, posting=form)


@bp.route("/postings/<int:posting_id>", methods=["GET", "POST"])
def show_posting(posting_id: int) -> ResponseReturnValue:
    posting = _found(Posting, posting_id)
    return _edit_dates(
        posting,
        DatesForm(obj=posting),
        change_posting,
        title=gettext("Holds “%(position)s”", position=posting.position.title),
        remove_url=url_for("admin.remove_this_posting", posting_id=posting.id),
    )


@bp.post("/postings/<int:posting_id>/remove")
def remove_this_posting(posting_id: int) -> ResponseReturnValue:
    return _remove(_found(Posting, posting_id), remove_posting)


@bp.post("/people/<int:person_id>/acting")
def add_acting(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    form = acting_form()
    if form.validate_on_submit():
        with refusals_in(form):
            position = found(Position, form.position.data)
            let_act(person, position, by=current_person(), **form.written())
            session.commit()
            flash(
                gettext("%(person)s acts in “%(position)s”.", person=person.name, position=position.title),
                "success",
            )
            return redirect(url_for("admin.show_person", person_id=person.id))
    return person_page(person, acting=form)


@bp.route("/acting/<int:appointment_id>", methods=["GET", "POST"])
def show_acting(appointment_id: int) -> ResponseReturnValue:
    appointment = _found(ActingAppointment, appointment_id)
    return _edit_dates(
        appointment,
        ActingDatesForm(obj=appointment),
        change_acting,
        title=gettext("Acts in “%(position)s”", position=appointment.position.title),
        remove_url=url_for("admin.remove_this_acting", appointment_id=appointment.id),
    )


@bp.post("/acting/<int:appointment_id>/remove")
def remove_this_acting(appointment_id: int) -> ResponseReturnValue:
    return _remove(_found(ActingAppointment, appointment_id), remove_acting)


@bp.post("/people/<int:person_id>/roles")
def add_role(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    form = role_form()
    if form.validate_on_submit():
        with refusals_in(form):
            role = RoleName(form.role.data)
            grant_role(person, role, by=current_person(), **form.written())
            session.commit()
            flash(
                gettext("%(person)s has the role “%(role)s”.", person=person.name, role=gettext(ROLES[role])),
                "success",
            )
            return redirect(url_for("admin.show_person", person_id=person.id))
    return person_page(person, role=form)


@bp.post("/roles/<int:grant_id>/end")
def take_role_away(grant_id: int) -> ResponseReturnValue:
    grant = _found(RoleGrant, grant_id)
    person = grant.person
    try:
        end_role(grant, by=current_person())
    except PortalError as error:
        session.rollback()
        return person_page(person, refusals=[gettext(error.message, **error.values)])
    session.commit()
    flash(gettext("The role was taken away."), "success")
    # Whoever gave up his own admin role is no longer let in here.
    if person.id == current_person().id and grant.role == RoleName.ADMIN:
        return redirect(url_for("home.first_page"))
    return redirect(url_for("admin.show_person", person_id=person.id))


def _edit_dates(
    row: HeldRow, form: DatesForm, change: Callable[..., None], *, title: str, remove_url: str
) -> ResponseReturnValue:
    """From when to when he holds it, shown and changed."""
    if form.validate_on_submit():
        with refusals_in(form):
            change(row, by=current_person(), **form.written())
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("admin.show_person", person_id=row.person_id))
    page = render_template("admin/edit_dates.html", form=form, row=row, title=title, remove_url=remove_url)
    return page, status_of(form)


def _remove(row: HeldRow, remove: Callable[..., None]) -> ResponseReturnValue:
    person_id = row.person_id
    remove(row, by=current_person())
    session.commit()
    flash(gettext("Removed."), "success")
    return redirect(url_for("admin.show_person", person_id=person_id))
