"""The words of notices about items, for as long as the item and what was written under it are open to their reader."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.items.merged import named_to
from portal.items.models import Item, Post
from portal.items.order_models import HiddenOpening
from portal.items.permissions import can_see
from portal.items.talk_models import Reaction, ReactionSort
from portal.items.views import page_of, page_of_reply
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import number
from portal.translating import N_, gettext, ngettext


def comment_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Who commented, or how many comments there are since; nothing when the item was closed or they are hidden."""
    ids = {notice.subject_id for notice in notices}
    items = {item.id: item for item in session.scalars(named_to(person).where(Item.id.in_(ids)))}
    posts = _posts_on(items.keys(), min((_first_of(notice) for notice in notices), default=1), person)
    found: dict[int, Worded | None] = {}
    for notice in notices:
        since = [(at, name) for at, name in posts[notice.subject_id] if at >= _first_of(notice)]
        item = items.get(notice.subject_id)
        found[notice.id] = _words(item, since) if item is not None and since else None
    return found


def _first_of(notice: Notice) -> int:
    return int(notice.details.get("post", 1))


def _posts_on(items: object, first: int, person: Person) -> dict[int, list[tuple[int, str]]]:
    """(number, author's name) of the comments that are to be seen, by item; not those the person wrote himself."""
    rows = session.execute(
        select(Post.item_id, Post.number, Person)
        .join(Person, Person.id == Post.author_id)
        .where(
            Post.item_id.in_(items),  # type: ignore[arg-type]
            Post.number >= first,
            Post.hidden_at.is_(None),
            Post.author_id != person.id,
        )
        .order_by(Post.number)
    )
    found = defaultdict(list)
    for item_id, at, author in rows:
        found[item_id].append((at, author.name))
    return found


def _words(item: Item, posts: list[tuple[int, str]]) -> Worded:
    names = list(dict.fromkeys(name for _, name in posts))
    if len(posts) == 1 and not item.takes_comments:
        text = gettext("%(name)s replied in “%(title)s”", name=names[0], title=item.title)
    elif len(posts) == 1:
        text = gettext("%(name)s commented on “%(title)s”", name=names[0], title=item.title)
    elif not item.takes_comments:
        text = ngettext(
            "%(num)s new reply in “%(title)s”",
            "%(num)s new replies in “%(title)s”",
            len(posts),
            num=number(len(posts)),
            title=item.title,
        )
    else:
        text = ngettext(
            "%(num)s new comment on “%(title)s”",
            "%(num)s new comments on “%(title)s”",
            len(posts),
            num=number(len(posts)),
            title=item.title,
        )
    return Worded(text, page_of_reply(item, posts[0][0]))


def mention_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Who called the person, and where; nothing when the item was closed or the post is hidden."""
    items = _items(notices, person)
    numbers = {int(notice.details.get("post", 0)) for notice in notices}
    posts = {
        (item_id, at): author
        for item_id, at, author in session.execute(
            select(Post.item_id, Post.number, Person)
            .join(Person, Person.id == Post.author_id)
            .where(Post.item_id.in_(items), Post.number.in_(numbers), Post.hidden_at.is_(None))
        )
    }
    found: dict[int, Worded | None] = {}
    for notice in notices:
        item, at = items.get(notice.subject_id), int(notice.details.get("post", 0))
        if item is None:
            continue
        author = posts.get((item.id, at)) if at else item.author
        if author is not None:
            text = gettext("%(name)s mentioned you in “%(title)s”", name=author.name, title=item.title)
            found[notice.id] = Worded(text, page_of_reply(item, at) if at else page_of(item))
    return found


def reacted_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Who thanked, agreed or used what the person wrote, as far as they still say so."""
    items = _items(notices, person)
    rows = session.execute(
        select(Reaction.item_id, Reaction.reacted_at, Reaction.sort, Post.number, Person)
        .join(Person, Person.id == Reaction.person_id)
        .outerjoin(Post, Post.id == Reaction.post_id)
        .join(Item, Item.id == Reaction.item_id)
        .where(
            Reaction.item_id.in_(items),
            Post.hidden_at.is_(None),
            func.coalesce(Post.author_id, Item.author_id) == person.id,
        )
        .order_by(Reaction.id)
    ).all()
    found: dict[int, Worded | None] = {}
    for notice in notices:
        item = items.get(notice.subject_id)
        since = datetime.fromisoformat(notice.details["since"])
        said = [row for row in rows if row[0] == notice.subject_id and row[1] >= since]
        if item is None or not said:
            continue
        at = said[-1][3]
        found[notice.id] = Worded(_said(item, said), page_of_reply(item, at) if at else page_of(item))
    return found


def _said(item: Item, said: Sequence[Any]) -> str:
    names = list(dict.fromkeys(row[4].name for row in said))
    is_use = any(row[2] == ReactionSort.USED for row in said)
    if len(names) > 1:
        text = N_("%(count)s people found what you wrote in “%(title)s” of use")
        return gettext(text, count=number(len(names)), title=item.title)
    words = {
        ReactionSort.THANKS: N_("%(name)s thanks you for what you wrote in “%(title)s”"),
        ReactionSort.AGREE: N_("%(name)s agrees with what you wrote in “%(title)s”"),
        ReactionSort.USED: N_("%(name)s used what you wrote in “%(title)s”"),
    }
    sort = ReactionSort.USED if is_use else said[-1][2]
    return gettext(words[sort], name=names[0], title=item.title)


def _items(notices: list[Notice], person: Person) -> dict[int, Item]:
    """What the notices are about, as far as the person reads it, with the authors."""
    ids = {notice.subject_id for notice in notices}
    query = named_to(person).where(Item.id.in_(ids)).options(joinedload(Item.author))
    return {item.id: item for item in session.scalars(query)}


def hidden_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Why what the reader wrote was hidden, as long as it is and he reads where it stood."""
    return {notice.id: _hidden(notice, person) for notice in notices}


def _hidden(notice: Notice, person: Person) -> Worded | None:
    item, post = _place_of(notice)
    if item is None or not can_see(person, item):
        return None
    if post is not None:
        if post.hidden_at is None or post.author_id != person.id:
            return None
        text = gettext(
            "What you wrote on “%(title)s” was hidden: %(why)s", title=item.title, why=post.hidden_reason
        )
        return Worded(text, page_of_reply(item, post.number))
    hidden = session.get(HiddenOpening, item.id)
    if hidden is None or item.author_id != person.id:
        return None
    text = gettext("Your “%(title)s” was hidden: %(why)s", title=hidden.title, why=hidden.reason)
    return Worded(text, page_of(item))


def shown_again_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """That what the reader wrote is read again."""
    found: dict[int, Worded | None] = {}
    for notice in notices:
        item, post = _place_of(notice)
        if item is None or not can_see(person, item) or (post is not None and post.hidden_at is not None):
            continue
        if item.is_merged:  # its title may have been hidden where it stands now
            continue
        text = gettext("What you wrote on “%(title)s” is shown again", title=item.title)
        found[notice.id] = Worded(text, page_of(item) if post is None else page_of_reply(item, post.number))
    return found


def _place_of(notice: Notice) -> tuple[Item | None, Post | None]:
    """The item, and the post on it, if it is about a post."""
    if notice.subject_type == Post.__tablename__:
        post = session.get(Post, notice.subject_id, options=[joinedload(Post.item)])
        return (post.item, post) if post is not None else (None, None)
    return session.get(Item, notice.subject_id), None
