"""Searching without the index, straight in the database: slower and simpler, for the minutes in which it is rebuilt."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, case, false, func, literal, not_, or_, select

from portal.communities.models import Community
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.models import Fulfilment, Item, ItemState, Post, Revision
from portal.meetings.models import Event
from portal.people.audiences import PUBLIC
from portal.people.remembered import with_units_below
from portal.search.documents import is_read_by_all
from portal.search.query import SearchQuery
from portal.search.question import NOTHING, Candidate, Found
from portal.search.results import Asker
from portal.thai.dates import BANGKOK, fiscal_year_dates
from portal.thai.numerals import to_arabic_digits, to_thai_digits

MOST_WORDS: Final = 10
MOST_WORDS_SAID: Final = 5  # those looked for in posts, the longest: more is said than written
TITLE_COUNTS: Final = 3  # a word in the title for so many in the text
WHOLE_COUNTS: Final = 50  # the question word for word, for more than all its words apart


def find(query: SearchQuery, asker: Asker) -> Found:
    """The items whose title, text or replies hold a word of the question and all its phrases, those that hold most of them
    first, each with the post that holds more than its own text does. No facets."""
    words = query.words[:MOST_WORDS]
    if query.says_nothing:
        return NOTHING
    matching = (
        asker.visible.join(
            Revision, (Revision.item_id == Item.id) & (Revision.number == Item.revision_number)
        )
        .where(Item.state == ItemState.PUBLISHED)
        .where(*_filters(query))
    )
    said = _Said(query, asker, sorted(words, key=len, reverse=True)[:MOST_WORDS_SAID])
    if said.anything is not None:
        matching = matching.outerjoin(said.anything, said.anything.c.item_id == Item.id)
    for phrase in query.phrases:
        matching = matching.where(_stands(phrase) | said.holds(phrase))
    for unwanted in query.without:
        matching = matching.where(not_(_stands(unwanted) | said.holds(unwanted)))
    worth: ColumnElement[Any] = literal(0)
    written: ColumnElement[Any] = literal(0)
    if words:
        matching = matching.where(or_(*(_stands(word) for word in words), said.words > 0))
        written = _how_many(Revision.text, words)
        whole = _stands(query.sought) | said.holds(query.sought)
        worth = case((whole, WHOLE_COUNTS), else_=0) + TITLE_COUNTS * _how_many(Item.title, words)
        worth = worth + case((said.words > written, said.words), else_=written)
    order: Sequence[Any] = _ORDERS.get(query.sort, (worth.desc(), *_ORDERS["newest"]))
    # Counted on the way: what is said is gone through once, not once for the number and once for the page.
    rows = session.execute(
        matching.with_only_columns(
            Item.id,
            worth.label("worth"),
            (said.words > written).label("by_talk"),
            func.count().over().label("total"),
        )
        .order_by(*order)
        .limit(query.start + query.limit)
    ).all()
    posts = said.best_posts([row.id for row in rows[query.start :] if row.by_talk])
    candidates = (
        Candidate(row.id, 0, float(row.worth), is_near=False, post_id=posts.get(row.id, 0)) for row in rows
    )
    return Found(rows[0].total if rows else 0, tuple(candidates), {}, dict.fromkeys(words, 1.0))


class _Said:
    """What of the question stands in the posts that the asker reads: `anything` has a row for each item on which something is
    said, and is None for the public, who reads no comments."""

    def __init__(self, query: SearchQuery, asker: Asker, words: Sequence[str]):
        among_colleagues = Item.open_to_tokens(asker.tokens - {PUBLIC}).with_only_columns(Item.id)
        self._read = (is_read_by_all(), Post.item_id.in_(among_colleagues))
        self._held = _how_many(Post.text, words)
        sought = (query.sought,) if words else ()
        self._texts = list(dict.fromkeys((*sought, *query.phrases, *query.without)))
        self.anything = None if asker.is_guest else self._by_item()

    def _by_item(self) -> Subquery:
        whole = (
            func.max(case((holds(Post.text, text), 1), else_=0)).label(f"text_{number}")
            for number, text in enumerate(self._texts)
        )
        return (
            select(Post.item_id, func.max(self._held).label("words"), *whole)
            .where(*self._read)
            .group_by(Post.item_id)
            .subquery()
        )

    @property
    def words(self) -> ColumnElement[Any]:
        """How many words of the question the post holds that holds most of them."""
        return literal(0) if self.anything is None else func.coalesce(self.anything.c.words, 0)

    def holds(self, text: str) -> ColumnElement[bool]:
        """Whether a post holds the text."""
        if self.anything is None:
            return false()
        return func.coalesce(self.anything.c[f"text_{self._texts.index(text)}"], 0) == 1

    def best_posts(self, item_ids: Sequence[int]) -> dict[int, int]:
        """Of each of these items the first of the posts that hold most words."""
        if not item_ids:
            return {}
        rows = session.execute(
            select(Post.item_id, Post.id)
            .where(*self._read, Post.item_id.in_(item_ids))
            .order_by(self._held, Post.number.desc())
        )
        return {item_id: post_id for item_id, post_id in rows}  # noqa: C416 - the last of an item stays


_ORDERS: Final = {
    "newest": (Item.published_at.desc(), Item.id.desc()),
    "oldest": (Item.published_at, Item.id),
    "title": (Item.sort_key, Item.id),
}


def _how_many(column: Any, words: Sequence[str]) -> ColumnElement[Any]:
    """How many of the words the column holds."""
    return sum((case((holds(column, word), 1), else_=0) for word in words), literal(0))


def _stands(text: str) -> ColumnElement[bool]:
    return holds(Item.title, text) | holds(Revision.text, text)


def holds(column: Any, word: str) -> ColumnElement[bool]:
    """Whether the column holds the text, in whichever numerals either was written."""
    spellings = dict.fromkeys((word, to_arabic_digits(word), to_thai_digits(word)))
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    wanted = query.filters
    numbers = {
        name: {int(value) for value in wanted.get(name, ())}
        for name in ("unit", "goal", "year", "author", "community")
    }
    chosen: list[ColumnElement[bool]] = []
    if kinds := wanted.get("kind"):
        chosen.append(or_(Item.kind.in_(kinds), (Item.kind == "") & Item.type.in_(kinds)))
    if numbers["unit"]:
        chosen.append(Item.unit_id.in_(with_units_below(numbers["unit"])))
    if numbers["author"]:
        chosen.append(Item.author_id.in_(numbers["author"]))
    for column, values in ((Fulfilment.step, wanted.get("step")), (Fulfilment.goal_id, numbers["goal"])):
        if values:
            chosen.append(Item.id.in_(select(Fulfilment.item_id).where(column.in_(values))))
    if numbers["community"]:
        threads = select(Thread.id).where(Thread.community_id.in_(numbers["community"]))
        events = (
            select(Event.id)
            .join(Community, Community.group_id == Event.group_id)
            .where(Community.id.in_(numbers["community"]))
        )
        chosen.append(or_(Item.id.in_(threads), Item.id.in_(events)))
    if numbers["year"]:
        chosen.append(or_(*(_in_year(year) for year in numbers["year"])))
    return chosen


def _in_year(year: int) -> ColumnElement[bool]:
    first, last = fiscal_year_dates(year)
    start = datetime.combine(first, time.min, BANGKOK)
    end = datetime.combine(last + timedelta(days=1), time.min, BANGKOK)
    return (Item.published_at >= start) & (Item.published_at < end)
