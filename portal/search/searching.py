"""One search from question to answer: wait for what was just published, ask the engine, load the page's items.

The engine filters by the asker's tokens; the items are then loaded through the same rule once more, so that an index that
lags behind the database shows nothing that is closed by now.
"""

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog
from flask import Flask, current_app
from sqlalchemy import Select, bindparam, exists, func, select

from portal.config import Settings
from portal.db import reading, session
from portal.items.models import ImportedItem, Item, ItemState, Revision
from portal.outbox.models import OutboxEntry
from portal.people.audiences import PUBLIC, organisation_token, tokens_of
from portal.people.models import Person, Unit
from portal.people.remembered import remembered_people, remembered_units, with_units_below
from portal.remembering import Remembered
from portal.search import plain_search
from portal.search.batches import KIND
from portal.search.did_you_mean import suggest_other_reading
from portal.search.documents import Section, known_as, sections_of
from portal.search.engine import Engine, Hits, Question
from portal.search.facets import Facet, label_facets
from portal.search.filtering import understand
from portal.search.index import Index
from portal.search.models import SearchText
from portal.search.query import SearchQuery
from portal.search.snippets import Pieces, Sought, best_passage, marked

PATIENCE: Final = 0.3  # seconds a search waits for the index to have what was published before it began
POLL: Final = 0.01

log = structlog.get_logger()


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
class Found:
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

    item: Found
    score: float
    quote: Quote


@dataclass(frozen=True)
class SearchResults:
    """A page of results. `total` counts all of them; `is_rebuilding`: found without the index, which is being made.

    `near` are results for words that are only spelt alike, which nothing counts. `expanded` says what else was looked for:
    (as typed, what it also means). `did_you_mean` is another question that would find something.
    """

    query: SearchQuery
    total: int
    results: tuple[Result, ...]
    facets: tuple[Facet, ...]
    is_rebuilding: bool
    took_ms: float
    near: tuple[Result, ...] = ()
    expanded: tuple[tuple[str, str], ...] = ()
    did_you_mean: str | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.query.limit))


class Search:
    """The search of one application: its index as this process reads it."""

    def __init__(self, settings: Settings):
        self.index = Index(settings.search_index_dir)
        self.patience = PATIENCE
        # Each filter chosen and each page turned asks the same question of the same texts again.
        self.quoted = Quoted(most=5_000)
        self._engine = Engine()

    def state(self) -> str:
        """`ready` or `rebuilding`."""
        return self.index.state

    def hits(self, question: Question) -> Hits | None:
        """The engine's answer; None while there is no index that can be read."""
        path = self.index.serving
        for attempt in (1, 2):
            if path is None:
                return None
            try:
                return self._engine.search(path, question)
            except Exception as error:
                # Whoosh meets a damaged file with any exception. Opened afresh it fails again or it was replaced just now.
                self._engine.forget()
                tried, path = path, self.index.serving
                if attempt == 2 and path == tried:
                    log.error("the search index can't be read and is built anew", reason=repr(error))
                    self.index.report_broken(path)
        return None


def install(app: Flask, settings: Settings) -> Callable[[], str]:
    """Give the application its search; answers what tells its state (`ready` or `rebuilding`). Opens nothing yet."""
    app.extensions["search"] = search = Search(settings)
    return search.state


def search(query: SearchQuery, person: Person | None) -> SearchResults:
    """What the person, or the public, finds."""
    return search_as(query, Asker.of(person))


def found_items(query: SearchQuery, person: Person | None) -> tuple[Found, ...]:
    """The items of the question's page that the person, or the public, finds: without their texts, which cost most."""
    engine: Search = current_app.extensions["search"]
    asker = Asker.of(person)
    query = _understood(query, asker)
    found = None if query.is_empty else _ask(engine, query, asker)
    hits = found if found is not None else _without_index(query, asker)
    items = {item.id: item for item in _found([hit.item_id for hit in hits.hits], asker)}
    return tuple(items[hit.item_id] for hit in hits.hits if hit.item_id in items)


def search_as(query: SearchQuery, asker: Asker) -> SearchResults:
    """The same for an asker who is not one person."""
    began = time.perf_counter()
    engine: Search = current_app.extensions["search"]
    query = _understood(query, asker)
    found = None if query.is_empty else _ask(engine, query, asker)
    hits = found if found is not None else _without_index(query, asker)
    results = load(hits, query.sought, asker, engine.quoted)
    return SearchResults(
        query=query,
        total=max(0, hits.total - (len(hits.hits) - len(results))),
        results=results,
        facets=label_facets(hits.facets, query, for_guest=asker.is_guest),
        is_rebuilding=engine.state() != "ready",
        took_ms=(time.perf_counter() - began) * 1000,
        did_you_mean=_meant(engine, query, asker) if query.sought and not hits.total else None,
    )


def _meant(engine: Search, query: SearchQuery, asker: Asker) -> str | None:
    """Another question that finds something where this one finds nothing, of words that the asker may see."""

    def holds(words: Sequence[str]) -> list[bool]:
        answers = (engine.hits(Question(words=[word], tokens=asker.tokens, count=1)) for word in words)
        return [answer is not None and answer.total > 0 for answer in answers]

    return suggest_other_reading(query.text, holds)


def _understood(query: SearchQuery, asker: Asker) -> SearchQuery:
    if asker.is_guest:
        query = replace(query, goals=(), authors=())  # plans and names are not open to the public
    return understand(query, asker.tokens)


def _ask(engine: Search, query: SearchQuery, asker: Asker) -> Hits | None:
    if query.phrases or query.without or query.sort in ("oldest", "title"):
        return None  # the engine knows none of these
    if query.sought and not query.words:
        return Hits(0, (), {}, {})
    closed = _wait_for_outbox(engine.patience if engine.state() == "ready" else 0.0, asker)
    return engine.hits(
        Question(
            words=query.words,
            tokens=asker.tokens,
            filters=_for_index(query),
            without=closed,
            newest_first=query.sort == "newest" or not query.sought,
            start=query.start,
            count=query.limit,
        )
    )


def _for_index(query: SearchQuery) -> Mapping[str, frozenset[str]]:
    """The filters as the index knows them: there an item stands under its own unit only."""
    filters = query.filters
    if "unit" in filters:
        below = with_units_below(frozenset(map(int, filters["unit"])))
        filters["unit"] = frozenset(map(str, below))
    return filters


def _without_index(query: SearchQuery, asker: Asker) -> Hits:
    return Hits(0, (), {}, {}) if query.is_empty else plain_search.find(query, asker.visible)


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


def load(found: Hits, question: str, asker: Asker, quoted: Quoted) -> tuple[Result, ...]:
    """The results of these hits in their order, as far as the asker may see them now, in two queries."""
    if not found.hits:
        return ()
    items = {item.id: item for item in _found([hit.item_id for hit in found.hits], asker)}
    quotes = _quotes(items.values(), question, found.weights, quoted)
    return tuple(
        Result(items[hit.item_id], hit.score, quotes[hit.item_id])
        for hit in found.hits
        if hit.item_id in items
    )


def _quotes(
    items: Collection[Found], question: str, weights: Mapping[str, float], quoted: Quoted
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


def _found(ids: Collection[int], asker: Asker) -> Iterator[Found]:
    """Those of the items that are published and open to the asker now."""
    rows = session.connection().execute(_FOUND, {"ids": list(ids), "tokens": list(asker.tokens)}).all()
    people, units = remembered_people({row.author_id for row in rows}), remembered_units()
    for row in rows:
        yield Found(
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


def _texts(items: Iterable[Found]) -> dict[int, Sequence[Section]]:
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
