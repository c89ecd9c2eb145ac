"""The text that search shows and quotes, plain and by section, beside the index that finds it; and the questions people keep."""

from datetime import date, datetime
from typing import Self

from sqlalchemy import Date, ForeignKey, Select, String, Text, false, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now
from portal.people.models import Person

NAME_LENGTH = 200


class SearchText(Base):
    """One section of a published item as plain text, kept when the item is indexed.

    Made of the newest revision and thrown away at will, like the index; kept here and not there, because a result page
    quotes ten texts and rendering them from Markdown each time would cost more than everything else together.
    """

    __tablename__ = "search_text"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the section in the item, from 0
    revision_number: Mapped[int]
    heading: Mapped[str] = mapped_column(String(300), default="")
    anchor: Mapped[str] = mapped_column(
        String(300), default=""
    )  # of the heading on the item's page; empty: its top
    text: Mapped[str] = mapped_column(Text)


class SavedSearch(Base):
    """A question somebody keeps, to ask it again; and, when he wants to be told, what he was told of last."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(Text)  # as in its address, in one order, without page and length
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    wants_notice: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=now
    )  # when its results were last looked at
    told_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)  # of what was published till then
    worked_on: Mapped[date | None] = mapped_column(Date)  # the day on which new results were last looked for

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The person's own; nobody sees what others search for."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.person_id == person.id)
