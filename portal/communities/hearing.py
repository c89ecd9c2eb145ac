"""What a member hears of a community: what is unread, and who is told of what is new.

Unread is what was written since he joined, or since he said he had read all, and what he has not had before him. What he
muted, a thread or the community, is never unread.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, Table, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.communities.models import Community, CommunityReading, Level
from portal.communities.thread_models import Thread
from portal.db import insert_into, now, session
from portal.items.models import Post, Subscription
from portal.items.talk_models import LastRead
from portal.notices.telling import Kind, tell, tell_of_more
from portal.people.audiences import group_token, memberships_of
from portal.people.models import Person
from portal.translating import N_

NEW_TALK: Final = Kind("communities.new_talk", N_("New in a community"))
UNREAD_A_PAGE: Final = 30
MOST_LISTED: Final = 300
MOST_COUNTED: Final = 300
_T: Final[Table] = Thread.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Unread:
    """A thread with how many of its posts the person has not read; its own text is counted, too, when he never opened it."""

    thread: Thread
    posts: int


@dataclass(frozen=True)
class UnreadPage:
    unread: list[Unread]
    total: int

    @property
    def is_cut(self) -> bool:
        """There are more than were counted."""
        return self.total >= MOST_LISTED

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // UNREAD_A_PAGE))


def unread_of(person: Person, *, page: int = 1, most: int = UNREAD_A_PAGE) -> UnreadPage:
    """The threads of the person's communities with something unread, last written in first; two queries. They are counted to
    MOST_LISTED: whoever has more before him does not read on by pages."""
    if not memberships_of(person):
        return UnreadPage([], 0)
    unread = _unread(person)
    counted = unread.limit(MOST_LISTED).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    first = min((page - 1) * most, MOST_LISTED)
    chosen = {
        row[0]: row[2] for row in session.execute(unread.limit(min(most, MOST_LISTED - first)).offset(first))
    }
    if not chosen:
        return UnreadPage([], total)
    threads = session.scalars(
        Thread.visible_to(person)
        .where(Thread.id.in_(chosen))
        .options(joinedload(Thread.author), joinedload(Thread.community).joinedload(Community.group))
        .order_by(Thread.last_posted_at.desc(), Thread.id.desc())
    )
    return UnreadPage([Unread(one, chosen[one.id]) for one in threads], total)


def count_unread(person: Person) -> dict[int, int]:
    """In how many threads something is unread, by the id of the community, among the last MOST_COUNTED that were written in;
    those with nothing are left out."""
    if not memberships_of(person):
        return {}
    newest = _unread(person).limit(MOST_COUNTED).subquery()
    rows = session.execute(select(newest.c.community_id, func.count()).group_by(newest.c.community_id))
    return {row[0]: row[1] for row in rows}


def unread_among(threads: Collection[Thread], person: Person) -> dict[int, int]:
    """How much is unread in each of these threads; those with nothing are left out."""
    if not threads:
        return {}
    rows = session.execute(_unread(person).where(_T.c.id.in_([one.id for one in threads])))
    return {row[0]: row[2] for row in rows}


def reading_of(community: Community, person: Person) -> CommunityReading | None:
    """How the member reads the community; None for who is no member."""
    return session.get(CommunityReading, (community.id, person.id))


def begin_reading(community: Community, person: Person) -> None:
    """For a new member: what stands there already is read. Who comes back begins anew, and hears of it as before."""
    statement = insert_into(CommunityReading).values(
        community_id=community.id, person_id=person.id, level=Level.FOLLOW, read_till=now()
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["community_id", "person_id"], set_={"read_till": statement.excluded.read_till}
        )
    )


def choose_level(community: Community, person: Person, level: Level) -> None:
    """From now on the member hears that much of it."""
    _row(community, person).level = level


def read_all(community: Community, person: Person) -> None:
    """The member has read all that stands there now."""
    _row(community, person).read_till = now()


def tell_watchers(thread: Thread, *, by: Person, post: Post | None = None) -> None:
    """Tell who watches the community that something new was written; several while one has not looked are one notice."""
    community = thread.community
    watching = set(
        session.scalars(
            select(CommunityReading.person_id).where(
                CommunityReading.community_id == community.id,
                CommunityReading.level == Level.WATCH,
                CommunityReading.person_id != by.id,
            )
        )
    )
    watching -= set(
        session.scalars(
            select(Subscription.person_id).where(Subscription.item_id == thread.id, Subscription.muted)
        )
    )
    if not watching:
        return
    people = session.scalars(
        select(Person).where(Person.id.in_(watching), Person.deactivated_at.is_(None))
    ).all()
    members = {one.id for one in people if community.group_id in memberships_of(one)}
    new = members - tell_of_more(members, NEW_TALK, community)
    key = f"talk:{community.id}:{thread.id}:{post.number if post else 0}"
    since = (post.posted_at if post else thread.published_at or now()).isoformat()
    tell(new, NEW_TALK, community, key=key, token=group_token(community.group_id), since=since)


def who_muted(group_id: int) -> set[int]:
    """The ids of those who want to hear nothing of the community of this group."""
    return set(
        session.scalars(
            select(CommunityReading.person_id)
            .join(Community, Community.id == CommunityReading.community_id)
            .where(Community.group_id == group_id, CommunityReading.level == Level.MUTE)
        )
    )


def _row(community: Community, person: Person) -> CommunityReading:
    row = reading_of(community, person)
    if row is None:
        row = CommunityReading(community_id=community.id, person_id=person.id, level=Level.FOLLOW)
        session.add(row)
    return row


def _unread(person: Person) -> Select[int, int, int]:
    """(id, community, how much is unread) of these threads, last written in first. Threads of a community carry its token, so
    who belongs to it reads them; they are loaded through the rule for all items."""
    number = func.coalesce(LastRead.number, -1)
    mine = select(func.min(CommunityReading.read_till)).where(
        CommunityReading.person_id == person.id, CommunityReading.level != Level.MUTE
    )
    return (
        select(_T.c.id, _T.c.community_id, (_T.c.replies - number).label("unread"))
        .join(
            CommunityReading,
            # The sum keeps SQLite from beginning with the communities and sorting all that was ever written in them: it
            # goes down the index of what was written last, and stops where enough is found, or where the person has read
            # everything in all of them. Who belongs to none would go down all of it, which the callers spare him.
            and_(
                CommunityReading.community_id == _T.c.community_id + 0,
                CommunityReading.person_id == person.id,
            ),
        )
        .join(Community, Community.id == CommunityReading.community_id)
        .outerjoin(LastRead, and_(LastRead.item_id == _T.c.id, LastRead.person_id == person.id))
        .outerjoin(Subscription, and_(Subscription.item_id == _T.c.id, Subscription.person_id == person.id))
        .where(
            Community.group_id.in_(memberships_of(person)),
            CommunityReading.level != Level.MUTE,
            _T.c.listed_as.is_not(None),
            _T.c.last_posted_at > mine.scalar_subquery(),
            _T.c.last_posted_at > CommunityReading.read_till,
            _T.c.replies > number,
            or_(Subscription.muted.is_(None), Subscription.muted.is_(False)),
        )
        .order_by(_T.c.last_posted_at.desc(), _T.c.id.desc())
    )
