"""What the audit log must not tell its reader: who wrote, or decided about what was written, in a community where he does not
read. The log itself stays whole. Who joined and who left it names, and who does what for a community those who plan know."""

from typing import Final

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select

from portal.audit.models import AuditEntry
from portal.communities.models import Community
from portal.communities.poll_models import Poll
from portal.items.models import Item, ItemAudience
from portal.items.order_models import HeldText
from portal.people.audiences import groups_in, tokens_of
from portal.people.models import Person

# The tables under whose names items stand in the log.
ITEMS: Final = ("item", "knowledge_asset", "training_report", "thread", "event")
_SUSPENDING: Final = ("person.suspend", "person.lift_suspension")


def is_closed_to(reader: Person | None) -> ColumnElement[bool]:
    """Whether an entry is about the talk of a community in which the reader does not read."""
    place = func.coalesce(
        case(
            (AuditEntry.subject_type.in_(ITEMS), AuditEntry.subject_id),
            (
                AuditEntry.subject_type == Poll.__tablename__,
                select(Poll.thread_id).where(Poll.id == AuditEntry.subject_id).scalar_subquery(),
            ),
            else_=AuditEntry.details["item"].as_integer(),
        ),
        0,
    )
    # Of a poll that was taken away nobody can tell any more where it stood: it is taken to be closed.
    gone = and_(AuditEntry.subject_type == Poll.__tablename__, AuditEntry.subject_id.not_in(select(Poll.id)))
    token = literal("group:").concat(cast(Community.group_id, String))
    of_a_community = select(ItemAudience.item_id).join(Community, ItemAudience.token == token)
    read = Item.visible_to(reader).with_only_columns(Item.id)
    unread = select(Community.group_id).where(Community.group_id.not_in(groups_in(tokens_of(reader))))
    suspended_in = func.coalesce(AuditEntry.details["group"].as_integer(), 0)
    # What was to begin a thread stands on no item.
    waited = select(HeldText.id).where(HeldText.item_id.is_(None), HeldText.group_id.in_(unread))
    return or_(
        gone,
        and_(place.in_(of_a_community), place.not_in(read)),
        and_(AuditEntry.action.in_(_SUSPENDING), suspended_in.in_(unread)),
        and_(AuditEntry.subject_type == HeldText.__tablename__, AuditEntry.subject_id.in_(waited)),
    )
