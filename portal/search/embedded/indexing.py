"""From the outbox into the index folder, by the one worker of this machine."""

import functools
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from portal.db import reading
from portal.search.batches import NIGHT, BusyIndexError, Progress, Work, next_batch, prepare, remove, work_of
from portal.search.embedded.index import (
    BrokenIndexError,
    Index,
    generation,
    merge_up_to,
    segment_count,
    write,
)
from portal.search.embedded.rebuilding import rebuild
from portal.search.embedded.segments import stored
from portal.search.question import Stored
from portal.thai.dates import BANGKOK

# Every search looks into each segment, so there should be few; but a merge keeps new work waiting (6 ms for each passage), so
# only small ones are made. What is still too many by night goes into a new index: beside it, the old one is kept fresh.
MANY_SEGMENTS: Final = 8
# (from so many segments, passages merged at once)
MERGED: Final = ((3 * MANY_SEGMENTS, 1_000), (MANY_SEGMENTS, 300))
LONGEST_PAUSE: Final = 300.0  # seconds between two attempts to build an index that can't be built

log = structlog.get_logger()


@functools.cache
def indexer_of(folder: Path) -> "Indexer":
    """The one of this process."""
    return Indexer(Index(folder))


class Indexer:
    """The worker's side of the index; one object per process and folder."""

    def __init__(self, index: Index):
        self._index = index
        # While a new index is made, rows go into the old one too but stay in the outbox for the new one.
        self._applied: set[int] = set()
        self._failures = 0
        self._not_before = 0.0
        self._tidied: tuple[Path, int] | None = None

    def state(self) -> str:
        return self._index.state

    def stored(self) -> list[Stored] | None:
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
        done = self.apply()
        if not done:
            self._tidy()
        return done

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
                return 0
            self._write(path, work_of(rows.values()))
            if kept_for_later:
                self._applied.update(rows)
            else:
                remove(rows)
        return len(rows)

    def _write(self, path: Path, work: Work) -> None:
        try:
            write(path, prepare(work), replaced=work.items, replaced_posts=work.posts)
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

    def _tidy(self) -> None:
        """Bring the segments together, when nothing waits: a merge at a time, and by night a new index if they stay many."""
        path = self._index.serving
        if path is None:
            return
        if self._tidied != (path, generation(path)):
            if self._merge(path):
                return  # and on with it, when nothing waits
            self._tidied = (path, generation(path))
        by_night = datetime.now(BANGKOK).hour in NIGHT
        if by_night and time.monotonic() >= self._not_before and segment_count(path) > MANY_SEGMENTS:
            self._renew()

    def _merge(self, path: Path) -> bool:
        """Whether there are fewer segments now, or it is not the time to see to it."""
        count = segment_count(path)
        if count <= MANY_SEGMENTS:
            return False
        merged = next((most for least, most in MERGED if count > least), MERGED[-1][1])
        with self._index.writing():
            if self._index.is_being_rebuilt:
                return True
            write(path, (), merge=merge_up_to(merged))
        return segment_count(path) < count
