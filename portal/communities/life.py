"""Signs of life of a community: who takes part, what waits for an answer, and since when it is quiet.

A community dies when its coordinator is left alone (document 001 of the sources, section 12): so it is said how much of the
talk is the facilitator's own, and one that has fallen asleep is told to those who look after it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, union_all

from portal.communities.belonging import facilitators_of, present_parts
from portal.communities.models import Community, Part
from portal.communities.thread_models import Thread
from portal.communities.threads import is_unanswered
from portal.db import now, session
from portal.items.models import ItemState, Post
from portal.items.talk_models import Reaction, ReactionSort
from portal.notices.telling import Kind, tell
from portal.people.models import Group, Unit
from portal.people.settings import settings_of
from portal.plan.permissions import planners_of
from portal.thai.dates import bangkok_day
from portal.translating import N_

ASLEEP: Final = Kind("communities.asleep", N_("A community has fallen asleep"))


@dataclass(frozen=True)
class Signs:
    """`active` people wrote something, or used what they read, within the organisation's days: `writings` times, `led` of these
    the facilitators.
    `days_quiet` since the last of all, or since it was founded. `unanswered` questions have no accepted answer."""

    active: int
    writings: int
    led: int
    unanswered: int
    days_quiet: int
    is_asleep: bool

    @property
    def share_of_facilitators(self) -> int | None:
        """In per cent; None while nobody has written."""
        return round(100 * self.led / self.writings) if self.writings else None


def signs_of(communities: Collection[Community], moment: datetime | None = None) -> dict[int, Signs]:
    """by the id of the community; five queries whatever their number."""
    if not communities:
        return {}
    moment = moment or now()
    ids = [one.id for one in communities]
    decisions = settings_of(next(iter(communities)).organisation_id)
    last = _last_writings(ids)
    unanswered = _unanswered(ids)
    writers = _writers(ids, moment - timedelta(days=decisions.community_active_days))
    leading = {
        (one.community_id, one.person_id) for one in present_parts(ids) if one.part == Part.FACILITATOR
    }
    signs = {}
    for community in communities:
        wrote = writers.get(community.id, {})
        since = max(last.get(community.id, community.founded_at), community.founded_at)
        days = (bangkok_day(moment) - bangkok_day(since)).days
        signs[community.id] = Signs(
            active=len(wrote),
            writings=sum(wrote.values()),
            led=sum(count for person_id, count in wrote.items() if (community.id, person_id) in leading),
            unanswered=unanswered.get(community.id, 0),
            days_quiet=days,
            is_asleep=not community.is_closed_down and days >= decisions.community_sleeping_days,
        )
    return signs


def asleep_among(communities: Collection[Community], moment: datetime | None = None) -> list[Community]:
    """Those that have fallen asleep, who sleeps longest first; one query whatever their number."""
    if not communities:
        return []
    moment = moment or now()
    days = settings_of(next(iter(communities)).organisation_id).community_sleeping_days
    last = _last_writings([one.id for one in communities])
    quiet = {
        one.id: (
            bangkok_day(moment) - bangkok_day(max(last.get(one.id, one.founded_at), one.founded_at))
        ).days
        for one in communities
    }
    asleep = [one for one in communities if not one.is_closed_down and quiet[one.id] >= days]
    return sorted(asleep, key=lambda one: -quiet[one.id])


def nudge_the_sleeping(moment: datetime) -> int:
    """Tell those who facilitate a community, once for each sleep, that it has fallen asleep; where nobody does, those who
    plan."""
    done = 0
    for organisation_id in session.scalars(select(Unit.id).where(Unit.parent_id.is_(None))):
        awake = session.scalars(
            select(Community)
            .join(Community.group)
            .where(Community.organisation_id == organisation_id, Group.closed_on.is_(None))
        ).all()
        signs = signs_of(awake, moment)
        for community in awake:
            if signs[community.id].is_asleep:
                quiet_since = bangkok_day(moment) - timedelta(days=signs[community.id].days_quiet)
                done += tell(
                    facilitators_of(community) or planners_of(organisation_id),
                    ASLEEP,
                    community,
                    key=f"asleep:{community.id}:{quiet_since.isoformat()}",
                )
    return done


def _last_writings(ids: Collection[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(Thread.community_id, func.max(Thread.last_posted_at))
        .where(Thread.community_id.in_(ids), Thread.state == ItemState.PUBLISHED)
        .group_by(Thread.community_id)
    )
    return {community_id: at for community_id, at in rows if at is not None}


def _unanswered(ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Thread.community_id, func.count())
        .where(Thread.community_id.in_(ids), Thread.state == ItemState.PUBLISHED)
        .where(is_unanswered())
        .group_by(Thread.community_id)
    )
    return {row[0]: row[1] for row in rows}


def _writers(ids: Collection[int], since: datetime) -> dict[int, dict[int, int]]:
    """By community and person how many threads and posts were written since, hidden ones left out, and how often somebody said
    that he used what he read there."""
    started = select(Thread.community_id.label("community"), Thread.author_id.label("person")).where(
        Thread.community_id.in_(ids), Thread.state == ItemState.PUBLISHED, Thread.published_at >= since
    )
    replied = (
        select(Thread.community_id, Post.author_id)
        .join(Thread, Thread.id == Post.item_id)
        .where(Thread.community_id.in_(ids), Post.posted_at >= since, Post.hidden_at.is_(None))
    )
    used = (
        select(Thread.community_id, Reaction.person_id)
        .join(Thread, Thread.id == Reaction.item_id)
        .where(Thread.community_id.in_(ids), Reaction.sort == ReactionSort.USED, Reaction.reacted_at >= since)
    )
    written = union_all(started, replied, used).subquery()
    rows = session.execute(
        select(written.c.community, written.c.person, func.count()).group_by(
            written.c.community, written.c.person
        )
    )
    found: dict[int, dict[int, int]] = {}
    for community_id, person_id, count in rows:
        found.setdefault(community_id, {})[person_id] = count
    return found
