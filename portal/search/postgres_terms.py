"""What one generation of the index in PostgreSQL knows of the words of a question, and who may see what of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, union_all

from portal.search.index import WORD_FIELDS
from portal.search.postgres_lists import lists
from portal.search.postgres_models import SCHEMA_VERSION, IndexEntry, IndexGeneration, IndexTerm, IndexToken
from portal.search.question import Question


@dataclass(frozen=True)
class Generation:
    """The one that serves, with its totals."""

    id: int
    passages: int
    average_length: Mapping[str, float]  # by field; 1 when there are no passages


def serving(connection: Connection) -> Generation | None:
    """The generation that answers, perhaps one of an older analysis; None while there is none."""
    found = connection.execute(
        select(IndexGeneration.__table__).where(
            IndexGeneration.is_serving, IndexGeneration.schema_version == SCHEMA_VERSION
        )
    ).first()
    if found is None:
        return None
    lengths = (found.title_length, found.text_length, found.gram_length)
    averages = {
        name: length / found.passages if length else 1.0
        for name, length in zip(WORD_FIELDS, lengths, strict=True)
    }
    return Generation(found.id, found.passages, averages)


class Terms:
    """The terms of a question as this generation knows them, read in one go: what the plan asks for, and their numbers."""

    def __init__(self, connection: Connection, generation: Generation, question: Question):
        self.passages = generation.passages
        self._words: dict[str, Any] = {}
        self._grams: dict[str, Any] = {}
        self._like: dict[str, list[str]] = {}
        words = {*question.words, *question.numbers, *question.excluded}
        words |= {word for one in question.concepts for other in one.alternatives for word in other.words}
        term = select(
            IndexTerm.id,
            IndexTerm.is_gram,
            IndexTerm.word,
            IndexTerm.folded,
            IndexTerm.in_titles,
            IndexTerm.in_texts,
        ).where(IndexTerm.generation_id == generation.id)
        parts = [
            term.where(~IndexTerm.is_gram, IndexTerm.word.in_(listed(words))),
            term.where(IndexTerm.is_gram, IndexTerm.word.in_(listed(question.grams))),
            term.where(IndexTerm.folded.in_(listed(question.near))),
        ]
        for row in connection.execute(union_all(*parts)).all():
            if row.is_gram:
                self._grams[row.word] = row
            elif row.word not in self._words:
                self._words[row.word] = row
                self._like.setdefault(row.folded, []).append(row.word)

    def holding(self, name: str, word: str) -> int:
        row = (self._grams if name == "gram" else self._words).get(word)
        if row is None:
            return 0
        return int(row.in_texts if name == "body" else row.in_titles)

    def spelt_like(self, folded: str) -> list[str]:
        return self._like.get(folded, [])

    def number(self, name: str, word: str) -> int | None:
        """Of a term in this field; titles and texts share theirs. None when it stands nowhere."""
        row = (self._grams if name == "gram" else self._words).get(word)
        return None if row is None else int(row.id)


def listed(words: Collection[str]) -> Select[str]:
    given = lists(word=(IndexTerm.word.type, sorted(words)))
    return select(given.c.word)


def visible(tokens: Collection[str]) -> ColumnElement[bool]:
    """Entries that are open to whoever holds these tokens."""
    return IndexEntry.audience_id.in_(
        select(IndexToken.audience_id).where(IndexToken.token.in_(listed(tokens)))
    )
