"""What holds for every item: its lasting address, and comments."""

from typing import Protocol

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.drafts.keeping import discard, kept
from portal.errors import NotHere
from portal.items.following import follow, is_following, unfollow
from portal.items.forms import CommentForm, HideForm, HideForOthersForm
from portal.items.hiding import hide_post, unhide_post
from portal.items.merged import stands_now
from portal.items.minding import READ_FIRST, admit, mind_suspension
from portal.items.models import Item, Post
from portal.items.permissions import (
    can_comment,
    can_follow,
    can_hide,
    can_see_post,
    can_unhide,
    says_why_hiding,
)
from portal.items.posting import post_numbered, quoted, write_post
from portal.people.signing_in import public
from portal.templating import page_url
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import LARGEST, whole_number
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("items", __name__)

# The page of each type of item; a room that brings a type adds its own when its views are made.
PAGES = {"knowledge_asset": ("knowledge.show_asset", "asset_id")}


class HasPosts(Protocol):
    """An item, or as much of one as leads to what is said on it."""

    @property
    def id(self) -> int: ...

    @property
    def type(self) -> str: ...

    @property
    def takes_comments(self) -> bool: ...


class HasPage(Protocol):
    """An item, or as much of one as leads to its page."""

    @property
    def id(self) -> int: ...

    @property
    def type(self) -> str: ...


def page_of(item: HasPage, **more: str) -> str:
    """The address of the item's page."""
    endpoint, argument = PAGES[item.type]
    return page_url(endpoint, **{argument: item.id, **more})


def page_of_reply(item: HasPosts, number: int) -> str:
    """The address of one of the item's comments or replies, on whichever page of a long thread it stands."""
    more = {} if item.takes_comments else {"post": str(number)}
    return page_of(item, _anchor=f"post-{number}", **more)


def visible_post(post_id: int) -> Post:
    """The post if the person may read it; NotHere when it is hidden or missing, or its item is."""
    options = [joinedload(Post.item), joinedload(Post.author)]
    post = session.get(Post, post_id, options=options) if post_id <= LARGEST else None
    if post is None or not can_see_post(current_person(), post):
        raise NotHere
    return post


@bp.get("/items/<int:item_id>")
@public
def show_item(item_id: int) -> ResponseReturnValue:
    """The address that lasts: leads to the item's page, also after it was merged into another."""
    going_on = {"draft": "1"} if "draft" in request.args else {}
    return redirect(page_of(get_visible(Item, stands_now(item_id)), **going_on))


def begun_comment(item: Item) -> str:
    """What one's comment begins with: what was typed and not sent (`?draft=`), or a comment that is quoted (`?quote=`)."""
    person = current_person()
    if person is None:
        return ""
    if quote := post_numbered(item, whole_number(request.args.get("quote"))):
        return quoted(quote) if quote.hidden_at is None else ""
    draft = kept(person, f"comment-{item.id}") if "draft" in request.args else None
    text = draft.fields.get("text") if draft else ""
    return text if isinstance(text, str) else ""


@bp.post("/items/<int:item_id>/comments")
def comment(item_id: int) -> ResponseReturnValue:
    item, person = get_visible(Item, item_id), current_person()
    form = CommentForm()
    if can_follow(person, item):
        mind_suspension(person, item)
    require(can_comment(person, item))
    if not (form.text.data or "").strip():
        flash(gettext("Write something first."), "error")
        return redirect(page_of(item, _anchor="comments"))
    draft = f"comment-{item.id}"
    if admit(item, form.text.data or "", by=person, send_key=form.send_key.data):
        discard(person, draft)
        session.commit()
        flash(gettext(READ_FIRST), "success")
        return redirect(page_of(item, _anchor="held"))
    post = write_post(item, by=person, text=form.text.data or "", send_key=form.send_key.data)
    discard(person, draft)
    session.commit()
    return redirect(page_of(item, _anchor=f"post-{post.number}"))


@bp.post("/items/<int:item_id>/follow")
def start_following(item_id: int) -> ResponseReturnValue:
    item = get_visible(Item, item_id)
    require(can_follow(current_person(), item))
    follow(item, current_person())
    session.commit()
    flash(gettext("You are told of new comments from now on."), "success")
    return redirect(page_of(item))


@bp.post("/items/<int:item_id>/unfollow")
def stop_following(item_id: int) -> ResponseReturnValue:
    item = get_visible(Item, item_id)
    require(can_follow(current_person(), item))
    unfollow(item, current_person())
    session.commit()
    flash(gettext("You are told of comments on this no more."), "success")
    return redirect(page_of(item))


def follow_panel(item: Item) -> str:
    """The fragment beside an item's page by which its reader follows it; nothing for who can't."""
    person = current_person()
    if not can_follow(person, item):
        return ""
    return render_template("items/follow.html", item=item, is_following=is_following(person, item))


@bp.route("/posts/<int:post_id>/hide", methods=["GET", "POST"])
def hide(post_id: int) -> ResponseReturnValue:
    post, person = visible_post(post_id), current_person()
    require(can_hide(person, post))
    form = HideForOthersForm() if says_why_hiding(person, post) else HideForm()
    if form.validate_on_submit():
        hide_post(post, by=person, reason=form.reason.data or "")
        session.commit()
        flash(gettext("The comment is hidden. A note stays in its place."))
        return redirect(page_of_reply(post.item, post.number))
    back = page_of_reply(post.item, post.number)
    return render_template(
        "items/hide_post.html", form=form, post=post, back=back, is_own=not says_why_hiding(person, post)
    ), status_of(form)


@bp.post("/posts/<int:post_id>/unhide")
def unhide(post_id: int) -> ResponseReturnValue:
    post, person = visible_post(post_id), current_person()
    require(can_unhide(person, post))
    unhide_post(post, by=person)
    session.commit()
    flash(gettext("It is shown again."), "success")
    return redirect(page_of_reply(post.item, post.number))
