"""The portal for programs: JSON under /api/v1, with a personal token, or without one for what is public."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.api.description import describe
from portal.people.signing_in import public
from portal.search.answers import as_data
from portal.search.query import SearchQuery
from portal.search.searching import search as search_portal
from portal.web.visibility import current_person

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/search")
@public
def search() -> ResponseReturnValue:
    """What the token's owner finds; without a token what is public. A wrong token is 401, never a public answer."""
    return jsonify(as_data(search_portal(SearchQuery.from_args(request.args), current_person())))


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    return jsonify(describe())
