"""What lifting keeps of its own: which questions were offered to those who may know."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now


class OfferedQuestion(Base):
    """The question waited too long, and was offered; once, whether or not somebody was found who may know."""

    __tablename__ = "offered_question"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
