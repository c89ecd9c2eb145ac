"""Up to where somebody has read the talk on an item.

Noted in memory and written a second later, many in one transaction: opening a page is not a write, and waits for nobody who
writes. A person's own page is never older than that second.
"""

from collections import Counter

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from portal.counting import CountedInMemory
from portal.db import insert_into, now, session
from portal.items.models import Item
from portal.items.talk_models import LastRead
from portal.people.models import Person

FLUSH_SECONDS = 1


class LastReadings(CountedInMemory[tuple[int, int, int]]):
    """Keeps, of each item and person, the highest number of a post that was on a page he opened."""

    def __init__(self, flush_seconds: float = FLUSH_SECONDS):
        super().__init__(flush_seconds)

    def note(self, item: Item, person: Person, number: int) -> None:
        """The person had a page open that ends with that post; 0: with the item's own text."""
        self._count({(item.id, person.id, number): 1})

    def _write(self, own: Session, counts: Counter[tuple[int, int, int]]) -> None:
        highest: dict[tuple[int, int], int] = {}
        for item_id, person_id, number in counts:
            highest[item_id, person_id] = max(number, highest.get((item_id, person_id), 0))
        known = set(own.scalars(select(Item.id).where(Item.id.in_({item_id for item_id, _ in highest}))))
        for (item_id, person_id), number in sorted(highest.items()):
            if item_id in known:
                statement = insert_into(LastRead).values(
                    item_id=item_id, person_id=person_id, number=number, read_at=now()
                )
                further = statement.excluded.number > LastRead.number
                own.execute(
                    statement.on_conflict_do_update(
                        index_elements=["item_id", "person_id"],
                        set_={
                            "number": case((further, statement.excluded.number), else_=LastRead.number),
                            "read_at": statement.excluded.read_at,
                        },
                    )
                )


def last_read_in(item: Item, person: Person) -> int | None:
    """The number of the last post the person had before him; None when he never opened it."""
    return session.scalar(
        select(LastRead.number).where(LastRead.item_id == item.id, LastRead.person_id == person.id)
    )


def read_own(item: Item, person: Person, number: int) -> None:
    """Who writes has read what he writes; what stands before it only if he had."""
    if number == 0:
        statement = insert_into(LastRead).values(
            item_id=item.id, person_id=person.id, number=0, read_at=now()
        )
        session.execute(statement.on_conflict_do_nothing())
        return
    session.execute(
        update(LastRead)
        .where(LastRead.item_id == item.id, LastRead.person_id == person.id, LastRead.number == number - 1)
        .values(number=number, read_at=now())
        .execution_options(synchronize_session=False)
    )
