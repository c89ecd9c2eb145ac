"""The family of an item: what it grew from and what grew from it, through all generations, as far as the reader sees.

What was merged is followed to where it went, and of a post that was moved its present thread counts. Nothing leads on from what
the reader may not see, and a circle, which only a hand on the database could make, is gone through once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, or_, select

from portal.db import session
from portal.items.merged import known_as, named_to, where_they_went
from portal.items.models import Item, ItemRedirect, Origin, Post
from portal.people.models import Person
from portal.remembering import Remembered

MOST: Final = 120  # members drawn
MOST_GENERATIONS: Final = 12

Pairs = set[tuple[int, int]]  # (what something grew from, what grew from it)


@dataclass(frozen=True)
class Member:
    """One of the family. `generation`: 0 for what grew from nothing; `sources` are ids of members before it."""

    item: Item
    generation: int
    sources: tuple[int, ...]


def family_tree(item: Item, person: Person | None) -> list[Member]:
    """The item, its ancestors and its descendants that the person sees, each after all that it grew from; the item alone when
    it has none. At most MOST."""
    members: dict[int, Item] = {item.id: item}
    pairs: Pairs = set()
    for look in (_before, _after):
        newest = {item.id}
        for _ in range(MOST_GENERATIONS):
            found = look(newest)
            ids = {one for pair in found for one in pair} - members.keys()
            seen = session.scalars(named_to(person).where(Item.id.in_(ids)).order_by(Item.id))
            new = {one.id: one for one in seen.all()[: MOST - len(members)]} if ids else {}
            members |= new
            pairs |= found
            newest = set(new)
            if not newest:
                break
    kept = {(a, b) for a, b in pairs if a in members and b in members and a != b}
    return _in_generations(members, kept)


def has_family(item: Item) -> bool:
    """Whether there is anything before or after it, whoever may see it; remembered, for no page may cost a question more
    because of it."""
    either = exists().where((Origin.item_id == item.id) | (Origin.from_item_id == item.id))
    into = exists().where(ItemRedirect.to_item_id == item.id)
    moved = exists().where(Post.id == Origin.from_post_id, Post.item_id == item.id)
    return _KNOWN.get(
        session(),
        f"item:{item.id}",
        item.id,
        lambda: bool(session.scalar(select(or_(either, into, moved)))),
    )


_KNOWN: Final = Remembered[int, bool](most=20_000)


def _in_generations(members: dict[int, Item], pairs: Pairs) -> list[Member]:
    generation = dict.fromkeys(members, 0)
    for _ in range(MOST_GENERATIONS):
        later = [(b, generation[a] + 1) for a, b in pairs if generation[b] <= generation[a]]
        if not later:
            break
        for one, number in later:
            generation[one] = min(max(generation[one], number), MOST_GENERATIONS)
    sources = {one: tuple(sorted(a for a, b in pairs if b == one)) for one in members}
    return [Member(members[one], generation[one], sources[one]) for one in _one_branch_after_another(sources)]


def _one_branch_after_another(sources: dict[int, tuple[int, ...]]) -> list[int]:
    """Each behind all that it grew from, and what grew from one thing directly behind it; a circle's members last."""
    placed: dict[int, None] = {}
    waiting = sorted(sources, reverse=True)
    ready = [one for one in waiting if not sources[one]]
    while ready:
        placed[(one := ready.pop())] = None
        ready += [
            grown
            for grown in waiting
            if one in sources[grown] and all(source in placed for source in sources[grown])
        ]
    return [*placed, *(one for one in sorted(sources) if one not in placed)]


def _before(ids: Collection[int]) -> Pairs:
    """What these grew from."""
    known = known_as(ids)
    rows = session.execute(_ORIGINS.where(Origin.item_id.in_(known))).all()
    return {(at, known[grown]) for at, grown in _where_they_went(rows)}


def _after(ids: Collection[int]) -> Pairs:
    """What grew from these."""
    known = known_as(ids)
    rows = session.execute(_ORIGINS.where(_SOURCE.in_(known))).all()
    went = where_they_went({grown for _, grown in rows})
    return {(known[at], went.get(grown, grown)) for at, grown in rows}


_SOURCE: Final = func.coalesce(Post.item_id, Origin.from_item_id)
_ORIGINS: Final = select(_SOURCE, Origin.item_id).outerjoin(Post, Post.id == Origin.from_post_id)


def _where_they_went(rows: Collection[tuple[int, int]]) -> Pairs:
    went = where_they_went({at for at, _ in rows})
    return {(went.get(at, at), grown) for at, grown in rows}
