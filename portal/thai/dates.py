"""Days as Thai offices write them: Bangkok's calendar day, the Buddhist era, the fiscal year from October.

Dates are stored as ISO dates of the common era; only here are they turned into พ.ศ. and back (พ.ศ. = ค.ศ. + 543).
Reading what people type is `portal.thai.reading_dates`; its names are at hand here too.
"""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from portal.thai.numerals import Numerals, in_numerals
from portal.thai.reading_dates import (
    ENGLISH_MONTHS,
    ERA,
    MONTHS,
    SHORT_MONTHS,
    WEEKDAYS,
    AmbiguousYear,
    UnreadableDate,
    read_date,
)

__all__ = [
    "BANGKOK",
    "ENGLISH_MONTHS",
    "ERA",
    "MONTHS",
    "SHORT_MONTHS",
    "STYLES",
    "WEEKDAYS",
    "AmbiguousYear",
    "UnreadableDate",
    "bangkok_day",
    "bangkok_today",
    "fiscal_year",
    "fiscal_year_dates",
    "format_date",
    "format_datetime",
    "read_date",
]

BANGKOK: Final = ZoneInfo("Asia/Bangkok")
STYLES: Final = ("short", "long", "numeric", "weekday")


def bangkok_day(moment: datetime) -> date:
    """The calendar day in Bangkok at that moment. ValueError when the moment has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day in Bangkok")
    return moment.astimezone(BANGKOK).date()


def bangkok_today(now: datetime | None = None) -> date:
    """Today in Bangkok, or the day there at `now` (aware)."""
    return bangkok_day(now) if now is not None else datetime.now(BANGKOK).date()


def fiscal_year(day: date) -> int:
    """The fiscal year of a day in พ.ศ.: 1 October to 30 September, named by the year it ends in."""
    return day.year + ERA + (day.month >= 10)


def fiscal_year_dates(year: int) -> tuple[date, date]:
    """First and last day of a fiscal year given in พ.ศ.: 2570 is 1 Oct 2026 to 30 Sep 2027."""
    return date(year - ERA - 1, 10, 1), date(year - ERA, 9, 30)


def format_date(d: date, style: str = "short", lang: str = "th", numerals: Numerals = Numerals.ARABIC) -> str:
    """The day in the Buddhist era. A datetime is refused: its day depends on the zone (`bangkok_day`).

    In Thai: short `1 ต.ค. 2566`, long `1 ตุลาคม 2566`, numeric `1/10/2566`, weekday `วันอาทิตย์ที่ 1 ตุลาคม 2566`.
    In English the year is the same, so that screen and paper agree, and says so: `1 Oct 2566 BE`,
    `1 October 2566 BE`, `1/10/2566 BE`, `Sunday 1 October 2566 BE`. `read_date` reads all of them.
    """
    if isinstance(d, datetime):
        raise TypeError("format_date takes a day; bangkok_day gives the day of a moment")
    if style not in STYLES:
        raise ValueError(f"no style {style!r}; there are {', '.join(STYLES)}")
    year = d.year + ERA
    if lang == "en":
        written = _english(d, style, year)
    elif style == "numeric":
        written = f"{d.day}/{d.month}/{year}"
    else:
        month = (SHORT_MONTHS if style == "short" else MONTHS)[d.month - 1]
        written = f"{d.day} {month} {year}"
        if style == "weekday":
            written = f"วัน{WEEKDAYS[d.weekday()]}ที่ {written}"
    return in_numerals(written, numerals)


def format_datetime(
    d: datetime, style: str = "short", lang: str = "th", numerals: Numerals = Numerals.ARABIC
) -> str:
    """Day and time in Bangkok: `1 ต.ค. 2566 14.30 น.`, in English `1 Oct 2566 BE 14:30`. ValueError without a zone."""
    day = format_date(bangkok_day(d), style, lang, numerals)
    time = f"{d.astimezone(BANGKOK):%H:%M}" if lang == "en" else f"{d.astimezone(BANGKOK):%H.%M} น."
    return f"{day} {in_numerals(time, numerals)}"


def _english(d: date, style: str, year: int) -> str:
    month = ENGLISH_MONTHS[d.month - 1]
    match style:
        case "numeric":
            return f"{d.day}/{d.month}/{year} BE"
        case "short":
            return f"{d.day} {month[:3]} {year} BE"
        case "weekday":
            return f"{_ENGLISH_WEEKDAYS[d.weekday()]} {d.day} {month} {year} BE"
        case _:
            return f"{d.day} {month} {year} BE"


_ENGLISH_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
