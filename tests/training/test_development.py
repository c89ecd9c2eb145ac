"""A person's development record: who opens it, what stands in it, on paper and to take home."""

from datetime import date, timedelta

import pytest

from portal.people.models import Rank, RoleName
from portal.training.development import development_of
from portal.training.permissions import can_see_development
from tests.making import act_for, make_person, make_position, make_unit
from tests.postgresql import BOTH_DATABASES
from tests.training.filing import owe
from tests.training.making import make_participation, make_training
from tests.training.test_register import TODAY, keeper, rows_of, set_today


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def _on_a_friday_in_november(app, monkeypatch):
    set_today(monkeypatch, TODAY)


def cast():
    division = make_unit("กองคลัง")
    work = make_unit("งานรายได้", parent=division)
    acting = make_person("อนงค์")
    act_for(acting, make_position(work, rank=Rank.HEAD))
    return {
        "oneself": make_person("มาลี", unit=work),
        "colleague": make_person("วิชัย", unit=work),
        "acting head of the work": acting,
        "head of the division": make_person("สมศรี", unit=division, rank=Rank.HEAD),
        "head of another": make_person("ประสิทธิ์", unit=make_unit("กองช่าง"), rank=Rank.HEAD),
        "mayor": make_person("วิโรจน์", rank=Rank.CHIEF_EXECUTIVE),
        "keeper": keeper(),
        "cko": make_person("รองนายก", roles=(RoleName.CKO,)),
    }


MAY = {
    "oneself": True,
    "colleague": False,
    "acting head of the work": True,
    "head of the division": True,
    "head of another": False,
    "mayor": True,
    "keeper": True,
    "cko": True,
}


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize("has_trainings", [True, False])
def test_rule_page_file_and_profile_agree(who, has_trainings, login_as):
    people = cast()
    subject, reader = people["oneself"], people[who]
    if has_trainings:
        make_participation(subject, make_training("พัสดุ", returned=TODAY))
    assert can_see_development(reader, subject) is MAY[who]
    browser = login_as(reader)
    status = 200 if MAY[who] else 404
    assert browser.get(f"/training/people/{subject.id}").status_code == status
    assert browser.get(f"/training/people/{subject.id}.xlsx").status_code == status
    link = f'href="/training/people/{subject.id}"'
    assert (link in browser.get(f"/people/{subject.id}").text) is MAY[who]
    shown = development_of(subject, reader).times
    assert shown == (1 if has_trainings and MAY[who] else 0)


def test_who_led_the_unit_of_then_still_sees_that_time_and_is_told_that_it_is_not_all(login_as):
    finance, works = make_unit("กองคลัง"), make_unit("กองช่าง")
    head = make_person("สมศรี", unit=finance, rank=Rank.HEAD)
    moved = make_person("มาลี", unit=works)
    make_participation(moved, make_training("เมื่ออยู่กองคลัง", returned=TODAY), unit_id=finance.id)
    make_participation(moved, make_training("เมื่ออยู่กองช่าง", returned=TODAY))
    page = login_as(head).get(f"/training/people/{moved.id}").text
    assert "เมื่ออยู่กองคลัง" in page
    assert "เมื่ออยู่กองช่าง" not in page
    assert "แสดงเฉพาะการพัฒนาในช่วงที่อยู่ในส่วนราชการที่คุณดูแล" in page
    assert "แสดงเฉพาะการพัฒนา" not in login_as(moved).get(f"/training/people/{moved.id}").text


@pytest.mark.parametrize(
    "url", ["/training/people/999", "/training/people/99999999999", "/training/people/0"]
)
def test_a_record_of_nobody_is_not_there(url, login_as):
    assert login_as(keeper()).get(url).status_code == 404


def test_trainings_stand_under_their_fiscal_year_with_recorded_hours(login_as):
    person = make_person("มาลี")
    make_participation(person, make_training("ปีก่อน", returned=date(2026, 9, 30)), hours=6)
    make_participation(person, make_training("ปีนี้", returned=date(2026, 10, 1)), hours=12.5)
    make_participation(person, make_training("ยังไม่บันทึก", returned=TODAY))
    make_participation(person, make_training("ยังไม่ไป", returned=TODAY + timedelta(days=9)), hours=30)
    record = development_of(person, person)
    assert [(year.fiscal_year, year.times, year.hours) for year in record.years] == [
        (2570, 2, 12.5),
        (2569, 1, 6),
    ]
    assert (record.times, record.hours) == (3, 18.5)
    page = login_as(person).get(f"/training/people/{person.id}").text
    assert "ยังไม่ถึงวันกลับ" in page
    assert "บันทึกแล้ว 18.5 ชั่วโมง" in page
    assert "ปีงบประมาณ 2570 เข้ารับการพัฒนา 2 ครั้ง" in login_as(person).get("/me").text


def test_whether_the_report_came_in_time_stands_in_the_record_and_its_file(login_as):
    person = make_person("มาลี")
    participation = make_participation(person, make_training("=1+1", returned=date(2026, 11, 2)), hours=6)
    owe(participation, done=date(2026, 11, 18))
    browser = login_as(person)
    assert "ล่าช้า" in browser.get(f"/training/people/{person.id}").text
    row = rows_of(browser.get(f"/training/people/{person.id}.xlsx"))[1]
    assert (row[0], row[1], row[9], row[12]) == (2570, "=1+1", 6, "ล่าช้า")


def test_a_long_record_costs_no_more_queries_than_a_short_one(login_as, count_queries):
    person = make_person("มาลี")
    browser, asked = login_as(person), []
    for number in (1, 20):
        for _ in range(number):
            owe(make_participation(person, make_training(returned=TODAY)))
        browser.get(f"/training/people/{person.id}")
        with count_queries() as statements:
            browser.get(f"/training/people/{person.id}")
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 12
