"""Entering a training: one's own in a minute, for others by name or unit; whatever is typed wrong is said and kept."""

import re
import threading
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.people.models import RoleName
from portal.thai.dates import bangkok_today
from portal.training.models import Participation, Training
from tests.making import make_goal, make_organisation, make_person, make_unit
from tests.postgresql import BOTH_DATABASES
from tests.training.entering import training_form, typed_day
from tests.training.making import make_participation, make_training


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


@pytest.fixture
def clerk(app):
    return make_person("มาลี", last_name="ใจเย็น", username="malee")


@pytest.fixture
def assistant(app):
    return make_person("สมคิด", roles=(RoleName.DATA_ASSISTANT,))


def the_training():
    session.expire_all()
    return session.scalars(select(Training)).one()


def trainings():
    return session.scalar(select(func.count()).select_from(Training))


def errors_of(answer):
    return unescape(
        " ".join(re.findall(r'<p class="error"[^>]*>.*?<span>(.*?)</span></p>', answer.text, re.S))
    )


def value_of(answer, name):
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', answer.text)[0]
    value = re.search(r'value="([^"]*)"', tag)
    return unescape(value[1]) if value else ""


# ---- one's own


def test_who_came_back_enters_his_training_and_the_record_is_filled_at_once(login_as, clerk):
    answer = login_as(clerk).post("/training/new", data=training_form())
    training = the_training()
    assert answer.location == f"/training/{training.id}"
    (mine,) = training.participations
    assert (mine.person_id, mine.entered_by_id, mine.recorded_by_id) == (clerk.id, clerk.id, clerk.id)
    assert (mine.hours, training.entered_by_id) == (12, clerk.id)
    assert mine.recorded_at is not None


def test_his_unit_and_post_are_kept_as_they_were_on_the_first_day(login_as):
    unit = make_unit("กองคลัง")
    clerk = make_person(unit=unit)
    old = clerk.postings[0]
    login_as(clerk).post("/training/new", data=training_form())
    (mine,) = the_training().participations
    assert (mine.unit_id, mine.position_title) == (unit.id, old.position.title)


def test_a_training_entered_in_advance_is_not_recorded(login_as, clerk):
    start = bangkok_today() + timedelta(days=3)
    form = training_form(start_date=typed_day(start), end_date=typed_day(start))
    answer = login_as(clerk).post("/training/new", data=form, follow_redirects=True)
    assert "บันทึกไว้ล่วงหน้าแล้ว" in answer.text
    (mine,) = the_training().participations
    assert mine.recorded_at is None


def test_without_hours_the_record_waits_for_them(login_as, clerk):
    answer = login_as(clerk).post("/training/new", data=training_form(hours=""), follow_redirects=True)
    assert "ยังไม่ได้ลงบันทึกการเข้าอบรม" in answer.text
    assert the_training().participations[0].recorded_at is None


def test_a_course_of_one_day_needs_its_first_day_only(login_as, clerk):
    login_as(clerk).post("/training/new", data=training_form(end_date="", hours="6"))
    training = the_training()
    assert training.start_date == training.end_date == training.return_date


def test_an_empty_day_of_return_is_the_last_day(login_as, clerk):
    login_as(clerk).post("/training/new", data=training_form())
    assert the_training().return_date == the_training().end_date


def test_who_travels_back_a_day_later_says_so(login_as, clerk):
    back = bangkok_today() - timedelta(days=4)
    login_as(clerk).post("/training/new", data=training_form(return_date=typed_day(back)))
    assert the_training().return_date == back


@pytest.mark.parametrize("where", [{"is_online": "y"}, {"where": "inside"}])
def test_of_an_online_or_in_house_course_the_day_of_return_is_the_last_day(login_as, clerk, where):
    back = bangkok_today() - timedelta(days=4)
    login_as(clerk).post("/training/new", data=training_form(return_date=typed_day(back), **where))
    assert the_training().return_date == the_training().end_date


def test_costs_are_read_as_people_write_them(login_as, clerk):
    costs = {"registration": "๓,๙๐๐", "travel": "1,250.50 บาท", "per_diem": "720.-", "lodging": ""}
    login_as(clerk).post("/training/new", data=training_form(**costs))
    training = the_training()
    assert (training.registration, training.travel, training.per_diem, training.lodging) == (
        390_000,
        125_050,
        72_000,
        0,
    )


def test_goal_and_step_are_kept_and_the_step_is_km2_unless_told(login_as, clerk):
    goal = make_goal()
    assert re.search(r'<option selected value="KM2"', login_as(clerk).get("/training/new").text)
    login_as(clerk).post("/training/new", data=training_form(goal=str(goal.id), step="KM6"))
    assert (the_training().goal_id, the_training().step) == (goal.id, "KM6")


def test_a_clerk_enters_nobody_but_himself(login_as, clerk):
    other = make_person("นารี", username="naree")
    login_as(clerk).post("/training/new", data=training_form(people="naree", chosen=str(other.id)))
    assert [row.person_id for row in the_training().participations] == [clerk.id]


# ---- bad input gets a clear answer, and nothing typed is lost


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "ใส่ชื่อการอบรมด้วย"),
        ({"start_date": "3/10/2568", "end_date": "1/10/2568"}, "วันสุดท้ายอยู่ก่อนวันแรก"),
        (
            {"start_date": "1/10/2568", "end_date": "3/10/2568", "return_date": "2/10/2568"},
            "วันกลับอยู่ก่อนวันสุดท้าย",
        ),
        ({"start_date": "1/10/2568", "end_date": "3/10/2568", "return_date": "4/10/2569"}, "เกินสามเดือน"),
        ({"start_date": "31 ก.พ. 2568"}, "อ่านเป็นวันที่ไม่ได้"),
        ({"start_date": "1/10/120"}, "ปีใด"),
        ({"start_date": "1 ต.ค. 2620", "end_date": ""}, "ล่วงหน้าเกินสามปี"),
        ({"start_date": "1 ต.ค. 2468", "end_date": ""}, "ผ่านมาเกินหกสิบปี"),
        ({"start_date": "1/10/2567", "end_date": "4/11/2568"}, "400 วัน"),
        ({"hours": "0"}, "ต้องมากกว่าศูนย์"),
        ({"hours": "หลายชั่วโมง"}, "อ่านเป็นจำนวนชั่วโมงไม่ได้"),
        ({"hours": "400"}, "มากเกินกว่าจะอบรมได้ใน 2 วัน"),
        ({"travel": "สองพัน"}, "อ่านเป็นจำนวนเงินไม่ได้"),
        ({"travel": "12.345"}, "อ่านเป็นจำนวนเงินไม่ได้"),
        ({"travel": "900,000,000"}, "เกิน 100 ล้านบาท"),
        ({"title": "ก" * 301}, "301"),
        ({"step": "KM9"}, ""),
    ],
)
def test_what_can_t_be_so_is_said_beside_its_field_and_everything_stays(login_as, clerk, typed, said):
    form = training_form(organiser="สถาบันพัฒนาบุคลากร", budget_source="ข้อบัญญัติ", **typed)
    answer = login_as(clerk).post("/training/new", data=form)
    assert answer.status_code == 422
    assert said in errors_of(answer)
    assert trainings() == 0
    for name in (
        "title",
        "start_date",
        "end_date",
        "return_date",
        "hours",
        "travel",
        "organiser",
        "budget_source",
    ):
        assert value_of(answer, name) == form.get(name, "")


def test_four_hundred_days_are_further_study_and_nothing_else(login_as, clerk):
    form = training_form(start_date="1/10/2567", end_date="4/11/2568", hours="")
    assert "ศึกษาต่อ" in errors_of(login_as(clerk).post("/training/new", data=form))
    assert login_as(clerk).post("/training/new", data={**form, "kind": "further_study"}).status_code == 302


def test_a_year_of_the_common_era_is_taken_for_what_it_is(login_as, clerk):
    login_as(clerk).post("/training/new", data=training_form(start_date="1/10/2024", end_date="2 ต.ค. 2567"))
    assert (the_training().start_date, the_training().end_date) == (date(2024, 10, 1), date(2024, 10, 2))


def test_what_was_refused_is_found_again_as_a_draft(login_as, clerk):
    browser = login_as(clerk)
    browser.post("/training/new", data=training_form(hours="0", draft="0123456789abcdef"))
    page = browser.get("/training/new?draft=0123456789abcdef")
    assert value_of(page, "title") == "การจัดทำแผนพัฒนาท้องถิ่น"
    assert value_of(page, "hours") == "0"
    assert "การจัดทำแผนพัฒนาท้องถิ่น" in browser.get("/training").text
    browser.post("/training/new", data=training_form(draft="0123456789abcdef"))
    assert "เริ่มไว้แล้วยังไม่ได้ส่ง" not in browser.get("/training").text


# ---- the same training twice


def test_the_same_training_is_offered_for_joining_and_nothing_is_made(login_as, clerk):
    there = make_training("การจัดทำแผนฯ รุ่นที่ ๑")
    answer = login_as(clerk).post(
        "/training/new", data=training_form(title="การจัดทําแผนฯ  (รุ่นที่ 1)", travel="500")
    )
    assert answer.status_code == 409
    assert "มีผู้บันทึกไว้แล้ว" in answer.text
    assert f'value="join-{there.id}"' in answer.text
    assert value_of(answer, "travel") == "500"
    assert trainings() == 1


def test_one_button_joins_the_training_that_is_there(login_as, clerk):
    there = make_training()
    answer = login_as(clerk).post("/training/new", data=training_form(action=f"join-{there.id}"))
    assert answer.location == f"/training/{there.id}"
    (mine,) = the_training().participations
    assert (mine.person_id, mine.recorded_by_id, mine.hours) == (clerk.id, clerk.id, 12)


def test_another_training_of_the_same_name_is_entered_all_the_same(login_as, clerk):
    make_training()
    assert login_as(clerk).post("/training/new", data=training_form(action="despite")).status_code == 302
    assert trainings() == 2


@pytest.mark.parametrize("other", ["title", "days", "cancelled"])
def test_another_title_other_days_or_one_called_off_is_no_same_training(login_as, clerk, assistant, other):
    there = make_training(returned=bangkok_today() - timedelta(days=40) if other == "days" else None)
    if other == "title":
        there.title = "การจัดทำแผนพัฒนาบุคลากร"
    if other == "cancelled":
        login_as(assistant).post(f"/training/{there.id}/cancel", data={"reason": "ผู้จัดเลื่อน"})
    session.commit()
    assert login_as(clerk).post("/training/new", data=training_form()).status_code == 302


def test_nobody_is_twice_in_one_training(login_as, clerk):
    there = make_participation(clerk).training
    answer = login_as(clerk).post(f"/training/{there.id}/join", follow_redirects=True)
    assert "มีชื่ออยู่ในการอบรมนี้แล้ว" in answer.text
    assert len(the_training().participations) == 1


def test_a_colleague_who_went_along_joins_with_one_button(login_as, clerk):
    there = make_training()
    assert "ฉันก็ไปอบรมนี้ด้วย" in login_as(clerk).get(f"/training/{there.id}").text
    login_as(clerk).post(f"/training/{there.id}/join")
    assert [row.person_id for row in the_training().participations] == [clerk.id]


@pytest.mark.parametrize("database", BOTH_DATABASES)
def test_of_two_who_add_one_person_at_the_very_same_moment_the_second_is_told(
    app, login_as, assistant, clerk
):
    address = f"/training/{make_training().id}/participants"
    browsers = [login_as(assistant), login_as(make_person("นารี", roles=(RoleName.DATA_ASSISTANT,)))]
    session.commit()
    start, answers = threading.Barrier(2), []

    def add(browser):
        start.wait()
        answers.append(
            browser.post(
                address,
                data={"people": "malee", "action": "save"},
                headers={"Sec-Fetch-Site": "same-origin"},
            )
        )

    threads = [threading.Thread(target=add, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert session.scalar(select(func.count()).select_from(Participation)) == 1


# ---- for others


def test_a_data_assistant_enters_for_others_and_it_stays_visible(login_as, assistant, clerk):
    form = training_form(people="1. นางสาวมาลี ใจเย็น", i_took_part="")
    login_as(assistant).post("/training/many", data=form)
    (row,) = the_training().participations
    assert (row.person_id, row.entered_by_id, row.recorded_by_id) == (clerk.id, assistant.id, assistant.id)
    page = login_as(clerk).get(f"/training/{row.training_id}").text
    assert f"บันทึกโดย {assistant.name}" in page


def test_pasted_names_are_known_in_every_form(login_as, assistant, clerk):
    people = [make_person(name, last_name="ดีงาม", username=name_en, email=f"{name_en}@example.org")
              for name, name_en in (("นารี", "naree"), ("ธิดา", "thida"), ("วิชัย", "wichai"))]  # fmt: skip
    pasted = "๑) มาลี  ใจเย็น\n2\tนารีดีงาม\tกองคลัง\nthida@example.org\nwichai\nนางสาวมาลี ใจเย็น"
    login_as(assistant).post("/training/many", data=training_form(people=pasted))
    assert {row.person_id for row in the_training().participations} == {clerk.id, *(one.id for one in people)}


def test_a_name_nobody_has_is_said_and_those_who_are_nearly_called_so_are_offered(login_as, assistant, clerk):
    form = training_form(people="มาลี ใจเยน\nสมหญิง ไม่มีตัวตน", i_took_part="")
    answer = login_as(assistant).post("/training/many", data=form)
    assert answer.status_code == 422
    assert "ไม่พบบุคลากรชื่อ “สมหญิง ไม่มีตัวตน”" in errors_of(answer)
    assert "malee" in errors_of(answer)
    assert re.search(rf'name="chosen" value="{clerk.id}">', answer.text)
    assert "สมหญิง ไม่มีตัวตน" in answer.text.split('name="people"')[1].split("</textarea>")[0]
    assert trainings() == 0


def test_two_of_one_name_are_told_apart_by_their_user_names(login_as, assistant, clerk):
    make_person("มาลี", last_name="ใจเย็น", username="malee2")
    answer = login_as(assistant).post("/training/many", data=training_form(people="มาลี ใจเย็น"))
    assert "malee, malee2" in errors_of(answer)


def test_who_has_left_is_not_entered(login_as, assistant, clerk):
    clerk.deactivated_at = clerk.created_at
    answer = login_as(assistant).post("/training/many", data=training_form(people="malee"))
    assert "พ้นจากหน่วยงานแล้ว" in errors_of(answer)


def test_a_training_needs_somebody_who_takes_part(login_as, assistant):
    answer = login_as(assistant).post("/training/many", data=training_form())
    assert "เลือกผู้เข้าอบรมก่อน" in errors_of(answer)


def test_everybody_of_a_unit_and_below_is_chosen_with_one_button_and_some_unticked(login_as, assistant):
    division = make_unit("กองช่าง")
    people = [
        make_person(f"ช่าง{n}", unit=make_unit("งานโยธา", division) if n else division) for n in range(3)
    ]
    browser = login_as(assistant)
    page = browser.post("/training/many", data=training_form(unit=str(division.id), action="unit"))
    assert page.status_code == 200
    ticked = [int(found) for found in re.findall(r'name="chosen" value="(\d+)" checked', page.text)]
    assert set(ticked) == {one.id for one in people}
    assert value_of(page, "title") == "การจัดทำแผนพัฒนาท้องถิ่น"
    browser.post("/training/many", data=training_form(chosen=ticked[:2]))
    assert {row.person_id for row in the_training().participations} == set(ticked[:2])


def test_looking_for_a_name_keeps_who_was_chosen(login_as, assistant, clerk):
    other = make_person("นารี")
    form = training_form(chosen=[clerk.id], find="นารี", action="enter")
    page = login_as(assistant).post("/training/many", data=form)
    assert re.search(rf'name="chosen" value="{clerk.id}" checked', page.text)
    assert re.search(rf'name="chosen" value="{other.id}">', page.text)
    assert trainings() == 0


def test_five_hundred_people_are_entered_at_once(login_as, assistant, count_queries):
    people = [make_person(f"คน{n}", username=f"many{n}") for n in range(60)]
    browser = login_as(assistant)
    pasted = "\n".join(person.username for person in people)
    with count_queries() as queries:
        browser.post("/training/many", data=training_form(people=pasted))
    assert len(the_training().participations) == 60
    asked = [query for query in queries if query.startswith("SELECT")]
    assert len(asked) < 50, "the number of questions does not follow the number of people"


# ---- afterwards


def test_the_second_to_save_a_change_sees_both_texts(login_as, assistant, clerk):
    training = make_training(entered_by=clerk, travel=50_000)
    address = f"/training/{training.id}/edit"

    def typed(browser):
        page = browser.get(address).text
        names = (
            "opened_with",
            "title",
            "start_date",
            "end_date",
            "return_date",
            "hours",
            "travel",
            "organiser",
            "place",
        )
        fields = {
            name: unescape(re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page)[1]) for name in names
        }
        return {**fields, "kind": "course", "where": "outside", "step": "KM2"}

    mine, theirs = login_as(assistant), login_as(clerk)
    first, second = typed(theirs), typed(mine)
    new_day = typed_day(training.return_date + timedelta(days=1))
    assert theirs.post(address, data={**first, "return_date": new_day, "travel": "600"}).status_code == 302
    answer = mine.post(address, data={**second, "title": "ชื่อใหม่"})
    assert answer.status_code == 409
    assert "ชื่อใหม่" in answer.text
    assert "600" in answer.text
    again = {**second, "title": "ชื่อใหม่", "opened_with": value_of(answer, "opened_with")}
    assert mine.post(address, data=again).status_code == 302


def test_a_training_that_is_recorded_is_not_moved_into_the_future(login_as, clerk):
    training = make_participation(clerk, recorded=True).training
    start = bangkok_today() + timedelta(days=9)
    form = training_form(start_date=typed_day(start), end_date="", action="")
    browser = login_as(clerk)
    page = browser.get(f"/training/{training.id}/edit")
    answer = browser.post(
        f"/training/{training.id}/edit", data={**form, "opened_with": value_of(page, "opened_with")}
    )
    assert answer.status_code == 422
    assert "อบรมเสร็จแล้ว" in answer.text


def test_calling_off_asks_for_a_reason_and_keeps_it(login_as, clerk):
    training = make_participation(clerk, make_training(entered_by=clerk)).training
    browser = login_as(clerk)
    assert browser.post(f"/training/{training.id}/cancel", data={"reason": " "}).status_code == 422
    browser.post(f"/training/{training.id}/cancel", data={"reason": "ผู้จัดเลื่อนไม่มีกำหนด"})
    session.expire_all()
    assert training.cancelled_by_id == clerk.id
    assert "ผู้จัดเลื่อนไม่มีกำหนด" in browser.get(f"/training/{training.id}").text
    assert browser.post(f"/training/{training.id}/join").status_code == 403


def test_who_entered_a_training_does_not_call_it_off_over_the_heads_of_others(login_as, clerk):
    training = make_participation(clerk, make_training(entered_by=clerk)).training
    other = make_person("นารี")
    login_as(other).post(f"/training/{training.id}/join")
    assert login_as(clerk).post(f"/training/{training.id}/cancel", data={"reason": "เลิก"}).status_code == 403


def test_who_did_not_go_is_taken_out_and_can_come_back_in(login_as, clerk):
    row = make_participation(clerk)
    browser = login_as(clerk)
    browser.post(f"/training/participations/{row.id}/withdraw")
    session.expire_all()
    assert row.withdrawn_at is not None
    browser.post(f"/training/{row.training_id}/join")
    session.expire_all()
    assert row.withdrawn_at is None


def test_colleagues_see_who_went_but_neither_costs_nor_what_is_owed(login_as, clerk):
    training = make_participation(clerk, make_training(travel=123_400)).training
    page = login_as(make_person("คนนอก")).get(f"/training/{training.id}").text
    assert clerk.name in page
    assert "1,234" not in page
    assert "รอลงบันทึก" not in page
    mine = login_as(clerk).get(f"/training/{training.id}").text
    assert "1,234" in mine
    assert "รอลงบันทึก" in mine


def test_the_first_page_of_trainings_says_what_belongs_there(login_as, clerk):
    page = login_as(clerk).get("/training").text
    assert "ยังไม่มีการฝึกอบรม" in page
    assert "/training/new" in page
    make_participation(clerk)
    page = login_as(clerk).get("/training").text
    assert "การจัดทำแผนพัฒนาท้องถิ่น" in page
    assert "รอลงบันทึก" in page


def test_a_year_of_two_figures_that_would_be_long_ago_is_asked_for_and_kept(login_as, clerk):
    western = f"{bangkok_today():%d/%m/%y}"
    answer = login_as(clerk).post("/training/new", data=training_form(start_date=western, end_date=western))
    assert answer.status_code == 422
    assert "โปรดพิมพ์ปีให้ครบสี่หลัก" in errors_of(answer)
    assert value_of(answer, "start_date") == western
    assert trainings() == 0
