"""Comments on items, and replies: writing one, writing it anew, hiding it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput
from portal.items.attaching import claim
from portal.items.following import tell_followers
from portal.items.hiding import hide_post as hide_post
from portal.items.mentioning import tell_mentioned, with_people_named
from portal.items.minding import MOST_CHARACTERS as MOST_CHARACTERS
from portal.items.minding import mind_rewriting, mind_text
from portal.items.models import Item, Post
from portal.items.publishing import post_changed
from portal.items.talk_models import FormerText
from portal.markup.quoting import quotation
from portal.markup.rendering import RENDERER_VERSION, render
from portal.people.models import Person
from portal.thai.repair import repair
from portal.translating import N_


class EmptyPost(BadInput):
    message = N_("Write something first.")


class PostTooLong(BadInput):
    message = N_("A comment has at most 20,000 characters. Longer texts belong into the knowledge store.")


def write_post(
    item: Item, *, by: Person, text: str, send_key: str | None = None, was_read: bool = False
) -> Post:
    """Add a comment and answer it; sent twice with one key (a double click) it is the same post; a key
    that was used on another item says nothing here. `was_read`: a moderator lets it through. EmptyPost, PostTooLong, TooManyMentions, and what `mind_text` refuses."""
    if send_key:
        sent = session.scalar(select(Post).where(Post.send_key == send_key, Post.author_id == by.id))
        if sent is not None and sent.item_id == item.id:
            return sent
        if sent is not None:
            send_key = None
    text = _to_be_posted(text, by)
    mind_text(item, text, by=by, was_read=was_read)
    number = (session.scalar(select(func.max(Post.number)).where(Post.item_id == item.id)) or 0) + 1
    post = Post(
        item_id=item.id,
        number=number,
        author_id=by.id,
        text=text,
        html=html_of_post(text, number),
        renderer_version=RENDERER_VERSION,
        send_key=send_key or None,
    )
    session.add(post)
    session.flush()  # two at the very same moment: the second is asked to send again (web/error_pages.py)
    claim(item, text, by, post=post)
    called = tell_mentioned(item, text, by=by, post=post)
    tell_followers(post, item, by=by, but=called)
    post_changed(post)
    return post


def rewrite_post(post: Post, *, by: Person, text: str) -> None:
    """Write the post anew; what stood there is kept for all who read it. Whoever writes from a form has locked the post and
    knows what stands there (portal/web/editing.py). EmptyPost, PostTooLong, TooManyMentions, and what `mind_rewriting` refuses."""
    text = _to_be_posted(text, by)
    mind_rewriting(post.item, text, by=by)
    lock(post)
    session.refresh(post, ["version", "text", "rewritten_at"])
    if text == post.text:
        return
    session.add(
        FormerText(
            post_id=post.id,
            version=post.version,
            text=post.text,
            written_at=post.rewritten_at or post.posted_at,
        )
    )
    post.text, post.html = text, html_of_post(text, post.number)
    post.renderer_version = RENDERER_VERSION
    post.version, post.rewritten_at = post.version + 1, now()
    session.flush()
    claim(post.item, text, by, post=post)
    tell_mentioned(post.item, text, by=by, post=post)
    post_changed(post)
    record("post.rewrite", post, by=by, item=post.item_id)


def versions_of(post: Post) -> list[tuple[int, str, datetime]]:
    """(version, text, when it was written) of all that ever stood in the post, newest first."""
    former = session.scalars(
        select(FormerText).where(FormerText.post_id == post.id).order_by(FormerText.version.desc())
    )
    newest = (post.version, post.text, post.rewritten_at or post.posted_at)
    return [newest, *((one.version, one.text, one.written_at) for one in former)]


def post_numbered(item: Item, number: int | None) -> Post | None:
    """The item's post of that number with its author; None when there is none."""
    if number is None:
        return None
    return session.scalar(
        select(Post).where(Post.item_id == item.id, Post.number == number).options(joinedload(Post.author))
    )


def quoted(post: Post, text: str | None = None) -> str:
    """The post's text, or a passage of it, as a quotation with who said it and the way back. It is a copy: what becomes of
    the post leaves no hole in what quotes it."""
    return quotation(text or post.text, by=post.author.name, at=f"/posts/{post.id}")


def _to_be_posted(text: str, by: Person) -> str:
    """What was typed as it is stored. EmptyPost, PostTooLong, TooManyMentions."""
    text = repair(text).strip()
    if not text:
        raise EmptyPost
    if len(text) > MOST_CHARACTERS:
        raise PostTooLong
    return with_people_named(text, by)


def html_of_post(text: str, number: int) -> str:
    """The text as it stands under that number: headings below those of the page, their anchors named after the number."""
    return render(text, heading_offset=2, anchor_prefix=f"p{number}-").html
