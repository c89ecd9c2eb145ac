"""Deciding about a text that waits: it becomes what it was meant to be, or its writer is told why not."""

from typing import Final

from portal.audit.recording import record
from portal.communities.talking import reply, start_thread
from portal.communities.thread_models import Thread, ThreadKind
from portal.communities.thread_permissions import may_reply, may_start_thread
from portal.db import lock, now, session
from portal.errors import Conflict
from portal.items.merged import stands_now
from portal.items.models import Item, Post
from portal.items.order_models import HeldText
from portal.items.permissions import can_follow
from portal.items.posting import write_post
from portal.moderation.deciding import DecidedAlready
from portal.moderation.permissions import communities_with
from portal.moderation.suspending import said
from portal.notices.telling import Kind, tell
from portal.people.models import Person
from portal.translating import N_

LET_THROUGH: Final = Kind("moderation.let_through", N_("Your text is read now"))
NOT_LET_THROUGH: Final = Kind("moderation.not_let_through", N_("Your text was not let through"))


class NoPlaceAnyMore(Conflict):
    message = N_("It can't stand there any more: its writer has left, or nobody writes there now.")


def let_through(held: HeldText, *, by: Person) -> None:
    """The text stands where it was meant to, from now on; who follows is told. DecidedAlready, NoPlaceAnyMore."""
    _take(held)
    if held.item_id is not None:
        held.post = _post(held)
    else:
        held.item_id = _thread(held).id
    held.decided_at, held.decided_by_id, held.is_let_through = now(), by.id, True
    session.flush()
    record("held_text.let_through", held, by=by, item=held.item_id)
    tell([held.author_id], LET_THROUGH, held, key=f"let_through:{held.id}")


def turn_down(held: HeldText, *, by: Person, why: str) -> None:
    """Others don't read it; its writer keeps it and is told why. DecidedAlready, SayWhy."""
    why = said(why)
    _take(held)
    held.decided_at, held.decided_by_id, held.is_let_through, held.why = now(), by.id, False, why
    session.flush()
    record("held_text.turn_down", held, by=by, item=held.item_id)
    tell_not_let_through(held)


def tell_not_let_through(held: HeldText) -> None:
    """Its writer is told that others don't read it, and why."""
    tell([held.author_id], NOT_LET_THROUGH, held, key=f"not_let_through:{held.id}")


def _take(held: HeldText) -> None:
    # The item first, as who moves it does: then neither waits for the other.
    if held.item is not None:
        lock(held.item)
    lock(held)
    if held.decided_at is not None:
        raise DecidedAlready(name=held.decided_by.name if held.decided_by is not None else "")


def _post(held: HeldText) -> Post:
    item = session.get_one(Item, stands_now(held.item_id or 0))
    held.item_id = item.id
    if isinstance(item, Thread):
        if not may_reply(held.author, item):
            raise NoPlaceAnyMore
        return reply(item, by=held.author, text=held.text, send_key=held.send_key, was_read=True)
    if not can_follow(held.author, item) or not item.takes_comments:
        raise NoPlaceAnyMore
    return write_post(item, by=held.author, text=held.text, send_key=held.send_key, was_read=True)


def _thread(held: HeldText) -> Thread:
    communities = communities_with([held.group_id or 0])
    if not communities or not may_start_thread(held.author, communities[0]):
        raise NoPlaceAnyMore
    return start_thread(
        communities[0],
        by=held.author,
        kind=ThreadKind(held.kind),
        title=held.title,
        text=held.text,
        send_key=held.send_key,
        was_read=True,
    )
