"""The nightly proof that what is restricted can't be found: when it ran, what it tried, what came of it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, CodeType, UTCDateTime, codes_check, now


class Problem(enum.StrEnum):
    """Why a check proves nothing."""

    NONE = "none"
    INTERRUPTED = "interrupted"  # the process ended in the middle of it
    NOT_INDEXED = "not_indexed"  # the markers were not in the index in time
    OWNER_BLIND = "owner_blind"  # not even their owner found the markers
    DOORS_SHUT = "doors_shut"  # pages failed, or refused to answer so often
    FAILED = "failed"  # something else went wrong; the log says what


class SearchCheck(Base):
    """One check. A leak is {"door", "asker", "marker", "what"}: where, who was shown it, of which kind the restricted item
    is, and what was seen of it (`text`, `count`, `existence`); never the words themselves."""

    __tablename__ = "search_check"
    __table_args__ = (codes_check("problem", Problem),)

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    doors: Mapped[int] = mapped_column(default=0)
    requests: Mapped[int] = mapped_column(default=0)
    leaks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    problem: Mapped[Problem] = mapped_column(CodeType(Problem), default=Problem.NONE)
    # The restricted items it wrote, for as long as they are there: a check that was killed leaves them to the next one.
    marker_ids: Mapped[list[int]] = mapped_column(JSON, default=list)

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return None if self.ended_at is None else (self.ended_at - self.began_at).total_seconds()

    @property
    def is_good(self) -> bool:
        """It ran to its end, proved what it should and found no leak."""
        return self.ended_at is not None and self.problem is Problem.NONE and not self.leaks
