"""A thread (กระทู้) of a community: an item whose text opens the talk; the replies are its posts."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false, select, text
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from portal.communities.models import Community, CommunityReading, Level
from portal.db import SEND_KEY_LENGTH, Base, UTCDateTime, now
from portal.items.models import Item, ItemState, Post
from portal.people.models import Person

WHY_LENGTH = 300
TALK_OF = "talk:{}"  # the subject of the stamp under which it is remembered how lively a community's talk is


class ThreadKind(enum.StrEnum):
    """Stands on the item beside the kinds of assets, so no code is one of theirs."""

    QUESTION = "question"
    TOLD_STORY = "told_story"  # เรื่องเล่า
    DISCUSSION = "discussion"
    ANNOUNCEMENT = "announcement"
    TALK_RECORD = "talk_record"  # บันทึกวงเล่า


class Thread(Item):
    """Open to the community's token, so that the community's openness alone says who reads it."""

    __tablename__ = "thread"
    renews = ("item:{0.id}", TALK_OF.format("{0.community_id}"))
    # Lists are chosen from these alone, and a place far down in them is found without reading what stands above it.
    __table_args__ = (
        Index("ix_thread_last_posted_at", "last_posted_at"),
        Index("ix_thread_in_order", "community_id", "last_posted_at", "listed_as"),
        Index("ix_thread_of_a_kind", "community_id", "listed_as", "last_posted_at", "has_answer"),
    )
    __mapper_args__ = {"polymorphic_identity": "thread"}  # noqa: RUF012 - declared so by SQLAlchemy
    is_talk = True
    is_sent_to_others = True

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    replies: Mapped[int] = mapped_column(default=0)  # how many were written, hidden ones too
    last_posted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    # Kept beside what they follow from, for the indexes: its kind while it stands in the list, and whether a reply was accepted.
    listed_as: Mapped[str | None] = mapped_column(String(40))
    has_answer: Mapped[bool] = mapped_column(default=False, server_default=false())
    send_key: Mapped[str | None] = mapped_column(String(SEND_KEY_LENGTH), unique=True)

    community: Mapped[Community] = relationship()
    answer: Mapped["AcceptedAnswer | None"] = relationship(
        back_populates="thread", cascade="all, delete-orphan"
    )
    locks: Mapped[list["ThreadLock"]] = relationship(order_by="ThreadLock.id", cascade="all, delete-orphan")

    @validates("state", "kind")
    def _keep_listed_as(self, key: str, value: str) -> str:
        state = value if key == "state" else self.state
        self.listed_as = (value if key == "kind" else self.kind) if state == ItemState.PUBLISHED else None
        return value

    @validates("answer")
    def _keep_has_answer(self, _key: str, answer: "AcceptedAnswer | None") -> "AcceptedAnswer | None":
        self.has_answer = answer is not None
        return answer

    @property
    def takes_comments(self) -> bool:
        """Its posts are replies, and who may reply its community says."""
        return False

    @property
    def can_be_used(self) -> bool:
        return self.kind not in (ThreadKind.QUESTION, ThreadKind.ANNOUNCEMENT)

    @property
    def takes_changes(self) -> bool:
        """Not while it is locked."""
        return self.is_published and self.lock is None

    @property
    def takes_files(self) -> bool:
        """As its text: nobody writes on while it is locked or hidden."""
        return self.takes_changes

    def not_to_be_told(self) -> set[int]:
        """Those who muted the community."""
        own = object_session(self)
        if own is None:
            return set()
        muted = select(CommunityReading.person_id).where(
            CommunityReading.community_id == self.community_id, CommunityReading.level == Level.MUTE
        )
        return set(own.scalars(muted))

    @property
    def readers_before_publication(self) -> set[str]:
        """Nobody by himself: who leaves the community leaves its talk, his own too."""
        return set()

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.post.hidden_at is None

    @property
    def lock(self) -> "ThreadLock | None":
        """The lock on it now, with who and why; None while people may reply."""
        return next((one for one in self.locks if one.lifted_at is None), None)


class AcceptedAnswer(Base):
    """The post that answered the question, as who asked or who facilitates says."""

    __tablename__ = "accepted_answer"
    renews = ("item:{0.thread_id}",)

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), unique=True)
    accepted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    thread: Mapped[Thread] = relationship(back_populates="answer")
    post: Mapped[Post] = relationship()
    accepted_by: Mapped[Person] = relationship()


class ThreadLock(Base):
    """Nobody replies from when to when, by whom and why."""

    __tablename__ = "thread_lock"
    renews = ("item:{0.thread_id}",)
    __table_args__ = (
        Index(
            "uq_thread_lock_now",
            "thread_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    locked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    locked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    locked_by: Mapped[Person] = relationship(foreign_keys=[locked_by_id])
