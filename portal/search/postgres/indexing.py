"""From the outbox into the tables of PostgreSQL, by whichever server's worker is at work.

A batch is one transaction: the words of its items, the texts kept for them and the rows that leave the outbox change
together or not at all. Who writes holds a lock and reads the items only then, so of two that change the same item the later
one writes what is newest. While a new generation is made, every batch goes into it as well: nothing is missed.
"""

import contextlib
from collections.abc import Callable

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.db import reading, transaction
from portal.locking import Lock, held, wait_for
from portal.outbox.models import OutboxEntry
from portal.search.batches import (
    BATCH,
    WRITER_PATIENCE,
    BusyIndexError,
    Progress,
    Work,
    keep_portion,
    next_batch,
    pending,
    portions_of,
    published_ids,
    read_portion,
    work_of,
)
from portal.search.postgres import generations
from portal.search.postgres.models import SCHEMA_VERSION, IndexGeneration
from portal.search.postgres.writing import write
from portal.search.question import Stored

log = structlog.get_logger()


def state() -> str:
    """`ready` or `rebuilding`."""
    with reading() as own:
        return generations.state(own)


def stored() -> list[Stored] | None:
    """All that is in the index; None while none serves."""
    with reading() as own:
        return generations.stored(own)


def ensure() -> None:
    """An index of the present version, made when it is not there. BusyIndexError when another process is making it,
    OperationalError when the database does not answer or another one writes too long."""
    if state() != "ready":
        rebuild()


def step() -> int:
    """One batch, or a new index when one is needed; 0 when there is nothing to do."""
    if state() != "ready":
        with contextlib.suppress(BusyIndexError):
            log.info("search index built anew", items=rebuild(meanwhile=apply))
            return 1
    done = apply()
    if not done and generations.has_others():
        with held(Lock.REBUILDING_INDEX) as mine:
            if mine:
                generations.remove_others()
    return done


def apply() -> int:
    """One batch into what serves and what is being made; answers how many rows it was. 0 as well when none is there."""
    with reading() as own:
        if not pending(own, 1):
            return 0
    with transaction() as own:
        wait_for(own, Lock.WRITING_INDEX, WRITER_PATIENCE)
        if not _generations(own):
            return 0
        rows = next_batch(own, ())
        # Read after the rows: what is published once a rebuild has read what there is gets into the new generation by its
        # row alone.
        into = _generations(own)
        _write(own, work_of(rows.values()), into)
        own.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(rows)))
    return len(rows)


def rebuild(progress: Progress | None = None, meanwhile: Callable[[], object] | None = None) -> int:
    """Make a new generation of all that is published and let it serve; answers the number of items.

    `progress` is told (done, all) after each batch, and `meanwhile` is called. BusyIndexError when another process is at it,
    OperationalError when a batch of another one does not end in time: the old generation goes on serving then.
    """
    with held(Lock.REBUILDING_INDEX) as mine:
        if not mine:
            raise BusyIndexError("another process is making the index")
        generations.remove_others()
        generation_id = generations.create()
        ids = published_ids()
        for start in range(0, len(ids), BATCH):
            with reading() as own:
                portions = list(portions_of(own, ids[start : start + BATCH]))
            for portion in portions:
                # Each in a transaction of its own: a thread of many thousand posts keeps no change waiting.
                with transaction() as own:
                    wait_for(own, Lock.WRITING_INDEX, WRITER_PATIENCE)
                    generations.must_be_made(own, generation_id)
                    documents = read_portion(own, portion)
                    keep_portion(own, portion, documents)
                    write(own, generation_id, documents, portion.items, portion.posts, own_texts_only=True)
            if progress is not None:
                progress(min(start + BATCH, len(ids)), len(ids))
            if meanwhile is not None:
                meanwhile()
            if mine.is_lost():
                raise BusyIndexError("the connection that kept others from making the index is gone")
        with transaction() as own:
            wait_for(own, Lock.WRITING_INDEX, WRITER_PATIENCE)
            generations.must_be_made(own, generation_id)
            generations.count_anew(own)
            generations.put_in_place(own, generation_id)
        generations.remove_others()
    return len(ids)


def _generations(own: Session) -> list[int]:
    """The one that serves and the one that is being made."""
    written = select(IndexGeneration.id).where(IndexGeneration.schema_version == SCHEMA_VERSION)
    return list(own.scalars(written.order_by(IndexGeneration.id)))


def _write(own: Session, work: Work, into: list[int]) -> None:
    for generation_id in into:
        write(own, generation_id, (), work.items, work.posts)
    for portion in portions_of(own, work.items, work.posts):
        documents = read_portion(own, portion)
        keep_portion(own, portion, documents)
        for generation_id in into:
            write(own, generation_id, documents)
        own.flush()
        own.expunge_all()  # what was read of a long thread is let go of
