"""Joining and leaving a community, asking to be let in, and taking something on for it. All of it is voluntary."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.audit.recording import record
from portal.communities.belonging import facilitators_of
from portal.communities.hearing import begin_reading
from portal.communities.models import Community, CommunityPart, JoinRequest, Part
from portal.db import lock, now, session
from portal.errors import Conflict
from portal.notices.telling import Kind, take_back, tell
from portal.people.appointing import AlreadyMember, join
from portal.people.audiences import valid_on
from portal.people.models import GroupMembership, Person
from portal.plan.permissions import planners_of
from portal.thai.dates import bangkok_today
from portal.translating import N_

ASKED_TO_JOIN: Final = Kind("communities.asked_to_join", N_("Somebody wants to join"))
LET_IN: Final = Kind("communities.let_in", N_("Your request to join"))
BROUGHT_IN: Final = Kind("communities.brought_in", N_("You belong to a community"))
GIVEN_PART: Final = Kind("communities.given_part", N_("Your part in a community"))


class AskedAlready(Conflict):
    message = N_("You have asked already. You are told as soon as somebody has decided.")


class DecidedAlready(Conflict):
    message = N_("This request was decided in the meantime.")


class NotAMember(Conflict):
    message = N_("Only members take something on for a community.")


def belong(community: Community, person: Person, *, by: Person) -> bool:
    """The person is a member from today on; answers whether he was none before: joining twice, at the same moment too, is
    nothing new. GroupClosed."""
    _lock(community)
    try:
        join(person, community.group, by=by, from_date=bangkok_today())
    except AlreadyMember:
        return False
    _forget_requests(community, person, by)
    begin_reading(community, person)
    return True


def bring_in(community: Community, person: Person, *, by: Person) -> None:
    """The person belongs to it from today on and is told, and may leave at once. GroupClosed."""
    if belong(community, person, by=by):
        day = bangkok_today().isoformat()
        tell([person.id], BROUGHT_IN, community, key=f"brought_in:{community.id}:{day}")


def leave(community: Community, person: Person, *, by: Person) -> None:
    """The person is no member any more, from this moment on, and gives up what he had taken on."""
    _lock(community)
    day = bangkok_today()
    for membership in _memberships(community, person):
        record("community.leave", community, by=by, person=person.id)
        # The last day of a membership belongs to it, and he is to see nothing more from now on.
        if membership.from_date >= day:
            session.delete(membership)
        else:
            membership.to_date = day - timedelta(days=1)
    for part in [one for one in community.parts if one.person_id == person.id]:
        community.parts.remove(part)
    session.flush()


def ask_to_join(community: Community, person: Person, why: str = "") -> JoinRequest:
    """Ask those who lead it to be let in. AskedAlready."""
    request = JoinRequest(community=community, person_id=person.id, why=why.strip())
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError as error:  # asked from two windows at once
        raise AskedAlready from error
    # Where nobody facilitates it, those who plan look after it.
    leading = facilitators_of(community) or planners_of(community.organisation_id)
    tell(
        leading,
        ASKED_TO_JOIN,
        request,
        key=f"join:{request.id}",
    )
    return request


def let_in(request: JoinRequest, *, by: Person) -> None:
    """Who asked becomes a member and is told. DecidedAlready, GroupClosed."""
    _decide(request, is_accepted=True, by=by)
    belong(request.community, request.person, by=by)


def turn_down(request: JoinRequest, *, by: Person) -> None:
    """Who asked is told that it is not to be. DecidedAlready."""
    _decide(request, is_accepted=False, by=by)


def take_part(community: Community, person: Person, part: Part, *, by: Person) -> None:
    """The member takes this on; taking it on twice is nothing new. NotAMember."""
    _lock(community)
    if not _memberships(community, person):
        raise NotAMember
    if any(one.person_id == person.id and one.part == part for one in community.parts):
        return
    taken = CommunityPart(person_id=person.id, part=part)
    community.parts.append(taken)
    session.flush()
    record("community.take_part", community, by=by, person=person.id, part=str(part))
    if by.id != person.id:
        tell([person.id], GIVEN_PART, community, key=f"part:{taken.id}", part=str(part))


def give_up_part(taken: CommunityPart, *, by: Person) -> None:
    """Somebody no longer does this for the community."""
    _lock(taken.community)
    if taken not in taken.community.parts:  # he has left meanwhile
        return
    record("community.give_up_part", taken.community, by=by, person=taken.person_id, part=str(taken.part))
    taken.community.parts.remove(taken)
    session.flush()


def _memberships(community: Community, person: Person) -> Sequence[GroupMembership]:
    """By which the person belongs to it today, as the database has it now."""
    return session.scalars(
        select(GroupMembership)
        .where(GroupMembership.group_id == community.group_id, GroupMembership.person_id == person.id)
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
    ).all()


def _lock(community: Community) -> None:
    """One after the other changes who belongs to it and who does what: nobody is given a part who is just leaving."""
    lock(community)
    session.refresh(community, ["parts"])


def _decide(request: JoinRequest, *, is_accepted: bool, by: Person) -> None:
    _lock(request.community)
    lock(request)
    if request.decided_at is not None:
        raise DecidedAlready
    request.decided_at, request.decided_by_id, request.is_accepted = now(), by.id, is_accepted
    record("community.decide", request.community, by=by, person=request.person_id, accepted=is_accepted)
    take_back(ASKED_TO_JOIN, request)
    tell([request.person_id], LET_IN, request, key=f"let_in:{request.id}")


def _forget_requests(community: Community, person: Person, by: Person) -> None:
    """Who is a member by now waits for nobody's answer."""
    waiting = session.scalars(
        select(JoinRequest).where(
            JoinRequest.community_id == community.id,
            JoinRequest.person_id == person.id,
            JoinRequest.decided_at.is_(None),
        )
    )
    for request in waiting:
        request.decided_at, request.decided_by_id, request.is_accepted = now(), by.id, True
        take_back(ASKED_TO_JOIN, request)
    session.flush()
