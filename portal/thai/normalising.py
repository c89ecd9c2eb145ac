"""The form in which texts and questions meet in the index. It is never shown; highlights find their way back
to the shown text through the offsets."""

import functools
import itertools
import string
import unicodedata
from typing import Final

import regex

from portal.thai.repair import JOINERS, MAY_NOT_BE_NORMAL, NEVER, repair

_ARABIC: Final = {0x0E50 + digit: str(digit) for digit in range(10)}
_PLAIN: Final = _ARABIC | {ord(upper): upper.lower() for upper in string.ascii_uppercase}
_JOINERS: Final = regex.compile(f"[{JOINERS}]")
_NOT_THAI: Final = regex.compile(r"[^\u0e00-\u0e7f\x00-\x7f]+|[A-Z]+")

# Characters that repair and NFKC never join to what stands before them: between two of them a text may be
# normalised in pieces. Left out are the vowels and marks that repair moves, Hangul and halfwidth letters that
# melt into the one before, and an เ that may be the second half of a แ.
_FRESH: Final = (
    r"(?:(?!["
    r"ะาำเ\n\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\ud7b0-\ud7ff\uff9e-\uffdc\U00016d40-\U00016d7f"
    r"])[ \t\p{L}\p{N}\p{P}\p{S}]"
    rf"|(?<![เ{NEVER}{JOINERS}])เ|(?<!\r)\n)"
)
_PIECE: Final = regex.compile(rf"(?:{_FRESH}|^)(?:(?!{_FRESH}).)*", regex.DOTALL)
_BLOCK: Final = regex.compile(rf"(?<=[ \n]){_FRESH}")


def normalise(text: str) -> str:
    """The text repaired, with Arabic digits, in lower case, without compatibility forms (NFKC).

    Thai is kept out of NFKC, which would take sara am apart. Joiners and variation selectors go, also inside
    emoji. What is normalised stays as it is when normalised again.
    """
    if not MAY_NOT_BE_NORMAL.search(text):
        return text.translate(_PLAIN)
    text = _JOINERS.sub("", repair(text)).translate(_ARABIC)
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFC", _NOT_THAI.sub(_folded, text))
    # A compatibility form may unfold into a mark that stands between Thai marks: then the door has work again.
    mended = repair(folded)
    return mended if mended == folded else normalise(mended)


def normalise_with_offsets(text: str) -> tuple[str, list[int]]:
    """`normalise(text)` and, for each of its characters, where in `text` it came from.

    The list has one entry more than the normalised text has characters: the last is `len(text)`, so that the
    normalised span (start, end) was written at `text[offsets[start]:offsets[end]]`. The entries never fall.
    Characters that were dropped belong to the one before them.
    """
    plain = text.translate(_PLAIN)  # one for one, so that most texts need no piecework
    if normalise(plain) == plain:
        return plain, list(range(len(text) + 1))
    pieces: list[str] = []
    offsets: list[int] = []
    starts = [0, *(found.start() for found in _BLOCK.finditer(plain)), len(plain)]
    for start, end in itertools.pairwise(starts):
        block = plain[start:end]
        if normalise(block) == block:
            pieces.append(block)
            offsets.extend(range(start, end))
            continue
        for found in _PIECE.finditer(block):
            piece = _normalised_piece(found[0])
            pieces.append(piece)
            at, last = start + found.start(), start + found.end() - 1
            offsets.extend(min(at + step, last) for step in range(len(piece)))
    offsets.append(len(text))
    return "".join(pieces), offsets


@functools.lru_cache(maxsize=4096)
def _normalised_piece(piece: str) -> str:
    return normalise(piece)


def _folded(found: "regex.Match[str]") -> str:
    text = found[0]
    if text.isascii():
        return text.lower()
    # casefold, not lower: it does not ask whether a sigma ends the word, so pieces fold like the whole.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
