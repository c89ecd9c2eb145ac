"""What the portal asks by itself when a training is so many days past: the superior about the work, the person about use.

The days are the organisation's (`follow_up_days`). A question that nobody answered for a year is asked no more; it may
still be answered.
"""

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.db import session
from portal.people.models import Person
from portal.people.settings import settings_of
from portal.thai.dates import bangkok_today
from portal.training.above import right_below
from portal.training.models import Participation, Training
from portal.training.report_models import UseAnswer, WorkReview

ASKED_FOR = timedelta(days=365)


class Asks(enum.StrEnum):
    REVIEW = "review"  # how is his work, before and after?
    USE = "use"  # have you used it?


@dataclass(frozen=True)
class Question:
    """What is asked of somebody about one participation, his own or a subordinate's."""

    asks: Asks
    participation: Participation
    since: date  # the day on which it was asked first


@dataclass(frozen=True)
class Asked:
    """How many questions are open."""

    reviews: int = 0
    uses: int = 0

    @property
    def total(self) -> int:
        return self.reviews + self.uses


def asked_of(person: Person, today: date | None = None) -> list[Question]:
    """What is asked of the person today: his own first, then about those right below him; who returned first stands first.

    At most six queries, however many people he leads.
    """
    today = today or bangkok_today()
    asked: list[Question] = []
    if not person.is_active:
        return asked
    days = timedelta(days=settings_of(person.organisation_id).follow_up_days)
    for asks, wanted in _wanted(person, today).items():
        found = session.scalars(
            _past(select(Participation), person.organisation_id, today - days)
            .where(wanted)
            .order_by(Training.return_date, Participation.id)
            .options(contains_eager(Participation.training), joinedload(Participation.person))
        )
        asked += [Question(asks, one, one.training.return_date + days) for one in found]
    return asked


def count_asked(person: Person, today: date | None = None) -> Asked:
    """How many questions `asked_of` answers with."""
    today = today or bangkok_today()
    if not person.is_active:
        return Asked()
    days = timedelta(days=settings_of(person.organisation_id).follow_up_days)
    counted = {
        asks: session.scalar(
            _past(
                select(func.count()).select_from(Participation), person.organisation_id, today - days
            ).where(wanted)
        )
        or 0
        for asks, wanted in _wanted(person, today).items()
    }
    return Asked(reviews=counted.get(Asks.REVIEW, 0), uses=counted[Asks.USE])


def _wanted(person: Person, today: date) -> dict[Asks, ColumnElement[bool]]:
    """Whose participations each question is about, as long as it is not answered."""
    wanted = {
        Asks.USE: and_(
            Participation.person_id == person.id,
            ~select(UseAnswer).where(UseAnswer.participation_id == Participation.id).exists(),
        )
    }
    below = right_below(person, today)
    if below:
        wanted[Asks.REVIEW] = and_(
            Participation.person_id.in_(below),
            ~select(WorkReview).where(WorkReview.participation_id == Participation.id).exists(),
        )
    return wanted


def _past(query: Select, organisation_id: int, latest: date) -> Select:  # type: ignore[type-arg]
    """Only of trainings that were held, from which the person returned by that day and within the year before it."""
    return (
        query.join(Training, Training.id == Participation.training_id)
        .where(Training.organisation_id == organisation_id, Training.cancelled_at.is_(None))
        .where(Participation.withdrawn_at.is_(None))
        .where(Training.return_date <= latest, Training.return_date > latest - ASKED_FOR)
    )
