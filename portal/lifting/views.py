"""Lifting what was said into the store, making cores of nuggets, and the family tree."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.communities.models import Community
from portal.communities.thread_models import AcceptedAnswer, Thread
from portal.communities.threads import page_of_post, posts_on
from portal.db import session
from portal.drafts.models import SentForm
from portal.drafts.sending import sent_once
from portal.items.models import Fulfilment, Item, ItemState, Post
from portal.items.revising import newest_with_rendering
from portal.items.views import page_of
from portal.knowledge.models import AssetKind, KnowledgeAsset
from portal.knowledge.permissions import can_write
from portal.lifting.drawing import drawn
from portal.lifting.family import Member, family_tree, has_family
from portal.lifting.forms import OPENING, Chosen, CoreForm, LiftForm, chosen_numbers
from portal.lifting.making import Passage, lift, make_core, move_answer, passage
from portal.lifting.permissions import can_combine, can_lift, can_move_answer
from portal.people.models import Openness
from portal.people.signing_in import public
from portal.search.facets import kind_name
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.forms import new_send_key
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("lifting", __name__)

MOST_OFFERED: Final = 100  # nuggets to choose from, the newest
_SHOWN: Final = (
    joinedload(Thread.author),
    joinedload(Thread.community).joinedload(Community.group),
    selectinload(Thread.audience),
    selectinload(Thread.fulfilments).joinedload(Fulfilment.goal),
    selectinload(Thread.locks),
    joinedload(Thread.answer).joinedload(AcceptedAnswer.post).joinedload(Post.author),
)


@bp.route("/threads/<int:thread_id>/lift", methods=["GET", "POST"])
def lift_posts(thread_id: int) -> ResponseReturnValue:
    """Choosing passages page by page (`go`: the button of another page), then a draft of them. `?post=`: the number of the post
    with which one begins, ticked on its page; 0 for the text that opens the thread."""
    thread, person = get_visible(Thread, thread_id, *_SHOWN), current_person()
    require(can_lift(person, thread))
    form = LiftForm(data={"title": thread.title})
    chosen = Chosen.from_form(request.form)
    if request.method == "POST" and "go" not in request.form and form.validate():
        with refusals_in(form):
            sent = sent_once(person, request.path, request.form.items(multi=True))
            if not sent.led_to:
                asset = lift(
                    thread,
                    _passages(thread, chosen),
                    by=person,
                    title=form.title.data or "",
                    without_names=form.without_names.data,
                )
                _keep(asset, sent)
            return redirect(sent.led_to)
        thread = get_visible(Thread, thread_id, *_SHOWN)
    last = page_of_post(thread.replies)
    begins_at = whole_number(request.args.get("post"), 0)
    page = whole_number(request.form.get("go") or request.args.get("page")) or page_of_post(begins_at or 1)
    page = min(page, last)
    posts = [one for one in posts_on(thread, page) if one.hidden_at is None]
    ticked = chosen.parts
    if request.method == "GET" and begins_at is not None:
        ticked = {one.id: "" for one in posts if one.number == begins_at} if begins_at else {OPENING: ""}
    return render_template(
        "lifting/lift_posts.html",
        thread=thread,
        community=thread.community,
        opening=newest_with_rendering(thread)[1] if page == 1 else None,
        posts=posts,
        form=form,
        parts=ticked,
        elsewhere={
            one: part
            for one, part in ticked.items()
            if one not in {post.id for post in posts} and (one != OPENING or page != 1)
        },
        page=page,
        pages=last,
        is_narrow=thread.community.group.openness != Openness.OPEN,
    ), (200 if "go" in request.form else status_of(form))


@bp.post("/threads/<int:thread_id>/answer/asset")
def move(thread_id: int) -> ResponseReturnValue:
    thread, person = get_visible(Thread, thread_id, *_SHOWN), current_person()
    require(can_move_answer(person, thread))
    sent = sent_once(person, request.path, request.form.items(multi=True))
    if not sent.led_to:
        _keep(move_answer(thread, by=person), sent)
    return redirect(sent.led_to)


@bp.route("/knowledge/cores/new", methods=["GET", "POST"])
def combine() -> ResponseReturnValue:
    """Choosing nuggets (`?nugget=` those that are ticked to begin with), then a draft of a core."""
    person = current_person()
    require(can_write(person))
    form = CoreForm()
    ticked = chosen_numbers(request.form if request.method == "POST" else request.args)
    offered = KnowledgeAsset.visible_to(person).where(
        KnowledgeAsset.kind == AssetKind.NUGGET, KnowledgeAsset.state == ItemState.PUBLISHED
    )
    shown = (
        selectinload(KnowledgeAsset.audience),
        selectinload(KnowledgeAsset.fulfilments).joinedload(Fulfilment.goal),
    )
    if form.validate_on_submit():
        with refusals_in(form):
            sent = sent_once(person, request.path, request.form.items(multi=True))
            if not sent.led_to:
                found = session.scalars(offered.where(KnowledgeAsset.id.in_(ticked)).options(*shown))
                by_id = {one.id: one for one in found}
                nuggets = [by_id[one] for one in ticked if one in by_id and can_combine(person, by_id[one])]
                _keep(make_core(nuggets, by=person, title=form.title.data or ""), sent)
            return redirect(sent.led_to)
    newest_first = offered.order_by(KnowledgeAsset.published_at.desc(), KnowledgeAsset.id.desc())
    listed = list(
        session.scalars(newest_first.options(joinedload(KnowledgeAsset.author)).limit(MOST_OFFERED))
    )
    missing = set(ticked) - {one.id for one in listed}
    also = offered.where(KnowledgeAsset.id.in_(missing)).options(joinedload(KnowledgeAsset.author))
    nuggets = [*session.scalars(also), *listed] if missing else listed
    nuggets.sort(key=lambda one: one.id not in ticked)
    return render_template("lifting/combine.html", form=form, nuggets=nuggets, ticked=set(ticked)), status_of(
        form
    )


@bp.get("/items/<int:item_id>/family")
@public
def show_family(item_id: int) -> ResponseReturnValue:
    """What the item grew from and what grew from it, as a picture and as a list."""
    item = get_visible(Item, item_id)
    members = family_tree(item, current_person())
    return render_template(
        "lifting/family.html",
        item=item,
        picture=drawn(members, lambda one: one.item.title),
        members=members,
        titles={one.item.id: one.item.title for one in members},
        addresses={one.item.id: page_of(one.item) for one in members},
        kinds={one.item.id: kind_name(one.item.kind or one.item.type) for one in members},
    )


def lifting_address(thread: Thread) -> str:
    """For each text of a thread's page: where it is lifted, by its number; nothing for who lifts nothing there."""
    can = can_lift(current_person(), thread)
    return url_for("lifting.lift_posts", thread_id=thread.id, post="") if can else ""


def thread_panel(item: Item) -> str:
    """Beside a thread: what became of it, and the ways to make something of it."""
    person = current_person()
    if not isinstance(item, Thread):
        return ""
    members = family_tree(item, person) if has_family(item) else []
    return render_template(
        "lifting/thread_panel.html",
        thread=item,
        became=_published_after(item, members),
        may={"lift": can_lift(person, item), "move": can_move_answer(person, item)},
        send_key=new_send_key(),
    )


def asset_panel(item: Item) -> str:
    """Beside an asset: its family tree where it has one, and the way to a core beside a nugget."""
    person = current_person()
    members = family_tree(item, person) if has_family(item) else []
    if len(members) < 2 and not can_combine(person, item):
        return ""
    return render_template(
        "lifting/asset_panel.html",
        item=item,
        has_family=len(members) > 1,
        may_combine=can_combine(person, item),
    )


def _keep(asset: KnowledgeAsset, sent: SentForm) -> None:
    sent.led_to = url_for("knowledge.edit_asset", asset_id=asset.id)
    session.commit()
    flash(gettext("The draft is yours alone. Write it anew in your words, then publish it."), "success")


def _published_after(item: Item, members: list[Member]) -> list[Item]:
    return [one.item for one in members if item.id in one.sources and one.item.is_published]


def _passages(thread: Thread, chosen: Chosen) -> list[Passage]:
    """The chosen ones that can be read, in the order of the talk. NotOfTheText."""
    posts = session.scalars(
        select(Post)
        .where(Post.item_id == thread.id, Post.id.in_(chosen.parts), Post.hidden_at.is_(None))
        .options(joinedload(Post.author))
        .order_by(Post.number)
    )
    opening = [passage(thread, None, chosen.parts[OPENING])] if OPENING in chosen.parts else []
    return [*opening, *(passage(thread, post, chosen.parts[post.id]) for post in posts)]
