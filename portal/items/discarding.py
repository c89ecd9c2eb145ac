"""Deleting what was never published. What once was published is retired, never deleted."""

from collections.abc import Collection

from sqlalchemy import delete, or_, select, update

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import Conflict
from portal.items.models import Attachment, Item, ItemRedirect, ItemState, Origin
from portal.people.models import Person
from portal.remembering import renew
from portal.translating import N_


class NotADraft(Conflict):
    message = N_("Only a draft that was never published can be deleted.")


def is_deletable(item: Item) -> bool:
    """A draft that was never published and stands at no address that leads here from elsewhere."""
    if item.state != ItemState.DRAFT or item.published_at is not None:
        return False
    leads = select(ItemRedirect.item_id).where(
        or_(ItemRedirect.item_id == item.id, ItemRedirect.to_item_id == item.id)
    )
    return session.scalar(leads.limit(1)) is None


def delete_draft(item: Item, *, by: Person) -> None:
    """Delete the draft with its revisions, audience and all else that is its own. NotADraft for anything else.

    Its files are taken out of their place like removed ones: nobody fetches them any more, and their bytes go with the
    worker when nothing else refers to them.
    """
    session.flush()
    lock(item)  # it may be published, or commented on, at this very moment
    if not is_deletable(item):
        raise NotADraft
    record("item.delete", item, by=by)
    grown = session.scalars(select(Origin.item_id).where(Origin.from_item_id == item.id)).all()
    for item_id in (item.id, *grown):
        renew(session(), f"item:{item_id}")
    told = {"synchronize_session": False, "renewed": True}
    session.execute(
        update(Attachment)
        .where(Attachment.item_id == item.id)
        .values(item_id=None, post_id=None, removed_at=now()),
        execution_options=told,
    )
    _pass_on_origins(item, grown)
    session.execute(delete(Origin).where(Origin.from_item_id == item.id), execution_options=told)
    session.flush()
    session.expunge(item)
    # The database takes away what hangs on it: revisions, audience, fulfilments, tags, readings, its own origins.
    session.execute(delete(Item).where(Item.id == item.id), execution_options=told)


def _pass_on_origins(item: Item, grown: Collection[int]) -> None:
    """What was made of the draft comes from then on from what the draft was made of: who spoke there is still asked."""
    own = session.scalars(select(Origin).where(Origin.item_id == item.id)).all()
    session.add_all(
        Origin(
            item_id=item_id,
            from_item_id=origin.from_item_id,
            from_post_id=origin.from_post_id,
            excerpt=origin.excerpt,
        )
        for item_id in sorted(set(grown))
        for origin in own
        if origin.from_item_id != item_id
    )
