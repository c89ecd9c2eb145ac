"""Threads as lists, and a page of the posts of one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.communities.keeping_models import ThreadPin
from portal.communities.models import Community
from portal.communities.permissions import can_read
from portal.communities.thread_models import TALK_OF, AcceptedAnswer, Thread, ThreadKind
from portal.db import session
from portal.items.models import Post
from portal.people.models import Person
from portal.remembering import Remembered, stamp_of

THREADS_A_PAGE: Final = 30
POSTS_A_PAGE: Final = 50
_COUNTED: Final = Remembered[tuple[int, str, bool], int](most=5_000)
_T: Final[Table] = Thread.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class ThreadPage:
    """`pinned` stand above the threads of the first page and are none of these."""

    threads: list[Thread]
    total: int
    pinned: list[Thread] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // THREADS_A_PAGE))


def is_unanswered() -> ColumnElement[bool]:
    """A question of which no reply that one can read was accepted."""
    # Of hidden answers there are few, and an index of hidden posts finds them; all others are told by the thread itself.
    hidden = select(AcceptedAnswer.thread_id).join(AcceptedAnswer.post).where(Post.hidden_at.is_not(None))
    return and_(
        _T.c.listed_as == str(ThreadKind.QUESTION), or_(_T.c.has_answer.is_(False), _T.c.id.in_(hidden))
    )


def threads_of(
    community: Community,
    person: Person | None,
    *,
    page: int = 1,
    kind: ThreadKind | None = None,
    unanswered: bool = False,
) -> ThreadPage:
    """The threads of the community that the person reads, those last written in first; four queries. `unanswered`: questions
    without an accepted answer."""
    if not can_read(person, community):
        return ThreadPage([], 0)
    in_community = _T.c.community_id == community.id
    chosen = select(_T.c.id).where(_T.c.listed_as.is_not(None))
    if kind is not None:
        chosen = chosen.where(_T.c.listed_as == str(kind))
    if unanswered:
        chosen = chosen.where(is_unanswered())
    # Of pins there are few: neither the list nor the sum lets SQLite begin with the threads.
    pins = select(ThreadPin.thread_id).where(ThreadPin.lifted_at.is_(None))
    pinned = session.scalars(chosen.where(_T.c.id.in_(pins), _T.c.community_id + 0 == community.id)).all()
    # Which they are is asked of the index alone, and only those that are shown are read; they carry the community's token,
    # and are read through the rule for all items like everything else.
    numbers = (
        chosen.where(in_community, _T.c.id.not_in(pinned))
        .order_by(_T.c.last_posted_at.desc(), _T.c.id.desc())
        .limit(THREADS_A_PAGE)
        .offset((page - 1) * THREADS_A_PAGE)
    )
    counted = chosen.where(in_community).subquery()
    total = _COUNTED.under(
        _stamp_of_talk(community),
        (community.id, str(kind), unanswered),
        lambda: session.scalar(select(func.count()).select_from(counted)) or 0,
    )
    return ThreadPage(
        _read(session.scalars(numbers).all(), person),
        max(0, total - len(pinned)),
        _read(pinned, person) if page == 1 else [],
    )


def _stamp_of_talk(community: Community) -> str | None:
    """Under which it is remembered how many threads there are: till one changes, and for a minute at most, since what hides an
    answer does not know of threads."""
    stamp = stamp_of(session(), TALK_OF.format(community.id))
    return f"{stamp} {time.monotonic() // 60}" if stamp is not None else None


def _read(ids: Sequence[int], person: Person | None) -> list[Thread]:
    if not ids:
        return []
    found = session.scalars(
        Thread.visible_to(person)
        .where(Thread.id.in_(ids))
        .options(
            joinedload(Thread.author),
            joinedload(Thread.answer).joinedload(AcceptedAnswer.post).load_only(Post.hidden_at),
        )
        .order_by(Thread.last_posted_at.desc(), Thread.id.desc())
    )
    return [one for one in found if one.is_published]


def page_of_post(number: int) -> int:
    """The page of its thread on which the post stands."""
    return max(1, -(-number // POSTS_A_PAGE))


def posts_on(thread: Thread, page: int) -> list[Post]:
    """The posts of that page in their order, hidden ones too (the page shows those as stubs). Posts are numbered without a
    gap, so the page is a range of numbers, as quick for the last of many thousand as for the first."""
    first = (page - 1) * POSTS_A_PAGE
    return list(
        session.scalars(
            select(Post)
            .where(Post.item_id == thread.id, Post.number > first, Post.number <= first + POSTS_A_PAGE)
            .options(joinedload(Post.author), joinedload(Post.hidden_by))
            .order_by(Post.number)
        )
    )
