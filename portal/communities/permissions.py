"""Who may do what in communities. `Community.visible_to` is the query of `can_see_community`; tests hold them together."""

from portal.communities.belonging import facilitators_of
from portal.communities.models import Community, CommunityPart
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
        not is_closed(community) or group_token(community.group_id) in tokens_of(person) or can_plan(person)
    )


def can_see_members(person: Person | None, community: Community) -> bool:
    """Who belongs to it: whoever knows of it, but of a closed one only its members."""
    return can_see_community(person, community) and (not is_closed(community) or is_member(person, community))


def can_read(person: Person | None, community: Community) -> bool:
    """What is said in it: its members, and of an open one every colleague; of one that has ended nobody."""
    return group_token(community.group_id) in tokens_of(person)


def can_found_community(person: Person | None) -> bool:
    """Every colleague: a community comes together by itself, nobody is ordered into it."""
    return person is not None and person.is_active


def can_lead(person: Person | None, community: Community) -> bool:
    """Its facilitators, as long as they belong to it. Where there is none, those who plan look after it; of a closed one, in
    which they have no part, each of its members. What has ended is led by nobody."""
    if person is None or community.is_closed_down or not can_see_community(person, community):
        return False
    facilitators = facilitators_of(community)
    if facilitators:
        return person.id in facilitators
    return is_member(person, community) if is_closed(community) else can_plan(person)


def can_end_part(person: Person | None, part: CommunityPart) -> bool:
    """Who leads the community takes a part from somebody; his own everybody gives up."""
    return can_lead(person, part.community) or (person is not None and part.person_id == person.id)


def can_change_openness(person: Person | None, community: Community) -> bool:
    """Who leads it and belongs to it: by opening it those who plan would let themselves read what they have no part in."""
    return can_lead(person, community) and is_member(person, community)


def is_closed(community: Community) -> bool:
    """Nobody but its members learns what is said in it, and by whom."""
    return community.group.openness == Openness.CLOSED


def can_close_down(person: Person | None, community: Community) -> bool:
    """Who leads it, and those who plan, while its work goes on."""
    if community.is_closed_down or not can_see_community(person, community):
        return False
    return can_lead(person, community) or can_plan(person)


def can_open_again(person: Person | None, community: Community) -> bool:
    """Those who plan."""
    return community.is_closed_down and can_plan(person) and can_see_community(person, community)


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


def can_decide(person: Person | None, community: Community) -> bool:
    """Who leads it lets in who asked."""
    return can_lead(person, community)


def can_bring_in(person: Person | None, community: Community) -> bool:
    """Who leads a closed one, of which nobody else knows; into all others people come by themselves."""
    return is_closed(community) and is_member(person, community) and can_decide(person, community)
