"""Comparing the index with the database, and mending it."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from portal.config import Settings
from portal.db import reading, transaction
from portal.items.models import Item, ItemState
from portal.outbox.models import OutboxEntry
from portal.search.batches import BATCH, KIND, Progress, published_ids
from portal.search.documents import documents_of
from portal.search.indexing import ensure_index, index_pending, keeper_of
from portal.search.models import SearchText


@dataclass(frozen=True)
class Differences:
    """Item ids that are published but not in the index, stand there otherwise than in the database, or do not belong there
    (among them those that stand there twice)."""

    missing: tuple[int, ...]
    changed: tuple[int, ...]
    surplus: tuple[int, ...]

    @property
    def all(self) -> set[int]:
        return {*self.missing, *self.changed, *self.surplus}


def check(settings: Settings, progress: Progress | None = None) -> Differences:
    """Bring the index up to date with the outbox, then say how it still differs from the database. Empties: not at all."""
    ensure_index(settings)
    while index_pending(settings):
        pass
    indexed: dict[int, str] = {}
    twice: set[int] = set()
    for item_id, digest in keeper_of(settings).stored() or ():
        if item_id in indexed:
            twice.add(item_id)
        indexed[item_id] = digest
    ids = published_ids()
    missing, changed = [], []
    for start in range(0, len(ids), BATCH):
        with reading() as own:
            documents = documents_of(own, ids[start : start + BATCH])
        for document in documents:
            if document.item_id not in indexed:
                missing.append(document.item_id)
            elif indexed[document.item_id] != document.digest:
                changed.append(document.item_id)
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))
    changed.extend(_without_texts() - {*missing, *changed})
    surplus = twice | (indexed.keys() - set(ids))
    return Differences(tuple(missing), tuple(sorted(changed)), tuple(sorted(surplus)))


def mend(settings: Settings, differences: Differences) -> None:
    """Index these items again, through the outbox like every other change."""
    with transaction() as own:
        own.add_all(OutboxEntry(kind=KIND, subject_id=item_id) for item_id in sorted(differences.all))
    while index_pending(settings):
        pass


def _without_texts() -> set[int]:
    """Published items whose kept text is missing or of an older revision, though the newest one says something."""
    kept = exists().where(SearchText.item_id == Item.id, SearchText.revision_number == Item.revision_number)
    with reading() as own:
        ids = own.scalars(select(Item.id).where(Item.state == ItemState.PUBLISHED, ~kept)).all()
    without: set[int] = set()
    for start in range(0, len(ids), BATCH):
        with reading() as own:
            documents = documents_of(own, ids[start : start + BATCH])
        without.update(document.item_id for document in documents if document.sections)
    return without
