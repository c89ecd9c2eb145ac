"""What is reported to moderators and what became of it; and whom they warned. Suspensions and held texts stand with the items,
whose doors ask for them (portal/items/order_models.py)."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.items.models import Item, Post
from portal.people.models import Person


class Reason(enum.StrEnum):
    RUDE = "rude"
    PRIVATE = "private"  # personal data, or what is not for all who read there
    WRONG = "wrong"  # wrong, and somebody may come to harm by it
    ELSEWHERE = "elsewhere"  # advertising, or nothing to do with the matter
    OTHER = "other"


class Outcome(enum.StrEnum):
    """What the reporter is told."""

    DISMISSED = "dismissed"
    HIDDEN = "hidden"
    SPOKEN_TO = "spoken_to"  # its author was warned or suspended, and the text stays


class About(enum.StrEnum):
    TEXT = "text"
    USED = "used"  # the line below the text that says how the author used it
    POLL = "poll"


class Report(Base):
    """Somebody says that a moderator should look at what `author` wrote: a post or, without one, the item's own text, or what he
    added to it (portal/moderation/pieces.py). Who reported, moderators see; the author never.
    """

    __tablename__ = "report"
    __table_args__ = (
        codes_check("about", About),
        codes_check("reason", Reason),
        codes_check("outcome", Outcome),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="decided_how"),
        CheckConstraint("reporter_id <> author_id", name="by_another"),
        CheckConstraint("poll_id IS NULL OR about = 'poll'", name="poll_alone"),
        Index(
            "uq_report_open_on_post",
            "reporter_id",
            "post_id",
            "author_id",
            "about",
            unique=True,
            sqlite_where=text("decided_at IS NULL AND post_id IS NOT NULL AND about <> 'poll'"),
            postgresql_where=text("decided_at IS NULL AND post_id IS NOT NULL AND about <> 'poll'"),
        ),
        Index(
            "uq_report_open_on_item",
            "reporter_id",
            "item_id",
            "author_id",
            "about",
            unique=True,
            sqlite_where=text("decided_at IS NULL AND post_id IS NULL AND about <> 'poll'"),
            postgresql_where=text("decided_at IS NULL AND post_id IS NULL AND about <> 'poll'"),
        ),
        Index(
            "uq_report_open_on_poll",
            "reporter_id",
            "poll_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL AND poll_id IS NOT NULL"),
            postgresql_where=text("decided_at IS NULL AND poll_id IS NOT NULL"),
        ),
        Index("ix_report_item_id_post_id", "item_id", "post_id"),
        Index("ix_report_decided_at_reported_at", "decided_at", "reported_at"),
        Index("ix_report_reporter_id_reported_at", "reporter_id", "reported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    about: Mapped[About] = mapped_column(CodeType(About), default=About.TEXT)
    # Empty once the poll was taken away.
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id", ondelete="SET NULL"), index=True)
    reason: Mapped[Reason] = mapped_column(CodeType(Reason))
    words: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[Outcome | None] = mapped_column(CodeType(Outcome))
    why: Mapped[str] = mapped_column(Text, default="")

    reporter: Mapped[Person] = relationship(foreign_keys=[reporter_id])
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    item: Mapped[Item] = relationship()
    post: Mapped[Post | None] = relationship()

    def of_same_text(self) -> ColumnElement[bool]:
        """The reports of the words that this one is about."""
        if self.about == About.POLL:
            return Report.poll_id == self.poll_id if self.poll_id is not None else Report.id == self.id
        his = and_(Report.author_id == self.author_id, Report.about == self.about)
        if self.post_id is not None:
            return and_(Report.post_id == self.post_id, his)
        return and_(Report.item_id == self.item_id, Report.post_id.is_(None), his)

    @property
    def is_about_text(self) -> bool:
        """Whether it is about the text itself, not about what somebody added to it."""
        return self.about == About.TEXT


class Caution(Base):
    """Somebody was warned: of what he wrote where, by whom and why."""

    __tablename__ = "caution"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    item: Mapped[Item] = relationship()
    post: Mapped[Post | None] = relationship()
