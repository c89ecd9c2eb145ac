"""The words of notices about lifting, as far as their reader may still know."""

from sqlalchemy import func, select

from portal.communities.thread_models import Thread
from portal.communities.threads import is_unanswered
from portal.db import session
from portal.items.merged import where_they_went
from portal.items.models import Item, ItemState, Origin, Post
from portal.items.views import page_of
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.translating import gettext


def offered_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Which question waits for an answer; nothing once it has one, or the reader reads it no more."""
    ids = {notice.subject_id for notice in notices}
    waiting = {
        one.id: one
        # No word of the state: what is unanswered is published, and SQLite would begin with all that is published.
        for one in session.scalars(Thread.visible_to(person).where(Thread.id.in_(ids), is_unanswered()))
    }
    return {
        notice.id: Worded(
            gettext(
                "Nobody has answered “%(title)s” yet. You have written about such things: perhaps you know?",
                title=thread.title,
            ),
            page_of(thread),
            gettext("Have a look"),
        )
        if (thread := waiting.get(notice.subject_id)) is not None
        else None
        for notice in notices
    }


def became_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What was made of the reader's words, with the way there if he may read it; else that something was, of which thread."""
    ids = {notice.subject_id for notice in notices}
    assets = {
        one.id: one
        for one in session.scalars(
            Item.visible_to(person).where(Item.id.in_(ids), Item.state == ItemState.PUBLISHED)
        )
    }
    threads = _threads_of(ids - assets.keys(), person)
    found: dict[int, Worded | None] = {}
    for notice in notices:
        if (asset := assets.get(notice.subject_id)) is not None:
            text = gettext(
                "%(name)s made “%(title)s” of what you wrote", name=asset.author.name, title=asset.title
            )
            found[notice.id] = Worded(text, page_of(asset))
        elif (thread := threads.get(notice.subject_id)) is not None:
            text = gettext("What you wrote in “%(title)s” became a knowledge asset", title=thread.title)
            found[notice.id] = Worded(text, page_of(thread))
        else:
            found[notice.id] = None
    return found


def _threads_of(ids: set[int], person: Person) -> dict[int, Item]:
    """By the asset a thread that the reader sees and wrote in, of which it was made."""
    if not ids:
        return {}
    rows = session.execute(
        select(Origin.item_id, func.coalesce(Post.item_id, Origin.from_item_id))
        .outerjoin(Post, Post.id == Origin.from_post_id)
        .where(Origin.item_id.in_(ids))
    ).all()
    went = where_they_went({source for _, source in rows})
    now = {went.get(source, source) for _, source in rows}
    seen = {one.id: one for one in session.scalars(Item.visible_to(person).where(Item.id.in_(now)))}
    return {asset: seen[at] for asset, source in rows if (at := went.get(source, source)) in seen}
