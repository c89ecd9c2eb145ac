"""Searching without the index, straight in the database: slower and simpler, for the minutes in which it is rebuilt."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from portal.db import session
from portal.items.models import Fulfilment, Item, ItemState, Revision
from portal.people.remembered import with_units_below
from portal.search.query import SearchQuery
from portal.search.question import NOTHING, Candidate, Found
from portal.thai.dates import BANGKOK, fiscal_year_dates
from portal.thai.numerals import to_thai_digits

MOST_WORDS: Final = 10
TITLE_COUNTS: Final = 3  # a word in the title for so many in the text


def find(query: SearchQuery, visible: Select[Item]) -> Found:
    """The items whose title or text holds a word of the question, those that hold most of them first. No facets."""
    words = query.words[:MOST_WORDS]
    if query.text and not words:
        return NOTHING
    matching = (
        visible.join(Revision, (Revision.item_id == Item.id) & (Revision.number == Item.revision_number))
        .where(Item.state == ItemState.PUBLISHED)
        .where(*_filters(query))
    )
    worth: ColumnElement[Any] = case((Item.id.is_(None), 1), else_=0)
    if words:
        matching = matching.where(
            or_(*(_holds(Item.title, word) | _holds(Revision.text, word) for word in words))
        )
        for word in words:
            worth = worth + case((_holds(Item.title, word), TITLE_COUNTS), else_=0)
            worth = worth + case((_holds(Revision.text, word), 1), else_=0)
    total = session.scalar(matching.with_only_columns(func.count(Item.id))) or 0
    order: Sequence[Any] = (Item.published_at.desc(), Item.id.desc())
    if query.sort != "newest":
        order = (worth.desc(), *order)
    rows = session.execute(
        matching.with_only_columns(Item.id, worth).order_by(*order).limit(query.start + query.limit)
    )
    candidates = (Candidate(item_id, 0, float(score), is_near=False) for item_id, score in rows)
    return Found(total, tuple(candidates), {}, dict.fromkeys(words, 1.0))


def _holds(column: Any, word: str) -> ColumnElement[bool]:
    held: ColumnElement[bool] = column.icontains(word, autoescape=True)
    thai = to_thai_digits(word)
    return held if thai == word else or_(held, column.icontains(thai, autoescape=True))


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if query.kinds:
        chosen.append(or_(Item.kind.in_(query.kinds), (Item.kind == "") & Item.type.in_(query.kinds)))
    if query.units:
        chosen.append(Item.unit_id.in_(with_units_below(query.units)))
    for column, values in ((Fulfilment.step, query.steps), (Fulfilment.goal_id, query.goals)):
        if values:
            chosen.append(Item.id.in_(select(Fulfilment.item_id).where(column.in_(values))))
    if query.years:
        chosen.append(or_(*(_in_year(year) for year in query.years)))
    return chosen


def _in_year(year: int) -> ColumnElement[bool]:
    first, last = fiscal_year_dates(year)
    start = datetime.combine(first, time.min, BANGKOK)
    end = datetime.combine(last + timedelta(days=1), time.min, BANGKOK)
    return (Item.published_at >= start) & (Item.published_at < end)
