"""What the search asks of whatever keeps its words: the embedded index or the tables of PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from portal.config import Settings
from portal.search.embedded.finder import EmbeddedFinder
from portal.search.embedded.index import Index
from portal.search.postgres.finder import PostgresFinder
from portal.search.question import Found, IndexWord, Place, Question


class Finder(Protocol):
    """Every answer is None while there is nothing that can be asked. Nothing that an asker may not see shows in any."""

    def state(self) -> str:
        """`ready` or `rebuilding`."""

    def find(self, question: Question) -> Found | None:
        """What is found."""

    def passages_holding(self, words: Sequence[str], tokens: frozenset[str]) -> list[Place] | None:
        """Every visible passage that holds all the words."""

    def visible_words(self, words: Sequence[str], tokens: frozenset[str]) -> Mapping[str, int] | None:
        """Those of the words that stand in something that the asker may see, with the number of its passages."""

    def lexicon(self) -> tuple[IndexWord, ...] | None:
        """Every word, whoever may see it: never to be shown before `visible_words` has been asked."""

    def titles_with(
        self, grams: Sequence[str], beginning: str, tokens: frozenset[str], most: int
    ) -> list[int] | None:
        """Visible items whose title holds all the letter groups and a word that begins so, newest first."""


def finder_of(settings: Settings) -> Finder:
    """What answers the questions of this portal, in this process."""
    return PostgresFinder() if settings.on_postgresql else EmbeddedFinder(Index(settings.search_index_dir))
