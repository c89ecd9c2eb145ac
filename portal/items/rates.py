"""How much one person may send in a time, as the organisation decided. Counted in the database, so that it holds in every
process and after a restart; what is refused stays where it was typed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select, union_all

from portal.db import now, session
from portal.errors import TooOften
from portal.items.mentioning import mentioned_in, with_people_named
from portal.items.models import Item, Post, Revision, types_of_items
from portal.items.order_models import HeldText
from portal.items.talk_models import FormerText, Mention
from portal.people.models import Person
from portal.people.settings import settings_of
from portal.templating import number, show_datetime
from portal.translating import N_

AN_HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
# When a person sent texts of other rooms to others: portal/app.py adds them, each as a statement of one column.
SENT_ELSEWHERE: Final[list[Callable[[Person], Select[Any]]]] = []


class TooManyPosts(TooOften):
    message = N_(
        "You have sent %(most)s texts within an hour. The next one can be sent at %(again)s; your text is kept till then."
    )


class CalledTooMany(TooOften):
    message = N_(
        "At most %(most)s people can be mentioned within an hour. Take some out, or send it at %(again)s; your text is kept."
    )


def mind_posts(by: Person, text: str, item: Item | None = None) -> None:
    """TooManyPosts, CalledTooMany when one more text, this one, is over the organisation's figures. Whom the person has
    called on the item before he does not call anew."""
    one_after_the_other(by)
    decisions = settings_of(by.organisation_id)
    refuse_over(decisions.posts_per_hour, _texts_of(by), 1, AN_HOUR, TooManyPosts)
    called = set(mentioned_in(with_people_named(text, by)))
    if called and item is not None:
        before = select(Mention.person_id).where(Mention.item_id == item.id, Mention.by_id == by.id)
        called -= set(session.scalars(before))
    if called:
        mentioned = select(Mention.at).where(Mention.by_id == by.id)
        refuse_over(decisions.mentions_per_hour, mentioned, len(called), AN_HOUR, CalledTooMany)


def one_after_the_other(by: Person) -> None:
    """What one person sends at the same moment from several windows is counted one by one. Who refers to the person in the
    meantime waits for nothing."""
    session.execute(select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))


def refuse_over(
    most: int, moments: Select[Any], more: int, within: timedelta, refusal: type[TooOften]
) -> None:
    """The refusal, with the moment from which it may be tried again, when so many more are over `most` within that time."""
    since = now() - within
    (column,) = moments.selected_columns
    taken: Sequence[datetime] = session.scalars(
        moments.where(column > since).order_by(column.desc()).limit(most)
    ).all()
    if len(taken) + more <= most:
        return
    # Of those that count now the newest may stay that leave room; where more than fits is sent at once none may.
    free_at = taken[max(0, most - more)] if taken else now()
    again = free_at + within
    wait = max(1, round((again - now()).total_seconds()))
    raise refusal(most=number(most), again=show_datetime(again), wait=wait)


def _texts_of(by: Person) -> Select[Any]:
    """When the person sent texts to others: posts, threads and meetings, each time one was written anew, and what waits for a
    moderator or was not let through; and what other rooms add."""
    # What is read by others from its first word, so that each time it is changed counts.
    called_out = types_of_items(lambda one: one.is_sent_to_others)
    sent = union_all(
        # What keeps the place of a reply that went elsewhere has no text: nobody sent it.
        select(Post.posted_at.label("at")).where(Post.author_id == by.id, Post.text != ""),
        select(Post.rewritten_at).where(Post.author_id == by.id, Post.rewritten_at.is_not(None)),
        select(FormerText.written_at)
        .join(Post, Post.id == FormerText.post_id)
        .where(Post.author_id == by.id, FormerText.version > 1),
        select(Item.created_at).where(Item.author_id == by.id, Item.type.in_(called_out)),
        select(Revision.saved_at)
        .join(Item, Item.id == Revision.item_id)
        .where(Revision.author_id == by.id, Revision.number > 1, Item.type.in_(called_out)),
        select(HeldText.held_at).where(
            HeldText.author_id == by.id, func.coalesce(HeldText.is_let_through, False).is_(False)
        ),
        *(of(by) for of in SENT_ELSEWHERE),
    ).subquery()
    return select(sent.c.at)
