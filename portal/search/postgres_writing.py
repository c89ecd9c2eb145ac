"""Writing one generation of the index in PostgreSQL. Whoever writes holds the lock for it; nothing here commits, so that what
is written and the outbox rows that asked for it change in one moment."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    Boolean,
    Integer,
    SmallInteger,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from portal.search.analysis import analyse, grams, title_key
from portal.search.documents import Document
from portal.search.postgres_lists import lists
from portal.search.postgres_models import (
    IndexEntry,
    IndexGeneration,
    IndexPosting,
    IndexSet,
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
    def terms(self) -> set[TermKey]:
        words = {word for text in (self.title, *self.texts) for word in text}
        return {(False, word) for word in words} | {(True, gram) for gram in self.grams}

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


def write(own: Session, generation_id: int, documents: Iterable[Document], replaced: Collection[int]) -> None:
    """Put documents into the generation and take out what stood there of the items `replaced`."""
    totals = Counter(_take_out(own, generation_id, replaced))
    read = [Read.of(document) for document in documents]
    if read:
        for one in read:
            totals.update(one.lengths)
        _put_in(own, generation_id, read)
    own.execute(
        update(IndexGeneration)
        .where(IndexGeneration.id == generation_id)
        .values({name: getattr(IndexGeneration, name) + totals[name] for name in LENGTHS})
    )


def _take_out(own: Session, generation_id: int, item_ids: Collection[int]) -> dict[str, int]:
    """Answers by how much the totals change."""
    mine = (IndexEntry.generation_id == generation_id) & IndexEntry.item_id.in_(item_ids)
    old = own.execute(
        select(IndexEntry.id, *(getattr(IndexEntry, name) for name in LENGTHS)).where(mine)
    ).all()
    if not old:
        return {}
    ids = [row.id for row in old]
    gone = (
        delete(IndexPosting)
        .where(IndexPosting.entry_id == IndexEntry.id, IndexEntry.id.in_(ids))
        .returning(IndexPosting.term_id, IndexPosting.in_title, IndexPosting.in_text, IndexEntry.passages)
        .cte("gone")
    )
    # A letter group stands with the first passage and counts for all of them.
    times = case((IndexTerm.is_gram, gone.c.passages), else_=1)
    fewer = (
        select(
            gone.c.term_id,
            func.sum(case((gone.c.in_title > 0, times), else_=0)).label("in_titles"),
            func.sum(case((gone.c.in_text > 0, 1), else_=0)).label("in_texts"),
        )
        .join(IndexTerm, IndexTerm.id == gone.c.term_id)
        .group_by(gone.c.term_id)
        .subquery()
    )
    own.execute(
        update(IndexTerm)
        .where(IndexTerm.id == fewer.c.term_id)
        .values(
            in_titles=IndexTerm.in_titles - fewer.c.in_titles, in_texts=IndexTerm.in_texts - fewer.c.in_texts
        )
        .execution_options(synchronize_session=False)
    )
    own.execute(delete(IndexEntry).where(IndexEntry.id.in_(ids)).execution_options(synchronize_session=False))
    return {name: -sum(getattr(row, name) for row in old) for name in LENGTHS}


def _put_in(own: Session, generation_id: int, read: Sequence[Read]) -> None:
    terms = _numbers_of_terms(own, generation_id, {key for one in read for key in one.terms})
    sets = _numbers_of_sets(own, generation_id, read)
    entries = own.execute(
        insert(IndexEntry).returning(IndexEntry.item_id, IndexEntry.id),
        [
            {
                "generation_id": generation_id,
                "item_id": one.document.item_id,
                "published": one.document.published,
                "whole": title_key(one.document.title),
                "audience_id": sets[_audience(one.document)],
                "facets_id": sets[_facets(one.document)],
                "digest": one.document.digest,
                **one.lengths,
            }
            for one in read
        ],
    )
    numbers: dict[int, int] = {row.item_id: row.id for row in entries}
    rows: list[tuple[int, ...]] = []
    titles: Counter[int] = Counter()
    texts: Counter[int] = Counter()
    for one in read:
        entry = numbers[one.document.item_id]
        long = one.title.total()
        for passage, text in enumerate(one.texts):
            for word in {**one.title, **text}:
                term, in_title, in_text = terms[False, word], one.title[word], text[word]
                rows.append((term, entry, passage, in_title, in_text, long, text.total()))
                titles[term] += in_title > 0
                texts[term] += in_text > 0
        for gram, times in one.grams.items():
            rows.append((terms[True, gram], entry, 0, times, 0, one.grams.total(), 0))
            titles[terms[True, gram]] += len(one.texts)
    _insert_postings(own, rows)
    _count(own, titles, texts)


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
        rows = select(literal(generation_id), given, literal(0), literal(0))
        names = ["generation_id", "is_gram", "word", "folded", "in_titles", "in_texts"]
        made = own.execute(
            insert(IndexTerm)
            .from_select(names, rows)
            .returning(IndexTerm.id, IndexTerm.is_gram, IndexTerm.word)
        )
        numbers |= {(is_gram, word): number for number, is_gram, word in made}
    return numbers


def _numbers_of_sets(own: Session, generation_id: int, read: Iterable[Read]) -> dict[str, int]:
    """By content; sets that are new get their numbers, audiences their tokens."""
    audiences = {_audience(one.document): one.document.audience for one in read}
    by_digest = {_digest(content): content for content in audiences}
    by_digest |= {_digest(content): content for one in read for content in [_facets(one.document)]}
    known = own.execute(
        select(IndexSet.id, IndexSet.digest).where(
            IndexSet.generation_id == generation_id, IndexSet.digest.in_(by_digest)
        )
    )
    numbers = {by_digest[digest]: number for number, digest in known}
    new = [
        {"generation_id": generation_id, "digest": digest, "content": content}
        for digest, content in by_digest.items()
        if content not in numbers
    ]
    if new:
        for number, digest in own.execute(
            insert(IndexSet).returning(IndexSet.id, IndexSet.digest), new
        ).all():
            content = by_digest[digest]
            numbers[content] = number
            tokens = audiences.get(content, ())
            if tokens:
                own.execute(insert(IndexToken), [{"audience_id": number, "token": token} for token in tokens])
    return numbers


def _audience(document: Document) -> str:
    return json.dumps(sorted(document.audience))


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


def _count(own: Session, titles: Counter[int], texts: Counter[int]) -> None:
    terms = sorted(titles.keys() | texts.keys())
    more = lists(
        id=(Integer(), terms),
        in_titles=(Integer(), [titles[term] for term in terms]),
        in_texts=(Integer(), [texts[term] for term in terms]),
    )
    own.execute(
        update(IndexTerm)
        .where(IndexTerm.id == more.c.id)
        .values(
            in_titles=IndexTerm.in_titles + more.c.in_titles, in_texts=IndexTerm.in_texts + more.c.in_texts
        )
        .execution_options(synchronize_session=False)
    )
