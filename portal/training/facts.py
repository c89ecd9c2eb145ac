"""What is told of a training, by a form or by a row of a list, and what can't be so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.errors import BadInput
from portal.templating import number
from portal.thai.dates import bangkok_today
from portal.thai.normalising import normalise
from portal.training.clock import return_date_of
from portal.training.models import COST_HEADINGS, TrainingKind
from portal.training.money import show_hours
from portal.translating import N_

MOST_DAYS = 366
MOST_DAYS_OF_STUDY = 3_000  # a doctorate takes eight years at most
MOST_DAYS_AWAY = 92  # between the last day and the return
FURTHEST_AHEAD = 3 * 366
FURTHEST_BACK = 60 * 366


class EndsBeforeStart(BadInput):
    message = N_("The last day is before the first.")


class ReturnsBeforeEnd(BadInput):
    message = N_("The day of return is before the last day.")


class ReturnsTooLate(BadInput):
    message = N_("The day of return is more than three months after the last day. Is the year right?")


class TooManyDays(BadInput):
    message = N_(
        "From the first day to the last there are %(days)s days. Only further study lasts longer than a year: choose that "
        "kind, or look at the years."
    )


class TooManyYears(BadInput):
    message = N_("From the first day to the last there are %(days)s days, more than any study takes.")


class TooFarAhead(BadInput):
    message = N_("That is more than three years ahead. Is the year right?")


class TooLongAgo(BadInput):
    message = N_("That is more than sixty years ago. Is the year right?")


class NoHoursAtAll(BadInput):
    message = N_("A training has more than no hours. Leave the field empty when they are not known yet.")


class MoreHoursThanDays(BadInput):
    message = N_("%(hours)s hours do not go into %(days)s days.")


@dataclass(frozen=True)
class TrainingFacts:
    """A training as somebody tells it; costs in satang, of all who took part together."""

    title: str
    start_date: date
    end_date: date
    came_back_on: date | None = None  # empty: on the last day
    kind: TrainingKind = TrainingKind.COURSE
    organiser: str = ""
    place: str = ""
    is_outside: bool = True
    is_online: bool = False
    hours: float | None = None
    order_number: str = ""
    order_date: date | None = None
    costs: dict[str, int] = field(default_factory=dict)
    budget_source: str = ""
    aims: str = ""
    goal_id: int | None = None
    step: str = "KM2"

    @property
    def return_date(self) -> date:
        """The day from which duties count: of an online or in-house course always its last day."""
        return return_date_of(
            is_online=self.is_online, is_outside=self.is_outside, end=self.end_date, given=self.came_back_on
        )

    @property
    def days(self) -> int:
        return days_of(self.start_date, self.end_date)

    @property
    def is_over(self) -> bool:
        return self.return_date <= bangkok_today()

    def as_columns(self) -> dict[str, object]:
        """The values of the row that keeps it."""
        return {
            "title": self.title,
            "kind": self.kind,
            "organiser": self.organiser,
            "place": self.place,
            "is_outside": self.is_outside,
            "is_online": self.is_online,
            "start_date": self.start_date,
            "end_date": self.end_date,
            "return_date": self.return_date,
            "hours": self.hours,
            "order_number": self.order_number,
            "order_date": self.order_date,
            **{heading: self.costs.get(heading, 0) for heading in COST_HEADINGS},
            "budget_source": self.budget_source,
            "aims": self.aims,
            "goal_id": self.goal_id,
            "step": self.step,
        }


def days_of(start: date, end: date) -> int:
    """Calendar days, the first and the last among them."""
    return (end - start).days + 1


def problems_of(facts: TrainingFacts) -> Iterator[tuple[str, BadInput]]:
    """What can't be so, each with the field that says it; nothing when all is well."""
    today = bangkok_today()
    if facts.start_date > today + timedelta(FURTHEST_AHEAD):
        yield "start_date", TooFarAhead()
    elif facts.start_date < today - timedelta(FURTHEST_BACK):
        yield "start_date", TooLongAgo()
    if facts.end_date < facts.start_date:
        yield "end_date", EndsBeforeStart()
        if facts.hours is not None and facts.hours <= 0:
            yield "hours", NoHoursAtAll()
        return
    if facts.kind != TrainingKind.FURTHER_STUDY and facts.days > MOST_DAYS:
        yield "end_date", TooManyDays(days=number(facts.days))
    elif facts.days > MOST_DAYS_OF_STUDY:
        yield "end_date", TooManyYears(days=number(facts.days))
    if facts.return_date < facts.end_date:
        yield "return_date", ReturnsBeforeEnd()
    elif (facts.return_date - facts.end_date).days > MOST_DAYS_AWAY:
        yield "return_date", ReturnsTooLate()
    problem = problem_of_hours(facts.hours, facts.days)
    if problem is not None:
        yield "hours", problem


def problem_of_hours(hours: float | None, days: int) -> BadInput | None:
    """What is wrong with so many hours in so many days; None for hours that may be, and for none told."""
    if hours is None:
        return None
    if hours <= 0:
        return NoHoursAtAll()
    if hours > days * 24:
        return MoreHoursThanDays(hours=show_hours(hours), days=number(days))
    return None


def folded_title(title: str) -> str:
    """A title as it is compared: without blanks, dashes, quotes and dots, in one spelling."""
    return "".join(
        letter for letter in normalise(title) if letter.isalnum() or "\u0e30" <= letter <= "\u0e4e"
    )
