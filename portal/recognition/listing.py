"""Awards as lists: of a fiscal year in the order of names, and of one person."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.people.models import Person
from portal.recognition.models import Award
from portal.thai.dates import BANGKOK, bangkok_day, fiscal_year, fiscal_year_dates

PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class AwardPage:
    awards: list[Award]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def awards_of_year(reader: Person, year: int, *, badge: str = "", page: int = 1) -> AwardPage:
    """What was given in that fiscal year (Buddhist era) and stands, as far as the reader may see it, in the order of the
    names of who is here; two queries."""
    first, last = fiscal_year_dates(year)
    query = (
        Award.visible_to(reader)
        .join(Award.person)
        .where(
            Award.withdrawn_at.is_(None),
            Person.deactivated_at.is_(None),
            Award.awarded_at >= datetime.combine(first, time(), BANGKOK),
            Award.awarded_at < datetime.combine(last + timedelta(days=1), time(), BANGKOK),
        )
    )
    if badge:
        query = query.where(Award.badge == badge)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = session.scalars(
        query.options(joinedload(Award.person), joinedload(Award.given_by))
        .order_by(Person.sort_key, Person.id, Award.awarded_at, Award.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return AwardPage(list(found), total)


def years_with_awards(reader: Person, this_year: int) -> list[int]:
    """The fiscal years from the first award that the reader may see to this one, newest first."""
    first = session.scalar(
        Award.visible_to(reader)
        .with_only_columns(func.min(Award.awarded_at))
        .where(Award.withdrawn_at.is_(None))
    )
    began = fiscal_year(bangkok_day(first)) if first else this_year
    return list(range(this_year, min(began, this_year) - 1, -1))


def awards_of(person: Person, reader: Person) -> list[Award]:
    """The person's awards as far as the reader may see them, those that stand before those that were withdrawn, newest
    first."""
    query = (
        Award.visible_to(reader)
        .where(Award.person_id == person.id)
        .options(joinedload(Award.given_by))
        .order_by(Award.withdrawn_at.is_not(None), Award.awarded_at.desc(), Award.id.desc())
    )
    return list(session.scalars(query))
