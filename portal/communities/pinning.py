"""Pinning: a few threads stand above all others of their community."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.audit.recording import record
from portal.communities.keeping_models import ThreadPin
from portal.communities.thread_models import Thread
from portal.db import lock, now, session
from portal.errors import Conflict
from portal.people.models import Person
from portal.thai.repair import repair
from portal.translating import N_

MOST_PINNED: Final = 5


class PinnedAlready(Conflict):
    message = N_("Somebody has pinned it already.")


class TooManyPinned(Conflict):
    message = N_(
        "Five threads are pinned already. Unpin one first: where everything stands above, nothing does."
    )


def pin_of(thread: Thread) -> ThreadPin | None:
    """The pin that holds it now, with who and why."""
    return session.scalar(
        select(ThreadPin)
        .where(ThreadPin.thread_id == thread.id, ThreadPin.lifted_at.is_(None))
        .options(joinedload(ThreadPin.pinned_by))
    )


def pin_thread(thread: Thread, *, by: Person, why: str) -> None:
    """It stands above the others from now on. PinnedAlready, TooManyPinned."""
    lock(thread.community)  # two who pin at the same moment do not make six of five
    lock(thread)
    if pin_of(thread) is not None:
        raise PinnedAlready
    pinned = (
        select(func.count())
        .select_from(ThreadPin)
        .join(Thread, Thread.id == ThreadPin.thread_id)
        .where(Thread.community_id == thread.community_id, ThreadPin.lifted_at.is_(None))
    )
    if (session.scalar(pinned) or 0) >= MOST_PINNED:
        raise TooManyPinned
    session.add(ThreadPin(thread_id=thread.id, pinned_by_id=by.id, why=repair(why).strip()))
    session.flush()
    record("thread.pin", thread, by=by)  # why stands with the pin, for who reads the thread


def lift_pin(thread: Thread, *, by: Person) -> None:
    """It stands among the others again; lifting twice is nothing new."""
    lock(thread)
    pin = pin_of(thread)
    if pin is not None:
        pin.lifted_by_id, pin.lifted_at = by.id, now()
        session.flush()
        record("thread.lift_pin", thread, by=by)
