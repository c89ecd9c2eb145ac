"""The bell's list, and the calendar under its secret address."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal.db import session, transaction
from portal.errors import NotHere
from portal.notice_words import CALENDARS, SPEAKERS
from portal.notices.calendar import calendar_of
from portal.notices.models import Notice
from portal.notices.preferring import person_of_calendar
from portal.notices.reading import notices_of, read_all, read_one
from portal.notices.unsubscribing import person_unsubscribing, unsubscribe
from portal.notices.wording import as_read_by, worded
from portal.people.signing_in import public
from portal.templating import in_language
from portal.translating import gettext
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible

bp = Blueprint("notices", __name__)

PAGE_SIZE = 30


@bp.get("/notices")
def list_notices() -> ResponseReturnValue:
    lines = notices_of(current_person(), SPEAKERS)
    pages = max(1, -(-len(lines) // PAGE_SIZE))
    page = min(whole_number(request.args.get("page"), most=100_000) or 1, pages)
    return render_template(
        "notices/list_notices.html",
        lines=[
            {"notice": notice, "words": words, "is_read": notice.read_at is not None}
            for notice, words in lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        ],
        unread=sum(notice.read_at is None for notice, _ in lines),
        page=page,
        pages=pages,
    )


@bp.get("/notices/<int:notice_id>")
def follow(notice_id: int) -> ResponseReturnValue:
    """Lead to what the notice is about; with that it is read."""
    me = current_person()
    notice = get_visible(Notice, notice_id)
    found = worded([notice], me, SPEAKERS)
    if not found:
        raise NotHere
    if notice.read_at is None:
        try:
            with transaction() as own:
                read_one(notice.id, me.id, own=own)
        except SQLAlchemyError:  # a busy database must not keep anybody from reading
            current_app.logger.warning("a notice was followed and could not be marked as read")
    return redirect(found[0][1].url)


@bp.post("/notices/read")
def read_them_all() -> ResponseReturnValue:
    read_all(current_person(), SPEAKERS)
    session.commit()
    flash(gettext("All notices are marked as read."), "success")
    return redirect(url_for("notices.list_notices"))


@bp.route("/unsubscribe/<signed>", methods=["GET", "POST"])
@public
def end_mails(signed: str) -> ResponseReturnValue:
    """From a mail, without signing in: looking asks first (mail programs look at every link), one POST ends the mails."""
    person = person_unsubscribing(current_app.config["SETTINGS"].secret_key, signed)
    if person is None:
        raise NotHere
    if request.method == "POST":
        unsubscribe(person)
        session.commit()
    return render_template("home/unsubscribe.html", is_done=request.method == "POST")


@bp.get("/calendar/<secret>.ics")
@public
def show_calendar(secret: str) -> ResponseReturnValue:
    """For calendar programs, which can't sign in: the secret alone says whose days these are."""
    person = person_of_calendar(secret)
    if person is None:
        raise NotHere
    with as_read_by(person):
        found = calendar_of(person, CALENDARS, in_language(g.organisation, "name"))
    return current_app.response_class(
        found,
        mimetype="text/calendar",
        headers={"Cache-Control": "private, no-store", "Content-Disposition": "inline; filename=portal.ics"},
    )
