"""Drafts over the wire, for the script that saves while one types. Everybody reaches his own only."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.drafts.keeping import discard, keep, kept
from portal.drafts.models import Draft
from portal.errors import BadInput
from portal.templating import show_datetime
from portal.web.visibility import current_person

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


@bp.get("/<form>")
def show(form: str) -> ResponseReturnValue:
    draft = kept(current_person(), form[:80])
    if draft is None:
        return "", 204
    return jsonify(fields=draft.fields, **_saved(draft))


@bp.post("/<form>")
def save(form: str) -> ResponseReturnValue:
    typed = request.get_json(silent=True)
    fields = typed.get("fields") if isinstance(typed, dict) else None
    if not isinstance(fields, dict) or len(form) > 80:
        raise BadInput
    draft = keep(current_person(), form, fields)
    session.commit()
    return jsonify(**_saved(draft))


@bp.delete("/<form>")
def drop(form: str) -> ResponseReturnValue:
    discard(current_person(), form[:80])
    session.commit()
    return "", 204


def _saved(draft: Draft) -> dict[str, str]:
    return {"saved_at": draft.saved_at.isoformat(), "saved": show_datetime(draft.saved_at)}
