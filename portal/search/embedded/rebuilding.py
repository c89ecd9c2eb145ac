"""Making a new index from the database while the old one goes on serving."""

import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from portal.db import reading
from portal.search.batches import BATCH, Progress, Work, pending, prepare, published_ids, remove, work_of
from portal.search.documents import Document
from portal.search.embedded.index import Index, write


def rebuild(
    index: Index, progress: Progress | None = None, meanwhile: Callable[[], object] | None = None
) -> int:
    """Make a new index of all that is published and let it serve; answers the number of items.

    `progress` is told (done, all) after each batch, and `meanwhile` is called, so that who makes the new index can keep the
    old one fresh. BusyIndexError when another process is at it, OSError when the disk does not take it: the old index goes
    on serving then.

    Rows that come into the outbox in the meantime stay there till the end and are then applied to the new index,
    whichever process wrote them into the old one: nothing is missed and nothing is lost if this process dies.
    """
    with index.rebuilding():
        index.remove_others(index.current)
        path = index.create()
        try:
            with reading() as own:
                before = pending(own)  # what these tell of is read below, as it is then
            ids = published_ids()
            write(path, _all_documents(ids, progress, meanwhile), memory_mb=64)
            with index.writing():
                done = _catch_up(path, before)
                index.put_in_place(path)
                remove(before.keys() | done)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
    return len(ids)


def _all_documents(
    ids: list[int], progress: Progress | None, meanwhile: Callable[[], object] | None
) -> Iterator[Document]:
    for start in range(0, len(ids), BATCH):
        yield from prepare(Work(items=frozenset(ids[start : start + BATCH])))
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))
        if meanwhile is not None:
            meanwhile()


def _catch_up(path: Path, before: Collection[int]) -> set[int]:
    """Apply all that came into the outbox since to the new index; answers the rows."""
    with reading() as own:
        rows = {number: row for number, row in pending(own).items() if number not in before}
    numbers = sorted(rows)
    for start in range(0, len(numbers), BATCH):
        work = work_of([rows[number] for number in numbers[start : start + BATCH]])
        write(path, prepare(work), replaced=work.items, replaced_posts=work.posts)
    return set(rows)
