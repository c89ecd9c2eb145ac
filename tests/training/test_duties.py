"""What somebody owes after a training: made by the rules, closed once and for ever, changed with a reason only."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.people.settings import decide
from portal.thai.dates import bangkok_today
from portal.training.accounts import DutyState, account_of, accounts_of, state_of
from portal.training.calendar_keeping import add_holiday, change_counting, remove_holiday
from portal.training.duties import (
    ClosedByItself,
    DutyClosed,
    NeedsReason,
    NoExtension,
    NotDoneYet,
    days_left,
    discharge,
    exempt,
    extend,
    make_duties,
    make_duties_of,
    note_done,
)
from portal.training.models import (
    Covers,
    Discharge,
    DutyChange,
    DutyChangeKind,
    DutyRule,
    HolidayPolicy,
    TrainingKind,
)
from portal.training.report_models import ReportParticipation, TrainingReport
from portal.training.rules import SHIPPED, all_rules, open_rules, ship_rules
from portal.training.ruling import RuleText, add_rule, change_rule, end_rule, resume_rule
from tests.making import make_admin, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES
from tests.training.making import make_participation, make_training


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


@pytest.fixture
def keeper():
    return make_admin("ธิดา")


SONGKRAN = date(2026, 3, 27)  # fifteen days later is the Saturday before


def gone(returned=SONGKRAN, **more):
    """Somebody went and came back; his duties are made."""
    participation = make_participation(make_person("มาลี"), make_training(returned=returned, **more))
    make_duties(participation)
    session.commit()
    return participation


def owed(participation):
    """What is owed, by the code of the rule."""
    session.refresh(participation)
    return {(duty.rule.code, duty.term): duty for duty in participation.duties}


def report_of(participation):
    return owed(participation)["report", 0]


def test_after_a_course_outside_a_report_and_a_record_are_owed_within_fifteen_days():
    duties = owed(gone())
    assert set(duties) == {("report", 0), ("record", 0)}
    for duty in duties.values():
        assert (duty.rule_days, duty.counted_from) == (15, SONGKRAN)
        assert duty.strict_on == duty.due_on == date(2026, 4, 11)
        assert (duty.lenient_on, duty.remind_by) == (date(2026, 4, 16), date(2026, 4, 10))
        assert duty.policy == HolidayPolicy.STRICT


def test_after_an_in_house_course_only_the_record_is_owed():
    assert set(owed(gone(is_outside=False))) == {("record", 0)}


def test_where_the_organisation_chose_so_the_due_date_moves_to_the_next_working_day(organisation):
    decide(organisation.id, holiday_policy="next_working_day")
    duty = report_of(gone())
    assert duty.due_on == duty.lenient_on == duty.remind_by == date(2026, 4, 16)
    assert duty.strict_on == date(2026, 4, 11)


def test_a_duty_names_its_source_and_that_the_rule_is_one_towns():
    duty = report_of(gone())
    assert "ปากน้ำท่าเรือ" in duty.rule_source
    assert "ข้อ 17" in duty.rule_source
    assert "ไม่ใช่กฎหมาย" in duty.rule_source
    assert "law for all" in duty.rule_source_en


def test_further_study_owes_an_interim_report_each_term_and_the_report_at_the_end():
    duties = owed(
        gone(
            kind=TrainingKind.FURTHER_STUDY,
            start_date=date(2026, 6, 1),
            end_date=date(2028, 5, 31),
            returned=date(2028, 6, 1),
        )
    )
    assert set(duties) == {("report", 0), ("record", 0), ("interim", 1), ("interim", 2), ("interim", 3)}
    assert duties["interim", 1].counted_from == date(2026, 11, 30)
    assert duties["interim", 1].strict_on == date(2026, 12, 15)
    assert duties["report", 0].strict_on == date(2028, 6, 16)
    assert "ข้อเสนอของระบบ" in duties["interim", 1].rule_source


def test_making_duties_again_makes_nothing_twice_and_moves_nothing():
    participation = gone()
    before = {key: (duty.id, duty.due_on) for key, duty in owed(participation).items()}
    make_duties(participation)
    session.commit()
    assert {key: (duty.id, duty.due_on) for key, duty in owed(participation).items()} == before
    assert session.scalars(select(DutyChange)).all() == []


def test_when_the_day_of_return_changes_what_is_open_is_counted_anew_and_says_so():
    participation = gone()
    discharge(participation, Discharge.RECORD, by=participation.person)
    participation.training.end_date = participation.training.return_date = date(2026, 3, 31)
    make_duties(participation)
    session.commit()
    duties = owed(participation)
    assert duties["report", 0].due_on == date(2026, 4, 15)
    (change,) = duties["report", 0].changes
    assert (change.kind, change.due_before) == (DutyChangeKind.RECOUNTED, date(2026, 4, 11))
    assert duties["record", 0].due_on == date(2026, 4, 11), "what is closed never moves"


def test_a_training_that_was_inside_after_all_owes_no_report_any_more():
    participation = gone()
    extend(report_of(participation), date(2026, 5, 1), by=make_admin(), reason="ป่วย")
    participation.training.is_outside = False
    make_duties(participation)
    session.commit()
    assert set(owed(participation)) == {("record", 0)}


@pytest.mark.parametrize("what", ["cancelled", "withdrawn"])
def test_who_did_not_go_owes_nothing_but_what_was_done_stays(what):
    participation = gone()
    discharge(participation, Discharge.RECORD, by=participation.person)
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    if what == "cancelled":
        participation.training.cancelled_at = moment
    else:
        participation.withdrawn_at = moment
    make_duties(participation)
    session.commit()
    assert set(owed(participation)) == {("record", 0)}


def test_the_duties_of_many_cost_as_many_questions_as_those_of_a_few(count_queries, organisation):
    training = make_training(returned=SONGKRAN)
    people = [make_person(f"คนที่ {n}") for n in range(30)]
    few = [make_participation(person, training) for person in people[:3]]
    many = [make_participation(person, training) for person in people[3:]]
    ship_rules(organisation.id)
    session.commit()
    asked = []
    for some in (few, many):
        with count_queries() as statements:
            made = make_duties_of(some)
        assert len(made) == 2 * len(some)
        asked.append(len([one for one in statements if not one.startswith("INSERT")]))
        session.commit()
    assert asked[1] <= asked[0] <= 16


@pytest.mark.parametrize(
    ("at", "on_time"),
    [
        (datetime(2026, 4, 11, 16, 50, tzinfo=UTC), True),  # 23:50 in Bangkok on the last day
        (datetime(2026, 4, 11, 17, 10, tzinfo=UTC), False),  # 00:10 of the day after
    ],
)
def test_midnight_in_bangkok_decides_whether_it_is_late(at, on_time):
    participation = gone()
    (duty,) = discharge(participation, Discharge.REPORT, by=participation.person, at=at, late_reason="ไฟดับ")
    assert duty.on_time is on_time
    assert duty.late_reason == ("" if on_time else "ไฟดับ")
    assert duty.closed_by_id == participation.person_id


def test_the_report_and_the_record_are_closed_apart():
    participation = gone()
    (closed,) = discharge(participation, Discharge.RECORD, by=participation.person)
    assert closed.rule.code == "record"
    assert report_of(participation).closed_at is None
    assert discharge(participation, Discharge.RECORD, by=participation.person) == []


def test_an_interim_report_closes_its_own_term():
    participation = gone(
        kind=TrainingKind.FURTHER_STUDY,
        start_date=date(2026, 6, 1),
        end_date=date(2028, 5, 31),
        returned=date(2028, 6, 1),
    )
    (duty,) = discharge(participation, Discharge.INTERIM, by=participation.person, term=2)
    assert duty.term == 2
    assert owed(participation)["interim", 1].closed_at is None


def test_whoever_handed_in_before_the_duty_was_made_owes_nothing():
    participation = make_participation(
        make_person("มาลี"), make_training(returned=SONGKRAN, is_outside=False), recorded=True
    )
    report = TrainingReport(
        organisation_id=participation.training.organisation_id,
        training_id=participation.training_id,
        author_id=participation.person_id,
        title="รายงาน",
        submitted_at=datetime(2026, 4, 2, tzinfo=UTC),
    )
    session.add(report)
    session.flush()
    session.add(ReportParticipation(report_id=report.id, participation_id=participation.id))
    participation.training.is_outside = True
    make_duties(participation)
    session.commit()
    duties = owed(participation)
    assert duties["report", 0].on_time is True
    assert duties["record", 0].closed_at == participation.recorded_at


def test_an_exemption_closes_it_neither_on_time_nor_late(keeper):
    duty = report_of(gone())
    exempt(duty, by=keeper, reason="โอนย้ายไปหน่วยงานอื่น")
    session.commit()
    assert duty.closed_at is not None
    assert duty.on_time is None
    (change,) = duty.changes
    assert (change.kind, change.by_id, change.reason) == (
        DutyChangeKind.EXEMPTED,
        keeper.id,
        "โอนย้ายไปหน่วยงานอื่น",
    )
    assert (
        session.scalars(select(AuditEntry).where(AuditEntry.action == "duty.exempt")).one().subject_id
        == duty.id
    )


def test_an_extension_says_by_whom_and_why_and_survives_holidays_and_policy(keeper, organisation):
    duty = report_of(gone())
    extend(duty, date(2026, 5, 2), by=keeper, reason="ลาป่วย")
    assert duty.due_on == date(2026, 5, 2)
    assert duty.remind_by == date(2026, 5, 1)
    change_counting(organisation, by=keeper, policy=HolidayPolicy.NEXT_WORKING_DAY, follow_up_days=90)
    add_holiday(organisation, date(2026, 5, 2), by=keeper, name="วันหยุดพิเศษ")
    session.commit()
    assert duty.due_on == date(2026, 5, 2)
    assert duty.lenient_on == date(2026, 4, 16)
    assert [change.kind for change in duty.changes] == [DutyChangeKind.EXTENDED]


def test_an_extension_never_makes_it_due_earlier_than_it_would_be(keeper):
    participation = gone()
    extend(report_of(participation), date(2026, 4, 20), by=keeper, reason="ลาป่วย")
    participation.training.end_date = participation.training.return_date = date(2026, 6, 1)
    make_duties(participation)
    assert report_of(participation).due_on == date(2026, 6, 16)


@pytest.mark.parametrize("until", [date(2026, 4, 11), date(2026, 4, 1), date(2569, 5, 1)])
def test_an_extension_goes_beyond_the_due_date_and_not_for_centuries(until, keeper):
    duty = report_of(gone())
    with pytest.raises(NoExtension):
        extend(duty, until, by=keeper, reason="ลาป่วย")


@pytest.mark.parametrize("reason", ["", "   ", "ก" * 501])
def test_without_a_reason_nothing_is_changed(reason, keeper):
    duty = report_of(gone())
    with pytest.raises(NeedsReason):
        exempt(duty, by=keeper, reason=reason)
    with pytest.raises(NeedsReason):
        extend(duty, date(2026, 5, 1), by=keeper, reason=reason)


def test_what_is_closed_can_not_be_changed_any_more(keeper):
    participation = gone()
    discharge(participation, Discharge.REPORT, by=participation.person)
    duty = report_of(participation)
    with pytest.raises(DutyClosed):
        exempt(duty, by=keeper, reason="ลาป่วย")
    with pytest.raises(DutyClosed):
        extend(duty, date(2027, 5, 1), by=keeper, reason="ลาป่วย")


def test_a_new_holiday_moves_open_duties_where_the_policy_lets_it_and_notes_it(keeper, organisation):
    decide(organisation.id, holiday_policy="next_working_day")
    closed, still_open = gone(), gone()
    discharge(closed, Discharge.REPORT, by=closed.person, at=datetime(2026, 4, 16, 3, tzinfo=UTC))
    moved = add_holiday(organisation, date(2026, 4, 16), by=keeper, name="วันหยุดพิเศษ")
    session.commit()
    assert report_of(closed).due_on == date(2026, 4, 16)
    assert report_of(closed).on_time is True
    duty = report_of(still_open)
    assert duty.due_on == date(2026, 4, 17)
    (change,) = duty.changes
    assert (change.kind, change.reason, change.by_id) == (DutyChangeKind.RECOUNTED, "holidays", keeper.id)
    assert len(moved) == 3, "the open record of the first, and both of the second"
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "duty.recount")).one()
    assert noted.details == {"why": "holidays", "moved": 3}


def test_taking_a_holiday_out_moves_them_back(keeper, organisation):
    decide(organisation.id, holiday_policy="next_working_day")
    participation = gone()
    remove_holiday(organisation, date(2026, 4, 13), by=keeper)
    session.commit()
    assert report_of(participation).due_on == date(2026, 4, 13)


def test_another_policy_moves_open_duties(keeper, organisation):
    participation = gone()
    change_counting(organisation, by=keeper, policy=HolidayPolicy.NEXT_WORKING_DAY, follow_up_days=60)
    session.commit()
    duty = report_of(participation)
    assert (duty.due_on, duty.policy) == (date(2026, 4, 16), HolidayPolicy.NEXT_WORKING_DAY)
    change_counting(organisation, by=keeper, policy=HolidayPolicy.STRICT, follow_up_days=60)
    session.commit()
    assert report_of(participation).due_on == date(2026, 4, 11)
    assert [change.due_after for change in duty.changes] == [date(2026, 4, 16), date(2026, 4, 11)]


EXPENSES = RuleText(name="เบิกค่าใช้จ่าย", days=60, source="ระเบียบค่าใช้จ่ายในการฝึกอบรม")


def claim_rule(organisation, keeper, returns_from=None):
    return add_rule(
        organisation,
        EXPENSES,
        by=keeper,
        covers=Covers.OUTSIDE,
        discharged_by=Discharge.BY_HAND,
        returns_from=returns_from,
    )


def test_a_rule_of_ones_own_asks_those_who_came_back_since_its_day(keeper, organisation):
    before, since, inside = gone(date(2026, 3, 1)), gone(), gone(is_outside=False)
    rule = claim_rule(organisation, keeper, returns_from=date(2026, 3, 15))
    session.commit()
    assert len(owed(before)) == 2
    assert len(owed(inside)) == 1
    duty = owed(since)[rule.code, 0]
    assert (duty.strict_on, duty.rule_name) == (date(2026, 5, 26), "เบิกค่าใช้จ่าย")


def test_what_is_done_by_hand_is_noted_with_its_day(keeper, organisation):
    participation = gone()
    rule = claim_rule(organisation, keeper)
    duty = owed(participation)[rule.code, 0]
    with pytest.raises(NotDoneYet):
        note_done(duty, by=keeper, on=bangkok_today() + timedelta(days=2))
    with pytest.raises(NotDoneYet):
        note_done(duty, by=keeper, on=date(2026, 3, 1))
    note_done(duty, by=keeper, on=date(2026, 5, 27), late_reason="ใบเสร็จหาย")
    session.commit()
    assert (duty.on_time, duty.late_reason) == (False, "ใบเสร็จหาย")
    assert account_of(duty).left == -1


def test_a_report_is_not_noted_by_hand(keeper):
    with pytest.raises(ClosedByItself):
        note_done(report_of(gone()), by=keeper, on=date(2026, 4, 1))


def test_other_days_of_a_rule_move_what_is_open_by_it(keeper, organisation):
    participation = gone()
    rule = report_of(participation).rule
    change_rule(rule, RuleText(name="รายงานผล", days=30, source="คำสั่งที่ 1"), by=keeper)
    session.commit()
    duties = owed(participation)
    report, record = duties["report", 0], duties["record", 0]
    assert (report.rule_name, report.rule_days, report.rule_source) == ("รายงานผล", 30, "คำสั่งที่ 1")
    assert report.due_on == date(2026, 4, 26)
    assert record.due_on == date(2026, 4, 11)


def test_a_rule_that_was_ended_asks_nobody_new_but_what_is_owed_stays(keeper, organisation):
    before = gone()
    rule = report_of(before).rule
    end_rule(rule, by=keeper)
    after = gone()
    make_duties(before)
    session.commit()
    assert set(owed(before)) == {("report", 0), ("record", 0)}
    assert set(owed(after)) == {("record", 0)}
    resume_rule(rule, by=keeper)
    assert ("report", 0) in owed(gone())


def test_ending_a_rule_may_exempt_everybody_but_oneself(keeper, organisation):
    theirs, mine = gone(), make_participation(keeper, make_training(returned=SONGKRAN))
    make_duties(mine)
    assert end_rule(report_of(theirs).rule, by=keeper, exempts="ตั้งผิด") == 1
    session.commit()
    assert report_of(theirs).on_time is None
    assert report_of(theirs).closed_at is not None
    assert report_of(mine).closed_at is None


def test_the_rules_are_put_in_once_and_what_was_made_of_them_stays(keeper, organisation):
    assert ship_rules(organisation.id) == len(SHIPPED) == 3
    rule = next(rule for rule in open_rules(organisation.id) if rule.code == "report")
    change_rule(rule, RuleText(name="รายงาน", days=20), by=keeper)
    end_rule(rule, by=keeper)
    assert ship_rules(organisation.id) == 0
    session.commit()
    assert [(one.name, one.days) for one in all_rules(organisation.id) if one.code == "report"] == [
        ("รายงาน", 20)
    ]
    assert len(session.scalars(select(DutyRule)).all()) == 3


def test_days_left_and_the_words_for_them():
    duty = report_of(gone())
    assert [days_left(duty, date(2026, 4, day)) for day in (1, 11, 13)] == [10, 0, -2]
    assert [state_of(duty, date(2026, 4, day)) for day in (7, 8, 11, 12)] == [
        DutyState.AHEAD,
        DutyState.SOON,
        DutyState.SOON,
        DutyState.OVERDUE,
    ]


def test_the_account_names_the_days_on_which_nobody_works(count_queries):
    duties = list(owed(gone()).values()) + list(owed(gone(date(2026, 4, 1))).values())
    with count_queries() as statements:
        accounts = accounts_of(duties)
    assert len(statements) <= 5
    off = accounts[duties[0].id].days_off
    assert [one.day.day for one in off] == [11, 12, 13, 14, 15]
    assert [one.holiday.name if one.holiday else "" for one in off] == ["", "", *["วันสงกรานต์"] * 3]
    assert accounts[duties[-1].id].days_off == ()
