"""What somebody is typing, kept while he types, so that a dropped line or a closed tab loses nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now
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
        """What the person would know it by: the title he typed, else how his text begins; empty when he typed neither."""
        typed = (self.fields.get(name) for name in ("title", "text"))
        lines = (" ".join(one[:1000].split()) for one in typed if isinstance(one, str))
        return clip(next(filter(None, lines), ""), TITLE_LENGTH)
