"""The passage of a text that answers best, and where in it the words stand that were looked for.

Pieces of plain text with a flag, never markup: the page escapes them, the API joins them. Ten passages are cut for
every page of results, so the whole text is only scanned; what is normalised and cut into words is a line around each find.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import regex

from portal.thai.clusters import snap
from portal.thai.normalising import normalise, normalise_with_offsets
from portal.thai.numerals import to_thai_digits
from portal.thai.words import Token, stop_words, words

LENGTH: Final = 240  # characters of a passage
BEFORE: Final = 40  # of them before the first word that was found
MARGIN: Final = 30  # read around the passage, so that words at its ends are cut as in the whole text
LONGEST_FILLER: Final = 12  # characters between two words that may be marked along with them
BEGINNING: Final = frozenset("เแโใไ")  # written before the consonant they are said after
FOLLOWING: Final = frozenset("ะาำๅๆฯ")
MOST_BACK: Final = 4
MOST_FINDS: Final = 2_000  # in one text; one of nothing but the word is cut short here
MOST_READ: Final = 200_000  # characters of one section that are looked through
WORD_FOR_WORD: Final = 1.5  # what the whole question in one piece is worth beside the same words apart
NEARLY: Final = 0.8  # of the best passage's worth, for a section to be named beside it
MOST_ALSO: Final = 3
MOST_KEPT_LINES: Final = 4_096  # lines whose words are remembered: the same items are found again and again

Pieces = tuple[tuple[str, bool], ...]
Span = tuple[int, int]
_BLANKS: Final = regex.compile(r"\s+")
_LETTERS: Final = regex.compile(r"[ก-ฮ]{2,6}")
_SIGNS: Final = regex.compile(r"[., ]")
# Here a letter certainly begins, which is most of the time; any other place is looked at closely.
_BORDER: Final = regex.compile(r"[ -~ก-ฮะ-\u0e3a\u0e45-\u0e4e][ -~ก-ฮเ-ไ]")


@dataclass(frozen=True)
class Passage:
    """`pieces` is (text, marked) in order; `section` says in which of the texts it stands, `worth` how well it answers.
    `also` are other texts that answer nearly as well, best first."""

    pieces: Pieces
    section: int
    worth: float
    also: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


class Sought:
    """The words that are looked for and how much each tells (more than 0); made once for all results of a search."""

    def __init__(self, weights: Mapping[str, float], question: str = ""):
        self.weights = weights
        longest_first = sorted(weights, key=len, reverse=True)
        self._pattern = regex.compile("|".join(map(_as_written, longest_first))) if longest_first else None
        several = len(weights) > 1
        self._question = regex.compile(_in_one_piece(question)) if several and question.strip() else None

    def whole_in(self, text: str) -> int | None:
        """Where the question stands word for word in a text in lower case; None where it does not."""
        found = self._question.search(text) if self._question is not None else None
        return found.start() if found is not None else None

    def find_in(self, text: str) -> list[tuple[Span, str]]:
        """Where one of the words may stand in a text in lower case, with the word; also inside of other words."""
        finds: list[tuple[Span, str]] = []
        if self._pattern is None:
            return finds
        for found in self._pattern.finditer(text):
            word = found[0] if found[0] in self.weights else normalise(_SIGNS.sub("", found[0]))
            if word in self.weights:
                finds.append((found.span(), word))
                if len(finds) == MOST_FINDS:
                    break
        return finds


def best_passage(texts: Sequence[str], sought: Sought) -> Passage:
    """The best passage of the texts, in one of them.

    Without any of the words in any text it is the beginning of the first text, unmarked; without texts it is empty.
    """
    found = [
        (worth, -section, at)
        for section, text in enumerate(texts)
        for worth, at in _best_window(text[:MOST_READ], sought)
    ]
    if not found:
        beginning = next((section for section, text in enumerate(texts) if text.strip()), 0)
        text = texts[beginning] if texts else ""
        return Passage(_cut(text, 0, min(LENGTH, len(text)), ()), beginning, 0.0)
    found.sort(reverse=True)
    worth, section, at = found[0][0], -found[0][1], found[0][2]
    also = tuple(-other for near, other, _ in found[1 : 1 + MOST_ALSO] if near >= NEARLY * worth)
    text = texts[section]
    start = _comfortable_start(text, max(0, at - BEFORE))
    end = min(len(text), start + LENGTH)
    around = _border(text, max(0, start - MARGIN), "left")
    marks = _marks(text[around : end + MARGIN], sought)
    spans = [(around + first, around + last) for first, last in marks]
    return Passage(_cut(text, start, end, spans), section, worth, also)


def marked(text: str, sought: Sought) -> Pieces:
    """The whole of a short text, a title, with the words marked."""
    return _pieces(text, 0, len(text), _marks(text, sought))


def _as_written(word: str) -> str:
    """The index keeps พรบ and 1200 for what may be written พ.ร.บ. and ๑,๒๐๐ in the text."""
    if _LETTERS.fullmatch(word):
        return r"\.?\ ?".join(word)
    if not any(map(str.isdigit, word)):
        return regex.escape(word)
    either = [f"[{one}{to_thai_digits(one)}]" if "0" <= one <= "9" else regex.escape(one) for one in word]
    return (",?" if word.isdigit() else "").join(either)


def _in_one_piece(question: str) -> str:
    """The question as it may stand in a text: blanks between its words or none, as the writer liked."""
    normal = normalise(question)
    starts = [0, *(token.start for token in _words_of(normal)), len(normal)]
    pieces = (normal[start:end].split() for start, end in pairwise(starts))
    return r"\s*".join(_as_written(piece) for some in pieces for piece in some)


def _best_window(text: str, sought: Sought) -> list[tuple[float, int]]:
    """(worth, where its first word stands) of the stretch that holds most of what was asked; empty without finds.

    Each word counts once by its weight, and a little each further time. Nothing is worth as much as the question itself,
    word for word. The text was repaired when it was kept.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return []
    whole = sought.whole_in(lowered)
    if whole is not None:
        return [(WORD_FOR_WORD * sum(sought.weights.values()), whole)]
    finds = [(start, end, word) for (start, end), word in sought.find_in(lowered)]
    weights = sought.weights
    best: tuple[float, int] | None = None
    held: dict[str, int] = {}
    worth, first = 0.0, 0
    for _, end, word in finds:
        times = held.get(word, 0)
        worth += weights[word] * (0.05 if times else 1.0)
        held[word] = times + 1
        while end - finds[first][0] > LENGTH - BEFORE and finds[first][1] < end:
            dropped = finds[first][2]
            held[dropped] -= 1
            worth -= weights[dropped] * (0.05 if held[dropped] else 1.0)
            first += 1
        if best is None or worth > best[0] + 1e-9:
            best = (worth, finds[first][0])
    return [best] if best is not None else []


def _comfortable_start(text: str, start: int) -> int:
    """The beginning of the text when it is near, else just behind the next blank when that is."""
    if start < BEFORE // 2:
        return 0
    blank = _BLANKS.search(text, start, start + BEFORE // 2)
    return blank.end() if blank is not None else start


def _marks(text: str, sought: Sought) -> list[Span]:
    """Spans of the words that were looked for. Blanks and stop words between two of them are marked along with them."""
    normal, offsets = normalise_with_offsets(text)
    finds = [span for span, _ in sought.find_in(normal)]
    spans: list[Span] = []
    read = 0
    for start, end in finds:
        if start < read:
            continue
        line, read = _line_around(normal, start, end)
        spans += [
            (line + token.start, line + token.end)
            for token in _words_of(normal[line:read])
            if token.text in sought.weights
        ]
    # The text was cut into other words than the question: better a mark inside a word than none.
    joined: list[Span] = []
    for first, last in spans or finds:
        if joined and _is_filler(normal[joined[-1][1] : first]):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [(offsets[first], offsets[last]) for first, last in joined]


def _line_around(text: str, start: int, end: int) -> Span:
    """From the blank before to the blank after: no word reaches further."""
    before = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
    ends = [at for at in (text.find(" ", end), text.find("\n", end)) if at >= 0]
    return before, min(ends, default=len(text))


@lru_cache(maxsize=MOST_KEPT_LINES)
def _words_of(line: str) -> tuple[Token, ...]:
    return tuple(words(line))


def _is_filler(between: str) -> bool:
    if not between.strip(" "):
        return True
    if len(between) > LONGEST_FILLER or "\n" in between:
        return False
    tokens = _words_of(between)
    rest = len(between.replace(" ", "")) - sum(token.end - token.start for token in tokens)
    return rest == 0 and all(token.text in stop_words() for token in tokens)


def _border(text: str, at: int, side: str) -> int:
    """Where a letter begins: here, or the nearest place on that side."""
    if at <= 0 or at >= len(text) or _BORDER.match(text, at - 1):
        return max(0, min(at, len(text)))
    return snap(text, at, "left" if side == "left" else "right")


def _readable(text: str, at: int, floor: int) -> int:
    """The place, or one a little before it where a syllable may begin: no passage begins with the า of what was left out,
    or ends with the เ of what is."""
    while at > floor and (text[at - 1] in BEGINNING or (at < len(text) and text[at] in FOLLOWING)):
        at -= 1
    return at


def _cut(text: str, start: int, end: int, spans: Iterable[Span]) -> Pieces:
    """The stretch on one line, with an ellipsis where the text goes on, its ends never inside a letter."""
    start = _readable(text, _border(text, start, "left"), max(0, start - MOST_BACK)) if start else 0
    end = _border(text, end, "left")
    end = _readable(text, end, max(start, end - MOST_BACK)) if end < len(text) else end
    start, end = _border(text, start, "left"), _border(text, end, "left")
    inside = ((first, last) for first, last in spans if start <= first and last <= end)
    pieces = [(_BLANKS.sub(" ", piece), is_marked) for piece, is_marked in _pieces(text, start, end, inside)]
    if not pieces:
        return ()
    pieces[0] = (pieces[0][0].lstrip(), pieces[0][1])
    pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    if text[:start].strip():
        pieces.insert(0, ("…", False))
    if text[end:].strip():
        pieces.append(("…", False))
    return _merged(pieces)


def _pieces(text: str, start: int, end: int, spans: Iterable[Span]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    at = start
    for span in spans:
        first, last = max(_border(text, span[0], "left"), at), min(_border(text, span[1], "right"), end)
        if first < last:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    pieces.append((text[at:end], False))
    return _merged(pieces)


def _merged(pieces: Iterable[tuple[str, bool]]) -> Pieces:
    merged: list[tuple[str, bool]] = []
    for text, is_marked in pieces:
        if not text:
            continue
        if merged and merged[-1][1] == is_marked:
            merged[-1] = (merged[-1][0] + text, is_marked)
        else:
            merged.append((text, is_marked))
    return tuple(merged)
