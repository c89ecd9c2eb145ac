"""The few addresses that belong to no domain: health, language."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.db import session
from portal.templating import show_date
from portal.thai.dates import AmbiguousYear, UnreadableDate, read_date
from portal.translating import LANGUAGES, gettext

bp = Blueprint("web", __name__)


@bp.get("/healthz")
def health() -> ResponseReturnValue:
    """200 while the database answers, whatever the search index does; 503 when it does not."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return jsonify(status="no database"), 503
    search_state = current_app.extensions["search_state"]
    return jsonify(status="ok", search=search_state())


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Keep the chosen language in this browser and go back to the page the choice was made on."""
    chosen = request.values.get("language", "")
    if chosen in LANGUAGES:
        cookie["language"] = chosen
    return redirect(safe_target(request.values.get("next")) or "/")


@bp.get("/dates/understood")
def understand_date() -> ResponseReturnValue:
    """What a typed day is understood as, shown beside the field while one types."""
    try:
        day = read_date(request.args.get("text", "")[:100])
    except AmbiguousYear:
        return jsonify(ok=False, text=gettext("Which year is meant? Write all four figures of it."))
    except UnreadableDate:
        return jsonify(ok=False, text="")
    return jsonify(ok=True, text=show_date(day, "weekday"))


def safe_target(target: str | None) -> str | None:
    """An address of this site to go on to, or None for anything else (another site, a script, nonsense)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or any(ord(char) < 33 for char in target):
        return None
    return target


health.is_public = choose_language.is_public = True  # type: ignore[attr-defined]
