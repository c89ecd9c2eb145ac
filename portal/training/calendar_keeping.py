"""The organisation's holidays and its policy, changed by those who keep them; open duties follow at once."""

from datetime import date
from typing import Final

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import session
from portal.errors import BadInput, Conflict, NotHere
from portal.people.deciding import change_decisions
from portal.people.models import Person, Unit
from portal.people.settings import settings_of
from portal.templating import in_language, year
from portal.thai.reading_dates import ERA
from portal.training.counting import Calendar, counting_stands_still
from portal.training.holidays import holidays_between, take_over
from portal.training.models import Holiday, HolidayPolicy
from portal.training.recounting import Move, Recount, recount_all, would_move
from portal.translating import N_

FIRST_YEAR, LAST_YEAR = 2000, 2100
FOLLOW_UP_DAYS: Final = range(1, 367)


class HolidayAlready(Conflict):
    message = N_("This day is a holiday already: %(name)s.")


class NoSuchYear(BadInput):
    message = N_("Holidays are kept for the years %(first)s to %(last)s.")


def holiday_on(organisation_id: int, day: date) -> Holiday:
    """The holiday of that day, NotHere when it is none; no row of the database where the year is still the official one."""
    found = holidays_between(organisation_id, day, day).get(day)
    if found is None:
        raise NotHere
    return found


def mind_free_day(organisation_id: int, day: date) -> None:
    """HolidayAlready for a day that is one, NoSuchYear for one out of all calendars."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NoSuchYear(first=year(FIRST_YEAR + ERA), last=year(LAST_YEAR + ERA))
    for holiday in holidays_between(organisation_id, day, day).values():
        raise HolidayAlready(name=in_language(holiday, "name"))


def add_holiday(organisation: Unit, day: date, *, by: Person, name: str, name_en: str = "") -> list[Move]:
    """One more day without work; answers the due dates that moved."""
    counting_stands_still(organisation.id, changes=True)
    mind_free_day(organisation.id, day)
    take_over(organisation.id, day.year)
    holiday = Holiday(organisation_id=organisation.id, day=day, name=name, name_en=name_en)
    session.add(holiday)
    record("holiday.add", holiday, by=by, on=day.isoformat())
    return recount_all(organisation.id, by=by, why=Recount.HOLIDAYS)


def rename_holiday(organisation: Unit, day: date, *, by: Person, name: str, name_en: str = "") -> None:
    """Another name; nothing is counted by it."""
    holiday = _own(organisation, day)
    if (holiday.name, holiday.name_en) != (name, name_en):
        holiday.name, holiday.name_en = name, name_en
        record("holiday.rename", holiday, by=by, on=day.isoformat())


def remove_holiday(organisation: Unit, day: date, *, by: Person) -> list[Move]:
    """There is work on that day; answers the due dates that moved."""
    holiday = _own(organisation, day)
    record("holiday.remove", holiday, by=by, on=day.isoformat())
    session.delete(holiday)
    return recount_all(organisation.id, by=by, why=Recount.HOLIDAYS)


def change_counting(
    organisation: Unit, *, by: Person, policy: HolidayPolicy, follow_up_days: int
) -> list[Move]:
    """Decide about due dates on holidays, and when it is asked what became of a training; answers the due dates that
    moved."""
    counting_stands_still(organisation.id, changes=True)
    before = settings_of(organisation.id).holiday_policy
    change_decisions(organisation, by=by, holiday_policy=str(policy), follow_up_days=follow_up_days)
    session.flush()
    return recount_all(organisation.id, by=by, why=Recount.POLICY) if before != policy else []


def moved_by_adding(organisation_id: int, day: date) -> list[Move]:
    """The open duties whose due date would move if that day were a holiday, too."""
    return would_move(
        organisation_id,
        lambda calendar: calendar.with_holiday(Holiday(organisation_id=organisation_id, day=day)),
    )


def moved_by_removing(organisation_id: int, day: date) -> list[Move]:
    """The open duties whose due date would move if there were work on that day."""
    return would_move(organisation_id, lambda calendar: calendar.without(day))


def moved_by_policy(organisation_id: int, policy: HolidayPolicy) -> list[Move]:
    """The open duties whose due date would move under that policy."""

    def under(calendar: Calendar) -> Calendar:
        return calendar.under(policy)

    return would_move(organisation_id, under)


def _own(organisation: Unit, day: date) -> Holiday:
    """The row of that day, in a year that is the organisation's own from now on; NotHere when it is no holiday."""
    counting_stands_still(organisation.id, changes=True)
    holiday_on(organisation.id, day)
    take_over(organisation.id, day.year)
    return session.scalars(
        select(Holiday).where(Holiday.organisation_id == organisation.id, Holiday.day == day)
    ).one()
