"""What people do with posts, and with the items they stand on: mention, react, write anew, read."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.items.models import PART_OF_ITEM, Item, Post
from portal.people.models import Person

HOW_LENGTH = 300


class ReactionSort(enum.StrEnum):
    THANKS = "thanks"  # ขอบคุณ
    AGREE = "agree"  # เห็นด้วย
    USED = "used"  # นำไปใช้แล้ว: what counts, so it is asked how and with what result


def _once(table: str, *who: str) -> tuple[Any, Any]:
    """One row each: to a constraint two empty posts (the item's own text) are two different ones."""
    return (
        Index(
            f"uq_{table}_of_post",
            "post_id",
            *who,
            unique=True,
            sqlite_where=text("post_id IS NOT NULL"),
            postgresql_where=text("post_id IS NOT NULL"),
        ),
        Index(
            f"uq_{table}_of_item",
            "item_id",
            *who,
            unique=True,
            sqlite_where=text("post_id IS NULL"),
            postgresql_where=text("post_id IS NULL"),
        ),
    )


class Reaction(Base):
    """One person's word about a post or, without one, about the item's own text."""

    __tablename__ = "reaction"
    renews = (PART_OF_ITEM,)
    __table_args__ = (
        codes_check("sort", ReactionSort),
        CheckConstraint("sort = 'used' OR how = ''", name="how_of_use_only"),
        *_once("reaction", "person_id", "sort"),
        Index("ix_reaction_item_id", "item_id"),
        Index("ix_reaction_lately", "sort", "reacted_at", "item_id", "person_id"),
        Index("ix_reaction_person_id_reacted_at", "person_id", "reacted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sort: Mapped[ReactionSort] = mapped_column(CodeType(ReactionSort))
    how: Mapped[str] = mapped_column(String(HOW_LENGTH), default="")
    reacted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    item: Mapped[Item] = relationship()
    post: Mapped[Post | None] = relationship()
    person: Mapped[Person] = relationship()


class Mention(Base):
    """Somebody was named with an @ in a post or in the item's own text, and told of it."""

    __tablename__ = "mention"
    __table_args__ = (
        *_once("mention", "person_id"),
        Index("ix_mention_item_id", "item_id"),
        Index("ix_mention_by_id_at", "by_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class FormerText(Base):
    """What stood in a post before it was written anew; the newest text stands on the post."""

    __tablename__ = "former_text"
    renews = ()

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LastRead(Base):
    """Up to which post somebody has read an item's talk; 0 is its own text. No page of others shows it."""

    __tablename__ = "last_read"
    __table_args__ = (Index("ix_last_read_person_id", "person_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
