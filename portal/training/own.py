"""Somebody's own trainings: what he owes and by when, and what became of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.db import session
from portal.people.models import Person
from portal.thai.dates import bangkok_today, fiscal_year
from portal.training.models import Discharge, Duty, Participation, Training
from portal.training.report_models import ReportParticipation, TrainingReport


@dataclass(frozen=True)
class Attended:
    """One training of somebody's, with the reports he began or handed in."""

    participation: Participation
    reports: tuple[TrainingReport, ...]

    @property
    def training(self) -> Training:
        return self.participation.training

    @property
    def is_over(self) -> bool:
        return self.training.return_date <= bangkok_today()

    @property
    def owes_report(self) -> bool:
        return any(
            duty.closed_at is None and duty.discharged_by == Discharge.REPORT
            for duty in self.participation.duties
        )


def trainings_of(person: Person) -> dict[int, list[Attended]]:
    """By fiscal year of the day of return, the newest first; four queries. What was called off or not gone to is left out."""
    rows = session.scalars(
        select(Participation)
        .join(Participation.training)
        .where(
            Participation.person_id == person.id,
            Participation.withdrawn_at.is_(None),
            Training.cancelled_at.is_(None),
        )
        .options(contains_eager(Participation.training), selectinload(Participation.duties))
        .order_by(Training.return_date.desc(), Training.id.desc())
    ).all()
    reports = reports_of(row.id for row in rows)
    years: dict[int, list[Attended]] = {}
    for row in rows:
        attended = Attended(row, tuple(reports.get(row.id, ())))
        years.setdefault(fiscal_year(row.training.return_date), []).append(attended)
    return years


def reports_of(participation_ids: Iterable[int]) -> dict[int, list[TrainingReport]]:
    """The reports of these participations, by participation."""
    found: dict[int, list[TrainingReport]] = {}
    lines = session.scalars(
        select(ReportParticipation)
        .where(ReportParticipation.participation_id.in_(list(participation_ids)))
        .options(joinedload(ReportParticipation.report, innerjoin=True))
    )
    for line in lines:
        found.setdefault(line.participation_id, []).append(line.report)
    return found


def owed_by(person: Person) -> list[Duty]:
    """The open duties of the person, the most urgent first."""
    return list(
        session.scalars(
            select(Duty)
            .join(Duty.participation)
            .join(Participation.training)
            .where(
                Duty.person_id == person.id,
                Duty.closed_at.is_(None),
                Participation.withdrawn_at.is_(None),
                Training.cancelled_at.is_(None),
            )
            .options(contains_eager(Duty.participation).contains_eager(Participation.training))
            .order_by(Duty.due_on, Duty.id)
        )
    )
