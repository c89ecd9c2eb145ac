"""What is searched for and not found, for those who can do something about it."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.documents.sending import send_table
from portal.search.insight import KEPT_DAYS, LEAST_PEOPLE, PERIODS, Of, asked_words, totals
from portal.search.opened import ShownResults
from portal.search.permissions import can_see_insight
from portal.search.views import bp
from portal.translating import N_
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, require

OF_WHAT = {
    Of.MOST: N_("Looked for most"),
    Of.NOT_FOUND: N_("Looked for and not found"),
    Of.NOT_OPENED: N_("Found and not opened"),
}
MOST_TAKEN_HOME = 5_000


@bp.get("/search/insight")
def show_insight() -> ResponseReturnValue:
    require(can_see_insight(current_person()))
    days, of = _wanted()
    return render_template(
        "search/insight.html",
        days=days,
        of=of,
        periods=PERIODS,
        of_what=OF_WHAT,
        lines=asked_words(days, of),
        totals=totals(days),
        least_people=LEAST_PEOPLE,
        kept_days=KEPT_DAYS,
    )


@bp.get("/search/insight.xlsx")
def download_insight() -> ResponseReturnValue:
    require(can_see_insight(current_person()))
    days, of = _wanted()
    header = (
        N_("Searched for"),
        N_("How often"),
        N_("Found nothing"),
        N_("Results opened"),
        N_("Mean place of the opened"),
    )
    rows = (
        (line.words, line.asked, line.not_found, line.clicks, line.mean_rank)
        for line in asked_words(days, of, MOST_TAKEN_HOME)
    )
    return send_table(OF_WHAT[of], header, rows)


@bp.post("/search/opened")
def note_opened() -> ResponseReturnValue:
    """A result was opened (static/js/note_opened.js): its place, and the seal of the list that this person was shown."""
    person, rank = current_person(), whole_number(request.form.get("rank"))
    shown = ShownResults.opened(request.form.get("shown", ""))
    if shown is not None and shown.person_id == person.id and rank in shown.ranks:
        current_app.extensions["asked"].note_click(person.id, shown.question, rank)
    return "", 204


def _wanted() -> tuple[int, Of]:
    days = whole_number(request.args.get("days"))
    of = request.args.get("of", "")
    return days if days in PERIODS else 30, Of(of) if of in set(Of) else Of.MOST
