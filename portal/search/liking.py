"""What speaks for an item beside its words: that it is recent, and that it is read. It moves what is nearly equal."""

import time
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, func, select, update

from portal.db import reading, session
from portal.items.models import Reading
from portal.search.models import SearchText
from portal.thai.dates import bangkok_today

YEAR: Final = 365.25 * 24 * 3600  # seconds
MANY_READERS: Final = 20  # count for half of what any number of them could
READ_WITHIN: Final = 365  # days


def liking(published: float, readers: int, now: float | None = None) -> float:
    """From 0 to 1, of an item published then (seconds since 1970) and read by so many people within a year."""
    return (recency(published, now) + readers / (readers + MANY_READERS)) / 2


def recency(published: float, now: float | None = None) -> float:
    """From 1 for what was published just now towards 0, a half after two years."""
    age = max(0.0, (time.time() if now is None else now) - published) / YEAR
    return float(0.5 ** (age / 2))


def count_readers() -> int:
    """Bring the readers that are kept with the passages up to date; answers for how many items they changed."""
    since = bangkok_today() - timedelta(days=READ_WITHIN)
    counted = (
        select(Reading.item_id, func.count(func.distinct(Reading.reader)).label("people"))
        .where(Reading.day > since)
        .group_by(Reading.item_id)
    )
    # Counted without the write lock, which others would wait for.
    with reading() as own:
        readers = {row.item_id: row.people for row in own.execute(counted)}
        kept = own.execute(
            select(SearchText.item_id, SearchText.readers).where(SearchText.post_id == 0).distinct()
        ).all()
    changed = [
        {"item": item_id, "people": readers.get(item_id, 0)}
        for item_id, people in kept
        if people != readers.get(item_id, 0)
    ]
    if changed:
        session.connection().execute(_KEEP_READERS, changed)
    return len(changed)


_TEXTS: Final = SearchText.metadata.tables[SearchText.__tablename__]
_KEEP_READERS: Final = (
    update(_TEXTS)
    .where(_TEXTS.c.item_id == bindparam("item"), _TEXTS.c.post_id == 0)
    .values(readers=bindparam("people"))
)
