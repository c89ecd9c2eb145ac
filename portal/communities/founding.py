"""Founding a community, saying anew what it is for, and ending its work."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.audit.recording import record
from portal.communities.joining import belong, take_part
from portal.communities.models import Community, Part
from portal.db import lock, session
from portal.errors import BadInput, Conflict
from portal.items.fulfilling import mind_goals
from portal.people.grouping import close_group, create_group, reopen_group
from portal.people.models import Group, GroupKind, Openness, Person, Unit
from portal.plan.steps import STEPS
from portal.translating import N_


class NameTaken(Conflict):
    message = N_("There is already a community of this name: “%(name)s”.")


@dataclass(frozen=True)
class About:
    """What its page says of a community. `purpose` is its หัวปลา: why it is there, in a sentence."""

    name: str
    purpose: str
    openness: Openness
    name_en: str = ""
    goal_id: int | None = None
    step: str = "KM6"


def found_community(organisation: Unit, about: About, *, by: Person) -> Community:
    """A new community; who founds it is its first member and facilitator. NameTaken, GoalUnknown."""
    lock(organisation)  # two who found at the same moment find two names
    _mind(about, organisation.id, None)
    group = create_group(
        organisation,
        by=by,
        kind=GroupKind.COMMUNITY,
        name=about.name,
        name_en=about.name_en,
        purpose=about.purpose,
    )
    group.openness = about.openness
    community = Community(
        organisation_id=organisation.id,
        group=group,
        goal_id=about.goal_id,
        step=about.step,
        founded_by_id=by.id,
    )
    session.add(community)
    session.flush()
    record("community.found", community, by=by, openness=str(about.openness))
    belong(community, by, by=by)
    take_part(community, by, Part.FACILITATOR, by=by)
    return community


def edit_community(community: Community, about: About, *, by: Person) -> None:
    """Say anew what it is called, for and open to. NameTaken, GoalUnknown."""
    _mind(about, community.organisation_id, community)
    group = community.group
    changed = [
        field
        for of, field in (
            *((group, field) for field in ("name", "name_en", "purpose", "openness")),
            *((community, field) for field in ("goal_id", "step")),
        )
        if getattr(of, field) != getattr(about, field)
    ]
    before = group.openness
    group.name, group.name_en, group.purpose = about.name, about.name_en, about.purpose
    group.openness, community.goal_id, community.step = about.openness, about.goal_id, about.step
    if changed:
        record("community.edit", community, by=by, fields=changed)
    if before != about.openness:
        record("community.open", community, by=by, before=str(before), after=str(about.openness))


def close_down(community: Community, *, by: Person) -> None:
    """Its work is done: it opens nothing to anybody any more, and what was said in it is kept."""
    close_group(community.group, by=by)


def open_again(community: Community, *, by: Person) -> None:
    """Its work goes on. NameTaken when another one is called so by now."""
    _mind_name(community.group.name, community.organisation_id, community)
    reopen_group(community.group, by=by)


def _mind_name(name: str, organisation_id: int, community: Community | None) -> None:
    # Of closed communities nobody may learn that their name is taken.
    same = (
        select(Group.id)
        .where(Group.organisation_id == organisation_id, Group.kind == GroupKind.COMMUNITY)
        .where(Group.name == name, Group.closed_on.is_(None), Group.openness != Openness.CLOSED)
        .where(Group.id != (community.group_id if community is not None else 0))
        .limit(1)
    )
    if session.scalar(same) is not None:
        raise NameTaken(name=name)


def _mind(about: About, organisation_id: int, community: Community | None) -> None:
    if about.openness != Openness.CLOSED:
        _mind_name(about.name, organisation_id, community)
    if about.step not in STEPS:
        raise BadInput
    if about.goal_id is not None and (community is None or community.goal_id != about.goal_id):
        mind_goals({about.goal_id}, organisation_id)
