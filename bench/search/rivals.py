"""What the engine is held against: SQLite's FTS5 and tantivy on the same words, doing nothing but rank.

Both get every word as a short code of ASCII letters, because what they take for a word in Thai is wrong; neither filters, counts
facets nor loads rows.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from bench.search.texts import Text, vocabulary

FIRST = 10


class Codes:
    """Words as w0, w1, …"""

    def __init__(self) -> None:
        self._of = {word: f"w{rank}" for rank, word in enumerate(vocabulary()[0])}

    def line(self, words: Iterable[str]) -> str:
        return " ".join(self._of[word] for word in words)


class Fts5:
    """BM25 over title and text, the ten best, terms joined by OR."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path):
        self._file, self._codes = folder / "fts5.db", Codes()
        self._file.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._file)

    def build(self, texts: Iterable[Text]) -> None:
        self._connection.execute("CREATE VIRTUAL TABLE texts USING fts5(title, body, content='')")
        self._connection.executemany(
            "INSERT INTO texts(rowid, title, body) VALUES (?, ?, ?)",
            ((one.number, self._codes.line(one.title), self._codes.line(one.words)) for one in texts),
        )
        self._connection.execute("INSERT INTO texts(texts) VALUES ('optimize')")
        self._connection.commit()

    def prepared(self, words: Sequence[str]) -> str:
        return self._codes.line(words).replace(" ", " OR ")

    def ask(self, question: str) -> int:
        found = self._connection.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (question, FIRST)
        )
        return len(found.fetchall())

    def forget(self) -> None:
        self._connection.close()
        self._connection = sqlite3.connect(self._file)
        self._connection.execute("SELECT count(*) FROM texts_config").fetchall()

    def close(self) -> None:
        self._connection.close()


class Tantivy:
    """The same with tantivy."""

    name = "tantivy"

    def __init__(self, folder: Path):
        self._folder, self._codes = folder / "tantivy", Codes()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        schema = tantivy.SchemaBuilder().add_unsigned_field("number", stored=True)
        for field in ("title", "body"):
            schema = schema.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
        self._index = tantivy.Index(schema.build(), path=str(self._folder))
        self._searcher = self._index.searcher()

    def build(self, texts: Iterable[Text]) -> None:
        writer = self._index.writer(heap_size=128_000_000, num_threads=1)
        for one in texts:
            writer.add_document(
                tantivy.Document(
                    number=one.number, title=self._codes.line(one.title), body=self._codes.line(one.words)
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        self.forget()

    def prepared(self, words: Sequence[str]) -> str:
        return self._codes.line(words)

    def ask(self, question: str) -> int:
        query = self._index.parse_query(question, ["title", "body"])
        return len(self._searcher.search(query, FIRST, count=False).hits)

    def forget(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def close(self) -> None:
        """It holds nothing that must be given back."""
