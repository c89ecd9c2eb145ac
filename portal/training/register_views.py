"""The register, the figures and a person's development record, as pages and to take home."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.documents.sending import send_sheets
from portal.errors import NotHere
from portal.people.listing import places_of
from portal.people.models import Person
from portal.people.organisation_tree import units_to_offer
from portal.people.remembered import remembered_people
from portal.plan.running import this_fiscal_year
from portal.templating import year
from portal.thai.dates import bangkok_today
from portal.training.blueprint import bp
from portal.training.development import attended_in_year, development_of
from portal.training.figures import (
    TARGET_PERSONS,
    TARGET_SHARE,
    Figures,
    FiguresFilter,
    figures_of,
    months_begun,
    sees_figures,
    units_in_figures,
)
from portal.training.naming import COSTS, TRAINING_KINDS
from portal.training.oversight import oversees
from portal.training.permissions import can_see_development
from portal.training.register import RegisterFilter, find, find_all, levels_waited_at, years_in_register
from portal.training.register_sheets import (
    development_sheet,
    figures_sheets,
    money,
    name_of_month,
    name_of_row,
    register_sheet,
)
from portal.training.register_states import (
    OUTCOMES,
    STATE_LOOKS,
    STATE_NAMES,
    LineState,
)
from portal.translating import gettext
from portal.web.visibility import current_person, get_visible, require


@bp.context_processor
def _names() -> dict[str, object]:
    return {
        "state_names": STATE_NAMES,
        "state_looks": STATE_LOOKS,
        "training_kinds": TRAINING_KINDS,
        "today": bangkok_today(),
    }


@bp.get("/register")
def show_register() -> ResponseReturnValue:
    wanted = RegisterFilter.from_args(request.args)
    me = current_person()
    whose = remembered_people([wanted.person_id]).get(wanted.person_id) if wanted.person_id else None
    return render_template(
        "training/register.html",
        wanted=wanted,
        found=find(wanted, me),
        levels=levels_waited_at(wanted, me) if wanted.state == LineState.WAITING else [],
        years=sorted({*years_in_register(me), wanted.fiscal_year} - {None}, reverse=True),
        units=units_to_offer(g.organisation),
        outcomes=OUTCOMES,
        whose=whose if whose and whose.organisation_id == me.organisation_id else None,
        name_of_month=name_of_month,
        sees_figures=sees_figures(me),
    )


@bp.get("/register.xlsx")
def download_register() -> ResponseReturnValue:
    """The register as filtered, all its pages."""
    sheet = register_sheet(find_all(RegisterFilter.from_args(request.args), current_person()))
    return send_sheets(sheet.title, [sheet])


@bp.get("/figures")
def show_figures() -> ResponseReturnValue:
    """Of the organisation or the units one leads; everybody else is shown his own record."""
    me = current_person()
    if not sees_figures(me):
        return redirect(url_for("training.show_development", person_id=me.id))
    figures = _figures(me)
    return render_template(
        "training/figures.html",
        figures=figures,
        wanted=figures.wanted,
        units=units_in_figures(me, units_to_offer(g.organisation)),
        years=sorted({*years_in_register(me), figures.wanted.fiscal_year, this_fiscal_year()}, reverse=True),
        of_records=request.args.get("of") == "records",
        oversees=oversees(me),
        cost_names=COSTS,
        target_persons=TARGET_PERSONS,
        target_share=TARGET_SHARE,
        money=money,
        months_begun=months_begun(figures.wanted.fiscal_year),
        name_of_month=name_of_month,
        name_of_row=name_of_row,
    )


@bp.get("/figures.xlsx")
def download_figures() -> ResponseReturnValue:
    me = current_person()
    require(sees_figures(me))
    figures = _figures(me)
    overdue = RegisterFilter.from_args(
        {name: str(value) for name, value in figures.wanted.as_args().items()} | {"state": LineState.OVERDUE}
    )
    title = gettext("Figures of trainings, fiscal year %(year)s", year=year(figures.wanted.fiscal_year))
    return send_sheets(title, figures_sheets(figures, find_all(overdue, me)))


def _figures(me: Person) -> Figures:
    """As asked for in the address. Where no unit is named that he may see: of all of them, or of his only one."""
    wanted = FiguresFilter.from_args(request.args)
    offered = {unit.id: unit for unit in units_in_figures(me, units_to_offer(g.organisation))}
    if wanted.unit_id not in offered:
        highest = [unit.id for unit in offered.values() if unit.parent_id not in offered]
        wanted = FiguresFilter(wanted.fiscal_year, highest[0] if len(highest) == 1 else None)
    return figures_of(wanted, me)


@bp.get("/people/<int:person_id>")
def show_development(person_id: int) -> ResponseReturnValue:
    me = current_person()
    person = _whose_record(person_id)
    return render_template(
        "training/development.html",
        person=person,
        places=places_of([person.id]).get(person.id, []),
        record=development_of(person, me),
        sees_all=person.id == me.id or oversees(me),
    )


@bp.get("/people/<int:person_id>.xlsx")
def download_development(person_id: int) -> ResponseReturnValue:
    person = _whose_record(person_id)
    title = gettext("Development record of %(name)s", name=person.name)
    return send_sheets(title, [development_sheet(person, development_of(person, current_person()))])


def _whose_record(person_id: int) -> Person:
    person: Person = get_visible(Person, person_id)
    if not can_see_development(current_person(), person):
        raise NotHere
    return person


def development_section(person: Person) -> str:
    """For a profile and one's own page: how much it was this year, and the way to the record."""
    me = current_person()
    if not can_see_development(me, person):
        return ""
    fiscal_year = this_fiscal_year()
    times, hours = attended_in_year(person, fiscal_year, me)
    return render_template(
        "training/development_section.html", person=person, fiscal_year=fiscal_year, times=times, hours=hours
    )
