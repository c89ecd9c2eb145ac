"""Keeping threads in order: pinning, moving, merging, splitting."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from portal.communities.carrying import merge_thread, move_thread, split_thread
from portal.communities.keeping_forms import MergeForm, MoveForm, SplitForm, WhyForm
from portal.communities.keeping_permissions import can_keep, can_move, can_move_to, communities_to_move_to
from portal.communities.models import Community
from portal.communities.pinning import lift_pin, pin_thread
from portal.communities.thread_models import Thread, ThreadKind
from portal.communities.threads import page_of_post, posts_on, threads_of
from portal.db import session
from portal.errors import NotHere
from portal.markup.plain_text import beginning_of
from portal.templating import in_language, number
from portal.translating import gettext, ngettext
from portal.web.editing import status_of
from portal.web.numbers import LARGEST, whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("keeping", __name__)
_BESIDE = (
    joinedload(Thread.community).joinedload(Community.group),
    selectinload(Thread.audience),
    selectinload(Thread.locks),
)
SHOWN_OF_A_REPLY = 120
MERGES_OFFERED = 10


@bp.route("/threads/<int:thread_id>/pin", methods=["GET", "POST"])
def pin(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_BESIDE), current_person()
    require(can_keep(person, thread))
    form = WhyForm()
    if form.validate_on_submit():
        with refusals_in(form):
            pin_thread(thread, by=person, why=form.why.data or "")
            session.commit()
            flash(gettext("The thread stands above the others now. Everybody sees why."), "success")
            return redirect(url_for("threads.show_thread", thread_id=thread_id))
        thread = get_visible(Thread, thread_id, *_BESIDE)
    return render_template("communities/pin_thread.html", form=form, thread=thread), status_of(form)


@bp.post("/threads/<int:thread_id>/unpin")
def unpin(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_BESIDE), current_person()
    require(can_keep(person, thread))
    lift_pin(thread, by=person)
    session.commit()
    flash(gettext("It stands among the others again."), "success")
    return redirect(url_for("threads.show_thread", thread_id=thread_id))


@bp.route("/threads/<int:thread_id>/move", methods=["GET", "POST"])
def move(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_BESIDE), current_person()
    require(can_move(person, thread))
    form = MoveForm()
    targets = session.scalars(communities_to_move_to(person, thread)).all()
    form.offer([(one.id, in_language(one.group, "name")) for one in targets])
    if form.validate_on_submit():
        target = get_visible(Community, int(form.target.data))
        require(can_move_to(person, thread, target))
        with refusals_in(form):
            move_thread(thread, target, by=person, why=form.why.data or "")
            session.commit()
            flash(
                gettext("The thread belongs to “%(name)s” now.", name=in_language(target.group, "name")),
                "success",
            )
            return redirect(url_for("threads.show_thread", thread_id=thread_id))
        thread = get_visible(Thread, thread_id, *_BESIDE)
    return render_template("communities/move_thread.html", form=form, thread=thread), status_of(form)


@bp.route("/threads/<int:thread_id>/merge", methods=["GET", "POST"])
def merge(thread_id: int) -> ResponseReturnValue:
    """Asked twice: into which thread, and whether it is really this one, by its title."""
    thread, person = get_visible(Thread, thread_id, *_BESIDE), current_person()
    require(can_keep(person, thread))
    near = [one for one in threads_of(thread.community, person).threads if one.id != thread.id]
    form, into = MergeForm(), None
    form.offer([(one.id, one.title) for one in near[:MERGES_OFFERED]])
    if form.validate_on_submit():
        into = _thread_to_merge_into(form, thread)
        if into is not None and form.sure.data == str(into.id):
            with refusals_in(form):
                act = merge_thread(thread, into, by=person, why=form.why.data or "")
                session.commit()
                flash(gettext("The two are one thread now, and the old address leads here."), "success")
                address = url_for("threads.show_thread", thread_id=act.other_id, post=act.first)
                return redirect(f"{address}#post-{act.first}")
            thread, into = get_visible(Thread, thread_id, *_BESIDE), None
    form.sure.data = str(into.id) if into is not None else ""
    page = render_template("communities/merge_thread.html", form=form, thread=thread, into=into)
    return page, status_of(form)


@bp.route("/threads/<int:thread_id>/split", methods=["GET", "POST"])
def split(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_BESIDE), current_person()
    require(can_keep(person, thread))
    last = page_of_post(thread.replies)
    page = min(whole_number(request.args.get("page"), most=1_000_000) or 1, last)
    opening = gettext("This was said in another thread and is worth one of its own.")
    form = SplitForm(data={"text": opening} if request.method == "GET" else None)
    posts = [one for one in posts_on(thread, page) if one.hidden_at is None]
    form.offer(
        [
            (
                one.number,
                f"#{number(one.number)} {one.author.name}: {beginning_of(one.text, SHOWN_OF_A_REPLY)}",
            )
            for one in posts
        ]
    )
    if form.validate_on_submit():
        with refusals_in(form):
            new = split_thread(
                thread,
                form.numbers(),
                by=person,
                why=form.why.data or "",
                title=form.title.data or "",
                text=form.text.data or "",
                kind=ThreadKind(form.kind.data),
            )
            session.commit()
            told = ngettext(
                "%(num)s reply stands in a thread of its own now.",
                "%(num)s replies stand in a thread of their own now.",
                new.replies,
                num=number(new.replies),
            )
            flash(told, "success")
            return redirect(url_for("threads.show_thread", thread_id=new.id))
        thread = get_visible(Thread, thread_id, *_BESIDE)
    page_shown = render_template(
        "communities/split_thread.html",
        form=form,
        thread=thread,
        page=page,
        pages=last,
        url_of=lambda wanted: url_for("keeping.split", thread_id=thread.id, page=wanted),
    )
    return page_shown, status_of(form)


def _thread_to_merge_into(form: MergeForm, thread: Thread) -> Thread | None:
    """The other thread, of the same community and open to the person; else the field says that there is none."""
    wanted = form.number() or 0
    found = None
    if 0 < wanted <= LARGEST:
        try:
            found = get_visible(Thread, wanted, *_BESIDE)
        except NotHere:
            found = None
    if (
        found is None
        or found.id == thread.id
        or found.community_id != thread.community_id
        or not found.is_published
    ):
        form.into.errors = [gettext("There is no other thread of this number in the community.")]
        return None
    return found
