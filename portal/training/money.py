"""Baht and hours as people type them, kept exactly: satang as whole numbers."""

import re
from decimal import Decimal

from portal.errors import BadInput
from portal.templating import numerals
from portal.thai.numerals import format_number, to_arabic_digits
from portal.translating import N_

MOST_BAHT = 100_000_000
MOST_HOURS = 50_000

_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,6})?")
_BAHT = re.compile(r"(?:฿|บาท(?:ถ้วน)?|baht|thb|\.-|-|=)*", re.IGNORECASE)
_HOURS = re.compile(r"(?:ชั่วโมง|ชม\.?|hours?|hrs?\.?)", re.IGNORECASE)


class NoSum(BadInput):
    message = N_("This is no sum in baht. Write it as 1,250.50.")


class SumTooLarge(BadInput):
    message = N_("More than 100 million baht: is there a digit too many?")


class NoHours(BadInput):
    message = N_("These are no hours. Write a number, as 12 or 7.5.")


def read_baht(text: str) -> int:
    """The sum in satang: Thai or Arabic digits, with or without commas, satang and the word บาท. NoSum, SumTooLarge."""
    written = _number(_BAHT.sub("", to_arabic_digits(text)))
    if written is None or written.as_tuple().exponent < -2:  # type: ignore[operator] # a number that was read has one
        raise NoSum
    if written > MOST_BAHT:
        raise SumTooLarge
    return int(written * 100)


def read_hours(text: str) -> float:
    """Hours, in Thai or Arabic digits; zero is read too, and refused where hours are asked. NoHours."""
    written = _number(_HOURS.sub("", to_arabic_digits(text)))
    if written is None or written > MOST_HOURS:
        raise NoHours
    return round(float(written), 2)


def plain_baht(satang: int) -> str:
    """As it stands in a field: 1,250 or 1,250.50."""
    return f"{satang // 100:,}" if satang % 100 == 0 else f"{Decimal(satang) / 100:,.2f}"


def show_baht(satang: int) -> str:
    """As it stands on a page, in the reader's numerals."""
    return format_number(Decimal(satang) / 100, numerals.get(), decimals=0 if satang % 100 == 0 else 2)


def plain_hours(hours: float) -> str:
    """As they stand in a field: 12 or 7.5."""
    return f"{hours:g}"


def show_hours(hours: float) -> str:
    """As they stand on a page, in the reader's numerals."""
    return format_number(Decimal(f"{hours:g}"), numerals.get())


def _number(text: str) -> Decimal | None:
    tidy = "".join(text.split())
    return Decimal(tidy.replace(",", "")) if _NUMBER.fullmatch(tidy) else None
