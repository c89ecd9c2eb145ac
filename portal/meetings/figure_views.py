"""How much was met in a fiscal year: for executives, and for the indicators of the plan."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from portal.documents.sending import send_sheets
from portal.documents.sheets import Sheet
from portal.meetings.counting import Met, figures_of
from portal.meetings.listing import years_with_events
from portal.meetings.naming import EVENT_KINDS
from portal.meetings.views import bp
from portal.people.models import Unit
from portal.people.organisation_tree import units_to_offer
from portal.people.remembered import remembered_units
from portal.plan.running import this_fiscal_year
from portal.templating import in_language
from portal.translating import N_, gettext
from portal.web.numbers import whole_number
from portal.web.visibility import current_person

HEADERS = (N_("Meetings held"), N_("Colleagues who were there"), N_("Guests"), N_("Attendances"))


@bp.get("/figures")
def show_figures() -> ResponseReturnValue:
    unit, year = _wanted()
    person = current_person()
    figures = figures_of(person, year, unit)
    return render_template(
        "meetings/show_figures.html",
        figures=figures,
        headers=HEADERS,
        kinds=EVENT_KINDS,
        unit_names=_unit_names(figures.units),
        unit=unit,
        units=units_to_offer(g.organisation),
        year=year,
        years=sorted({*years_with_events(person), this_fiscal_year(), year}, reverse=True),
    )


@bp.get("/figures.xlsx")
def download_figures() -> ResponseReturnValue:
    """The figures as shown, to take home."""
    unit, year = _wanted()
    figures = figures_of(current_person(), year, unit)
    names = _unit_names(figures.units)
    headers = [gettext(header) for header in HEADERS]
    kinds = [(gettext(EVENT_KINDS[kind]), *_row(met)) for kind, met in figures.kinds.items()]
    kinds.append((gettext("All together"), *_row(figures.whole)))
    units = [(names[unit_id], *_row(met)) for unit_id, met in figures.units.items()]
    return send_sheets(
        gettext("Figures of meetings"),
        [
            Sheet(gettext("By kind"), [gettext("Kind"), *headers], kinds),
            Sheet(gettext("By unit"), [gettext("Unit"), *headers], units),
        ],
    )


def _wanted() -> tuple[Unit | None, int]:
    units = {unit.id: unit for unit in units_to_offer(g.organisation)}
    return units.get(whole_number(request.args.get("unit")) or 0), (
        whole_number(request.args.get("year"), 2400, 2700) or this_fiscal_year()
    )


def _row(met: Met) -> tuple[int, int, int, int]:
    return met.events, met.people, met.guests, met.times


def _unit_names(units: dict[int | None, Met]) -> dict[int | None, str]:
    known = remembered_units()
    return {
        unit_id: in_language(known[unit_id], "name") if unit_id else gettext("Without a unit")
        for unit_id in units
    }
