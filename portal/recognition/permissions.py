"""Who may honour whom, and who learns of it. `Award.visible_to` is the query of `can_see_award`; tests hold them together."""

from portal.communities.permissions import can_see_community
from portal.db import session
from portal.people.models import Person
from portal.people.permissions import can_see_profile
from portal.recognition.honouring import honours
from portal.recognition.models import Award, HiddenAwards


def can_see_awards(person: Person | None) -> bool:
    """Every colleague; the public sees none."""
    return person is not None and person.is_active


def shows_awards(person: Person) -> bool:
    """Whether colleagues see the person's awards: unless he keeps them to himself."""
    return session.get(HiddenAwards, person.id) is None


def can_see_award(person: Person | None, award: Award) -> bool:
    """Its holder; every colleague who may know of the community it rests on, unless it is withdrawn or its holder keeps his
    awards to himself, which is no secret to those who honour."""
    if person is None or not person.is_active or person.organisation_id != award.organisation_id:
        return False
    if award.person_id == person.id:
        return True
    if award.community is not None and not can_see_community(person, award.community):
        return False
    return honours(person) or (award.withdrawn_at is None and shows_awards(award.person))


def can_honour(person: Person | None, other: Person) -> bool:
    """Who honours, every colleague who is here, and not himself."""
    return (
        person is not None
        and honours(person)
        and can_see_profile(person, other)
        and other.is_active
        and other.id != person.id
    )


def can_withdraw(person: Person | None, award: Award) -> bool:
    """Who honours, of others what he may see, once."""
    return (
        person is not None
        and honours(person)
        and award.withdrawn_at is None
        and award.person_id != person.id
        and can_see_award(person, award)
    )


def can_print_certificate(person: Person | None, award: Award) -> bool:
    """Its holder and those who honour, while it stands."""
    return (
        person is not None
        and award.withdrawn_at is None
        and can_see_award(person, award)
        and (award.person_id == person.id or honours(person))
    )
