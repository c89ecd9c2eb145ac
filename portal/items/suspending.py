"""Who may not write for a time, and where. Whoever is suspended reads on, and what he types is not lost (minding.py)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from portal.db import now, session
from portal.items.models import Item
from portal.items.order_models import Suspension
from portal.people.audiences import group_token
from portal.people.models import Person
from portal.remembering import PEOPLE, Remembered


class Standing(NamedTuple):
    """A suspension that may hold. `group_id` None: wherever colleagues write to each other."""

    group_id: int | None
    from_at: datetime
    until_at: datetime
    why: str


_STANDING: Final = Remembered[int, tuple[Standing, ...]](most=10_000)


def standing_suspension(person: Person | None, tokens: Iterable[str]) -> Standing | None:
    """The one that keeps the person from writing now in what is open to these tokens, of several the longest; None when he
    may write."""
    if person is None:
        return None
    moment, tokens = now(), set(tokens)
    holding = [
        one
        for one in _STANDING.get(session(), PEOPLE, person.id, lambda: _of(person))
        if one.from_at <= moment < one.until_at
        and (one.group_id is None or group_token(one.group_id) in tokens)
    ]
    return max(holding, key=lambda one: one.until_at, default=None)


def is_suspended_everywhere(person: Person | None) -> bool:
    """Whether the person may write nowhere for a time."""
    return standing_suspension(person, ()) is not None


def groups_suspended_in(person: Person | None) -> frozenset[int]:
    """The ids of the groups in each of which alone the person may not write for a time."""
    if person is None:
        return frozenset()
    moment = now()
    standing = _STANDING.get(session(), PEOPLE, person.id, lambda: _of(person))
    return frozenset(
        one.group_id for one in standing if one.group_id is not None and one.from_at <= moment < one.until_at
    )


def _of(person: Person) -> tuple[Standing, ...]:
    rows = session.execute(
        select(Suspension.group_id, Suspension.from_at, Suspension.until_at, Suspension.why).where(
            Suspension.person_id == person.id, Suspension.lifted_at.is_(None), Suspension.until_at > now()
        )
    )
    return tuple(Standing(*row) for row in rows)


def suspension_on(person: Person | None, item: Item) -> Standing | None:
    """What keeps the person from writing on the item now; None when he may."""
    return standing_suspension(person, (row.token for row in item.audience))


def is_suspended(person: Person | None, item: Item) -> bool:
    """Whether the person may not write on the item for a time."""
    return suspension_on(person, item) is not None
