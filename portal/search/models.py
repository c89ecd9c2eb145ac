"""The text that search shows and quotes: plain, by section, beside the index that finds it."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class SearchText(Base):
    """One passage of a published item as plain text, kept when the item is indexed.

    Made of the newest revision and thrown away at will, like the index; kept here and not there, because a result page
    quotes ten texts and rendering them from Markdown each time would cost more than everything else together.
    """

    __tablename__ = "search_text"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the passage in the item, from 0
    revision_number: Mapped[int]
    heading: Mapped[str] = mapped_column(String(300), default="")
    anchor: Mapped[str] = mapped_column(
        String(300), default=""
    )  # of the heading on the item's page; empty: its top
    text: Mapped[str] = mapped_column(Text)
    # Title, heading and text normalised, on one line: what the best candidates are compared with, letter by letter.
    normal: Mapped[str] = mapped_column(Text, default="")
