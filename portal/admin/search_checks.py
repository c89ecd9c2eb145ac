"""The nightly self-checks of the search: when, how long, what was tried, what came of it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.admin.blueprint import bp
from portal.db import session
from portal.search.check_models import Problem, SearchCheck
from portal.translating import N_

MOST_SHOWN = 31
PROBLEMS = {
    Problem.INTERRUPTED: N_("It was interrupted. The next one removes what it left."),
    Problem.NOT_INDEXED: N_(
        "The index did not take in the restricted items in time. See that the worker runs."
    ),
    Problem.OWNER_BLIND: N_("Not even their owner found the restricted items, so it proves nothing."),
    Problem.DOORS_SHUT: N_("Pages failed or refused to answer; the log names them."),
    Problem.FAILED: N_("It failed; the log says why."),
}
WHAT = {
    "text": N_("words of it were shown"),
    "count": N_("it was counted"),
    "existence": N_("one could tell that it is there"),
}
ASKERS = {
    "public": N_("the public"),
    "staff": N_("a member of staff"),
    "any staff": N_("any member of staff"),
}
MARKERS = {
    "person": N_("an item for one person"),
    "unit": N_("an item for a unit"),
    "group": N_("an item for a group"),
    "position": N_("an item for a position"),
    "role": N_("an item for a role"),
    "draft": N_("a draft"),
    "retired": N_("a retired item"),
    "report": N_("a report on its way"),
    "": N_("a restricted item"),
}


def newest_check() -> SearchCheck | None:
    """The last check that has ended; None when there was none."""
    return session.scalar(
        select(SearchCheck)
        .where(SearchCheck.ended_at.is_not(None))
        .order_by(SearchCheck.began_at.desc(), SearchCheck.id.desc())
        .limit(1)
    )


@bp.get("/search-checks")
def list_search_checks() -> ResponseReturnValue:
    checks = session.scalars(
        select(SearchCheck).order_by(SearchCheck.began_at.desc(), SearchCheck.id.desc()).limit(MOST_SHOWN)
    ).all()
    return render_template(
        "admin/list_search_checks.html",
        checks=checks,
        problems=PROBLEMS,
        what=WHAT,
        askers=ASKERS,
        markers=MARKERS,
    )
