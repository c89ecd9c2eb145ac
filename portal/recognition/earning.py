"""Who has earned what, found in what was done: answers that were accepted, knowledge that was used, reports in time.

Talk of closed communities earns nothing that others are shown: a badge is worn in public. The one for keeping a community
awake rests on it and is shown to those alone who may know of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from portal.communities.belonging import present_parts
from portal.communities.models import Community, CommunityPart, Part
from portal.communities.thread_models import AcceptedAnswer, Thread
from portal.db import session
from portal.items.models import Item, ItemAudience, ItemState, Origin, Post
from portal.items.talk_models import Reaction, ReactionSort
from portal.knowledge.models import KnowledgeAsset
from portal.people.models import Group, Openness, Person
from portal.people.settings import settings_of
from portal.recognition.models import Award
from portal.thai.dates import BANGKOK, bangkok_day, fiscal_year, fiscal_year_dates
from portal.training.models import Discharge, Duty

ANSWERS_WANTED: Final = 3
USERS_WANTED: Final = 3
REPORTS_WANTED: Final = 2


@dataclass(frozen=True)
class Earned:
    """Somebody has earned a badge: on which occasion, where it can be earned again, resting on which community, by what:
    codes and ids."""

    person_id: int
    facts: dict[str, Any] = field(default_factory=dict)
    occasion: str = ""
    community_id: int | None = None


def lifted(organisation_id: int, _moment: datetime) -> Iterator[Earned]:
    """Whoever published an asset that comes from a thread, by the first of these that not closed communities alone read."""
    from_thread = exists().where(Origin.item_id == KnowledgeAsset.id, Origin.from_item_id == Thread.id)
    rows = session.execute(
        select(KnowledgeAsset.author_id, func.min(KnowledgeAsset.id))
        .where(KnowledgeAsset.state == ItemState.PUBLISHED, from_thread, _is_known_in_public())
        .where(KnowledgeAsset.author_id.in_(_still_without("lifted", organisation_id)))
        .group_by(KnowledgeAsset.author_id)
    )
    for author_id, item_id in rows:
        yield Earned(author_id, {"items": [item_id]})


def answered(organisation_id: int, _moment: datetime) -> Iterator[Earned]:
    """Whoever gave so many answers to questions of others, which others accepted, in communities that are not closed."""
    rows = session.execute(
        select(Post.author_id, Thread.id)
        .join(AcceptedAnswer, AcceptedAnswer.post_id == Post.id)
        .join(Thread, Thread.id == AcceptedAnswer.thread_id)
        .where(
            Thread.id.in_(_worn_in_public()),
            Post.hidden_at.is_(None),
            Thread.author_id != Post.author_id,
            AcceptedAnswer.accepted_by_id != Post.author_id,
            Post.author_id.in_(_still_without("answers", organisation_id)),
        )
        .order_by(AcceptedAnswer.accepted_at, Post.id)
    )
    threads: dict[int, list[int]] = defaultdict(list)
    for author_id, thread_id in rows:
        threads[author_id].append(thread_id)
    for author_id, ids in threads.items():
        if len(ids) >= ANSWERS_WANTED:
            yield Earned(author_id, {"items": ids[:ANSWERS_WANTED], "count": ANSWERS_WANTED})


def used(organisation_id: int, _moment: datetime) -> Iterator[Earned]:
    """Whoever wrote one text, or one reply, that so many colleagues say they used; not what closed communities alone read."""
    author = func.coalesce(Post.author_id, Item.author_id)
    rows = session.execute(
        select(author, Reaction.item_id, func.count(func.distinct(Reaction.person_id)))
        .join(Item, Item.id == Reaction.item_id)
        .outerjoin(Post, Post.id == Reaction.post_id)
        .where(
            Reaction.sort == ReactionSort.USED,
            Reaction.person_id != author,
            Item.state == ItemState.PUBLISHED,
            Post.hidden_at.is_(None),
            _is_known_in_public(),
            author.in_(_still_without("used", organisation_id)),
        )
        .group_by(author, Reaction.item_id, Reaction.post_id)
        .having(func.count(func.distinct(Reaction.person_id)) >= USERS_WANTED)
        .order_by(Reaction.item_id)
    )
    seen = set()
    for author_id, item_id, count in rows:
        if author_id not in seen:
            seen.add(author_id)
            yield Earned(author_id, {"items": [item_id], "count": count})


def on_time(organisation_id: int, moment: datetime) -> Iterator[Earned]:
    """Whoever owed several reports in the fiscal year that ended last, and handed every one in on time."""
    year = fiscal_year(bangkok_day(moment)) - 1
    first, last = fiscal_year_dates(year)
    rows = session.execute(
        select(Duty.person_id, func.count())
        .where(
            Duty.due_on.between(first, last),
            Duty.discharged_by.in_((Discharge.REPORT, Discharge.INTERIM)),
            Duty.person_id.in_(_here(organisation_id)),
        )
        .group_by(Duty.person_id)
        # Exempted ones are closed and neither in time nor late.
        .having(
            func.count() == func.count(Duty.closed_at),
            func.sum(case((Duty.on_time.is_(False), 1), else_=0)) == 0,
            func.count(Duty.on_time) >= REPORTS_WANTED,
        )
    )
    for person_id, _ in rows:
        yield Earned(person_id, {"year": year}, str(year))


def kept_awake(organisation_id: int, moment: datetime) -> Iterator[Earned]:
    """Whoever facilitated a community all through the fiscal year that ended last, in which it never fell asleep."""
    year = fiscal_year(bangkok_day(moment)) - 1
    first, last = fiscal_year_dates(year)
    begin = datetime.combine(first, time(), BANGKOK)
    end = datetime.combine(last + timedelta(days=1), time(), BANGKOK)
    asleep = timedelta(days=settings_of(organisation_id).community_sleeping_days)
    there = session.scalars(
        select(Community.id)
        .join(Community.group)
        .where(
            Community.organisation_id == organisation_id,
            Community.founded_at <= begin,
            Group.closed_on.is_(None),
        )
    ).all()
    leading: dict[int, list[int]] = defaultdict(list)
    for part in present_parts(there):
        if part.part == Part.FACILITATOR and part.since <= begin and not _has(part, year):
            leading[part.community_id].append(part.person_id)
    for community_id, person_ids in leading.items():
        if _never_quiet(community_id, begin, end, asleep):
            for person_id in person_ids:
                yield Earned(person_id, {"year": year}, f"{community_id}:{year}", community_id)


def _has(part: CommunityPart, year: int) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    Award.person_id == part.person_id,
                    Award.badge == "awake",
                    Award.occasion == f"{part.community_id}:{year}",
                )
            )
        )
    )


def _never_quiet(community_id: int, begin: datetime, end: datetime, asleep: timedelta) -> bool:
    """Whether somebody wrote at least so often in the community from the beginning to the end."""
    started = select(Thread.published_at.label("at")).where(
        Thread.community_id == community_id, Thread.published_at >= begin, Thread.published_at < end
    )
    replied = (
        select(Post.posted_at)
        .join(Thread, Thread.id == Post.item_id)
        .where(Thread.community_id == community_id, Post.posted_at >= begin, Post.posted_at < end)
        .where(Post.hidden_at.is_(None))
    )
    written = union_all(started, replied).subquery()
    before = begin
    for (moment,) in session.execute(select(written.c.at).order_by(written.c.at)):
        if moment - before >= asleep:
            return False
        before = moment
    return end - before < asleep


def _worn_in_public() -> Select[int]:
    """The threads of communities of which every colleague may know."""
    return (
        select(Thread.id)
        .join(Community, Community.id == Thread.community_id)
        .join(Group, Group.id == Community.group_id)
        .where(Group.openness != Openness.CLOSED, Thread.state == ItemState.PUBLISHED)
    )


def _is_known_in_public() -> ColumnElement[bool]:
    """Of an item, whatever its type: it is open to others than closed communities and single persons, or to no closed one."""
    closed = (
        select(literal("group:").concat(cast(Community.group_id, String)))
        .join(Group, Group.id == Community.group_id)
        .where(Group.openness == Openness.CLOSED)
    )
    token = ItemAudience.token
    among_few = exists().where(ItemAudience.item_id == Item.id, token.in_(closed)).correlate(Item)
    others = (
        exists()
        .where(ItemAudience.item_id == Item.id, token.not_in(closed), token.not_like("person:%"))
        .correlate(Item)
    )
    return or_(~among_few, others)


def _here(organisation_id: int) -> Select[int]:
    """Those who are with the organisation."""
    return select(Person.id).where(
        Person.organisation_id == organisation_id,
        Person.deactivated_at.is_(None),
        Person.is_system.is_(False),
    )


def _still_without(badge: str, organisation_id: int) -> Select[int]:
    """Those of them who were never given the badge."""
    return _here(organisation_id).where(~exists().where(Award.person_id == Person.id, Award.badge == badge))
