"""Bytes of unknown encoding read as text: files from offices are UTF-8 today and TIS-620 yesterday."""

import codecs
from typing import Final

import regex

from portal.errors import BadInput
from portal.translating import N_

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MARKS: Final = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_CONTROL: Final = regex.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BEYOND_ASCII: Final = regex.compile(r"[^\x00-\x7f]")
_THAI: Final = regex.compile(r"[\u0e01-\u0e5b\u00a0‘’“”•–—…€]")
_PLACED: Final = regex.compile(rf"(?<=[ก-ฮ{_MARKS}])[{_MARKS}]|[เ-ไ](?=[ก-ฮเ])")
_BESIDE_LATIN: Final = regex.compile(r"(?<=[A-Za-z])[ก-๎]|[ก-๎](?=[A-Za-z])")
_PLACEABLE: Final = regex.compile(rf"[{_MARKS}เ-ไ]")
# UTF-8's Thai begins each letter with one of these pairs; read as TIS-620 they are เธ and เน over and over.
_DAMAGED_UTF8: Final = regex.compile("เ[ธน]")
_ENOUGH: Final = 0.9  # a few misspelt or mangled words in a hundred are usual in old files


class UndecodableText(BadInput):
    """The bytes are no text in an encoding that Thai offices use."""

    message = N_("This is not readable as text. Save it as UTF-8 (in Excel: CSV UTF-8) and try again.")


def decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was read by: `utf-8`, `utf-8-sig`, `utf-16`, `utf-32`, `tis-620` or `cp874`.

    A byte order mark decides and is left out of the text. Else what is valid UTF-8 is UTF-8, and other bytes are
    Thai of one byte a letter when they read as plausible Thai: at least nine in ten letters beyond ASCII are
    Thai, and nine in ten marks and leading vowels stand where Thai writes them. Names tell `cp874` from `tis-620` when
    Microsoft's extra signs (“ ” … €) occur. Line ends are left as they are; no bytes are an empty UTF-8 text.
    UndecodableText for everything else: damaged UTF-8, Western one-byte text, anything with a NUL.
    """
    encoding = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), "")
    text = _strictly(data, encoding or "utf-8")
    if text is None and not encoding:
        # cp874 is TIS-620 and a few signs more; what neither has is no Thai text.
        encoding = "cp874" if regex.search(rb"[\x80-\xa0]", data) else "tis-620"
        text = _strictly(data, "cp874")
        if text is not None and not _reads_as_thai(text):
            raise UndecodableText
    if text is None or "\x00" in text:
        raise UndecodableText
    return text, encoding or "utf-8"


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_thai(text: str) -> bool:
    text = text.removesuffix("\x1a")  # DOS wrote its end-of-file sign into the file
    if _CONTROL.search(text):
        return False
    beyond = len(_BEYOND_ASCII.findall(text))
    thai = len(_THAI.findall(text))
    placeable = len(_PLACEABLE.findall(text))
    placed = len(_PLACED.findall(text))
    return (
        thai >= _ENOUGH * beyond
        and placed >= _ENOUGH * placeable
        and len(_BESIDE_LATIN.findall(text)) <= 0.5 * thai
        and len(_DAMAGED_UTF8.findall(text)) * 3 <= 0.5 * thai
    )
