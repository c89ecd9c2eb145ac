"""Whether what was taken from a talk would be read by more people than the talk itself."""

from collections.abc import Collection

from sqlalchemy import select

from portal.db import session
from portal.items.models import Item, ItemAudience, Origin, Post
from portal.people.audiences import PUBLIC, groups_in
from portal.people.models import Group, Openness


def narrower_sources(item: Item, tokens: Collection[str]) -> list[Item]:
    """Of the talk that the item grew from, by whatever way, that which some holders of these tokens may not read. What they read
    already nobody is asked about again, nor about what it was made of; what was never open to a group is its author's to open."""
    narrow: set[int] = set()
    seen, newest = {item.id}, {item.id}
    while newest:
        newest = _grown_from(newest) - seen
        seen |= newest
        audiences, open_groups = _audiences_of(newest)
        read = {
            one for one in newest if all(_is_among(token, audiences[one], open_groups) for token in tokens)
        }
        narrow |= {one for one in newest - read if groups_in(audiences[one])}
        newest -= read  # a draft, and what is open to a unit, tells nothing of the talk behind it
    return list(session.scalars(select(Item).where(Item.id.in_(narrow)).order_by(Item.id)))


def _grown_from(ids: Collection[int]) -> set[int]:
    rows = session.execute(
        select(Origin.from_item_id, Post.item_id)
        .outerjoin(Post, Post.id == Origin.from_post_id)
        .where(Origin.item_id.in_(ids))
    )
    return {now_in or from_item for from_item, now_in in rows}


def _audiences_of(ids: Collection[int]) -> tuple[dict[int, set[str]], set[int]]:
    """(the tokens each of them is open to, which of the groups among these are open to every colleague)."""
    audiences: dict[int, set[str]] = {one: set() for one in ids}
    for item_id, token in session.execute(
        select(ItemAudience.item_id, ItemAudience.token).where(ItemAudience.item_id.in_(ids))
    ):
        audiences[item_id].add(token)
    groups = groups_in(token for some in audiences.values() for token in some)
    open_groups = select(Group.id).where(Group.id.in_(groups), Group.openness == Openness.OPEN)
    return audiences, set(session.scalars(open_groups)) if groups else set()


def _is_among(token: str, theirs: Collection[str], open_groups: Collection[int]) -> bool:
    """Whether who holds the token reads what is open to theirs: what is open to the organisation, or is said in a community
    that every colleague reads, is closed to the public alone."""
    if token in theirs or PUBLIC in theirs:
        return True
    to_all = any(one.startswith("org:") for one in theirs) or not groups_in(theirs).isdisjoint(open_groups)
    return token != PUBLIC and to_all
