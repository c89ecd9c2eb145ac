"""Reactions with a meaning: thanks, agreement, and “I used it”, which says how and with what result, for use is what counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.db import insert_into, now, session
from portal.errors import BadInput
from portal.items.following import token_for
from portal.items.minding import mind_rewriting, mind_suspension
from portal.items.models import Item, Post
from portal.items.talk_models import HOW_LENGTH, Reaction, ReactionSort
from portal.notices.models import Travel
from portal.notices.telling import Kind, tell, tell_of_more
from portal.people.models import Person
from portal.people.remembered import remembered_people
from portal.remembering import renew
from portal.thai.repair import repair
from portal.translating import N_

SORT_NAMES: Final = {
    ReactionSort.THANKS: N_("Thanks"),
    ReactionSort.AGREE: N_("I agree"),
    ReactionSort.USED: N_("I used it"),
}
# Never a mail of its own: what is pleasant to hear can wait for the day's.
REACTED: Final = Kind(
    "items.reacted", N_("What you wrote was of use"), Travel.DAILY_ONLY, under="item:{0.subject_id}"
)


class HowMissing(BadInput):
    message = N_("Say in a line how you used it and what came of it.")


@dataclass
class Reactions:
    """What people said to one text: by sort whose, and of those who used it how (`uses`: name and line)."""

    whose: dict[ReactionSort, list[int]] = field(default_factory=dict)
    uses: list[tuple[str, str]] = field(default_factory=list)
    named: dict[ReactionSort, str] = field(default_factory=dict)  # "สมชาย ใจดี, มาลี รักงาน"

    def count(self, sort: ReactionSort) -> int:
        return len(self.whose.get(sort, ()))


@dataclass(frozen=True)
class Given:
    """One reaction as read: to which post (None: the item's own text), by whom, and how it was used."""

    post_id: int | None
    person_id: int
    sort: ReactionSort
    how: str


def react(item: Item, *, by: Person, sort: ReactionSort, post: Post | None = None, how: str = "") -> None:
    """The person says so, once however often he presses; of a use the newest line stands. HowMissing, and what
    `mind_rewriting` refuses."""
    how = " ".join(repair(how).split())[:HOW_LENGTH] if sort == ReactionSort.USED else ""
    if sort == ReactionSort.USED and not how:
        raise HowMissing
    if how:
        mind_rewriting(item, how, by=by)
    else:
        mind_suspension(by, item)
    moment = now()
    statement = insert_into(Reaction.__table__).values(
        item_id=item.id,
        post_id=post.id if post else None,
        person_id=by.id,
        sort=sort,
        how=how,
        reacted_at=moment,
    )
    # The same person once more: of a post by its index, of the item's own text by the other.
    of_what, of_post = (
        ("post_id", Reaction.post_id.is_not(None)) if post else ("item_id", Reaction.post_id.is_(None))
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[of_what, "person_id", "sort"],
            index_where=of_post,
            set_={"how": statement.excluded.how},
        )
    )
    renew(session(), f"item:{item.id}")
    _tell_author(item, post, by, sort, moment)


def take_back(item: Item, *, by: Person, sort: ReactionSort, post: Post | None = None) -> None:
    """The person no longer says so."""
    of_post = Reaction.post_id == post.id if post else Reaction.post_id.is_(None)
    session.execute(
        delete(Reaction).where(
            Reaction.item_id == item.id, of_post, Reaction.person_id == by.id, Reaction.sort == sort
        ),
        execution_options={"renewed": True, "synchronize_session": False},
    )
    renew(session(), f"item:{item.id}")


def given_on(own: Session, item_id: int, posts: Collection[int] | None = None) -> list[Given]:
    """All reactions to the item's own text and to these posts (ids; None: to all), in the order they came; one query."""
    query = (
        select(Reaction.post_id, Reaction.person_id, Reaction.sort, Reaction.how)
        .where(Reaction.item_id == item_id)
        .order_by(Reaction.id)
    )
    if posts is not None:
        query = query.where(Reaction.post_id.is_(None) | Reaction.post_id.in_(posts))
    return [Given(*row) for row in own.execute(query)]


def by_text(given: Iterable[Given]) -> Mapping[int | None, Reactions]:
    """By the post's id (None: the item's own text) what people said to it; a text to which nobody reacted is left out."""
    found: dict[int | None, Reactions] = {}
    given = list(given)
    people = remembered_people({one.person_id for one in given})
    for one in given:
        reactions = found.setdefault(one.post_id, Reactions())
        reactions.whose.setdefault(one.sort, []).append(one.person_id)
        if one.sort == ReactionSort.USED:
            reactions.uses.append((people[one.person_id].name, one.how))
    for reactions in found.values():
        for sort, ids in reactions.whose.items():
            names = ", ".join(people[person_id].name for person_id in ids[:_MOST_NAMED])
            reactions.named[sort] = names + (" …" if len(ids) > _MOST_NAMED else "")
    return found


_MOST_NAMED: Final = 10


def _tell_author(item: Item, post: Post | None, by: Person, sort: ReactionSort, moment: datetime) -> None:
    """Who wrote it hears of it; several while he has not looked are one notice, and the same word twice is none."""
    author = post.author if post else item.author
    if author.id == by.id or not author.is_active or author.id in item.not_to_be_told():
        return
    token = token_for(author, {row.token for row in item.audience})
    if token and not tell_of_more([author.id], REACTED, item):
        at = post.number if post else 0
        key = f"reacted:{item.id}:{at}:{by.id}:{sort}"
        tell([author.id], REACTED, item, key=key, token=token, post=at, since=moment.isoformat())
