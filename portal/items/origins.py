"""Whether what was taken from a talk would be read by more people than the talk itself."""

from collections.abc import Collection

from sqlalchemy import select

from portal.db import session
from portal.items.models import Item, ItemAudience, Origin, Post
from portal.people.audiences import PUBLIC, groups_in
from portal.people.models import Group, Openness


def narrower_sources(item: Item, tokens: Collection[str]) -> list[Item]:
    """Of the talk that the item grew from, directly, or what was made of it, that which some holders of these tokens may not
    read. What was never open to a group is its author's to open."""
    rows = session.execute(
        select(Origin.from_item_id, Post.item_id)
        .outerjoin(Post, Post.id == Origin.from_post_id)
        .where(Origin.item_id == item.id)
    )
    ids = {now_in or from_item for from_item, now_in in rows}
    if not ids:
        return []
    audiences: dict[int, set[str]] = {one: set() for one in ids}
    for item_id, token in session.execute(
        select(ItemAudience.item_id, ItemAudience.token).where(ItemAudience.item_id.in_(ids))
    ):
        audiences[item_id].add(token)
    open_groups = set(
        session.scalars(
            select(Group.id).where(
                Group.id.in_(groups_in(token for some in audiences.values() for token in some)),
                Group.openness == Openness.OPEN,
            )
        )
    )
    narrow = [
        one
        for one, theirs in audiences.items()
        if groups_in(theirs) and not all(_is_among(token, theirs, open_groups) for token in tokens)
    ]
    return list(session.scalars(select(Item).where(Item.id.in_(narrow)).order_by(Item.id)))


def _is_among(token: str, theirs: Collection[str], open_groups: Collection[int]) -> bool:
    """Whether who holds the token reads what is open to theirs: what is open to the organisation, or is said in a community
    that every colleague reads, is closed to the public alone."""
    if token in theirs or PUBLIC in theirs:
        return True
    to_all = any(one.startswith("org:") for one in theirs) or not groups_in(theirs).isdisjoint(open_groups)
    return token != PUBLIC and to_all
