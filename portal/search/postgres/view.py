"""What one generation of the index holds for who may see some of it: how much there is, and how often words stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, text

from portal.search.fields import WORD_FIELDS
from portal.search.postgres.models import SCHEMA_VERSION
from portal.search.question import Question

_VIEW: Final = text("""
    SELECT generation.id, audience.id AS audience_id,
           audience.passages, audience.title_length, audience.text_length, audience.gram_length
    FROM index_generation AS generation
    LEFT JOIN index_audience AS audience
      ON audience.generation_id = generation.id
     AND audience.id IN (SELECT audience_id FROM index_token WHERE token = ANY(:tokens))
    WHERE generation.is_serving AND generation.schema_version = :schema_version
""")
_TERMS: Final = text("""
    WITH sought AS (
        SELECT id, is_gram, word, folded FROM index_term
        WHERE generation_id = :generation AND NOT is_gram AND word = ANY(:words)
        UNION
        SELECT id, is_gram, word, folded FROM index_term
        WHERE generation_id = :generation AND is_gram AND word = ANY(:grams)
        UNION
        SELECT id, is_gram, word, folded FROM index_term
        WHERE generation_id = :generation AND folded = ANY(:folded)
    )
    SELECT sought.id, is_gram, word, folded, sum(in_titles) AS in_titles, sum(in_texts) AS in_texts
    FROM sought JOIN index_frequency ON term_id = sought.id AND audience_id = ANY(:audiences)
    GROUP BY sought.id, is_gram, word, folded
""")


@dataclass
class View:
    """The generation that serves for who holds some tokens, and the terms that were read of it: to him nothing else exists,
    not even in how often a word stands. What others wrote could else be guessed from totals and scores."""

    generation_id: int
    audiences: list[int]  # the numbers of those he belongs to
    passages: int
    average_length: Mapping[str, float]  # by field; 1 when there are no passages
    _words: dict[str, Any] = field(default_factory=dict)
    _grams: dict[str, Any] = field(default_factory=dict)
    _like: dict[str, list[str]] = field(default_factory=dict)

    def read_terms_of(self, connection: Connection, question: Question) -> None:
        """Read what the plan of this question asks for."""
        words = {*question.words, *question.numbers, *question.excluded}
        words |= {word for one in question.concepts for other in one.alternatives for word in other.words}
        self.read(connection, words, question.grams, question.near)

    def read(
        self,
        connection: Connection,
        words: Collection[str],
        grams: Collection[str] = (),
        folded: Collection[str] = (),
    ) -> None:
        """Read these words, letter groups, and the words that fold to `folded`; those that stand nowhere in sight are left
        out."""
        asked = {"words": sorted(words), "grams": sorted(grams), "folded": sorted(folded)}
        rows = connection.execute(
            _TERMS, {"generation": self.generation_id, "audiences": self.audiences, **asked}
        )
        for row in rows:
            if row.in_titles or row.in_texts:
                (self._grams if row.is_gram else self._words)[row.word] = row
                if not row.is_gram:
                    self._like.setdefault(row.folded, []).append(row.word)

    def holding(self, name: str, word: str) -> int:
        row = self._row(name, word)
        if row is None:
            return 0
        return int(row.in_texts if name == "body" else row.in_titles)

    def spelt_like(self, folded: str) -> list[str]:
        return self._like.get(folded, [])

    def number(self, name: str, word: str) -> int | None:
        """Of a term in this field; titles and texts share theirs. None when it stands nowhere."""
        row = self._row(name, word)
        return None if row is None else int(row.id)

    def _row(self, name: str, word: str) -> Any:
        return (self._grams if name == "gram" else self._words).get(word)


def view_for(connection: Connection, tokens: Collection[str]) -> View | None:
    """What serves now, perhaps of an older analysis, for who holds these tokens; None while nothing does."""
    rows = connection.execute(_VIEW, {"tokens": sorted(tokens), "schema_version": SCHEMA_VERSION}).all()
    if not rows:
        return None
    seen = [row for row in rows if row.audience_id is not None]
    passages = sum(row.passages for row in seen)
    lengths = [
        sum(getattr(row, name) for row in seen) for name in ("title_length", "text_length", "gram_length")
    ]
    averages = {
        name: length / passages if length else 1.0 for name, length in zip(WORD_FIELDS, lengths, strict=True)
    }
    return View(rows[0].id, [row.audience_id for row in seen], passages, averages)
