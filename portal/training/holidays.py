"""The days on which an organisation does not work: the official list of a year, till the organisation makes it its own.

The cabinet adds days at short notice, and takes announced ones back. So a year that somebody changed is rows of the
organisation; what is then in the official list and not in its own is shown, and added by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import holidays as official_lists
from sqlalchemy import select

from portal.db import session
from portal.training.models import Holiday, HolidayYear

# The first is observed by banks and firms only, the second is a Saturday anyway.
_NO_HOLIDAYS_OF_THE_STATE: Final = ("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ")
_IN_LIEU, _IN_LIEU_EN = "ชดเชย", " (in lieu)"


@dataclass(frozen=True)
class OfficialHoliday:
    day: date
    name: str
    name_en: str


@lru_cache(maxsize=200)
def official_holidays(year: int) -> tuple[OfficialHoliday, ...]:
    """The holidays of the state in a year (CE) as the `holidays` package knows them, in order: its categories public and
    government, less Labour Day with its substitute and Children's Day. None for a year it knows nothing of."""
    thai, english = (
        official_lists.country_holidays(
            "TH", years=year, language=language, categories=("public", "government")
        )
        for language in ("th", "en_US")
    )
    found = []
    for day in sorted(thai):
        # One day may be several: 5 December is three. The two lists name them in the same order.
        names = [
            pair
            for pair in zip(thai.get_list(day), english.get_list(day), strict=True)
            if not pair[0].endswith(_NO_HOLIDAYS_OF_THE_STATE)
        ]
        if names:
            found.append(OfficialHoliday(day, *_as_one(names)))
    return tuple(found)


def _as_one(names: list[tuple[str, str]]) -> tuple[str, str]:
    """The names of one day as one name, which says once that it is in lieu."""
    thai = " ".join(name.removeprefix(_IN_LIEU) for name, _ in names)
    english = ", ".join(name.removesuffix(_IN_LIEU_EN) for _, name in names)
    if names[0][0].startswith(_IN_LIEU):
        thai, english = f"วันหยุดชดเชย{thai}", f"{english}{_IN_LIEU_EN}"
    return thai, english


def holidays_between(organisation_id: int, start: date, end: date) -> dict[date, Holiday]:
    """The organisation's holidays from `start` to `end`, both included, in order: its own where it changed the year,
    else the official ones, which are not rows of the database."""
    own_years = years_kept(organisation_id, start.year, end.year)
    rows = session.scalars(
        select(Holiday).where(Holiday.organisation_id == organisation_id, Holiday.day.between(start, end))
    )
    found = {row.day: row for row in rows}
    for year in range(start.year, end.year + 1):
        if year not in own_years:
            found |= {row.day: row for row in _rows(organisation_id, year) if start <= row.day <= end}
    return dict(sorted(found.items()))


def holidays_of_year(organisation_id: int, year: int) -> dict[date, Holiday]:
    """The organisation's holidays of one year (CE)."""
    return holidays_between(organisation_id, date(year, 1, 1), date(year, 12, 31))


def years_kept(organisation_id: int, first: int, last: int) -> set[int]:
    """Those of the years (CE) that the organisation has made its own."""
    return set(
        session.scalars(
            select(HolidayYear.year).where(
                HolidayYear.organisation_id == organisation_id, HolidayYear.year.between(first, last)
            )
        )
    )


def take_over(organisation_id: int, year: int) -> None:
    """Make the official list of the year (CE) the organisation's own, to be changed; nothing when it is that already."""
    if session.get(HolidayYear, (organisation_id, year)) is None:
        session.add(HolidayYear(organisation_id=organisation_id, year=year))
        session.add_all(_rows(organisation_id, year))
        session.flush()


def missing_of(year: int, own: Iterable[date]) -> list[OfficialHoliday]:
    """What the official list of the year has and the organisation's own days have not."""
    days = set(own)
    return [one for one in official_holidays(year) if one.day not in days]


def _rows(organisation_id: int, year: int) -> list[Holiday]:
    return [
        Holiday(organisation_id=organisation_id, day=one.day, name=one.name, name_en=one.name_en)
        for one in official_holidays(year)
    ]
