"""Comments on items."""

from sqlalchemy import func, select

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput
from portal.items.following import tell_followers
from portal.items.models import Item, Post
from portal.markup.rendering import RENDERER_VERSION, render
from portal.people.models import Person
from portal.thai.repair import repair
from portal.translating import N_

MOST_CHARACTERS = 20_000


class EmptyPost(BadInput):
    message = N_("Write something first.")


class PostTooLong(BadInput):
    message = N_("A comment has at most 20,000 characters. Longer texts belong into the knowledge store.")


def write_post(item: Item, *, by: Person, text: str, send_key: str | None = None) -> Post:
    """Add a comment and answer it; sent twice with one key (a double click) it is the same post."""
    text = repair(text).strip()
    if not text:
        raise EmptyPost
    if len(text) > MOST_CHARACTERS:
        raise PostTooLong
    if send_key:
        sent = session.scalar(select(Post).where(Post.send_key == send_key, Post.author_id == by.id))
        if sent is not None:
            return sent
    number = (session.scalar(select(func.max(Post.number)).where(Post.item_id == item.id)) or 0) + 1
    post = Post(
        item_id=item.id,
        number=number,
        author_id=by.id,
        text=text,
        html=render(text, heading_offset=2, anchor_prefix=f"p{number}-").html,
        renderer_version=RENDERER_VERSION,
        send_key=send_key or None,
    )
    session.add(post)
    session.flush()  # two at the very same moment: the second is asked to send again (web/error_pages.py)
    tell_followers(post, item, by=by)
    return post


def hide_post(post: Post, *, by: Person, reason: str) -> None:
    """Take the text out of sight; a stub stays where it was, and the act is in the audit log."""
    if post.hidden_at is not None:
        return
    post.hidden_at, post.hidden_by_id, post.hidden_reason = now(), by.id, repair(reason).strip()[:300]
    record("post.hide", post, by=by, item=post.item_id)
