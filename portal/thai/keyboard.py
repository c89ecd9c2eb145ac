"""The Thai keyboard (Kedmanee, TIS 820) over the Latin one: what a text would be had the other layout been chosen."""

from typing import Final

import regex

_LATIN: Final = (
    "`1234567890-="
    "qwertyuiop[]\\"
    "asdfghjkl;'"
    "zxcvbnm,./"
    "~!@#$%^&*()_+"
    "QWERTYUIOP{}|"
    'ASDFGHJKL:"'
    "ZXCVBNM<>?"
)  # fmt: skip
# Row by row, plain and with shift.
KEDMANEE: Final = (
    ("_ๅ/-ภถ\u0e38\u0e36คตจขช", "%+๑๒๓๔\u0e39฿๕๖๗๘๙"),
    ("ๆไำพะ\u0e31\u0e35รนยบลฃ", '๐"ฎฑธ\u0e4d\u0e4aณฯญฐ,ฅ'),
    ("ฟหกดเ\u0e49\u0e48าสวง", "ฤฆฏโฌ\u0e47\u0e4bษศซ."),
    ("ผปแอ\u0e34\u0e37ทมใฝ", "()ฉฮ\u0e3a\u0e4c?ฒฬฦ"),
)
_THAI: Final = "".join((*(plain for plain, _ in KEDMANEE), *(shifted for _, shifted in KEDMANEE)))
_TO_THAI: Final = str.maketrans(_LATIN, _THAI)
_TO_LATIN: Final = str.maketrans(_THAI, _LATIN)

_UPPER_LOWER: Final = "\u0e31\u0e34-\u0e39\u0e47"  # vowels above and below, mai taikhu
_TONES: Final = "\u0e48-\u0e4b\u0e4c"
_SYLLABLES: Final = regex.compile(
    rf"(?:[เ-ไ]?[ก-ฮ][{_UPPER_LOWER}]?[{_TONES}]?[ะาำ]?ๅ?[ฯๆ]?|[๐-๙0-9]|[ \-/.,()?%+\"_])++"
)
_THAI_LETTER: Final = regex.compile("[ก-ฮ]")
_ANY_THAI: Final = regex.compile("[\u0e01-\u0e5b]")
_LATIN_LETTER: Final = regex.compile("[A-Za-z]")
_LATIN_WORD: Final = regex.compile(r"[A-Za-z][A-Za-z0-9 \-/.,()]*")


def in_thai_layout(text: str) -> str:
    """What the keys that give this Latin text give on the Thai keyboard; other characters stay."""
    return text.translate(_TO_THAI)


def in_latin_layout(text: str) -> str:
    """What the keys that give this Thai text give on the Latin keyboard; other characters stay."""
    return text.translate(_TO_LATIN)


def as_typed_on_the_other(text: str) -> str | None:
    """The text as the same keys give it on the other layout, when that can be read and is not what was typed; else None.

    Thai can be read when each of its marks stands on a consonant, Latin when it is letters. Whether it says anything,
    only who knows the words can tell: most English words are some Thai syllables.
    """
    if _ANY_THAI.search(text):
        other = in_latin_layout(text)
        return other.lower() if _LATIN_WORD.fullmatch(other) else None
    other = in_thai_layout(text)
    is_meant = _LATIN_LETTER.search(text) and _THAI_LETTER.search(other) and _SYLLABLES.fullmatch(other)
    return other if is_meant else None
