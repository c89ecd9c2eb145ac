"""Saved searches: the list with what is new in each, keeping one, looking at its results, letting it go."""

from typing import Final
from urllib.parse import parse_qs

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal.db import session, transaction
from portal.errors import PortalError
from portal.search.models import SavedSearch
from portal.search.query import SearchQuery
from portal.search.saving import (
    MOST_NEW,
    MOST_OF_ONE,
    choose_notice,
    delete,
    look_at,
    new_results,
    question_of,
    save,
    saved_searches_of,
)
from portal.search.views import bp
from portal.translating import gettext
from portal.web.visibility import current_person, get_visible, require

LONGEST_ADDRESS: Final = 8_000


@bp.get("/search/saved")
def list_saved() -> ResponseReturnValue:
    me = current_person()
    require(me is not None)
    lines = [(saved, len(new_results(saved, me))) for saved in saved_searches_of(me)]
    return render_template("search/list_saved.html", lines=lines, most=MOST_OF_ONE, most_new=MOST_NEW)


@bp.post("/search/saved")
def save_search() -> ResponseReturnValue:
    me = current_person()
    require(me is not None)
    query = SearchQuery.from_args(parse_qs(request.form.get("query", "")[:LONGEST_ADDRESS]))
    if query.is_empty:
        flash(gettext("Search for something first."), "error")
        return redirect(url_for("search.results"))
    try:
        save(query, by=me, name=request.form.get("name", ""), wants_notice="notice" in request.form)
    except PortalError as error:
        session.rollback()
        flash(gettext(error.message, **error.values), "error")
        return redirect(url_for("search.list_saved"))
    session.commit()
    flash(gettext("The search is kept among your saved searches."), "success")
    return redirect(url_for("search.results", **query.as_args()))


@bp.get("/search/saved/<int:saved_id>")
def open_saved(saved_id: int) -> ResponseReturnValue:
    """Lead to the results, the newest first where there are new ones; with that they are seen."""
    saved = get_visible(SavedSearch, saved_id)
    has_new = bool(new_results(saved, current_person()))
    try:
        with transaction() as own:
            look_at(saved, current_person(), own=own)
    except SQLAlchemyError:  # a busy database must not keep anybody from searching
        current_app.logger.warning("a saved search was opened and could not be marked as seen")
    query = question_of(saved)
    return redirect(url_for("search.results", **query.as_args(sort="newest" if has_new else query.sort)))


@bp.post("/search/saved/<int:saved_id>/notice")
def change_notice(saved_id: int) -> ResponseReturnValue:
    saved = get_visible(SavedSearch, saved_id)
    choose_notice(saved, wanted="notice" in request.form)
    session.commit()
    told = (
        gettext("You are told of new results.")
        if saved.wants_notice
        else gettext("You are told of new results no more.")
    )
    flash(told, "success")
    return redirect(url_for("search.list_saved"))


@bp.post("/search/saved/<int:saved_id>/delete")
def delete_saved(saved_id: int) -> ResponseReturnValue:
    delete(get_visible(SavedSearch, saved_id))
    session.commit()
    flash(gettext("The saved search is deleted."), "success")
    return redirect(url_for("search.list_saved"))
