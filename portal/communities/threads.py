"""Threads as lists, and a page of the posts of one."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from portal.communities.models import Community
from portal.communities.thread_models import AcceptedAnswer, Thread, ThreadKind
from portal.db import session
from portal.items.models import ItemState, Post
from portal.people.models import Person

THREADS_A_PAGE: Final = 30
POSTS_A_PAGE: Final = 50


@dataclass(frozen=True)
class ThreadPage:
    threads: list[Thread]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // THREADS_A_PAGE))


def is_unanswered() -> ColumnElement[bool]:
    """A question of which no reply that one can read was accepted."""
    answered = select(AcceptedAnswer.thread_id).join(AcceptedAnswer.post).where(Post.hidden_at.is_(None))
    return and_(Thread.kind == ThreadKind.QUESTION, Thread.id.not_in(answered))


def threads_of(
    community: Community,
    person: Person | None,
    *,
    page: int = 1,
    kind: ThreadKind | None = None,
    unanswered: bool = False,
) -> ThreadPage:
    """The threads of the community that the person reads, those last written in first; two queries. `unanswered`: questions
    without an accepted answer."""
    query = Thread.visible_to(person).where(
        Thread.community_id == community.id, Thread.state == ItemState.PUBLISHED
    )
    if kind is not None:
        query = query.where(Thread.kind == kind)
    if unanswered:
        query = query.where(is_unanswered())
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = session.scalars(
        query.options(joinedload(Thread.author), joinedload(Thread.answer).joinedload(AcceptedAnswer.post))
        .order_by(Thread.last_posted_at.desc(), Thread.id.desc())
        .limit(THREADS_A_PAGE)
        .offset((page - 1) * THREADS_A_PAGE)
    )
    return ThreadPage(list(found), total)


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
