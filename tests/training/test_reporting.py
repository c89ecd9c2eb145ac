"""A report within fifteen days of the return, for one or for a group (document 001, section 17, rule 1)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items.models import Fulfilment
from portal.items.revising import newest
from portal.thai.dates import BANGKOK, bangkok_today
from portal.training.models import Discharge, Duty
from portal.training.report_models import ReportStage, TrainingReport
from portal.training.reporting import (
    AlreadyReported,
    LateReasonMissing,
    NotAgreed,
    NotBackYet,
    NotHandedIn,
    NothingToReport,
    PartsMissing,
    agree,
    begin,
    cover,
    leave,
    parts_of,
    write,
)
from tests.making import make_goal, make_person
from tests.training.making import make_participation, make_training
from tests.training.town import PARTS, begun_by, hand_in, handed_in_by, make_town, owe_report


@pytest.fixture
def town(app):
    return make_town()


def duty_of(person):
    return session.scalar(select(Duty).where(Duty.person_id == person.id))


def late_by(days):
    """A return so long ago that the fifteen days ended `days` ago."""
    return bangkok_today() - timedelta(days=15 + days)


def test_handing_in_stamps_the_moment_and_closes_the_duty_in_time(town):
    report = handed_in_by(town.writer)
    duty = duty_of(town.writer)
    assert report.stage == ReportStage.ON_ITS_WAY
    assert (report.on_time, duty.on_time) == (True, True)
    assert duty.closed_at == report.submitted_at


@pytest.mark.parametrize(("hour", "minute", "days_after", "on_time"), [(23, 50, 0, True), (0, 10, 1, False)])
def test_midnight_in_bangkok_decides(town, hour, minute, days_after, on_time):
    report = begun_by(town.writer)
    due = duty_of(town.writer).due_on + timedelta(days=days_after)
    moment = datetime(due.year, due.month, due.day, hour, minute, tzinfo=BANGKOK).astimezone(UTC)
    hand_in(report, by=town.writer, late_reason="" if on_time else "ไฟดับ", at=moment)
    assert report.on_time is on_time


def test_a_late_report_asks_for_a_reason_and_keeps_it(town):
    report = begun_by(town.writer, returned=late_by(2))
    with pytest.raises(LateReasonMissing):
        hand_in(report, by=town.writer)
    session.rollback()
    report = session.get(TrainingReport, report.id)
    hand_in(report, by=town.writer, late_reason="ป่วย")
    assert (report.on_time, report.late_reason) == (False, "ป่วย")
    assert duty_of(town.writer).late_reason == "ป่วย"


def test_a_report_without_what_was_learned_can_not_be_handed_in(town):
    report = begun_by(town.writer)
    with pytest.raises(PartsMissing) as refused:
        hand_in(report, by=town.writer, parts={**PARTS, "gained": " ", "application": ""})
    assert refused.value.values["parts"] == "ความรู้ที่ได้รับ, การนำไปใช้ในงาน"


def test_a_report_on_its_way_is_not_handed_in_again(town):
    report = handed_in_by(town.writer)
    with pytest.raises(NotHandedIn):
        hand_in(report, by=town.writer)


def test_beginning_twice_is_one_report(town):
    participation = make_participation(town.writer)
    first = begin(participation, by=town.writer)
    assert begin(participation, by=town.writer) is first


def test_a_new_report_begins_with_the_aims_of_the_training_and_km2_and_km6_of_its_goal(town):
    goal = make_goal("พัฒนาศักยภาพบุคลากร")
    report = begun_by(town.writer, aims="เพื่อให้ทำแผนเป็น", goal_id=goal.id)
    assert parts_of(newest(report))["aims"] == "เพื่อให้ทำแผนเป็น"
    tied = session.execute(select(Fulfilment.goal_id, Fulfilment.step).where(Fulfilment.item_id == report.id))
    assert set(tied.all()) == {(goal.id, "KM2"), (goal.id, "KM6")}


def test_an_interim_report_closes_the_duty_of_its_term_alone(town):
    participation = make_participation(town.writer)
    final = owe_report(participation)
    first_term = owe_report(participation, what=Discharge.INTERIM)
    first_term.term = 1
    session.commit()
    report = begin(participation, by=town.writer, term=1)
    hand_in(report, by=town.writer)
    assert first_term.closed_at is not None
    assert final.closed_at is None
    assert begin(participation, by=town.writer) is not report


def test_one_report_of_a_group_closes_the_duty_of_each(town):
    report = begun_by(town.writer)
    friend = make_person("ปราณี", unit=town.section)
    also = make_participation(friend, report.training)
    duty = owe_report(also)
    cover(report, [also], by=town.writer)
    agree(report, also.person)
    hand_in(report, by=town.writer)
    assert duty.on_time is True
    assert duty_of(town.writer).on_time is True


def test_members_of_the_group_read_and_write_the_draft(town):
    report = begun_by(town.writer)
    friend = make_person("ปราณี")
    cover(report, [make_participation(friend, report.training)], by=town.writer)
    assert report.writer_ids == {town.writer.id, friend.id}
    assert report.id in session.scalars(
        TrainingReport.visible_to(friend).with_only_columns(TrainingReport.id)
    )


def test_who_is_taken_out_of_the_group_no_longer_reads_it(town):
    report = begun_by(town.writer)
    friend = make_person("ปราณี")
    cover(report, [make_participation(friend, report.training)], by=town.writer)
    cover(report, [], by=town.writer)
    session.commit()
    assert report.writer_ids == {town.writer.id}
    assert not session.scalars(TrainingReport.visible_to(friend)).all()


def test_who_reports_himself_can_not_be_put_into_another_report(town):
    report = begun_by(town.writer)
    friend = make_person("ปราณี")
    own = make_participation(friend, report.training)
    begin(own, by=friend)
    with pytest.raises(AlreadyReported):
        cover(report, [own], by=town.writer)


def test_somebody_of_another_training_is_not_of_the_group(town):
    report = begun_by(town.writer)
    other = make_participation(make_person("ปราณี"), make_training("เรื่องอื่น"))
    with pytest.raises(AlreadyReported):
        cover(report, [other], by=town.writer)


def test_one_member_who_is_late_makes_the_report_late(town):
    report = begun_by(town.writer)
    also = make_participation(make_person("ปราณี"), report.training)
    owe_report(also, due_on=bangkok_today() - timedelta(days=1))
    cover(report, [also], by=town.writer)
    agree(report, also.person)
    with pytest.raises(LateReasonMissing):
        hand_in(report, by=town.writer)


def test_where_nothing_was_owed_a_report_is_neither_on_time_nor_late(town):
    report = begin(make_participation(town.writer), by=town.writer)
    hand_in(report, by=town.writer)
    assert report.on_time is None


def test_the_text_stands_under_the_headings_of_the_form_and_empty_parts_are_left_out(town):
    report = begun_by(town.writer)
    text = write(report, PARTS, by=town.writer).text
    assert "## ความรู้ที่ได้รับ\n\nแผนต้องเชื่อม" in text
    assert "ปัญหา" not in text


def test_no_report_before_the_training_is_over(town):
    ahead = make_training(returned=bangkok_today() + timedelta(days=3), entered_by=town.writer)
    with pytest.raises(NotBackYet):
        begin(make_participation(town.writer, ahead), by=town.writer)


def test_no_interim_report_of_a_term_that_is_still_running(town):
    participation = make_participation(town.writer)
    owed = owe_report(participation, what=Discharge.INTERIM)
    owed.term, owed.counted_from = 2, bangkok_today() + timedelta(days=30)
    session.commit()
    with pytest.raises(NotBackYet):
        begin(participation, by=town.writer, term=2)


def test_a_report_of_a_training_that_was_called_off_can_not_be_handed_in(town):
    report = begun_by(town.writer)
    report.training.cancelled_at = datetime.now(UTC)
    session.commit()
    with pytest.raises(NothingToReport):
        hand_in(report, by=town.writer)


def test_nobody_is_reported_without_his_yes(town):
    report = begun_by(town.writer)
    friend = make_person("ปราณี", unit=town.section)
    duty = owe_report(make_participation(friend, report.training))
    cover(report, [duty.participation], by=town.writer)
    with pytest.raises(NotAgreed):
        hand_in(report, by=town.writer)
    leave(report, friend)
    hand_in(report, by=town.writer)
    assert duty.closed_at is None


def test_who_writes_in_the_report_has_agreed_to_it(town):
    report = begun_by(town.writer)
    friend = make_person("ปราณี", unit=town.section)
    also = make_participation(friend, report.training)
    cover(report, [also], by=town.writer)
    cover(report, [also], by=friend)
    hand_in(report, by=friend)
    assert report.submitted_at is not None
