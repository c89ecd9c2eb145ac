"""What the first page shows of the store."""

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
