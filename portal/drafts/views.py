"""Drafts over the wire, for the script that saves while one types. Everybody reaches his own only."""

import re

from flask import Blueprint, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.drafts.keeping import discard, keep, kept
from portal.drafts.models import Draft
from portal.errors import BadInput, NotHere
from portal.templating import show_datetime
from portal.translating import gettext
from portal.web.views import safe_target
from portal.web.visibility import current_person

FORM_NAME = re.compile(r"[a-z0-9-]{1,80}")

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


@bp.get("/<form>")
def show(form: str) -> ResponseReturnValue:
    draft = kept(current_person(), _named(form))
    if draft is None:
        return "", 204
    return jsonify(fields=draft.fields, **_saved(draft))


@bp.post("/<form>")
def save(form: str) -> ResponseReturnValue:
    try:
        typed = request.get_json(silent=True)
    except RecursionError as error:
        raise BadInput from error
    fields = typed.get("fields") if isinstance(typed, dict) else None
    if not isinstance(fields, dict):
        raise BadInput
    draft = keep(current_person(), _named(form), fields)
    session.commit()
    return jsonify(**_saved(draft))


@bp.delete("/<form>")
def drop(form: str) -> ResponseReturnValue:
    discard(current_person(), _named(form))
    session.commit()
    return "", 204


@bp.post("/<form>/discard")
def throw_away(form: str) -> ResponseReturnValue:
    """The same for a button on a page; goes back to where it stands (`next`)."""
    discard(current_person(), _named(form))
    session.commit()
    flash(gettext("What you had not sent is thrown away."))
    return redirect(safe_target(request.form.get("next")) or "/")


def _saved(draft: Draft) -> dict[str, str]:
    return {"saved_at": draft.saved_at.isoformat(), "saved": show_datetime(draft.saved_at)}


def _named(form: str) -> str:
    """The name of a form as our templates write it; NotHere for any other."""
    if FORM_NAME.fullmatch(form) is None:
        raise NotHere
    return form
