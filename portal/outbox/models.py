"""Work that must follow a change, written in the change's own transaction and taken out only when it is done."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now


class OutboxEntry(Base):
    """One piece of work: its kind (`index`), what it is about, and what the worker needs to know."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_kind_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
