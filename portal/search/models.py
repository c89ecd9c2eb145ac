"""What search keeps in the database beside the index: the texts it quotes, the thesaurus as the KM team made it, what was
asked, and the questions people keep."""

from datetime import date, datetime
from typing import Self

from sqlalchemy import Date, ForeignKey, Select, String, Text, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, now
from portal.people.models import Person
from portal.remembering import THESAURUS

NAME_LENGTH = 200


class SearchText(Base):
    """One passage of a published item, or of a post on it, as plain text, kept when it is indexed.

    Made of the newest revision and thrown away at will, like the index; kept here and not there, because a result page
    quotes ten texts and rendering them from Markdown each time would cost more than everything else together.
    """

    __tablename__ = "search_text"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    # 0: the item's own text.
    post_id: Mapped[int] = mapped_column(primary_key=True, default=0, server_default="0", index=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the passage in that text, from 0
    revision_number: Mapped[int]  # of a post: its version
    heading: Mapped[str] = mapped_column(String(300), default="")
    # Of the heading on the item's page; empty: its top.
    anchor: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text)
    # Title, heading and text normalised, on one line: what the best candidates are compared with, letter by letter.
    normal: Mapped[str] = mapped_column(Text, default="")
    # People who read the item within a year, counted every hour; kept with its own text only.
    readers: Mapped[int] = mapped_column(default=0, server_default="0")


class ThesaurusVersion(Base):
    """The whole thesaurus as it was saved once; the newest is the one that holds. Number 0 is the file that came with the
    portal and stands in no row."""

    __tablename__ = "thesaurus_version"
    renews = (THESAURUS,)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    restores: Mapped[int | None]  # the number of the version that was taken up again
    text: Mapped[str] = mapped_column(Text)

    saved_by: Mapped[Person] = relationship()


QUESTION_LENGTH = 120


class AskedQuery(Base):
    """How often some words were searched for on one Bangkok day: no person, no address, no hour.

    `asked` counts each person once a day; `not_found`: how many of these found nothing; `clicks` on results and the sum of
    their `ranks` (the first result is 1).
    """

    __tablename__ = "asked_query"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    words: Mapped[str] = mapped_column(String(QUESTION_LENGTH), primary_key=True)
    asked: Mapped[int]
    not_found: Mapped[int]
    clicks: Mapped[int]
    ranks: Mapped[int]


class AskedBy(Base):
    """That somebody searched for some words, and on which Bangkok day last: as a keyed hash of person and words, so that two
    people can be told from one person on two days. Without the portal's secret it leads to nobody, and it is another one
    for other words."""

    __tablename__ = "asked_by"

    words: Mapped[str] = mapped_column(String(QUESTION_LENGTH), primary_key=True)
    asker: Mapped[str] = mapped_column(String(32), primary_key=True)
    last_on: Mapped[date] = mapped_column(Date)


class SavedSearch(Base):
    """A question somebody keeps, to ask it again; and, when he wants to be told, what he was told of last."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(Text)  # as in its address, in one order, without page and length
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    wants_notice: Mapped[bool] = mapped_column(default=False)
    # When its results were last looked at.
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)  # of what was published till then
    worked_on: Mapped[date | None] = mapped_column(Date)  # the day on which new results were last looked for

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The person's own; nobody sees what others search for."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.person_id == person.id)
