"""What holds for every post, on whatever item it stands: its lasting address, quoting, writing anew, reactions, and what is
offered while one types a name or a number."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import lock, session
from portal.drafts.keeping import discard
from portal.errors import BadInput, NotHere
from portal.items import audience
from portal.items.calling import people_to_call, titles_to_link
from portal.items.forms import RewriteForm, UsedForm
from portal.items.models import Item, Post
from portal.items.permissions import can_edit, can_follow, can_react, can_rewrite, can_say_used
from portal.items.posting import post_numbered, rewrite_post
from portal.items.rates import mind_posts, one_after_the_other
from portal.items.reacting import react, take_back
from portal.items.reading import versions_read_by
from portal.items.talk_models import ReactionSort
from portal.items.views import page_of, page_of_reply, visible_post
from portal.markup.difference import compare
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("posts", __name__)


@bp.get("/posts/<int:post_id>")
def show_post(post_id: int) -> ResponseReturnValue:
    """The address that lasts: leads to where the post stands today."""
    post = visible_post(post_id)
    return redirect(page_of_reply(post.item, post.number))


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
def rewrite(post_id: int) -> ResponseReturnValue:
    post, person = visible_post(post_id), current_person()
    require(can_rewrite(person, post))
    if request.method == "POST":
        # Before the item, as who writes on it does: then neither waits for the other.
        one_after_the_other(person)
        lock(post.item)
        lock(post)
        session.expire(post.item)
        session.refresh(post, ["text", "version", "hidden_at"])
        require(can_rewrite(person, post))  # hidden, or the thread locked, at this very moment
    form = RewriteForm.opened({"text": post.text}, saved_by=lambda: post.author.name)
    if form.validate_on_submit():
        with refusals_in(form):
            audience.mind_readers(post.item, form.meant_for.data)
            mind_posts(person, form.text.data or "", post.item)
            rewrite_post(post, by=person, text=form.text.data or "")
            discard(person, f"post-{post_id}")
            session.commit()
            return redirect(page_of_reply(post.item, post.number))
        post = visible_post(post_id)
    form.meant_for.data = audience.shown_as(post.item)
    return render_template("items/rewrite_post.html", form=form, post=post, back=_back(post)), status_of(form)


@bp.get("/posts/<int:post_id>/history")
def show_versions(post_id: int) -> ResponseReturnValue:
    """All that stood there for these readers, each against what stood before it."""
    post = visible_post(post_id)
    versions = versions_read_by(current_person(), post)
    befores = [text for _, text, _ in versions[1:]]
    changes = [compare(before, text) for (_, text, _), before in zip(versions, befores, strict=False)]
    return render_template(
        "items/post_versions.html", post=post, versions=versions, changes=changes, back=_back(post)
    )


@bp.post("/items/<int:item_id>/reactions")
def say(item_id: int) -> ResponseReturnValue:
    """One button of many on a page: `word` is "thanks:12", of post 12, or "thanks:0" of the item's own text; a third part,
    "off", takes it back."""
    item, person = get_visible(Item, item_id), current_person()
    word, _, rest = request.form.get("word", "").partition(":")
    number, _, off = rest.partition(":")
    post = _numbered(item, number)
    require(can_react(person, item, post))
    if word not in set(ReactionSort):
        raise BadInput
    sort = ReactionSort(word)
    if off:
        take_back(item, by=person, sort=sort, post=post)
    elif sort == ReactionSort.USED:
        require(can_say_used(person, item, post))
        return redirect(url_for("posts.used", item_id=item_id, post=post.number if post else None))
    else:
        react(item, by=person, sort=sort, post=post)
    session.commit()
    return redirect(_place(item, post))


@bp.route("/items/<int:item_id>/used", methods=["GET", "POST"])
def used(item_id: int) -> ResponseReturnValue:
    """Somebody used it: how, and with what result."""
    item, person = get_visible(Item, item_id), current_person()
    post = _numbered(item, request.args.get("post", "0"))
    require(can_say_used(person, item, post))
    form = UsedForm()
    if form.validate_on_submit():
        with refusals_in(form):
            react(item, by=person, sort=ReactionSort.USED, post=post, how=form.how.data or "")
            session.commit()
            flash(gettext("Thank you. What was used is worth more than what was read."), "success")
            return redirect(_place(item, post))
        item = get_visible(Item, item_id)
        post = _numbered(item, request.args.get("post", "0"))
    page = render_template("items/used.html", form=form, item=item, post=post, back=_place(item, post))
    return page, status_of(form)


@bp.get("/items/<int:item_id>/people")
def offer_people(item_id: int) -> ResponseReturnValue:
    """Who may be called in what is written here, by the beginning of a name (`q`)."""
    item, person = get_visible(Item, item_id), current_person()
    require(can_follow(person, item) or can_edit(person, item))
    return jsonify(people=people_to_call(request.args.get("q", ""), person, item))


@bp.get("/people/to-call")
def offer_colleagues() -> ResponseReturnValue:
    """The same where nothing is written yet: any colleague, or those who may read in a group (`group`)."""
    group_id = whole_number(request.args.get("group"))
    return jsonify(people=people_to_call(request.args.get("q", ""), current_person(), group_id=group_id))


@bp.get("/items/to-link")
def offer_items() -> ResponseReturnValue:
    """What may be linked to, by its number or words of its title (`q`)."""
    return jsonify(items=titles_to_link(request.args.get("q", ""), current_person()))


def _numbered(item: Item, number: str) -> Post | None:
    """The item's post of that number that is not hidden, None for 0: the item's own text. NotHere."""
    if number in ("0", ""):
        return None
    post = post_numbered(item, whole_number(number))
    if post is None or post.hidden_at is not None:
        raise NotHere
    return post


def _back(post: Post) -> str:
    return page_of_reply(post.item, post.number)


def _place(item: Item, post: Post | None) -> str:
    return page_of_reply(item, post.number) if post else page_of(item)
