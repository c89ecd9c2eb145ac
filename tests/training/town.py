"""A small town for the way of reports: a clerk of a section, her heads, the municipal clerk, the mayor, the KM team."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.db import session
from portal.people.models import Group, GroupKind, GroupRole, Person, Position, Posting, Rank, Unit, UnitKind
from portal.thai.dates import bangkok_today
from portal.training.models import Discharge, Duty, DutyRule, HolidayPolicy, Participation
from portal.training.report_models import TrainingReport
from portal.training.reporting import begin, submit
from tests.making import join, make_group, make_organisation, make_person, make_unit
from tests.training.making import make_participation, make_training

PARTS = {
    "aims": "เรียนรู้แบบ ผ.01",
    "content": "หลักการจัดทำแผนพัฒนาท้องถิ่น",
    "gained": "แผนต้องเชื่อมกับยุทธศาสตร์จังหวัด และการประชาคมต้องมีหลักฐาน",
    "application": "ปรับแบบประชาคมของกองตั้งแต่เดือนหน้า",
    "passing_on": "ประชุมกองวันที่ 27",
    "problems": "",
}


@dataclass
class Town:
    organisation: Unit
    division: Unit
    section: Unit
    km_team: Group
    writer: Person
    section_head: Person
    division_head: Person
    clerk: Person
    mayor: Person
    km_head: Person


def make_town() -> Town:
    organisation = make_organisation()
    division = make_unit("กองยุทธศาสตร์และงบประมาณ")
    section = make_unit("ฝ่ายแผนงาน", parent=division, kind=UnitKind.SECTION)
    km_team = make_group("คณะทำงาน KM", GroupKind.KM_TEAM)
    km_head = make_person("ณัฐยา", unit=make_unit("สำนักปลัด"))
    join(km_head, km_team, GroupRole.HEAD)
    return Town(
        organisation=organisation,
        division=division,
        section=section,
        km_team=km_team,
        writer=make_person("มาลี", unit=section),
        section_head=make_person("วิชัย", unit=section, rank=Rank.HEAD),
        division_head=make_person("สุดา", unit=division, rank=Rank.HEAD),
        clerk=make_person("ประเสริฐ", unit=organisation, rank=Rank.PERMANENT_SECRETARY),
        mayor=make_person("วิโรจน์", unit=organisation, rank=Rank.CHIEF_EXECUTIVE),
        km_head=km_head,
    )


def position_of(person: Person) -> Position:
    session.refresh(person)
    return person.postings[0].position


def leave_post(person: Person) -> None:
    """The person's posting ended the day before yesterday."""
    posting: Posting = person.postings[0]
    posting.to_date = bangkok_today() - timedelta(days=2)
    session.commit()


def owe_report(participation: Participation, due_on: date | None = None, what: Discharge = Discharge.REPORT) -> Duty:
    """A duty that the report closes, due fifteen days after the return unless the test says otherwise."""
    organisation_id = participation.training.organisation_id
    rule = session.query(DutyRule).filter_by(organisation_id=organisation_id, code=f"test-{what}").one_or_none()
    if rule is None:
        rule = DutyRule(
            organisation_id=organisation_id,
            code=f"test-{what}",
            name="รายงานภายใน 15 วัน",
            days=15,
            covers="outside",
            discharged_by=what,
        )
        session.add(rule)
        session.flush()
    returned = participation.training.return_date
    due_on = due_on or returned + timedelta(days=15)
    duty = Duty(
        participation_id=participation.id,
        person_id=participation.person_id,
        rule_id=rule.id,
        rule_name=rule.name,
        rule_days=rule.days,
        discharged_by=what,
        counted_from=returned,
        strict_on=due_on,
        lenient_on=due_on,
        policy=HolidayPolicy.STRICT,
        due_on=due_on,
        remind_by=due_on,
    )
    session.add(duty)
    session.commit()
    return duty


def begun_by(person: Person, **more: object) -> TrainingReport:
    """The person's report of a training from which he came back five days ago; nothing but its aims is written."""
    participation = make_participation(person, make_training(entered_by=person, **more))
    owe_report(participation)
    report = begin(participation, by=person)
    session.commit()
    return report


def handed_in_by(person: Person, **more: object) -> TrainingReport:
    """The person's report, filled and handed in."""
    report = begun_by(person, **more)
    submit(report, PARTS, by=person)
    session.commit()
    return report
