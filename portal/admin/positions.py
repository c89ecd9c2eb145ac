"""Positions: who holds and acts in each today, the superior that follows, vacant ones marked."""

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.admin.answering import found, refusals_in
from portal.admin.blueprint import bp
from portal.admin.choices import offer_names, offer_people, offer_positions, offer_units
from portal.admin.forms import HolderForm, PositionForm
from portal.db import session
from portal.documents.sending import send_table
from portal.people.appointing import appoint
from portal.people.last_writers import last_writer
from portal.people.models import ActingAppointment, Person, Position, Posting, Rank, Unit
from portal.people.naming import RANKS
from portal.people.organisation_tree import units_to_offer
from portal.people.organising import abolish_position, create_position, edit_position, reopen_position
from portal.people.superiors import (
    ABOVE_UNITS,
    NOBODY,
    ChainLoops,
    Establishment,
    Incumbents,
    chain_above,
    incumbents_on,
    superior_of,
)
from portal.thai.dates import bangkok_today
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible

_HIGHEST_FIRST = {rank: place for place, rank in enumerate(Rank)}


@dataclass(frozen=True)
class PositionFilter:
    """What the list is narrowed to; what makes no sense in the query string is left out."""

    unit_id: int | None = None
    only: str = ""  # vacant or abolished

    @classmethod
    def from_request(cls) -> "PositionFilter":
        only = request.args.get("only", "")
        return cls(whole_number(request.args.get("unit")), only if only in ("vacant", "abolished") else "")

    def as_args(self) -> dict[str, object]:
        return {name: value for name, value in (("unit", self.unit_id), ("only", self.only)) if value}


@dataclass(frozen=True)
class Line:
    position: Position
    incumbents: Incumbents
    superior: Position | None
    superior_is_own: bool


def _lines(wanted: PositionFilter) -> list[Line]:
    query = (
        select(Position)
        .join(Unit, Unit.id == Position.unit_id)
        .where(Position.organisation_id == g.organisation.id)
        .options(joinedload(Position.unit))
    )
    abolished = wanted.only == "abolished"
    query = query.where(Position.abolished_on.is_not(None) if abolished else Position.abolished_on.is_(None))
    if wanted.unit_id:
        path = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        query = query.where(Unit.path.startswith(path))
    positions = list(session.scalars(query))
    order = {unit.id: place for place, unit in enumerate(units_to_offer(g.organisation))}
    positions.sort(
        key=lambda position: (
            order.get(position.unit_id, len(order)),
            _HIGHEST_FIRST[position.rank],
            # Deputies in the order they were made: the first before the second, whatever the dictionary says.
            "" if position.rank in ABOVE_UNITS else position.sort_key,
            position.id,
        )
    )
    establishment = Establishment.of(g.organisation.id)
    incumbents = incumbents_on((position.id for position in positions), bangkok_today())
    lines = [
        Line(
            position,
            incumbents.get(position.id, NOBODY),
            superior_of(position, establishment),
            not abolished and position.superior_id not in (None, establishment.superior_by_tree(position.id)),
        )
        for position in positions
    ]
    return [line for line in lines if line.incumbents.holder is None] if wanted.only == "vacant" else lines


@bp.get("/positions")
def list_positions() -> ResponseReturnValue:
    wanted = PositionFilter.from_request()
    return render_template(
        "admin/list_positions.html",
        wanted=wanted,
        lines=_lines(wanted),
        units=units_to_offer(g.organisation),
        ranks=RANKS,
    )


@bp.get("/positions.xlsx")
def download_positions() -> ResponseReturnValue:
    header = (
        N_("Unit"),
        N_("Position"),
        N_("Position number"),
        N_("Place in the chain of command"),
        N_("Holder"),
        N_("Acting"),
        N_("Superior"),
    )
    return send_table(
        N_("Positions"),
        header,
        (
            (
                line.position.unit.name,
                line.position.title,
                line.position.number,
                gettext(RANKS[line.position.rank]),
                line.incumbents.holder.name if line.incumbents.holder else gettext("vacant"),
                line.incumbents.acting.name if line.incumbents.acting else "",
                line.superior.title if line.superior else "",
            )
            for line in _lines(PositionFilter.from_request())
        ),
    )


@bp.route("/positions/new", methods=["GET", "POST"])
def add_position() -> ResponseReturnValue:
    form = PositionForm(
        unit=str(whole_number(request.args.get("unit")) or g.organisation.id), rank=str(Rank.STAFF)
    )
    _offer(form)
    if form.validate_on_submit():
        with refusals_in(form):
            position = create_position(
                found(Unit, form.unit.data),
                by=current_person(),
                **form.written(),
                superior=_superior(form),
            )
            session.commit()
            flash(gettext("“%(name)s” was added.", name=position.title), "success")
            return redirect(url_for("admin.show_position", position_id=position.id))
    return render_template("admin/edit_position.html", form=form, position=None), status_of(form)


@bp.route("/positions/<int:position_id>", methods=["GET", "POST"])
def show_position(position_id: int) -> ResponseReturnValue:
    position = found(Position, position_id, locked=request.method == "POST")
    form = _form_of(position)
    if form.validate_on_submit():
        with refusals_in(form):
            edit_position(
                position,
                by=current_person(),
                unit=found(Unit, form.unit.data),
                **form.written(),
                superior=_superior(form),
            )
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("admin.show_position", position_id=position.id))
    return _position_page(position, form=form)


@bp.post("/positions/<int:position_id>/holder")
def appoint_holder(position_id: int) -> ResponseReturnValue:
    position = found(Position, position_id)
    form = HolderForm(prefix="holder")
    offer_people(form.person)
    if form.validate_on_submit():
        with refusals_in(form):
            person = get_visible(Person, form.person.data)
            appoint(person, position, by=current_person(), **form.written())
            session.commit()
            flash(
                gettext("%(person)s holds “%(position)s”.", person=person.name, position=position.title),
                "success",
            )
            return redirect(url_for("admin.show_position", position_id=position.id))
    return _position_page(position, holder_form=form)


@bp.post("/positions/<int:position_id>/abolish")
def abolish(position_id: int) -> ResponseReturnValue:
    position = found(Position, position_id)
    form = _form_of(position, typed=False)
    with refusals_in(form):
        abolish_position(position, by=current_person())
        session.commit()
        flash(gettext("“%(name)s” is abolished.", name=position.title), "success")
        return redirect(url_for("admin.list_positions", unit=position.unit_id))
    return _position_page(position, form=form)


@bp.post("/positions/<int:position_id>/reopen")
def reopen_post(position_id: int) -> ResponseReturnValue:
    position = found(Position, position_id)
    form = _form_of(position, typed=False)
    with refusals_in(form):
        reopen_position(position, by=current_person())
        session.commit()
        flash(gettext("“%(name)s” is open again.", name=position.title), "success")
        return redirect(url_for("admin.show_position", position_id=position.id))
    return _position_page(position, form=form)


def _position_page(
    position: Position, form: PositionForm | None = None, holder_form: HolderForm | None = None
) -> ResponseReturnValue:
    status = max(status_of(one) for one in (form, holder_form) if one)
    if form is None:
        form = _form_of(position, typed=False)
    if holder_form is None:
        holder_form = HolderForm(formdata=None, prefix="holder", from_date=bangkok_today())
        offer_people(holder_form.person)
    try:
        chain = chain_above(position)
    except ChainLoops:  # only rows written past the rules can do this; the page must open to mend it
        chain = []
    postings = session.scalars(
        select(Posting)
        .where(Posting.position_id == position.id)
        .options(joinedload(Posting.person))
        .order_by(Posting.from_date.desc())
    ).all()
    acting = session.scalars(
        select(ActingAppointment)
        .where(ActingAppointment.position_id == position.id)
        .options(joinedload(ActingAppointment.person))
        .order_by(ActingAppointment.from_date.desc())
    ).all()
    page = render_template(
        "admin/edit_position.html",
        form=form,
        holder_form=holder_form,
        position=position,
        chain=chain,
        incumbents=incumbents_on([position.id, *(above.id for above in chain)], bangkok_today()),
        nobody=NOBODY,
        postings=postings,
        acting=acting,
        today=bangkok_today(),
    )
    return page, status


def _form_of(position: Position, *, typed: bool = True) -> PositionForm:
    stored = {
        "title": position.title,
        "title_en": position.title_en,
        "number": position.number,
        "unit": str(position.unit_id),
        "rank": str(position.rank),
        "superior": str(position.superior_id or ""),
    }
    form = PositionForm.opened(
        stored,
        saved_by=lambda: last_writer(position, "position.edit"),
        **({} if typed else {"formdata": None}),
    )
    _offer(form, but=position)
    return form


def _offer(form: PositionForm, but: Position | None = None) -> None:
    offer_units(form.unit)
    offer_names(form.rank, RANKS)
    offer_positions(form.superior, blank=gettext("From the tree"), but=but)


def _superior(form: PositionForm) -> Position | None:
    return found(Position, form.superior.data) if form.superior.data else None
