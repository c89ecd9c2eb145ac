"""What those who lead a community did to keep its threads in order: each act a row with who, when and why."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.communities.thread_models import WHY_LENGTH, Thread
from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.people.models import Person


class ActKind(enum.StrEnum):
    MOVED = "moved"  # to another community
    MERGED = "merged"  # into another thread
    SPLIT = "split"  # some of its replies became another thread


class ThreadPin(Base):
    """The thread stands above the others of its community, from when to when, by whom and why."""

    __tablename__ = "thread_pin"
    renews = ("item:{0.thread_id}",)
    __table_args__ = (
        Index(
            "uq_thread_pin_now",
            "thread_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    pinned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    pinned_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    pinned_by: Mapped[Person] = relationship(foreign_keys=[pinned_by_id])


class ThreadAct(Base):
    """A thread was moved, merged into another one, or some of its replies became another one.

    `other` is the thread that took the replies in, `first` the number which the first of them has there, `posts` how many
    there were; a move has two communities instead.
    """

    __tablename__ = "thread_act"
    renews = ("item:{0.thread_id}", "item:{0.other_id}")
    __table_args__ = (
        codes_check("kind", ActKind),
        CheckConstraint("(kind = 'moved') = (other_id IS NULL)", name="where_to"),
        CheckConstraint(
            "(kind = 'moved') = (from_community_id IS NOT NULL AND to_community_id IS NOT NULL)",
            name="between_communities",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActKind] = mapped_column(CodeType(ActKind))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    first: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)
    from_community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    to_community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH))

    thread: Mapped[Thread] = relationship(foreign_keys=[thread_id])
    other: Mapped[Thread | None] = relationship(foreign_keys=[other_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class PostStub(Base):
    """What stands under the number that a post had before it was taken to another thread: a hidden post without words. So
    numbers have no gap, pages stay ranges of them, and an old address leads on."""

    __tablename__ = "post_stub"

    stub_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
