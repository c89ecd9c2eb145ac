"""The units of the organisation in the order of the tree, for lists and filters."""

from sqlalchemy import select

from portal.db import session
from portal.people.models import Unit

# The office of the clerk stands first in every local authority, whatever the dictionary says.
_FIRST_BY_CUSTOM = ("สำนักปลัด", "สำนักงานปลัด")


def official_order(unit: Unit) -> tuple[bool, int, bool, str, int]:
    """Sorts units that stand beside each other: those that were given a place by it, then the office of the clerk, then
    the others in Thai dictionary order."""
    return (
        unit.place is None,
        unit.place or 0,
        not unit.name.startswith(_FIRST_BY_CUSTOM),
        unit.sort_key,
        unit.id,
    )


def units_beside(unit: Unit) -> list[Unit]:
    """The open units right below the same one, this unit among them, in their official order."""
    beside = session.scalars(
        select(Unit).where(Unit.parent_id == unit.parent_id, Unit.closed_on.is_(None), Unit.id != unit.id)
    )
    return sorted([*beside, unit], key=official_order)


def units_to_offer(organisation: Unit | None) -> list[Unit]:
    """The open units in tree order, each level in its official order; the organisation itself first."""
    if organisation is None:
        return []
    units = session.scalars(
        select(Unit).where(
            (Unit.organisation_id == organisation.id) | (Unit.id == organisation.id), Unit.closed_on.is_(None)
        )
    ).all()
    below: dict[int | None, list[Unit]] = {}
    for unit in sorted(units, key=official_order):
        below.setdefault(unit.parent_id, []).append(unit)
    ordered: list[Unit] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting.extend(below.get(unit.id, [])[::-1])
    return ordered
