"""From the outbox into the index: in batches, and a row leaves the outbox only when its batch is on the disk.

The index lies in a folder or, on PostgreSQL, in tables: one `Keeper` for each.
"""

import functools
import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import OperationalError

from portal.config import Settings
from portal.db import reading
from portal.search.batches import Progress, next_batch, prepare, remove
from portal.search.index import (
    BrokenIndexError,
    BusyIndexError,
    Index,
    generation,
    merge_up_to,
    segment_count,
    write,
)
from portal.search.postgres import indexing as tables
from portal.search.rebuilding import rebuild
from portal.search.segments import stored
from portal.thai.dates import BANGKOK

# Every search looks into each segment, so there should be few; but a merge keeps new work waiting, so by day
# it is a small one, and the large ones are made while the office sleeps.
MANY_SEGMENTS: Final = 8
# (from so many segments, passages merged at once); a passage costs some 6 ms.
MERGED_BY_DAY: Final = ((3 * MANY_SEGMENTS, 1_000), (MANY_SEGMENTS, 300))
MERGED_BY_NIGHT: Final = 100_000
NIGHT: Final = range(1, 5)  # hours in Bangkok
LONGEST_PAUSE: Final = 300.0  # seconds between two attempts to build an index that can't be built

log = structlog.get_logger()


class Keeper(Protocol):
    """What keeps an index, each in its own way."""

    def state(self) -> str:
        """`ready`, or `rebuilding` when there is no index, a broken one, or one of another version."""

    def stored(self) -> list[tuple[int, str]] | None:
        """(item, checksum) of all that is in the index; None while none can be asked."""

    def ensure(self) -> None:
        """See `ensure_index`."""

    def step(self) -> int:
        """See `index_pending`; trouble is raised."""

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `reindex`."""


def keeper_of(settings: Settings) -> Keeper:
    """What keeps the index of this portal."""
    return tables if settings.on_postgresql else _indexer(settings.search_index_dir)


def index_pending(settings: Settings) -> int:
    """Take one batch of work from the outbox into the index; answers how many rows it was, 0 when there is nothing.

    A missing, broken or outdated index is built anew first. For the worker's loop: trouble of the disk or the database and
    another process that writes are logged, cost nothing and answer 0.
    """
    try:
        return keeper_of(settings).step()
    except (OSError, OperationalError) as error:
        log.warning("index batch not written, kept in the outbox", reason=repr(error))
        return 0


def ensure_index(settings: Settings) -> None:
    """An index that can be read, in the present version, holding all that is published: made when it is not there.

    OSError when the folder can't be written, of which BusyIndexError says that another process is making the index.
    """
    keeper_of(settings).ensure()


def reindex(settings: Settings, progress: Progress | None = None) -> int:
    """Make a new index of all that is published and let it serve; answers the number of items.

    `progress` is told (done, all) after each batch. BusyIndexError when another process is at it, OSError when the disk
    does not take it: the old index goes on serving then.
    """
    return keeper_of(settings).rebuild(progress)


@functools.cache
def _indexer(folder: Path) -> "Indexer":
    return Indexer(Index(folder))


class Indexer:
    """The worker's side of the index; one object per process and folder."""

    def __init__(self, index: Index):
        self._index = index
        # While a new index is made, rows go into the old one too but stay in the outbox for the new one.
        self._applied: set[int] = set()
        self._failures = 0
        self._not_before = 0.0
        self._tidied: tuple[Path, int, bool] | None = None

    def state(self) -> str:
        return self._index.state

    def stored(self) -> list[tuple[int, str]] | None:
        serving = self._index.serving
        return None if serving is None else stored(serving)

    def ensure(self) -> None:
        self._index.make_folder()
        self._look_at_index()
        if self._index.state != "ready":
            rebuild(self._index)

    def rebuild(self, progress: Progress | None = None) -> int:
        return rebuild(self._index, progress)

    def _look_at_index(self) -> None:
        """Open everything there is; an index that can't be read is reported."""
        current = self._index.serving
        if current is not None:
            try:
                stored(current)
            except Exception as error:
                log.warning("the search index can't be read and is built anew", reason=repr(error))
                self._index.report_broken(current)

    def step(self) -> int:
        """One batch; see `index_pending`."""
        if self._index.state != "ready" and time.monotonic() >= self._not_before and self._renew():
            return 1
        return self.apply()

    def apply(self) -> int:
        """One batch into the index that serves, without ever making a new one; 0 when none serves."""
        path = self._index.serving
        if path is None:
            return 0
        with self._index.writing():
            kept_for_later = self._index.is_being_rebuilt
            if not kept_for_later:
                self._applied.clear()
            with reading() as own:
                rows = next_batch(own, self._applied)
            if not rows:
                if not kept_for_later:
                    self._tidy(path)
                return 0
            self._write(path, set(rows.values()))
            if kept_for_later:
                self._applied.update(rows)
            else:
                remove(rows)
        return len(rows)

    def _write(self, path: Path, item_ids: Collection[int]) -> None:
        try:
            write(path, prepare(item_ids), replaced=item_ids)
        except BrokenIndexError:
            self._index.report_broken(path)
            raise

    def _renew(self) -> bool:
        """Whether a new index was made. After a failure the next attempt waits, longer each time."""
        try:
            log.info("search index built anew", items=rebuild(self._index, meanwhile=self.apply))
        except BusyIndexError:
            return False
        except Exception:
            self._failures += 1
            self._not_before = time.monotonic() + min(2.0**self._failures, LONGEST_PAUSE)
            raise
        self._failures = 0
        return True

    def _tidy(self, path: Path) -> None:
        by_night = datetime.now(BANGKOK).hour in NIGHT
        if self._tidied == (path, generation(path), by_night):
            return
        count = segment_count(path)
        if count > MANY_SEGMENTS:
            by_day = next((most for least, most in MERGED_BY_DAY if count > least), MERGED_BY_DAY[-1][1])
            write(path, (), merge=merge_up_to(MERGED_BY_NIGHT if by_night else by_day))
        self._tidied = (path, generation(path), by_night)
