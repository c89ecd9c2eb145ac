"""Taking what was written out of sight, and bringing it back. A stub stays in its place, so that answers and quotes of it can
still be understood; the author is told by whom and why."""

from typing import Final

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import Conflict
from portal.items.models import Item, ItemState, Post
from portal.items.order_models import HiddenOpening
from portal.items.publishing import post_changed
from portal.notices.telling import Kind, tell
from portal.outbox.writing import put
from portal.people.models import Person
from portal.people.settings import settings_of
from portal.thai.repair import repair
from portal.translating import N_, gettext, speaking

HIDDEN: Final = Kind("items.hidden", N_("What you wrote was hidden"))
SHOWN_AGAIN: Final = Kind("items.shown_again", N_("What you wrote is shown again"))
REASON_LENGTH: Final = 300
# What is hidden is called so by all and in every list: it is stored, so it is in the language of the organisation.
TITLE_OF_HIDDEN: Final = N_("(hidden)")


class HiddenAlready(Conflict):
    message = N_("Somebody has hidden it already.")


class NotHidden(Conflict):
    message = N_("Somebody has shown it again already.")


def hide_post(post: Post, *, by: Person, reason: str) -> None:
    """Take the text out of sight; a stub stays where it was, and the act is in the audit log. Hiding twice is nothing new,
    but what its author hid himself others take over: from then on he does not bring it back."""
    lock(post)
    if post.hidden_at is not None and not _takes_over(by, post.hidden_by_id, post.author_id):
        return
    post.hidden_at, post.hidden_by_id, post.hidden_reason = now(), by.id, _reason(reason)
    record("post.hide", post, by=by, item=post.item_id)
    post_changed(post)
    if by.id != post.author_id:
        tell([post.author_id], HIDDEN, post, key=f"hidden:{post.id}:{post.hidden_at.isoformat()}")


def unhide_post(post: Post, *, by: Person) -> None:
    """Show the text again where it stood. NotHidden."""
    lock(post)
    if post.hidden_at is None:
        raise NotHidden
    post.hidden_at, post.hidden_by_id, post.hidden_reason = None, None, ""
    record("post.unhide", post, by=by, item=post.item_id)
    post_changed(post)
    if by.id != post.author_id:
        tell([post.author_id], SHOWN_AGAIN, post, key=f"shown:{post.id}:{now().isoformat()}")


def opening_hidden(item: Item) -> HiddenOpening | None:
    """By whom and why the item's own text is hidden; None while it is read."""
    return session.get(HiddenOpening, item.id)


def hide_opening(item: Item, *, by: Person, reason: str) -> None:
    """Take the item's own text and title out of sight, and with them the item out of search and lists. What was answered stays
    readable at its address. What its author hid himself others take over. HiddenAlready."""
    lock(item)
    hidden = opening_hidden(item)
    if hidden is not None and _takes_over(by, hidden.hidden_by_id, item.author_id):
        hidden.hidden_at, hidden.hidden_by_id, hidden.reason = now(), by.id, _reason(reason)
    elif hidden is not None or item.state != ItemState.PUBLISHED:
        raise HiddenAlready
    else:
        made = HiddenOpening(item_id=item.id, title=item.title, hidden_by_id=by.id, reason=_reason(reason))
        session.add(made)
        with speaking(settings_of(item.organisation_id).language):
            item.title, item.state = gettext(TITLE_OF_HIDDEN), ItemState.RETIRED
    session.flush()
    put("index", item.id)
    record("item.hide", item, by=by)
    if by.id != item.author_id:
        tell([item.author_id], HIDDEN, item, key=f"hidden:item:{item.id}:{now().isoformat()}")


def unhide_opening(item: Item, *, by: Person) -> None:
    """Show the item's own text and title again, and the item in search and lists. NotHidden."""
    lock(item)
    hidden = opening_hidden(item)
    if hidden is None:
        raise NotHidden
    item.title, item.state = hidden.title, ItemState.PUBLISHED
    session.delete(hidden)
    session.flush()
    put("index", item.id)
    record("item.unhide", item, by=by)
    if by.id != item.author_id:
        tell([item.author_id], SHOWN_AGAIN, item, key=f"shown:item:{item.id}:{now().isoformat()}")


def _takes_over(by: Person, hidden_by_id: int | None, author_id: int) -> bool:
    return hidden_by_id == author_id != by.id


def _reason(text: str) -> str:
    return repair(text).strip()[:REASON_LENGTH]
