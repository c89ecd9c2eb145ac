"""A question read with the thesaurus: what of it may be called otherwise, too, and how much that counts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from portal.people.remembered import remembered_units
from portal.search.ambiguous import decided, meanings
from portal.search.analysis import MOST_QUESTION_WORDS, analyse, tokens
from portal.search.question import Alternative, Concept, Reason
from portal.search.thesaurus import Group, Sense, Thesaurus
from portal.thai.normalising import normalise_with_offsets
from portal.thai.words import Token, is_ordinary

# What a word counts that was not typed but means the same, beside the typed one (1). An abbreviation and its name are one
# thing; a misspelling is nearly sure; a synonym is often a wider or narrower word; an English term stands in few Thai
# texts, and there rather in brackets than as what the text is about.
WEIGHTS: Final = {
    Reason.ABBREVIATION: 0.8,
    Reason.MISSPELLING: 0.7,
    Reason.SYNONYM: 0.5,
    Reason.ENGLISH: 0.4,
}
# Beside the name itself, so many of each kind are looked for, the first in the list first: each costs time, and what is
# far down a list of synonyms is rarely meant.
MOST_OF_KIND: Final = {
    Reason.ABBREVIATION: 2,
    Reason.MISSPELLING: 2,
    Reason.SYNONYM: 3,
    Reason.ENGLISH: 1,
}
# From what was typed to what else is looked for: from the name to everything, from a variant to the name and to the short
# and the English forms; from one synonym or misspelling to another is too far.
BESIDE_A_VARIANT: Final = (Reason.ABBREVIATION, Reason.ENGLISH)
LEAST_WEIGHT: Final = 0.25  # below it an alternative is noise
MOST_ALTERNATIVES: Final = 6
MOST_EXPANDED: Final = 6  # stretches of one question; the surest of them
MOST_WORDS_OF_A_NAME: Final = 16


def expand(text: str, thesaurus: Thesaurus, unit_names: Iterable[str] = ()) -> tuple[Concept, ...]:
    """The question's stretches in the order typed, each different one once: what the thesaurus knows with its
    alternatives, everything else word by word. Abbreviations of several meanings are expanded where the words beside them
    decide, else where the asker's units do (`unit_names`)."""
    return tuple(_at_most(_Reading(text, thesaurus, tuple(unit_names)).concepts()))


def units_of(tokens_held: Collection[str]) -> tuple[str, ...]:
    """The names of the units whose audience tokens are among these: who holds them is of those units."""
    units = remembered_units()
    ids = [int(token.removeprefix("unit:")) for token in tokens_held if token.startswith("unit:")]
    return tuple(sorted(units[unit_id].name for unit_id in ids if unit_id in units))


class _Reading:
    """One question while it is read."""

    def __init__(self, text: str, thesaurus: Thesaurus, unit_names: Sequence[str]):
        self._text, self._thesaurus, self._unit_names = text, thesaurus, unit_names
        self._plain, self._offsets = normalise_with_offsets(text)
        self._tokens = _cut(self._plain, thesaurus)

    def concepts(self) -> Iterator[Concept]:
        at = 0
        while at < len(self._tokens):
            upto, alternatives = self._longest_known(at)
            words = tuple(token.text for token in self._tokens[at:upto])
            yield Concept(words, self._typed(at, upto), alternatives)
            at = upto

    def _longest_known(self, at: int) -> tuple[int, tuple[Alternative, ...]]:
        """Where the longest stretch that begins here and has alternatives ends, and these; else one word and none."""
        key, spans = "", []
        for upto in range(at + 1, min(at + MOST_WORDS_OF_A_NAME, len(self._tokens)) + 1):
            key += self._tokens[upto - 1].text
            if len(key) > self._thesaurus.longest:
                break
            spans.append((upto, key))
        for upto, key in reversed(spans):
            if alternatives := self._alternatives(at, upto, key):
                return upto, alternatives
        return at + 1, ()

    def _alternatives(self, at: int, upto: int, key: str) -> tuple[Alternative, ...]:
        typed = [token.text for token in self._tokens[at:upto]]
        has_dot = "." in self._plain[self._tokens[at].start : self._tokens[upto - 1].end + 1]
        if meanings(key):
            name = self._meant(at, upto, key, has_dot=has_dot)
            group = self._thesaurus.group(name) or Group(name)
            senses = [Sense(group, Reason.ABBREVIATION)] if name else []
        else:
            senses = [sense for sense in self._thesaurus.senses(key) if has_dot or not sense.needs_dot]
        offered = [alternative for sense in senses for alternative in _offered(sense)]
        return _different(offered, typed)

    def _meant(self, at: int, upto: int, key: str, *, has_dot: bool) -> str:
        others = [*self._tokens[:at], *self._tokens[upto:]]
        return decided(
            key,
            words={token.text for token in others},
            before=self._written(self._tokens[at - 1]) if at else "",
            after=self._written(self._tokens[upto]) if upto < len(self._tokens) else "",
            unit_names=self._unit_names,
            has_dot=has_dot,
        )

    def _written(self, token: Token) -> str:
        return self._plain[token.start : token.end]

    def _typed(self, at: int, upto: int) -> str:
        start, end = self._tokens[at].start, self._tokens[upto - 1].end
        return self._text[self._offsets[start] : self._offsets[end]].strip()


def _cut(plain: str, thesaurus: Thesaurus) -> list[Token]:
    """The words of the question; a listed misspelling that the cutter mixed with what stands beside it is cut out first."""
    found = tokens(plain)
    borders = {place for token in found for place in (token.start, token.end)}
    cuts = {0, len(plain)}
    for misspelt in thesaurus.misspelt.finditer(plain):
        crossing = [
            token
            for token in found
            if any(token.start < place < token.end for place in misspelt.span()) and is_ordinary(token.text)
        ]
        if not borders.issuperset(misspelt.span()) and not crossing:  # กระทุ้ง is no misspelt กระทู้
            cuts.update(misspelt.span())
    if len(cuts) == 2:
        return found
    places = sorted(cuts)
    return [
        Token(token.text, token.start + start, token.end + start)
        for start, end in pairwise(places)
        for token in tokens(plain[start:end])
    ]


@lru_cache(maxsize=8_192)
def _words(name: str) -> tuple[str, ...]:
    return tuple(analyse(name))


def _offered(sense: Sense) -> Iterator[Alternative]:
    """The other names of a group for one of its names."""
    group, typed_as, _ = sense
    if typed_as is None:
        sure, kinds = 1.0, tuple(Reason)
    else:
        sure, kinds = WEIGHTS[typed_as], BESIDE_A_VARIANT
        yield Alternative(_words(group.canonical), sure, typed_as, group.canonical)
    for kind in kinds:
        weight = sure * WEIGHTS[kind]
        if weight >= LEAST_WEIGHT:
            # อบต. and อ.บ.ต. are the same words.
            variants = {_words(variant): variant for variant in reversed(group.variants(kind))}
            for words, variant in list(reversed(variants.items()))[: MOST_OF_KIND[kind]]:
                yield Alternative(words, weight, kind, variant)


def _different(offered: Iterable[Alternative], typed: Collection[str]) -> tuple[Alternative, ...]:
    """Those that find what the typed words do not: another text for the same words is none, nor are fewer of the words, or
    more beside all of them. The surest first."""
    kept: dict[tuple[str, ...], Alternative] = {}
    for alternative in sorted(offered, key=lambda one: -one.weight):
        words = set(alternative.words)
        if words and not words <= set(typed) and not words >= set(typed):
            kept.setdefault(alternative.words, alternative)
    return tuple(kept.values())[:MOST_ALTERNATIVES]


def _at_most(concepts: Iterable[Concept]) -> Iterator[Concept]:
    """Each once, no more words than a question has, and no more expanded stretches than are worth it."""
    kept: dict[tuple[str, ...], Concept] = {}
    room = MOST_QUESTION_WORDS
    for concept in concepts:
        room -= len(concept.words)
        if room < 0:
            break
        kept.setdefault(concept.words, concept)
    known = [concept for concept in kept.values() if concept.alternatives]
    surest = sorted(known, key=lambda concept: -concept.alternatives[0].weight)[:MOST_EXPANDED]
    for concept in kept.values():
        if concept.alternatives and concept not in surest:
            yield from (Concept((word,), word) for word in concept.words)
        else:
            yield concept
