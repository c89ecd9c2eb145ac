"""Communities as lists: which there are, who belongs to one, and who asks to be let in."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.communities.belonging import present_parts
from portal.communities.models import Community, CommunityPart, JoinRequest, Part
from portal.db import session
from portal.people.audiences import memberships_of, valid_on
from portal.people.listing import Place, places_of
from portal.people.models import Group, GroupMembership, Person
from portal.thai.dates import bangkok_today


@dataclass(frozen=True)
class Standing:
    """A community in a list: how many belong to it, and whether the reader does."""

    community: Community
    members: int
    facilitators: tuple[str, ...]
    is_mine: bool


@dataclass(frozen=True)
class Member:
    """Somebody who belongs to a community, with the posts he holds and what he does for it."""

    person: Person
    places: list[Place]
    parts: list[CommunityPart]
    membership: GroupMembership


def community_of(group: Group) -> Community | None:
    """The community whose members this group is; None for a group of another kind."""
    return session.scalar(select(Community).where(Community.group_id == group.id))


def communities_of(person: Person | None, *, mine: bool = False, closed_down: bool = False) -> list[Standing]:
    """Those the person may know of, his own first, then in dictionary order; three queries whatever their number."""
    query = (
        Community.visible_to(person)
        .join(Community.group)
        .where(Group.closed_on.is_not(None) if closed_down else Group.closed_on.is_(None))
    )
    own = memberships_of(person)
    if mine:
        query = query.where(Community.group_id.in_(own))
    found = session.scalars(query.order_by(Group.sort_key, Community.id)).all()
    members = count_members([one.group_id for one in found])
    leading: dict[int, list[str]] = {}
    for part in present_parts([one.id for one in found]):
        if part.part == Part.FACILITATOR:
            leading.setdefault(part.community_id, []).append(part.person.name)
    standings = [
        Standing(one, members.get(one.group_id, 0), tuple(leading.get(one.id, ())), one.group_id in own)
        for one in found
    ]
    return sorted(standings, key=lambda one: not one.is_mine)


def count_members(group_ids: Collection[int]) -> dict[int, int]:
    """How many belong to each group today and are still with the organisation; groups without anybody are left out."""
    if not group_ids:
        return {}
    counted = session.execute(
        select(GroupMembership.group_id, func.count(func.distinct(GroupMembership.person_id)))
        .join(Person, Person.id == GroupMembership.person_id)
        .where(GroupMembership.group_id.in_(group_ids), Person.deactivated_at.is_(None))
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
        .group_by(GroupMembership.group_id)
    )
    return {row[0]: row[1] for row in counted}


def members_of(community: Community) -> list[Member]:
    """Those who belong to it today, who do something for it first, then in dictionary order."""
    memberships = session.scalars(
        select(GroupMembership)
        .join(GroupMembership.person)
        .where(GroupMembership.group_id == community.group_id, Person.deactivated_at.is_(None))
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
        .options(joinedload(GroupMembership.person))
        .order_by(Person.sort_key, Person.id)
    ).all()
    places = places_of([one.person_id for one in memberships])
    parts: dict[int, list[CommunityPart]] = {}
    for part in present_parts([community.id]):
        parts.setdefault(part.person_id, []).append(part)
    found = [
        Member(one.person, places.get(one.person_id, []), parts.get(one.person_id, []), one)
        for one in memberships
    ]
    return sorted(found, key=_parts_first)


def requests_to(community: Community) -> list[JoinRequest]:
    """Who waits to be let in, who asked first first."""
    return list(
        session.scalars(
            select(JoinRequest)
            .where(JoinRequest.community_id == community.id, JoinRequest.decided_at.is_(None))
            .options(joinedload(JoinRequest.person))
            .order_by(JoinRequest.asked_at, JoinRequest.id)
        )
    )


def request_of(person: Person | None, community: Community) -> JoinRequest | None:
    """The person's request that nobody has decided yet."""
    if person is None:
        return None
    return session.scalar(
        select(JoinRequest).where(
            JoinRequest.community_id == community.id,
            JoinRequest.person_id == person.id,
            JoinRequest.decided_at.is_(None),
        )
    )


def _parts_first(member: Member) -> int:
    order = list(Part)
    return min((order.index(one.part) for one in member.parts), default=len(order))
