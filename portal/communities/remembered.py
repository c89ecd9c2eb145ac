"""What communities are called, remembered in each process for as long as it is true."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from portal.communities.models import Community
from portal.db import session
from portal.people.audiences import groups_in, tokens_of
from portal.people.models import Group, Openness, Person
from portal.remembering import PEOPLE, Remembered


@dataclass(frozen=True)
class Named:
    """A community by its names; `is_closed_down`: its work is done."""

    id: int
    group_id: int
    name: str
    name_en: str
    is_closed_down: bool
    organisation_id: int
    openness: Openness


_NAMED: Final = Remembered[None, tuple[Named, ...]](most=1)


def readable_communities(tokens: Collection[str]) -> list[Named]:
    """Those whose talk is open to who holds these tokens, in dictionary order. Of others nobody is told by a search."""
    groups = set(groups_in(tokens))
    return [one for one in _NAMED.get(session(), PEOPLE, None, _read) if one.group_id in groups]


def known_communities(person: Person | None) -> list[Named]:
    """Those at work that the person, like any colleague or as a member, knows of, in dictionary order."""
    if person is None or not person.is_active:
        return []
    groups = groups_in(tokens_of(person))
    return [
        one
        for one in _NAMED.get(session(), PEOPLE, None, _read)
        if one.organisation_id == person.organisation_id
        and not one.is_closed_down
        and (one.openness != Openness.CLOSED or one.group_id in groups)
    ]


def _read() -> tuple[Named, ...]:
    rows = session.execute(
        select(
            Community.id,
            Community.group_id,
            Group.name,
            Group.name_en,
            Group.closed_on,
            Community.organisation_id,
            Group.openness,
        )
        .join(Group, Group.id == Community.group_id)
        .order_by(Group.sort_key, Community.id)
    )
    return tuple(Named(*row[:4], row[4] is not None, *row[5:]) for row in rows)
