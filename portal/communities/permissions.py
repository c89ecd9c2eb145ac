"""Who may do what in communities. `Community.visible_to` is the query of `can_see_community`; tests hold them together."""

from portal.communities.models import Community, Part
from portal.people.audiences import group_token, memberships_of, tokens_of
from portal.people.models import Openness, Person
from portal.plan.permissions import can_plan


def is_member(person: Person | None, community: Community) -> bool:
    """Whether the person belongs to it today; to one that was closed down nobody does."""
    return community.group_id in memberships_of(person)


def can_see_community(person: Person | None, community: Community) -> bool:
    """Its name, its purpose and who does what in it: every colleague, but of a closed one its members and those who plan."""
    if person is None or not person.is_active or person.organisation_id != community.organisation_id:
        return False
    return (
        community.group.openness != Openness.CLOSED
        or group_token(community.group_id) in tokens_of(person)
        or can_plan(person)
    )


def can_see_members(person: Person | None, community: Community) -> bool:
    """Who belongs to it: whoever knows of it, but of a closed one only its members."""
    return can_see_community(person, community) and (
        community.group.openness != Openness.CLOSED or is_member(person, community)
    )


def can_read(person: Person | None, community: Community) -> bool:
    """What is said in it: its members, and of an open one every colleague; of one that has ended nobody."""
    return group_token(community.group_id) in tokens_of(person)


def can_found_community(person: Person | None) -> bool:
    """Every colleague: a community comes together by itself, nobody is ordered into it."""
    return person is not None and person.is_active


def can_lead(person: Person | None, community: Community) -> bool:
    """Its facilitators, while they are members; where there is none, those who plan look after it."""
    facilitators = {one.person_id for one in community.parts if one.part == Part.FACILITATOR}
    if not facilitators:
        return can_plan(person) and can_see_community(person, community)
    return person is not None and person.id in facilitators and is_member(person, community)


def can_close_down(person: Person | None, community: Community) -> bool:
    """Who leads it, and those who plan, who also open it again."""
    return can_see_community(person, community) and (can_lead(person, community) or can_plan(person))


def can_join(person: Person | None, community: Community) -> bool:
    """Every colleague joins an open one by himself."""
    return (
        can_see_community(person, community)
        and community.group.openness == Openness.OPEN
        and not community.is_closed_down
        and not is_member(person, community)
    )


def can_ask_to_join(person: Person | None, community: Community) -> bool:
    """Every colleague who knows of it and may not simply join."""
    return (
        can_see_community(person, community)
        and community.group.openness == Openness.ON_REQUEST
        and not community.is_closed_down
        and not is_member(person, community)
    )


def can_leave(person: Person | None, community: Community) -> bool:
    """Every member, at any time: it is voluntary."""
    return is_member(person, community)


def can_bring_in(person: Person | None, community: Community) -> bool:
    """Who leads it lets people in, and brings them into a closed one."""
    return can_lead(person, community) and not community.is_closed_down
