"""What a page of an item shows beside its text."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.audit.models import AuditEntry
from portal.db import session
from portal.items.merged import known_as, where_they_went
from portal.items.models import Attachment, Item, ItemState, Origin, Post, Revision
from portal.items.permissions import can_edit
from portal.items.posting import versions_of
from portal.people.models import Person

# On which items a post stood before; a room in which posts are carried elsewhere adds how it tells.
STOOD_ON: Final[list[Callable[[Post], Collection[int]]]] = []


def comments_of(item: Item) -> Select[Post]:
    """All comments in their order with their authors, hidden ones too (the page shows those as stubs)."""
    return (
        select(Post)
        .where(Post.item_id == item.id)
        .options(joinedload(Post.author), joinedload(Post.hidden_by))
        .order_by(Post.number)
    )


def files_of(item: Item) -> Select[Attachment]:
    """The files of the item itself, which whoever sees it may fetch, in the order they came; those of comments stand
    there."""
    return (
        select(Attachment)
        .where(Attachment.item_id == item.id, Attachment.post_id.is_(None), Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )


def revisions_of(item: Item, person: Person | None) -> Select[Revision]:
    """The revisions the person may read: all for who may edit, for others those from the publication on, or from when it
    was last opened to other readers.

    What an author took out before stays with those for whom it was meant.
    """
    query = select(Revision).where(Revision.item_id == item.id).options(joinedload(Revision.author))
    if can_edit(person, item):
        return query
    opened = last_opened(item)
    since = max(
        (moment for moment in (item.published_at, opened) if moment is not None), default=item.created_at
    )
    first = (
        select(func.max(Revision.number))
        .where(Revision.item_id == item.id, Revision.saved_at <= since)
        .scalar_subquery()
    )
    return query.where(Revision.number >= func.coalesce(first, 1))


def last_opened(item: Item, *others: int) -> datetime | None:
    """When the item, or what was merged into it, was last opened to other readers; None when it never was. `others`: the ids of
    items on which something of it stood before."""
    places = known_as({item.id, *others})
    return session.scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.action == "item.open",
            AuditEntry.subject_type.in_((Item.__tablename__, item.__tablename__)),
            AuditEntry.subject_id.in_(places),
        )
    )


def versions_read_by(person: Person | None, post: Post) -> list[tuple[int, str, datetime]]:
    """Of `versions_of` those the person may read: all of what he wrote himself; of what others wrote what stood there when the item
    was last opened to other readers, and since. What was taken out before stays with those for whom it was meant."""
    versions = versions_of(post)
    if person is not None and person.is_active and post.author_id == person.id:
        return versions
    before = {item_id for where in STOOD_ON for item_id in where(post)}
    opened = last_opened(post.item, *before)
    if opened is None:
        return versions
    since = [one for one in versions if one[2] > opened]
    return versions[: len(since) + 1]


def family_of(item: Item, person: Person | None) -> tuple[list[Item], list[Item]]:
    """(what the item grew from, what grew from it and is published), as far as they are open to the person."""
    near = select(Origin.from_item_id, Origin.item_id).where(
        (Origin.item_id == item.id) | (Origin.from_item_id == item.id)
    )
    pairs = session.execute(near).all()
    if not pairs:
        return [], []
    went = where_they_went({one for pair in pairs for one in pair})
    sources = {went.get(pair[0], pair[0]) for pair in pairs} - {item.id}
    grown = {went.get(pair[1], pair[1]) for pair in pairs} - {item.id}
    relatives = session.scalars(
        Item.visible_to(person).where(Item.id.in_(sources | grown)).order_by(Item.id)
    ).all()
    return (
        [one for one in relatives if one.id in sources],
        [one for one in relatives if one.id in grown and one.state == ItemState.PUBLISHED],
    )
