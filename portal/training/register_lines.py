"""What a line of the register shows besides its participation: the duties, the reports and where each waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, select

from portal.db import session
from portal.people.models import Person, Unit
from portal.people.remembered import remembered_people, remembered_units
from portal.thai.dates import bangkok_day, bangkok_today
from portal.training.models import Discharge, Duty, Participation, Training
from portal.training.register_states import REPORTS, LineState
from portal.training.report_models import (
    Endorsement,
    ReportParticipation,
    ReportStage,
    StepState,
    TrainingReport,
)


@dataclass(frozen=True)
class ReportOfLine:
    """A report that was handed in at least once. `level` is where it waits, empty when that is the KM team; `is_open`:
    the reader may open it."""

    id: int
    stage: ReportStage
    submitted_on: date | None
    level: str
    is_open: bool


@dataclass(frozen=True)
class RegisterLine:
    participation: Participation
    person: Person
    unit: Unit | None
    state: LineState
    due_on: date | None  # of what is still open the nearest
    duties: list[Duty] = field(default_factory=list)
    reports: list[ReportOfLine] = field(default_factory=list)

    @property
    def training(self) -> Training:
        return self.participation.training

    @property
    def report_duties(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.discharged_by in REPORTS]

    @property
    def record_duties(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.discharged_by == Discharge.RECORD]

    @property
    def other_duties(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.discharged_by == Discharge.BY_HAND]

    @property
    def waiting(self) -> ReportOfLine | None:
        """The report that is on its way, if one is."""
        return next((one for one in self.reports if one.stage == ReportStage.ON_ITS_WAY), None)

    @property
    def has_taken_place(self) -> bool:
        return self.training.return_date <= bangkok_today()

    @property
    def report_in_time(self) -> bool | None:
        return _in_time(self.report_duties)

    @property
    def record_in_time(self) -> bool | None:
        return _in_time(self.record_duties)


def _in_time(duties: Sequence[Duty]) -> bool | None:
    """None while nothing can be said: nothing owed, exempted, or still open and not past its day."""
    today = bangkok_today()
    if any(duty.on_time is False or (duty.closed_at is None and duty.due_on < today) for duty in duties):
        return False
    return True if any(duty.on_time for duty in duties) else None


def lines_of(
    rows: Sequence[tuple[Participation, LineState, date | None]], reader: Person | None
) -> list[RegisterLine]:
    """The lines of these participations, in their order; three queries whatever their number."""
    if not rows:
        return []
    ids = [participation.id for participation, _, _ in rows]
    people = remembered_people({participation.person_id for participation, _, _ in rows})
    units = remembered_units()
    lines = {
        participation.id: RegisterLine(
            participation,
            people[participation.person_id],
            units.get(participation.unit_id) if participation.unit_id else None,
            state,
            due_on,
        )
        for participation, state, due_on in rows
    }
    duties = select(Duty).where(Duty.participation_id.in_(ids)).order_by(Duty.due_on, Duty.id)
    for duty in session.scalars(duties):
        lines[duty.participation_id].duties.append(duty)
    for participation_id, report in _reports(ids, reader):
        lines[participation_id].reports.append(report)
    return list(lines.values())


def _reports(ids: Sequence[int], reader: Person | None) -> list[tuple[int, ReportOfLine]]:
    theirs = select(ReportParticipation.report_id).where(ReportParticipation.participation_id.in_(ids))
    opened = (
        TrainingReport.visible_to(reader)
        .where(TrainingReport.id.in_(theirs))
        .with_only_columns(TrainingReport.id)
        .correlate(None)
    )
    here = and_(
        Endorsement.report_id == TrainingReport.id,
        Endorsement.round == TrainingReport.round,
        Endorsement.state == StepState.WAITING,
        TrainingReport.stage == ReportStage.ON_ITS_WAY,
    )
    rows = session.execute(
        select(
            ReportParticipation.participation_id,
            TrainingReport.id,
            TrainingReport.stage,
            TrainingReport.submitted_at,
            Endorsement.position_title,
            TrainingReport.id.in_(opened).label("is_open"),
        )
        .join(TrainingReport, TrainingReport.id == ReportParticipation.report_id)
        .outerjoin(Endorsement, here)
        .where(ReportParticipation.participation_id.in_(ids), TrainingReport.stage != ReportStage.DRAFT)
        .order_by(TrainingReport.id)
    )
    return [
        (
            row.participation_id,
            ReportOfLine(
                row.id,
                row.stage,
                bangkok_day(row.submitted_at) if row.submitted_at else None,
                row.position_title or "",
                bool(row.is_open),
            ),
        )
        for row in rows
    ]
