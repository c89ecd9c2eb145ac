"""Under which holidays and which policy an organisation's due dates are counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from portal.db import session
from portal.people.models import Unit
from portal.people.settings import settings_of
from portal.training.clock import DueDates, due_dates, last_working_day
from portal.training.holidays import holidays_between
from portal.training.models import Holiday, HolidayPolicy

# No row of days off is longer: so far before the first day and behind the last the holidays must be known.
_MARGIN: Final = timedelta(days=92)


@dataclass(frozen=True)
class Calendar:
    """The holidays around some days, and whether a due date moves off them. Read once for all that is counted at once."""

    policy: HolidayPolicy
    holidays: Mapping[date, Holiday]

    def count(self, counted_from: date, days: int) -> DueDates:
        """The last of so many days after that day, strictly and leniently."""
        return due_dates(counted_from, days, self.holidays)

    def due(self, dates: DueDates) -> date:
        """The one of the two that the policy lets count."""
        return dates.lenient if self.policy == HolidayPolicy.NEXT_WORKING_DAY else dates.strict

    def remind_by(self, due: date) -> date:
        """The last working day on or before it."""
        return last_working_day(due, self.holidays)

    def under(self, policy: HolidayPolicy) -> "Calendar":
        """The same holidays under another policy."""
        return replace(self, policy=policy)

    def with_holiday(self, holiday: Holiday) -> "Calendar":
        """As if that were a holiday, too."""
        return replace(self, holidays={**self.holidays, holiday.day: holiday})

    def without(self, day: date) -> "Calendar":
        """As if that were no holiday."""
        return replace(self, holidays={one: row for one, row in self.holidays.items() if one != day})


def policy_of(organisation_id: int) -> HolidayPolicy:
    """What the organisation decided about a due date that falls on a holiday."""
    return HolidayPolicy(settings_of(organisation_id).holiday_policy)


def calendar_of(organisation_id: int, days: Iterable[date]) -> Calendar:
    """The calendar that all these days, and what is counted towards them, stand in."""
    known = list(days)
    if not known:
        return Calendar(policy_of(organisation_id), {})
    first, last = min(known) - _MARGIN, max(known) + _MARGIN
    return Calendar(policy_of(organisation_id), holidays_between(organisation_id, first, last))


def counting_stands_still(organisation_id: int, *, changes: bool = False) -> None:
    """Till this transaction ends nobody changes rules, holidays or policy while duties are made by them; whoever
    `changes` them waits for those who count, so that no duty is missed when all are counted anew."""
    session.execute(select(Unit.id).where(Unit.id == organisation_id).with_for_update(read=not changes))
