"""Who may do what with people and the organisation."""

from portal.people.audiences import roles_in, tokens_of
from portal.people.models import Person, RoleName


def has_role(person: Person | None, role: RoleName) -> bool:
    """Whether the person has the role today."""
    return role in roles_in(tokens_of(person))


def is_admin(person: Person | None) -> bool:
    return has_role(person, RoleName.ADMIN)


def can_administer(person: Person | None) -> bool:
    """Units, positions, people, groups, roles, settings, site pages, mails and the audit log."""
    return is_admin(person)


def can_see_profile(person: Person | None, other: Person) -> bool:
    """Colleagues see each other, also those who have left; the public sees nobody, and nobody the system's account.
    `Person.visible_to` is its query."""
    return (
        person is not None
        and person.is_active
        and person.organisation_id == other.organisation_id
        and not other.is_system
    )


def can_see_contact(person: Person | None, other: Person) -> bool:
    """Telephone and e-mail are for colleagues, never for public pages (PDPA section 22: only what is needed)."""
    return can_see_profile(person, other) and other.is_active
