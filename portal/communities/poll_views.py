"""Polls in threads: asking, voting, ending; and how they stand, on the thread's page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired

from portal.communities.models import Community
from portal.communities.poll_models import OPTION_LENGTH, QUESTION_LENGTH, Poll
from portal.communities.poll_permissions import can_ask, may_send_end, may_send_poll, may_send_vote
from portal.communities.polling import (
    MOST_OPTIONS,
    PollLocked,
    PollOver,
    end_poll,
    mind_asking,
    polls_of,
    start_poll,
    vote,
)
from portal.communities.thread_models import Thread
from portal.communities.thread_permissions import may_reply
from portal.db import session
from portal.errors import NotHere, PortalError
from portal.items import audience
from portal.items.forms import ForReadersForm
from portal.items.minding import mind_suspension
from portal.items.permissions import can_see_opening
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import status_of
from portal.web.forms import DateTextField, NotTooLong, SendKeyField
from portal.web.numbers import LARGEST, whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("polls", __name__)
_BESIDE = (
    joinedload(Thread.community).joinedload(Community.group),
    selectinload(Thread.audience),
    selectinload(Thread.locks),
)


class PollForm(ForReadersForm):
    question = StringField(
        _l("What you ask"),
        validators=[DataRequired(message=_l("Write the question first.")), NotTooLong(QUESTION_LENGTH)],
    )
    options = TextAreaField(
        _l("Answers to choose from"),
        description=_l("Two to ten, each on a line of its own."),
        validators=[
            DataRequired(message=_l("Write the answers first.")),
            NotTooLong(MOST_OPTIONS * (OPTION_LENGTH + 2)),
        ],
        render_kw={"rows": 5},
    )
    takes_several = BooleanField(_l("Several answers may be chosen"))
    is_named = BooleanField(
        _l("Everybody sees who chose what"),
        description=_l("It is said before anybody votes. Without it each sees only his or her own vote."),
    )
    last_day = DateTextField(
        _l("Last day"), description=_l("It may stay empty: then it goes on till you end it.")
    )
    send_key = SendKeyField()


@bp.route("/threads/<int:thread_id>/polls/new", methods=["GET", "POST"])
def ask(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_BESIDE), current_person()
    if may_reply(person, thread):
        mind_suspension(person, thread)
    require(may_send_poll(person, thread))
    form = PollForm()
    if form.validate_on_submit():
        with refusals_in(form):
            audience.mind_readers(thread, form.meant_for.data)
            send_key = form.send_key.data
            mind_asking(thread, by=person, send_key=send_key)
            start_poll(
                thread,
                by=person,
                question=form.question.data or "",
                options=(form.options.data or "").splitlines(),
                takes_several=bool(form.takes_several.data),
                is_named=bool(form.is_named.data),
                last_day=form.last_day.data,
                send_key=send_key,
            )
            session.commit()
            return redirect(url_for("threads.show_thread", thread_id=thread_id, _anchor="polls"))
        thread = get_visible(Thread, thread_id, *_BESIDE)
    form.meant_for.data = audience.shown_as(thread)
    return render_template("communities/write_poll.html", form=form, thread=thread), status_of(form)


@bp.post("/polls/<int:poll_id>/vote")
def cast(poll_id: int) -> ResponseReturnValue:
    poll, person = visible_poll(poll_id), current_person()
    require(may_send_vote(person, poll))
    chosen = {number for one in request.form.getlist("option") if (number := whole_number(one))}
    address = url_for("threads.show_thread", thread_id=poll.thread_id, _anchor=f"poll-{poll_id}")
    try:
        vote(poll, chosen, by=person)
        session.commit()
    except PortalError as error:
        session.rollback()
        flash(
            gettext(error.message, **error.values),
            "warning" if isinstance(error, PollOver | PollLocked) else "error",
        )
    else:
        flash(gettext("Your vote counts. You can change it till the poll ends."), "success")
    return redirect(address)


@bp.post("/polls/<int:poll_id>/end")
def end(poll_id: int) -> ResponseReturnValue:
    poll, person = visible_poll(poll_id), current_person()
    require(may_send_end(person, poll))
    end_poll(poll, by=person)
    session.commit()
    flash(gettext("The poll is over. Everybody who reads the thread sees how it ended."), "success")
    return redirect(url_for("threads.show_thread", thread_id=poll.thread_id, _anchor=f"poll-{poll.id}"))


def polls_panel(thread: Thread) -> str | Markup:
    """The fragment on a thread's page with its polls, and where one is asked; nothing where there is neither, and while the text
    that opens the thread is hidden from the reader: they belong to it."""
    person = current_person()
    if not can_see_opening(person, thread):
        return ""
    polls, may_ask = polls_of(thread, person), can_ask(person, thread)
    if not polls and not may_ask:
        return ""
    return render_template("communities/polls.html", thread=thread, polls=polls, may_ask=may_ask)


def visible_poll(poll_id: int) -> Poll:
    """The poll, as far as the reader sees it; NotHere also for one that was never asked."""
    poll = session.get(Poll, poll_id) if 0 < poll_id <= LARGEST else None
    if poll is None:
        raise NotHere
    # As open as the text that opens the thread in which it is asked.
    if not can_see_opening(current_person(), get_visible(Thread, poll.thread_id, *_BESIDE)):
        raise NotHere
    return poll
