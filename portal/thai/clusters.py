"""Letters as a reader counts them: a consonant with its vowels and tones, an emoji with its joiners.

Text is cut here and nowhere else, so that no page shows half a letter. Besides Unicode's grapheme clusters a
leading vowel stays with its consonant: a line or a snippet that ends in โ reads as a mistake.
"""

from collections.abc import Iterator
from typing import Final, Literal

import regex

_CLUSTER: Final = regex.compile(r"\X")
_WHOLE: Final = regex.compile(r"[เ-ไ](?=[ก-ฮ])\X|\X")
# Here a cluster begins whatever stood before: nothing in the first bracket can join what follows it.
_CERTAIN: Final = regex.compile(r"[\n -~ก-ฮะ-\u0e3a\u0e45-\u0e4e](?=[!-~ก-ฮ])")
_LOOK_BACK: Final = 64


def length(text: str) -> int:
    """How many letters a reader counts: ที่ is one, เก is two."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _CLUSTER.finditer(text))


def clip(text: str, limit: int) -> str:
    """The text if it has at most `limit` letters, else its beginning and an ellipsis, `limit` letters together.

    No letter is cut, the beginning ends neither in a space nor in a vowel that waits for its consonant.
    A limit of 0 or less gives an empty text.
    """
    if limit <= 0:
        return ""
    counted = 0
    kept = 0  # where the text must end for the ellipsis to fit
    for found in _WHOLE.finditer(text):
        counted += 2 if _is_pair(found[0]) else 1
        if counted > limit:
            return text[:kept].rstrip() + "…"
        if counted < limit:
            kept = found.end()
    return text


def clip_characters(text: str, limit: int) -> str:
    """The text if it has at most `limit` characters, as a column of a database counts them, else its beginning and an
    ellipsis, `limit` characters together. A letter is cut only when it alone has more."""
    if len(text) <= limit:
        return text
    room = max(0, limit - 1)
    return text[: snap(text, room) or room].rstrip() + "…"


def snap(text: str, offset: int, side: Literal["left", "right"] = "left") -> int:
    """The offset itself where a letter begins or the text ends, else the nearest such place on that side.

    Offsets outside the text become its beginning or end.
    """
    if offset <= 0 or offset >= len(text):
        return max(0, min(offset, len(text)))
    for start, end in _letters_around(text, offset):
        if start == offset:
            return offset
        if end > offset:
            return start if side == "left" else end
    return len(text)


def _is_pair(whole: str) -> bool:
    return len(whole) > 1 and "เ" <= whole[0] <= "ไ" and "ก" <= whole[1] <= "ฮ"


def _letters_around(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """The spans of letters from a certain beginning a little before the offset, or from the start of the text."""
    begin = max(0, offset - _LOOK_BACK)
    certain = _CERTAIN.search(text, begin, offset + 1) if begin else None
    begin = certain.end() if certain is not None and certain.end() <= offset else 0
    for found in _WHOLE.finditer(text, begin):
        yield found.span()
