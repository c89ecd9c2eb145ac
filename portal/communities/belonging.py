"""Who does something for a community and still belongs to it: a part counts as long as its holder is a member and here."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, object_session

from portal.communities.models import Community, CommunityPart, Part
from portal.db import session
from portal.people.audiences import valid_on
from portal.people.models import GroupMembership, Person
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
