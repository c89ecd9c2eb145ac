"""What the pages of the administration share: refusals said in the form, tables to take home, things found or not here."""

from types import TracebackType
from typing import TypeVar

from flask import g

from portal.db import session
from portal.errors import NotHere, PortalError
from portal.people.models import Group, Position, Unit
from portal.translating import gettext
from portal.web.forms import PortalForm

OfOrganisation = TypeVar("OfOrganisation", Unit, Position, Group)


class refusals_in:  # noqa: N801 - read as the preposition it is: `with refusals_in(form):`
    """An act that is refused leaves nothing half-done, and its reason stands above what was typed."""

    def __init__(self, form: PortalForm):
        self.form = form

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, PortalError):
            return False
        session.rollback()
        self.form.form_errors = [*self.form.form_errors, gettext(error.message, **error.values)]
        return True


def found(kind: type[OfOrganisation], thing_id: int, *, locked: bool = False) -> OfOrganisation:
    """The thing of this organisation with that id; NotHere for anything else. `locked`: nobody else changes it till the
    request has ended."""
    thing = session.get(kind, thing_id, with_for_update=locked or None) if 0 < thing_id < 2**31 else None
    if thing is None or thing.organisation_id != g.organisation.id:
        raise NotHere
    return thing
