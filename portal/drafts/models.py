"""What somebody is typing, kept while he types, so that a dropped line or a closed tab loses nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import SEND_KEY_LENGTH, Base, UTCDateTime, now
from portal.markup.plain_text import first_line
from portal.thai.clusters import clip

TITLE_LENGTH = 120


class Draft(Base):
    """The unsent fields of one form of one person; `form` names it (`knowledge-12`, `comment-12`)."""

    __tablename__ = "draft"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    @property
    def title(self) -> str:
        """What the person would know it by: the title he typed, else the first line of his text without signs of Markdown;
        empty when he typed neither."""
        title, text = (
            typed if isinstance(typed := self.fields.get(name), str) else "" for name in ("title", "text")
        )
        return clip(" ".join(title[:1000].split()) or first_line(text[:1000]), TITLE_LENGTH)


class SentForm(Base):
    """A form that made something, by what `sending.sent_once` makes of its address and all its fields, and where it led."""

    __tablename__ = "sent_form"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(SEND_KEY_LENGTH), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    led_to: Mapped[str] = mapped_column(String(300))
