"""Work for the index, a batch at a time: what waits, what the items are now, what is done.

A row of the outbox is about an item with all that is said on it or, where its details name a `post`, about that post alone.
Whatever is read is read in portions, so that neither a thread of many thousand posts nor a store of them is ever in memory.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.db import reading, transaction
from portal.items.models import Item, ItemState, Post
from portal.outbox.models import OutboxEntry
from portal.search.documents import (
    Document,
    documents_of,
    documents_of_posts,
    drop_texts_of_gone_posts,
    is_read_by_all,
    keep_texts,
)

Progress = Callable[[int, int], None]  # told (done, all)
KIND: Final = "index"
# Items loaded and written at once: about half a second, for which a fresh one may have to wait.
BATCH: Final = 60
MOST_POSTS: Final = 300  # read at once
# Posts in one batch: threads beyond come in later ones, a thread alone with all its posts.
POSTS_A_BATCH: Final = 1_500
NIGHT: Final = range(1, 5)  # hours in Bangkok, for what costs much
WRITER_PATIENCE: Final = 10.0  # seconds to wait for another process that writes


class BusyIndexError(OSError):
    """Another process has been writing all the time one was willing to wait."""


@dataclass(frozen=True)
class Work:
    """What is to be indexed anew: items with all that is said on them, and posts by themselves."""

    items: frozenset[int] = frozenset()
    posts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Row:
    """A row of the outbox that waits for the index."""

    item_id: int
    post_id: int | None


def work_of(rows: Collection[Row]) -> Work:
    """What several rows ask for together; a post of an item that comes whole needs no more."""
    items = frozenset(row.item_id for row in rows if row.post_id is None)
    posts = (row.post_id for row in rows if row.post_id is not None and row.item_id not in items)
    return Work(items, frozenset(posts))


def pending(own: Session, most: int | None = None) -> dict[int, Row]:
    """Rows of the outbox that wait for the index, oldest first, by their ids."""
    return _rows(own, OutboxEntry.id, most)


def next_batch(own: Session, done: Collection[int]) -> dict[int, Row]:
    """The rows to take next but for those that are `done`: the oldest, that all are reached some day, and the newest, so that
    what somebody published just now is found though a thousand others wait."""
    most = BATCH // 2 + len(done)
    old, new = _rows(own, OutboxEntry.id, most), _rows(own, OutboxEntry.id.desc(), most)
    # In turn, so that both are in the batch if it has no room for all.
    both = [row for pair in zip_longest(new, old) for row in pair if row is not None]
    rows = {row: new.get(row) or old[row] for row in both if row not in done}
    return _with_room(own, rows)


def _with_room(own: Session, rows: Mapping[int, Row]) -> dict[int, Row]:
    """As many of the rows as bring no more than POSTS_A_BATCH posts with their items, one at least."""
    items = {row.item_id for row in rows.values() if row.post_id is None}
    posts: dict[int, int] = dict(
        own.execute(
            select(Post.item_id, func.count()).where(Post.item_id.in_(items)).group_by(Post.item_id)
        ).all()
    )
    taken: dict[int, Row] = {}
    left = POSTS_A_BATCH
    for number, row in rows.items():
        cost = posts.pop(row.item_id, 0) if row.post_id is None else 0
        if cost > left and taken:
            posts[row.item_id] = cost
            continue
        taken[number] = row
        left -= cost
    return taken


def _rows(own: Session, order: Any, most: int | None) -> dict[int, Row]:
    rows = own.execute(
        select(OutboxEntry.id, OutboxEntry.subject_id, OutboxEntry.details)
        .where(OutboxEntry.kind == KIND)
        .order_by(order)
        .limit(most)
    )
    return {row: Row(item_id or 0, details.get("post")) for row, item_id, details in rows}


def portions_of(read: Session, items: Collection[int], posts: Collection[int] = ()) -> Iterator[Work]:
    """The same work in portions, first the items by themselves, then the posts on them and the others."""
    for some in _parts(sorted(items), BATCH):
        yield Work(items=frozenset(some))
    for some in _parts(sorted(posts), MOST_POSTS):
        yield Work(posts=frozenset(some))
    last = 0
    while items:
        on_them = select(Post.id).where(Post.item_id.in_(items), Post.id > last, is_read_by_all())
        some = list(read.scalars(on_them.order_by(Post.id).limit(MOST_POSTS)))
        if not some:
            return
        yield Work(posts=frozenset(some))
        last = some[-1]


def _parts(numbers: list[int], size: int) -> Iterator[list[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def read_portion(own: Session, portion: Work) -> list[Document]:
    """The documents of one of `portions_of`, as they are now."""
    return documents_of(own, portion.items) or documents_of_posts(own, portion.posts)


def keep_portion(own: Session, portion: Work, documents: list[Document]) -> None:
    """Keep their texts for the result pages. The caller commits."""
    keep_texts(own, documents, portion.items, portion.posts)
    if portion.items:
        drop_texts_of_gone_posts(own, portion.items)


def prepare(work: Work) -> Iterator[Document]:
    """The documents of the work, a portion at a time, each as it is then and kept in a transaction of its own."""
    with reading() as own:
        # Read out first: what is seen within one transaction stays as it was.
        portions = list(portions_of(own, work.items, work.posts))
    for portion in portions:
        with reading() as own:
            documents = read_portion(own, portion)
        with transaction() as own:
            keep_portion(own, portion, documents)
        yield from documents


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
