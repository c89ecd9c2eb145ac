"""The coarse form in which words that are easily confused are the same: without tones, karan and mai taikhu, ใ as ไ, ซ as ส.

It never takes part in what counts as found; it finds what is spelt alike.
"""

from typing import Final

_FOLDED: Final = str.maketrans(dict.fromkeys("่้๊๋็์ํ") | {"ใ": "ไ", "ซ": "ส"})


def fold(text: str) -> str:
    """The normalised text in its coarse form; what is folded stays as it is when folded again."""
    return text.translate(_FOLDED)
