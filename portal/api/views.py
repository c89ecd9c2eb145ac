"""The portal for programs: JSON under /api/v1, with a personal token, or without one for what is public."""

import re
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from portal.api.description import describe
from portal.errors import BadInput
from portal.people.signing_in import public
from portal.search.answers import as_data
from portal.search.query import SearchQuery
from portal.search.searching import search as search_portal
from portal.thai.dates import UnreadableDate, read_date
from portal.training.counting import calendar_of
from portal.training.rules import report_days
from portal.translating import N_
from portal.web.visibility import current_person

bp = Blueprint("api", __name__, url_prefix="/api/v1")

_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@bp.get("/search")
@public
def search() -> ResponseReturnValue:
    """What the token's owner finds; without a token what is public. A wrong token is 401, never a public answer."""
    return jsonify(as_data(search_portal(SearchQuery.from_args(request.args), current_person())))


class NoDayOfReturn(BadInput):
    message = N_("Say the day of return as returned=YYYY-MM-DD, for example 2026-03-27 or 2569-03-27.")


@bp.get("/training/due")
@public
def training_due() -> ResponseReturnValue:
    """By when the report on a training is due after that return, strictly and leniently, and by when to remind of it."""
    returned = _day_of_return(request.args.getlist("returned"))
    days = report_days(g.organisation.id)
    dates = calendar_of(g.organisation.id, [returned, returned + timedelta(days=days)]).count(returned, days)
    return jsonify({name: day.isoformat() for name, day in asdict(dates).items()})


def _day_of_return(typed: list[str]) -> date:
    """The one day that was given, of the Common or the Buddhist era as its year tells."""
    if len(typed) != 1 or not _ISO_DAY.fullmatch(typed[0]):
        raise NoDayOfReturn
    try:
        return read_date(typed[0])
    except UnreadableDate:
        raise NoDayOfReturn from None


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    return jsonify(describe())
