"""The holidays of a year: read by everybody, kept by the KM team and the admin."""

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.errors import NotHere
from portal.templating import in_language, number, show_date
from portal.templating import year as year_of_era
from portal.thai.dates import bangkok_today
from portal.thai.reading_dates import ERA
from portal.training.asking_first import ask_first, is_confirmed
from portal.training.blueprint import bp
from portal.training.calendar_keeping import (
    FIRST_YEAR,
    LAST_YEAR,
    add_holiday,
    holiday_on,
    mind_free_day,
    moved_by_adding,
    moved_by_removing,
    remove_holiday,
    rename_holiday,
)
from portal.training.clock import is_weekend
from portal.training.clock_forms import HolidayForm, NewHolidayForm
from portal.training.holidays import holidays_of_year, missing_of, years_kept
from portal.training.models import Holiday
from portal.training.permissions import can_keep_rules
from portal.training.recounting import Move
from portal.translating import gettext, ngettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, require


@bp.get("/holidays")
def list_holidays() -> ResponseReturnValue:
    require(current_person() is not None)
    typed = whole_number(request.args.get("year")) or bangkok_today().year
    year = typed - ERA if typed > LAST_YEAR else typed
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotHere
    return _page(year, NewHolidayForm())


@bp.post("/holidays")
def enter_holiday() -> ResponseReturnValue:
    require(can_keep_rules(current_person()))
    form = NewHolidayForm()
    if not form.validate_on_submit():
        return _page(form.day.data.year if form.day.data else bangkok_today().year, form)
    day: date = form.day.data
    back = url_for("training.list_holidays", year=day.year + ERA)
    with refusals_in(form):
        mind_free_day(g.organisation.id, day)
        if not is_confirmed() and (moves := moved_by_adding(g.organisation.id, day)):
            heading = gettext("%(day)s becomes a holiday", day=show_date(day, "long"))
            return ask_first(moves, heading=heading, back=back)
        moved = add_holiday(
            g.organisation,
            day,
            by=current_person(),
            name=form.name.data or "",
            name_en=form.name_en.data or "",
        )
        session.commit()
        flash(gettext("%(day)s is a holiday.", day=show_date(day, "long")) + told(moved), "success")
        return redirect(back)
    return _page(day.year if FIRST_YEAR <= day.year <= LAST_YEAR else bangkok_today().year, form)


@bp.route("/holidays/<day>/edit", methods=["GET", "POST"])
def edit_holiday(day: str) -> ResponseReturnValue:
    require(can_keep_rules(current_person()))
    holiday = _found(day)
    form = HolidayForm.opened({"name": holiday.name, "name_en": holiday.name_en})
    if form.validate_on_submit():
        rename_holiday(
            g.organisation,
            holiday.day,
            by=current_person(),
            name=form.name.data or "",
            name_en=form.name_en.data or "",
        )
        session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("training.list_holidays", year=holiday.day.year + ERA))
    return render_template("training/edit_holiday.html", form=form, day=holiday.day), status_of(form)


@bp.post("/holidays/<day>/remove")
def strike_holiday(day: str) -> ResponseReturnValue:
    require(can_keep_rules(current_person()))
    holiday = _found(day)
    back = url_for("training.list_holidays", year=holiday.day.year + ERA)
    if not is_confirmed() and (moves := moved_by_removing(g.organisation.id, holiday.day)):
        heading = gettext("%(day)s becomes a working day", day=show_date(holiday.day, "long"))
        return ask_first(moves, heading=heading, back=back)
    moved = remove_holiday(g.organisation, holiday.day, by=current_person())
    session.commit()
    flash(
        gettext("%(day)s is no holiday any more.", day=show_date(holiday.day, "long")) + told(moved),
        "success",
    )
    return redirect(back)


def told(moved: list[Move]) -> str:
    """How many due dates moved, as a further sentence."""
    if not moved:
        return " " + gettext("No due date moved.")
    return " " + ngettext(
        "%(num)s due date moved.", "%(num)s due dates moved.", len(moved), num=number(len(moved))
    )


def _found(day: str) -> Holiday:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotHere from None
    return holiday_on(g.organisation.id, wanted)


def _page(year: int, form: NewHolidayForm) -> ResponseReturnValue:
    this_year = bangkok_today().year
    years = sorted({*range(this_year - 1, this_year + 3), year})
    holidays = holidays_of_year(g.organisation.id, year)
    is_own = bool(years_kept(g.organisation.id, year, year))
    page = render_template(
        "training/list_holidays.html",
        year=year + ERA,
        years=[
            {
                "label": year_of_era(one + ERA),
                "url": url_for("training.list_holidays", year=one + ERA),
                "is_current": one == year,
            }
            for one in years
            if FIRST_YEAR <= one <= LAST_YEAR
        ],
        lines=[(holiday, in_language(holiday, "name"), is_weekend(day)) for day, holiday in holidays.items()],
        is_own=is_own,
        missing=missing_of(year, holidays) if is_own else [],
        form=form,
        can_keep=can_keep_rules(current_person()),
    )
    return page, status_of(form)
