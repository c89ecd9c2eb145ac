"""Searching without the index, straight in the database: slower and simpler, for the minutes in which it is rebuilt."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, literal, not_, or_, select

from portal.communities.models import Community
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.models import Fulfilment, Item, ItemState, Revision
from portal.meetings.models import Event
from portal.people.remembered import with_units_below
from portal.search.query import SearchQuery
from portal.search.question import NOTHING, Candidate, Found
from portal.thai.dates import BANGKOK, fiscal_year_dates
from portal.thai.numerals import to_arabic_digits, to_thai_digits

MOST_WORDS: Final = 10
TITLE_COUNTS: Final = 3  # a word in the title for so many in the text
WHOLE_COUNTS: Final = 50  # the question word for word, for more than all its words apart


def find(query: SearchQuery, visible: Select[Item]) -> Found:
    """The items whose title or text holds a word of the question and all its phrases, those that hold most of them
    first. No facets."""
    words = query.words[:MOST_WORDS]
    if query.says_nothing:
        return NOTHING
    matching = (
        visible.join(Revision, (Revision.item_id == Item.id) & (Revision.number == Item.revision_number))
        .where(Item.state == ItemState.PUBLISHED)
        .where(*_filters(query))
    )
    worth: ColumnElement[Any] = literal(0)
    for phrase in query.phrases:
        matching = matching.where(_stands(phrase))
    for unwanted in query.without:
        matching = matching.where(not_(_stands(unwanted)))
    if words:
        matching = matching.where(or_(*(_stands(word) for word in words)))
        worth = worth + case((_stands(query.sought), WHOLE_COUNTS), else_=0)
        for word in words:
            worth = worth + case((holds(Item.title, word), TITLE_COUNTS), else_=0)
            worth = worth + case((holds(Revision.text, word), 1), else_=0)
    total = session.scalar(matching.with_only_columns(func.count(Item.id))) or 0
    order: Sequence[Any] = _ORDERS.get(query.sort, (worth.desc(), *_ORDERS["newest"]))
    rows = session.execute(
        matching.with_only_columns(Item.id, worth).order_by(*order).limit(query.start + query.limit)
    )
    candidates = (Candidate(item_id, 0, float(score), is_near=False) for item_id, score in rows)
    return Found(total, tuple(candidates), {}, dict.fromkeys(words, 1.0))


_ORDERS: Final = {
    "newest": (Item.published_at.desc(), Item.id.desc()),
    "oldest": (Item.published_at, Item.id),
    "title": (Item.sort_key, Item.id),
}


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
