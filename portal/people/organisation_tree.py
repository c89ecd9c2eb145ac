"""The units of the organisation in the order of the tree, for lists and filters."""

from sqlalchemy import select

from portal.db import session
from portal.people.models import Unit


def units_to_offer(organisation: Unit | None) -> list[Unit]:
    """The open units in tree order, each level in Thai dictionary order; the organisation itself first."""
    if organisation is None:
        return []
    units = session.scalars(
        select(Unit).where(
            (Unit.organisation_id == organisation.id) | (Unit.id == organisation.id), Unit.closed_on.is_(None)
        )
    ).all()
    below: dict[int | None, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: unit.sort_key):
        below.setdefault(unit.parent_id, []).append(unit)
    ordered: list[Unit] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting.extend(below.get(unit.id, [])[::-1])
    return ordered
