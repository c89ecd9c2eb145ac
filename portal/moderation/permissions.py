"""Who keeps order, and over what. The rule and the query of it stand beside each other; tests hold them together.

Of what is open to a community its facilitators and its sponsor keep order; those who plan on all that they read. What they may
not read they don't decide on either: they learn how much waits there. Only where nobody is left to decide (no facilitator, no
sponsor and nobody who plans reads it, or the author is the only one) the admin is shown the one text that was reported or held,
and nothing beside it: somebody must be able to take personal data and insults away.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    and_,
    cast,
    exists,
    false,
    literal,
    or_,
    select,
)

from portal.communities.belonging import KEEPING_ORDER, present_parts
from portal.communities.models import Community, CommunityPart
from portal.db import now, session
from portal.items.held_files import groups_looked_after
from portal.items.hiding import opening_hidden
from portal.items.looking_after import is_looked_after
from portal.items.models import Item, ItemAudience, Post
from portal.items.order_models import HeldText, Suspension
from portal.items.permissions import can_see, can_see_opening, can_see_post, looks_after
from portal.items.suspending import is_suspended_everywhere, standing_suspension
from portal.moderation.models import Report
from portal.people.audiences import group_token, groups_in, tokens_of, valid_on
from portal.people.models import Group, GroupMembership, Person
from portal.people.permissions import is_admin
from portal.plan.permissions import can_plan, planners_of
from portal.thai.dates import bangkok_today

Column = SQLColumnExpression[Any]


def communities_of_item(item: Item) -> list[Community]:
    """The communities to whose members the item is open."""
    groups = groups_in(row.token for row in item.audience)
    return communities_with(groups) if groups else []


def communities_with(groups: Collection[int]) -> list[Community]:
    return list(session.scalars(select(Community).where(Community.group_id.in_(groups))))


def keepers_of(community: Community) -> set[int]:
    """The ids of those who facilitate or sponsor it today and are not suspended there; nobody does what has ended."""
    if community.is_closed_down:
        return set()
    here = {group_token(community.group_id)}
    return {
        one.person_id
        for one in present_parts([community.id])
        if one.part in KEEPING_ORDER and standing_suspension(one.person, here) is None
    }


def decides_on(person: Person | None, item: Item | None, group: Group | None, author_id: int) -> bool:
    """Whether the person decides about what this author wrote on the item, or wants to begin in the group. Nobody decides about
    what is his own. `is_decided_by` is its query."""
    if person is None or not person.is_active or person.id == author_id:
        return False
    if _keeps_order(person, item, group):
        return True
    if not is_admin(person):
        return False
    groups = groups_in(row.token for row in item.audience) if item is not None else {group.id if group else 0}
    left = {person_id for one in communities_with(groups) for person_id in keepers_of(one)} | {
        one.id for one in planning(person.organisation_id) if _keeps_order(one, item, group)
    }
    return not left - {author_id}


def _keeps_order(person: Person, item: Item | None, group: Group | None) -> bool:
    if item is not None:
        return looks_after(person, item)
    return group is not None and group.id in groups_looked_after(person)


def planning(organisation_id: int) -> list[Person]:
    """Those who plan today."""
    return list(session.scalars(select(Person).where(Person.id.in_(planners_of(organisation_id)))))


def is_decided_by(
    person: Person | None, *, item_id: Column, author_id: Column, group_id: Column | None = None
) -> ColumnElement[bool]:
    """`decides_on` as a condition on rows that name an item (or a group) and an author."""
    if person is None or not person.is_active:
        return false()
    ways: list[ColumnElement[bool]] = [is_looked_after(person, item_id)]
    if group_id is not None:
        ways.append(and_(item_id.is_(None), group_id.in_(groups_looked_after(person))))
    if is_admin(person):
        ways.append(_nobody_else(person, item_id, author_id, group_id))
    return and_(author_id != person.id, or_(*ways))


def _nobody_else(
    admin: Person, item_id: Column, author_id: Column, group_id: Column | None
) -> ColumnElement[bool]:
    open_to_it = exists().where(
        ItemAudience.item_id == item_id,
        ItemAudience.token == literal("group:").concat(cast(Community.group_id, String)),
    )
    concerned: ColumnElement[bool] = open_to_it.correlate_except(ItemAudience)
    if group_id is not None:
        concerned = or_(concerned, and_(item_id.is_(None), Community.group_id == group_id))
    kept = (
        exists()
        .select_from(Community)
        .where(concerned, Group.id == Community.group_id, Group.closed_on.is_(None))
        .where(CommunityPart.community_id == Community.id, CommunityPart.part.in_(KEEPING_ORDER))
        .where(CommunityPart.person_id == Person.id, Person.deactivated_at.is_(None))
        .where(GroupMembership.group_id == Group.id, GroupMembership.person_id == Person.id)
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
        .where(Person.id != author_id, ~_suspended_there())
    )
    left: list[ColumnElement[bool]] = [
        kept.correlate_except(Community, Group, CommunityPart, Person, GroupMembership)
    ]
    for planner in planning(admin.organisation_id):
        reads: ColumnElement[bool] = is_looked_after(planner, item_id)
        if group_id is not None:
            reads = or_(reads, and_(item_id.is_(None), group_id.in_(groups_looked_after(planner))))
        left.append(and_(author_id != planner.id, reads))
    return ~or_(*left)


def _suspended_there() -> ColumnElement[bool]:
    """Whether the person of the row may not write in the group of the row now."""
    moment = now()
    return (
        exists()
        .where(
            Suspension.person_id == Person.id,
            or_(Suspension.group_id.is_(None), Suspension.group_id == Group.id),
            Suspension.lifted_at.is_(None),
            Suspension.from_at <= moment,
            Suspension.until_at > moment,
        )
        .correlate(Person, Group)
    )


def can_report(person: Person | None, item: Item, post: Post | None = None) -> bool:
    """Every colleague who reads it, but nobody his own; of an item itself the text that opens a thread or calls a meeting."""
    if person is None or not person.is_active or person.organisation_id != item.organisation_id:
        return False
    if post is not None:
        return can_see_post(person, post) and post.author_id != person.id and post.hidden_at is None
    return item.is_sent_to_others and can_see_opening(person, item) and item.author_id != person.id


def can_report_piece(person: Person | None, item: Item, post: Post | None, author_id: int) -> bool:
    """What this author added to a text (how he used it, a poll): every colleague who reads the text, also who wrote that text,
    but nobody his own."""
    if person is None or not person.is_active or person.organisation_id != item.organisation_id:
        return False
    if author_id == person.id:
        return False
    if post is not None:
        return can_see_post(person, post) and post.hidden_at is None
    return can_see_opening(person, item)


def can_decide(person: Person | None, report: Report) -> bool:
    """`reports_for` is its query."""
    return decides_on(person, report.item, None, report.author_id)


def can_decide_held(person: Person | None, held: HeldText) -> bool:
    """`held_for` is its query."""
    return decides_on(person, held.item, held.group, held.author_id)


def can_see_held(person: Person | None, held: HeldText) -> bool:
    """Its author, as long as he reads where it was meant to stand, and who decides."""
    if person is not None and person.is_active and held.author_id == person.id:
        if held.item is not None:
            return can_see(person, held.item)
        return held.group is not None and held.group.id in groups_read(person)
    return can_decide_held(person, held)


def can_hide_opening(person: Person | None, item: Item) -> bool:
    """Who looks after a thread or a meeting."""
    return item.is_sent_to_others and looks_after(person, item)


def can_unhide_opening(person: Person | None, item: Item) -> bool:
    """Who looks after a thread shows its opening again; of his own everybody shows again what he hid himself alone. Of one
    that is shown already he is told so."""
    if person is None or not can_hide_opening(person, item):
        return False
    hidden = opening_hidden(item)
    return hidden is None or item.author_id != person.id or hidden.hidden_by_id == person.id


def can_keep_order(person: Person | None) -> bool:
    """Whether there may be something for the person to decide: those who plan, and who looks after a community."""
    return person is not None and (can_plan(person) or bool(groups_looked_after(person)))


def can_suspend(person: Person | None, whom: Person, group: Group | None) -> bool:
    """In a community who looks after it, everywhere those who plan; nobody himself, and nobody the admin, who could not be
    asked then."""
    if person is None or not person.is_active or person.id == whom.id or is_admin(whom):
        return False
    return whom.organisation_id == person.organisation_id and _keeps_order_in(person, group)


def _keeps_order_in(person: Person, group: Group | None) -> bool:
    if group is None:
        return can_plan(person) and not is_suspended_everywhere(person)
    return group.id in groups_looked_after(person)


def can_lift(person: Person | None, suspension: Suspension) -> bool:
    """Who keeps order there, but nobody his own; as long as it holds. Also of somebody who has become the admin since, whom
    nobody could suspend any more. `suspensions_for` is its query."""
    if person is None or not person.is_active or person.id == suspension.person_id:
        return False
    if suspension.lifted_at is not None or suspension.until_at <= now():
        return False
    of_ours = suspension.person.organisation_id == person.organisation_id
    return of_ours and _keeps_order_in(person, suspension.group)


def reads_of_suspension(person: Person, suspension: Suspension) -> bool:
    """Whom it keeps from writing reads why and by whom, while he reads where it holds: the words speak of what is said there."""
    holds_for_him = suspension.person_id == person.id
    return holds_for_him and (suspension.group_id is None or suspension.group_id in groups_read(person))


def can_set_rules(person: Person | None) -> bool:
    """How much may be sent, what is held and which words are listed: those who plan."""
    return can_plan(person)


def groups_read(person: Person | None) -> frozenset[int]:
    """The groups in which the person reads."""
    return groups_in(tokens_of(person))
