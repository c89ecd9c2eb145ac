"""What is shown of the items that were found: who may see them is asked once more, then their best passages are quoted."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, select

from portal.db import session
from portal.items.models import ImportedItem, Item, ItemState, Post, Revision
from portal.people.audiences import PUBLIC, organisation_token, tokens_of
from portal.people.models import Person, Unit
from portal.people.remembered import remembered_people, remembered_units
from portal.remembering import Remembered
from portal.search.documents import Section, is_read_by_all, known_as, sections_of
from portal.search.models import SearchText
from portal.search.query import SearchQuery
from portal.search.question import Candidate, Found, Sort
from portal.search.snippets import Pieces, Sought, best_passage, marked


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
class Said:
    """A post in which something was found, as it is now."""

    id: int
    number: int
    version: int
    author: Person


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
    said: Said | None = None  # the post on it by whose words it was found

    @property
    def takes_comments(self) -> bool:
        return self.type != "thread"


@dataclass(frozen=True)
class Quote:
    """What is shown of an item for a question. Title and snippet come as (text, marked) pieces; `anchor` and `heading`
    name the section the snippet stands in, empty for the beginning of the page. `post`: the number of the reply or comment
    that it stands in, `by` whom it is."""

    title: Pieces
    snippet: Pieces
    heading: str
    anchor: str
    also: tuple[Section, ...] = ()  # other sections that answer nearly as well
    post: int | None = None
    by: str = ""


# By item, revision (of a post: itself and its version) and question: what stands there can't change.
Quoted = Remembered[tuple[int, int, int, Hashable], Quote]
FOR_EVER: Final = "for ever"


@dataclass(frozen=True)
class Result:
    """One item that was found."""

    item: Line
    score: float
    quote: Quote


def load(
    found: Found, query: SearchQuery, asker: Asker, quoted: Quoted
) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """The results of this page in their order, and the near ones behind the last of them, as far as the asker may see them
    now, in three queries at most."""
    page, near = page_of_candidates(found, query), _near(found, query)
    if not page and not near:
        return (), ()
    items = items_of([*page, *near], asker)
    everything = {**found.near_weights, **found.weights}
    return (
        _results(page, items, query.sought, found.weights or found.near_weights, quoted),
        _results(near, items, query.sought, everything, quoted),
    )


def items_of(candidates: Iterable[Candidate], asker: Asker) -> dict[int, Line]:
    """Those of the items that are published and open to the asker now, by id. What was found in a post that is hidden by now,
    or stands elsewhere, is not found."""
    by_id = {one.item_id: one.post_id for one in candidates}
    said = _said({post_id: item_id for item_id, post_id in by_id.items() if post_id})
    return {
        line.id: replace(line, said=said.get(by_id[line.id]))
        for line in _lines(by_id, asker)
        if not by_id[line.id] or by_id[line.id] in said
    }


def page_of_candidates(found: Found, query: SearchQuery) -> Sequence[Candidate]:
    return found.candidates[query.start : min(found.total, query.start + query.limit)]


def _near(found: Found, query: SearchQuery) -> Sequence[Candidate]:
    """What follows the last result, as far as its page has room."""
    if query.sort != Sort.BEST or query.start > found.total:
        return ()
    return found.candidates[max(found.total, query.start) : query.start + query.limit]


def _results(
    candidates: Iterable[Candidate],
    items: Mapping[int, Line],
    question: str,
    weights: Mapping[str, float],
    quoted: Quoted,
) -> tuple[Result, ...]:
    seen = [one for one in candidates if one.item_id in items]
    # ว alone would mark half a page.
    told = {word: weight for word, weight in weights.items() if len(word) > 1}
    quotes = _quotes([items[one.item_id] for one in seen], question, told or weights, quoted)
    return tuple(Result(items[one.item_id], one.score, quotes[one.item_id]) for one in seen)


def _quotes(
    found: Collection[Line], question: str, weights: Mapping[str, float], quoted: Quoted
) -> dict[int, Quote]:
    """By item; only what was not quoted for this question before is read and looked through."""
    asked = (question, frozenset(weights.items()))
    keys = {
        (item.id, item.revision_number, 0, asked)
        if item.said is None
        else (item.id, item.said.version, item.said.id, (item.said.number, *asked)): item
        for item in found
    }
    quotes = {key[0]: quote for key, quote in quoted.kept(FOR_EVER, keys).items()}
    new = {key: one for key, one in keys.items() if key[0] not in quotes}
    if new:
        texts = _texts(item for item in new.values() if item.said is None)
        posts = _texts_of_posts([item.said for item in new.values() if item.said is not None])
        sought = Sought(weights, question)
        for key, item in new.items():
            if item.said is None:
                quote = _quote(item.title, texts.get(item.id, ()), sought)
            else:
                quote = _quote_of_post(item.title, item.said, posts.get(item.said.id, ()), sought)
            quotes[item.id] = quoted.keep(FOR_EVER, key, quote)
    return quotes


def _quote_of_post(title: str, post: Said, sections: Sequence[Section], sought: Sought) -> Quote:
    passage = best_passage([section.text for section in sections], sought)
    return Quote(
        title=marked(title, sought),
        snippet=passage.pieces,
        heading="",
        anchor=f"post-{post.number}",
        post=post.number,
        by=post.author.name,
    )


def _quote(title: str, sections: Sequence[Section], sought: Sought) -> Quote:
    passage = best_passage([section.text for section in sections], sought)
    section = sections[passage.section] if sections and passage.worth else Section("", "", "")
    return Quote(
        title=marked(title, sought),
        snippet=passage.pieces,
        heading=section.heading,
        anchor=section.anchor,
        also=_others(section, [sections[other] for other in passage.also]),
    )


def _others(section: Section, others: Iterable[Section]) -> tuple[Section, ...]:
    """Sections beside this one, each once though it may be long enough for several passages."""
    found = {other.anchor: other for other in others if other.heading and other.anchor != section.anchor}
    return tuple(found.values())


# Put together once. The rule is Item's own. The state is looked at afterwards: SQLite would go through all that is published.
_FOUND: Final = (
    Item.open_to_tokens(bindparam("tokens", expanding=True))
    .where(Item.id.in_(bindparam("ids", expanding=True)))
    .outerjoin(ImportedItem, ImportedItem.item_id == Item.id)
    .with_only_columns(
        Item.id,
        Item.type,
        Item.kind,
        Item.state,
        Item.title,
        Item.revision_number,
        Item.published_at,
        Item.author_id,
        Item.unit_id,
        ImportedItem.external_id,
    )
)


def _lines(ids: Collection[int], asker: Asker) -> Iterator[Line]:
    """Those of the items that are published and open to the asker now."""
    found = session.connection().execute(_FOUND, {"ids": list(ids), "tokens": list(asker.tokens)}).all()
    rows = [row for row in found if row.state == ItemState.PUBLISHED]
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


_SECTIONS: Final = (
    select(
        SearchText.item_id,
        SearchText.revision_number,
        SearchText.heading,
        SearchText.anchor,
        SearchText.text,
    )
    .where(SearchText.item_id.in_(bindparam("ids", expanding=True)), SearchText.post_id == 0)
    .order_by(SearchText.item_id, SearchText.number)
)


def _texts(items: Iterable[Line]) -> dict[int, Sequence[Section]]:
    """The sections of each item's newest revision: as kept, or read from the revision when that was not kept yet."""
    newest = {item.id: item.revision_number for item in items}
    if not newest:
        return {}
    texts: dict[int, list[Section]] = {}
    for item_id, revision, *section in session.connection().execute(_SECTIONS, {"ids": list(newest)}).all():
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


def _said(posts: Mapping[int, int]) -> dict[int, Said]:
    """The posts (id → item) that still stand there for all who read the item, by id."""
    if not posts:
        return {}
    rows = session.execute(
        select(Post.id, Post.item_id, Post.number, Post.version, Post.author_id).where(
            Post.id.in_(posts), is_read_by_all()
        )
    ).all()
    people = remembered_people({row.author_id for row in rows})
    return {
        row.id: Said(row.id, row.number, row.version, people[row.author_id])
        for row in rows
        if posts[row.id] == row.item_id
    }


def _texts_of_posts(posts: Collection[Said]) -> dict[int, Sequence[Section]]:
    """The sections of each post: as kept, or read from it when they were not kept yet."""
    if not posts:
        return {}
    newest = {post.id: post.version for post in posts}
    texts: dict[int, list[Section]] = {}
    kept = select(
        SearchText.post_id, SearchText.revision_number, SearchText.heading, SearchText.anchor, SearchText.text
    ).where(SearchText.post_id.in_(newest))
    for post_id, version, *section in session.execute(kept.order_by(SearchText.post_id, SearchText.number)):
        if version == newest[post_id]:
            texts.setdefault(post_id, []).append(Section(*section))
    late = newest.keys() - texts.keys()
    read = session.execute(select(Post.id, Post.text).where(Post.id.in_(late))) if late else ()
    return {**texts, **{post_id: sections_of(text) for post_id, text in read}}
