"""Who honours others in the name of the organisation."""

from portal.people.models import Person, RoleName
from portal.people.permissions import has_role
from portal.plan.permissions import can_plan


def honours(person: Person | None) -> bool:
    """The executives and those who make the KM plan."""
    return can_plan(person) or has_role(person, RoleName.EXECUTIVE)
