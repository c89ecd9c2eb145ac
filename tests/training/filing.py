"""Makers of duties and reports as bare rows, in the state that a test is about."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal.db import session
from portal.items.models import ItemAudience, ItemState
from portal.people.audiences import person_token
from portal.thai.dates import BANGKOK, bangkok_today
from portal.training.models import Covers, Discharge, Duty, DutyRule, HolidayPolicy, Participation
from portal.training.report_models import (
    Endorsement,
    ReportParticipation,
    ReportStage,
    StepState,
    TrainingReport,
)

RULES = {
    Discharge.REPORT: ("report", "รายงานผลการฝึกอบรม", "Training report", Covers.OUTSIDE),
    Discharge.RECORD: ("record", "บันทึกข้อมูลการพัฒนา", "Record of the training", Covers.EVERY),
    Discharge.INTERIM: ("interim", "รายงานความก้าวหน้าการศึกษา", "Interim report", Covers.FURTHER_STUDY),
    Discharge.BY_HAND: ("by_hand", "ส่งใช้เงินยืม", "Clearing the advance", Covers.OUTSIDE),
}


def make_rule(organisation_id: int, what: Discharge) -> DutyRule:
    code, name, name_en, covers = RULES[what]
    rule = session.scalar(
        select(DutyRule).where(DutyRule.organisation_id == organisation_id, DutyRule.code == code)
    )
    if rule is None:
        rule = DutyRule(
            organisation_id=organisation_id,
            code=code,
            name=name,
            name_en=name_en,
            days=15,
            covers=covers,
            discharged_by=what,
        )
        session.add(rule)
        session.flush()
    return rule


def owe(
    participation: Participation,
    what: Discharge = Discharge.REPORT,
    *,
    due: date | None = None,
    done: date | None = None,
    exempted: bool = False,
    **more: Any,
) -> Duty:
    """A duty of fifteen days, open unless it was `done` on some day (in time or late by that) or exempted."""
    rule = make_rule(participation.training.organisation_id, what)
    due = due or participation.training.return_date + timedelta(days=15)
    duty = Duty(
        participation_id=participation.id,
        person_id=participation.person_id,
        rule_id=rule.id,
        rule_name=rule.name,
        rule_name_en=rule.name_en,
        rule_days=15,
        discharged_by=what,
        counted_from=due - timedelta(days=15),
        strict_on=due,
        lenient_on=due,
        policy=HolidayPolicy.STRICT,
        due_on=due,
        remind_by=due,
        **more,
    )
    if done is not None:
        duty.closed_at, duty.on_time = at_noon(done), done <= due
        duty.closed_by_id = participation.person_id
    if exempted:
        duty.closed_at, duty.closed_by_id = at_noon(bangkok_today()), participation.entered_by_id
    session.add(duty)
    session.commit()
    return duty


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BANGKOK)


def hand_in(
    *participations: Participation,
    stage: ReportStage = ReportStage.ON_ITS_WAY,
    waits_at: Any = None,
    level: str = "ปลัดเทศบาล",
    on: date | None = None,
) -> TrainingReport:
    """A report of these, at its stage; on its way it waits at the level (with the KM team when that is empty)."""
    first = participations[0]
    report = TrainingReport(
        organisation_id=first.training.organisation_id,
        title=first.training.title,
        author_id=first.person_id,
        unit_id=first.unit_id,
        state=ItemState.PUBLISHED if stage == ReportStage.FILED else ItemState.DRAFT,
        training_id=first.training_id,
        stage=stage,
    )
    if stage == ReportStage.FILED:
        report.published_at = report.filed_at = at_noon(on or bangkok_today())
    if stage != ReportStage.DRAFT:
        report.round, report.submitted_at, report.on_time = 1, at_noon(on or bangkok_today()), True
    session.add(report)
    session.flush()
    session.add_all(
        ReportParticipation(report_id=report.id, participation_id=one.id) for one in participations
    )
    session.add(ItemAudience(item_id=report.id, token=person_token(first.person_id)))
    if stage == ReportStage.ON_ITS_WAY:
        session.add(
            Endorsement(
                report_id=report.id,
                round=1,
                place=1,
                position_id=waits_at.id if waits_at else None,
                position_title=level if waits_at else "",
                state=StepState.WAITING,
                arrived_at=report.submitted_at,
            )
        )
    session.commit()
    return report
