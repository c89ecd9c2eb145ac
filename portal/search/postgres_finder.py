"""The engine for several servers: questions are answered by tables of PostgreSQL, the same for every process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Select, func, select

from portal.db import bound_engine
from portal.search.engine import MOST_BEGINNINGS
from portal.search.postgres_facets import FacetSets
from portal.search.postgres_finding import find
from portal.search.postgres_generations import state
from portal.search.postgres_models import IndexEntry, IndexPosting, IndexTerm
from portal.search.postgres_terms import Generation, listed, serving, visible
from portal.search.question import Found, Question
from portal.search.weights import WEIGHTS, Weights

Answer = TypeVar("Answer")
LAST_LETTER: Final = "\U0010ffff"


class PostgresFinder:
    """A `Finder` on the database that `connect` made. Each answer is of one moment: of an item all is old or all new."""

    def __init__(self, weights: Weights = WEIGHTS) -> None:
        self.weights = weights
        self._sets = FacetSets()

    def state(self) -> str:
        with _one_moment() as connection:
            return state(connection)

    def find(self, question: Question) -> Found | None:
        return self._ask(
            lambda there, generation: find(there, generation, question, self.weights, self._sets)
        )

    def passages_holding(self, words: Sequence[str], tokens: frozenset[str]) -> list[tuple[int, int]] | None:
        return self._ask(lambda there, generation: _holding(there, generation, words, tokens))

    def visible_words(self, words: Sequence[str], tokens: frozenset[str]) -> frozenset[str] | None:
        return self._ask(lambda there, generation: _visible_words(there, generation, words, tokens))

    def lexicon(self) -> frozenset[str] | None:
        return self._ask(_lexicon)

    def titles_with(
        self, words: Sequence[str], beginning: str, tokens: frozenset[str], most: int
    ) -> list[int] | None:
        return self._ask(
            lambda there, generation: _titles_with(there, generation, words, beginning, tokens, most)
        )

    def _ask(self, ask: Callable[[Connection, Generation], Answer]) -> Answer | None:
        with _one_moment() as connection:
            generation = serving(connection)
            return None if generation is None else ask(connection, generation)


@contextmanager
def _one_moment() -> Iterator[Connection]:
    """A transaction of its own that sees the database as it is at its first statement."""
    with bound_engine().connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


def _words(generation: Generation, words: Sequence[str]) -> Select[Any]:
    return select(IndexTerm.id).where(
        IndexTerm.generation_id == generation.id, ~IndexTerm.is_gram, IndexTerm.word.in_(listed(words))
    )


def _holding(
    connection: Connection, generation: Generation, words: Sequence[str], tokens: frozenset[str]
) -> list[tuple[int, int]]:
    wanted = set(words)
    numbers = connection.scalars(_words(generation, words)).all()
    if len(numbers) < len(wanted):
        return []
    found = connection.execute(
        select(IndexEntry.item_id, IndexPosting.passage)
        .join(IndexEntry, IndexEntry.id == IndexPosting.entry_id)
        .where(IndexPosting.term_id.in_(numbers), visible(tokens))
        .group_by(IndexEntry.item_id, IndexPosting.passage)
        .having(func.count() == len(wanted))
    )
    return [(item_id, passage) for item_id, passage in found]


def _visible_words(
    connection: Connection, generation: Generation, words: Sequence[str], tokens: frozenset[str]
) -> frozenset[str]:
    stands = (
        select(IndexPosting.entry_id)
        .join(IndexEntry, IndexEntry.id == IndexPosting.entry_id)
        .where(IndexPosting.term_id == IndexTerm.id, visible(tokens))
    )
    known = _words(generation, words).with_only_columns(IndexTerm.word)
    return frozenset(connection.scalars(known.where(stands.exists())))


def _lexicon(connection: Connection, generation: Generation) -> frozenset[str]:
    return frozenset(
        connection.scalars(
            select(IndexTerm.word).where(
                IndexTerm.generation_id == generation.id,
                ~IndexTerm.is_gram,
                IndexTerm.in_titles + IndexTerm.in_texts > 0,
            )
        )
    )


def _titles_with(
    connection: Connection,
    generation: Generation,
    words: Sequence[str],
    beginning: str,
    tokens: frozenset[str],
    most: int,
) -> list[int]:
    entries = select(IndexEntry.item_id).where(IndexEntry.generation_id == generation.id, visible(tokens))
    numbers = connection.scalars(_words(generation, words)).all()
    if len(numbers) < len(set(words)):
        return []
    for number in numbers:
        entries = entries.where(IndexEntry.id.in_(_in_titles().where(IndexPosting.term_id == number)))
    if beginning:
        begins = (
            select(IndexTerm.id)
            .where(
                IndexTerm.generation_id == generation.id,
                ~IndexTerm.is_gram,
                IndexTerm.word >= beginning,
                IndexTerm.word <= beginning + LAST_LETTER,
                IndexTerm.in_titles > 0,
            )
            .order_by(IndexTerm.word)
            .limit(MOST_BEGINNINGS)
        )
        entries = entries.where(IndexEntry.id.in_(_in_titles().where(IndexPosting.term_id.in_(begins))))
    newest = entries.order_by(IndexEntry.published.desc(), IndexEntry.item_id.desc()).limit(most)
    return list(connection.scalars(newest))


def _in_titles() -> Select[int]:
    """Entries by the words of their titles, which every passage of theirs holds."""
    return select(IndexPosting.entry_id).where(IndexPosting.passage == 0, IndexPosting.in_title > 0)
