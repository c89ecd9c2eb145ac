"""What is offered under the search box while somebody types: what he can do, past good queries, units, titles, colleagues.

Only where nothing fits what was typed is it taken for typed in the other keyboard layout, then for misspelt.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from portal.communities.remembered import Named, known_communities
from portal.db import session
from portal.items.models import Item, ItemState
from portal.items.views import page_of
from portal.people.audiences import tokens_of
from portal.people.listing import people_called
from portal.people.models import Person, Unit
from portal.people.remembered import remembered_units
from portal.search.actions import Offer, offers_begun
from portal.search.analysis import question_grams, question_words
from portal.search.documents import known_as
from portal.search.facets import kind_name
from portal.search.insight import asked_and_found
from portal.search.plain_search import holds
from portal.search.query import SearchQuery, tidy
from portal.search.results import Asker
from portal.search.searching import found_items, the_search
from portal.templating import in_language, page_url
from portal.thai.clusters import length
from portal.thai.folding import fold
from portal.thai.keyboard import as_typed_on_the_other
from portal.thai.normalising import normalise
from portal.translating import gettext

SHORTEST: Final = 2  # letters, as a reader counts them
MOST: Final = 8
MOST_QUERIES: Final = 3
MOST_PEOPLE: Final = 3
MOST_ACTIONS: Final = 2
MOST_UNITS: Final = 2
MOST_COMMUNITIES: Final = 2
MOST_WORDS: Final = 6
MOST_FOUND: Final = 30  # results whose titles are looked at for being spelt alike
SHORTEST_MISSPELT: Final = 3  # letters: of fewer too many words are spelt alike
MOST_LOOKED_AT: Final = 200  # titles with the letters typed, the newest, of which the best are offered


class SuggestionKind(StrEnum):
    ACTION = "action"
    UNIT = "unit"
    COMMUNITY = "community"
    QUERY = "query"
    ITEM = "item"
    PERSON = "person"


@dataclass(frozen=True)
class Suggestion:
    """`note` says in a word what it is."""

    text: str
    url: str
    kind: SuggestionKind
    note: str


def suggest(text: str, person: Person | None, limit: int = MOST) -> list[Suggestion]:
    """What the person, or the public, may mean who has typed so far; nothing for a single letter."""
    typed = tidy(text)
    if length(typed) < SHORTEST:
        return []
    found = _fitting(typed, person, limit)
    other = None if found else as_typed_on_the_other(typed)
    if other is not None:
        found = _fitting(other, person, limit)
    return found or _spelt_alike(typed, person, limit)


def _fitting(typed: str, person: Person | None, limit: int) -> list[Suggestion]:
    found = [_action(one, typed) for one in offers_begun(typed, person, MOST_ACTIONS)]
    found += [_query(one) for one in _asked_before(typed, person)[:MOST_QUERIES]]
    found += [_unit(one) for one in _units_called(typed, person)[:MOST_UNITS]]
    found += [_community(one) for one in _communities_called(typed, person)[:MOST_COMMUNITIES]]
    people = [_person(one) for one in people_called(typed, person, MOST_PEOPLE)]
    titles = _titles(typed, person, limit - len(found) - len(people))
    return [*found, *titles, *people][:limit]


def _action(offer: Offer, typed: str) -> Suggestion:
    """What is done by a button stands above the results of the same words."""
    url = offer.url if offer.sends is None else page_url("search.results", q=typed)
    return Suggestion(offer.title, url, SuggestionKind.ACTION, gettext("Task"))


def _unit(unit: Unit) -> Suggestion:
    address = page_url("search.results", unit=unit.id)
    return Suggestion(in_language(unit, "name"), address, SuggestionKind.UNIT, gettext("Unit"))


def _community(one: Named) -> Suggestion:
    address = page_url("communities.show_community", community_id=one.id)
    return Suggestion(in_language(one, "name"), address, SuggestionKind.COMMUNITY, gettext("Community"))


def _communities_called(typed: str, person: Person | None) -> list[Named]:
    """Communities that the person knows of with the text in a name; those first whose name begins with it."""
    sought = normalise(typed)
    named = [
        (one, [_plain(name) for name in (one.name, one.name_en) if name]) for one in known_communities(person)
    ]
    begin = [one for one, names in named if any(name.startswith(sought) for name in names)]
    hold = [one for one, names in named if any(sought in name for name in names)]
    return [*begin, *(one for one in hold if one not in begin)]


def _units_called(typed: str, person: Person | None) -> list[Unit]:
    """Units that are not closed with the text in a name, those first whose name begins with it. None for the public, which
    is told of units by what they opened to it."""
    if person is None:
        return []
    sought = normalise(typed)
    named = [
        (unit, [_plain(name) for name in (unit.name, unit.short_name, unit.name_en) if name])
        for unit in remembered_units().values()
        if unit.closed_on is None and unit.parent_id
    ]
    begin = [unit for unit, names in named if any(name.startswith(sought) for name in names)]
    hold = [unit for unit, names in named if any(sought in name for name in names)]
    return [*begin, *(unit for unit in hold if unit not in begin)]


@lru_cache(maxsize=4_096)
def _plain(name: str) -> str:
    return normalise(name)


def _spelt_alike(typed: str, person: Person | None, limit: int) -> list[Suggestion]:
    """Titles that hold the text but for tones and the like, of what a search would find first."""
    if length(typed) < SHORTEST_MISSPELT:
        return []
    letters = _coarse(typed)
    found = found_items(SearchQuery(text=typed, limit=MOST_FOUND), Asker.of(person), near_too=True)
    alike = [line for line in found if letters in _coarse(line.title)]
    return [
        Suggestion(line.title, page_of(line), SuggestionKind.ITEM, kind_name(line.kind))
        for line in alike[:limit]
    ]


def _coarse(text: str) -> str:
    return fold(normalise(text)).replace(" ", "")


def _query(text: str) -> Suggestion:
    return Suggestion(text, page_url("search.results", q=text), SuggestionKind.QUERY, gettext("Asked before"))


def _person(person: Person) -> Suggestion:
    address = page_url("profiles.show_person", person_id=person.id)
    return Suggestion(person.name, address, SuggestionKind.PERSON, gettext("Person"))


def _asked_before(typed: str, person: Person | None) -> list[str]:
    """What colleagues asked and found, of words that stand in something the person may see. Nothing for the public."""
    if person is None:
        return []
    tokens, finder = tokens_of(person), the_search().finder
    questions = asked_and_found(normalise(typed), 2 * MOST_QUERIES)
    words = {question: question_words(question) for question in questions}
    visible = finder.visible_words([word for some in words.values() for word in some], tokens)
    return [question for question, some in words.items() if some and visible and visible.keys() >= set(some)]


def _titles(typed: str, person: Person | None, most: int) -> list[Suggestion]:
    """Items with every word of the text in their title, those that begin with it first, then the newest."""
    if most <= 0:
        return []
    begins = Item.title.istartswith(typed, autoescape=True)
    query = Item.visible_to(person).order_by(begins.desc(), Item.published_at.desc(), Item.id.desc())
    for word in typed.split()[:MOST_WORDS]:
        query = query.where(holds(Item.title, word))
    likely = the_search().finder.titles_with(*_letters(typed), tokens_of(person), MOST_LOOKED_AT)
    if likely is None:
        query = query.where(Item.state == ItemState.PUBLISHED).limit(most)
    else:  # the state is looked at afterwards: SQLite would go through all that is published
        query = query.where(Item.id.in_(likely))
    columns = Item.id, Item.type, Item.kind, Item.title, Item.state
    found = [
        item
        for item in session.execute(query.with_only_columns(*columns))
        if item.state == ItemState.PUBLISHED
    ]
    return [
        Suggestion(item.title, page_of(item), SuggestionKind.ITEM, kind_name(known_as(item.kind, item.type)))
        for item in found[:most]
    ]


def _letters(typed: str) -> tuple[list[str], str]:
    """The letter groups that the title must hold, and what one of its words must begin with where there are none."""
    grams = [gram for word in typed.split()[:MOST_WORDS] for gram in question_grams(word)]
    return grams, "" if grams else normalise(typed.split()[0])
