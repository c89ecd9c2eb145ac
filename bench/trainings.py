"""Five hundred more people and their trainings with reports in every state, written into a portal that runs."""

import os
import random
import sys
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, insert, select

from portal.config import Settings
from portal.db import connect, session
from portal.items.models import Item, ItemAudience, ItemState
from portal.people.audiences import organisation_token, person_token
from portal.people.models import Category, Person, Position, Posting, Rank, Unit
from portal.people.settings import the_organisation
from portal.remembering import PEOPLE, renew
from portal.thai.dates import BANGKOK, bangkok_today
from portal.thai.sorting import sort_key
from portal.training.models import (
    Covers,
    Discharge,
    Duty,
    DutyRule,
    HolidayPolicy,
    Participation,
    Training,
    TrainingKind,
)
from portal.training.report_models import (
    Endorsement,
    ReportParticipation,
    ReportStage,
    StepState,
    TrainingReport,
)

PEOPLE_MORE = 500
TO_A_TRAINING = 4
YEARS = 5
TITLES = ("การจัดซื้อจัดจ้างภาครัฐ", "ภาษีที่ดินและสิ่งปลูกสร้าง", "การเขียนหนังสือราชการ", "ระบบบัญชีคอมพิวเตอร์", "กฎหมายท้องถิ่น")


def main(reports: int) -> None:
    connect(Settings.from_environment(os.environ).database_url)
    chance = random.Random(20261121)  # noqa: S311 - the same rows each time
    people = _people(chance)
    rules = _rules()
    _trainings(reports, people, rules, chance)
    renew(session(), PEOPLE)
    session.commit()


def _people(chance):
    """(person's id, unit's id) of the new ones, spread over the units."""
    organisation = the_organisation()
    units = session.scalars(select(Unit).where(Unit.closed_on.is_(None)).order_by(Unit.id)).all()
    found = []
    for number in range(PEOPLE_MORE):
        unit = chance.choice(units)
        person = Person(
            organisation_id=organisation.id,
            prefix="นางสาว",
            first_name=f"บุคคล{number}",
            last_name="ทดสอบ",
            username=f"bench{number}",
            category=Category.STAFF,
        )
        position = Position(
            organisation_id=organisation.id, unit_id=unit.id, title="เจ้าพนักงานธุรการ", rank=Rank.STAFF
        )
        session.add_all((person, position))
        session.flush()
        session.add(Posting(person_id=person.id, position_id=position.id, from_date=date(2020, 1, 1)))
        found.append((person.id, unit.id))
    session.flush()
    return found


def _rules():
    organisation = the_organisation()
    rules = {}
    for what in (Discharge.REPORT, Discharge.RECORD):
        rule = DutyRule(
            organisation_id=organisation.id,
            code=f"bench-{what}",
            name=str(what),
            days=15,
            covers=Covers.EVERY,
            discharged_by=what,
        )
        session.add(rule)
        session.flush()
        rules[what] = rule.id
    return rules


def _trainings(reports, people, rules, chance):
    """One report to each participation, most of them filed years ago; of the last days some in every state."""
    organisation, today = the_organisation(), bangkok_today()
    superiors = session.scalars(
        select(Position).where(Position.rank != Rank.STAFF, Position.abolished_on.is_(None))
    ).all()
    next_item = (session.scalar(select(func.max(Item.id))) or 0) + 1
    next_training = (session.scalar(select(func.max(Training.id))) or 0) + 1
    next_one = (session.scalar(select(func.max(Participation.id))) or 0) + 1
    rows = {
        kind: []
        for kind in (
            Training,
            Participation,
            Duty,
            Item,
            TrainingReport,
            ReportParticipation,
            ItemAudience,
            Endorsement,
        )
    }
    for number in range(reports):
        place, companion = divmod(number, TO_A_TRAINING)
        if companion == 0:
            returned = today - timedelta(days=place * YEARS * 365 // max(1, reports // TO_A_TRAINING))
            together = chance.sample(people, TO_A_TRAINING)
            rows[Training].append(
                {
                    "id": next_training + place,
                    "organisation_id": organisation.id,
                    "title": f"{chance.choice(TITLES)} รุ่นที่ {place}",
                    "kind": chance.choice(list(TrainingKind)),
                    "start_date": returned - timedelta(days=2),
                    "end_date": returned - timedelta(days=1),
                    "return_date": returned,
                    "hours": 12.0,
                    "registration": 300_000,
                    "travel": chance.randrange(100_000),
                    "entered_by_id": together[0][0],
                }
            )
        person_id, unit_id = together[companion]
        age = (today - returned).days
        stage = (
            ReportStage.FILED
            if age > 40 and chance.random() < 0.97
            else chance.choice([None, ReportStage.ON_ITS_WAY, ReportStage.RETURNED, ReportStage.FILED])
        )
        one = next_one + number
        handed_in = datetime.combine(returned + timedelta(days=chance.randrange(20)), time(12), BANGKOK)
        recorded = age > 10
        rows[Participation].append(
            {
                "id": one,
                "training_id": next_training + place,
                "person_id": person_id,
                "unit_id": unit_id,
                "position_title": "เจ้าพนักงานธุรการ",
                "hours": 12.0 if recorded else None,
                "entered_by_id": person_id,
                "recorded_at": handed_in if recorded else None,
                "recorded_by_id": person_id if recorded else None,
            }
        )
        due = returned + timedelta(days=15)
        for what, is_closed in ((Discharge.REPORT, stage is not None), (Discharge.RECORD, recorded)):
            rows[Duty].append(
                {
                    "participation_id": one,
                    "person_id": person_id,
                    "rule_id": rules[what],
                    "rule_name": str(what),
                    "rule_days": 15,
                    "discharged_by": what,
                    "counted_from": returned,
                    "strict_on": due,
                    "lenient_on": due,
                    "policy": HolidayPolicy.STRICT,
                    "due_on": due,
                    "remind_by": due,
                    "closed_at": handed_in if is_closed else None,
                    "closed_by_id": person_id if is_closed else None,
                    "on_time": handed_in.date() <= due if is_closed else None,
                }
            )
        report = next_item + number
        is_filed = stage == ReportStage.FILED
        title = rows[Training][-1]["title"]
        rows[Item].append(
            {
                "id": report,
                "type": "training_report",
                "organisation_id": organisation.id,
                "unit_id": unit_id,
                "author_id": person_id,
                "title": title,
                "sort_key": sort_key(title),
                "state": ItemState.PUBLISHED if is_filed else ItemState.DRAFT,
                "published_at": handed_in if is_filed else None,
                "created_at": handed_in,
                "changed_at": handed_in,
            }
        )
        rows[TrainingReport].append(
            {
                "id": report,
                "training_id": next_training + place,
                "stage": stage or ReportStage.DRAFT,
                "round": 1 if stage else 0,
                "submitted_at": handed_in if stage else None,
                "on_time": handed_in.date() <= due if stage else None,
                "filed_at": handed_in if is_filed else None,
            }
        )
        rows[ReportParticipation].append({"report_id": report, "participation_id": one})
        token = organisation_token(organisation.id) if is_filed else person_token(person_id)
        rows[ItemAudience].append({"item_id": report, "token": token})
        if stage == ReportStage.ON_ITS_WAY:
            superior = chance.choice(superiors)
            rows[Endorsement].append(
                {
                    "report_id": report,
                    "round": 1,
                    "place": 1,
                    "position_id": superior.id,
                    "position_title": superior.title,
                    "state": StepState.WAITING,
                    "arrived_at": handed_in,
                }
            )
    for kind, some in rows.items():  # in the order in which they refer to each other
        if some:
            session.execute(insert(kind.__table__), some)


if __name__ == "__main__":
    main(int(sys.argv[1]))
