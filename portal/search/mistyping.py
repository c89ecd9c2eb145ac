"""What a hurried hand makes of a question, for measuring how much of it the search forgives.

Errors are made from dice, so that the same seed makes the same errors and two runs can be compared.
"""

import random
from collections.abc import Callable, Iterator
from typing import Final

from portal.thai.keyboard import KEDMANEE

TONES: Final = "่้๊๋"
# Vowels that sound alike or lie beside each other on the page of a school book.
CONFUSED: Final = ("ิี", "ึื", "ุู", "เแ", "ไใ", "ะั", "็่", "ำา")
THAI_LETTERS: Final = "กขคงจชซณดตถทนบปผฝพฟมยรลวศษสหอฮะาเแโใไิีึืุูั็่้์"
LATIN_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

Error = Callable[[str, random.Random], str]


def typo(text: str, dice: random.Random) -> str:
    """The text with one error of the kinds that people make in Thai: a tone mark left out, another or double, a vowel taken
    for its like, a neighbouring key. A text without Thai gets any one-letter error."""
    kinds = [list(kind(text)) for kind in (_tones, _vowels, _keys)]
    possible = [errors for errors in kinds if errors]
    return dice.choice(dice.choice(possible)) if possible else edit(text, dice)


def edit(text: str, dice: random.Random) -> str:
    """The text with one letter put in, left out, replaced or changed for its neighbour, at any place; always another text
    and never an empty one."""
    letters = THAI_LETTERS if any(_is_thai(letter) for letter in text) else LATIN_LETTERS
    while True:
        place = dice.randrange(len(text) + 1)
        before, after = text[:place], text[place:]
        changed = dice.choice(
            (
                f"{before}{dice.choice(letters)}{after}",
                f"{before}{after[1:]}",
                f"{before}{dice.choice(letters)}{after[1:]}",
                f"{before}{after[1:2]}{after[:1]}{after[2:]}",
            )
        )
        if changed != text and changed.strip():
            return changed


def _tones(text: str) -> Iterator[str]:
    for place, letter in enumerate(text):
        if letter in TONES:
            before, after = text[:place], text[place + 1 :]
            yield before + after
            yield f"{before}{letter}{letter}{after}"
            yield from (f"{before}{other}{after}" for other in TONES if other != letter)


def _vowels(text: str) -> Iterator[str]:
    yield from _replaced(text, _CONFUSED_WITH)


def _keys(text: str) -> Iterator[str]:
    yield from _replaced(text, _BESIDE)


def _replaced(text: str, others: dict[str, str]) -> Iterator[str]:
    for place, letter in enumerate(text):
        for other in others.get(letter, ""):
            yield f"{text[:place]}{other}{text[place + 1 :]}"


def _is_thai(letter: str) -> bool:
    return "\u0e01" <= letter <= "\u0e5b"


def _neighbours() -> dict[str, str]:
    """Thai letter → what the keys left and right of it and its own with or without shift write: what lies side by side is hit
    for one another."""
    beside: dict[str, str] = {}
    for plain, shifted in KEDMANEE:
        for row, other in ((plain, shifted), (shifted, plain)):
            for place, letter in enumerate(row):
                if _is_thai(letter):
                    beside[letter] = (
                        row[max(0, place - 1) : place] + row[place + 1 : place + 2] + other[place]
                    )
    return beside


_BESIDE: Final = _neighbours()
_CONFUSED_WITH: Final = {letter: pair.replace(letter, "") for pair in CONFUSED for letter in pair}
