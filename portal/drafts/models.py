"""What somebody is typing, kept while he types, so that a dropped line or a closed tab loses nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now


class Draft(Base):
    """The unsent fields of one form of one person; `form` names it (`knowledge-12`, `knowledge-new`)."""

    __tablename__ = "draft"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
