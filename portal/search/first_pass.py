"""The first pass over one commit of the embedded index: every passage scored by BM25, the best items taken.

Title, text and letter groups of the title are added up in arrays over the passages of a segment; an item counts by its best
passage. The audience is a mask over the items before anything is counted: what a person may not see takes no part in
hits, numbers or facets, nor in how much a word tells.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.search.index import FACET_FIELDS, TEXT_FIELDS
from portal.search.plan import Plan, PlannedConcept, PlannedWord, Term, make_plan
from portal.search.question import Candidate, Found, Question, Sort
from portal.search.segments import Mask, Numbers, Segment, Snapshot, View
from portal.search.weights import Weights

# Shares of what a title would get for the letter groups of the question: for all of them, for those that stand in any
# title, and again for all.
ALL_LETTERS: Final = 0.9
MANY_LETTERS: Final = 0.35
SOME_LETTERS: Final = 0.15
TINY: Final = 1e-6
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


def evaluate(snapshot: Snapshot, question: Question) -> Found:
    """The answer from one commit; SegmentGone when it was closed meanwhile."""
    view = snapshot.seen_by(question.tokens)
    plan = make_plan(question, view)
    looked = [_look(segment, allowed, view, question, plan) for segment, allowed in view.parts]
    best = max((float(seen.masses.max(initial=0.0)) for seen in looked), default=0.0)
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACET_FIELDS}
    total = 0
    listed: list[tuple[Seen, Numbers]] = []
    near: list[tuple[Seen, Numbers]] = []
    for seen in looked:
        counted, filtered = _counted(seen, question, best), _Filtered(seen, question.filters)
        filtered.count_facets(counted, counts)
        passing = counted & filtered.passing
        total += int(passing.sum())
        if question.sort != Sort.BEST:
            listed.append((seen, np.flatnonzero(passing)))
            continue
        is_near = seen.near & (best > 0)
        listed.append((seen, np.flatnonzero(~is_near & filtered.passing)))
        near.append((seen, np.flatnonzero(is_near & filtered.passing)))
    candidates = _best(listed, question.sort, question.most, is_near=False)
    candidates += _best(near, question.sort, question.most - len(candidates), is_near=True)
    return Found(total, tuple(candidates), counts, plan.weights, plan.near_weights)


def _counted(seen: Seen, question: Question, best: float) -> Mask:
    """Which items are counted: those that hold a fair share of what the best one holds. While nothing holds any typed word,
    what is spelt alike is what was found."""
    if question.is_everything:
        return np.ones(len(seen.items), np.bool_)
    return seen.masses >= question.weights.share * best - TINY if best else seen.near


def _look(segment: Segment, allowed: Mask, view: View, question: Question, plan: Plan) -> Seen:
    weights = question.weights
    _leave_out(allowed, segment, question)
    sums = _Sums(segment, view.average_length, weights)
    scores, masses = sums.nothing(), sums.nothing()
    if question.is_everything:
        items = np.flatnonzero(allowed)
        nothing = np.zeros(len(items), np.float32)
        return Seen(segment, scores, items, nothing, nothing, np.zeros(len(items), np.bool_))
    for concept in plan.concepts:
        sums.add_concept(concept, scores, masses)
    alike, grams = sums.nothing(), sums.nothing()
    sums.add_terms(plan.near, alike)
    sums.add_terms(plan.grams, grams)
    every = max(plan.every_gram, TINY)
    many = max(MANY_LETTERS * plan.known_grams, SOME_LETTERS * every)
    # A title with all the letters of the question holds it, in a longer word: ภาษีที่ดิน in ภาษีที่ดินและสิ่งปลูกสร้าง. One with a
    # good part of them may be what was mistyped.
    masses[grams >= ALL_LETTERS * every] = max(plan.mass, TINY)
    scores += alike
    scores += grams
    for number in question.numbers:
        scores[segment.postings("title", number).passages] += weights.number_in_title
        scores[segment.postings("body", number).passages] += weights.number_in_text
    if question.whole:  # it stands with the first passage
        named = segment.postings("whole", question.whole).passages
        scores[named] += weights.whole_title
        masses[named] = max(plan.mass, TINY)
    # From the passages that hold anything to the best of each item.
    held = np.flatnonzero(scores)
    owners = segment.owner[held]
    first = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(held) else held
    items = owners[first]

    def best(of_passages: Scores) -> Scores:
        return np.maximum.reduceat(of_passages[held], first) if len(held) else of_passages[held]

    item_masses, letters = best(masses), best(grams)
    real = (item_masses > 0) | (letters >= many)
    near = (best(alike) > 0) & ~real if plan.near else np.zeros(len(items), np.bool_)
    seen = (real | near) & allowed[items]
    return Seen(segment, scores, items[seen], best(scores)[seen], item_masses[seen], near[seen])


def _leave_out(allowed: Mask, segment: Segment, question: Question) -> None:
    for word in question.excluded:
        for name in TEXT_FIELDS:
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


class _Filtered:
    """Which of the items seen pass the filters."""

    def __init__(self, seen: Seen, filters: Mapping[str, frozenset[str]]):
        self._seen = seen
        self._fits = {
            name: _fits(seen.segment, name, wanted, seen.items) for name, wanted in filters.items() if wanted
        }
        self._failed = np.zeros(len(seen.items), np.int32)
        for fits in self._fits.values():
            self._failed += ~fits
        self.passing: Mask = self._failed == 0

    def count_facets(self, counted: Mask, counts: Mapping[str, Counter[str]]) -> None:
        """Add up the values of the counted items. A facet is counted over those that pass all filters but its own."""
        for name, counter in counts.items():
            others = self._failed - ~self._fits[name] == 0 if name in self._fits else self.passing
            facet = self._seen.segment.facets[name]
            places = self._seen.items[counted & others]
            found = np.bincount(facet.codes[places].ravel(), minlength=len(facet.values))
            for code in (np.flatnonzero(found[1:]) + 1).tolist():
                counter[facet.values[code]] += int(found[code])


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
    chosen = zip(
        items[order].tolist(),
        source[order].tolist(),
        places[order].tolist(),
        scores[order].tolist(),
        published[order].tolist(),
        strict=True,
    )
    return [
        Candidate(item_id, _best_passage(found[which][0], place), score, is_near, when)
        for item_id, which, place, score, when in chosen
    ]


def _best_passage(seen: Seen, place: int) -> int:
    segment = seen.segment
    start = int(segment.starts[place])
    end = int(segment.starts[place + 1]) if place + 1 < len(segment.starts) else segment.size
    if end - start == 1:
        return int(segment.passages[start])
    return int(segment.passages[start + int(seen.scores[start:end].argmax())])
