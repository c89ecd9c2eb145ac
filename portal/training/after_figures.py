"""What followed the trainings of a fiscal year, counted, and line by line."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.db import session
from portal.people.settings import settings_of
from portal.thai.dates import bangkok_today, fiscal_year_dates
from portal.training.models import Participation, Training
from portal.training.report_models import Interview, Respondent, UseAnswer, Used, WorkPoint, WorkReview


@dataclass(frozen=True)
class AfterFigures:
    """Of those who returned in the year; the averages are over all points of work, None while there are none."""

    returned: int = 0
    asked: int = 0  # of them so long ago that the questions were asked
    reviewed: int = 0
    points: int = 0
    before: float | None = None
    after: float | None = None
    interviewed: int = 0  # participations about which somebody was interviewed
    interviews: dict[Respondent, int] = field(default_factory=dict)
    used: dict[Used, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return sum(self.used.values())


@dataclass(frozen=True)
class FollowUp:
    """One participation with all that followed it."""

    participation: Participation
    review: WorkReview | None
    interviews: dict[Respondent, int]
    use: UseAnswer | None

    @property
    def before(self) -> float | None:
        return _mean([point.before for point in self.review.points]) if self.review else None

    @property
    def after(self) -> float | None:
        return _mean([point.after for point in self.review.points]) if self.review else None


def after_figures(
    organisation_id: int, fiscal_year: int, units: Collection[int] | None = None, today: date | None = None
) -> AfterFigures:
    """The figures of everybody (`units` None) or of those who were in one of the units then. Six queries."""
    today = today or bangkok_today()
    latest = today - timedelta(days=settings_of(organisation_id).follow_up_days)

    def of_year(*columns: Any) -> Select[Any]:
        return _of_year(
            select(*columns).select_from(Participation), organisation_id, fiscal_year, units, today
        )

    returned, asked, reviewed = session.execute(
        of_year(
            func.count(),
            func.sum(case((Training.return_date <= latest, 1), else_=0)),
            func.count(WorkReview.id),
        ).outerjoin(WorkReview, WorkReview.participation_id == Participation.id)
    ).one()
    points, before, after = session.execute(
        of_year(func.count(), func.sum(WorkPoint.before), func.sum(WorkPoint.after))
        .join(WorkReview, WorkReview.participation_id == Participation.id)
        .join(WorkPoint, WorkPoint.review_id == WorkReview.id)
    ).one()
    interviews = session.execute(
        of_year(Interview.respondent, func.count())
        .join(Interview, Interview.participation_id == Participation.id)
        .group_by(Interview.respondent)
    ).all()
    interviewed = session.scalar(
        of_year(func.count(func.distinct(Interview.participation_id))).join(
            Interview, Interview.participation_id == Participation.id
        )
    )
    used = session.execute(
        of_year(UseAnswer.used, func.count())
        .join(UseAnswer, UseAnswer.participation_id == Participation.id)
        .group_by(UseAnswer.used)
    ).all()
    return AfterFigures(
        returned=returned,
        asked=asked or 0,
        reviewed=reviewed,
        points=points,
        before=before / points if points else None,
        after=after / points if points else None,
        interviewed=interviewed or 0,
        interviews={kind: dict(map(tuple, interviews)).get(kind, 0) for kind in Respondent},
        used={answer: dict(map(tuple, used)).get(answer, 0) for answer in Used},
    )


def follow_ups(
    organisation_id: int,
    fiscal_year: int,
    units: Collection[int] | None = None,
    *,
    first: int = 0,
    most: int | None = None,
) -> list[FollowUp]:
    """Those who returned in the year, the longest ago first, from the `first` on at most so many. Five queries."""
    among = (
        _of_year(select(Participation.id), organisation_id, fiscal_year, units, bangkok_today())
        .order_by(Training.return_date, Participation.id)
        .offset(first)
        .limit(most)
    )
    participations = session.scalars(
        select(Participation)
        .join(Participation.training)
        .where(Participation.id.in_(among))
        .order_by(Training.return_date, Participation.id)
        .options(
            contains_eager(Participation.training),
            joinedload(Participation.person),
            joinedload(Participation.unit),
        )
    ).all()
    reviews = {
        review.participation_id: review
        for review in session.scalars(
            select(WorkReview)
            .where(WorkReview.participation_id.in_(among))
            .options(selectinload(WorkReview.points), joinedload(WorkReview.by))
        )
    }
    uses = {
        use.participation_id: use
        for use in session.scalars(select(UseAnswer).where(UseAnswer.participation_id.in_(among)))
    }
    interviews: dict[int, dict[Respondent, int]] = {}
    counted = (
        select(Interview.participation_id, Interview.respondent, func.count())
        .where(Interview.participation_id.in_(among))
        .group_by(Interview.participation_id, Interview.respondent)
    )
    for participation_id, respondent, count in session.execute(counted):
        interviews.setdefault(participation_id, {})[respondent] = count
    return [
        FollowUp(one, reviews.get(one.id), interviews.get(one.id, {}), uses.get(one.id))
        for one in participations
    ]


def _of_year(
    query: Select[Any], organisation_id: int, year: int, units: Collection[int] | None, today: date
) -> Select[Any]:
    """Only those who went and returned in the fiscal year, by today."""
    first, last = fiscal_year_dates(year)
    query = (
        query.join(Training, Training.id == Participation.training_id)
        .where(Training.organisation_id == organisation_id, Training.cancelled_at.is_(None))
        .where(Participation.withdrawn_at.is_(None))
        .where(Training.return_date.between(first, min(last, today)))
    )
    return query if units is None else query.where(Participation.unit_id.in_(units))


def _mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None
