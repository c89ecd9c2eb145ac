"""How often an item was read: people and visits by Bangkok day, without its author and without known robots.

Counted in memory and written every few seconds, many visits in one transaction: a page view is not a write.
"""

import hashlib
import hmac
import time
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.counting import CountedInMemory
from portal.db import insert_into, session
from portal.items.models import Item, Reading
from portal.people.models import Person
from portal.remembering import Remembered
from portal.thai.dates import bangkok_today

FLUSH_SECONDS = 5
SHOWN_SECONDS = 60
ROBOTS = ("bot", "crawl", "spider", "slurp", "curl", "wget", "python-", "headless", "monitor", "preview")


class ReadingCounter(CountedInMemory[tuple[int, date, str]]):
    """Counts in this process and writes to the database from a thread of its own."""

    def __init__(self, secret: str, flush_seconds: float = FLUSH_SECONDS):
        super().__init__(flush_seconds)
        self._secret = secret.encode()
        self._shown = Remembered[int, tuple[int, int]](most=10_000)

    def note(self, item: Item, person: Person | None, address: str, browser: str) -> None:
        """One visit, unless the visitor is the item's author or says he is a robot."""
        if person is not None and person.id == item.author_id:
            return
        if not browser or any(word in browser.lower() for word in ROBOTS):
            return
        day = bangkok_today()
        who = f"person {person.id}" if person is not None else f"guest {address} {browser}"
        # Keyed and by month: distinct readers of a month can be counted, nobody can be followed further.
        reader = hmac.new(self._secret, f"{day:%Y-%m} {who}".encode(), hashlib.sha256).hexdigest()[:32]
        self._count({(item.id, day, reader): 1})

    def shown(self, item: Item) -> tuple[int, int]:
        """`readings_of` the item as they were within the last minute: a count on a page need not be newer."""
        minute = str(time.monotonic() // SHOWN_SECONDS)
        return self._shown.under(minute, item.id, lambda: readings_of(item))

    def _write(self, own: Session, counts: Counter[tuple[int, date, str]]) -> None:
        known = set(own.scalars(select(Item.id).where(Item.id.in_({key[0] for key in counts}))))
        for (item_id, day, reader), visits in sorted(counts.items()):
            if item_id in known:
                statement = insert_into(Reading).values(
                    item_id=item_id, day=day, reader=reader, visits=visits
                )
                own.execute(
                    statement.on_conflict_do_update(
                        index_elements=["item_id", "day", "reader"],
                        set_={"visits": Reading.visits + statement.excluded.visits},
                    )
                )


def readings_of(item: Item, days: int = 365) -> tuple[int, int]:
    """(people, visits) of the last so many days; a person who comes back in another month counts again."""
    since = bangkok_today() - timedelta(days=days)
    row = session.execute(
        select(func.count(func.distinct(Reading.reader)), func.coalesce(func.sum(Reading.visits), 0)).where(
            Reading.item_id == item.id, Reading.day > since
        )
    ).one()
    return int(row[0]), int(row[1])
