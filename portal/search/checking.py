"""Comparing the index with the database, and mending it."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from portal.config import Settings
from portal.db import reading, transaction
from portal.items.models import Item, ItemState
from portal.outbox.models import OutboxEntry
from portal.search.batches import BATCH, KIND, Progress, portions_of, published_ids, read_portion
from portal.search.documents import documents_of
from portal.search.indexing import ensure_index, index_pending, keeper_of
from portal.search.models import SearchText


@dataclass(frozen=True)
class Differences:
    """Item ids that are published but not in the index, stand there otherwise than in the database, or do not belong there
    (among them those that stand there twice); an item of which a post does, too."""

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
    indexed: dict[tuple[int, int], str] = {}
    surplus: set[int] = set()
    for item_id, post_id, digest in keeper_of(settings).stored() or ():
        if (item_id, post_id) in indexed:
            surplus.add(item_id)
        indexed[item_id, post_id] = digest
    ids = published_ids()
    missing: dict[int, None] = {}
    changed: dict[int, None] = {}
    for start in range(0, len(ids), BATCH):
        with reading() as own:
            for portion in portions_of(own, ids[start : start + BATCH]):
                for document in read_portion(own, portion):
                    digest = indexed.pop((document.item_id, document.post_id), "")
                    if not digest:
                        (changed if document.post_id else missing)[document.item_id] = None
                    elif digest != document.digest:
                        changed[document.item_id] = None
                own.expunge_all()
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))
    changed |= dict.fromkeys(_without_texts())
    published = set(ids)
    for item_id, post_id in indexed:  # what no document asked for
        if post_id and item_id in published:
            changed[item_id] = None
        else:
            surplus.add(item_id)
    return Differences(tuple(missing), tuple(sorted(changed.keys() - missing.keys())), tuple(sorted(surplus)))


def mend(settings: Settings, differences: Differences) -> None:
    """Index these items again, through the outbox like every other change."""
    with transaction() as own:
        own.add_all(OutboxEntry(kind=KIND, subject_id=item_id) for item_id in sorted(differences.all))
    while index_pending(settings):
        pass


def _without_texts() -> set[int]:
    """Published items whose kept text is missing or of an older revision, though the newest one says something."""
    kept = exists().where(
        SearchText.item_id == Item.id,
        SearchText.post_id == 0,
        SearchText.revision_number == Item.revision_number,
    )
    with reading() as own:
        ids = own.scalars(select(Item.id).where(Item.state == ItemState.PUBLISHED, ~kept)).all()
    without: set[int] = set()
    for start in range(0, len(ids), BATCH):
        with reading() as own:
            documents = documents_of(own, ids[start : start + BATCH])
        without.update(document.item_id for document in documents if document.sections)
    return without
