"""The first pass over one commit of the embedded index: every passage scored by BM25, the best items taken.

Title, text and letter groups of the title are added up in arrays over the passages of a segment; an item counts by its best
passage. The audience is a mask over the items before anything is counted: what a person may not see takes no part in
hits, numbers or facets.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.search.index import FACET_FIELDS
from portal.search.plan import (
    ALL_LETTERS,
    MANY_LETTERS,
    TINY,
    Plan,
    PlannedConcept,
    PlannedWord,
    Term,
    make_plan,
)
from portal.search.question import Candidate, Found, Question, Sort
from portal.search.segments import Mask, Numbers, Part, Segment, Snapshot
from portal.search.weights import WEIGHTS, Weights

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Seen:
    """What one segment has for a question: the items that the asker may see and that hold anything of it."""

    segment: Segment
    scores: Scores  # by passage
    items: Numbers  # their places in the segment
    item_scores: Scores
    masses: Scores  # how much of the question each holds in its best passage
    near: Mask  # holds nothing but words that fold like a typed one


def evaluate(snapshot: Snapshot, question: Question, weights: Weights = WEIGHTS) -> Found:
    """The answer from one commit; SegmentGone when it was closed meanwhile."""
    plan = make_plan(question, Words(snapshot), weights)
    looked = [_look(part, snapshot, question, plan, weights) for part in snapshot.parts]
    best = max((float(seen.masses.max(initial=0.0)) for seen in looked), default=0.0)
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACET_FIELDS}
    total = 0
    listed: list[tuple[Seen, Numbers]] = []
    near: list[tuple[Seen, Numbers]] = []
    for seen in looked:
        if question.is_everything:
            counted = np.ones(len(seen.items), np.bool_)
        else:
            # While nothing holds any typed word, what is spelt alike is what was found.
            counted = seen.masses >= weights.share * best - TINY if best else seen.near
        passing = _passing(seen, question.filters, np.flatnonzero(counted), counts)
        total += len(passing)
        if question.sort != Sort.BEST:
            listed.append((seen, passing))
            continue
        is_near = seen.near & (best > 0)
        listed.append((seen, _passing(seen, question.filters, np.flatnonzero(~is_near))))
        near.append((seen, _passing(seen, question.filters, np.flatnonzero(is_near))))
    candidates = _best(listed, question.sort, question.most, is_near=False)
    candidates += _best(near, question.sort, question.most - len(candidates), is_near=True)
    return Found(total, tuple(candidates), counts, plan.weights, plan.near_weights)


class Words:
    """A snapshot's words as the plan asks for them."""

    def __init__(self, snapshot: Snapshot):
        self.passages = snapshot.passages
        self.holding = snapshot.holding
        self._parts = snapshot.parts

    def spelt_like(self, folded: str) -> set[str]:
        return {word for part in self._parts for word in part.segment.spelt_like(folded)}


def allowed_items(part: Part, tokens: frozenset[str]) -> Mask:
    """Which items of a segment are there and open to who holds these tokens; a copy of one's own."""
    mask = part.segment.open_to(tokens)
    return mask.copy() if part.alive is None else mask & part.alive


def _look(part: Part, snapshot: Snapshot, question: Question, plan: Plan, weights: Weights) -> Seen:
    segment = part.segment
    sums = _Sums(segment, snapshot.average_length, weights)
    of_items = _by_item(segment)
    scores, masses = sums.nothing(), sums.nothing()
    for concept in plan.concepts:
        sums.add_concept(concept, scores, masses)
    alike, grams = sums.nothing(), sums.nothing()
    sums.add_terms(plan.near, alike)
    sums.add_terms(plan.grams, grams)
    scores += alike
    scores += grams
    for number in question.numbers:
        scores[segment.postings("title", number).passages] += weights.number_in_title
        scores[segment.postings("body", number).passages] += weights.number_in_text
    item_scores, item_masses = of_items(scores), of_items(masses)
    allowed = allowed_items(part, question.tokens)
    _leave_out(allowed, segment, question)
    if question.whole:
        named = segment.owner[segment.postings("whole", question.whole).passages]
        item_scores[named] += weights.whole_title
        item_masses[named] = max(plan.mass, TINY)
    letters = of_items(grams)
    whole = max(plan.whole_gram_score, TINY)
    # A title with all the letters of the question holds it, in a longer word: ภาษีที่ดิน in ภาษีที่ดินและสิ่งปลูกสร้าง. One with a
    # good part of them may be what was mistyped.
    item_masses[letters >= ALL_LETTERS * whole] = max(plan.mass, TINY)
    near = of_items(alike) > 0
    near &= ~((item_masses > 0) | (letters >= MANY_LETTERS * whole))
    if question.is_everything:
        items = np.flatnonzero(allowed)
    else:
        items = np.flatnonzero(((item_masses > 0) | near | (letters >= MANY_LETTERS * whole)) & allowed)
    return Seen(segment, scores, items, item_scores[items], item_masses[items], near[items])


def _by_item(segment: Segment) -> Callable[[Scores], Scores]:
    """From a number for each passage to each item's best."""
    if not segment.has_long_items:
        return np.copy
    return lambda of_passages: np.maximum.reduceat(of_passages, segment.starts)


def _leave_out(allowed: Mask, segment: Segment, question: Question) -> None:
    for word in question.excluded:
        for name in ("title", "body"):
            allowed[segment.owner[segment.postings(name, word).passages]] = False
    if question.without:
        allowed &= ~np.isin(segment.items, np.fromiter(question.without, np.int64))
    if question.only is not None:
        allowed &= np.isin(segment.items, np.fromiter(question.only, np.int64))


class _Sums:
    """Adding up terms over the passages of one segment."""

    def __init__(self, segment: Segment, average_length: Mapping[str, float], weights: Weights):
        self._segment = segment
        self._weights = weights
        self._average_length = average_length
        self._mark = np.zeros(segment.size, np.bool_)

    def nothing(self) -> Scores:
        return np.zeros(self._segment.size, np.float32)

    def add_terms(self, terms: tuple[Term, ...], scores: Scores) -> None:
        k1, b = self._weights.k1, self._weights.b
        for name, word, gain in terms:
            passages, counts = self._segment.postings(name, word)
            if len(passages):
                lengths = self._segment.lengths[name][passages]
                norm = k1 * (1 - b) + (k1 * b / self._average_length[name]) * lengths
                scores[passages] += (gain * (k1 + 1)) * counts / (counts + norm)

    def add_word(self, word: PlannedWord, scores: Scores, masses: Scores) -> None:
        """The word's score and, once for each passage that holds it in whatever field, its mass."""
        self.add_terms(word.terms, scores)
        first = self._segment.postings(word.terms[0].field, word.word).passages
        masses[first] += word.mass
        for term in word.terms[1:]:
            second = self._segment.postings(term.field, word.word).passages
            self._mark[first] = True
            masses[second[~self._mark[second]]] += word.mass
            self._mark[first] = False

    def add_concept(self, concept: PlannedConcept, scores: Scores, masses: Scores) -> None:
        if not concept.alternatives:
            for word in concept.words:
                self.add_word(word, scores, masses)
            return
        best, held = self.nothing(), self.nothing()
        for word in concept.words:
            self.add_word(word, best, held)
        for alternative in concept.alternatives:
            score, holding = self.nothing(), self.nothing()
            for word in alternative.words:
                self.add_word(word, score, holding)
            everything = sum(word.mass for word in alternative.words)
            complete = holding >= everything * (1 - TINY) - TINY
            np.maximum(best, score * complete, out=best)
            np.maximum(held, np.float32(alternative.mass) * complete, out=held)
        scores += best
        masses += held


def _passing(
    seen: Seen,
    filters: Mapping[str, frozenset[str]],
    chosen: Numbers,
    counts: Mapping[str, Counter[str]] | None = None,
) -> Numbers:
    """Those of the chosen that pass every filter. A facet is counted over those that pass all filters but its own."""
    places = seen.items[chosen]
    fits = {name: _fits(seen.segment, name, wanted, places) for name, wanted in filters.items() if wanted}
    failed = np.zeros(len(places), np.int32)
    for fit in fits.values():
        failed += ~fit
    if counts is not None:
        for name, counter in counts.items():
            others = failed - ~fits[name] if name in fits else failed
            facet = seen.segment.facets[name]
            found = np.bincount(facet.codes[places[others == 0]].ravel(), minlength=len(facet.values))
            for code in np.flatnonzero(found[1:]) + 1:
                counter[facet.values[code]] += int(found[code])
    return chosen[failed == 0]


def _fits(segment: Segment, name: str, wanted: frozenset[str], places: Numbers) -> Mask:
    facet = segment.facets[name]
    is_wanted = np.fromiter((value in wanted for value in facet.values), np.bool_, len(facet.values))
    return np.asarray(is_wanted[facet.codes[places]].any(axis=1), np.bool_)


def _best(found: list[tuple[Seen, Numbers]], sort: Sort, most: int, *, is_near: bool) -> list[Candidate]:
    """The first so many in the order asked for. A tie goes to the newer item, then to the one that came later into the
    store, so that pages never overlap."""
    if most <= 0 or not any(len(chosen) for _, chosen in found):
        return []
    scores = np.concatenate([seen.item_scores[chosen] for seen, chosen in found])
    published = np.concatenate([seen.segment.published[seen.items[chosen]] for seen, chosen in found])
    items = np.concatenate([seen.segment.items[seen.items[chosen]] for seen, chosen in found])
    source = np.repeat(np.arange(len(found)), [len(chosen) for _, chosen in found])
    places = np.concatenate([seen.items[chosen] for seen, chosen in found])
    first = {Sort.BEST: scores, Sort.NEWEST: published, Sort.OLDEST: -published}[sort]
    taken = np.arange(len(first))
    if len(first) > most:
        # Ties at the end are all taken and put in their order below.
        taken = np.flatnonzero(first >= np.partition(first, len(first) - most)[len(first) - most])
    newer = -published if sort == Sort.OLDEST else published
    later = -items if sort == Sort.OLDEST else items
    order = taken[np.lexsort((later[taken], newer[taken], first[taken]))[::-1][:most]]
    return [
        Candidate(
            int(items[at]),
            _best_passage(found[source[at]][0], int(places[at])),
            float(scores[at]),
            is_near,
        )
        for at in order.tolist()
    ]


def _best_passage(seen: Seen, place: int) -> int:
    segment = seen.segment
    start = int(segment.starts[place])
    end = int(segment.starts[place + 1]) if place + 1 < len(segment.starts) else segment.size
    if end - start == 1:
        return int(segment.passages[start])
    return int(segment.passages[start + int(seen.scores[start:end].argmax())])
