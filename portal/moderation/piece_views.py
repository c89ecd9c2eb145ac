"""Reporting what somebody added to the text of another: the line that says how he used it, a poll."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.communities.poll_views import visible_poll
from portal.db import session
from portal.errors import NotHere
from portal.items.models import Item
from portal.items.posting import post_numbered
from portal.items.views import page_of, page_of_reply
from portal.moderation.forms import ReportForm, ReportUseForm
from portal.moderation.permissions import can_report_piece
from portal.moderation.pieces import lines_of_use, words_of
from portal.moderation.reporting import report
from portal.moderation.views import bp, say_reported
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require


@bp.route("/items/<int:item_id>/uses/report", methods=["GET", "POST"])
def report_use(item_id: int) -> ResponseReturnValue:
    """One of the lines below the text of that number (`post`, 0: the item's own)."""
    item, person = get_visible(Item, item_id), current_person()
    number = whole_number(request.args.get("post"))
    post = post_numbered(item, number) if number else None
    if number and post is None:
        raise NotHere
    lines = [one for one in lines_of_use(item, post) if can_report_piece(person, item, post, one.person_id)]
    require(bool(lines))
    form = ReportUseForm()
    form.offer()
    form.whose.choices = [(str(one.person_id), f"{one.person.name}: {one.how}") for one in lines]
    back = page_of_reply(item, post.number) if post is not None else page_of(item)
    if form.validate_on_submit():
        with refusals_in(form):
            words, whose = form.words.data or "", int(form.whose.data)
            report(item, post, by=current_person(), reason=form.chosen(), words=words, used_by_id=whose)
            session.commit()
            say_reported()
            return redirect(back)
    heading = gettext("Report a line about use")
    return render_template("moderation/report.html", form=form, heading=heading, back=back), status_of(form)


@bp.route("/polls/<int:poll_id>/report", methods=["GET", "POST"])
def report_poll(poll_id: int) -> ResponseReturnValue:
    poll = visible_poll(poll_id)
    thread = poll.thread
    require(can_report_piece(current_person(), thread, None, poll.made_by_id))
    form = ReportForm()
    form.offer()
    back, said = page_of(thread, _anchor=f"poll-{poll.id}"), words_of(poll)
    if form.validate_on_submit():
        with refusals_in(form):
            words = form.words.data or ""
            report(thread, None, by=current_person(), reason=form.chosen(), words=words, poll=poll)
            session.commit()
            say_reported()
            return redirect(back)
    heading = gettext("Report this poll")
    page = render_template("moderation/report.html", form=form, heading=heading, said=said, back=back)
    return page, status_of(form)
