"""Thai dictionary order (that of the Royal Institute's dictionary) as a stored text.

Databases know no Thai order, or each its own. The key sorts by code point: SQLite's BINARY and PostgreSQL's
collation "C" give the same list.
"""

import unicodedata
from typing import Final

import regex

from portal.thai.normalising import normalise

# Words that agree so far stand side by side in any list; it keeps the key, in bytes, within PostgreSQL's index row.
LETTERS: Final = 160

# Between words of the same letters these decide: none, mai taikhu, the four tones, karan, nikhahit, yamakkan.
_MARKS: Final = {chr(code): chr(0x22 + step) for step, code in enumerate((*range(0x0E47, 0x0E4F), 0x0E3A))}
_UNMARKED: Final = "!"
_REPEATED: Final = {"ๆ": ":", "ฯ": ";"}  # after the end of a word and after numbers, before any letter

_PIECE: Final = regex.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)|(?P<leading>[เ-ไ])(?P<consonant>[ก-ฮ])|(?P<one>.)",
    regex.DOTALL,
)


def sort_key(text: str) -> str:
    """A key whose order by code point is the dictionary's order of the texts; at most 700 characters long.

    Vowels written before a consonant count after it (เกม stands under ก). Tones and the other marks count only
    between words of the same letters: กา ก่า ก้า. Numbers, Thai or Arabic, count by their value (แผน 9, แผน 10) and
    come first, then other scripts without case and accents, then Thai. Spaces and signs do not count. A text
    of nothing else has a key that sorts before all; equal keys are possible, so order by the id as well.
    """
    letters: list[str] = []
    marks: list[str] = []
    room = LETTERS
    for found in _PIECE.finditer(_without_accents(normalise(text))):
        if room <= 0:
            break
        room -= len(found[0])
        if found["number"]:
            letters.append(_number(found["number"].replace(",", "")))
            marks.append(_UNMARKED)
        elif found["leading"]:
            letters += (found["consonant"], found["leading"])
            marks += (_UNMARKED, _UNMARKED)
        elif found["one"] in _MARKS:
            if marks:
                marks[-1] = _marked(marks[-1], _MARKS[found["one"]])
        elif found["one"].isalnum() or found["one"] in _REPEATED or _is_vowel_mark(found["one"]):
            letters.append("า" if found["one"] == "ๅ" else _REPEATED.get(found["one"], found["one"]))
            marks.append(_UNMARKED)
    # The space stands below all weights, so that a word stands before the longer ones that begin with it.
    return "".join(letters) + " " + "".join(marks).rstrip(_UNMARKED)


def _number(digits: str) -> str:
    """Longer numbers after shorter ones, then digit by digit; the first sign stands below all digits and letters."""
    digits = digits.lstrip("0")[:20]
    return chr(0x21 + min(len(digits), 14)) + digits


def _marked(so_far: str, mark: str) -> str:
    """A letter's marks end in the sign for none: กา before ก่า, and each letter is weighed in its turn."""
    return (so_far[:-1] + mark + _UNMARKED) if len(so_far) < 3 else so_far


def _is_vowel_mark(letter: str) -> bool:
    return letter == "\u0e31" or "\u0e34" <= letter <= "\u0e39"


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return regex.sub(r"(?<=\p{Latin})\p{Mn}+", "", unicodedata.normalize("NFD", text))
