"""Thai and Arabic numerals, by the person's choice."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

_TO_THAI: Final = {ord("0") + digit: 0x0E50 + digit for digit in range(10)}
_TO_ARABIC: Final = {thai: arabic for arabic, thai in _TO_THAI.items()}


class Numerals(StrEnum):
    """The digits a person reads; the value is what is stored."""

    ARABIC = "arabic"
    THAI = "thai"


def to_thai_digits(text: str) -> str:
    """The text with every 0–9 written ๐–๙."""
    return text.translate(_TO_THAI)


def to_arabic_digits(text: str) -> str:
    """The text with every ๐–๙ written 0–9."""
    return text.translate(_TO_ARABIC)


def in_numerals(text: str, numerals: Numerals) -> str:
    """The text with all its digits in those numerals."""
    return to_thai_digits(text) if numerals is Numerals.THAI else to_arabic_digits(text)


def format_number(
    n: float | Decimal, numerals: Numerals = Numerals.ARABIC, *, decimals: int | None = None
) -> str:
    """`1,234,567` or `๑,๒๓๔,๕๖๗`; a year is no number and is not written with this.

    `decimals` rounds half to even and shows that many places; without it the places are those of the number.
    """
    written = f"{n:,}" if decimals is None else f"{n:,.{decimals}f}"
    return in_numerals(written, numerals)
