"""Who may do what with what people say they know. `ExpertiseTag.visible_to` is the query of `can_see_tag`."""

from portal.expertise.models import ExpertiseTag
from portal.people.models import Person
from portal.people.permissions import can_see_profile
from portal.plan.permissions import can_plan


def can_look_for_people(person: Person | None) -> bool:
    """Every colleague; the public learns of nobody who works here."""
    return person is not None and person.is_active


def can_see_tag(person: Person | None, tag: ExpertiseTag) -> bool:
    """Whoever sees its owner's profile."""
    return can_see_profile(person, tag.person)


def can_tag(person: Person | None, owner: Person) -> bool:
    """Everybody himself and nobody else: what one knows nobody else puts into one's mouth."""
    return person is not None and person.is_active and person.id == owner.id


def can_remove_tag(person: Person | None, tag: ExpertiseTag) -> bool:
    """Its owner; and those who plan, of a colleague whose profile they see: what insults somebody or is nobody's business."""
    return can_tag(person, tag.person) or can_take_away(person, tag)


def can_take_away(person: Person | None, tag: ExpertiseTag) -> bool:
    """Those who plan, of others: the owner is told by whom."""
    return person is not None and tag.person_id != person.id and can_plan(person) and can_see_tag(person, tag)


def can_confirm(person: Person | None, tag: ExpertiseTag) -> bool:
    """Every colleague but its owner, as long as the owner is here."""
    return (
        person is not None
        and can_see_tag(person, tag)
        and tag.person.is_active
        and tag.person_id != person.id
    )
