"""Who may see and make plans."""

from typing import Final

from sqlalchemy import exists, select

from portal.db import session
from portal.people.audiences import groups_in, tokens_of, valid_on
from portal.people.models import Group, GroupKind, GroupMembership, Person, RoleGrant, RoleName
from portal.people.permissions import has_role, is_admin
from portal.plan.models import KnowledgeNeed, NeedState, Plan
from portal.remembering import PEOPLE, Remembered
from portal.thai.dates import bangkok_today


def in_km_team(person: Person | None) -> bool:
    """Whether the person is in a KM team of the organisation today."""
    if person is None:
        return False
    groups = groups_in(tokens_of(person))
    if not groups:
        return False
    return _HAS_KM_TEAM.get(session(), PEOPLE, groups, lambda: _has_km_team(groups))


def _has_km_team(groups: frozenset[int]) -> bool:
    return bool(session.scalar(select(exists().where(Group.id.in_(groups), Group.kind == GroupKind.KM_TEAM))))


_HAS_KM_TEAM: Final = Remembered[frozenset[int], bool](most=1_000)


def can_see_plan(person: Person | None, plan: Plan) -> bool:
    """Every member of the organisation; citizens see what the organisation publishes elsewhere."""
    return (
        person is not None
        and person.is_active
        and person.organisation_id == plan.organisation_id
        and plan.withdrawn_at is None
    )


def can_plan(person: Person | None) -> bool:
    """The KM team, the CKO and the admin make the plan."""
    return person is not None and (has_role(person, RoleName.CKO) or is_admin(person) or in_km_team(person))


def planners_of(organisation_id: int) -> set[int]:
    """The ids of those who make the plan today (`can_plan`)."""
    day = bangkok_today()
    team = (
        select(GroupMembership.person_id)
        .join(Group)
        .where(Group.kind == GroupKind.KM_TEAM, Group.closed_on.is_(None))
        .where(valid_on(day, GroupMembership.from_date, GroupMembership.to_date))
    )
    roles = select(RoleGrant.person_id).where(
        RoleGrant.role.in_((RoleName.CKO, RoleName.ADMIN)),
        valid_on(day, RoleGrant.from_date, RoleGrant.to_date),
    )
    here = select(Person.id).where(Person.organisation_id == organisation_id, Person.deactivated_at.is_(None))
    return set(session.scalars(here.where(Person.id.in_(team.union(roles)))))


def can_ask_for_knowledge(person: Person | None) -> bool:
    """Every member of staff says what he looked for and did not find; the public asks at the counter."""
    return person is not None and person.is_active


def can_see_need(person: Person | None, need: KnowledgeNeed) -> bool:
    """Every colleague. `KnowledgeNeed.visible_to` is its query."""
    return person is not None and person.is_active and person.organisation_id == need.organisation_id


def can_join_need(person: Person | None, need: KnowledgeNeed) -> bool:
    """Every colleague says that he needs it too, as long as it is open."""
    return can_see_need(person, need) and need.state == NeedState.OPEN


def can_close_need(person: Person | None, need: KnowledgeNeed) -> bool:
    """Those who make the plan, as long as it is open."""
    return can_plan(person) and can_join_need(person, need)
