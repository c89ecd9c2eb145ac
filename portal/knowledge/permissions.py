"""Who may do what with knowledge assets, on top of what holds for every item."""

from portal.items.discarding import is_deletable
from portal.items.permissions import can_edit
from portal.knowledge.models import KnowledgeAsset
from portal.people.models import Person


def can_write(person: Person | None) -> bool:
    """Every member of staff, and those elected, may write down what he knows."""
    return person is not None and person.is_active


def can_publish(person: Person | None, asset: KnowledgeAsset) -> bool:
    """Its author."""
    return can_edit(person, asset)


def can_delete(person: Person | None, asset: KnowledgeAsset) -> bool:
    """Its author, as long as it never was published."""
    return can_edit(person, asset) and is_deletable(asset)


def can_retire(person: Person | None, asset: KnowledgeAsset) -> bool:
    """Its author."""
    return can_edit(person, asset) and asset.is_published
