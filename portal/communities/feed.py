"""The talk of a community as an Atom feed (RFC 4287), for who follows it in a feed reader."""

from datetime import datetime
from xml.etree import ElementTree

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.communities.models import Community
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.models import ItemState, Post, Revision
from portal.markup.plain_text import plain
from portal.people.models import Person
from portal.templating import in_language, page_url
from portal.thai.clusters import clip
from portal.translating import gettext

ENTRIES = 50
LENGTH = 600  # of what is quoted of a text
_ATOM = "http://www.w3.org/2005/Atom"


def feed_of(community: Community, person: Person, own_address: str, root: str) -> bytes:
    """The newest threads and replies that the person reads, newest first, as XML; `root` begins every address in it. Hidden
    replies are left out."""
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    root = root.rstrip("/")
    address = root + page_url("communities.show_community", community_id=community.id)
    entries = sorted(
        _threads(community, person) + _replies(community, person), key=lambda one: one[0], reverse=True
    )[:ENTRIES]
    _add(feed, "id", address)
    _add(feed, "title", in_language(community.group, "name"))
    _add(feed, "subtitle", community.group.purpose)
    _add(feed, "updated", (entries[0][0] if entries else community.founded_at).isoformat())
    ElementTree.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "href": own_address})
    ElementTree.SubElement(feed, f"{{{_ATOM}}}link", {"href": address})
    for at, title, author, text, path in entries:
        entry = ElementTree.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "id", root + path)
        _add(entry, "title", title)
        _add(entry, "updated", at.isoformat())
        _add(ElementTree.SubElement(entry, f"{{{_ATOM}}}author"), "name", author)
        _add(entry, "summary", clip(plain(text), LENGTH))
        ElementTree.SubElement(entry, f"{{{_ATOM}}}link", {"href": root + path})
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


_Entry = tuple[datetime, str, str, str, str]


def _threads(community: Community, person: Person) -> list[_Entry]:
    rows = session.execute(
        Thread.visible_to(person)
        .join(Revision, (Revision.item_id == Thread.id) & (Revision.number == Thread.revision_number))
        .add_columns(Revision.text)
        .where(Thread.community_id == community.id, Thread.state == ItemState.PUBLISHED)
        .options(joinedload(Thread.author))
        .order_by(Thread.published_at.desc())
        .limit(ENTRIES)
    )
    return [
        (
            thread.published_at or thread.created_at,
            thread.title,
            thread.author.name,
            text,
            page_url("threads.show_thread", thread_id=thread.id),
        )
        for thread, text in rows
    ]


def _replies(community: Community, person: Person) -> list[_Entry]:
    # Of the threads last written in: no newer reply stands anywhere else.
    newest = (
        Thread.visible_to(person)
        .where(Thread.community_id == community.id, Thread.state == ItemState.PUBLISHED)
        .order_by(Thread.last_posted_at.desc())
        .limit(ENTRIES)
        .with_only_columns(Thread.id, Thread.title)
    )
    titles: dict[int, str] = {row[0]: row[1] for row in session.execute(newest)}
    posts = session.scalars(
        select(Post)
        .where(Post.item_id.in_(titles), Post.hidden_at.is_(None))
        .options(joinedload(Post.author))
        .order_by(Post.posted_at.desc(), Post.id.desc())
        .limit(ENTRIES)
    )
    return [
        (
            post.posted_at,
            gettext("Reply: %(title)s", title=titles[post.item_id]),
            post.author.name,
            post.text,
            page_url("posts.show_post", post_id=post.id),
        )
        for post in posts
    ]


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{tag}").text = text
