"""Counting days, and nothing else: no database, no organisation.

The first day is not counted (Civil and Commercial Code, section 193/3). Whether a last day that is a holiday moves to
the next working day is for the organisation to decide: section 193/8 moves it, section 64 paragraph 2 of the
Administrative Procedure Act does not for an official. Both days are always worked out.
"""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True)
class DueDates:
    """`strict` is the last day itself, `lenient` the first working day from it on, `remind_by` the last working day up
    to it."""

    strict: date
    lenient: date
    remind_by: date


def due_dates(returned: date, days: int, holidays: Collection[date]) -> DueDates:
    """The last of so many days after the return. `holidays` hold at least the weeks around it; weekends are known."""
    strict = returned + timedelta(days=days)
    return DueDates(strict, next_working_day(strict, holidays), last_working_day(strict, holidays))


def is_weekend(day: date) -> bool:
    """Saturday and Sunday."""
    return day.weekday() >= _SATURDAY


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Neither weekend nor holiday."""
    return not is_weekend(day) and day not in holidays


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """The day itself when there is work on it, else the first after it on which there is."""
    while not is_working_day(day, holidays):
        day += ONE_DAY
    return day


def last_working_day(day: date, holidays: Collection[date]) -> date:
    """The day itself when there is work on it, else the last before it on which there was."""
    while not is_working_day(day, holidays):
        day -= ONE_DAY
    return day


def return_date_of(*, is_online: bool, is_outside: bool, end: date, given: date | None) -> date:
    """The day from which the days after a training are counted: of an online or in-house course its last day, else the
    day that was given as that of the return; the last day when none was."""
    if is_online or not is_outside:
        return end
    return given or end


def term_ends(start: date, end: date, months: int) -> list[date]:
    """The last days of the full terms of further study that are over before it ends; the last of all has the report on
    the whole."""
    ends = []
    number = 1
    while (last := _months_after(start, number * months) - ONE_DAY) < end:
        ends.append(last)
        number += 1
    return ends


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
