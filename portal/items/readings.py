"""How often an item was read: people and visits by Bangkok day, without its author and without known robots.

Counted in memory and written every few seconds, many visits in one transaction: a page view is not a write.
"""

import hashlib
import hmac
import threading
import time
from collections import Counter
from datetime import date, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from portal.db import bound_engine, session, transaction
from portal.items.models import Item, Reading
from portal.people.models import Person
from portal.remembering import Remembered
from portal.thai.dates import bangkok_today

FLUSH_SECONDS = 5
SHOWN_SECONDS = 60
ROBOTS = ("bot", "crawl", "spider", "slurp", "curl", "wget", "python-", "headless", "monitor", "preview")

log = structlog.get_logger()


class ReadingCounter:
    """Counts in this process and writes to the database from a thread of its own."""

    def __init__(self, secret: str, flush_seconds: float = FLUSH_SECONDS):
        self._secret = secret.encode()
        self._seconds = flush_seconds
        self._lock = threading.Lock()
        self._counts: Counter[tuple[int, date, str]] = Counter()
        self._timer: threading.Timer | None = None
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
        with self._lock:
            self._counts[item.id, day, reader] += 1
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def shown(self, item: Item) -> tuple[int, int]:
        """`readings_of` the item as they were within the last minute: a count on a page need not be newer."""
        minute = str(time.monotonic() // SHOWN_SECONDS)
        return self._shown.under(minute, item.id, lambda: readings_of(item))

    def flush(self) -> int:
        """Write what was counted; answers the number of visits. After an error they are kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._timer = None
        if not counts:
            return 0
        insert = (sqlite if bound_engine().dialect.name == "sqlite" else postgresql).insert
        try:
            with transaction() as own:
                known = set(own.scalars(select(Item.id).where(Item.id.in_({key[0] for key in counts}))))
                for (item_id, day, reader), visits in sorted(counts.items()):
                    if item_id in known:
                        statement = insert(Reading).values(
                            item_id=item_id, day=day, reader=reader, visits=visits
                        )
                        own.execute(
                            statement.on_conflict_do_update(
                                index_elements=["item_id", "day", "reader"],
                                set_={"visits": Reading.visits + statement.excluded.visits},
                            )
                        )
        except SQLAlchemyError:
            log.warning("readings not written, kept for later", visits=counts.total())
            with self._lock:
                self._counts.update(counts)
            return 0
        return counts.total()


def readings_of(item: Item, days: int = 365) -> tuple[int, int]:
    """(people, visits) of the last so many days; a person who comes back in another month counts again."""
    since = bangkok_today() - timedelta(days=days)
    row = session.execute(
        select(func.count(func.distinct(Reading.reader)), func.coalesce(func.sum(Reading.visits), 0)).where(
            Reading.item_id == item.id, Reading.day > since
        )
    ).one()
    return int(row[0]), int(row[1])
