"""Who does something for a community and still belongs to it: a part counts as long as its holder is a member and here."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, object_session

from portal.communities.models import Community, CommunityPart, Part
from portal.db import session
from portal.people.audiences import group_token, valid_on
from portal.people.models import Group, GroupMembership, Person
from portal.remembering import PEOPLE, Remembered
from portal.thai.dates import bangkok_today

_LEADING: Final = Remembered[tuple[int, object], frozenset[int]](most=2_000)


def facilitators_of(community: Community) -> frozenset[int]:
    """The ids of those who facilitate it today."""
    own = object_session(community)
    if own is None:
        raise RuntimeError("a community outside any session has no facilitators")
    return _LEADING.get(
        own,
        PEOPLE,
        (community.id, bangkok_today()),
        lambda: frozenset(
            one.person_id for one in present_parts([community.id]) if one.part == Part.FACILITATOR
        ),
    )


def present_parts(community_ids: Collection[int]) -> list[CommunityPart]:
    """What is done for these communities today, and by whom; in one query, in the order in which it was taken on."""
    if not community_ids:
        return []
    return list(
        session.scalars(
            select(CommunityPart)
            .join(Community, Community.id == CommunityPart.community_id)
            .join(CommunityPart.person)
            .options(contains_eager(CommunityPart.person))
            .join(
                GroupMembership,
                (GroupMembership.group_id == Community.group_id)
                & (GroupMembership.person_id == CommunityPart.person_id),
            )
            .where(CommunityPart.community_id.in_(community_ids), Person.deactivated_at.is_(None))
            .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
            .order_by(CommunityPart.id)
        ).unique()
    )


KEEPING_ORDER: Final = (Part.FACILITATOR, Part.SPONSOR)
_KEEPING: Final = Remembered[tuple[int, object], frozenset[str]](most=2_000)


def groups_kept_in_order(person: Person) -> frozenset[str]:
    """The tokens of the groups of those communities that the person facilitates or sponsors today, while their work goes on."""

    def read() -> frozenset[str]:
        ids = session.scalars(
            select(Community.group_id)
            .join(CommunityPart, CommunityPart.community_id == Community.id)
            .join(Group, Group.id == Community.group_id)
            .join(GroupMembership, GroupMembership.group_id == Community.group_id)
            .where(CommunityPart.person_id == person.id, CommunityPart.part.in_(KEEPING_ORDER))
            .where(GroupMembership.person_id == person.id, Group.closed_on.is_(None))
            .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
        )
        return frozenset(map(group_token, ids))

    return _KEEPING.get(session(), PEOPLE, (person.id, bangkok_today()), read)
