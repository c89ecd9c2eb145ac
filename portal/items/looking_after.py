"""Who looks after what people write: those who plan after all that they may read, and after what is open to a group those
whom its room names (of a community who leads or sponsors it); nobody where he is suspended. `looks_after` in permissions.py is the
rule of this query."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, exists, false

from portal.items.models import Item, ItemAudience
from portal.items.suspending import groups_suspended_in, is_suspended_everywhere
from portal.people.audiences import group_token
from portal.people.models import Person
from portal.plan.permissions import can_plan

# The tokens of the groups in which a person keeps order; portal/app.py adds whom a room of groups trusts with them.
TRUSTED: Final[list[Callable[[Person], frozenset[str]]]] = []


def tokens_looked_after(person: Person | None) -> frozenset[str]:
    """The tokens of the groups in which the person keeps order, and is not suspended."""
    if person is None or not person.is_active or is_suspended_everywhere(person):
        return frozenset()
    return frozenset[str]().union(*(of(person) for of in TRUSTED)) - _tokens_suspended_in(person)


def _tokens_suspended_in(person: Person) -> frozenset[str]:
    return frozenset(map(group_token, groups_suspended_in(person)))


def looked_after_items(person: Person | None) -> Select[int]:
    """The ids of the items on which the person keeps order."""
    seen = Item.visible_to(person).with_only_columns(Item.id)
    if is_suspended_everywhere(person):
        return seen.where(false())
    if person is not None and (suspended := _tokens_suspended_in(person)):
        there = exists().where(ItemAudience.item_id == Item.id, ItemAudience.token.in_(suspended))
        seen = seen.where(~there.correlate(Item))
    if can_plan(person):
        return seen
    in_group = exists().where(
        ItemAudience.item_id == Item.id, ItemAudience.token.in_(tokens_looked_after(person))
    )
    return seen.where(in_group.correlate(Item))


def is_looked_after(person: Person | None, item_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether the person keeps order on the item that a row names, as a condition on the row."""
    return looked_after_items(person).where(Item.id == item_id).exists()
