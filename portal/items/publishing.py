"""Publishing and retiring: the state, the audience, the outbox and the audit log change in one transaction."""

from datetime import datetime

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.items import audience
from portal.items.models import Item, ItemRedirect, ItemState, Post
from portal.outbox.writing import put
from portal.people.models import Person
from portal.translating import N_


class NotReady(BadInput):
    message = N_("A title, a text, a KM step and readers are needed before this can be published.")


class NotPublished(Conflict):
    message = N_("Only what is published can be retired.")


def publish(item: Item, *, by: Person, at: datetime | None = None) -> None:
    """Open the item to whom its author chose and hand it to the search. NotReady when something is missing.

    Publishing again is nothing new. `at` is for imports, which know the day.
    """
    session.flush()
    lock(item)  # whom it is opened to may be changed at this very moment
    if item.state == ItemState.PUBLISHED:
        return
    if not item.title.strip() or item.revision_number == 0 or not item.fulfilments or not item.open_to:
        raise NotReady
    item.state = ItemState.PUBLISHED
    item.published_at = item.published_at or at or now()
    audience.apply(item)
    session.flush()
    put("index", item.id)
    record("item.publish", item, by=by, audience=item.open_to)


def retire(item: Item, *, by: Person) -> None:
    """Take it out of use: it stays readable under its address with a note, and leaves search and lists."""
    if item.state != ItemState.PUBLISHED:
        raise NotPublished
    item.state = ItemState.RETIRED
    put("index", item.id)
    record("item.retire", item, by=by)


def merge_into(item: Item, other: Item, *, by: Person) -> None:
    """Retire the item in favour of another one: its address leads there from now on."""
    if item.id == other.id or session.get(ItemRedirect, other.id) is not None:
        raise Conflict
    if item.state == ItemState.PUBLISHED:
        retire(item, by=by)
    session.add(ItemRedirect(item_id=item.id, to_item_id=other.id, by_id=by.id))
    record("item.merge", item, by=by, into=other.id)


def changed(item: Item) -> None:
    """Tell the search that a published item reads differently now; a draft concerns nobody."""
    if item.state != ItemState.DRAFT:
        put("index", item.id)


def post_changed(post: Post) -> None:
    """Tell the search that a post was written, written anew, hidden or shown again; it alone is read anew. Of posts that went
    to another item `changed` tells, of both items."""
    put("index", post.item_id, post=post.id)
