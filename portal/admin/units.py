"""Units: the tree, adding, editing, moving, closing."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from portal.admin.answering import found, refusals_in
from portal.admin.blueprint import bp
from portal.admin.choices import offer_names, offer_units
from portal.admin.forms import MoveUnitForm, UnitForm
from portal.db import session
from portal.documents.sending import send_table
from portal.people.last_writers import last_writer
from portal.people.models import Position, Unit, UnitKind
from portal.people.naming import UNIT_KINDS
from portal.people.organisation_tree import units_beside, units_to_offer
from portal.people.organising import close_unit, create_unit, edit_unit, move_unit, reopen_unit
from portal.people.superiors import NOBODY, Establishment, incumbents_on
from portal.templating import in_language
from portal.thai.dates import bangkok_today
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person


@bp.get("/units")
def list_units() -> ResponseReturnValue:
    establishment = Establishment.of(g.organisation.id)
    heads = {
        unit_id: establishment.positions[head]
        for unit_id in establishment.parents
        if (head := establishment.head_of(unit_id)) is not None
    }
    closed = session.scalars(
        select(Unit)
        .where(Unit.organisation_id == g.organisation.id, Unit.closed_on.is_not(None))
        .order_by(Unit.sort_key)
    ).all()
    return render_template(
        "admin/list_units.html",
        units=units_to_offer(g.organisation),
        closed=closed,
        heads=heads,
        incumbents=incumbents_on((head.id for head in heads.values()), bangkok_today()),
        nobody=NOBODY,
        posts=_count_posts(),
        kinds=UNIT_KINDS,
    )


def _count_posts() -> dict[int, int]:
    counted = session.execute(
        select(Position.unit_id, func.count())
        .where(Position.organisation_id == g.organisation.id, Position.abolished_on.is_(None))
        .group_by(Position.unit_id)
    )
    return {row[0]: row[1] for row in counted}


@bp.get("/units.xlsx")
def download_units() -> ResponseReturnValue:
    units = units_to_offer(g.organisation)
    names = {unit.id: unit.name for unit in units}
    header = (
        N_("Code"),
        N_("Name"),
        N_("Name in English"),
        N_("Short name"),
        N_("Kind"),
        N_("Stands below"),
        N_("Number of posts"),
    )
    posts = _count_posts()
    return send_table(
        N_("Units"),
        header,
        (
            (
                unit.code,
                unit.name,
                unit.name_en,
                unit.short_name,
                gettext(UNIT_KINDS[unit.kind]),
                names.get(unit.parent_id or 0, ""),
                posts.get(unit.id, 0),
            )
            for unit in units
        ),
    )


@bp.route("/units/new", methods=["GET", "POST"])
def add_unit() -> ResponseReturnValue:
    form = UnitForm(
        parent=str(whole_number(request.args.get("parent")) or g.organisation.id), kind="division"
    )
    _offer(form)
    del form.place  # behind the others, till somebody decides
    if form.validate_on_submit():
        with refusals_in(form):
            unit = create_unit(
                found(Unit, form.parent.data),
                by=current_person(),
                **form.written(),
            )
            session.commit()
            flash(gettext("“%(name)s” was added.", name=unit.name), "success")
            return redirect(url_for("admin.list_units", _anchor=f"unit-{unit.id}"))
    return render_template("admin/edit_unit.html", form=form, unit=None), status_of(form)


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
def show_unit(unit_id: int) -> ResponseReturnValue:
    unit = found(Unit, unit_id, locked=request.method == "POST")
    form = _form_of(unit)
    if form.validate_on_submit():
        with refusals_in(form):
            edit_unit(
                unit,
                by=current_person(),
                place=form.place.data if form.place else None,
                **form.written(),
            )
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("admin.list_units", _anchor=f"unit-{unit.id}"))
    return _unit_page(unit, form=form)


@bp.post("/units/<int:unit_id>/move")
def move(unit_id: int) -> ResponseReturnValue:
    unit = found(Unit, unit_id)
    form = MoveUnitForm()
    # Also what can't be is offered here, so that a stale page gets the rule's own sentence.
    offer_units(form.parent)
    if form.validate_on_submit():
        with refusals_in(form):
            parent = found(Unit, form.parent.data)
            move_unit(unit, parent, by=current_person())
            session.commit()
            flash(
                gettext("“%(name)s” now stands below “%(parent)s”.", name=unit.name, parent=parent.name),
                "success",
            )
            return redirect(url_for("admin.list_units", _anchor=f"unit-{unit.id}"))
    return _unit_page(unit, move_form=form)


@bp.post("/units/<int:unit_id>/close")
def close(unit_id: int) -> ResponseReturnValue:
    unit = found(Unit, unit_id)
    form = MoveUnitForm(formdata=None)
    with refusals_in(form):
        close_unit(unit, by=current_person())
        session.commit()
        flash(gettext("“%(name)s” is closed.", name=unit.name), "success")
        return redirect(url_for("admin.list_units"))
    return _unit_page(unit, move_form=form)


@bp.post("/units/<int:unit_id>/reopen")
def reopen(unit_id: int) -> ResponseReturnValue:
    unit = found(Unit, unit_id)
    form = MoveUnitForm(formdata=None)
    with refusals_in(form):
        reopen_unit(unit, by=current_person())
        session.commit()
        flash(gettext("“%(name)s” is open again.", name=unit.name), "success")
        return redirect(url_for("admin.list_units", _anchor=f"unit-{unit.id}"))
    return _unit_page(unit, move_form=form)


def _unit_page(
    unit: Unit, form: UnitForm | None = None, move_form: MoveUnitForm | None = None
) -> ResponseReturnValue:
    status = max(status_of(one) for one in (form, move_form) if one)
    if form is None:
        form = _form_of(unit, formdata=None)
    if move_form is None or not move_form.parent.choices:
        errors = move_form.form_errors if move_form else []
        move_form = MoveUnitForm(formdata=None, parent=str(unit.parent_id or ""))
        move_form.form_errors = errors
        offer_units(move_form.parent, but_below=unit)
    parent = unit.parent
    page = render_template(
        "admin/edit_unit.html",
        form=form,
        move_form=move_form,
        unit=unit,
        parent_name=in_language(parent, "name") if parent else "",
    )
    return page, status


def _form_of(unit: Unit, **more: Any) -> UnitForm:
    stored = {
        "name": unit.name,
        "name_en": unit.name_en,
        "short_name": unit.short_name,
        "code": unit.code,
        "kind": str(unit.kind),
        "place": None if unit.is_organisation or unit.closed_on else units_beside(unit).index(unit) + 1,
    }
    form = UnitForm.opened(stored, saved_by=lambda: last_writer(unit, "unit.edit"), **more)
    _offer(form)
    del form.parent
    if stored["place"] is None:
        del form.place
    return form


def _offer(form: UnitForm) -> None:
    offer_names(form.kind, {kind: name for kind, name in UNIT_KINDS.items() if kind != UnitKind.ORGANISATION})
    offer_units(form.parent)
