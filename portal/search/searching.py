"""One search from question to answer: wait for what was just published, ask the engine, load the page's items.

The engine filters by the asker's tokens; the items are then loaded through the same rule once more, so that an index that
lags behind the database shows nothing that is closed by now.
"""

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask import Flask, current_app
from sqlalchemy import Select, bindparam, exists, func, select, tuple_

from portal.config import Settings
from portal.db import reading, session
from portal.items.models import ImportedItem, Item, ItemState, Revision
from portal.outbox.models import OutboxEntry
from portal.people.audiences import PUBLIC, organisation_token, tokens_of
from portal.people.models import Person, Unit
from portal.people.remembered import remembered_people, remembered_units, with_units_below
from portal.remembering import Remembered
from portal.search import plain_search
from portal.search.analysis import folded_words, letter_numbers, normal_line, question_grams, title_key
from portal.search.batches import KIND
from portal.search.documents import Section, known_as, sections_of
from portal.search.facets import Facet, label_facets
from portal.search.finder import finder_of
from portal.search.models import SearchText
from portal.search.query import SearchQuery
from portal.search.question import NOTHING, Candidate, Concept, Found, Question, Sort
from portal.search.ranking import rerank
from portal.search.snippets import Pieces, Sought, best_passage, marked
from portal.search.weights import RERANKED, WEIGHTS, Weights

PATIENCE: Final = 0.3  # seconds a search waits for the index to have what was published before it began
POLL: Final = 0.01


@dataclass(frozen=True)
class Asker:
    """Who asks: the tokens he holds, and what they let him load."""

    tokens: frozenset[str]
    is_guest: bool = False

    @classmethod
    def of(cls, person: Person | None) -> "Asker":
        """A person, or the public when None."""
        return cls(tokens_of(person), is_guest=person is None)

    @classmethod
    def any_staff(cls, organisation_id: int) -> "Asker":
        """What every member of staff may see, whoever he is."""
        return cls(frozenset({PUBLIC, organisation_token(organisation_id)}))

    @property
    def visible(self) -> Select[Item]:
        return Item.open_to_tokens(self.tokens)


@dataclass(frozen=True)
class Line:
    """Of an item, what a line of results shows and what leads to its page."""

    id: int
    type: str
    kind: str
    title: str
    revision_number: int
    published_at: datetime
    author: Person
    unit: Unit | None
    external_id: str | None


@dataclass(frozen=True)
class Quote:
    """What is shown of an item for a question. Title and snippet come as (text, marked) pieces; `anchor` and `heading`
    name the section the snippet stands in, empty for the beginning of the page."""

    title: Pieces
    snippet: Pieces
    heading: str
    anchor: str
    also: tuple[Section, ...] = ()  # other sections that answer nearly as well


# By item, revision and question: what stands there can't change.
Quoted = Remembered[tuple[int, int, Hashable], Quote]
FOR_EVER: Final = "for ever"


@dataclass(frozen=True)
class Result:
    """One item that was found."""

    item: Line
    score: float
    quote: Quote


@dataclass(frozen=True)
class SearchResults:
    """A page of results. `total` counts all of them. `near` holds too little of the question or only what is spelt alike: it
    follows the last results under its own heading and is not counted. `is_rebuilding`: found without the index, which is
    being made."""

    query: SearchQuery
    total: int
    results: tuple[Result, ...]
    near: tuple[Result, ...]
    facets: tuple[Facet, ...]
    is_rebuilding: bool
    took_ms: float

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.query.limit))


class Search:
    """The search of one application."""

    def __init__(self, settings: Settings):
        self.finder = finder_of(settings)
        self.patience = PATIENCE
        # Each filter chosen and each page turned asks the same question of the same texts again.
        self.quoted = Quoted(most=5_000)

    def state(self) -> str:
        """`ready` or `rebuilding`."""
        return self.finder.state()


def install(app: Flask, settings: Settings) -> Callable[[], str]:
    """Give the application its search; answers what tells its state (`ready` or `rebuilding`). Opens nothing yet."""
    app.extensions["search"] = search = Search(settings)
    return search.state


def search(query: SearchQuery, person: Person | None) -> SearchResults:
    """What the person, or the public, finds."""
    return search_as(query, Asker.of(person))


def search_as(query: SearchQuery, asker: Asker, weights: Weights = WEIGHTS) -> SearchResults:
    """The same for an asker who is not one person."""
    began = time.perf_counter()
    portal_search: Search = current_app.extensions["search"]
    if asker.is_guest and query.goals:
        query = replace(query, goals=())  # plans are not open to the public
    found = None if query.is_empty else _ask(portal_search, query, asker, weights)
    if found is None:
        found = NOTHING if query.is_empty else plain_search.find(query, asker.visible)
    results, near = load(found, query, asker, portal_search.quoted)
    return SearchResults(
        query=query,
        total=max(0, found.total - (len(_page(found, query)) - len(results))),
        results=results,
        near=near,
        facets=label_facets(found.facets, query, for_guest=asker.is_guest),
        is_rebuilding=portal_search.state() != "ready",
        took_ms=(time.perf_counter() - began) * 1000,
    )


def _ask(portal_search: Search, query: SearchQuery, asker: Asker, weights: Weights) -> Found | None:
    if query.text and not query.words:
        return NOTHING
    closed = _wait_for_outbox(portal_search.patience if portal_search.state() == "ready" else 0.0, asker)
    found = portal_search.finder.find(question_of(query, asker.tokens, closed))
    if found is None or query.sort != Sort.BEST or not query.text:
        return found
    lines = _normal_lines(found.candidates[:RERANKED])
    candidates = rerank(found.candidates, normal_line(query.text), lines, weights)
    return replace(found, candidates=tuple(candidates))


def question_of(query: SearchQuery, tokens: frozenset[str], closed: frozenset[int] = frozenset()) -> Question:
    """What the engine is asked for this query by somebody who holds these tokens; `closed` is passed over."""
    return Question(
        tokens=tokens,
        concepts=tuple(Concept((word,), word) for word in query.words),
        near=folded_words(query.text),
        grams=question_grams(query.text),
        whole=title_key(query.text) if query.text else "",
        numbers=letter_numbers(query.text),
        filters=_for_index(query),
        without=closed,
        sort=Sort(query.sort) if query.text else Sort.NEWEST,
        most=max(RERANKED, query.start + query.limit),
    )


def _normal_lines(candidates: Sequence[Candidate]) -> dict[tuple[int, int], str]:
    keys = [(one.item_id, one.passage) for one in candidates]
    if not keys:
        return {}
    rows = session.connection().execute(_NORMAL, {"keys": keys})
    return {(item_id, number): normal for item_id, number, normal in rows}


_NORMAL: Final = select(SearchText.item_id, SearchText.number, SearchText.normal).where(
    tuple_(SearchText.item_id, SearchText.number).in_(bindparam("keys", expanding=True))
)


def _for_index(query: SearchQuery) -> Mapping[str, frozenset[str]]:
    """The filters as the index knows them: there an item stands under its own unit only."""
    if not query.units:
        return query.filters
    return {**query.filters, "unit": frozenset(map(str, with_units_below(query.units)))}


_NEWEST: Final = select(func.max(OutboxEntry.id)).where(OutboxEntry.kind == KIND)


def _wait_for_outbox(patience: float, asker: Asker) -> frozenset[int]:
    """Wait till the index has what was committed before now; answers the items it may still show wrongly: those whose
    change is not in it yet and that the asker may not see (any more)."""
    newest = session.scalar(_NEWEST)
    if newest is None:
        return frozenset()
    older = exists().where(OutboxEntry.kind == KIND, OutboxEntry.id <= newest)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        # In a transaction of its own: this request's own one would go on seeing the outbox as it was.
        with reading() as own:
            if not own.scalar(select(older)):
                return frozenset()
        time.sleep(POLL)
    shown = asker.visible.with_only_columns(Item.id).where(Item.state == ItemState.PUBLISHED)
    waiting = select(OutboxEntry.subject_id).where(
        OutboxEntry.kind == KIND, OutboxEntry.subject_id.is_not(None), OutboxEntry.subject_id.not_in(shown)
    )
    return frozenset(item_id for item_id in session.scalars(waiting.distinct()) if item_id is not None)


def load(
    found: Found, query: SearchQuery, asker: Asker, quoted: Quoted
) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """The results of this page in their order, and the near ones behind the last of them, as far as the asker may see them
    now, in two queries."""
    page, near = _page(found, query), _near(found, query)
    if not page and not near:
        return (), ()
    items = {item.id: item for item in _found([one.item_id for one in (*page, *near)], asker)}
    quotes = _quotes(
        [items[one.item_id] for one in page if one.item_id in items], query.text, found.weights, quoted
    )
    quotes |= _quotes(
        [items[one.item_id] for one in near if one.item_id in items],
        query.text,
        {**found.near_weights, **found.weights},
        quoted,
    )
    results, others = (
        tuple(
            Result(items[one.item_id], one.score, quotes[one.item_id]) for one in some if one.item_id in items
        )
        for some in (page, near)
    )
    return results, others


def _page(found: Found, query: SearchQuery) -> Sequence[Candidate]:
    return found.candidates[query.start : min(found.total, query.start + query.limit)]


def _near(found: Found, query: SearchQuery) -> Sequence[Candidate]:
    """What follows the last result, as far as its page has room."""
    if query.sort != Sort.BEST or query.start > found.total:
        return ()
    return found.candidates[max(found.total, query.start) : query.start + query.limit]


def _quotes(
    items: Collection[Line], question: str, weights: Mapping[str, float], quoted: Quoted
) -> dict[int, Quote]:
    """By item; only what was not quoted for this question before is read and looked through."""
    asked = (question, frozenset(weights.items()))
    keys = {(item.id, item.revision_number, asked): item for item in items}
    quotes = {key[0]: quote for key, quote in quoted.kept(FOR_EVER, keys).items()}
    new = {key: item for key, item in keys.items() if item.id not in quotes}
    if new:
        texts, sought = _texts(new.values()), Sought(weights, question)
        for key, item in new.items():
            quotes[item.id] = quoted.keep(FOR_EVER, key, _quote(item.title, texts.get(item.id, ()), sought))
    return quotes


def _quote(title: str, sections: Sequence[Section], sought: Sought) -> Quote:
    passage = best_passage([section.text for section in sections], sought)
    section = sections[passage.section] if sections and passage.worth else Section("", "", "")
    return Quote(
        title=marked(title, sought),
        snippet=passage.pieces,
        heading=section.heading,
        anchor=section.anchor,
        also=tuple(sections[other] for other in passage.also if sections[other].heading),
    )


# Put together once. The rule is Item's own.
_FOUND: Final = (
    Item.open_to_tokens(bindparam("tokens", expanding=True))
    .where(Item.id.in_(bindparam("ids", expanding=True)), Item.state == ItemState.PUBLISHED)
    .outerjoin(ImportedItem, ImportedItem.item_id == Item.id)
    .with_only_columns(
        Item.id,
        Item.type,
        Item.kind,
        Item.title,
        Item.revision_number,
        Item.published_at,
        Item.author_id,
        Item.unit_id,
        ImportedItem.external_id,
    )
)


def _found(ids: Collection[int], asker: Asker) -> Iterator[Line]:
    """Those of the items that are published and open to the asker now."""
    rows = session.connection().execute(_FOUND, {"ids": list(ids), "tokens": list(asker.tokens)}).all()
    people, units = remembered_people({row.author_id for row in rows}), remembered_units()
    for row in rows:
        yield Line(
            row.id,
            row.type,
            known_as(row.kind, row.type),
            row.title,
            row.revision_number,
            row.published_at,
            people[row.author_id],
            units.get(row.unit_id),
            row.external_id,
        )


def _texts(items: Iterable[Line]) -> dict[int, Sequence[Section]]:
    """The sections of each item's newest revision: as kept, or read from the revision when that was not kept yet."""
    newest = {item.id: item.revision_number for item in items}
    texts: dict[int, list[Section]] = {}
    kept = select(
        SearchText.item_id,
        SearchText.revision_number,
        SearchText.heading,
        SearchText.anchor,
        SearchText.text,
    ).where(SearchText.item_id.in_(newest))
    for item_id, revision, *section in session.execute(kept.order_by(SearchText.item_id, SearchText.number)):
        if revision == newest[item_id]:
            texts.setdefault(item_id, []).append(Section(*section))
    late = newest.keys() - texts.keys()
    if not late:
        return dict(texts)
    read = session.execute(
        select(Revision.item_id, Revision.text)
        .join(Item, Item.id == Revision.item_id)
        .where(Item.id.in_(late), Revision.number == Item.revision_number)
    )
    return {**texts, **{item_id: sections_of(text) for item_id, text in read}}
