"""From the outbox into the index: in batches, and a row leaves the outbox only when its batch is on the disk.

The index lies in a folder or, on PostgreSQL, in tables: one `Keeper` for each.
"""

from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError

from portal.config import Settings
from portal.search.batches import Progress
from portal.search.embedded.indexing import indexer_of
from portal.search.postgres import indexing as tables
from portal.search.question import Stored

log = structlog.get_logger()


class Keeper(Protocol):
    """What keeps an index, each in its own way."""

    def state(self) -> str:
        """`ready`, or `rebuilding` when there is no index, a broken one, or one of another version."""

    def stored(self) -> list[Stored] | None:
        """All that is in the index; None while none can be asked."""

    def ensure(self) -> None:
        """See `ensure_index`."""

    def step(self) -> int:
        """See `index_pending`; trouble is raised."""

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `reindex`."""


def keeper_of(settings: Settings) -> Keeper:
    """What keeps the index of this portal."""
    return tables if settings.on_postgresql else indexer_of(settings.search_index_dir)


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

    OSError when the folder can't be written, of which BusyIndexError says that another process is making the index. On
    PostgreSQL OperationalError when the database does not take it.
    """
    keeper_of(settings).ensure()


def reindex(settings: Settings, progress: Progress | None = None) -> int:
    """Make a new index of all that is published and let it serve; answers the number of items.

    `progress` is told (done, all) after each batch. BusyIndexError when another process is at it, OSError when the disk
    does not take it, OperationalError when PostgreSQL does not: the old index goes on serving then.
    """
    return keeper_of(settings).rebuild(progress)
