"""Making a new index from the database while the old one goes on serving."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from portal.config import Settings
from portal.db import on_postgresql, reading
from portal.search import postgres_indexing
from portal.search.batches import BATCH, pending, prepare, published_ids, remove
from portal.search.documents import Document
from portal.search.index import Index, write

Progress = Callable[[int, int], None]  # told (done, all)


def reindex(settings: Settings, progress: Progress | None = None) -> int:
    """Make a new index of all that is published and let it serve; answers the number of items.

    `progress` is told (done, all) after each batch. BusyIndexError when another process is at it, OSError when the disk
    does not take it: the old index goes on serving then.
    """
    if on_postgresql():
        return postgres_indexing.rebuild(progress)
    return rebuild(Index(settings.search_index_dir), progress)


def rebuild(
    index: Index, progress: Progress | None = None, meanwhile: Callable[[], object] | None = None
) -> int:
    """The same for an index folder. `meanwhile` is called after each batch, so that who makes the new index can keep the
    old one fresh.

    Rows that come into the outbox in the meantime stay there till the end and are then applied to the new index,
    whichever process wrote them into the old one: nothing is missed and nothing is lost if this process dies.
    """
    with index.rebuilding():
        index.remove_others(index.current)
        path = index.create()
        try:
            ids = published_ids()
            write(path, _all_documents(ids, progress, meanwhile), memory_mb=64)
            with index.writing():
                done = _catch_up(path)
                index.put_in_place(path)
                remove(done)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
    return len(ids)


def _all_documents(
    ids: list[int], progress: Progress | None, meanwhile: Callable[[], object] | None
) -> Iterator[Document]:
    for start in range(0, len(ids), BATCH):
        yield from prepare(ids[start : start + BATCH])
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))
        if meanwhile is not None:
            meanwhile()


def _catch_up(path: Path) -> set[int]:
    """Apply all that waits in the outbox to the new index; answers the rows."""
    with reading() as own:
        rows = pending(own)
    item_ids = sorted(set(rows.values()))
    for start in range(0, len(item_ids), BATCH):
        batch = item_ids[start : start + BATCH]
        write(path, prepare(batch), replaced=batch)
    return set(rows)
