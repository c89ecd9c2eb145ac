"""Threads: starting one, its page, replying, accepting an answer, locking."""

from collections.abc import Sequence
from itertools import pairwise

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from portal.communities.forms import LockForm, OpeningForm, ReplyForm, ThreadForm
from portal.communities.keeping_permissions import can_keep, can_move
from portal.communities.kept import address_after_merge, keeping_of
from portal.communities.models import Community
from portal.communities.naming import THREAD_KINDS
from portal.communities.permissions import can_join
from portal.communities.talking import (
    accept_answer,
    edit_opening,
    lift_lock,
    lock_thread,
    mind_replying,
    reply,
    start_thread,
    started_before,
    take_back_answer,
)
from portal.communities.thread_models import AcceptedAnswer, Thread, ThreadKind
from portal.communities.thread_permissions import (
    can_accept_answer,
    can_announce,
    can_edit_opening,
    can_lock,
    can_reply,
    may_start_thread,
)
from portal.communities.threads import POSTS_A_PAGE, page_of_post, posts_on
from portal.db import session
from portal.drafts.keeping import discard, kept
from portal.errors import NotHere
from portal.items import audience
from portal.items.last_reading import last_read_in
from portal.items.merged import stands_now
from portal.items.minding import READ_FIRST, admit, admit_thread
from portal.items.models import TITLE_LENGTH, Fulfilment, Post, Revision
from portal.items.order_models import HiddenOpening
from portal.items.permissions import can_see_opening
from portal.items.posting import post_numbered, quoted
from portal.items.rates import mind_posts, one_after_the_other
from portal.items.reacting import given_on
from portal.items.reading import revisions_of
from portal.items.revising import newest, newest_with_rendering
from portal.items.talk import reactions_shown, rules_of_talk
from portal.items.titles import with_titles
from portal.items.views import PAGES, page_of, page_of_reply
from portal.markup.difference import compare
from portal.markup.plain_text import beginning_of
from portal.people.models import Person
from portal.plan.steps import STEPS
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

PAGES["thread"] = ("threads.show_thread", "thread_id")
OF_AN_ANSWER = 120
bp = Blueprint("threads", __name__)
_SHOWN = (
    joinedload(Thread.author),
    joinedload(Thread.community).joinedload(Community.group),
    joinedload(Thread.answer).joinedload(AcceptedAnswer.post).joinedload(Post.author),
    selectinload(Thread.locks),
    selectinload(Thread.audience),
    selectinload(Thread.fulfilments).joinedload(Fulfilment.goal),
)
# No outer joins: PostgreSQL does not lock their rows.
_EDITED = (
    selectinload(Thread.author),
    selectinload(Thread.community).joinedload(Community.group),
    selectinload(Thread.locks),
    selectinload(Thread.audience),
)


@bp.route("/communities/<int:community_id>/threads/new", methods=["GET", "POST"])
def start(community_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    require(may_start_thread(person, community))
    announces = can_announce(person, community)
    wanted = request.args.get("kind", "")
    form = ThreadForm(data=_begun(community_id, wanted) if request.method == "GET" else None)
    form.offer(announces=announces)
    if form.validate_on_submit():
        with refusals_in(form):
            title, text, send_key = form.title.data or "", form.text.data or "", form.send_key.data
            kind = ThreadKind(form.kind.data)
            if sent := started_before(community, by=person, send_key=send_key):
                return redirect(url_for("threads.show_thread", thread_id=sent.id))
            if admit_thread(community.group, title, text, by=person, kind=kind, send_key=send_key):
                discard(person, f"thread-{community_id}")
                session.commit()
                flash(gettext(READ_FIRST), "success")
                return redirect(url_for("communities.show_community", community_id=community.id))
            thread = start_thread(
                community,
                by=person,
                kind=kind,
                title=title,
                text=text,
                send_key=send_key,
            )
            discard(person, f"thread-{community_id}")
            session.commit()
            flash(gettext("It stands there for all who read in “%(name)s”.", name=community.name), "success")
            return redirect(url_for("threads.show_thread", thread_id=thread.id))
        community = get_visible(Community, community_id)  # a refusal has ended the transaction it came from
    page = render_template("communities/write_thread.html", form=form, community=community)
    return page, status_of(form)


@bp.get("/threads/<int:thread_id>")
def show_thread(thread_id: int) -> ResponseReturnValue:
    """Opened without saying where, it opens at the first unread post."""
    thread = get_visible(Thread, thread_id, *_SHOWN, merged=True)
    if elsewhere := address_after_merge(thread, whole_number(request.args.get("post"))):
        return redirect(elsewhere)
    read = last_read_in(thread, current_person())
    if read and not request.args and (thread.replies > read or thread.replies > POSTS_A_PAGE):
        return redirect(page_of_reply(thread, min(read + 1, thread.replies)))
    return _page(thread, read=read)


@bp.route("/threads/<int:thread_id>/edit", methods=["GET", "POST"])
def edit(thread_id: int) -> ResponseReturnValue:
    """Title and opening text, by who wrote them."""
    person = current_person()
    if request.method == "POST":
        one_after_the_other(
            person
        )  # before the thread, as who replies does: then neither waits for the other
    thread = get_visible(Thread, thread_id, *_EDITED, locked=request.method == "POST")
    require(can_edit_opening(person, thread))
    revision = newest(thread)
    stored = {"title": thread.title, "text": revision.text if revision else ""}
    form = OpeningForm.opened(stored, saved_by=lambda: revision.author.name if revision else "")
    if form.validate_on_submit():
        with refusals_in(form):
            audience.mind_readers(thread, form.meant_for.data)
            mind_posts(person, form.text.data or "", thread)
            edit_opening(thread, by=person, title=form.title.data or "", text=form.text.data or "")
            discard(person, f"opening-{thread_id}")
            session.commit()
            return redirect(url_for("threads.show_thread", thread_id=thread_id))
        thread = get_visible(Thread, thread_id, *_EDITED)
    form.meant_for.data = audience.shown_as(thread)
    return render_template("communities/edit_opening.html", form=form, thread=thread), status_of(form)


@bp.get("/threads/<int:thread_id>/history")
def show_history(thread_id: int) -> ResponseReturnValue:
    """What was changed in title and opening text since it stands there."""
    thread = get_visible(Thread, thread_id, *_EDITED)
    if not can_see_opening(current_person(), thread):
        raise NotHere
    wanted = revisions_of(thread, current_person()).order_by(Revision.number.desc())
    revisions = session.scalars(wanted).all()
    changes = [compare(before.text, revision.text) for revision, before in pairwise(revisions)]
    return render_template(
        "communities/thread_history.html", thread=thread, revisions=revisions, changes=changes
    )


@bp.post("/threads/<int:thread_id>/replies")
def write_reply(thread_id: int) -> ResponseReturnValue:
    thread, person = _where_talk_goes_on(thread_id), current_person()
    form = ReplyForm()
    is_complete = form.validate_on_submit()
    with refusals_in(form):
        mind_replying(thread, by=person)
        audience.mind_readers(thread, form.meant_for.data)
        if is_complete:
            text, send_key = form.text.data or "", form.send_key.data
            draft = f"reply-{thread.id}"
            if admit(thread, text, by=person, send_key=send_key):
                discard(person, draft)
                session.commit()
                flash(gettext(READ_FIRST), "success")
                return redirect(page_of(thread, _anchor="held"))
            post = reply(thread, by=person, text=text, send_key=send_key)
            discard(person, draft)
            session.commit()
            return redirect(page_of_reply(thread, post.number))
    return _page(_where_talk_goes_on(thread_id), reply_form=form)


@bp.post("/threads/<int:thread_id>/answer/<int:number>")
def accept(thread_id: int, number: int) -> ResponseReturnValue:
    thread, post = _with_post(thread_id, number)
    require(can_accept_answer(current_person(), thread, post))
    accept_answer(thread, post, by=current_person())
    session.commit()
    return redirect(page_of_reply(thread, post.number))


@bp.post("/threads/<int:thread_id>/answer/<int:number>/take-back")
def take_back(thread_id: int, number: int) -> ResponseReturnValue:
    thread, post = _with_post(thread_id, number)
    require(can_accept_answer(current_person(), thread, post))
    take_back_answer(thread, post, by=current_person())
    session.commit()
    return redirect(page_of_reply(thread, post.number))


@bp.route("/threads/<int:thread_id>/lock", methods=["GET", "POST"])
def lock(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_SHOWN), current_person()
    require(can_lock(person, thread))
    form = LockForm()
    if form.validate_on_submit():
        with refusals_in(form):
            lock_thread(thread, by=person, why=form.why.data or "")
            session.commit()
            flash(gettext("The thread is locked. Everybody sees why."), "success")
            return redirect(url_for("threads.show_thread", thread_id=thread_id))
        thread = get_visible(Thread, thread_id, *_SHOWN)
    return render_template("communities/lock_thread.html", form=form, thread=thread), status_of(form)


@bp.post("/threads/<int:thread_id>/unlock")
def unlock(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_SHOWN), current_person()
    require(can_lock(person, thread))
    lift_lock(thread, by=person)
    session.commit()
    flash(gettext("Members may reply again."), "success")
    return redirect(url_for("threads.show_thread", thread_id=thread.id))


def _where_talk_goes_on(thread_id: int) -> Thread:
    """What was written under a thread that was merged meanwhile stands in the other one."""
    return get_visible(Thread, stands_now(thread_id), *_SHOWN)


def _with_post(thread_id: int, number: int) -> tuple[Thread, Post]:
    thread = get_visible(Thread, thread_id, *_SHOWN)
    post = post_numbered(thread, number) if number < 2**31 else None
    if post is None:
        raise NotHere
    return thread, post


def _begun(community_id: int, kind: str) -> dict[str, str]:
    """What the form begins with: what was typed before and not sent, else the kind that was asked for."""
    draft = kept(current_person(), f"thread-{community_id}")
    if draft is not None and "draft" in request.args:
        return {name: str(draft.fields.get(name, "")) for name in ("kind", "title", "text")}
    return {
        "kind": kind if kind in set(ThreadKind) else str(ThreadKind.QUESTION),
        "title": request.args.get("title", "")[:TITLE_LENGTH],
    }


def _begun_reply(thread: Thread) -> str:
    """What the reply begins with: a post that is quoted (`?quote=`), or what was typed and not sent, so that it is still there
    after any other button of the page."""
    if quote := post_numbered(thread, whole_number(request.args.get("quote"))):
        return quoted(quote) if quote.hidden_at is None else ""
    draft = kept(current_person(), f"reply-{thread.id}")
    return str(draft.fields.get("text", "")) if draft else ""


def _unread_from(posts: Sequence[Post], person: Person, read: int | None) -> int | None:
    """The number of the first of others' posts on the page that the person has not read; None on pages after that one."""
    if read is None or not posts or posts[0].number > read + 1:
        return None
    return next((one.number for one in posts if one.number > read and one.author_id != person.id), None)


def _page(
    thread: Thread, *, reply_form: ReplyForm | None = None, read: int | None = None
) -> ResponseReturnValue:
    person = current_person()
    last = page_of_post(thread.replies)
    wanted = whole_number(request.args.get("post"), most=thread.replies)
    number = page_of_post(wanted) if wanted else whole_number(request.args.get("page"), most=1_000_000)
    page = min(number or 1, last)
    posts = posts_on(thread, page)
    _, rendering = newest_with_rendering(thread)
    seen = posts[-1].number if posts else 0
    if read is None or seen > read:
        current_app.extensions["last_readings"].note(thread, person, seen)
    given = given_on(session(), thread.id, [post.id for post in posts])
    answer = thread.answer.post if thread.answer is not None and thread.is_answered else None
    shown = [*posts, *([answer] if answer is not None and page == 1 else [])]
    filled = with_titles(
        {0: rendering.html if rendering else "", **{post.id: post.html for post in shown}}, person
    )
    hidden = None if thread.is_published else session.get(HiddenOpening, thread.id)
    status = status_of(reply_form) if reply_form else 200
    if reply_form is None:
        reply_form = ReplyForm(formdata=None, data={"text": _begun_reply(thread)})
    reply_form.meant_for.data = audience.shown_as(thread)
    rendered = render_template(
        "communities/show_thread.html",
        thread=thread,
        community=thread.community,
        rendering=rendering,
        posts=posts,
        keeping=keeping_of(thread, posts, person),
        answer=answer,
        # It stands on this page already, where it was said: above is how it begins, and the way there.
        answer_begins=beginning_of(answer.text, OF_AN_ANSWER)
        if answer is not None and answer in posts
        else "",
        kind_name=gettext(THREAD_KINDS[ThreadKind(thread.kind)]),
        steps=STEPS,
        page=page,
        pages=last,
        url_of=lambda number: url_for("threads.show_thread", thread_id=thread.id, page=number),
        post_url=lambda post: page_of_reply(thread, post.number),
        reply_form=reply_form,
        **rules_of_talk(thread, posts, person, given),
        **reactions_shown(given),
        filled=filled,
        unread_from=_unread_from(posts, person, read),
        opening=filled.get(0),
        hidden_opening=hidden,
        reads_opening=hidden is None or can_see_opening(person, thread),
        accepts={post.number for post in posts if can_accept_answer(person, thread, post)},
        may={
            "reply": can_reply(person, thread) or bool(reply_form.errors),
            "join": can_join(person, thread.community),
            "lock": can_lock(person, thread),
            "keep": can_keep(person, thread),
            "move": can_move(person, thread),
            "edit": can_edit_opening(person, thread),
        },
    )
    return rendered, status
