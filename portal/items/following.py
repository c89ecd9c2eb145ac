"""Following: whoever follows an item is told of new comments on it. Authors follow what they wrote, and commenting follows."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select

from portal.db import now, session
from portal.items.models import FOLLOWING_OF, Item, Post, Subscription
from portal.notices.reading import read_about
from portal.notices.telling import Kind, tell, tell_of_more
from portal.people.audiences import tokens_of
from portal.people.models import Person
from portal.remembering import Remembered, stamp_of
from portal.translating import N_

COMMENT: Final = Kind("items.comment", N_("New comments"), under="item:{0.subject_id}")

# What each person follows (True) or no longer wants to hear of (False); the author needs no row.
_CHOSEN: Final = Remembered[int, dict[int, bool]](most=5_000)


def is_following(person: Person, item: Item) -> bool:
    """Whether the person is told of new comments on the item."""
    return chosen_by(person).get(item.id, person.id == item.author_id)


def chosen_by(person: Person) -> dict[int, bool]:
    """By item, whether the person follows it; an item he never said anything about is left out."""

    def read() -> dict[int, bool]:
        rows = select(Subscription.item_id, Subscription.muted).where(Subscription.person_id == person.id)
        return {item_id: not muted for item_id, muted in session.execute(rows)}

    return _CHOSEN.under(stamp_of(session(), FOLLOWING_OF.format(person.id)), person.id, read)


def follow(item: Item, person: Person) -> None:
    """The person wants to be told of new comments on the item."""
    _choose(item, person, muted=False)


def unfollow(item: Item, person: Person) -> None:
    """The person is told no more, also when he comments again or is the author; what he was told he has read."""
    _choose(item, person, muted=True)
    read_about(person, COMMENT.code, item.id)


def _choose(item: Item, person: Person, *, muted: bool) -> None:
    chosen = session.get(Subscription, (item.id, person.id))
    if chosen is None:
        session.add(Subscription(item_id=item.id, person_id=person.id, muted=muted))
    elif chosen.muted != muted:
        chosen.muted, chosen.since = muted, now()


def tell_followers(post: Post, item: Item, *, by: Person, but: Collection[int] = ()) -> None:
    """Tell those who follow the item, and may see it, of the new comment; several while one has not looked are one notice.
    `but`: who was told of this very post already."""
    if session.get(Subscription, (item.id, by.id)) is None and by.id != item.author_id:
        follow(item, by)
    read_about(by, COMMENT.code, item.id)  # who answers has read
    chosen = {
        person_id: not muted
        for person_id, muted in session.execute(
            select(Subscription.person_id, Subscription.muted).where(Subscription.item_id == item.id)
        )
    }
    ids = {person_id for person_id, wanted in ({item.author_id: True} | chosen).items() if wanted}
    ids -= {by.id, *but, *item.not_to_be_told()}
    audience = {row.token for row in item.audience}
    tokens = {
        person.id: token_for(person, audience)
        for person in session.scalars(
            select(Person).where(Person.id.in_(ids), Person.deactivated_at.is_(None))
        )
    }
    seeing = {person_id for person_id, token in tokens.items() if token}
    new = seeing - tell_of_more(seeing, COMMENT, item)
    for token in {tokens[person_id] for person_id in new}:
        told = [person_id for person_id in new if tokens[person_id] == token]
        tell(told, COMMENT, item, key=f"comments:{item.id}:{post.number}", token=token, post=post.number)


def token_for(person: Person, audience: set[str]) -> str:
    """One of the item's tokens that the person holds, the widest first; empty when it is not open to him."""
    width = {"public": 0, "org": 1, "unit": 2, "group": 3, "role": 4}
    held = sorted(audience & tokens_of(person), key=lambda token: (width.get(token.split(":")[0], 5), token))
    return held[0] if held else ""
