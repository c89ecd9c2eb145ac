"""What happens at the door to every text that is typed or imported: what can't be read or found is put right,
what is right stays as it is."""

import re
import unicodedata
from typing import Final

import regex

# Windows fonts before Unicode drew marks at a second height (beside a tall consonant, under a tone) and kept
# those drawings in the private use area. Texts cut out of such documents carry the drawings instead of letters.
LEGACY_GLYPHS: Final = dict(
    enumerate(
        "\u0e10"  # F700: tho than without its foot
        "\u0e34\u0e35\u0e36\u0e37"  # F701–F704: vowels above, drawn to the left
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # F705–F709: tones and karan, low and to the left
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # F70A–F70E: the same, low
        "\u0e0d"  # F70F: yo ying without its foot
        "\u0e31\u0e4d\u0e47"  # F710–F712: mai han akat, nikhahit, mai taikhu, to the left
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # F713–F717: tones and karan, to the left
        "\u0e38\u0e39\u0e3a",  # F718–F71A: marks below, lowered
        start=0xF700,
    )
)

MARKS: Final = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # all that stands above or below a consonant
_LATE: Final = frozenset("\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4e")  # typed after a vowel above or below
_TONES: Final = frozenset("\u0e48\u0e49\u0e4a\u0e4b")
_AA, _AM, _NIKHAHIT = "\u0e32", "\u0e33", "\u0e4d"

# Line ends of all kinds; a page break (\f) parts words too, so it becomes a line end instead of vanishing.
_LINE_ENDS: Final = regex.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_NO_BREAK_SPACES: Final = regex.compile("[\u00a0\u2007\u202f]")

# A character class without its brackets: what is never wanted in a text. Control characters; zero-width
# characters; marks of writing direction (they let a title read differently from what it is); noncharacters,
# which neither XLSX nor DOCX can hold.
NEVER: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
)
_NEVER: Final = regex.compile(f"[{NEVER}]")
_HALF_PAIRS: Final = regex.compile("[\ud800-\udfff]")  # can't be written as UTF-8, so not be stored

# Invisible characters that mean something in their place only.
JOINERS: Final = "\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_INVISIBLE: Final = regex.compile(f"[{JOINERS}]")
_STRAY_SELECTOR: Final = regex.compile(
    r"(?<![\p{Emoji}\p{Han}\p{Sm}\p{So}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_TAGS: Final = regex.compile(  # the flags of England, Scotland, Wales; anywhere else it is hidden text
    "(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0020-\U000e007f]"
)
_SPELT_WITH_JOINERS: Final = (
    r"\p{Arabic}\p{Syriac}\p{Mongolian}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}"
    r"\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Myanmar}"
)
_JOINER: Final = regex.compile(
    r"(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})(*SKIP)(*FAIL)"
    rf"|(?<=[{_SPELT_WITH_JOINERS}])[\u200c\u200d](?=[{_SPELT_WITH_JOINERS}])(*SKIP)(*FAIL)"
    r"|[\u200c\u200d]"
)

# Two letters of a run that are not in order, or may not be: what follows whom was read off `_in_order`.
_EARLY: Final = "\u0e31\u0e34-\u0e39\u0e47"  # vowels above and below, mai taikhu
_OUT_OF_ORDER: Final = (
    rf"[{_EARLY}][{_EARLY}\u0e3a{_NIKHAHIT}]|[\u0e48-\u0e4c\u0e4e][{MARKS}]"
    rf"|[\u0e3a{_NIKHAHIT}ะ{_AM}][{MARKS}ะ{_AA}{_AM}]|{_AA}[{MARKS}{_AA}{_AM}]|เเ"
)
# Nearly every text is right. One look over it, and the rest is only done for those that may not be.
_MAY_BE_WRONG: Final = re.compile(rf"[^\t\n\x20-\x7e\u0e01-\u0e3a\u0e3f-\u0e5b\u2010-\u2027]|{_OUT_OF_ORDER}")
MAY_NOT_BE_NORMAL: Final = re.compile(rf"[^\t\n\x20-\x7e\u0e01-\u0e3a\u0e3f-\u0e5b]|{_OUT_OF_ORDER}")

_MARKED: Final = regex.compile(rf"([ก-ฮ]?)([{MARKS}ะ{_AA}{_AM}]{{2,}})")


def repair(text: str) -> str:
    """The same text as it should have been typed; a correct text comes back unchanged, and so does a repaired one.

    Put right: the glyphs of old Thai fonts; sara am typed as nikhahit and sara aa, also around a tone; เ typed
    twice for แ; a mark typed twice on one letter; a tone typed before the vowel above or below it, or after
    ะ า ำ; no-break spaces; line ends; zero-width and control characters (except line end and tab), of which the
    joiners inside emoji and in scripts that are spelt with them stay; halves of surrogate pairs (U+FFFD
    stands for them). The result is NFC and can be stored as UTF-8. Letters are never doubled or taken away
    otherwise: สถานที่ที่ stays, as does จ้าาา.
    """
    if not _MAY_BE_WRONG.search(text):
        return text
    text = _LINE_ENDS.sub("\n", text.translate(LEGACY_GLYPHS))
    text = _NO_BREAK_SPACES.sub(" ", _NEVER.sub("", _HALF_PAIRS.sub("\ufffd", text)))
    text = unicodedata.normalize("NFC", text)
    if _INVISIBLE.search(text):
        text = _without_stray_joiners(text)
    text = text.replace("เเ", "แ").replace(_NIKHAHIT + _AA, _AM)
    # Once is enough for anything a keyboard makes; marks of other scripts between Thai ones may need another turn.
    while True:
        mended = unicodedata.normalize("NFC", _MARKED.sub(_in_order, text))
        if mended == text:
            return text
        text = mended


def _without_stray_joiners(text: str) -> str:
    """What one joiner's going brings together, NFC may order anew before the next joiner: so until nothing moves."""
    while True:
        kept = _JOINER.sub("", _STRAY_SELECTOR.sub("", text))
        kept = unicodedata.normalize("NFC", _TAGS.sub(lambda found: found[1] or "", kept))
        if kept == text:
            return text
        text = kept


def _in_order(found: "regex.Match[str]") -> str:
    """The marks and following vowels of one consonant in the order of the alphabet's rules, each mark once.

    One pass from left to right: a run of a hundred thousand marks costs no more than its length.
    """
    base, run = found[1], found[2]
    marks: list[str] = []
    vowel = ""
    read = 0
    for letter in run:
        if not vowel:
            if letter in "ะาำ":
                vowel = letter
                if vowel != "ะ" and _NIKHAHIT in marks:
                    marks.remove(_NIKHAHIT)
                    vowel = _AM
            elif letter not in marks:
                marks.append(letter)
        elif base and letter in _TONES:
            if letter not in marks:
                marks.append(letter)
        elif not (letter == _AM and vowel == _AM):
            break  # drawn-out speech (จ้าาา) or no Thai at all: the rest stays as it is
        read += 1
    marks.sort(key=_LATE.__contains__)
    return base + "".join(marks) + vowel + run[read:]
