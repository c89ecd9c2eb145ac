"""Questions to one generation of the index in PostgreSQL.

BM25 is added up in SQL, by passage, and only over what the asker may see: nothing else leaves the database. What is left to
do with the sums (an item counts by its best passage, the share rule, facets, the order) is done here in arrays, by the rules
of the first pass over the embedded index (`first_pass.py`).
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select

from portal.search.plan import ALL_LETTERS, MANY_LETTERS, TINY, make_plan
from portal.search.postgres_facets import FacetSets
from portal.search.postgres_matching import everything, matching, packed
from portal.search.postgres_terms import Generation, Terms
from portal.search.question import Candidate, Found, Question, Sort
from portal.search.weights import Weights

Numbers = NDArray[Any]


def find(
    connection: Connection, generation: Generation, question: Question, weights: Weights, sets: FacetSets
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
