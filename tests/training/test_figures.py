"""The figures of a fiscal year: distinct people, the staff's share, hours, money, and what came in time."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from portal.db import now, session
from portal.people.models import Category, Posting, Rank
from portal.people.registering import deactivate
from portal.thai.dates import BANGKOK
from portal.training.figures import TARGET_SHARE, FiguresFilter, figures_of, sees_figures
from portal.training.models import Discharge, TrainingKind
from portal.training.register import RegisterFilter, find
from tests.making import make_organisation, make_person, make_position, make_unit
from tests.postgresql import BOTH_DATABASES
from tests.training.filing import owe
from tests.training.making import make_participation, make_training
from tests.training.test_register import TODAY, keeper, rows_of, set_today

YEAR = FiguresFilter(2570)


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def _on_a_friday_in_november(app, monkeypatch):
    set_today(monkeypatch, TODAY)


def figures(reader=None, wanted=YEAR):
    return figures_of(wanted, reader or keeper())


def row_of(figures, unit, directly=False):
    return next(
        row
        for row in figures.units
        if row.unit is unit or (row.unit and unit and row.unit.id == unit.id and row.directly == directly)
    )


def test_who_was_trained_three_times_is_one_person():
    person = make_person("มาลี")
    for kind in (TrainingKind.COURSE, TrainingKind.COURSE, TrainingKind.SEMINAR):
        make_participation(person, make_training(returned=TODAY, kind=kind), hours=6)
    found = figures()
    assert (found.whole.attended.persons, found.whole.attended.times, found.whole.attended.hours) == (
        1,
        3,
        18,
    )
    assert {kind: one.persons for kind, one in found.kinds.items()} == {
        TrainingKind.COURSE: 1,
        TrainingKind.SEMINAR: 1,
    }


def test_who_moved_to_another_unit_is_counted_in_both_but_once_in_the_whole():
    finance, works = make_unit("กองคลัง"), make_unit("กองช่าง")
    person = make_person("มาลี", unit=finance)
    make_participation(person, make_training(returned=TODAY))
    make_participation(person, make_training(returned=TODAY), unit_id=works.id)
    found = figures()
    assert [row_of(found, unit).attended.persons for unit in (finance, works)] == [1, 1]
    assert found.whole.attended.persons == 1


def test_what_is_still_to_come_was_cancelled_or_missed_trained_nobody():
    reader = keeper()
    make_participation(training=make_training(returned=TODAY + timedelta(days=1)))
    make_participation(training=make_training(returned=TODAY, cancelled_at=now(), cancelled_by_id=reader.id))
    make_participation(training=make_training(returned=TODAY), withdrawn_at=now())
    assert figures(reader).whole.attended.persons == 0


def test_the_last_of_september_belongs_to_the_year_that_ends():
    make_participation(training=make_training(returned=date(2026, 9, 30)))
    reader = keeper()
    assert figures(reader, FiguresFilter(2569)).whole.attended.persons == 1
    assert figures(reader, FiguresFilter(2570)).whole.attended.persons == 0


def test_the_share_is_of_those_who_are_on_the_staff_now():
    """Who left was trained, but is nobody's share; elected members and accounts without a post are no staff."""
    reader = keeper()
    trained, _untrained, left = (make_person(name) for name in ("มาลี", "วิชัย", "คงเดช"))
    elected = make_person("สมาชิก", category=Category.ELECTED)
    for person in (trained, left, elected):
        make_participation(person, make_training(returned=TODAY, entered_by=reader))
    deactivate(left, by=None)
    left.deactivated_at = datetime(2026, 11, 19, 12, tzinfo=BANGKOK)
    without_post = make_person("ไร้ตำแหน่ง")
    without_post.postings[0].to_date = TODAY - timedelta(days=1)
    session.commit()
    whole = figures(reader).whole
    assert whole.attended.persons == 3
    assert (whole.trained_staff, len(whole.staff)) == (1, 3)  # Malee of Malee, Wichai and the keeper
    assert round(whole.share, 1) == 33.3


def test_the_staff_of_a_year_that_is_over_is_that_of_its_last_day():
    reader = keeper()
    left = make_person("คงเดช")
    make_participation(left, make_training(returned=date(2026, 9, 1), entered_by=reader))
    left.deactivated_at = datetime(2026, 10, 1, 8, tzinfo=BANGKOK)
    session.commit()
    found = figures(reader, FiguresFilter(2569))
    assert found.staff_on == date(2026, 9, 30)
    assert (found.whole.trained_staff, len(found.whole.staff)) == (1, 2)


def test_who_holds_two_posts_is_one_member_of_the_staff():
    reader, person = keeper(), make_person("มาลี")
    session.add(Posting(person_id=person.id, position_id=make_position().id, from_date=date(2026, 1, 1)))
    session.commit()
    assert len(figures(reader).whole.staff) == 2


def test_a_training_costs_each_unit_the_part_of_those_it_sent():
    finance, works = make_unit("กองคลัง"), make_unit("กองช่าง")
    training = make_training(returned=TODAY, registration=300_000, travel=100)
    for unit in (finance, finance, works):
        make_participation(make_person("มาลี", unit=unit), training)
    make_participation(make_person("ไม่ได้ไป", unit=works), training, withdrawn_at=now())
    found = figures()
    assert found.costs == pytest.approx({"registration": 300_000, "travel": 100, "per_diem": 0, "lodging": 0})
    assert row_of(found, finance).cost == pytest.approx(200_066.67, abs=0.01)
    assert figures(wanted=FiguresFilter(2570, works.id)).whole.cost == pytest.approx(100_033.33, abs=0.01)


def test_a_report_is_in_time_late_or_not_yet_to_be_told():
    unit = make_unit("กองคลัง")
    early, late, overdue, has_time, exempted = (
        make_participation(make_person("มาลี", unit=unit), make_training(returned=date(2026, 11, 2)))
        for _ in range(5)
    )
    owe(early, done=date(2026, 11, 17))
    owe(late, done=date(2026, 11, 18))
    owe(overdue)
    owe(has_time, due=TODAY)
    owe(exempted, exempted=True)
    found = figures()
    reports = row_of(found, unit).reports
    assert (reports.on_time, reports.late, reports.overdue) == (1, 2, 1)
    assert round(reports.rate, 1) == 33.3
    assert found.months[11][0] == reports
    assert found.months[10][0].rate is None


def test_reports_and_records_are_counted_apart():
    participation = make_participation(training=make_training(returned=date(2026, 11, 2)))
    owe(participation, done=date(2026, 11, 18))
    owe(participation, Discharge.RECORD, done=date(2026, 11, 3))
    whole = figures().whole
    assert (whole.reports.rate, whole.records.rate) == (0, 100)


def test_every_figure_in_time_is_what_the_register_behind_it_shows():
    reader, division = keeper(), make_unit("กองคลัง")
    work = make_unit("งานรายได้", parent=division)
    for number, unit in enumerate((division, work, work, None)):
        person = make_person("มาลี", unit=unit)
        participation = make_participation(person, make_training(returned=date(2026, 10 + number % 2, 2)))
        owe(participation, done=date(2026, 11, 16 + number))
        owe(participation, Discharge.RECORD)
    found = figures(reader)
    for row in [found.whole, *found.units]:
        for outcome, count in (
            ("report_on_time", row.reports.on_time),
            ("report_late", row.reports.late),
            ("record_late", row.records.late),
        ):
            args = {name: str(value) for name, value in row.register_args.items()}
            wanted = RegisterFilter.from_args({**args, "year": "2570", "outcome": outcome})
            assert find(wanted, reader).total == count, (row.register_args, outcome)
    for month, (reports, _records) in found.months.items():
        wanted = RegisterFilter(fiscal_year=2570, month=month, outcome="report_late")
        assert find(wanted, reader).total == reports.late


def test_the_units_stand_beside_each_other_with_all_below_them():
    organisation, division = make_organisation(), make_unit("กองคลัง")
    work, other = make_unit("งานรายได้", parent=division), make_unit("กองช่าง")
    for unit in (organisation, division, work, other):
        make_participation(make_person("มาลี", unit=unit), make_training(returned=TODAY))
    shown = [(row.unit.name, row.directly, row.attended.persons) for row in figures().units]
    assert shown == [(organisation.name, True, 1), ("กองคลัง", False, 2), ("กองช่าง", False, 1)]
    below = figures(wanted=FiguresFilter(2570, division.id))
    assert [(row.unit.name, row.directly) for row in below.units] == [("กองคลัง", True), ("งานรายได้", False)]
    assert below.whole.attended.persons == 2


def test_a_head_sees_the_figures_of_his_units_only_and_not_his_own_course_elsewhere():
    division, other = make_unit("กองคลัง"), make_unit("กองช่าง")
    head = make_person("สมศรี", unit=division, rank=Rank.HEAD)
    staff = make_person("มาลี", unit=make_unit("งานรายได้", parent=division))
    for person, unit in ((head, other), (staff, None), (make_person("วิชัย", unit=other), other)):
        more = {"unit_id": unit.id} if unit else {}
        make_participation(person, make_training(returned=TODAY), **more)
    found = figures(head)
    assert found.whole.attended.people == {staff.id}
    assert found.whole.staff == {head.id, staff.id}
    assert [row.unit.name for row in found.units] == ["กองคลัง"]
    assert figures(head, FiguresFilter(2570, other.id)).whole.attended.persons == 0


def test_who_leads_nothing_is_shown_his_own_record(login_as):
    person = make_person("มาลี")
    assert not sees_figures(person)
    browser = login_as(person)
    answer = browser.get("/training/figures")
    assert (answer.status_code, answer.location) == (302, f"/training/people/{person.id}")
    assert browser.get("/training/figures.xlsx").status_code == 403


def test_the_targets_of_twenty_people_and_ninety_per_cent_stand_beside_the_figures(login_as):
    reader = keeper()
    training = make_training(returned=TODAY, entered_by=reader)
    browser = login_as(reader)
    page = browser.get("/training/figures").text
    assert page.count("ยังไม่ถึงเป้าหมาย") == 2
    assert "เป้าหมาย 20" in page
    assert "เป้าหมาย 90%" in page
    for _ in range(19):
        make_participation(make_person("มาลี"), training)
    page = browser.get("/training/figures").text
    assert (page.count("ยังไม่ถึงเป้าหมาย"), page.count("ถึงเป้าหมายแล้ว")) == (1, 1)
    make_participation(make_person("มาลี"), training)
    assert browser.get("/training/figures").text.count("ถึงเป้าหมายแล้ว") == 2


def test_nineteen_of_twenty_one_reach_the_ninety_per_cent_and_eighteen_do_not():
    reader = keeper()
    training = make_training(returned=TODAY, entered_by=reader)
    for _ in range(18):
        make_participation(make_person("มาลี"), training)
    people = [make_person("วิชัย") for _ in range(2)]
    assert figures(reader).whole.share < TARGET_SHARE
    make_participation(people[0], training)
    assert figures(reader).whole.share > TARGET_SHARE


def test_an_empty_year_opens_and_says_so(login_as):
    page = login_as(keeper()).get("/training/figures?year=2560")
    assert page.status_code == 200
    assert "ปีนี้ยังไม่มีรายการให้นับ" in page.text


def test_the_workbook_holds_every_picture_as_a_sheet(login_as):
    unit = make_unit("กองคลัง")
    participation = make_participation(
        make_person("มาลี", unit=unit), make_training(returned=date(2026, 11, 2), registration=150_050)
    )
    owe(participation)
    answer = login_as(keeper()).get("/training/figures.xlsx?year=2570")
    names = openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames
    assert names == ["สรุป", "แยกตามส่วนราชการ", "แยกตามเดือน", "แยกตามประเภท", "ค่าใช้จ่าย", "เกินกำหนด"]
    assert rows_of(answer)[1][1:] == (1, 20)
    assert ("กองคลัง", 1, 1, 100) in {row[:4] for row in rows_of(answer, 1)}
    assert rows_of(answer, 4)[1] == ("ค่าลงทะเบียน", 1500.5)
    assert len(rows_of(answer, 5)) == 2
