"""From what was typed to what an engine is asked: words with what they may also be called, phrases, what may not occur."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex
from sqlalchemy import text

from portal.db import session
from portal.people.remembered import with_units_below
from portal.search.analysis import (
    analyse,
    folded_words,
    letter_numbers,
    normal_line,
    numbered_places,
    question_grams,
    title_key,
)
from portal.search.expanding import expand, units_of
from portal.search.finder import Finder
from portal.search.query import SearchQuery
from portal.search.question import Concept, Place, Question, Reason, Sort
from portal.search.thesaurus import Thesaurus
from portal.search.weights import RERANKED, WEIGHTS, Weights

# Phrases of one question, and passages whose texts are looked through for each: a question must not cost seconds.
MOST_PHRASES: Final = 4
MOST_PASSAGES: Final = 1_000
# The same for a word that may only be cut otherwise where it stands.
LONGER_AT_ONCE: Final = 200
MOST_TORN: Final = 3
MOST_TORN_PASSAGES: Final = 400
MOST_SORTED: Final = 5_000  # items that are put in the order of their titles
_BLANK: Final = regex.compile(r"\s")


@dataclass(frozen=True)
class Reader:
    """Reads queries for one asker, by his tokens."""

    finder: Finder
    tokens: frozenset[str]
    thesaurus: Thesaurus
    weights: Weights = WEIGHTS

    def concepts(self, query: SearchQuery) -> tuple[Concept, ...]:
        """The stretches of the question; those that the thesaurus knows with their alternatives, unless the question is to
        be taken exactly."""
        thesaurus = Thesaurus() if query.exact else self.thesaurus
        numbers = (*letter_numbers(query.sought), *numbered_places(query.sought))
        return (
            *expand(query.sought, thesaurus, units_of(self.tokens)),
            *(Concept((number,), number) for number in dict.fromkeys(numbers)),
        )

    def question(
        self, query: SearchQuery, closed: frozenset[int], hidden: frozenset[int] = frozenset()
    ) -> Question | None:
        """What the engine is asked; items that are `closed` and posts that are `hidden` are passed over. Phrases that stand nowhere together are looked for word by word.
        None while the index can't be asked."""
        wanted = Question(
            tokens=self.tokens,
            concepts=self.concepts(query),
            filters=_for_index(query),
            without=closed,
            without_posts=hidden,
            sort=_order(query),
            weights=self.weights,
            most=MOST_SORTED if query.sort == "title" else max(RERANKED, query.start + query.limit),
        )
        if query.sought:
            wanted = replace(wanted, whole=title_key(query.sought), numbers=letter_numbers(query.sought))
            if not query.exact:
                wanted = replace(wanted, near=folded_words(query.sought), grams=question_grams(query.sought))
        return self._with_phrases(wanted, query) if query.phrases or query.without else wanted

    def _with_phrases(self, wanted: Question, query: SearchQuery) -> Question | None:
        held: list[frozenset[int]] = []
        for phrase in _with_words(query.phrases)[:MOST_PHRASES]:
            holding = self._holding(phrase)
            if holding is None:
                return None
            held.append(holding)
        both = frozenset.intersection(*held) if held else None
        unwanted = _with_words(query.without)
        single = [one for one in unwanted if len(analyse(one)) == 1 and not _BLANK.search(one)]
        without = wanted.without
        for phrase in [one for one in unwanted if one not in single][:MOST_PHRASES]:
            holding = self._holding(phrase)
            if holding is None:
                return None
            without |= holding
        return replace(
            wanted,
            only=both or None,
            phrases_apart=both is not None and not both,
            excluded=tuple(analyse(one)[0] for one in single),
            without=without,
        )

    def stands_otherwise_cut(self, word: str, within: Callable[[str], Sequence[str]]) -> bool:
        """Whether a visible text holds the letters of a word that stands nowhere as such: as a part of longer words, which
        `within` knows (น้ำ in เปิดน้ำ), or torn in two by what stands beside it (ใบ|อนุญาต|ก่อสร้าง)."""
        longer = within(word)
        # All are asked for, if need be: words of closed items may not crowd out those that the asker may see.
        for start in range(0, len(longer), LONGER_AT_ONCE):
            if self.finder.visible_words(longer[start : start + LONGER_AT_ONCE], self.tokens):
                return True
        halves = [(word[:at], word[at:]) for at in range(1, len(word))]
        known = self.finder.visible_words([half for both in halves for half in both], self.tokens) or {}
        torn = [both for both in halves if known.keys() >= set(both)][:MOST_TORN]
        return any(self._holding(word, both, MOST_TORN_PASSAGES) for both in torn)

    def _holding(
        self, phrase: str, words: Sequence[str] = (), most: int = MOST_PASSAGES
    ) -> frozenset[int] | None:
        """The visible items with a passage that holds the phrase word for word, blanks as the writer liked; `words`: as it
        may also be cut."""
        passages = self.finder.passages_holding(words or analyse(phrase), self.tokens)
        if passages is None:
            return None
        letters = normal_line(phrase).replace(" ", "")
        kept = kept_lines(passages[:most])
        return frozenset(
            place.item_id for place, (line, _) in kept.items() if letters in line.replace(" ", "")
        )


def _with_words(phrases: Iterable[str]) -> list[str]:
    """Each once, those without a word that says anything left out."""
    return [phrase for phrase in dict.fromkeys(phrases) if analyse(phrase)]


def kept_lines(keys: Sequence[Place]) -> dict[Place, tuple[str, int]]:
    """The kept text of each passage as it is compared letter by letter, and how many people read the item within a year;
    passages that are not kept are missing."""
    if not keys:
        return {}
    connection = session.connection()
    rows = connection.execute(_LINES_BY_DIALECT[connection.dialect.name], {"keys": json.dumps(keys)}).all()
    return {Place(*place): (line, readers) for *place, line, readers in rows}


# By threes, in one text: `(item_id, post_id, number) IN (…)` has SQLite go through the whole table, and a parameter for each number
# costs more than the answer.
_KEPT: Final = """
    SELECT kept.item_id, kept.post_id, kept.number, kept.normal,
           CASE kept.post_id WHEN 0 THEN kept.readers ELSE coalesce(
             (SELECT own.readers FROM search_text AS own
              WHERE own.item_id = kept.item_id AND own.post_id = 0 AND own.number = 0), 0) END
    FROM {wanted} JOIN search_text AS kept
      ON kept.item_id = {item} AND kept.post_id = {post} AND kept.number = {number}
"""
_LINES_BY_DIALECT: Final = {
    "sqlite": text(
        _KEPT.format(
            wanted="json_each(:keys) AS wanted CROSS",
            item="json_extract(wanted.value, '$[0]')",
            post="json_extract(wanted.value, '$[1]')",
            number="json_extract(wanted.value, '$[2]')",
        )
    ),
    "postgresql": text(
        _KEPT.format(
            wanted="json_array_elements(CAST(:keys AS json)) AS wanted(place)",
            item="CAST(place ->> 0 AS integer)",
            post="CAST(place ->> 1 AS integer)",
            number="CAST(place ->> 2 AS integer)",
        )
    ),
}


def expansions(concepts: Iterable[Concept], thesaurus: Thesaurus) -> tuple[tuple[str, str], ...]:
    """(as typed, what else was looked for) of every stretch that was expanded. Misspellings are looked for and not shown:
    who reads them would take them for words."""
    shown = (
        (
            concept.typed,
            [
                one.label
                for one in concept.alternatives
                if one.reason != Reason.MISSPELLING or thesaurus.group(one.label)
            ],
        )
        for concept in concepts
    )
    return tuple((typed, ", ".join(dict.fromkeys(labels))) for typed, labels in shown if labels)


def _order(query: SearchQuery) -> Sort:
    if query.sort == "oldest":
        return Sort.OLDEST
    return Sort.BEST if query.sort == "best" and query.sought else Sort.NEWEST


def _for_index(query: SearchQuery) -> Mapping[str, frozenset[str]]:
    """The filters as the index knows them: there an item stands under its own unit only."""
    filters = query.filters
    if "unit" in filters:
        below = with_units_below(frozenset(map(int, filters["unit"])))
        filters["unit"] = frozenset(map(str, below))
    return filters
