"""Who keeps the threads of a community in order: who leads it."""

from typing import Final

from sqlalchemy import Select

from portal.communities.models import Community
from portal.communities.permissions import is_closed
from portal.communities.thread_models import Thread
from portal.communities.thread_permissions import can_lock, can_start_thread
from portal.people.audiences import memberships_of
from portal.people.models import Group, Openness, Person

_LESS_AND_LESS_OPEN: Final = (Openness.OPEN, Openness.ON_REQUEST, Openness.CLOSED)


def can_keep(person: Person | None, thread: Thread) -> bool:
    """Pin it, merge it into another one of the community, make a thread of its own of some replies: who leads it."""
    return can_lock(person, thread)


def can_move(person: Person | None, thread: Thread) -> bool:
    """Who leads the community takes a thread to another one; out of a closed one nobody."""
    return can_keep(person, thread) and not is_closed(thread.community)


def can_move_to(person: Person | None, thread: Thread, target: Community) -> bool:
    """Who leads here and is a member there; never to where more people read than were promised to those who wrote."""
    return (
        can_move(person, thread)
        and target.id != thread.community_id
        and can_start_thread(person, target)
        and takes_in(target, thread.community)
    )


def takes_in(target: Community, source: Community) -> bool:
    """Whether what was said in the one may be read in the other: it is no more open, and what is said in a closed one stays
    there."""
    order = _LESS_AND_LESS_OPEN.index
    return not is_closed(source) and order(target.group.openness) >= order(source.group.openness)


def communities_to_move_to(person: Person, thread: Thread) -> Select[Community]:
    """The query of `can_move_to`, for who may move the thread at all."""
    source = thread.community
    no_more_open = _LESS_AND_LESS_OPEN[_LESS_AND_LESS_OPEN.index(source.group.openness) :]
    return (
        Community.visible_to(person)
        .join(Community.group)
        .where(Community.id != source.id, Community.organisation_id == source.organisation_id)
        .where(Community.group_id.in_(memberships_of(person)), Group.closed_on.is_(None))
        .where(Group.openness.in_(no_more_open))
        .order_by(Group.sort_key, Community.id)
    )
