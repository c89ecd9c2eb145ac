"""Questions to one generation of the index in PostgreSQL.

BM25 is added up in SQL, by passage, and only over what the asker may see: nothing else leaves the database. What is left to
do with the sums (an item counts by its best passage, the share rule, facets, the order) is done here in arrays, by the rules
of the first pass over the embedded index (`first_pass.py`).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Integer, Select, select

from portal.search.index import FACET_FIELDS
from portal.search.plan import ALL_LETTERS, MANY_LETTERS, TINY, make_plan
from portal.search.postgres_lists import lists
from portal.search.postgres_matching import everything, matching, packed
from portal.search.postgres_models import IndexSet
from portal.search.postgres_terms import Generation, Terms
from portal.search.question import Candidate, Found, Question, Sort
from portal.search.weights import Weights

Numbers = NDArray[Any]
Facets = Mapping[str, Sequence[str]]
MOST_KEPT_FACETS: Final = 20_000


def find(
    connection: Connection, generation: Generation, question: Question, weights: Weights, sets: "FacetSets"
) -> Found:
    """The answer from what stands there now."""
    terms = Terms(connection, generation, question)
    plan = make_plan(question, terms, weights)
    if question.is_everything:
        statement = everything(generation, question, terms)
    else:
        statement = matching(generation, question, plan, terms, weights)
    items = _Items.of(connection, statement, weights)
    whole, mass = max(plan.whole_gram_score, TINY), max(plan.mass, TINY)
    items.mass[items.named | (items.letters >= ALL_LETTERS * whole)] = mass
    real = (items.mass > 0) | (items.letters >= MANY_LETTERS * whole)
    near = (items.alike > 0) & ~real
    if question.is_everything:
        counted = np.ones(len(near), np.bool_)
    else:
        items, near = items.those(real | near), near[real | near]
        best = items.mass.max(initial=0.0)
        # While nothing holds any typed word, what is spelt alike is what was found.
        counted = items.mass >= weights.share * best - TINY if best else near
        near &= best > 0
    facets = sets.of(connection, items.facets)
    total, counts = _count(items.facets[counted], facets, question.filters)
    fitting = [number for number, values in facets.items() if not _failed(values, question.filters)]
    passing = np.isin(items.facets, fitting)
    if question.sort != Sort.BEST:
        candidates = _best(items.those(passing & counted), question.sort, question.most, is_near=False)
    else:
        candidates = _best(items.those(passing & ~near), question.sort, question.most, is_near=False)
        left = question.most - len(candidates)
        candidates += _best(items.those(passing & near), question.sort, left, is_near=True)
    return Found(total, tuple(candidates), counts, plan.weights, plan.near_weights)


@dataclass(frozen=True)
class _Items:
    """What was matched, a place in each array for an item."""

    item_id: Numbers
    published: Numbers
    facets: Numbers  # the number of the set
    passage: Numbers  # the best one
    score: Numbers
    mass: Numbers
    alike: Numbers
    letters: Numbers
    named: Numbers

    @classmethod
    def of(cls, connection: Connection, statement: Select[Any], weights: Weights) -> "_Items":
        """Of the passages that the statement finds, the best of each item; of equal ones the first."""
        sent = connection.execute(packed(statement)).one()
        item, published, facets, passage, named = (_unpacked(sent[at], ">i8") for at in (0, 1, 2, 3, 8))
        score, mass, alike, letters = (_unpacked(sent[at], ">f8") for at in (4, 5, 6, 7))
        order = np.lexsort((passage, -score, item))
        item = item[order]
        starts = np.flatnonzero(np.r_[True, item[1:] != item[:-1]]) if len(item) else order
        first = order[starts]

        def most(values: Numbers) -> Numbers:
            return np.maximum.reduceat(values[order], starts) if len(starts) else values

        letters, named = most(letters), most(named) > 0
        # In the precision of the embedded engine: what differs by the order of adding up alone is the same.
        scores = (score[first] + letters + weights.whole_title * named).astype(np.float32)
        return cls(
            item[starts],
            published[first],
            facets[first],
            passage[first],
            scores,
            most(mass),
            most(alike),
            letters,
            named,
        )

    def those(self, chosen: Numbers) -> "_Items":
        return _Items(*(getattr(self, one.name)[chosen] for one in fields(self)))


def _unpacked(sent: bytes | None, kind: str) -> Numbers:
    """An array as PostgreSQL sends it: a head of 20 bytes, then each value behind its length."""
    if sent is None:
        return np.zeros(0, np.dtype(kind).newbyteorder("="))
    values = np.frombuffer(sent, np.dtype([("length", ">i4"), ("value", kind)]), offset=20)["value"]
    return values.astype(values.dtype.newbyteorder("="))


class FacetSets:
    """The sets of facets by number. They never change, so a process reads each once."""

    def __init__(self) -> None:
        self._kept: dict[int, Facets] = {}

    def of(self, connection: Connection, numbers: Numbers) -> dict[int, Facets]:
        wanted, kept = np.unique(numbers).tolist(), self._kept
        found = {number: kept[number] for number in wanted if number in kept}
        missing = [number for number in wanted if number not in found]
        if missing:
            asked = lists(id=(Integer(), missing))
            rows = connection.execute(
                select(IndexSet.id, IndexSet.content).where(IndexSet.id.in_(select(asked.c.id)))
            )
            read: dict[int, Facets] = {number: json.loads(content) for number, content in rows}
            if len(self._kept) > MOST_KEPT_FACETS:
                self._kept = {}  # a new one: other threads read the old
            self._kept.update(read)
            found |= read
        return found


def _failed(values: Facets, filters: Mapping[str, frozenset[str]]) -> set[str]:
    return {name for name, wanted in filters.items() if wanted and wanted.isdisjoint(values[name])}


def _count(
    numbers: Numbers, facets: Mapping[int, Facets], filters: Mapping[str, frozenset[str]]
) -> tuple[int, dict[str, Counter[str]]]:
    """How many items pass all filters, and how many stand under each value of a facet; a facet is counted over those that
    pass all filters but its own. `numbers`: the set of each item."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACET_FIELDS}
    total = 0
    for number, times in zip(*np.unique(numbers, return_counts=True), strict=True):
        values, often = facets[int(number)], int(times)
        failed = _failed(values, filters)
        total += 0 if failed else often
        for name, counter in counts.items():
            if not failed - {name}:
                counter.update(dict.fromkeys(values[name], often))
    return total, counts


def _best(items: _Items, sort: Sort, most: int, *, is_near: bool) -> list[Candidate]:
    """The first so many in the order asked for. A tie goes to the newer item, then to the one that came later into the store."""
    if most <= 0:
        return []
    first = {Sort.BEST: items.score, Sort.NEWEST: items.published, Sort.OLDEST: -items.published}[sort]
    newer, later = items.published, items.item_id
    if sort == Sort.OLDEST:
        newer, later = -newer, -later
    order = np.lexsort((later, newer, first))[::-1][:most]
    return [
        Candidate(int(items.item_id[at]), int(items.passage[at]), float(items.score[at]), is_near)
        for at in order.tolist()
    ]
