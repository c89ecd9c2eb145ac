"""Threads as lists, and a page of the posts of one."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import joinedload

from portal.communities.keeping_models import ThreadPin
from portal.communities.models import Community
from portal.communities.permissions import can_read
from portal.communities.thread_models import AcceptedAnswer, Thread, ThreadKind
from portal.db import session
from portal.items.models import ItemState, Post
from portal.people.models import Person

THREADS_A_PAGE: Final = 30
POSTS_A_PAGE: Final = 50


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
    # Asked of each question that comes into question: `NOT IN (SELECT …)` writes down all answers of all communities first.
    answered = exists().where(
        AcceptedAnswer.thread_id == Thread.id, AcceptedAnswer.post_id == Post.id, Post.hidden_at.is_(None)
    )
    return and_(Thread.kind == ThreadKind.QUESTION, ~answered.correlate(Thread))


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
    chosen = select(Thread.id).where(Thread.community_id == community.id, Thread.state == ItemState.PUBLISHED)
    if kind is not None:
        chosen = chosen.where(Thread.kind == kind)
    if unanswered:
        chosen = chosen.where(is_unanswered())
    pins = exists().where(ThreadPin.thread_id == Thread.id, ThreadPin.lifted_at.is_(None)).correlate(Thread)
    others = chosen.where(~pins)
    # Which they are is asked of the index alone, and only those that are shown are read; they carry the community's token,
    # and are read through the rule for all items like everything else.
    numbers = (
        others.order_by(Thread.last_posted_at.desc(), Thread.id.desc())
        .limit(THREADS_A_PAGE)
        .offset((page - 1) * THREADS_A_PAGE)
    )
    return ThreadPage(
        _read(numbers, person),
        session.scalar(select(func.count()).select_from(others.subquery())) or 0,
        _read(chosen.where(pins), person) if page == 1 else [],
    )


def _read(numbers: Select[Any], person: Person | None) -> list[Thread]:
    ids = session.scalars(numbers).all()
    if not ids:
        return []
    found = session.scalars(
        Thread.visible_to(person)
        .where(Thread.id.in_(ids))
        .options(joinedload(Thread.author), joinedload(Thread.answer).joinedload(AcceptedAnswer.post))
        .order_by(Thread.last_posted_at.desc(), Thread.id.desc())
    )
    return list(found)


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
