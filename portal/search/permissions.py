"""Who keeps the words of the search, and who sees what is looked for."""

from portal.people.models import Person
from portal.people.permissions import is_admin
from portal.plan.permissions import in_km_team


def can_keep_thesaurus(person: Person | None) -> bool:
    """The KM team and the admin."""
    return person is not None and person.is_active and (is_admin(person) or in_km_team(person))


def can_see_insight(person: Person | None) -> bool:
    """The same: who keeps the words sees whether they serve."""
    return can_keep_thesaurus(person)
