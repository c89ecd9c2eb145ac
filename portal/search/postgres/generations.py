"""The generations of the index in PostgreSQL: which one serves, how another takes its place, how old ones go."""

from typing import Final

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.orm import Session

from portal.db import reading, transaction
from portal.locking import Lock, wait_for
from portal.search.analysis import ANALYSIS_VERSION
from portal.search.batches import WRITER_PATIENCE, BusyIndexError
from portal.search.postgres.models import (
    INDEX_TABLES,
    SCHEMA_VERSION,
    IndexAudience,
    IndexEntry,
    IndexFacets,
    IndexFrequency,
    IndexGeneration,
    IndexPosting,
    IndexTerm,
    IndexToken,
)
from portal.search.question import Stored

GOING: Final = 0  # the schema of a generation that is being deleted
REMOVED_AT_ONCE: Final = 500  # items, so that no transaction holds up others for long


def state(connection: Connection | Session) -> str:
    """`ready`, or `rebuilding` when nothing serves or something of another version."""
    ready = select(IndexGeneration.id).where(
        IndexGeneration.is_serving,
        IndexGeneration.schema_version == SCHEMA_VERSION,
        IndexGeneration.analysis_version == ANALYSIS_VERSION,
    )
    return "ready" if connection.scalar(ready) is not None else "rebuilding"


def stored(own: Session) -> list[Stored] | None:
    """All that is in the index, for comparing it with the database; None while none serves."""
    serving = own.scalar(
        select(IndexGeneration.id).where(
            IndexGeneration.is_serving, IndexGeneration.schema_version == SCHEMA_VERSION
        )
    )
    if serving is None:
        return None
    rows = own.execute(
        select(IndexEntry.item_id, IndexEntry.post_id, IndexEntry.digest).where(
            IndexEntry.generation_id == serving
        )
    )
    return [Stored(*row) for row in rows]


def create() -> int:
    """The number of a new empty generation beside the one that serves."""
    with transaction() as own:
        made = IndexGeneration(schema_version=SCHEMA_VERSION, analysis_version=ANALYSIS_VERSION)
        own.add(made)
        own.flush()
        return made.id


def must_be_made(own: Session, generation_id: int) -> None:
    """BusyIndexError when this generation was taken away, by who thought that nobody makes it any more."""
    made = select(IndexGeneration.id).where(
        IndexGeneration.id == generation_id, IndexGeneration.schema_version != GOING
    )
    if own.scalar(made) is None:
        raise BusyIndexError("the new index was removed while it was made")


def put_in_place(own: Session, generation_id: int) -> None:
    """Let this generation serve from the end of the transaction on, and no other one."""
    own.execute(update(IndexGeneration).values(is_serving=IndexGeneration.id == generation_id))


def remove_others() -> None:
    """Delete, in pieces, every generation but the one that serves; what a killed rebuild left behind goes too. For who holds
    the lock for rebuilding."""
    with transaction() as own:
        # A batch under way ends first; the next one leaves alone what is going.
        wait_for(own, Lock.WRITING_INDEX, WRITER_PATIENCE)
        own.execute(update(IndexGeneration).where(~IndexGeneration.is_serving).values(schema_version=GOING))
    with reading() as own:
        old = own.scalars(select(IndexGeneration.id).where(~IndexGeneration.is_serving)).all()
    for generation_id in old:
        while _remove_entries(generation_id):
            pass
        with transaction() as own:
            audiences = select(IndexAudience.id).where(IndexAudience.generation_id == generation_id)
            for counted in (IndexToken, IndexFrequency):
                own.execute(delete(counted).where(counted.audience_id.in_(audiences)))
            for model in (IndexAudience, IndexFacets, IndexTerm):
                own.execute(delete(model).where(model.generation_id == generation_id))
            own.execute(delete(IndexGeneration).where(IndexGeneration.id == generation_id))


def _remove_entries(generation_id: int) -> bool:
    with transaction() as own:
        mine = select(IndexEntry.id).where(IndexEntry.generation_id == generation_id)
        ids = own.scalars(mine.limit(REMOVED_AT_ONCE)).all()
        own.execute(delete(IndexPosting).where(IndexPosting.entry_id.in_(ids)))
        own.execute(delete(IndexEntry).where(IndexEntry.id.in_(ids)))
        return bool(ids)


def has_others() -> bool:
    """Whether there are generations that do not serve: one is being made, or was left behind."""
    with reading() as own:
        one = own.scalar(select(IndexGeneration.id).where(~IndexGeneration.is_serving).limit(1))
        return one is not None


def count_anew(own: Session) -> None:
    """Tell the planner how large the tables have become."""
    for table in sorted(INDEX_TABLES):
        own.execute(text(f"ANALYZE {table}"))
