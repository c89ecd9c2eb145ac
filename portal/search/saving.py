"""Searches that somebody keeps: asked again with a click, with what is new since he last looked, and a notice if he wants one.

What is new is found with what its owner may see at that moment; whoever has left is told nothing.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qs, urlencode

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.db import now, read_only, session
from portal.errors import Conflict
from portal.notices.reading import read_about
from portal.notices.telling import Kind, take_back, tell
from portal.people.models import Person
from portal.search.models import NAME_LENGTH, SavedSearch
from portal.search.query import SearchQuery
from portal.search.results import Asker, Line
from portal.search.searching import found_items
from portal.thai.clusters import clip_characters
from portal.thai.dates import bangkok_day
from portal.translating import N_, gettext

MOST_OF_ONE: Final = 50
MOST_NEW: Final = 20  # results that are looked at; beyond, there are "20 or more"
AT_ONE_TIME: Final = 20  # searches worked in a minute

NEW_HITS: Final = Kind("search.new_hits", N_("New results of a saved search"))


class TooManySaved(Conflict):
    message = N_("You keep %(most)s searches already. Delete one that you need no more.")


def canonical(query: SearchQuery) -> str:
    """The question as it is kept: one text for all ways to write its address."""
    args = replace(query, page=1, limit=SearchQuery.limit, understood=()).as_args()
    listed = {
        name: sorted(map(str, value)) if isinstance(value, tuple) else [str(value)]
        for name, value in args.items()
    }
    return urlencode(sorted(listed.items()), doseq=True)


def question_of(saved: SavedSearch) -> SearchQuery:
    return SearchQuery.from_args(parse_qs(saved.query))


def saved_searches_of(person: Person) -> list[SavedSearch]:
    """The newest first."""
    query = SavedSearch.visible_to(person).order_by(SavedSearch.created_at.desc(), SavedSearch.id.desc())
    return list(session.scalars(query))


def save(query: SearchQuery, *, by: Person, name: str = "", wants_notice: bool = False) -> SavedSearch:
    """Keep the question; one that is kept already gets the name and the wish. TooManySaved past MOST_OF_ONE."""
    kept, text = saved_searches_of(by), canonical(query)
    saved = next((one for one in kept if one.query == text), None)
    if saved is None:
        if len(kept) >= MOST_OF_ONE:
            raise TooManySaved(most=MOST_OF_ONE)
        saved = SavedSearch(person_id=by.id, query=text)
        session.add(saved)
    called = " ".join(name.split()) or query.text or gettext("Search by filters only")
    saved.name = clip_characters(called, NAME_LENGTH)
    choose_notice(saved, wanted=wants_notice)
    session.flush()
    return saved


def choose_notice(saved: SavedSearch, *, wanted: bool) -> None:
    """From now on its owner is told of new results, or no more."""
    if wanted and not saved.wants_notice:
        saved.told_at = now()
    elif saved.wants_notice and not wanted:
        take_back(NEW_HITS, saved)
    saved.wants_notice = wanted


def delete(saved: SavedSearch) -> None:
    """It is gone, with what was told of it and not read."""
    take_back(NEW_HITS, saved)
    session.delete(saved)


def look_at(saved: SavedSearch, person: Person, *, own: Session) -> None:
    """Its owner looks at the results: nothing of what is there is new to him any more. Noted in that session's
    transaction."""
    looked = own.get_one(SavedSearch, saved.id)
    looked.seen_at = looked.told_at = now()
    read_about(person, NEW_HITS.code, saved.id, own=own)


def new_results(saved: SavedSearch, person: Person) -> list[Line]:
    """What its owner finds that was published since he last looked, the newest first, MOST_NEW at most."""
    query = replace(question_of(saved), sort="newest", page=1, limit=MOST_NEW)
    return [item for item in found_items(query, Asker.of(person)) if item.published_at > saved.seen_at]


def tell_of_new_results(moment: datetime) -> int:
    """Tell the owners of searches that were not worked on this day yet, some of them each minute; answers how many."""
    day = bangkok_day(moment)
    # Without the write lock: a search may wait for the index, which is written meanwhile.
    read_only()
    found = {
        saved.id: (new_results(saved, person), saved.told_at)
        for saved, person in session.execute(_due(day)).all()
    }
    session.remove()
    told = 0
    for saved in session.scalars(select(SavedSearch).where(SavedSearch.id.in_(found))):
        items, told_at = found[saved.id]
        saved.worked_on = day
        newest = max((item.published_at for item in items), default=told_at)
        if newest <= told_at or saved.told_at != told_at or not saved.wants_notice:
            continue  # nothing since, or its owner has looked meanwhile
        saved.told_at = newest
        take_back(NEW_HITS, saved)  # the new one says all that is new
        ids = [item.id for item in items]
        told += tell([saved.person_id], NEW_HITS, saved, key=f"saved:{saved.id}:{day.isoformat()}", items=ids)
    return told


def _due(day: date) -> Select[SavedSearch, Person]:
    """Searches whose owners want to be told and are still here, that were not worked on that day."""
    return (
        select(SavedSearch, Person)
        .join(Person, Person.id == SavedSearch.person_id)
        .where(
            SavedSearch.wants_notice,
            Person.deactivated_at.is_(None),
            or_(SavedSearch.worked_on.is_(None), SavedSearch.worked_on < day),
        )
        .order_by(SavedSearch.id)
        .limit(AT_ONE_TIME)
    )
