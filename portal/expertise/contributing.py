"""What somebody contributed, as far as the reader may see it: for his profile.

What is his is looked up by its author, and who may see it is asked of that alone: asked in one go, SQLite goes through
everything that is published.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from portal.communities.thread_models import AcceptedAnswer, Thread
from portal.db import session
from portal.expertise.finding import Work
from portal.items.models import Item, ItemState, Post
from portal.items.talk_models import Reaction, ReactionSort
from portal.people.models import Person

NEWEST: Final = 5
MOST_LOOKED_AT: Final = 5_000  # items with answers and reactions, the newest of them


@dataclass(frozen=True)
class Contributions:
    """How much of it the reader may see, the newest of it named; `thanks` and `used`: how often colleagues said so."""

    assets: int
    reports: int
    threads: int
    answers: int
    thanks: int
    used: int
    newest_assets: tuple[Work, ...]
    newest_answers: tuple[Work, ...]

    @property
    def is_empty(self) -> bool:
        return not any((self.assets, self.reports, self.threads, self.answers, self.thanks, self.used))


def contributions_of(person: Person, reader: Person) -> Contributions:
    """What the person wrote and answered of what is open to the reader; five queries."""
    own = _own(person, reader)
    answers, said = _answers(person), _said_of(person)
    seen = _seen({thread_id for thread_id, _, _ in answers} | {item_id for item_id, _ in said}, reader)
    counts = Counter(work.type for work in own)
    reactions: Counter[ReactionSort] = Counter()
    for (item_id, sort), count in said.items():
        if item_id in seen:
            reactions[sort] += count
    shown = [
        Work(thread_id, "thread", title, number) for thread_id, title, number in answers if thread_id in seen
    ]
    return Contributions(
        assets=counts["knowledge_asset"],
        reports=counts["training_report"],
        threads=counts["thread"],
        answers=len(shown),
        thanks=reactions[ReactionSort.THANKS],
        used=reactions[ReactionSort.USED],
        newest_assets=tuple([work for work in own if work.type == "knowledge_asset"][:NEWEST]),
        newest_answers=tuple(shown[:NEWEST]),
    )


def _own(person: Person, reader: Person) -> list[Work]:
    """His published items that the reader may see, newest first."""
    rows = session.execute(
        Item.visible_to(reader)
        .where(Item.author_id == person.id)
        .with_only_columns(Item.id, Item.type, Item.title, Item.state, Item.published_at)
    ).all()
    published = [row for row in rows if row.state == ItemState.PUBLISHED]
    published.sort(key=lambda row: (row.published_at, row.id), reverse=True)
    return [Work(row.id, row.type, row.title) for row in published]


def _answers(person: Person) -> list[tuple[int, str, int]]:
    """Thread, its title and number of the reply, of his replies that answered somebody else's question, newest first."""
    rows = session.execute(
        select(Thread.id, Thread.title, Post.number)
        .select_from(Post)
        .join(AcceptedAnswer, AcceptedAnswer.post_id == Post.id)
        .join(Thread, Thread.id == AcceptedAnswer.thread_id)
        .where(Post.author_id == person.id, Post.hidden_at.is_(None), Thread.author_id != person.id)
        .order_by(AcceptedAnswer.accepted_at.desc(), Post.id.desc())
    )
    return [(thread_id, title, number) for thread_id, title, number in rows]


def _said_of(person: Person) -> Counter[tuple[int, ReactionSort]]:
    """By item and sort how often colleagues said it of his texts and replies."""
    said = select(Reaction.item_id, Reaction.sort, func.count()).where(Reaction.person_id != person.id)
    texts = said.where(
        Reaction.post_id.is_(None), Reaction.item_id.in_(select(Item.id).where(Item.author_id == person.id))
    )
    replies = said.join(Post, Post.id == Reaction.post_id).where(
        Post.author_id == person.id, Post.hidden_at.is_(None)
    )
    found: Counter[tuple[int, ReactionSort]] = Counter()
    for query in (texts, replies):
        for item_id, sort, count in session.execute(query.group_by(Reaction.item_id, Reaction.sort)):
            found[item_id, sort] += count
    return found


def _seen(ids: Collection[int], reader: Person) -> set[int]:
    """Those of the items that are published and open to the reader."""
    if not ids:
        return set()
    rows = session.execute(
        Item.visible_to(reader)
        .where(Item.id.in_(sorted(ids, reverse=True)[:MOST_LOOKED_AT]))
        .with_only_columns(Item.id, Item.state)
    )
    return {row.id for row in rows if row.state == ItemState.PUBLISHED}
