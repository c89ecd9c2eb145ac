"""How one wants to be told, and the address of one's calendar; on one's own page."""

from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.communities.listing import communities_of
from portal.db import session
from portal.notices.models import Way
from portal.notices.preferring import choose_way, make_calendar, make_feeds, remove_calendar, remove_feeds
from portal.profiles.forms import NoticeForm
from portal.profiles.views import bp, show_my_page
from portal.templating import in_language
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
    return show_my_page(new_calendar=_whole("notices.show_calendar", secret=secret))


@bp.post("/me/calendar/remove")
def remove_own_calendar() -> ResponseReturnValue:
    remove_calendar(current_person())
    session.commit()
    flash(gettext("The address is removed. A calendar that still asks there gets nothing."), "success")
    return redirect(url_for("profiles.my_page", _anchor="calendar"))


@bp.post("/me/feeds")
def make_own_feeds() -> ResponseReturnValue:
    """The page shows the addresses this once, one of each community the person reads."""
    person = current_person()
    secret = make_feeds(person)
    session.commit()
    return show_my_page(
        new_feeds=[
            (
                in_language(one.community.group, "name"),
                _whole("hearing.show_feed", secret=secret, community_id=one.community.id),
            )
            for one in communities_of(person, mine=True)
        ]
    )


@bp.post("/me/feeds/remove")
def remove_own_feeds() -> ResponseReturnValue:
    remove_feeds(current_person())
    session.commit()
    flash(gettext("The addresses are removed. A feed reader that still asks there gets nothing."), "success")
    return redirect(url_for("profiles.my_page", _anchor="feeds"))


def _whole(endpoint: str, **values: Any) -> str:
    """An address as another program needs it."""
    base = current_app.config["SETTINGS"].base_url
    path = url_for(endpoint, **values)
    return f"{base}{path}" if base else url_for(endpoint, **values, _external=True)
