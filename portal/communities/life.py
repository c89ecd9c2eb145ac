"""Signs of life of a community: who takes part, what waits for an answer, and since when it is quiet.

A community dies when its coordinator is left alone (document 001 of the sources, section 12): so it is said how much of the
talk is the facilitator's own, and one that has fallen asleep is told to those who look after it.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table, func, select, union_all

from portal.communities.belonging import facilitators_of, present_parts
from portal.communities.models import Community, Part
from portal.communities.thread_models import TALK_OF, Thread
from portal.communities.threads import is_unanswered
from portal.db import now, session
from portal.items.models import Item, ItemState, Post
from portal.items.talk_models import Reaction, ReactionSort
from portal.notices.telling import Kind, tell
from portal.people.models import Group, Unit
from portal.people.settings import settings_of
from portal.plan.permissions import planners_of
from portal.remembering import PEOPLE, Remembered, expect, stamps_of
from portal.thai.dates import bangkok_day
from portal.translating import N_

ASLEEP: Final = Kind("communities.asleep", N_("A community has fallen asleep"))


SHOWN_SECONDS: Final = 600
_T: Final[Table] = Thread.__table__  # type: ignore[assignment]
_ITEM: Final[Table] = Item.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Signs:
    """How a community is doing.

    `active`: how many people wrote in it, or said that they used what they read there, within the days that the organisation
    counts; `writings`: how often they did so, `led`: how often of these those who facilitate. `unanswered`: how many questions
    have no accepted answer. `days_quiet`: days in Bangkok since somebody last wrote, or since it was founded; `is_asleep`: these
    are as many as the organisation says, and its work goes on.
    """

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


_SHOWN: Final = Remembered[int, Signs](most=2_000)


def shown_signs(communities: Collection[Community]) -> dict[int, Signs]:
    """`signs_of` for pages: remembered till somebody writes there or who facilitates changes, and for some minutes at most."""
    subjects = {one.id: (PEOPLE, TALK_OF.format(one.id)) for one in communities}
    own, minute = session(), str(time.monotonic() // SHOWN_SECONDS)
    expect(own, *(subject for pair in subjects.values() for subject in pair))
    found: dict[int, Signs] = {}
    stamps: dict[int, str | None] = {}
    for one in communities:
        stamp = stamps_of(own, *subjects[one.id])
        stamps[one.id] = f"{stamp} {minute}" if stamp is not None else None
        found |= _SHOWN.kept(stamps[one.id], [one.id])
    made = signs_of([one for one in communities if one.id not in found])
    return found | {number: _SHOWN.keep(stamps[number], number, signs) for number, signs in made.items()}


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
    """By community when somebody last wrote; each is the end of an index, however much was written."""
    last = select(func.max(_T.c.last_posted_at)).where(_T.c.community_id == Community.id).scalar_subquery()
    rows = session.execute(select(Community.id, last).where(Community.id.in_(ids)))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _unanswered(ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(_T.c.community_id, func.count())
        .where(_T.c.community_id.in_(ids), is_unanswered())
        .group_by(_T.c.community_id)
    )
    return {row[0]: row[1] for row in rows}


def _writers(ids: Collection[int], since: datetime) -> dict[int, dict[int, int]]:
    """By community and person how many threads and posts were written since, hidden ones left out, and how often somebody said
    that he used what he read there."""
    # By what was written of late, however much there is in the communities: the sum keeps SQLite from beginning with them.
    among = (_T.c.community_id + 0).in_(ids)
    started = (
        select(_T.c.community_id.label("community"), _ITEM.c.author_id.label("person"))
        .join(_T, _T.c.id == _ITEM.c.id)
        .where(among, _ITEM.c.state == ItemState.PUBLISHED, _ITEM.c.published_at >= since)
    )
    replied = (
        select(_T.c.community_id, Post.author_id)
        .join(_T, _T.c.id == Post.item_id)
        .where(among, Post.posted_at >= since, Post.hidden_at.is_(None))
    )
    used = (
        select(_T.c.community_id, Reaction.person_id)
        .join(_T, _T.c.id == Reaction.item_id)
        .where(among, Reaction.sort == ReactionSort.USED, Reaction.reacted_at >= since)
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
