"""The first pass over one commit of the embedded index: every passage scored by BM25, the best items taken.

Title and text are added up in arrays over the passages of a segment, letter groups of the title over its texts (an item's own,
and each post's on it); an item counts by its best passage, in whichever of its texts and segments that stands. What a word adds to whom is worked out once for all who see the same (`View`), and only from what they
may see: what a person may not see takes part neither in hits, numbers or facets, nor in how much a word tells.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portal.search.embedded.arrays import among, both, each_once, in_a_row
from portal.search.embedded.filtered import Filtered, passing_all
from portal.search.embedded.items import ItemSet, each_item_once
from portal.search.embedded.raw_postings import Postings
from portal.search.embedded.segments import Mask, Numbers, Places, Segment, Snapshot, View, Visible
from portal.search.fields import FACET_FIELDS, TEXT_FIELDS
from portal.search.plan import Plan, PlannedConcept, PlannedTerm, PlannedWord, least_counted, make_plan
from portal.search.question import Candidate, Found, Question, Sort
from portal.search.weights import Weights

Scores = NDArray[np.float32]


NOBODY: Final = np.empty(0, np.int64)
# Passages looked at for each item wanted: an item has several, and not every one is a hit.
PASSAGES_EACH: Final = 2
SAMPLE: Final = 8
AT_ONCE: Final = 1_000_000  # postings


@dataclass(frozen=True)
class Seen:
    """What one segment has for a question, all of it visible to the asker. Scores and masses are 0 for what is no hit."""

    segment: Segment
    everything: (
        Mask | None
    )  # by text, where nothing is looked for but by filters: an item's own stands for it
    scores: Scores  # by passage
    masses: Scores  # how much of the question each passage holds
    near: Mask | None  # by text: holds nothing but words that fold like a typed one
    real: Mask | None = None  # by text, where `near` is given: holds more than that

    def counted(self, weights: Weights, best: float) -> Numbers:
        """The places of the texts that are counted: those that hold a fair share of what the best one of all holds. While
        nothing holds any typed word, what is spelt alike is what was found."""
        if self.everything is not None:
            return np.flatnonzero(self.everything)
        if best:
            least = least_counted(weights.share, best)
            return each_once(self.segment.owner[np.flatnonzero(self.masses >= least)])
        return NOBODY if self.near is None else np.flatnonzero(self.near)


Listed = tuple[Seen, Numbers]


def evaluate(snapshot: Snapshot, question: Question) -> Found:
    """The answer from one commit; SegmentGone when it was closed meanwhile."""
    view = snapshot.seen_by(question.tokens)
    plan = make_plan(question, view)
    left_out = _holding_any(view, question.excluded)
    looked = [_Look(part, view, question, plan, left_out).seen() for part in view.parts]
    _mind_whole_items(looked)
    best = max((float(seen.masses.max(initial=0.0)) for seen in looked), default=0.0)
    all_counted = each_item_once([(seen.segment, seen.counted(question.weights, best)) for seen in looked])
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACET_FIELDS}
    total = 0
    listed: list[Listed] = []
    for seen, one_each in zip(looked, all_counted, strict=True):
        counted = Filtered(seen.segment, question.filters, one_each)
        counted.count_facets(counts)
        passing = counted.passing
        total += len(passing)
        if question.sort != Sort.BEST or question.is_everything:
            listed.append((seen, passing))
    if question.sort == Sort.BEST and not question.is_everything:
        candidates = _ranked(looked, question, is_apart=best > 0)
    else:
        candidates = _by_date(looked, listed, question.sort, question.most)
    return Found(total, tuple(candidates), counts, plan.weights, plan.near_weights)


def _holding_any(view: View, words: Sequence[str]) -> ItemSet | None:
    """The items with a text that holds one of these words, wherever it stands; None without words."""
    if not words:
        return None
    items = ItemSet(part.segment for part in view.parts)
    for part in view.parts:
        for word in words:
            for name in TEXT_FIELDS:
                items.add(part.segment.items[part.segment.owner[part.holding(name, word)]])
    return items


def _mind_whole_items(looked: Sequence[Seen]) -> None:
    """An item is near as a whole: not where another of its texts holds more than what is spelt alike."""
    if not any(seen.segment.has_posts and seen.near is not None and seen.near.any() for seen in looked):
        return
    more = ItemSet(seen.segment for seen in looked)
    for seen in looked:
        if seen.real is not None:
            more.add(seen.segment.items[seen.real])
    for seen in looked:
        if seen.near is not None:
            seen.near[more.holds(seen.segment.items)] = False


def _ranked(looked: list[Seen], question: Question, *, is_apart: bool) -> list[Candidate]:
    """The best by score; those that are only spelt alike behind the others, where there are others."""
    listed: list[Listed] = []
    near: list[Listed] = []
    for seen in looked:
        passing = passing_all(seen.segment, question.filters)
        is_near = seen.near if is_apart else None
        if is_near is not None and is_near.any():
            near.append((seen, _likely(_of(seen, both(is_near, passing)), seen.segment, question.most)))
            passing = both(~is_near, passing)
        listed.append((seen, _likely(_of(seen, passing), seen.segment, question.most)))
    candidates = _best(listed, question.most, is_near=False)
    return candidates + _best(near, question.most - len(candidates), is_near=True)


class _Look:
    """One segment looked through for a question."""

    def __init__(self, part: Visible, view: View, question: Question, plan: Plan, left_out: ItemSet | None):
        self._part, self._view, self._question, self._plan = part, view, question, plan
        self._left_out = left_out
        self._segment = part.segment
        self._scores, self._masses = self._nothing(), self._nothing()

    def seen(self) -> Seen:
        question, plan, segment = self._question, self._plan, self._segment
        left = self._left()
        if question.is_everything:
            texts = self._part.texts if left is None else left
            return Seen(segment, texts & (segment.posts == 0), self._scores, self._masses, None)
        plain = [word for concept in plan.concepts if not concept.alternatives for word in concept.words]
        self._sum_up(plain, self._scores, self._masses)
        for concept in plan.concepts:
            if concept.alternatives:
                self._add_best_of(concept)
        if question.whole:  # it stands with the first passage
            named = self._part.holding("whole", question.whole)
            self._scores[named] += question.weights.whole_title
            self._masses[named] = plan.whole
        real, near = self._add_alike() if plan.near or plan.grams or question.numbers else (None, None)
        if segment.has_posts:
            self._scores[(segment.posts > 0)[segment.owner]] *= question.weights.of_post
        if left is not None:
            for values in (self._scores, self._masses):
                values *= left[segment.owner]
            real, near = both(real, left), None if near is None else near & left
        return Seen(segment, None, self._scores, self._masses, near, real)

    def _left(self) -> Mask | None:
        """The texts that the question does not leave out; None: all that are visible."""
        segment, question = self._segment, self._question
        leaves_out = self._left_out is not None or question.without or question.without_posts
        if not leaves_out and question.only is None:
            return None
        left = self._part.texts.copy()
        if self._left_out is not None:
            left[self._left_out.holds(segment.items)] = False
        if question.without:
            left[segment.places_of(question.without)] = False
        left[segment.places_of_posts(question.without_posts)] = False
        if question.only is not None:
            there = np.zeros(len(left), np.bool_)
            there[segment.places_of(question.only)] = True
            left &= there
        return left

    def _add_best_of(self, concept: PlannedConcept) -> None:
        """What was typed or what may stand instead of it: a passage gets the better one."""
        best, held = self._nothing(), self._nothing()
        self._sum_up(concept.words, best, held)
        for alternative in concept.alternatives:
            scores, found = self._nothing(), self._nothing()
            for word in alternative.words:
                self._sum_up((word,), scores, found, mass=1)
            has_all = found == len(alternative.words)
            np.maximum(best, scores, out=best, where=has_all)
            np.maximum(held, np.float32(alternative.mass), out=held, where=has_all)
        self._scores += best
        self._masses += held

    def _sum_up(
        self, words: Iterable[PlannedWord], scores: Scores, masses: Scores, mass: float | None = None
    ) -> None:
        """Add to each passage what it gets for these words, and for each that it holds, in the title or the text, its mass."""
        by_field: dict[str, list[_Term]] = {}
        for word in words:
            there = sorted(self._there(word.terms), key=lambda term: -len(term.postings.passages))
            for number, term in enumerate(there):
                term.mass = word.mass if mass is None else mass
                if number:  # it counts where the word does not stand in the other field
                    term.mass *= ~among(term.postings.passages, there[0].postings.passages)
                by_field.setdefault(term.field, []).append(term)
        for name, terms in by_field.items():
            for some in _portions(terms):
                passages, gained, is_visible = self._gained(name, some)
                np.add.at(scores, passages, gained)
                np.add.at(masses, passages, is_visible * in_a_row([(term.mass, len(term)) for term in some]))

    def _add_alike(self) -> tuple[Mask, Mask]:
        """Words spelt alike, letter groups and numbers, which make no hit by themselves: which texts are hits, and which are
        only near."""
        segment, plan, weights = self._segment, self._plan, self._question.weights
        owner, size = segment.owner, len(segment.items)
        letters, alike = np.zeros(size, np.float32), self._nothing()
        for name, total in (("gram", letters), *((name, alike) for name in TEXT_FIELDS)):
            planned = plan.grams if name == "gram" else plan.near
            for some in _portions(self._there(term for term in planned if term.field == name)):
                places, gained, _ = self._gained(name, some)
                np.add.at(total, places, gained)
        for item in np.flatnonzero(letters >= plan.all_letters).tolist():
            start = segment.starts[item]
            self._masses[start : start + segment.spread[item]] = plan.whole
        real = letters >= plan.many_letters
        real[owner[np.flatnonzero(self._masses > 0)]] = True
        near = np.zeros(size, np.bool_)
        if plan.near:
            near[owner[np.flatnonzero(alike > 0)]] = True
            near &= ~real
            self._scores += alike
        hits = real | near
        if plan.grams:
            letters *= hits
            self._scores += letters.take(owner)
        for number in self._question.numbers:
            for name, gain in (("title", weights.number_in_title), ("body", weights.number_in_text)):
                places = self._part.holding(name, number)
                self._scores[places[hits[owner[places]]]] += gain
        return real, near

    def _there(self, terms: Iterable[PlannedTerm]) -> list["_Term"]:
        """Those that stand in the segment."""
        found = (
            _Term(term.field, term.gain, self._segment.postings(term.field, term.word)) for term in terms
        )
        return [term for term in found if len(term)]

    def _gained(self, name: str, terms: Sequence["_Term"]) -> tuple[Places, Scores, Mask]:
        """What these terms of one field add, one after the other: the passages (texts, for letter groups), the scores, 0 where
        the asker sees nothing, and where he sees something."""
        segment, weights = self._segment, self._question.weights
        passages = np.concatenate([term.postings.passages for term in terms])
        counts = np.concatenate([term.postings.counts for term in terms])
        is_visible = self._part.passages.take(passages)
        places: Places = segment.owner.take(passages) if name == "gram" else passages
        k1, b = weights.k1, weights.b
        norm = segment.lengths[name].take(places)
        norm *= k1 * b / self._view.average_length[name]
        norm += k1 * (1 - b)
        norm += counts
        gained = in_a_row([(term.gain * (k1 + 1), len(term)) for term in terms])
        gained *= counts
        gained /= norm
        gained *= is_visible
        return places, gained, is_visible

    def _nothing(self) -> Scores:
        return np.zeros(self._segment.size, np.float32)


@dataclass
class _Term:
    """A word in a field of a segment."""

    field: str
    gain: float
    postings: Postings
    mass: float | NDArray[Any] = 0.0  # the same for each posting, or one for each

    def __len__(self) -> int:
        return len(self.postings.passages)


def _portions(terms: Sequence[_Term]) -> Iterator[list[_Term]]:
    """The terms in portions of not too many postings: fifty common words of a large store at once would take 100 MB."""
    portion: list[_Term] = []
    size = 0
    for term in terms:
        if portion and size + len(term) > AT_ONCE:
            yield portion
            portion, size = [], 0
        portion.append(term)
        size += len(term)
    if portion:
        yield portion


def _of(seen: Seen, texts: Mask | None) -> Scores:
    return seen.scores if texts is None else seen.scores * texts[seen.segment.owner]


def _likely(scores: Scores, segment: Segment, most: int) -> Numbers:
    """Passages among which are those of the `most` best items, and few others; without sorting all of them."""
    owner = segment.owner
    wanted = PASSAGES_EACH * max(1, most)
    while True:
        least = _passed_by(scores, wanted)
        if least <= 0:
            return np.flatnonzero(scores > 0)
        places = np.flatnonzero(scores >= least)
        texts = each_once(owner[places])
        # The posts of one long thread are many texts and a single item.
        if len(np.unique(segment.items[texts]) if segment.has_posts else texts) >= most:
            return places
        wanted *= 4


def _passed_by(scores: Scores, wanted: int) -> float:
    """A score that at least so many reach, if not many more: the best of every so many, and of these the one at that place."""
    rows, columns = len(scores) // (SAMPLE * wanted), SAMPLE * wanted
    if rows > 1:
        scores = scores[: rows * columns].reshape(rows, columns).max(axis=0)
    if len(scores) <= wanted:
        return 0.0
    return float(np.partition(scores, len(scores) - wanted)[len(scores) - wanted])


def _best(found: list[Listed], most: int, *, is_near: bool) -> list[Candidate]:
    """The first so many items of these passages, each with its best one. A tie goes to the newer item, then to the one that
    came later into the store, so that pages never overlap."""
    if most <= 0 or not found:
        return []
    columns = [
        (
            seen.scores[places],
            seen.segment.published[owner],
            seen.segment.items[owner],
            seen.segment.posts[owner],
            seen.segment.passages[places],
        )
        for seen, places in found
        for owner in (seen.segment.owner[places],)
    ]
    scores, published, items, posts, passages = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    order = np.lexsort((-passages, -posts, items, published, scores))[::-1]
    _, first = np.unique(items[order], return_index=True)
    order = order[np.sort(first)[:most]]
    return [
        Candidate(item_id, passage, score, is_near, when, post_id)
        for item_id, passage, score, when, post_id in zip(
            *(column[order].tolist() for column in (items, passages, scores, published, posts)), strict=True
        )
    ]


def _by_date(looked: list[Seen], found: list[Listed], sort: Sort, most: int) -> list[Candidate]:
    """The first so many of these items (each listed by one of its texts), the newest or the oldest first, in a tie the one
    that came later or earlier into the store; each with its best passage."""
    sign = -1 if sort == Sort.OLDEST else 1
    published = np.concatenate([NOBODY, *(sign * seen.segment.published[places] for seen, places in found)])
    items = np.concatenate([NOBODY, *(sign * seen.segment.items[places] for seen, places in found)])
    source = np.repeat(np.arange(len(found)), [len(places) for _, places in found])
    places = np.concatenate([NOBODY, *(places for _, places in found)])
    taken = np.arange(len(published))
    if len(taken) > most > 0:
        # Ties at the end are all taken and put in their order below.
        taken = np.flatnonzero(
            published >= np.partition(published, len(published) - most)[len(published) - most]
        )
    order = taken[np.lexsort((items[taken], published[taken]))[::-1][:most]]
    chosen = [
        _candidate(found[which][0], place)
        for which, place in zip(source[order].tolist(), places[order].tolist(), strict=True)
    ]
    if not any(seen.segment.has_posts for seen in looked):
        return chosen
    ids = [one.item_id for one in chosen]
    texts = ((seen, seen.segment.places_of(ids)) for seen in looked)
    passages = [(seen, _scored(seen, some)) for seen, some in texts]
    best = {one.item_id: one for one in _best(passages, len(ids), is_near=False)}
    return [best.get(one.item_id, one) for one in chosen]


def _scored(seen: Seen, texts: Numbers) -> Numbers:
    """The passages of these texts that hold anything of the question."""
    wanted = np.zeros(len(seen.segment.items), np.bool_)
    wanted[texts] = True
    return np.flatnonzero(wanted[seen.segment.owner] & (seen.scores > 0))


def _candidate(seen: Seen, place: int) -> Candidate:
    """An item with the best passage of this text of it."""
    segment = seen.segment
    start = int(segment.starts[place])
    best = start + int(seen.scores[start : start + int(segment.spread[place])].argmax())
    item_id, published = int(segment.items[place]), int(segment.published[place])
    passage, post_id = int(segment.passages[best]), int(segment.posts[place])
    return Candidate(item_id, passage, float(seen.scores[best]), False, published, post_id)
