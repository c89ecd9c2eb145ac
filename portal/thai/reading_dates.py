"""Dates as people type them, read without guessing."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import regex

from portal.errors import BadInput
from portal.thai.normalising import normalise
from portal.translating import N_

ERA: Final = 543  # พ.ศ. less ค.ศ.

MONTHS: Final = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS: Final = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
ENGLISH_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: Final = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

_LONGEST: Final = 100  # no date is longer; the rest of a pasted page is not worth a look

# As they are spoken and commonly misspelt. What could be two months (มี.ย., ม.ย.) is missing on purpose.
_SPOKEN: Final = {
    "มกรา": 1,
    "กุมภา": 2,
    "กุมภาพันธุ์": 2,
    "มีนา": 3,
    "เมษา": 4,
    "พฤษภา": 5,
    "พฤกษภาคม": 5,
    "มิถุนา": 6,
    "กรกฎา": 7,
    "กรกฏาคม": 7,
    "สิงหา": 8,
    "กันยา": 9,
    "ตุลา": 10,
    "พฤศจิกา": 11,
    "พฤษจิกายน": 11,
    "ธันวา": 12,
    "sept": 9,
}
_MONTH: Final[dict[str, int]] = (
    {name: number for number, name in enumerate(MONTHS, 1)}
    | {name.replace(".", ""): number for number, name in enumerate(SHORT_MONTHS, 1)}
    | {name.lower(): number for number, name in enumerate(ENGLISH_MONTHS, 1)}
    | {name[:3].lower(): number for number, name in enumerate(ENGLISH_MONTHS, 1)}
    | _SPOKEN
)
_ENGLISH_WEEKDAYS: Final = (
    "mon monday",
    "tue tues tuesday",
    "wed wednesday",
    "thu thur thurs thursday",
    "fri friday",
    "sat saturday",
    "sun sunday",
)
_WEEKDAY: Final[dict[str, int]] = (
    {name: number for number, name in enumerate(WEEKDAYS)}
    | {"พฤหัส": 3, "พฤหัสฯ": 3}
    | {name: number for number, names in enumerate(_ENGLISH_WEEKDAYS) for name in names.split()}
)
_NEAR: Final = {"วันนี้": 0, "today": 0, "เมื่อวาน": -1, "เมื่อวานนี้": -1, "yesterday": -1, "พรุ่งนี้": 1, "tomorrow": 1}


def _either(names: Iterable[str]) -> str:
    """A pattern for one of the names, the longest first."""
    return "|".join(regex.escape(name) for name in sorted(names, key=len, reverse=True))


# ต.ค. with or without its dots, and with a space after the first.
_DOTTED: Final = "|".join(
    r"\ ?\.?\ ?".join(regex.escape(part) for part in name.rstrip(".").split(".")) + r"\.?"
    for name in SHORT_MONTHS
)
_THAI: Final = _either(name for name in _MONTH if not name.isascii() and len(name) > 3)
_ENGLISH: Final = _either(name for name in _MONTH if name.isascii())
_NAMED: Final = rf"(?:เดือน\s*)?(?P<month>{_THAI}|{_DOTTED}|(?P<english>{_ENGLISH})\.?)"
_DAY: Final = rf"(?:(?:วัน)?(?P<weekday>{_either(_WEEKDAY)})\.?,?\s*)?(?:วันที่|ที่|วัน)?\s*"
_BE: Final = r"(?:พ\s?\.?\s?ศ\s?\.?|b\.?e\.?)"
_CE: Final = r"(?:ค\s?\.?\s?ศ\s?\.?|c\.?e\.?|a\.?d\.?)"
_YEAR: Final = rf"(?:ปี\s*)?(?P<era>{_BE}|{_CE})?\s*(?P<year>[0-9]+)(?:\s*(?P<after>{_BE}|{_CE}))?"
_NUMBER: Final = r"(?P<day>[0-9]{1,2})"
_FORMS: Final = tuple(
    regex.compile(form)
    for form in (
        rf"{_DAY}{_NUMBER}\s*(?P<join>[-/.])?\s*{_NAMED}\s*(?:(?P=join)|,)?\s*(?:{_YEAR})?",  # 1 ต.ค. 2566
        rf"{_DAY}{_NUMBER}(?:st|nd|rd|th)\s+(?:of\s+)?{_NAMED},?\s*(?:{_YEAR})?",  # 1st of October 2566
        rf"{_DAY}{_NAMED}\s+{_NUMBER}(?:st|nd|rd|th)?(?:(?:,\s*|\s+){_YEAR})?",  # October 1, 2023
        rf"{_DAY}{_NUMBER}\s*(?P<join>[-/.])\s*(?P<number>[0-9]{{1,2}})\s*(?:(?P=join)\s*{_YEAR})?",  # 1/10/66
        rf"{_DAY}{_NUMBER}\s+(?P<number>[0-9]{{1,2}})\s+{_YEAR}",  # 1 10 2566
        rf"(?P<year>[0-9]{{4}})\s*(?P<join>[-/.])\s*(?P<number>[0-9]{{1,2}})\s*(?P=join)\s*{_NUMBER}",  # ISO
    )
)
_DASHES: Final = regex.compile(r"[\u2010-\u2015\u2212]")


class UnreadableDate(BadInput, ValueError):
    """The text is no date, or a day that does not exist (31 ก.พ.)."""

    message = N_("This can't be read as a date. Write it as %(day)s.")

    def __init__(self) -> None:
        super().__init__(day="1/10/2569")


class AmbiguousYear(UnreadableDate):
    """The day and month are clear, the year is not: `candidates` are the days that may be meant, perhaps none."""

    message = N_("Which year is meant? Write all four figures of it.")

    def __init__(self, candidates: tuple[date, ...] = ()):
        super().__init__()
        self.candidates = candidates


def read_date(text: str, today: date | None = None) -> date:
    """The day that was typed.

    Read are Thai and Arabic digits, พ.ศ. and ค.ศ., long, short and English months with or without dots
    (`1 ต.ค. 66`, `๑ ตุลาคม พ.ศ. ๒๕๖๖`, `October 1, 2023`), `1/10/66` (day first), `1-10-2566`, `2566-10-01`,
    with วันที่ or the weekday before; and วันนี้, เมื่อวาน, พรุ่งนี้ where `today` is given.

    A year of four digits is พ.ศ. from 2400 to 2699 and ค.ศ. from 1900 to 2100; of two digits 25xx, as offices write
    it. With the era named, the year may be any of 2101–2699 พ.ศ. or 1000–2399 ค.ศ.

    AmbiguousYear: no year, another number, a year that belies the era named with it, two digits after ค.ศ. or
    an English month (23 may be 2523 or 2023). UnreadableDate: anything else, a day that is not in the
    calendar, a weekday that was another day's.
    """
    if len(text) > _LONGEST:
        raise UnreadableDate
    typed = " ".join(_DASHES.sub("-", normalise(text)).split())
    if typed in _NEAR and today is not None:
        return today + timedelta(days=_NEAR[typed])
    for form in _FORMS:
        if found := form.fullmatch(typed):
            return _day(found.groupdict())
    raise UnreadableDate


def _day(said: dict[str, str | None]) -> date:
    month = _month(said.get("month") or said.get("number") or "")
    day = int(said["day"] or 0)
    if not _exists(2000, month, day):  # a leap year: 29 February waits for its year
        raise UnreadableDate
    years = _years(said)
    days = tuple(date(year, month, day) for year in years if _exists(year, month, day))
    if len(years) != 1:
        raise AmbiguousYear(days)
    if not days:
        raise UnreadableDate
    weekday = said.get("weekday")
    if weekday and _WEEKDAY[weekday] != days[0].weekday():
        raise UnreadableDate
    return days[0]


def _years(said: dict[str, str | None]) -> list[int]:
    """The years (ค.ศ.) that may be meant: one when it is clear."""
    digits = said.get("year") or ""
    eras = {_is_buddhist(era) for era in (said.get("era"), said.get("after")) if era}
    if len(eras) > 1 or len(digits) not in (2, 4):
        return []
    year = int(digits)
    if len(digits) == 2:
        if eras == {True}:
            return [2500 + year - ERA]
        if eras == {False} or said.get("english"):
            return [2500 + year - ERA, 2000 + year]
        return [2500 + year - ERA]
    if eras == {True}:
        return [year - ERA] if 2100 < year < 2700 else []
    if eras == {False}:
        return [year] if 1000 <= year < 2400 else []
    if 2400 <= year < 2700:
        return [year - ERA]
    return [year] if 1900 <= year <= 2100 else []


def _is_buddhist(era: str) -> bool:
    return era[0] in "พb"


def _month(name: str) -> int:
    if name.isdecimal():
        return int(name)
    return _MONTH[name.replace(".", "").replace(" ", "")]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
