"""Work for the index, a batch at a time: what waits, what the items are now, what is done."""

from collections.abc import Callable, Collection
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.db import reading, transaction
from portal.items.models import Item, ItemState
from portal.outbox.models import OutboxEntry
from portal.search.documents import Document, documents_of, keep_texts

Progress = Callable[[int, int], None]  # told (done, all)
KIND: Final = "index"
# Items loaded and written at once: about half a second, for which a fresh one may have to wait.
BATCH: Final = 60
NIGHT: Final = range(1, 5)  # hours in Bangkok, for what costs much
WRITER_PATIENCE: Final = 10.0  # seconds to wait for another process that writes


class BusyIndexError(OSError):
    """Another process has been writing all the time one was willing to wait."""


def pending(own: Session, most: int | None = None) -> dict[int, int]:
    """Rows of the outbox that wait for the index, oldest first: id of the row → id of the item."""
    return _rows(own, OutboxEntry.id, most)


def next_batch(own: Session, done: Collection[int]) -> dict[int, int]:
    """The rows to take next but for those that are `done`: the oldest, that all are reached some day, and the newest, so that
    what somebody published just now is found though a thousand others wait."""
    most = BATCH // 2 + len(done)
    rows = {**_rows(own, OutboxEntry.id, most), **_rows(own, OutboxEntry.id.desc(), most)}
    return {row: item_id for row, item_id in rows.items() if row not in done}


def _rows(own: Session, order: Any, most: int | None) -> dict[int, int]:
    rows = own.execute(
        select(OutboxEntry.id, OutboxEntry.subject_id)
        .where(OutboxEntry.kind == KIND)
        .order_by(order)
        .limit(most)
    )
    return {row: item_id or 0 for row, item_id in rows}


def prepare(item_ids: Collection[int]) -> list[Document]:
    """The documents of these items as they are now, their texts kept for the result pages."""
    with reading() as own:
        documents = documents_of(own, item_ids)
    with transaction() as own:
        keep_texts(own, documents, gone=set(item_ids))
    return documents


def remove(rows: Collection[int]) -> None:
    """Take these rows out of the outbox: their work is done and on the disk."""
    ids = sorted(rows)
    with transaction() as own:
        for start in range(0, len(ids), BATCH):
            own.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(ids[start : start + BATCH])))


def published_ids() -> list[int]:
    """The ids of everything that belongs into the index."""
    with reading() as own:
        return list(own.scalars(select(Item.id).where(Item.state == ItemState.PUBLISHED).order_by(Item.id)))
