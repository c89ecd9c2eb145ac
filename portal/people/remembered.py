"""People and units as every page names them: read once, remembered till anything about people or units changes.

Copies that belong to no session: names, posts and settings may be read, nothing is loaded from them.
"""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select

from portal.db import session
from portal.people.models import Person, Unit
from portal.remembering import PEOPLE, Remembered, apart, stamp_of


def remembered_people(ids: Collection[int]) -> Mapping[int, Person]:
    """These persons by id, in one question for all that are not remembered; an id nobody has is left out."""
    stamp = stamp_of(session(), PEOPLE)
    found = _PERSONS.kept(stamp, ids)
    missing = set(ids) - found.keys()
    if missing:
        for person in session.scalars(select(Person).where(Person.id.in_(missing))):
            found[person.id] = _PERSONS.keep(stamp, person.id, apart(person))
    return found


def remembered_units() -> Mapping[int, Unit]:
    """Every unit by id, closed ones too."""
    return _UNITS.get(
        session(), PEOPLE, None, lambda: {unit.id: apart(unit) for unit in session.scalars(select(Unit))}
    )


def with_units_below(ids: Collection[int]) -> frozenset[int]:
    """These units and all below them: what "of the unit" means everywhere. An id nobody has stays."""
    units = remembered_units().values()
    return frozenset(ids) | {unit.id for unit in units if not set(ids).isdisjoint(unit.ancestor_ids)}


_PERSONS: Final = Remembered[int, Person](most=10_000)
_UNITS: Final = Remembered[None, Mapping[int, Unit]](most=1)
