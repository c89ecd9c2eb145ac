"""How one wants to be told, and the address of one's calendar; on one's own page."""

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.notices.models import Way
from portal.notices.preferring import choose_way, make_calendar, remove_calendar
from portal.profiles.forms import NoticeForm
from portal.profiles.views import bp, show_my_page
from portal.translating import gettext
from portal.web.visibility import current_person


@bp.post("/me/notices")
def choose_way_of_notices() -> ResponseReturnValue:
    form = NoticeForm()
    if not form.validate_on_submit():
        return show_my_page(notice_form=form), 422
    choose_way(current_person(), Way(form.way.data))
    session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("profiles.my_page", _anchor="notices"))


@bp.post("/me/calendar")
def make_own_calendar() -> ResponseReturnValue:
    """The page shows the address this once: only the hash of its secret is kept."""
    secret = make_calendar(current_person())
    session.commit()
    base = current_app.config["SETTINGS"].base_url
    path = url_for("notices.show_calendar", secret=secret)
    whole = f"{base}{path}" if base else url_for("notices.show_calendar", secret=secret, _external=True)
    return show_my_page(new_calendar=whole)


@bp.post("/me/calendar/remove")
def remove_own_calendar() -> ResponseReturnValue:
    remove_calendar(current_person())
    session.commit()
    flash(gettext("The address is removed. A calendar that still asks there gets nothing."), "success")
    return redirect(url_for("profiles.my_page", _anchor="calendar"))
