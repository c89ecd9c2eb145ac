"""What the first page shows of the store."""

from sqlalchemy.orm import joinedload

from portal.db import session
from portal.items.models import Item, ItemState
from portal.knowledge.listing import FOR_LISTS
from portal.people.models import Person


def newest_items(person: Person | None, most: int = 8) -> list[Item]:
    """The newest published items open to the person."""
    return list(
        session.scalars(
            Item.visible_to(person)
            .where(Item.state == ItemState.PUBLISHED)
            .order_by(Item.published_at.desc(), Item.id.desc())
            .options(*FOR_LISTS)
            .limit(most)
        )
    )


def my_drafts(person: Person, most: int = 5) -> list[Item]:
    """What the person began and did not publish, last touched first."""
    return list(
        session.scalars(
            Item.visible_to(person)
            .where(Item.author_id == person.id, Item.state == ItemState.DRAFT)
            .order_by(Item.changed_at.desc())
            .options(joinedload(Item.unit))
            .limit(most)
        )
    )
