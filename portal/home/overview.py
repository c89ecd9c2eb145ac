"""What the first page shows of the store."""

from portal.db import session
from portal.items.models import Item
from portal.knowledge.listing import FOR_LISTS, published_assets
from portal.people.models import Person


def newest_items(person: Person | None, most: int = 8) -> list[Item]:
    """The newest of what the store's list shows the person."""
    return list(
        session.scalars(
            published_assets(person)
            .order_by(Item.published_at.desc(), Item.id.desc())
            .options(*FOR_LISTS)
            .limit(most)
        )
    )
