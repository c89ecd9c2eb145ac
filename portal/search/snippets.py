"""The passage of a text that answers best, and where in it the words stand that were looked for.

Pieces of plain text with a flag, never markup: the page escapes them, the API joins them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from portal.thai.clusters import snap
from portal.thai.normalising import normalise_with_offsets
from portal.thai.words import stop_words, words

LENGTH: Final = 240  # characters of a passage
BEFORE: Final = 40  # of them before the first word that was found
MARGIN: Final = 30  # read around the passage, so that words at its ends are cut as in the whole text
MOST_FINDS: Final = 2_000  # in one text; a text of nothing but the word is cut short here
MOST_READ: Final = 200_000  # characters of one section that are looked through

Pieces = tuple[tuple[str, bool], ...]
_BLANKS: Final = regex.compile(r"\s+")
_LETTERS: Final = regex.compile(r"[ก-ฮ]{2,6}")
_SIGNS: Final = regex.compile(r"[., ]")


@dataclass(frozen=True)
class Passage:
    """`pieces` is (text, marked) in order; `section` says in which of the texts it stands, `worth` how well it answers."""

    pieces: Pieces
    section: int
    worth: float

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


def best_passage(texts: Sequence[str], weights: Mapping[str, float]) -> Passage:
    """The best passage of the texts for these words (word → how much it tells, more than 0), in one of them.

    Without any of the words in any text it is the beginning of the first text, unmarked; without texts it is empty.
    """
    best: tuple[float, int, int] | None = None
    read: dict[int, tuple[str, list[int]]] = {}
    pattern = _pattern(weights)
    for section, text in enumerate(texts):
        if pattern is None:
            break
        normal, offsets = read[section] = normalise_with_offsets(text[:MOST_READ])
        found = _best_window(normal, pattern, weights)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], section, found[1])
    if best is None:
        beginning = next((section for section, text in enumerate(texts) if text.strip()), 0)
        text = texts[beginning] if texts else ""
        return Passage(_cut(text, 0, min(LENGTH, len(text)), ()), beginning, 0.0)
    worth, section, at = best
    normal, offsets = read[section]
    start = _comfortable_start(normal, max(0, at - BEFORE))
    end = min(len(normal), start + LENGTH)
    spans = [
        (offsets[first], offsets[last])
        for first, last in _marks(normal, max(0, start - MARGIN), min(len(normal), end + MARGIN), weights)
        if start <= first and last <= end
    ]
    return Passage(_cut(texts[section], offsets[start], offsets[end], spans), section, worth)


def marked(text: str, wanted: Collection[str]) -> Pieces:
    """The whole of a short text, a title, with the words marked."""
    normal, offsets = normalise_with_offsets(text)
    spans = [(offsets[first], offsets[last]) for first, last in _marks(normal, 0, len(normal), wanted)]
    return _pieces(text, 0, len(text), spans)


def _pattern(wanted: Iterable[str]) -> "regex.Pattern[str] | None":
    longest_first = sorted(wanted, key=len, reverse=True)
    return regex.compile("|".join(map(_as_written, longest_first))) if longest_first else None


def _as_written(word: str) -> str:
    """The index keeps พรบ and 1200 for what may be written พ.ร.บ. and 1,200 in the text."""
    if _LETTERS.fullmatch(word):
        return r"\.?\ ?".join(word)
    if word.isdigit():
        return ",?".join(word)
    return regex.escape(word)


def _as_indexed(written: str) -> str:
    return _SIGNS.sub("", written)


def _best_window(
    normal: str, pattern: "regex.Pattern[str]", weights: Mapping[str, float]
) -> tuple[float, int] | None:
    """(worth, where the first word of it stands) of the stretch of LENGTH that holds most of what was asked.

    Each word counts once by its weight, and a little each further time.
    """
    finds: list[tuple[int, str]] = []
    for found in pattern.finditer(normal):
        word = found[0] if found[0] in weights else _as_indexed(found[0])
        finds.append((found.start(), word))
        if len(finds) == MOST_FINDS:
            break
    best: tuple[float, int] | None = None
    held: dict[str, int] = {}
    worth, first = 0.0, 0
    for at, word in finds:
        times = held.get(word, 0)
        worth += weights[word] * (0.05 if times else 1.0)
        held[word] = times + 1
        while at + len(word) - finds[first][0] > LENGTH - BEFORE:
            dropped = finds[first][1]
            held[dropped] -= 1
            worth -= weights[dropped] * (0.05 if held[dropped] else 1.0)
            first += 1
        if best is None or worth > best[0] + 1e-9:
            best = (worth, finds[first][0])
    return best


def _comfortable_start(normal: str, start: int) -> int:
    """The beginning of the text when it is near, else just behind the next blank when that is."""
    if start < BEFORE // 2:
        return 0
    blank = _BLANKS.search(normal, start, start + BEFORE // 2)
    return blank.end() if blank is not None else start


def _marks(normal: str, start: int, end: int, wanted: Collection[str]) -> list[tuple[int, int]]:
    """Spans of the words that were looked for. Blanks and stop words between two of them are marked along with them."""
    stretch = normal[start:end]
    tokens = words(stretch)
    spans = [(token.start, token.end) for token in tokens if token.text in wanted]
    if not spans:
        # The text was cut into other words than the question; better a mark inside a word than none.
        pattern = _pattern(wanted)
        spans = [found.span() for found in pattern.finditer(stretch)] if pattern is not None else []
    fillers = {(token.start, token.end) for token in tokens if token.text in stop_words()}
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and _only_fillers(stretch, joined[-1][1], first, fillers):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [(start + first, start + last) for first, last in joined]


def _only_fillers(text: str, start: int, end: int, fillers: set[tuple[int, int]]) -> bool:
    if end - start > 12:
        return False
    between = text[start:end]
    inside = sorted((first, last) for first, last in fillers if start <= first and last <= end)
    for first, last in reversed(inside):
        between = between[: first - start] + between[last - start :]
    return not between.strip(" ") and "\n" not in between


def _cut(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Pieces:
    """The stretch on one line, with an ellipsis where the text goes on, its ends never inside a letter."""
    start, end = snap(text, start, "left"), snap(text, end, "left")
    pieces = [(_BLANKS.sub(" ", piece), is_marked) for piece, is_marked in _pieces(text, start, end, spans)]
    if not pieces:
        return ()
    pieces[0] = (pieces[0][0].lstrip(), pieces[0][1])
    pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    if text[:start].strip():
        pieces.insert(0, ("…", False))
    if text[end:].strip():
        pieces.append(("…", False))
    return _merged(pieces)


def _pieces(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    at = start
    for first, last in spans:
        first, last = max(snap(text, first, "left"), at), min(snap(text, last, "right"), end)
        if first >= last:
            continue
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
