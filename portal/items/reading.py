"""What a page of an item shows beside its text."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.items.models import Item, ItemState, Origin, Post
from portal.people.models import Person


def comments_of(item: Item) -> list[Post]:
    """All comments in their order with their authors, hidden ones too (the page shows those as stubs)."""
    return list(
        session.scalars(
            select(Post)
            .where(Post.item_id == item.id)
            .options(joinedload(Post.author), joinedload(Post.hidden_by))
            .order_by(Post.number)
        )
    )


def sources_of(item: Item, person: Person | None) -> list[Item]:
    """What the item grew from, as far as it is open to the person."""
    ids = select(Origin.from_item_id).where(Origin.item_id == item.id)
    return list(session.scalars(Item.visible_to(person).where(Item.id.in_(ids)).order_by(Item.id)))


def grown_from(item: Item, person: Person | None) -> list[Item]:
    """Published things that grew from the item, as far as they are open to the person."""
    ids = select(Origin.item_id).where(Origin.from_item_id == item.id)
    return list(
        session.scalars(
            Item.visible_to(person)
            .where(Item.id.in_(ids), Item.state == ItemState.PUBLISHED)
            .order_by(Item.published_at)
        )
    )
