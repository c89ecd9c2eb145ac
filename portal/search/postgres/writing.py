"""Writing one generation of the index in PostgreSQL. Whoever writes holds the lock for it; nothing here commits, so that what
is written and the outbox rows that asked for it change in one moment."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    SmallInteger,
    TableValuedAlias,
    bindparam,
    case,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from portal.db import insert_into
from portal.search.analysis import analyse, grams, title_key
from portal.search.documents import Document
from portal.search.postgres.models import (
    IndexAudience,
    IndexEntry,
    IndexFacets,
    IndexFrequency,
    IndexPosting,
    IndexTerm,
    IndexToken,
)
from portal.thai.folding import fold

MOST: Final = 32_767  # what a column of the postings can hold; no passage comes near it
LENGTHS: Final = ("passages", "title_length", "text_length", "gram_length")
TermKey = tuple[bool, str]  # is it a letter group, the word


@dataclass(frozen=True)
class Read:
    """A document as the index takes it in."""

    document: Document
    title: Counter[str]
    texts: list[Counter[str]]
    grams: Counter[str]

    @classmethod
    def of(cls, document: Document) -> "Read":
        texts = [Counter(analyse(text)) for text in document.passages]
        return cls(document, Counter(analyse(document.title)), texts, Counter(grams(document.title)))

    @property
    def key(self) -> tuple[int, int]:
        return self.document.item_id, self.document.post_id

    @property
    def letters(self) -> Counter[str]:
        """The letter groups of the title: with a post they do not stand, by its title an item is found once."""
        return Counter() if self.document.post_id else self.grams

    @property
    def terms(self) -> set[TermKey]:
        words = {word for text in (self.title, *self.texts) for word in text}
        return {(False, word) for word in words} | {(True, gram) for gram in self.letters}

    @property
    def lengths(self) -> dict[str, int]:
        """For LENGTHS."""
        passages = len(self.texts)
        return {
            "passages": passages,
            "title_length": self.title.total() * passages,
            "text_length": sum(text.total() for text in self.texts),
            "gram_length": self.grams.total() * passages,
        }


def write(
    own: Session,
    generation_id: int,
    documents: Iterable[Document],
    replaced: Collection[int] = (),
    replaced_posts: Collection[int] = (),
    *,
    own_texts_only: bool = False,
) -> None:
    """Put documents into the generation and take out what stood there of the items `replaced`, with all that is said on them
    (`own_texts_only`: without that), and of the posts `replaced_posts`."""
    if replaced:
        theirs = IndexEntry.item_id.in_(replaced)
        _take_out(own, generation_id, theirs & (IndexEntry.post_id == 0) if own_texts_only else theirs)
    if replaced_posts:
        _take_out(own, generation_id, IndexEntry.post_id.in_(replaced_posts))
    read = [Read.of(document) for document in documents]
    if read:
        _put_in(own, generation_id, read)


def _take_out(own: Session, generation_id: int, which: ColumnElement[bool]) -> None:
    old = own.execute(
        delete(IndexEntry)
        .where(IndexEntry.generation_id == generation_id, which)
        .returning(IndexEntry.id, IndexEntry.audience_id, *(getattr(IndexEntry, name) for name in LENGTHS))
    ).all()
    if not old:
        return
    entries = lists(
        id=(Integer(), [row.id for row in old]),
        audience_id=(Integer(), [row.audience_id for row in old]),
        passages=(Integer(), [row.passages for row in old]),
    )
    gone = (
        delete(IndexPosting)
        .where(IndexPosting.entry_id == entries.c.id)
        .returning(
            IndexPosting.term_id,
            IndexPosting.in_title,
            IndexPosting.in_text,
            entries.c.audience_id,
            entries.c.passages,
        )
        .cte("gone")
    )
    # A letter group stands with the first passage and counts for all of them.
    times = case((IndexTerm.is_gram, gone.c.passages), else_=1)
    fewer = (
        select(
            gone.c.term_id,
            gone.c.audience_id,
            func.sum(case((gone.c.in_title > 0, times), else_=0)).label("in_titles"),
            func.sum(case((gone.c.in_text > 0, 1), else_=0)).label("in_texts"),
        )
        .join(IndexTerm, IndexTerm.id == gone.c.term_id)
        .group_by(gone.c.term_id, gone.c.audience_id)
        .subquery()
    )
    own.execute(
        update(IndexFrequency)
        .where(IndexFrequency.term_id == fewer.c.term_id, IndexFrequency.audience_id == fewer.c.audience_id)
        .values(
            in_titles=IndexFrequency.in_titles - fewer.c.in_titles,
            in_texts=IndexFrequency.in_texts - fewer.c.in_texts,
        )
        .execution_options(synchronize_session=False)
    )
    _add_totals(own, ((row.audience_id, {name: -getattr(row, name) for name in LENGTHS}) for row in old))


def _put_in(own: Session, generation_id: int, read: Sequence[Read]) -> None:
    terms = _numbers_of_terms(own, generation_id, {key for one in read for key in one.terms})
    audiences = _numbers_of_audiences(own, generation_id, {one.document.audience for one in read})
    facets = _numbers_of_facets(own, generation_id, {_facets(one.document) for one in read})
    entries = own.execute(
        insert(IndexEntry).returning(IndexEntry.item_id, IndexEntry.post_id, IndexEntry.id),
        [
            {
                "generation_id": generation_id,
                "item_id": one.document.item_id,
                "post_id": one.document.post_id,
                "published": one.document.published,
                "whole": "" if one.document.post_id else title_key(one.document.title),
                "audience_id": audiences[one.document.audience],
                "facets_id": facets[_facets(one.document)],
                "digest": one.document.digest,
                **one.lengths,
            }
            for one in read
        ],
    )
    numbers: dict[tuple[int, int], int] = {(row.item_id, row.post_id): row.id for row in entries}
    rows: list[tuple[int, ...]] = []
    frequencies: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for one in read:
        entry, audience = numbers[one.key], audiences[one.document.audience]
        long = one.title.total()
        for passage, words in enumerate(one.texts):
            for word in {**one.title, **words}:
                term, in_title, in_text = terms[False, word], one.title[word], words[word]
                rows.append((term, entry, passage, in_title, in_text, long, words.total()))
                stands = frequencies[term, audience]
                stands[0] += in_title > 0
                stands[1] += in_text > 0
        for gram, times in one.letters.items():
            term = terms[True, gram]
            rows.append((term, entry, 0, times, 0, one.grams.total(), 0))
            frequencies[term, audience][0] += len(one.texts)
    _insert_postings(own, rows)
    _add_frequencies(own, frequencies)
    _add_totals(own, ((audiences[one.document.audience], one.lengths) for one in read))


def _numbers_of_terms(own: Session, generation_id: int, keys: set[TermKey]) -> dict[TermKey, int]:
    """Terms that are new get their numbers. Nobody else writes meanwhile."""
    wanted = sorted(keys)
    asked = lists(
        is_gram=(Boolean(), [key[0] for key in wanted]),
        word=(IndexTerm.word.type, [key[1] for key in wanted]),
    )
    known = own.execute(
        select(IndexTerm.id, IndexTerm.is_gram, IndexTerm.word).where(
            IndexTerm.generation_id == generation_id,
            tuple_(IndexTerm.is_gram, IndexTerm.word).in_(select(asked.c.is_gram, asked.c.word)),
        )
    )
    numbers: dict[TermKey, int] = {(is_gram, word): number for number, is_gram, word in known}
    new = [key for key in wanted if key not in numbers]
    if new:
        given = lists(
            is_gram=(Boolean(), [is_gram for is_gram, _ in new]),
            word=(IndexTerm.word.type, [word for _, word in new]),
            folded=(IndexTerm.word.type, [None if is_gram else fold(word) for is_gram, word in new]),
        )
        rows = select(literal(generation_id), given)
        made = own.execute(
            insert(IndexTerm)
            .from_select(["generation_id", "is_gram", "word", "folded"], rows)
            .returning(IndexTerm.id, IndexTerm.is_gram, IndexTerm.word)
        )
        numbers |= {(is_gram, word): number for number, is_gram, word in made}
    return numbers


def _numbers_of_audiences(
    own: Session, generation_id: int, audiences: Collection[tuple[str, ...]]
) -> dict[tuple[str, ...], int]:
    """Audiences that are new get their numbers and tokens."""
    by_digest = {_digest(json.dumps(sorted(tokens))): tokens for tokens in audiences}
    numbers, made = _numbers_of(own, IndexAudience, generation_id, {digest: {} for digest in by_digest})
    tokens = [
        {"audience_id": numbers[digest], "token": token}
        for digest in made
        for token in set(by_digest[digest])
    ]
    if tokens:
        own.execute(insert(IndexToken), tokens)
    return {tokens: numbers[digest] for digest, tokens in by_digest.items()}


def _numbers_of_facets(own: Session, generation_id: int, contents: Collection[str]) -> dict[str, int]:
    by_digest = {_digest(content): content for content in contents}
    numbers, _ = _numbers_of(
        own, IndexFacets, generation_id, {digest: {"content": one} for digest, one in by_digest.items()}
    )
    return {content: numbers[digest] for digest, content in by_digest.items()}


def _numbers_of(
    own: Session,
    model: type[IndexAudience] | type[IndexFacets],
    generation_id: int,
    wanted: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, int], list[str]]:
    """The numbers of rows by their digests, and which of them were made just now, of the values given."""
    known = own.execute(
        select(model.digest, model.id).where(model.generation_id == generation_id, model.digest.in_(wanted))
    )
    numbers: dict[str, int] = {row.digest: row.id for row in known}
    new = [digest for digest in wanted if digest not in numbers]
    if new:
        rows = [{"generation_id": generation_id, "digest": digest, **wanted[digest]} for digest in new]
        made = own.execute(insert(model).returning(model.digest, model.id), rows)
        numbers |= {row.digest: row.id for row in made}
    return numbers, new


def _facets(document: Document) -> str:
    return json.dumps(document.facets, sort_keys=True)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _insert_postings(own: Session, rows: list[tuple[int, ...]]) -> None:
    if not rows:
        return
    term, entry, *small = zip(*sorted(rows), strict=True)
    names = ("passage", "in_title", "in_text", "title_length", "text_length")
    given = lists(
        term_id=(Integer(), term),
        entry_id=(Integer(), entry),
        **{
            name: (SmallInteger(), [min(value, MOST) for value in values])
            for name, values in zip(names, small, strict=True)
        },
    )
    own.execute(insert(IndexPosting).from_select(["term_id", "entry_id", *names], select(given)))


def _add_frequencies(own: Session, more: Mapping[tuple[int, int], Sequence[int]]) -> None:
    if not more:
        return
    keys = sorted(more)
    given = lists(
        term_id=(Integer(), [term for term, _ in keys]),
        audience_id=(Integer(), [audience for _, audience in keys]),
        in_titles=(Integer(), [more[key][0] for key in keys]),
        in_texts=(Integer(), [more[key][1] for key in keys]),
    )
    adding = insert_into(IndexFrequency).from_select(
        ["term_id", "audience_id", "in_titles", "in_texts"], select(given)
    )
    own.execute(
        adding.on_conflict_do_update(
            index_elements=[IndexFrequency.term_id, IndexFrequency.audience_id],
            set_={
                "in_titles": IndexFrequency.in_titles + adding.excluded.in_titles,
                "in_texts": IndexFrequency.in_texts + adding.excluded.in_texts,
            },
        )
    )


def _add_totals(own: Session, changes: Iterable[tuple[int, Mapping[str, int]]]) -> None:
    """To the totals of the audiences."""
    totals: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for audience, lengths in changes:
        totals[audience].update(lengths)
    for audience, lengths in sorted(totals.items()):
        own.execute(
            update(IndexAudience)
            .where(IndexAudience.id == audience)
            .values({name: getattr(IndexAudience, name) + lengths[name] for name in LENGTHS})
        )


def lists(**columns: tuple[TypeEngine[Any], Sequence[Any]]) -> TableValuedAlias:
    """Equally long lists as the columns of a table, in one parameter each however long they are."""
    given = [bindparam(None, list(values), type_=ARRAY(kind)) for kind, values in columns.values()]
    shape = [column(name, kind) for name, (kind, _) in columns.items()]
    return func.unnest(*given).table_valued(*shape).render_derived()
