"""Communities as lists: which there are, who belongs to one, and who asks to be let in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, case, func, literal, or_, select
from sqlalchemy.orm import joinedload, lazyload

from portal.communities.belonging import present_parts
from portal.communities.models import Community, CommunityPart, JoinRequest, Part
from portal.db import session
from portal.people.audiences import memberships_of, valid_on
from portal.people.listing import Place, places_of
from portal.people.models import Group, GroupMembership, Person
from portal.thai.dates import bangkok_today

A_PAGE: Final = 50
MOST_WORDS: Final = 5
_ORDER: Final = list(Part)


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


@dataclass(frozen=True)
class MemberPage:
    """Some of those who belong to a community; `total` of all whom the search found."""

    members: list[Member]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


def community_of(group: Group) -> Community | None:
    """The community whose members this group is; None for a group of another kind."""
    return session.scalar(select(Community).where(Community.group_id == group.id))


def communities_of(
    person: Person | None,
    *,
    mine: bool = False,
    closed_down: bool = False,
    called: str = "",
    page: int | None = None,
) -> list[Standing]:
    """Those the person may know of, his own first, then in dictionary order; three queries whatever their number. `called`:
    whose name or purpose holds every word of it. `page`: of A_PAGE each; without it all."""
    own = memberships_of(person)
    query = _known_to(person, own, mine=mine, closed_down=closed_down, called=called).order_by(
        Community.group_id.not_in(own), Group.sort_key, Community.id
    )
    if page is not None:
        query = query.limit(A_PAGE).offset((page - 1) * A_PAGE)
    return _standings(session.scalars(query).all(), own)


def count_communities(
    person: Person | None, *, mine: bool = False, closed_down: bool = False, called: str = ""
) -> int:
    """How many there are on all pages together."""
    query = _known_to(person, memberships_of(person), mine=mine, closed_down=closed_down, called=called)
    ids = query.options(lazyload(Community.group)).with_only_columns(Community.id)
    return session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def _known_to(
    person: Person | None, own: Collection[int], *, mine: bool, closed_down: bool, called: str
) -> Select[Community]:
    query = (
        Community.visible_to(person)
        .join(Community.group)
        .where(Group.closed_on.is_not(None) if closed_down else Group.closed_on.is_(None))
    )
    if mine:
        query = query.where(Community.group_id.in_(own))
    for word in called.split()[:MOST_WORDS]:
        query = query.where(
            or_(*(one.icontains(word, autoescape=True) for one in (Group.name, Group.name_en, Group.purpose)))
        )
    return query


def standings_of(communities: Sequence[Community], person: Person | None) -> list[Standing]:
    """How these stand for the person, in their order."""
    return _standings(communities, memberships_of(person))


def _standings(found: Sequence[Community], own: Collection[int]) -> list[Standing]:
    members = count_members([one.group_id for one in found])
    leading: dict[int, list[str]] = {}
    for part in present_parts([one.id for one in found]):
        if part.part == Part.FACILITATOR:
            leading.setdefault(part.community_id, []).append(part.person.name)
    return [
        Standing(one, members.get(one.group_id, 0), tuple(leading.get(one.id, ())), one.group_id in own)
        for one in found
    ]


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


def members_of(community: Community, *, called: str = "", page: int | None = None) -> MemberPage:
    """Those who belong to it today, who do something for it first, then in dictionary order; five queries whatever their
    number. `called`: whose name holds every word of it. `page`: of A_PAGE each; without it all."""
    parts: dict[int, list[CommunityPart]] = {}
    for part in present_parts([community.id]):
        parts.setdefault(part.person_id, []).append(part)
    query = _belonging(community, called)
    total = (
        session.scalar(select(func.count()).select_from(query.with_only_columns(Person.id).subquery())) or 0
    )
    rank = {person_id: min(_ORDER.index(one.part) for one in taken) for person_id, taken in parts.items()}
    first = case(rank, value=Person.id, else_=len(_ORDER)) if rank else literal(0)
    query = query.options(joinedload(GroupMembership.person)).order_by(first, Person.sort_key, Person.id)
    if page is not None:
        query = query.limit(A_PAGE).offset((page - 1) * A_PAGE)
    memberships = session.scalars(query).all()
    places = places_of([one.person_id for one in memberships])
    return MemberPage(
        [
            Member(one.person, places.get(one.person_id, []), parts.get(one.person_id, []), one)
            for one in memberships
        ],
        total,
    )


def people_of(community: Community) -> Select[Person]:
    """Those who belong to it today, for choosing one."""
    members = _belonging(community).with_only_columns(GroupMembership.person_id)
    return select(Person).where(Person.id.in_(members))


def _belonging(community: Community, called: str = "") -> Select[GroupMembership]:
    query = (
        select(GroupMembership)
        .join(Person, Person.id == GroupMembership.person_id)
        .where(GroupMembership.group_id == community.group_id, Person.deactivated_at.is_(None))
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
    )
    for word in called.split()[:MOST_WORDS]:
        name = (Person.prefix + Person.first_name, Person.last_name, Person.username)
        query = query.where(or_(*(one.icontains(word, autoescape=True) for one in name)))
    return query


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
