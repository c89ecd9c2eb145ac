"""What somebody contributed, as far as the reader may see it: for his profile."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, union_all

from portal.communities.thread_models import AcceptedAnswer, Thread
from portal.db import session
from portal.expertise.finding import Work
from portal.items.models import Item, ItemState, Post
from portal.items.talk_models import Reaction, ReactionSort
from portal.knowledge.models import KnowledgeAsset
from portal.people.models import Person

NEWEST: Final = 5


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
    counts = _counts(person, reader)
    answers = _answers(person, reader)
    reactions = _reactions(person, reader)
    assets = (
        KnowledgeAsset.visible_to(reader)
        .where(KnowledgeAsset.author_id == person.id, KnowledgeAsset.state == ItemState.PUBLISHED)
        .order_by(KnowledgeAsset.published_at.desc(), KnowledgeAsset.id.desc())
        .limit(NEWEST)
    )
    return Contributions(
        assets=counts.get("knowledge_asset", 0),
        reports=counts.get("training_report", 0),
        threads=counts.get("thread", 0),
        answers=session.scalar(select(func.count()).select_from(answers.subquery())) or 0,
        thanks=reactions.get(ReactionSort.THANKS, 0),
        used=reactions.get(ReactionSort.USED, 0),
        newest_assets=tuple(Work(one.id, one.type, one.title) for one in session.scalars(assets)),
        newest_answers=tuple(
            Work(thread_id, "thread", title, number)
            for thread_id, title, number in session.execute(
                answers.order_by(AcceptedAnswer.accepted_at.desc(), AcceptedAnswer.post_id.desc()).limit(
                    NEWEST
                )
            )
        ),
    )


def _counts(person: Person, reader: Person) -> dict[str, int]:
    rows = session.execute(
        Item.visible_to(reader)
        .where(Item.author_id == person.id, Item.state == ItemState.PUBLISHED)
        .with_only_columns(Item.type, func.count())
        .group_by(Item.type)
    )
    return {row[0]: row[1] for row in rows}


def _answers(person: Person, reader: Person):  # type: ignore[no-untyped-def] # a Select of three columns
    """Replies of his that answered somebody else's question."""
    return (
        Thread.visible_to(reader)
        .join(AcceptedAnswer, AcceptedAnswer.thread_id == Thread.id)
        .join(AcceptedAnswer.post)
        .where(
            Thread.state == ItemState.PUBLISHED,
            Post.author_id == person.id,
            Post.hidden_at.is_(None),
            Thread.author_id != person.id,
        )
        .with_only_columns(Thread.id, Thread.title, Post.number)
    )


def _reactions(person: Person, reader: Person) -> dict[ReactionSort, int]:
    """What colleagues said of his texts and replies. Each looked up by its author: asked for with an OR, the database goes
    through all that was ever said."""
    said = (
        Item.visible_to(reader)
        .join(Reaction, Reaction.item_id == Item.id)
        .where(Item.state == ItemState.PUBLISHED, Reaction.person_id != person.id)
        .with_only_columns(Reaction.sort)
    )
    of_texts = said.where(Item.author_id == person.id, Reaction.post_id.is_(None))
    of_replies = said.join(Post, Post.id == Reaction.post_id).where(
        Post.author_id == person.id, Post.hidden_at.is_(None)
    )
    both = union_all(of_texts, of_replies).subquery()
    rows = session.execute(select(both.c.sort, func.count()).group_by(both.c.sort))
    return {row[0]: row[1] for row in rows}
