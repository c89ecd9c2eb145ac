"""The parts of the ranking that `portal evaluate-search --parts` leaves out one after the other, to show what each adds."""

from typing import Any, Final

from portal.search import engine
from portal.search.evaluating import Part, Search
from portal.search.query import SearchQuery
from portal.search.searching import Asker, SearchResults, search_as


def with_changed(place: Any, name: str, value: Any) -> Search:
    """A search during which `place.name` is this value."""

    def search(query: SearchQuery, asker: Asker) -> SearchResults:
        before = getattr(place, name)
        setattr(place, name, value)
        try:
            return search_as(query, asker)
        finally:
            setattr(place, name, before)

    return search


PARTS: Final = (
    Part("the title as a field", with_changed(engine, "FIELDS", ("body",))),
    Part("the length of texts", with_changed(engine, "B", 0.0)),
)
