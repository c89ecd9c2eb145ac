"""The engine for several servers: questions are answered by tables of PostgreSQL, the same for every process."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text

from portal.db import bound_engine
from portal.search.fields import TEXT_FIELDS
from portal.search.postgres.facets import KnownFacetSets
from portal.search.postgres.finding import find
from portal.search.postgres.generations import state
from portal.search.postgres.view import View, view_for
from portal.search.question import MOST_BEGINNINGS, Found, IndexWord, Place, Question

Answer = TypeVar("Answer")
LAST_LETTER: Final = "\U0010ffff"
LEXICON_SECONDS: Final = 60.0  # for which the words are remembered: who is offered one is asked for anew

_HOLDING: Final = text("""
    SELECT entry.item_id, entry.post_id, posting.passage
    FROM index_posting AS posting JOIN index_entry AS entry ON entry.id = posting.entry_id
    WHERE posting.term_id = ANY(:terms) AND entry.audience_id = ANY(:audiences)
    GROUP BY entry.item_id, entry.post_id, posting.passage HAVING count(*) = :many
""")
_LEXICON: Final = text("""
    SELECT word, folded
    FROM index_term JOIN index_frequency ON term_id = id
    WHERE generation_id = :generation AND NOT is_gram
    GROUP BY id, word, folded HAVING sum(in_titles) + sum(in_texts) > 0
    ORDER BY id
""")
_TITLES: Final = text("""
    WITH beginning AS (
        SELECT id FROM index_term
        WHERE generation_id = :generation AND NOT is_gram AND word >= :beginning AND word <= :end
          AND EXISTS (SELECT FROM index_frequency
                      WHERE term_id = id AND audience_id = ANY(:audiences) AND in_titles > 0)
        ORDER BY word LIMIT :most_beginnings
    )
    SELECT item_id FROM index_entry
    WHERE generation_id = :generation AND audience_id = ANY(:audiences) AND post_id = 0
      AND (:many = 0 OR id IN (
            SELECT entry_id FROM index_posting
            WHERE term_id = ANY(:grams) GROUP BY entry_id HAVING count(*) = :many))
      AND (:beginning = '' OR id IN (
            SELECT entry_id FROM index_posting
            WHERE term_id IN (SELECT id FROM beginning) AND passage = 0 AND in_title > 0))
    ORDER BY published DESC, item_id DESC LIMIT :most
""")


class PostgresFinder:
    """A `Finder` on the database that `connect` made. Each answer is of one moment: of an item all is old or all new."""

    def __init__(self) -> None:
        self._sets = KnownFacetSets()
        self._lexicon: tuple[int, float, tuple[IndexWord, ...]] | None = (
            None  # of which generation, read when
        )

    def state(self) -> str:
        with _one_moment() as connection:
            return state(connection)

    def find(self, question: Question) -> Found | None:
        return self._ask(question.tokens, lambda there, view: find(there, view, question, self._sets))

    def passages_holding(self, words: Sequence[str], tokens: frozenset[str]) -> list[Place] | None:
        return self._ask(tokens, lambda there, view: _holding(there, view, words))

    def visible_words(self, words: Sequence[str], tokens: frozenset[str]) -> Mapping[str, int] | None:
        if not words:
            return {}
        return self._ask(tokens, lambda there, view: _visible_words(there, view, words))

    def lexicon(self) -> tuple[IndexWord, ...] | None:
        return self._ask(frozenset(), self._read_lexicon)

    def titles_with(
        self, grams: Sequence[str], beginning: str, tokens: frozenset[str], most: int
    ) -> list[int] | None:
        return self._ask(tokens, lambda there, view: _titles_with(there, view, grams, beginning, most))

    def _ask(self, tokens: frozenset[str], ask: Callable[[Connection, View], Answer]) -> Answer | None:
        with _one_moment() as connection:
            view = view_for(connection, tokens)
            return None if view is None else ask(connection, view)

    def _read_lexicon(self, connection: Connection, view: View) -> tuple[IndexWord, ...]:
        known, moment = self._lexicon, time.monotonic()
        if known is not None and known[0] == view.generation_id and moment - known[1] < LEXICON_SECONDS:
            return known[2]
        rows = connection.execute(_LEXICON, {"generation": view.generation_id})
        terms = tuple(IndexWord(word, folded) for word, folded in rows)
        if known is not None and known[2] == terms:
            terms = known[2]  # the same object: what is made of it need not be made anew
        self._lexicon = view.generation_id, moment, terms
        return terms


@contextmanager
def _one_moment() -> Iterator[Connection]:
    """A transaction of its own that sees the database as it is at its first statement."""
    with bound_engine().connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


def _holding(connection: Connection, view: View, words: Sequence[str]) -> list[Place]:
    wanted = set(words)
    view.read(connection, wanted)
    terms = [number for word in wanted if (number := view.number("body", word)) is not None]
    if len(terms) < len(wanted):
        return []
    asked: dict[str, Any] = {"terms": terms, "audiences": view.audiences, "many": len(wanted)}
    return [Place(*row) for row in connection.execute(_HOLDING, asked)]


def _visible_words(connection: Connection, view: View, words: Sequence[str]) -> dict[str, int]:
    view.read(connection, set(words))
    found = {word: max(view.holding(name, word) for name in TEXT_FIELDS) for word in words}
    return {word: often for word, often in found.items() if often}


def _titles_with(
    connection: Connection, view: View, grams: Sequence[str], beginning: str, most: int
) -> list[int]:
    wanted = set(grams)
    view.read(connection, (), wanted)
    numbers = [number for gram in wanted if (number := view.number("gram", gram)) is not None]
    if len(numbers) < len(wanted):
        return []
    asked: dict[str, Any] = {
        "generation": view.generation_id,
        "audiences": view.audiences,
        "grams": numbers,
        "many": len(wanted),
        "beginning": beginning,
        "end": beginning + LAST_LETTER,
        "most_beginnings": MOST_BEGINNINGS,
        "most": most,
    }
    return list(connection.scalars(_TITLES, asked))
