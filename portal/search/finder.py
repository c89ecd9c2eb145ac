"""What the search asks of whatever keeps its words: the embedded index or the tables of PostgreSQL."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from portal.config import Settings
from portal.search.engine import Engine
from portal.search.index import Index
from portal.search.postgres.finder import PostgresFinder
from portal.search.question import Found, Question, Term
from portal.search.segments import can_be_read

Answer = TypeVar("Answer")
log = structlog.get_logger()


class Finder(Protocol):
    """Every answer is None while there is nothing that can be asked. Nothing that an asker may not see shows in any."""

    def state(self) -> str:
        """`ready` or `rebuilding`."""

    def find(self, question: Question) -> Found | None:
        """What is found."""

    def passages_holding(self, words: Sequence[str], tokens: frozenset[str]) -> list[tuple[int, int]] | None:
        """(item, passage) of every visible passage that holds all the words."""

    def visible_words(self, words: Sequence[str], tokens: frozenset[str]) -> frozenset[str] | None:
        """Those of the words that stand in something that the asker may see."""

    def lexicon(self) -> tuple[Term, ...] | None:
        """Every word, whoever may see it: never to be shown before `visible_words` has been asked."""

    def titles_with(
        self, grams: Sequence[str], beginning: str, tokens: frozenset[str], most: int
    ) -> list[int] | None:
        """Visible items whose title holds all the letter groups and a word that begins so, newest first."""


def finder_of(settings: Settings) -> Finder:
    """What answers the questions of this portal, in this process."""
    return PostgresFinder() if settings.on_postgresql else EmbeddedFinder(Index(settings.search_index_dir))


class EmbeddedFinder:
    """The index in a folder, as this process reads it."""

    def __init__(self, index: Index):
        self.index = index
        self._engine = Engine()

    def state(self) -> str:
        return self.index.state

    def find(self, question: Question) -> Found | None:
        return self._ask(lambda path: self._engine.find(path, question))

    def passages_holding(self, words: Sequence[str], tokens: frozenset[str]) -> list[tuple[int, int]] | None:
        return self._ask(lambda path: self._engine.passages_holding(path, words, tokens))

    def visible_words(self, words: Sequence[str], tokens: frozenset[str]) -> frozenset[str] | None:
        return self._ask(lambda path: self._engine.visible_words(path, words, tokens))

    def lexicon(self) -> tuple[Term, ...] | None:
        return self._ask(self._engine.lexicon)

    def titles_with(
        self, grams: Sequence[str], beginning: str, tokens: frozenset[str], most: int
    ) -> list[int] | None:
        return self._ask(lambda path: self._engine.titles_with(path, grams, beginning, tokens, most))

    def _ask(self, ask: Callable[[Path], Answer]) -> Answer | None:
        path = self.index.serving
        for attempt in (1, 2):
            if path is None:
                return None
            try:
                return ask(path)
            except Exception as error:
                # Whoosh meets a damaged file with any exception. Opened afresh it fails again or it was replaced just now.
                self._engine.forget()
                tried, path = path, self.index.serving
                if attempt == 2 and path == tried:
                    if can_be_read(path):
                        log.error("a question was not answered from the index", exc_info=error)
                    else:
                        log.error("the search index can't be read and is built anew", reason=repr(error))
                        self.index.report_broken(path)
        return None
