"""Questions to the index in PostgreSQL.

BM25 is added up in SQL, by passage, and only over what the asker may see: nothing else leaves the database. What is left to
do with the sums (what may stand instead of a word, the best passage of an item, the share rule, facets, the order) is done
here in arrays, by the rules of the first pass over the embedded index (`embedded/first_pass.py`).

The statements are the same for every question, so that the database plans them once.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from portal.search.plan import Plan, PlannedTerm, PlannedWord, least_counted, make_plan
from portal.search.postgres.facets import KnownFacetSets
from portal.search.postgres.view import View
from portal.search.question import Candidate, Found, Question, Sort
from portal.search.weights import Weights

# What a term is added to; a concept that may be said otherwise has sums of its own behind these. NAMED: the title is the
# question, with the first passage.
PLAIN: Final = 0
ALIKE: Final = 1
LETTERS: Final = 2
NAMED: Final = 3

# One row, an array for each column in the database's own binary form: tens of thousands of rows cost no more than one.
_PACKED: Final = """
    SELECT array_send(array_agg(entry_id::bigint)), array_send(array_agg(item_id::bigint)),
           array_send(array_agg(post_id::bigint)), array_send(array_agg(published::bigint)),
           array_send(array_agg(facets_id::bigint)), array_send(array_agg(passage::bigint)),
           array_send(array_agg(sum_number::bigint)), array_send(array_agg(score::float8)),
           array_send(array_agg(mass::float8))
    FROM found
"""
_OPEN: Final = """
          entry.generation_id = :generation AND entry.audience_id = ANY(:audiences)
          AND (NOT :is_limited OR entry.item_id = ANY(:only)) AND NOT entry.item_id = ANY(:without)
          AND NOT entry.post_id = ANY(:without_posts)
          AND entry.item_id NOT IN (
                SELECT holding.item_id FROM index_posting JOIN index_entry AS holding ON holding.id = entry_id
                WHERE term_id = ANY(:excluded) AND holding.audience_id = ANY(:audiences))
"""
# OFFSET 0 keeps the planner from turning the join round and reading every posting there is.
_MATCHING: Final = text(f"""
    WITH passage AS (
        SELECT posting.entry_id, posting.passage, sought.sum_number,
               sum(title_gain * in_title / (in_title + :constant + title_slope * title_length)
                   + text_gain * in_text / (in_text + :constant + :text_slope * text_length)
                   + CASE WHEN in_title > 0 THEN title_bonus ELSE 0 END
                   + CASE WHEN in_text > 0 THEN text_bonus ELSE 0 END) AS score,
               sum(sought.mass) AS mass
        FROM unnest(CAST(:term_id AS integer[]), CAST(:sum_number AS integer[]), CAST(:title_gain AS float8[]),
                    CAST(:title_slope AS float8[]), CAST(:title_bonus AS float8[]), CAST(:text_gain AS float8[]),
                    CAST(:text_bonus AS float8[]), CAST(:mass AS float8[]))
             AS sought (term_id, sum_number, title_gain, title_slope, title_bonus, text_gain, text_bonus, mass)
        CROSS JOIN LATERAL (SELECT * FROM index_posting WHERE term_id = sought.term_id OFFSET 0) AS posting
        GROUP BY posting.entry_id, posting.passage, sought.sum_number
    ), found AS (
        SELECT entry.id AS entry_id, entry.item_id, entry.post_id, entry.published, entry.facets_id,
               passage, sum_number, score, mass
        FROM passage JOIN index_entry AS entry ON entry.id = passage.entry_id
        WHERE {_OPEN}
        UNION ALL
        SELECT entry.id, entry.item_id, entry.post_id, entry.published, entry.facets_id, 0, {NAMED}, 0, 0
        FROM index_entry AS entry WHERE entry.whole = :whole AND {_OPEN}
    )
    {_PACKED}
""")  # noqa: S608 - of constants
_EVERYTHING: Final = text(f"""
    WITH found AS (
        SELECT entry.id AS entry_id, entry.item_id, entry.post_id, entry.published, entry.facets_id,
               0 AS passage, 0 AS sum_number, 0 AS score, 0 AS mass
        FROM index_entry AS entry WHERE {_OPEN} AND entry.post_id = 0
    )
    {_PACKED}
""")  # noqa: S608 - of constants
HEAD: Final = 20  # bytes before the values of an array

Numbers = NDArray[Any]


def find(connection: Connection, view: View, question: Question, sets: KnownFacetSets) -> Found:
    """The answer from what stands there now."""
    view.read_terms_of(connection, question)
    plan = make_plan(question, view)
    texts = _read(connection, view, question, plan)
    real = (texts.mass > 0) | (texts.letters >= plan.many_letters)
    if question.is_everything:
        items, near = texts, np.zeros(len(real), np.bool_)
        counted = ~near
    else:
        hits = real | (texts.alike > 0)
        items, near = _by_item(texts.those(hits), real[hits])
        best = items.mass.max(initial=0.0)
        # While nothing holds any typed word, what is spelt alike is what was found.
        counted = items.mass >= least_counted(question.weights.share, best) if best else near
        near = near & (best > 0)
    facets = sets.of(connection, items.facets)
    failed = facets.failed(items.facets, question.filters)
    passing = ~np.any(list(failed.values()), axis=0) if failed else np.ones(len(near), np.bool_)
    counts = facets.count(items.facets, counted, failed)
    total = int((passing & counted).sum())
    if question.sort != Sort.BEST:
        candidates = _best(items.those(passing & counted), question.sort, question.most, is_near=False)
    else:
        candidates = _best(items.those(passing & ~near), question.sort, question.most, is_near=False)
        left = question.most - len(candidates)
        candidates += _best(items.those(passing & near), question.sort, left, is_near=True)
    return Found(total, tuple(candidates), counts, plan.weights, plan.near_weights)


@dataclass(frozen=True)
class _Items:
    """What was matched, a place in each array for an item; or, before they are taken together, for each of its texts: its own
    and those of the posts on it."""

    item_id: Numbers
    post_id: Numbers
    published: Numbers
    facets: Numbers  # the number of the set
    passage: Numbers  # the best one
    score: Numbers
    mass: Numbers
    alike: Numbers
    letters: Numbers

    def those(self, chosen: Numbers) -> "_Items":
        return _Items(*(getattr(self, one.name)[chosen] for one in fields(self)))


def _read(connection: Connection, view: View, question: Question, plan: Plan) -> _Items:
    """What the database finds: of each text's passages the best, of equal ones the first."""
    excluded = [number for word in question.excluded if (number := view.number("body", word)) is not None]
    asked: dict[str, Any] = {
        "generation": view.generation_id,
        "audiences": view.audiences,
        "is_limited": question.only is not None,
        "only": sorted(question.only or ()),
        "without": sorted(question.without),
        "without_posts": sorted(question.without_posts),
        "excluded": excluded,
    }
    sought = _Sought(view, plan, question)
    if question.is_everything:
        sent = connection.execute(_EVERYTHING, asked).one()
    else:
        sent = connection.execute(
            _MATCHING, {**asked, **sought.parameters, "whole": question.whole or None}
        ).one()
    entry, item, post, published, facets, passage, sums = (_unpacked(one, ">i8") for one in sent[:7])
    score, mass = (_unpacked(one, ">f8") for one in sent[7:])
    # The sums of a passage come in a row each; a place for every passage, in the order of entries and passages.
    _, first, place = np.unique(entry << 16 | passage, return_index=True, return_inverse=True)
    entry, item, post = entry[first], item[first], post[first]
    published, facets, passage = published[first], facets[first], passage[first]

    def of_passages(values: Numbers, number: int) -> Numbers:
        chosen = sums == number
        added = np.bincount(place[chosen], weights=values[chosen], minlength=len(first))
        return added.astype(np.float64)  # of nothing it would be whole numbers

    alike, letters = of_passages(score, ALIKE), of_passages(score, LETTERS)
    scores, masses = of_passages(score, PLAIN) + alike, of_passages(mass, PLAIN)
    for typed, alternatives in sought.concepts:
        best, held = of_passages(score, typed), of_passages(mass, typed)
        for number, count, worth in alternatives:
            complete = of_passages(mass, number) >= count
            best = np.maximum(best, of_passages(score, number) * complete)
            held = np.maximum(held, worth * complete)
        scores, masses = scores + best, masses + held
    named = np.zeros(len(first), np.bool_)
    named[place[sums == NAMED]] = True
    scores[named] += question.weights.whole_title
    scores[post > 0] *= question.weights.of_post
    masses[named | (letters >= plan.all_letters)] = plan.whole
    order = np.lexsort((passage, -scores, entry))
    starts = np.flatnonzero(np.r_[True, entry[1:] != entry[:-1]]) if len(entry) else first

    def most(values: Numbers) -> Numbers:
        return np.maximum.reduceat(values, starts) if len(starts) else values

    letters, chosen = most(letters), order[starts]
    # In the precision of the embedded engine: what differs by the order of adding up alone is the same.
    best_scores = (scores[chosen] + letters).astype(np.float32)
    return _Items(
        item[starts],
        post[starts],
        published[starts],
        facets[starts],
        passage[chosen],
        best_scores,
        most(masses),
        most(alike),
        letters,
    )


def _by_item(texts: _Items, real: Numbers) -> tuple[_Items, Numbers]:
    """The texts of an item taken together: the best one, and how much of the question any of them holds; and which items are
    only near, all of whose texts are."""
    if not texts.post_id.any():
        return texts, ~real
    order = np.lexsort((texts.post_id, -texts.score, texts.item_id))
    item = texts.item_id[order]
    starts = np.flatnonzero(np.r_[True, item[1:] != item[:-1]])
    mass = np.maximum.reduceat(texts.mass[order], starts)
    return replace(texts.those(order[starts]), mass=mass), ~np.logical_or.reduceat(real[order], starts)


@dataclass
class _Gains:
    """What a passage gets for a term that is looked for. Title and text of a passage stand in one posting."""

    title_gain: float = 0.0
    title_slope: float = 0.0  # how much a longer title lowers the gain
    title_bonus: float = 0.0
    text_gain: float = 0.0
    text_bonus: float = 0.0
    mass: float = 0.0


class _Sought:
    """The terms of a plan, and the sums that they are added up to.

    `concepts`: of what may be said otherwise, the number of the sum of what was typed, and for each alternative that of its
    sum, how many words it has, and what it is worth when they all stand there.
    """

    def __init__(self, view: View, plan: Plan, question: Question):
        self._view = view
        self._weights: Weights = question.weights
        steep = self._weights.k1 * self._weights.b
        self._slopes: Mapping[str, float] = {
            name: steep / length for name, length in view.average_length.items()
        }
        self._terms: defaultdict[tuple[int, int], _Gains] = defaultdict(_Gains)  # by term and sum
        self.concepts: list[tuple[int, list[tuple[int, int, float]]]] = []
        numbers = itertools.count(NAMED + 1)
        for concept in plan.concepts:
            if not concept.alternatives:
                self._add_words(concept.words, PLAIN)
                continue
            typed = next(numbers)
            self._add_words(concept.words, typed)
            alternatives = []
            for one in concept.alternatives:
                number = next(numbers)
                self._add_words(one.words, number, mass=1.0)
                alternatives.append((number, len(one.words), one.mass))
            self.concepts.append((typed, alternatives))
        self._add_terms(plan.near, ALIKE)
        self._add_terms(plan.grams, LETTERS)
        for word in question.numbers:
            term = self._term("body", word, PLAIN)
            term.title_bonus += self._weights.number_in_title
            term.text_bonus += self._weights.number_in_text

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statement."""
        values = list(self._terms.values())
        return {
            "constant": self._weights.k1 * (1 - self._weights.b),
            "text_slope": self._slopes["body"],
            "term_id": [term for term, _ in self._terms],
            "sum_number": [number for _, number in self._terms],
            **{one.name: [getattr(value, one.name) for value in values] for one in fields(_Gains)},
        }

    def _add_words(self, words: Iterable[PlannedWord], sum_number: int, mass: float | None = None) -> None:
        """`mass`: each word's in place of its own, for counting them."""
        for word in words:
            self._add_terms(word.terms, sum_number)
            self._term("body", word.word, sum_number).mass += word.mass if mass is None else mass

    def _add_terms(self, terms: Iterable[PlannedTerm], sum_number: int) -> None:
        for name, word, gain in terms:
            term = self._term(name, word, sum_number)
            if name == "body":
                term.text_gain += gain * (self._weights.k1 + 1)
            else:
                term.title_gain += gain * (self._weights.k1 + 1)
                term.title_slope = self._slopes[name]

    def _term(self, name: str, word: str, sum_number: int) -> _Gains:
        number = self._view.number(name, word)
        return _Gains() if number is None else self._terms[number, sum_number]


def _unpacked(sent: bytes | None, kind: str) -> Numbers:
    """An array as PostgreSQL sends it: a head, then each value behind its length."""
    if sent is None:
        return np.zeros(0, np.dtype(kind).newbyteorder("="))
    values = np.frombuffer(sent, np.dtype([("length", ">i4"), ("value", kind)]), offset=HEAD)["value"]
    return values.astype(values.dtype.newbyteorder("="))


def _best(items: _Items, sort: Sort, most: int, *, is_near: bool) -> list[Candidate]:
    """The first so many in the order asked for. A tie goes to the newer item, then to the one that came later into the store."""
    if most <= 0:
        return []
    first = {Sort.BEST: items.score, Sort.NEWEST: items.published, Sort.OLDEST: -items.published}[sort]
    newer, later = items.published, items.item_id
    if sort == Sort.OLDEST:
        newer, later = -newer, -later
    order = np.lexsort((later, newer, first))[::-1][:most]
    columns = (items.item_id, items.passage, items.score, items.published, items.post_id)
    return [
        Candidate(item_id, passage, score, is_near, published, post_id)
        for item_id, passage, score, published, post_id in zip(
            *(one[order].tolist() for one in columns), strict=True
        )
    ]
