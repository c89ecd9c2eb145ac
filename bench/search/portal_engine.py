"""All that the benchmark needs to know of the portal's engine; when the engine changes, this module does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from portal.search.documents import Document, Section
from portal.search.embedded import index
from portal.search.embedded.engine import Engine
from portal.search.question import Concept, Question


@contextmanager
def words_already_cut() -> Iterator[None]:
    """Within it, texts go into the index as the words they are written in, parted by blanks: cutting a hundred thousand
    texts would take longer than everything else together, and is measured apart."""
    before = index.analyse
    index.analyse = str.split
    try:
        yield
    finally:
        index.analyse = before


def document(
    item_id: int, title: str, sections: Sequence[tuple[str, str, str]], published: int, **more: object
) -> Document:
    """A document as the index takes it; a section is (heading, anchor, text)."""
    return Document(
        item_id=item_id,
        type="knowledge_asset",
        title=title,
        sections=tuple(Section(*section) for section in sections),
        revision_number=1,
        author_id=1,
        goal_ids=(),
        published=published,
        **more,
    )


class FirstPass:
    """The engine alone, on the index that serves."""

    def __init__(self, tokens: frozenset[str]):
        self._tokens = tokens
        finder = current_app.extensions["search"].finder
        self._path: Path = finder.index.serving
        self._engine: Engine = finder._engine

    def open(self) -> None:
        """Read what is read once for all questions."""
        self._engine.snapshot(self._path)

    def ask(self, words: Sequence[str]) -> int:
        """How many were found."""
        concepts = tuple(Concept((word,), word) for word in words)
        return self._engine.find(self._path, Question(self._tokens, concepts)).total

    def forget(self) -> None:
        """As after opening: no word has been read yet, nobody has asked."""
        snapshot = self._engine.snapshot(self._path)
        snapshot._views.clear()
        for part in snapshot.parts:
            part.segment._postings.clear()
            part.segment._masks.clear()
