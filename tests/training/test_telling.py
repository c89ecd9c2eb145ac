"""Reminders of due dates and of what waits: when, to whom, how often, and never to whom it does not concern."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.notice_words import CALENDARS, SPEAKERS
from portal.notices.models import Notice
from portal.notices.wording import worded
from portal.people.models import Rank
from portal.thai.dates import BANGKOK, bangkok_today
from portal.training.endorsing import endorse, reassign, send_back
from portal.training.report_models import ReportStage
from portal.training.telling import (
    ask_afterwards,
    remind_of_due_dates,
    remind_of_passed_dates,
    remind_of_waiting,
    remind_weekly,
)
from tests.making import act_for, make_person, make_unit
from tests.training.making import make_participation, make_training
from tests.training.town import hand_in, handed_in_by, leave_post, make_town, owe_report, position_of


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_town()


def morning(day):
    return datetime.combine(day, time(8), BANGKOK).astimezone(UTC)


def owing(person, *, left):
    """A duty of the person that is due in so many days, counted from today."""
    due_on = bangkok_today() + timedelta(days=left)
    training = make_training(returned=min(due_on - timedelta(days=15), bangkok_today()), entered_by=person)
    return owe_report(make_participation(person, training), due_on=due_on)


def told(person, kind=None):
    """The keys of the person's notices, in the order they came."""
    query = select(Notice.key).where(Notice.person_id == person.id).order_by(Notice.id)
    return session.scalars(query.where(Notice.kind == kind) if kind else query).all()


def read_by(person):
    notices = session.scalars(Notice.visible_to(person).order_by(Notice.id)).all()
    return [words.text for _, words in worded(notices, person, SPEAKERS)]


@pytest.mark.parametrize(("left", "count"), [(8, 0), (7, 1), (3, 1), (1, 1), (0, 1)])
def test_a_due_date_is_told_at_seven_three_one_and_no_days_before(town, left, count):
    owing(town.writer, left=left)
    remind_of_due_dates(morning(bangkok_today()))
    assert len(told(town.writer, "training.due")) == count


def test_from_seven_days_on_each_stage_is_told_once_however_often_one_looks(town):
    duty = owing(town.writer, left=7)
    for back in range(7, -1, -1):
        for _ in range(3):
            remind_of_due_dates(morning(duty.due_on - timedelta(days=back)))
    keys = told(town.writer, "training.due")
    assert [key.rsplit(":", 1)[1] for key in keys] == ["7", "3", "1", "0"]


def test_a_worker_that_was_away_tells_the_nearest_stage_only(town):
    duty = owing(town.writer, left=7)
    remind_of_due_dates(morning(duty.due_on - timedelta(days=2)))
    assert [key.rsplit(":", 1)[1] for key in told(town.writer)] == ["3"]


def test_a_due_date_on_a_weekend_is_told_on_the_last_working_day_before(town):
    duty = owing(town.writer, left=2)
    duty.remind_by = bangkok_today()
    session.commit()
    remind_of_due_dates(morning(bangkok_today()))
    assert told(town.writer)[0].endswith("last-working-day")


def test_on_the_day_after_the_person_and_his_superior_are_told_and_nobody_else(town):
    owing(town.writer, left=-1)
    remind_of_passed_dates(morning(bangkok_today()))
    assert told(town.writer, "training.overdue")
    assert told(town.section_head, "training.overdue")
    assert not told(town.division_head)
    assert not told(town.mayor)


def test_a_head_who_is_late_himself_is_told_on_to_the_head_above(town):
    owing(town.section_head, left=-1)
    remind_of_passed_dates(morning(bangkok_today()))
    assert told(town.section_head)
    assert told(town.division_head)


def test_who_acts_for_the_head_today_is_told(town):
    deputy = make_person("ผู้แทน")
    act_for(deputy, position_of(town.section_head))
    owing(town.writer, left=-1)
    remind_of_passed_dates(morning(bangkok_today()))
    assert told(deputy)
    assert not told(town.section_head)


def test_what_stays_overdue_is_told_once_a_week(town):
    monday = bangkok_today() - timedelta(days=bangkok_today().weekday())
    owing(town.writer, left=-20)
    for day in range(14):
        remind_weekly(morning(monday + timedelta(days=day)))
    assert told(town.writer) == [f"overdue:{monday}", f"overdue:{monday + timedelta(days=7)}"]
    assert len(told(town.section_head)) == 2


def test_what_is_done_exempted_or_cancelled_is_not_told(town):
    done, cancelled, withdrawn = (owing(town.writer, left=1) for _ in range(3))
    done.closed_at = morning(bangkok_today())
    cancelled.participation.training.cancelled_at = morning(bangkok_today())
    withdrawn.participation.withdrawn_at = morning(bangkok_today())
    session.commit()
    remind_of_due_dates(morning(bangkok_today()))
    assert told(town.writer) == []


def test_a_reminder_that_was_told_says_nothing_any_more_once_the_report_is_handed_in(town):
    duty = owing(town.writer, left=1)
    remind_of_due_dates(morning(bangkok_today()))
    assert "รายงานภายใน 15 วัน" in read_by(town.writer)[0]
    duty.closed_at = morning(bangkok_today())
    session.commit()
    assert read_by(town.writer) == []


def test_who_is_asked_is_told_that_a_report_waits_and_forgets_it_when_it_is_decided(town):
    report = handed_in_by(town.writer)
    assert len(read_by(town.section_head)) == 1
    assert read_by(town.division_head) == []
    endorse(report, by=town.section_head, opinion="")
    session.commit()
    assert read_by(town.section_head) == []
    assert len(read_by(town.division_head)) == 1


def test_who_comes_to_a_post_later_is_told_of_what_waits_there(town):
    leave_post(town.section_head)
    handed_in_by(town.writer)
    assert "เดินต่อไม่ได้" in read_by(town.km_head)[0]
    deputy = make_person("ผู้แทน")
    act_for(deputy, position_of(town.section_head))
    for _ in range(2):
        remind_of_waiting(morning(bangkok_today()))
    assert len(told(deputy)) == 1
    assert "รอคุณพิจารณา" in read_by(deputy)[0]


def test_somebody_who_was_named_is_told(town):
    report = handed_in_by(town.writer)
    reassign(report, town.km_head, by=town.km_head, reason="ลา")
    session.commit()
    assert len(read_by(town.km_head)) == 1
    assert read_by(town.section_head) == []


def test_reporters_are_told_when_it_comes_back_and_when_it_is_endorsed(town):
    report = handed_in_by(town.writer)
    send_back(report, by=town.section_head, comment="แก้")
    session.commit()
    assert "ถูกส่งคืน" in read_by(town.writer)[0]
    hand_in(report, by=town.writer)
    session.commit()
    assert read_by(town.writer) == []
    for superior in (town.section_head, town.division_head, town.clerk, town.mayor):
        endorse(report, by=superior, opinion="")
    session.commit()
    assert report.stage == ReportStage.FILED
    assert "เห็นชอบครบ" in read_by(town.writer)[0]


def test_the_calendar_holds_what_is_owed_on_its_due_date_and_nothing_of_others(town):
    mine = owing(town.writer, left=4)
    owing(town.section_head, left=5)
    events = [event for events_of in CALENDARS for event in events_of(town.writer)]
    assert [(event.uid, event.day) for event in events] == [(f"duty-{mine.id}", mine.due_on)]


def test_ninety_days_after_the_return_the_person_and_his_superior_are_asked_once(town):
    training = make_training(returned=bangkok_today() - timedelta(days=90), entered_by=town.writer)
    make_participation(town.writer, training)
    for _ in range(3):
        ask_afterwards(morning(bangkok_today()))
    assert len(told(town.writer, "training.asked")) == 1
    assert len(told(town.section_head, "training.asked")) == 1
    assert not told(town.division_head)
    assert "ได้นำความรู้" in read_by(town.writer)[0]


def test_of_duties_in_two_units_each_head_is_told_of_his_own(town):
    other = make_unit("กองช่าง")
    head = make_person("ช่าง", unit=other, rank=Rank.HEAD)
    owing(town.writer, left=-1)
    elsewhere = owing(town.writer, left=-1)
    elsewhere.participation.unit_id = other.id
    session.commit()
    remind_of_passed_dates(morning(bangkok_today()))
    assert len(told(head)) == 1
    assert len(told(town.section_head)) == 1
