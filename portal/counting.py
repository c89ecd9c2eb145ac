"""Counts that pages cause: gathered in the memory of a process and written every few seconds, many in one transaction, so
that looking at a page is not a write. What a killed process had not written yet is lost."""

import threading
from abc import ABC, abstractmethod
from collections import Counter
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.db import transaction

Key = TypeVar("Key", bound=tuple[object, ...])

log = structlog.get_logger()


class CountedInMemory(ABC, Generic[Key]):
    """Counts in this process, written to the database from a thread of its own; `_write` says how."""

    def __init__(self, flush_seconds: float):
        self._seconds = flush_seconds
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()
        self._timer: threading.Timer | None = None

    def flush(self) -> int:
        """Write what was counted; answers how much. After an error it is kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._timer = None
        if not counts:
            return 0
        try:
            with transaction() as own:
                self._write(own, counts)
        except SQLAlchemyError:
            log.warning("counts not written, kept for later", of=type(self).__name__, counts=counts.total())
            with self._lock:
                self._counts.update(counts)
            return 0
        return counts.total()

    def _count(self, counts: dict[Key, int]) -> None:
        with self._lock:
            self._counts.update(counts)
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self.flush)
                self._timer.daemon = True
                self._timer.start()

    @abstractmethod
    def _write(self, own: Session, counts: Counter[Key]) -> None:
        """Add the counts to what stands in the database."""
