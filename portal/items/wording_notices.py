"""The words of notices about items, for as long as the item and what was written under it are open to their reader."""

from collections import defaultdict

from sqlalchemy import select

from portal.db import session
from portal.items.models import Item, Post
from portal.items.views import page_of_reply
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import number
from portal.translating import gettext, ngettext


def comment_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Who commented, or how many comments there are since; nothing when the item was closed or they are hidden."""
    ids = {notice.subject_id for notice in notices}
    items = {item.id: item for item in session.scalars(Item.visible_to(person).where(Item.id.in_(ids)))}
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
    if len(posts) == 1:
        text = gettext("%(name)s commented on “%(title)s”", name=names[0], title=item.title)
    else:
        text = ngettext(
            "%(num)s new comment on “%(title)s”",
            "%(num)s new comments on “%(title)s”",
            len(posts),
            num=number(len(posts)),
            title=item.title,
        )
    return Worded(text, page_of_reply(item, posts[0][0]))
