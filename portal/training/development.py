"""ประวัติการพัฒนา: everything one person took part in, by fiscal year, with what was learned in hours and what came in time."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func

from portal.db import session
from portal.people.models import Person
from portal.thai.dates import bangkok_today, fiscal_year
from portal.training.models import Participation, Training
from portal.training.register import RegisterFilter, find_all, scope
from portal.training.register_lines import RegisterLine


@dataclass(frozen=True)
class DevelopmentYear:
    """The lines of one fiscal year, newest first. Only what has taken place counts."""

    fiscal_year: int
    lines: list[RegisterLine]

    @property
    def times(self) -> int:
        return sum(line.has_taken_place for line in self.lines)

    @property
    def hours(self) -> float:
        """Those that were recorded."""
        return sum(line.participation.hours or 0 for line in self.lines if line.has_taken_place)


@dataclass(frozen=True)
class Development:
    years: list[DevelopmentYear]

    @property
    def times(self) -> int:
        return sum(year.times for year in self.years)

    @property
    def hours(self) -> float:
        return sum(year.hours for year in self.years)


def development_of(person: Person, reader: Person | None) -> Development:
    """What the reader sees of the person's trainings, newest year first."""
    lines = find_all(RegisterFilter(person_id=person.id), reader)
    by_year = groupby(lines, key=lambda line: fiscal_year(line.training.return_date))
    return Development([DevelopmentYear(year, list(of_year)) for year, of_year in by_year])


def attended_in_year(person: Person, year: int, reader: Person | None) -> tuple[int, float]:
    """(how many trainings, recorded hours) of what has taken place in that fiscal year and the reader sees."""
    query = scope(RegisterFilter(fiscal_year=year, person_id=person.id), reader).where(
        Training.return_date <= bangkok_today()
    )
    times, hours = session.execute(
        query.with_only_columns(func.count(Participation.id), func.sum(Participation.hours))
    ).one()
    return times, float(hours or 0)
