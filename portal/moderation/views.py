"""Reporting a text, and what becomes of it: the queue of the moderators, a case, a text that waits, a suspension."""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from portal.communities.models import Community
from portal.db import session
from portal.errors import NotHere
from portal.items.hiding import hide_opening, opening_hidden, unhide_opening
from portal.items.listed_words import listed_in
from portal.items.models import Item, Post
from portal.items.order_models import HeldText, Suspension
from portal.items.permissions import can_see, can_unhide, looks_after
from portal.items.revising import newest
from portal.items.views import page_of, page_of_reply, visible_post
from portal.markup.rendering import render
from portal.moderation.deciding import Verdict, act_on, dismiss
from portal.moderation.forms import (
    EVERYWHERE,
    HideOpeningForm,
    LiftForm,
    ReportForm,
    TurnDownForm,
    VerdictForm,
)
from portal.moderation.letting_through import let_through, turn_down
from portal.moderation.models import Report
from portal.moderation.naming import ABOUTS, BECAUSE, OUTCOMES, REASONS
from portal.moderation.permissions import (
    can_decide,
    can_decide_held,
    can_hide_opening,
    can_keep_order,
    can_lift,
    can_report,
    can_set_rules,
    can_suspend,
    can_unhide_opening,
    communities_of_item,
    communities_with,
    reads_of_suspension,
)
from portal.moderation.pieces import pieces_of
from portal.moderation.queue import (
    A_PAGE,
    WITH_PLACE,
    cases_for,
    cautions_seen_by,
    held_seen_by,
    held_texts_for,
    html_of_held,
    own_cautions,
    own_held,
    own_reports,
    own_suspensions,
    places_read,
    posts_before,
    reports_of_same_text,
    reports_seen_by,
    suspensions_for,
    suspensions_listed,
    waiting_elsewhere,
)
from portal.moderation.reporting import report
from portal.moderation.suspending import lift
from portal.people.models import Group, Person
from portal.templating import in_language
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import LARGEST, whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

Row = TypeVar("Row", Report, HeldText, Suspension)

bp = Blueprint("moderation", __name__)
QUEUE_PAGES = (
    "page",
    "held",
    "suspended",
)  # which page of the reported texts, of those that wait, of the suspensions


@bp.route("/posts/<int:post_id>/report", methods=["GET", "POST"])
def report_post(post_id: int) -> ResponseReturnValue:
    post = visible_post(post_id)
    return _report(post.item, post)


@bp.route("/items/<int:item_id>/report", methods=["GET", "POST"])
def report_item(item_id: int) -> ResponseReturnValue:
    return _report(get_visible(Item, item_id), None)


def _report(item: Item, post: Post | None) -> ResponseReturnValue:
    require(can_report(current_person(), item, post))
    back = page_of_reply(item, post.number) if post is not None else page_of(item)
    form = ReportForm()
    form.offer()
    if form.validate_on_submit():
        with refusals_in(form):
            report(item, post, by=current_person(), reason=form.chosen(), words=form.words.data or "")
            session.commit()
            say_reported()
            return redirect(back)
    html = post.html if post is not None else _html_of(item)
    if post is not None:
        heading = gettext("Report this text")
    else:
        heading = gettext("Report this meeting") if item.takes_comments else gettext("Report this thread")
    page = render_template("moderation/report.html", form=form, heading=heading, html=html, back=back)
    return page, status_of(form)


def say_reported() -> None:
    """What who reported something is told on the next page."""
    flash(gettext("Moderators look at it. You are told what becomes of it."), "success")


@bp.get("/moderation")
def show_queue() -> ResponseReturnValue:
    """What waits for the person; who keeps no order anywhere finds it empty."""
    person = current_person()
    require(person is not None)
    page = {name: whole_number(request.args.get(name), most=100_000) or 1 for name in QUEUE_PAGES}
    cases, reported = cases_for(person, page=page["page"])
    held, waiting = held_texts_for(person, page=page["held"])
    suspensions, suspended = suspensions_listed(person, page=page["suspended"])
    total = {"page": reported, "held": waiting, "suspended": suspended}
    return render_template(
        "moderation/show_queue.html",
        cases=cases,
        held=held,
        suspensions=suspensions,
        elsewhere=waiting_elsewhere(person),
        total=total,
        page=page,
        pages={name: max(1, -(-many // A_PAGE)) for name, many in total.items()},
        url_of={name: partial(_queue_at, name) for name in QUEUE_PAGES},
        keeps_order=can_keep_order(person),
        sets_rules=can_set_rules(person),
        reads=places_read(person, [*(one.report.item for one in cases), *(one.item for one in held)]),
        reasons=REASONS,
        abouts=ABOUTS,
        because=BECAUSE,
    )


def _queue_at(name: str, number: int) -> str:
    wanted: dict[str, Any] = {name: number}
    return url_for("moderation.show_queue", _anchor=name, **wanted)


@bp.route("/moderation/cases/<int:case_id>", methods=["GET", "POST"])
def decide(case_id: int) -> ResponseReturnValue:
    person = current_person()
    shown = joinedload(Report.author), *WITH_PLACE
    reported = _one_of(reports_seen_by(person), Report, case_id, *shown)
    require(can_decide(person, reported))
    form = VerdictForm()
    places = _places(person, reported.author, reported.item)
    form.offer(list(places))
    if form.validate_on_submit():
        with refusals_in(form):
            if request.form.get("outcome") == "dismiss":
                dismiss(reported, by=person, why=form.why.data or "")
            else:
                act_on(reported, _verdict(form), by=person)
            session.commit()
            flash(gettext("Decided. Who reported it is told."), "success")
            return redirect(url_for("moderation.show_queue"))
        reported = _one_of(reports_seen_by(person), Report, case_id, *shown)
    reads = can_see(person, reported.item)
    return render_template(
        "moderation/decide.html",
        form=form,
        reported=reported,
        html=reported.post.html if reported.post is not None else _html_of(reported.item),
        title=_title_of(reported) if reads else "",
        place=_place(reported) if reads else "",
        before=posts_before(reported.post) if reads and reported.post is not None else [],
        communities=communities_of_item(reported.item),
        reports=reports_of_same_text(reported),
        cautions=cautions_seen_by(person, reported.author),
        suspends=bool(places),
        is_hidden=reported.is_about_text and _is_hidden(reported),
        hides=reported.is_about_text and not _is_hidden_by_others(reported),
        pieces=pieces_of(reported),
        chosen=request.form.getlist("piece"),
        reasons=REASONS,
        abouts=ABOUTS,
        outcomes=OUTCOMES,
    ), status_of(form)


@bp.route("/moderation/held/<int:held_id>", methods=["GET", "POST"])
def read_first(held_id: int) -> ResponseReturnValue:
    person = current_person()
    shown = joinedload(HeldText.author), joinedload(HeldText.item), joinedload(HeldText.group)
    held = _one_of(held_seen_by(person), HeldText, held_id, *shown)
    require(can_decide_held(person, held))
    lets = request.form.get("outcome") == "let_through"
    form = TurnDownForm()
    if (request.method == "POST" and lets) or form.validate_on_submit():
        with refusals_in(form):
            if lets:
                let_through(held, by=person)
            else:
                turn_down(held, by=person, why=form.why.data or "")
            session.commit()
            flash(gettext("Decided. Its writer is told."), "success")
            return redirect(url_for("moderation.show_queue"))
        held = _one_of(held_seen_by(person), HeldText, held_id, *shown)
    return render_template(
        "moderation/read_first.html",
        form=form,
        held=held,
        html=render(held.text, heading_offset=1).html,
        place=page_of(held.item) if held.item is not None and can_see(person, held.item) else "",
        words=[word for word, _ in listed_in(f"{held.title}\n\n{held.text}", person.organisation_id)],
        because=BECAUSE,
    ), status_of(form)


@bp.route("/moderation/suspensions/<int:suspension_id>/lift", methods=["GET", "POST"])
def lift_suspension(suspension_id: int) -> ResponseReturnValue:
    person = current_person()
    suspension = _one_of(
        suspensions_for(person),
        Suspension,
        suspension_id,
        joinedload(Suspension.person),
        joinedload(Suspension.group),
    )
    require(can_lift(person, suspension))
    form = LiftForm()
    if form.validate_on_submit():
        with refusals_in(form):
            lift(suspension, by=person, why=form.why.data or "")
            session.commit()
            flash(gettext("%(name)s may write again.", name=suspension.person.name), "success")
            return redirect(url_for("moderation.show_queue"))
    return render_template("moderation/lift.html", form=form, suspension=suspension), status_of(form)


@bp.get("/posts/<int:post_id>/hidden")
def show_hidden(post_id: int) -> ResponseReturnValue:
    """A hidden post, for who keeps order there: to read it again, and to show it again."""
    post = visible_post(post_id)
    require(looks_after(current_person(), post.item))
    if post.hidden_at is None:
        return redirect(page_of_reply(post.item, post.number))
    return render_template(
        "moderation/show_hidden.html",
        post=post,
        unhides=can_unhide(current_person(), post),
        back=page_of_reply(post.item, post.number),
    )


@bp.route("/items/<int:item_id>/hide", methods=["GET", "POST"])
def hide_item(item_id: int) -> ResponseReturnValue:
    item = get_visible(Item, item_id)
    require(can_hide_opening(current_person(), item))
    form = HideOpeningForm()
    if form.validate_on_submit():
        with refusals_in(form):
            hide_opening(item, by=current_person(), reason=form.reason.data or "")
            session.commit()
            flash(gettext("The text is hidden, and its author is told why."), "success")
            return redirect(page_of(item))
        item = get_visible(Item, item_id)
    page = render_template("moderation/hide_opening.html", form=form, item=item, html=_html_of(item))
    return page, status_of(form)


@bp.post("/items/<int:item_id>/unhide")
def unhide_item(item_id: int) -> ResponseReturnValue:
    item = get_visible(Item, item_id)
    require(can_unhide_opening(current_person(), item))
    unhide_opening(item, by=current_person())
    session.commit()
    flash(gettext("It is shown again."), "success")
    return redirect(page_of(item))


@bp.get("/moderation/mine")
def show_own() -> ResponseReturnValue:
    """What of the person's own waits, was decided about him, and what he reported."""
    person = current_person()
    require(person is not None)
    held, cautions = own_held(person), own_cautions(person)
    return render_template(
        "moderation/show_own.html",
        held=[(one, html_of_held(one)) for one in held],
        place_of=partial(
            _place_of_held,
            {one.group_id: one for one in communities_with({one.group_id or 0 for one in held})},
        ),
        place=_place,
        cautions=cautions,
        reads=places_read(person, [one.item for one in cautions]),
        suspensions=[(one, reads_of_suspension(person, one)) for one in own_suspensions(person)],
        reports=own_reports(person),
        outcomes=OUTCOMES,
        reasons=REASONS,
        abouts=ABOUTS,
    )


def _place_of_held(communities: Mapping[int, Community], held: HeldText) -> str:
    """The address of where the text stands, or was to stand; empty where that is gone."""
    if held.item is not None:
        return page_of(held.item, _anchor="" if held.decided_at else "held")
    community = communities.get(held.group_id or 0)
    return url_for("communities.show_community", community_id=community.id) if community is not None else ""


def _one_of(rows: Select[Row], kind: type[Row], number: int, *options: ORMOption) -> Row:
    """The row of that number among those that the person may decide about; NotHere for all others."""
    if not 0 < number <= LARGEST:
        raise NotHere
    found = session.scalar(rows.where(kind.id == number).options(*options))
    if found is None:
        raise NotHere
    return found


def _places(person: Person, whom: Person, item: Item) -> dict[tuple[str, str], None]:
    """Where the person may suspend the author of something on the item: (value, name)."""
    groups: list[Group] = [one.group for one in communities_of_item(item)]
    places = [
        (str(group.id), gettext("in “%(name)s”", name=in_language(group, "name")))
        for group in groups
        if can_suspend(person, whom, group)
    ]
    if can_suspend(person, whom, None):
        places.append((EVERYWHERE, gettext("everywhere: threads, replies and comments")))
    return dict.fromkeys(places)


def _verdict(form: VerdictForm) -> Verdict:
    where = form.where.data or EVERYWHERE
    return Verdict(
        why=form.why.data or "",
        hides=bool(form.hide.data),
        warns=bool(form.warn.data),
        days=whole_number(form.days.data) or 0,
        pieces=tuple(request.form.getlist("piece")),
        group=None if where == EVERYWHERE else session.get(Group, int(where)),
    )


def _html_of(item: Item) -> str:
    """The item's own text as it is read now."""
    revision = newest(item)
    return render(revision.text, heading_offset=1).html if revision is not None else ""


def _title_of(reported: Report) -> str:
    hidden = opening_hidden(reported.item)
    return hidden.title if hidden is not None else reported.item.title


def _place(reported: Report) -> str:
    if reported.post is None:
        return page_of(reported.item)
    return page_of_reply(reported.item, reported.post.number)


def _is_hidden_by_others(reported: Report) -> bool:
    """Not when its author hid it himself: that is taken over."""
    if reported.post is not None:
        return reported.post.hidden_by_id not in (None, reported.post.author_id)
    hidden = opening_hidden(reported.item)
    return hidden is not None and hidden.hidden_by_id != reported.item.author_id


def _is_hidden(reported: Report) -> bool:
    if reported.post is not None:
        return reported.post.hidden_at is not None
    return opening_hidden(reported.item) is not None
