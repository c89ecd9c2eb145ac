"""What the organisation says of itself and decides for everybody: names, kind, language, numerals, emblem, contact."""

from dataclasses import asdict

from portal.audit.recording import record
from portal.people.models import Person, Unit
from portal.people.settings import decide, settings_of


def rename_organisation(
    organisation: Unit, *, by: Person | None, name: str, name_en: str, short_name: str
) -> None:
    """Its names, as every page and paper shows them."""
    values = {"name": name, "name_en": name_en, "short_name": short_name}
    changed = [field for field, value in values.items() if getattr(organisation, field) != value]
    for field in changed:
        setattr(organisation, field, values[field])
    if changed:
        record("organisation.rename", organisation, by=by, fields=changed)


def change_decisions(organisation: Unit, *, by: Person | None, **decisions: object) -> None:
    """Store those of the decisions that differ; TypeError for one that OrganisationSettings does not know."""
    before = asdict(settings_of(organisation.id))
    changed = {key: value for key, value in decisions.items() if before.get(key, ...) != value}
    if changed:
        decide(organisation.id, **changed)
        record("organisation.decide", organisation, by=by, fields=sorted(changed))
