"""Who keeps the threads of a community in order: who leads it."""

from typing import Final

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from portal.communities.models import Community
from portal.communities.permissions import is_closed
from portal.communities.thread_models import Thread
from portal.communities.thread_permissions import can_lock, can_start_thread
from portal.db import session
from portal.people.audiences import memberships_of, valid_on
from portal.people.models import Group, GroupMembership, Openness, Person
from portal.thai.dates import bangkok_today


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
    """Whether what was said in the one may be read in the other: whoever reads there could read it here. What is said in a
    closed one stays there; what every colleague reads goes anywhere; from one on request only members of both follow."""
    if is_closed(source) or source.group.openness == Openness.OPEN:
        return not is_closed(source)
    if target.group.openness == Openness.OPEN:
        return False
    return session.scalar(_members_besides(source).where(_OF.group_id == target.group_id).limit(1)) is None


def communities_to_move_to(person: Person, thread: Thread) -> Select[Community]:
    """The query of `can_move_to`, for who may move the thread at all."""
    source = thread.community
    communities = (
        Community.visible_to(person)
        .join(Community.group)
        .where(Community.id != source.id, Community.organisation_id == source.organisation_id)
        .where(Community.group_id.in_(memberships_of(person)), Group.closed_on.is_(None))
        .order_by(Group.sort_key, Community.id)
    )
    if source.group.openness == Openness.OPEN:
        return communities
    others = _members_besides(source).where(_OF.group_id == Group.id).correlate(Group)
    return communities.where(Group.openness != Openness.OPEN, ~others.exists())


def _members_besides(source: Community) -> Select[int]:
    """Memberships today of colleagues who do not belong to that community."""
    day, here = bangkok_today(), aliased(GroupMembership)
    belongs = exists().where(
        here.group_id == source.group_id,
        here.person_id == _OF.person_id,
        valid_on(day, here.from_date, here.to_date),
    )
    return (
        select(_OF.id)
        .join(Person, Person.id == _OF.person_id)
        .where(Person.deactivated_at.is_(None), valid_on(day, _OF.from_date, _OF.to_date))
        .where(~belongs.correlate(_OF))
    )


_OF: Final = aliased(GroupMembership)
