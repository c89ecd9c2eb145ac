"""Who may make knowledge of what was said. What comes of it is his own draft, whose readers he chooses as of any."""

from portal.communities.permissions import can_lead, is_member
from portal.communities.thread_models import Thread
from portal.items.models import Item
from portal.items.permissions import can_see
from portal.knowledge.models import AssetKind, KnowledgeAsset
from portal.knowledge.permissions import can_write
from portal.people.models import Person
from portal.plan.permissions import can_plan


def can_lift(person: Person | None, thread: Thread) -> bool:
    """Every member of the community makes a nugget of what was said in it."""
    return (
        thread.is_published
        and can_write(person)
        and can_see(person, thread)
        and is_member(person, thread.community)
    )


def can_move_answer(person: Person | None, thread: Thread) -> bool:
    """Who asked, who leads the community, and those who look after the plan put an accepted answer into the store."""
    return (
        thread.is_answered
        and thread.is_published
        and can_write(person)
        and can_see(person, thread)
        and person is not None
        and (person.id == thread.author_id or can_lead(person, thread.community) or can_plan(person))
    )


def can_combine(person: Person | None, item: Item) -> bool:
    """Whoever writes may make a core of nuggets that he reads."""
    return (
        isinstance(item, KnowledgeAsset)
        and item.kind == AssetKind.NUGGET
        and item.is_published
        and can_write(person)
        and can_see(person, item)
    )
