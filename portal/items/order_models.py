"""What keeps order where people write: who may not write for a time, what waits for a moderator, which words are listed,
which opening texts are hidden."""

import enum
from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from portal.db import SEND_KEY_LENGTH, Base, CodeType, UTCDateTime, codes_check, now
from portal.items.models import PART_OF_ITEM, TITLE_LENGTH, Item, ItemState, Post
from portal.people.models import Group, Person
from portal.remembering import PEOPLE

WORDS_LENGTH = 1000  # of a reason that somebody writes
WORD_LENGTH = 100
LISTED_WORDS: Final = "listed words"  # the subject of their stamp


class Suspension(Base):
    """Somebody may not write for a time: in what is open to one group, or (none) wherever colleagues write to each other.
    He reads on."""

    __tablename__ = "suspension"
    renews = (PEOPLE,)
    __table_args__ = (
        CheckConstraint("until_at >= from_at", name="lasts"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by_whom"),
        Index("ix_suspension_person_id_until_at", "person_id", "until_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    from_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_why: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])
    group: Mapped[Group | None] = relationship()


class Because(enum.StrEnum):
    """Why a text waits."""

    NEW = "new"  # it is among the first of its writer
    WORD = "word"  # a listed word stands in it


class HeldText(Base):
    """A text that a moderator reads before others do: a post on an item, or (no item yet) a thread that is to begin in a
    group. It has no number and stands in nobody's counts; let through it becomes the post, or the item, it was meant to be."""

    __tablename__ = "held_text"
    renews = (PART_OF_ITEM,)
    __table_args__ = (
        codes_check("because", Because),
        CheckConstraint("item_id IS NOT NULL OR group_id IS NOT NULL", name="stands_somewhere"),
        CheckConstraint("(decided_at IS NULL) = (is_let_through IS NULL)", name="decided_how"),
        UniqueConstraint("author_id", "send_key"),
        Index("ix_held_text_decided_at_held_at", "decided_at", "held_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    kind: Mapped[str] = mapped_column(String(40), default="")  # of the thread it is to begin
    text: Mapped[str] = mapped_column(Text)
    send_key: Mapped[str | None] = mapped_column(String(SEND_KEY_LENGTH))
    because: Mapped[Because] = mapped_column(CodeType(Because))
    held_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_let_through: Mapped[bool | None]
    why: Mapped[str] = mapped_column(Text, default="")  # it was not let through
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # what it became

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    item: Mapped[Item | None] = relationship()
    group: Mapped[Group | None] = relationship()
    post: Mapped[Post | None] = relationship()


class HeldFile(Base):
    """A file that a held text shows: till it finds its place with the text, who may read that text fetches it, too."""

    __tablename__ = "held_file"

    attachment_id: Mapped[int] = mapped_column(
        ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True
    )
    held_text_id: Mapped[int] = mapped_column(ForeignKey("held_text.id", ondelete="CASCADE"), index=True)


class Handling(enum.StrEnum):
    """What becomes of a text with a listed word in it."""

    REWORD = "reword"  # its writer is asked for another word
    HOLD = "hold"  # a moderator reads it first


class ListedWord(Base):
    """A word of the organisation's lists, as its texts are compared: repaired and in small letters."""

    __tablename__ = "listed_word"
    renews = (LISTED_WORDS,)
    __table_args__ = (codes_check("handling", Handling), UniqueConstraint("organisation_id", "word"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    word: Mapped[str] = mapped_column(String(WORD_LENGTH))
    handling: Mapped[Handling] = mapped_column(CodeType(Handling))


class HiddenOpening(Base):
    """The text that opens an item's talk is hidden, and with it the title, which is kept here: while it is hidden the item
    bears another, so that no list shows it."""

    __tablename__ = "hidden_opening"
    renews = (PART_OF_ITEM,)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    hidden_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    hidden_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")

    hidden_by: Mapped[Person] = relationship()


def is_opening_hidden(item: Item) -> bool:
    """Whether the item's own text is out of sight."""
    own = object_session(item)
    return item.state == ItemState.RETIRED and own is not None and own.get(HiddenOpening, item.id) is not None
