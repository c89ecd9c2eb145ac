"""What the pages of the administration share: refusals said in the form, tables to take home, things found or not here."""

from typing import TypeVar

from flask import g

from portal.db import session
from portal.errors import NotHere
from portal.people.models import Group, Position, Unit
from portal.web.refusals import refusals_in as refusals_in

OfOrganisation = TypeVar("OfOrganisation", Unit, Position, Group)


def found(kind: type[OfOrganisation], thing_id: int, *, locked: bool = False) -> OfOrganisation:
    """The thing of this organisation with that id; NotHere for anything else. `locked`: nobody else changes it till the
    request has ended."""
    thing = session.get(kind, thing_id, with_for_update=locked or None) if 0 < thing_id < 2**31 else None
    if thing is None or thing.organisation_id != g.organisation.id:
        raise NotHere
    return thing
