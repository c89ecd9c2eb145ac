"""The engine for one server: questions are answered from the index in a folder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import structlog

from portal.search.embedded.engine import Engine
from portal.search.embedded.index import Index
from portal.search.embedded.segments import can_be_read
from portal.search.question import Found, IndexWord, Place, Question

Answer = TypeVar("Answer")
log = structlog.get_logger()


class EmbeddedFinder:
    """A `Finder` on the index in a folder, as this process reads it."""

    def __init__(self, index: Index):
        self.index = index
        self._engine = Engine()

    def state(self) -> str:
        return self.index.state

    def find(self, question: Question) -> Found | None:
        return self._ask(lambda path: self._engine.find(path, question))

    def passages_holding(self, words: Sequence[str], tokens: frozenset[str]) -> list[Place] | None:
        return self._ask(lambda path: self._engine.passages_holding(path, words, tokens))

    def visible_words(self, words: Sequence[str], tokens: frozenset[str]) -> Mapping[str, int] | None:
        return self._ask(lambda path: self._engine.visible_words(path, words, tokens))

    def lexicon(self) -> tuple[IndexWord, ...] | None:
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
