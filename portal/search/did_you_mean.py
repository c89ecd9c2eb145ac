"""Another question that may have been meant: the same keys on the other keyboard layout, or the nearest spelling.

Nothing is offered but words that the asker may see somewhere: a word that stands in closed items only is to him as one that
stands nowhere.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import regex

from portal.search.analysis import question_words
from portal.search.question import IndexWord
from portal.thai.folding import fold
from portal.thai.keyboard import as_typed_on_the_other
from portal.thai.normalising import normalise, normalise_with_offsets
from portal.thai.words import SHORT_YEARS, Token, is_ordinary, stop_words, words

# Of each of these index words, in how many passages it stands that the asker may see.
Holds = Callable[[Sequence[str]], Sequence[int]]

# A word must have so many characters for so many mistakes to be seen through. Counted are characters and not whole letters:
# two keys struck in the wrong order (ประชมุ) are one mistake.
LETTERS_FOR: Final = ((9, 2), (5, 1))
MOST_PIECES: Final = 4  # a misspelt word falls into pieces when it is cut
MOST_UNKNOWN: Final = 6  # words of one question that are looked into
MOST_LOOKED_UP: Final = 12  # spellings of one question that are compared with the lexicon

_BLANKS: Final = regex.compile(r"(\s+)")
_TWO_DIGITS: Final = regex.compile(r"[0-9]{2}")
_DIGIT: Final = regex.compile(r"\p{N}")


Lexicon = Callable[[], "Spellings"]


def suggest_year(text: str, holds: Holds) -> str | None:
    """Two digits and nothing else as the year they may mean: 66 as ปี 2566; None when nothing holds that year."""
    digits = normalise(text).strip()
    if not _TWO_DIGITS.fullmatch(digits) or not SHORT_YEARS[0] <= int(digits) <= SHORT_YEARS[1]:
        return None
    year = f"25{digits}"
    return f"ปี {year}" if all(holds([year])) else None


def suggest_other_reading(text: str, holds: Holds) -> str | None:
    """The text with what seems typed in the wrong keyboard layout as it was meant; None when nothing seems so.

    Only stretches between blanks change whose words stand nowhere and that in the other layout are words that all stand
    somewhere.
    """
    pieces = _BLANKS.split(text)
    known = _all_stand([question_words(piece) for piece in pieces], holds)
    others = [
        None if stands else as_typed_on_the_other(piece) for piece, stands in zip(pieces, known, strict=True)
    ]
    fit = _all_stand([question_words(other) if other else () for other in others], holds)
    meant = [
        other if other and fits else piece for piece, other, fits in zip(pieces, others, fit, strict=True)
    ]
    return "".join(meant) if meant != pieces else None


def _all_stand(groups: Sequence[Sequence[str]], holds: Holds) -> list[bool]:
    """For each group whether it has words and all of them stand somewhere; asked for all at once."""
    asked = list(dict.fromkeys(itertools.chain.from_iterable(groups)))
    known = dict(zip(asked, holds(asked), strict=True)) if asked else {}
    return [bool(group) and all(known[word] for word in group) for group in groups]


def suggest_spelling(text: str, holds: Holds, lexicon: Lexicon) -> str | None:
    """The text with the nearest spelling of its words that stand nowhere; None when there is none near enough.

    Numbers, years and the numbers of letters and acts are never taken for a misspelling.
    """
    plain, offsets = normalise_with_offsets(text)
    tokens = words(plain)
    known = holds([token.text for token in tokens])
    unknown = [at for at, token in enumerate(tokens) if not known[at] and token.text not in stop_words()]
    looked_up: dict[str, list[tuple[int, IndexWord]]] = {}

    def near(spelt: str) -> list[tuple[int, IndexWord]]:
        if is_ordinary(spelt):  # a word of the language that nobody wrote here is no misspelling
            return []
        if spelt not in looked_up:
            if len(looked_up) == MOST_LOOKED_UP:
                return []
            looked_up[spelt] = nearest(spelt, holds, lexicon)[:1]
        return looked_up[spelt]

    changes: list[tuple[int, int, str]] = []
    for at in unknown[:MOST_UNKNOWN]:
        if changes and tokens[at].start < changes[-1][1]:
            continue  # a piece of the word that was put right before
        best = _best(_stretches(tokens, at, plain), near)
        if best is not None and (not changes or best[0] >= changes[-1][1]):
            changes.append(best)
    if not changes:
        return None
    kept, upto = [], 0
    for start, end, spelling in changes:
        kept += [text[upto : offsets[start]], spelling]
        upto = offsets[end]
    return "".join((*kept, text[upto:]))


def _stretches(tokens: Sequence[Token], at: int, text: str) -> Iterator[tuple[int, int, str]]:
    """The word there alone and joined with its neighbours, as far as nothing stands between; the longest first."""
    for size in range(MOST_PIECES, 0, -1):
        for first in range(max(0, at - size + 1), min(at, len(tokens) - size) + 1):
            joined = tokens[first : first + size]
            if all(before.end == after.start for before, after in itertools.pairwise(joined)):
                start, end = joined[0].start, joined[-1].end
                if not _DIGIT.search(text, start, end):
                    yield start, end, text[start:end]


def _best(
    stretches: Iterable[tuple[int, int, str]], near: Callable[[str], list[tuple[int, IndexWord]]]
) -> tuple[int, int, str] | None:
    found: tuple[int, tuple[int, int, str]] | None = None
    for start, end, spelt in stretches:
        for distance, term in near(spelt):
            if found is None or distance < found[0]:
                found = distance, (start, end, term.word)
    return found[1] if found else None


class Spellings:
    """The words of a lexicon, so kept that those that may be near a misspelt one are found without going through all:
    60,000 words cost some milliseconds, not some hundred."""

    def __init__(self, terms: Iterable[IndexWord]):
        self._of_length: dict[int, list[IndexWord]] = defaultdict(list)
        for term in terms:
            self._of_length[len(term.folded)].append(term)
        # Words of one length, each behind a sign that stands in none: the place of a piece tells which word holds it.
        self._text = {
            length: "".join(f"\n{term.folded}" for term in some) + "\n"
            for length, some in self._of_length.items()
        }

    def near(self, letters: str, most: int) -> Iterator[IndexWord]:
        """The words whose folded form may lie so many mistakes from these letters, and some more.

        A mistake spoils two letters beside each other at most. One leaves the word's beginning or its end whole; so do two,
        or they stand in both, and what lies between is whole.
        """
        count = len(letters)
        size = (count - 1) // 2 if most == 1 else (count - 2) // 3
        pieces = [f"\n{letters[:size]}", f"{letters[count - size :]}\n"]
        if most == 1:
            pieces[1] = f"{letters[size + 1 :]}\n"
        else:
            pieces.append(letters[size + 1 : count - size - 1])
        for length in range(count - most, count + most + 1):
            text, terms = self._text.get(length, ""), self._of_length.get(length, ())
            yield from (
                terms[at] for at in {at for piece in pieces for at in _places(piece, text, length + 1)}
            )

    def within(self, word: str) -> list[str]:
        """The words of which this one is a part, the word itself among them."""
        folded = fold(word)
        found = (
            self._of_length[length][at]
            for length, text in self._text.items()
            if length >= len(folded)
            for at in dict.fromkeys(_places(folded, text, length + 1))
        )
        return [term.word for term in found if word in term.word]


def _places(piece: str, text: str, width: int) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield min(at, len(text) - 2) // width
        at = text.find(piece, at + 1)


def nearest(word: str, holds: Holds, lexicon: Lexicon) -> list[tuple[int, IndexWord]]:
    """The words most like this one that the asker may see, with how many mistakes lie between: the fewest first, then those
    that stand in most of what he may see. Empty for a short word and for whatever holds a digit."""
    letters = fold(word)
    # Counted is the longer of the two: the letter that was left out must not make the word too short.
    most = mistakes_allowed(len(letters)) or mistakes_allowed(len(letters) + 1)
    if not most or _DIGIT.search(word):
        return []
    near: list[tuple[int, IndexWord]] = []
    for term in lexicon().near(letters, most):
        allowed = min(most, mistakes_allowed(max(len(letters), len(term.folded))))
        distance = mistakes(letters, term.folded, allowed)
        if distance <= allowed and term.word != word and not _DIGIT.search(term.word):
            near.append((distance, term))
    # All of them are asked for, and none is put before another for what he may not see: closed items would else choose.
    often = dict(zip(near, holds([term.word for _, term in near]), strict=True)) if near else {}
    return sorted((one for one in near if often[one]), key=lambda one: (one[0], -often[one], one[1].word))


def mistakes_allowed(letters: int) -> int:
    """How many mistakes may lie between a word of so many letters and the one that was meant."""
    return next((allowed for least, allowed in LETTERS_FOR if letters >= least), 0)


def mistakes(one: str, other: str, most: int) -> int:
    """How many letters were added, left out, exchanged or put in the wrong order between the two; more than `most` is
    `most` + 1."""
    if one == other:
        return 0
    if not most or abs(len(one) - len(other)) > most:
        return most + 1
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if same is None:
        return abs(len(one) - len(other))
    one, other = one[same:], other[same:]
    # The first letters differ: one was left out, added, exchanged, or struck in the wrong order with the next.
    rest = [(one[1:], other), (one, other[1:]), (one[1:], other[1:])]
    if one[:2] == other[1::-1]:
        rest.append((one[2:], other[2:]))
    return 1 + min(mistakes(a, b, most - 1) for a, b in rest)
