"""One search from question to answer: wait for what was just published, ask the engine, load the page's items.

The engine filters by the asker's tokens; the items are then loaded through the same rule once more, so that an index that
lags behind the database shows nothing that is closed by now.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import Flask, current_app
from sqlalchemy import exists, func, select

from portal.config import Settings
from portal.db import reading, session
from portal.items.models import Item, ItemState, Post
from portal.outbox.models import OutboxEntry
from portal.people.models import Person
from portal.search import plain_search
from portal.search.absent import NOTHING_ABSENT, Absent, absent_of
from portal.search.analysis import normal_line
from portal.search.batches import BATCH, KIND
from portal.search.did_you_mean import (
    Spellings,
    suggest_other_reading,
    suggest_spelling,
    suggest_year,
)
from portal.search.documents import is_read_by_all
from portal.search.facets import Facet, label_facets
from portal.search.filtering import understand
from portal.search.finder import finder_of
from portal.search.liking import liking
from portal.search.query import SearchQuery
from portal.search.question import NOTHING, Candidate, Found, IndexWord, Question, Sort
from portal.search.ranking import rerank
from portal.search.reading import Reader, expansions, kept_lines
from portal.search.results import Asker, Line, Quoted, Result, items_of, load, page_of_candidates
from portal.search.thesaurus import Thesaurus
from portal.search.thesaurus_versions import the_thesaurus
from portal.search.weights import RERANKED, WEIGHTS, Weights

PATIENCE: Final = 0.3  # seconds a search waits for the index to have what was published before it began
POLL: Final = 0.01


@dataclass(frozen=True)
class SearchResults:
    """A page of results. `total` counts all of them. `near` holds too little of the question or only what is spelt alike: it
    follows the last results under its own heading and is not counted. `is_rebuilding`: found without the index, which is
    being made. `expanded` says what else was looked for: (as typed, what it also means). `did_you_mean` is another question
    that would find something. `phrases_apart`: nothing holds the phrases, so they were looked for word by word.
    `only_spelt_alike`: nothing holds a typed word, the results hold words that differ in tones and the like. `absent`: what of
    the question stands in nothing that the asker may see, while the rest of it led to something."""

    query: SearchQuery
    total: int
    results: tuple[Result, ...]
    near: tuple[Result, ...]
    facets: tuple[Facet, ...]
    is_rebuilding: bool
    took_ms: float
    expanded: tuple[tuple[str, str], ...] = ()
    did_you_mean: str | None = None
    phrases_apart: bool = False
    only_spelt_alike: bool = False
    absent: Absent = NOTHING_ABSENT

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
        self._spellings: tuple[tuple[IndexWord, ...], Spellings] = ((), Spellings(()))

    def state(self) -> str:
        """`ready` or `rebuilding`."""
        return self.finder.state()

    def spellings(self) -> Spellings:
        """The words of the index as the finder last read them, whoever may see them: on PostgreSQL up to a minute ago."""
        terms, spellings = self._spellings
        lexicon = self.finder.lexicon() or ()
        if lexicon is not terms:
            spellings = Spellings(lexicon)
            self._spellings = lexicon, spellings
        return spellings


def install(app: Flask, settings: Settings) -> Callable[[], str]:
    """Give the application its search; answers what tells its state (`ready` or `rebuilding`). Opens nothing yet."""
    app.extensions["search"] = search = Search(settings)
    return search.state


def the_search() -> Search:
    """The search of the running application."""
    search: Search = current_app.extensions["search"]
    return search


def search(query: SearchQuery, person: Person | None) -> SearchResults:
    """What the person, or the public, finds."""
    return search_as(query, Asker.of(person))


def found_items(query: SearchQuery, asker: Asker, *, near_too: bool = False) -> tuple[Line, ...]:
    """The items of the question's page that the asker finds: without their texts, which cost most.
    `near_too`: also those that only hold what is spelt alike."""
    asking = _Asking(the_search(), query, asker, the_thesaurus(), WEIGHTS, patience=0.0)
    found = asking.found()
    page = found.candidates[: query.limit] if near_too else page_of_candidates(found, asking.query)
    items = items_of(page, asking.asker)
    return tuple(items[one.item_id] for one in page if one.item_id in items)


def search_as(
    query: SearchQuery, asker: Asker, *, thesaurus: Thesaurus | None = None, weights: Weights = WEIGHTS
) -> SearchResults:
    """The same for an asker who is not one person; `thesaurus`: read with this one instead of the one that holds."""
    began = time.perf_counter()
    asking = _Asking(the_search(), query, asker, thesaurus or the_thesaurus(), weights)
    found, query = asking.found(), asking.query
    results, near = load(found, query, asker, asking.search.quoted)
    meant = asking.other_reading()
    return SearchResults(
        query=query,
        total=max(0, found.total - (len(page_of_candidates(found, query)) - len(results))),
        results=results,
        near=near,
        facets=label_facets(found.facets, query, asker.tokens, for_guest=asker.is_guest),
        is_rebuilding=asking.without_index,
        expanded=expansions(asking.question.concepts, asking.reader.thesaurus)
        if asking.question and (found.total or near)
        else (),
        did_you_mean=meant,
        absent=asking.absent(meant, found) if results or near else NOTHING_ABSENT,
        only_spelt_alike=bool(found.total and not found.weights and found.near_weights),
        phrases_apart=asking.question is not None and asking.question.phrases_apart,
        took_ms=(time.perf_counter() - began) * 1000,
    )


class _Asking:
    """One question on its way."""

    def __init__(
        self,
        search: Search,
        query: SearchQuery,
        asker: Asker,
        thesaurus: Thesaurus,
        weights: Weights,
        patience: float | None = None,
    ):
        if asker.is_guest:
            # plans, names and communities are not open to the public
            query = replace(query, goals=(), authors=(), communities=())
        self.search, self.asker, self.weights = search, asker, weights
        self.query = understand(query, asker.tokens)
        self._patience = search.patience if patience is None else patience
        self.question: Question | None = None
        self.without_index = False
        self.reader = Reader(search.finder, asker.tokens, thesaurus, weights)
        # Words that were asked for: in how many passages that the asker may see each stands.
        self._seen: dict[str, int] = {}

    def found(self) -> Found:
        query = self.query
        if query.is_empty or query.says_nothing:
            return NOTHING
        found = self._from_index()
        if found is not None:
            return found
        self.without_index = True
        return plain_search.find(query, self.asker)

    def _from_index(self) -> Found | None:
        patience = self._patience if self.search.state() == "ready" else 0.0
        closed, hidden = _wait_for_outbox(patience, self.asker)
        self.question = question = self.reader.question(self.query, closed, hidden)
        found = self.search.finder.find(question) if question is not None else None
        if found is None or question is None:
            return None
        if self.query.sort == "title":
            return replace(found, candidates=_by_title(found.candidates[: found.total]))
        if question.sort != Sort.BEST:
            return found
        first = found.candidates[:RERANKED]
        kept = kept_lines([one.place for one in first])
        lines = {place: line for place, (line, _) in kept.items()}
        readers = {place.item_id: readers for place, (_, readers) in kept.items()}
        liked = {one.item_id: liking(one.published, readers.get(one.item_id, 0)) for one in first}
        candidates = rerank(found.candidates, normal_line(self.query.sought), lines, self.weights, liked)
        return replace(found, candidates=tuple(candidates))

    def other_reading(self) -> str | None:
        """Another question that may have been meant where a typed word stands nowhere that the asker may see: a word of closed
        items is to him as one that nobody wrote."""
        text, words = self.query.text, self.query.words
        if not text or self.without_index:
            return None
        known = self._visible(words)
        # ข lies on the key of the minus: a word that begins with it seems to be one that may not occur.
        if known is None or (words and known.keys() >= set(words)):
            return None

        def holds(words: Sequence[str]) -> list[int]:
            visible = self._visible(words) or {}
            return [visible.get(word, 0) for word in words]

        other = suggest_year(text, holds) or suggest_other_reading(text, holds)
        if other is not None or not words:
            return other
        return suggest_spelling(text, holds, self.search.spellings)

    def absent(self, meant: str | None, found: Found) -> Absent:
        """What stands nowhere; of a question that seems misspelt what would stand nowhere rightly spelt, too."""
        if self.question is None:
            return NOTHING_ABSENT
        query = replace(self.query, text=meant, understood=()) if meant else self.query
        concepts = self.reader.concepts(query) if meant else self.question.concepts
        return absent_of(
            query.sought,
            concepts,
            self._visible,
            lambda word: self.reader.stands_otherwise_cut(word, self.search.spellings().within),
            found.near_weights,
        )

    def _visible(self, words: Sequence[str]) -> dict[str, int] | None:
        """Those of the words that stand in something that the asker may see, with the number of its passages; None without an
        index. Each is asked for once."""
        new = [word for word in dict.fromkeys(words) if word not in self._seen]
        if new or not words:
            visible = self.search.finder.visible_words(new, self.asker.tokens)
            if visible is None:
                return None
            self._seen |= {word: visible.get(word, 0) for word in new}
        return {word: self._seen[word] for word in words if self._seen[word]}


def _by_title(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """In the order of their titles."""
    by_id = {one.item_id: one for one in candidates}
    ordered = session.scalars(select(Item.id).where(Item.id.in_(by_id)).order_by(Item.sort_key, Item.id))
    return tuple(by_id[item_id] for item_id in ordered)


_WAITING: Final = select(func.max(OutboxEntry.id), func.count()).where(OutboxEntry.kind == KIND)


def _wait_for_outbox(patience: float, asker: Asker) -> tuple[frozenset[int], frozenset[int]]:
    """Wait till the index has what was committed before now; answers the items it may still show wrongly (those whose
    change is not in it yet and that the asker may not see, any more), and the posts that were hidden and stand in it still. While more waits than a batch takes, only the newest
    is waited for, which goes before the others."""
    newest, waiting = session.execute(_WAITING).one()
    if not waiting:
        return frozenset(), frozenset()
    many = waiting > BATCH
    awaited = exists().where(
        OutboxEntry.kind == KIND, OutboxEntry.id == newest if many else OutboxEntry.id <= newest
    )
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        # In a transaction of its own: this request's own one would go on seeing the outbox as it was.
        with reading() as own:
            if not own.scalar(select(awaited)):
                if many:
                    break
                return frozenset(), frozenset()
        time.sleep(POLL)
    shown = asker.visible.where(Item.id == OutboxEntry.subject_id, Item.state == ItemState.PUBLISHED)
    changed = select(OutboxEntry.subject_id).where(
        OutboxEntry.kind == KIND,
        OutboxEntry.subject_id.is_not(None),
        ~shown.with_only_columns(Item.id).correlate(OutboxEntry).exists(),
    )
    hidden = select(Post.id).where(
        Post.id.in_(
            select(OutboxEntry.details["post"].as_integer()).where(
                OutboxEntry.kind == KIND, OutboxEntry.details["post"].as_integer().is_not(None)
            )
        ),
        ~is_read_by_all(),
    )
    closed = frozenset(item_id for item_id in session.scalars(changed.distinct()) if item_id is not None)
    return closed, frozenset(session.scalars(hidden))
