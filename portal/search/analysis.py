"""The one chain through which texts and questions reach the index: normalise, cut into words, leave out stop words.

Both sides call the same functions, so that what is typed and what is written meet whatever digits, marks or glyphs either
was written with.
"""

import hashlib
from typing import Final

import regex

from portal.thai.folding import fold
from portal.thai.normalising import normalise, normalise_with_offsets
from portal.thai.words import LONGEST, Token, words

# Raised whenever the chain, its dictionary or its stop list gives other words than before: the index is then
# built anew while the old one goes on serving.
ANALYSIS_VERSION: Final = 5

# More words than any question has; what is pasted beyond them does not change what is found.
MOST_QUESTION_WORDS: Final = 48
MOST_GRAMS: Final = 96
GRAM: Final = 3  # letters

_BLANKS: Final = regex.compile(r"\s+")
_SIGNS: Final = regex.compile(r"[\s\p{P}\p{S}]+")
# มท 0808.2/ว 3274, นม 72301/145, ว 3274
_LETTER_NUMBER: Final = regex.compile(
    r"""
      (?<![ก-๎0-9]) (?P<office>(?:[ก-ฮ]\.?){1,4}) \ ? (?P<number>[0-9]{3,6}(?:\.[0-9]{1,4}){0,3}) \ ?/\ ?
      (?: (?P<circular>ว)\.?\ ? )? (?P<serial>[0-9]{1,6}) (?![0-9])
    | (?<![ก-๎0-9]) (?P<alone>ว)\.?\ ?(?P<last>[0-9]{1,6}) (?![0-9.])
    """,
    regex.VERBOSE,
)
# มาตรา 32, ข้อ 5, (ฉบับที่ 4)
_NUMBERED: Final = regex.compile(r"(มาตรา|ข้อ|หมวด|ฉบับที่|ตัวชี้วัดที่|เป้าหมายที่|ขั้นตอนที่) ?([0-9]{1,4})(?![0-9])")


def analyse(text: str) -> list[str]:
    """The words of a text as the index knows them, in their order, repeated as often as they stand there; after them what
    is known by its number: letters (มท0808.2/ว3274, ว3274) and places in laws (มาตรา32)."""
    normal = normalise(text)
    found = [token.text for token in tokens(normal)]
    return [*found, *_letter_numbers(normal), *_places(normal)]


def tokens(normalised: str) -> list[Token]:
    """The words of a normalised text with their places."""
    return words(normalised, without_stop_words=True)


def question_words(text: str) -> tuple[str, ...]:
    """The different words that are looked for, in the order typed. Empty when nothing but stop words or signs was typed."""
    return tuple(dict.fromkeys(analyse(text)))[:MOST_QUESTION_WORDS]


def letter_numbers(text: str) -> tuple[str, ...]:
    """The letter numbers in a question, whole and without blanks, each once."""
    return tuple(dict.fromkeys(_letter_numbers(normalise(text))))


def numbered_places(text: str) -> tuple[str, ...]:
    """The places of laws and plans in a question, whole: มาตรา32, ฉบับที่4, each once."""
    return tuple(dict.fromkeys(_places(normalise(text))))


def numbers_typed(text: str) -> dict[str, str]:
    """The letter numbers and places of laws in a question, whole: as the index knows them, and as they were typed."""
    plain, offsets = normalise_with_offsets(text)
    found = {_letter_number(one)[0]: one for one in _LETTER_NUMBER.finditer(plain)}
    found |= {"".join(one.groups()): one for one in _NUMBERED.finditer(plain)}
    return {key: text[offsets[one.start()] : offsets[one.end()]].strip() for key, one in found.items()}


def folded_words(text: str) -> tuple[str, ...]:
    """The words of a question in their coarse form, cut as such: a missing tone does not tear them apart."""
    folded = fold(normalise(text))
    found = (token.text for token in words(folded, without_stop_words=True, folded=True))
    return tuple(dict.fromkeys(found))[:MOST_QUESTION_WORDS]


def grams(text: str) -> list[str]:
    """The letter groups of a title or question, blanks left out, repeated as often as they stand there."""
    letters = _BLANKS.sub("", normalise(text))
    return [letters[at : at + GRAM] for at in range(len(letters) - GRAM + 1)]


def question_grams(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(grams(text)))[:MOST_GRAMS]


def title_key(text: str) -> str:
    """What two titles share that differ in blanks, signs and digits only; short enough for a term."""
    key = _SIGNS.sub("", normalise(text))
    return key if len(key) <= LONGEST else hashlib.sha256(key.encode()).hexdigest()[:32]


def normal_line(text: str) -> str:
    """The text as it is compared letter by letter: normalised, on one line."""
    return _BLANKS.sub(" ", normalise(text)).strip()


def _places(normal: str) -> list[str]:
    return ["".join(place) for place in _NUMBERED.findall(normal)]


def _letter_numbers(normal: str) -> list[str]:
    return [number for found in _LETTER_NUMBER.finditer(normal) for number in _letter_number(found)]


def _letter_number(found: "regex.Match[str]") -> list[str]:
    """The number whole; of a circular also that by which it is quoted."""
    if found["alone"]:
        return [f"ว{found['last']}"]
    circular, office = found["circular"] or "", found["office"].replace(".", "")
    whole = f"{office}{found['number']}/{circular}{found['serial']}"
    return [whole, f"ว{found['serial']}"] if circular else [whole]
