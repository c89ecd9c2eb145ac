"""Groups of people across units: the KM team, reviewers, committees, communities. Who belongs stands in `appointing`."""

from datetime import date

from portal.audit.recording import record
from portal.db import session
from portal.people.models import Group, GroupKind, Person, Unit
from portal.thai.dates import bangkok_today


def create_group(
    organisation: Unit,
    *,
    by: Person | None,
    kind: GroupKind,
    name: str,
    name_en: str = "",
    purpose: str = "",
) -> Group:
    """A new group without members."""
    group = Group(organisation_id=organisation.id, kind=kind, name=name, name_en=name_en, purpose=purpose)
    session.add(group)
    session.flush()
    record("group.create", group, by=by, kind=str(kind))
    return group


def edit_group(
    group: Group, *, by: Person | None, kind: GroupKind, name: str, name_en: str, purpose: str
) -> None:
    """Rename it or say anew what it is for."""
    values = {"kind": kind, "name": name, "name_en": name_en, "purpose": purpose}
    changed = [field for field, value in values.items() if getattr(group, field) != value]
    for field in changed:
        setattr(group, field, values[field])
    if changed:
        record("group.edit", group, by=by, fields=changed)


def close_group(group: Group, *, by: Person | None, on: date | None = None) -> None:
    """The group's work is done: it opens nothing to its members any more; who belonged to it is kept."""
    group.closed_on = on or bangkok_today()
    record("group.close", group, by=by, on=group.closed_on.isoformat())


def reopen_group(group: Group, *, by: Person | None) -> None:
    group.closed_on = None
    record("group.reopen", group, by=by)
