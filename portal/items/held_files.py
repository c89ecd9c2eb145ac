"""The files that a held text shows: kept till it is decided, and fetched by who may read it."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Select, or_, select

from portal.db import insert_into, session
from portal.items.looking_after import is_looked_after, tokens_looked_after
from portal.items.models import Attachment
from portal.items.order_models import HeldFile, HeldText
from portal.items.suspending import groups_suspended_in, is_suspended_everywhere
from portal.people.audiences import groups_in, tokens_of
from portal.people.models import Person
from portal.plan.permissions import can_plan

WAITING_FILES: Final = (
    select(HeldFile.attachment_id)
    .join(HeldText, HeldText.id == HeldFile.held_text_id)
    .where(HeldText.decided_at.is_(None))
)
MOST_FILES: Final = 500


def keep_files_of(held: HeldText, shown: Iterable[Attachment]) -> None:
    """Note which of its writer's files the held text shows, of those that have no other place."""
    numbers = [one.id for one in shown][:MOST_FILES]
    waiting = set(session.scalars(WAITING_FILES.where(HeldFile.attachment_id.in_(numbers))))
    for one in numbers:
        if one not in waiting:
            kept = insert_into(HeldFile.__table__).values(attachment_id=one, held_text_id=held.id)
            # A text that was not let through showed it before, and is sent again.
            session.execute(
                kept.on_conflict_do_update(
                    index_elements=["attachment_id"], set_={"held_text_id": kept.excluded.held_text_id}
                )
            )


def groups_looked_after(person: Person) -> frozenset[int]:
    """The groups in which the person keeps order, also among what stands on no item yet."""
    tokens = tokens_looked_after(person)
    if not can_plan(person) or is_suspended_everywhere(person):
        return groups_in(tokens)
    return groups_in(tokens | tokens_of(person)) - groups_suspended_in(person)


def held_files_read_by(person: Person) -> Select[int]:
    """The ids of the files of texts that wait for somebody who keeps order, as the person does."""
    return WAITING_FILES.where(
        or_(is_looked_after(person, HeldText.item_id), HeldText.group_id.in_(groups_looked_after(person)))
    )


def is_read_as_held(person: Person, attachment_id: int) -> bool:
    """The same for one file."""
    mine = held_files_read_by(person).where(HeldFile.attachment_id == attachment_id)
    return session.scalar(mine) is not None
