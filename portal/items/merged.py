"""Where something stands that was merged into something else, perhaps several times in a row."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, select

from portal.db import session
from portal.items.models import Item, ItemRedirect
from portal.people.models import Person
from portal.web.numbers import LARGEST

MOST_MERGES: Final = 20  # in a row; a circle, which only a hand on the database could make, ends here


def stands_now(item_id: int) -> int:
    """The number of the item that stands for this one today; its own when it was never merged, or there is none."""
    return where_they_went([item_id]).get(item_id, item_id) if 0 < item_id <= LARGEST else item_id


def where_they_went(ids: Collection[int]) -> dict[int, int]:
    """Of these those that were merged, with what stands for them today; one query where none was."""
    went: dict[int, int] = {}
    wanted = {one: one for one in ids}  # the number asked for → where it is by now
    for _ in range(MOST_MERGES):
        rows = session.execute(
            select(ItemRedirect.item_id, ItemRedirect.to_item_id).where(
                ItemRedirect.item_id.in_(set(wanted.values()))
            )
        ).all()
        if not rows:
            break
        into: dict[int, int] = {old: new for old, new in rows}  # noqa: C416 - rows are no pairs
        for asked, at in list(wanted.items()):
            if at in into:
                wanted[asked] = went[asked] = into[at]
    return went


def known_as(ids: Collection[int]) -> dict[int, int]:
    """These numbers and those of what was merged into them, each with the one it is now."""
    known = {one: one for one in ids}
    newest = set(ids)
    for _ in range(MOST_MERGES):
        rows = session.execute(
            select(ItemRedirect.item_id, ItemRedirect.to_item_id).where(ItemRedirect.to_item_id.in_(newest))
        ).all()
        newest = {old for old, _ in rows} - known.keys()
        known |= {old: known[into] for old, into in rows if old in newest}
        if not newest:
            break
    return known


def named_to(person: Person | None) -> Select[Item]:
    """The items whose titles the person may know: those open to him that stand for themselves. The title of a merged one may
    have been hidden where it stands now."""
    return Item.visible_to(person).where(_stands_for_itself())


def _stands_for_itself() -> ColumnElement[bool]:
    return ~exists().where(ItemRedirect.item_id == Item.id).correlate(Item)
