"""A list of trainings is taken in whole: template, preview, refused rows with their reasons; and lists as they really are."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.documents.sheets import read_table
from portal.people.models import RoleName
from portal.thai.dates import bangkok_today
from portal.training.import_columns import COLUMNS
from portal.training.models import Participation, Training, TrainingKind
from tests.making import make_organisation, make_person, make_plan
from tests.training.entering import typed_day
from tests.training.making import make_participation, make_training

HEADER = ["ชื่อหลักสูตร", "ผู้เข้าอบรม", "วันเริ่ม", "วันสิ้นสุด", "จำนวนชั่วโมง"]


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


@pytest.fixture
def malee(app):
    return make_person("มาลี", last_name="ใจเย็น", username="malee", email="malee@example.org")


@pytest.fixture
def naree(app):
    return make_person("นารี", last_name="ดีงาม", username="naree")


@pytest.fixture
def assistant(app):
    return make_person("สมคิด", roles=(RoleName.DATA_ASSISTANT,))


@pytest.fixture
def browser(login_as, assistant):
    return login_as(assistant)


def workbook(*rows, merged=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(browser, data, name="รายการ.xlsx"):
    return browser.post("/training/import", data={"file": (io.BytesIO(data), name)})


def take_in(browser, *rows, header=HEADER, merged=()):
    """Send a list and confirm what the preview shows; answers the preview."""
    answer = send(browser, workbook(header, *rows, merged=merged))
    assert answer.location == "/training/import/preview", answer.text
    preview = browser.get(answer.location).text
    fingerprint = preview.split('name="fingerprint" value="')[1].split('"')[0]
    assert browser.post("/training/import/confirm", data={"fingerprint": fingerprint}).status_code == 302
    session.expire_all()
    return preview


def count(kind):
    return session.scalar(select(func.count()).select_from(kind))


def refused(browser, of=""):
    table = read_table(browser.get(f"/training/import/refused.xlsx{of}").data)
    return [(row.cells[0], row.cells[1]) for row in table.rows[1:]]


def row(person, title="การจัดทำแผน", start="1/10/2568", end="2/10/2568", hours="12"):
    return (title, person, start, end, hours)


# ---- what it does


def test_rows_of_one_title_and_days_are_one_training(browser, assistant, malee, naree):
    take_in(browser, row("malee"), row("นางสาวนารี ดีงาม"), row("malee@example.org", title="อีกเรื่อง"))
    assert (count(Training), count(Participation)) == (2, 3)
    first = session.scalars(select(Training).order_by(Training.id)).first()
    assert {one.person_id for one in first.participations} == {malee.id, naree.id}
    assert {one.entered_by_id for one in first.participations} == {assistant.id}


def test_a_finished_course_with_hours_is_recorded_by_who_takes_it_in_and_a_future_one_is_not(
    browser, assistant, malee
):
    start = typed_day(bangkok_today() + timedelta(days=9))
    take_in(
        browser,
        row("malee"),
        row("malee", title="ครั้งหน้า", start=start, end=""),
        row("malee", title="ไม่รู้ชั่วโมง", hours=""),
    )
    recorded = {one.training.title: one.recorded_by_id for one in session.scalars(select(Participation))}
    assert recorded == {"การจัดทำแผน": assistant.id, "ครั้งหน้า": None, "ไม่รู้ชั่วโมง": None}


def test_every_column_is_understood(browser, malee):
    goal = make_plan(2569).goals[0]
    cells = {column.code: column.example for column in COLUMNS} | {
        "person": "malee",
        "start_date": "1 ต.ค. 2568",
        "end_date": "3 ต.ค. 2568",
        "return_date": "๔ ตุลาคม ๒๕๖๘",
        "kind": "การศึกษาดูงาน",
        "aims": "เห็นของจริง",
        "step": "6",
    }
    take_in(browser, [cells[column.code] for column in COLUMNS], header=[column.header for column in COLUMNS])
    training = session.scalars(select(Training)).one()
    assert (training.kind, training.step, training.goal_id) == (TrainingKind.STUDY_VISIT, "KM6", goal.id)
    assert training.return_date == date(2025, 10, 4)
    assert training.cost == 390_000 + 120_050 + 72_000 + 240_000
    assert (training.order_number, training.order_date) == ("123/2569", date(2026, 9, 20))
    assert (training.aims, training.hours, training.is_outside, training.is_online) == (
        "เห็นของจริง",
        18,
        True,
        False,
    )


def test_the_template_is_understood_and_its_example_says_nothing(browser):
    answer = send(browser, browser.get("/training/import/template.xlsx").data)
    assert answer.location == "/training/import/preview"
    assert refused(browser) == []
    assert count(Training) == 0


def test_a_training_that_is_there_is_joined_and_keeps_what_it_says(browser, malee, naree):
    there = make_training("การจัดทำแผน", returned=date(2025, 10, 2), entered_by=malee)
    make_participation(malee, there)
    preview = take_in(browser, row("malee"), row("naree"))
    assert "มีอยู่แล้ว" in preview
    assert count(Training) == 1
    assert {one.person_id for one in there.participations} == {malee.id, naree.id}
    assert all(one.recorded_at for one in there.participations), (
        "the hours fill the record of who was in already, too"
    )


def test_a_list_sent_twice_changes_nothing_the_second_time(browser, malee):
    take_in(browser, row("malee"))
    send(browser, workbook(HEADER, row("malee")))
    assert "ไม่มีแถวใด" in browser.get("/training/import/preview").text
    assert browser.post("/training/import/confirm", data={"fingerprint": ""}).status_code == 409
    assert count(Participation) == 1


def test_costs_of_one_training_stand_in_one_row_or_in_each_and_never_add_up(browser, malee, naree):
    header = [*HEADER, "ค่าลงทะเบียน"]
    take_in(browser, (*row("malee"), "3,900"), (*row("naree"), "3,900"), header=header)
    assert session.scalars(select(Training.registration)).one() == 390_000


def test_it_is_noted_who_took_in_what(browser, assistant, malee):
    take_in(browser, row("malee"), row("ไม่มีใคร"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "training.import")).one()
    assert (entry.actor_id, entry.details["new"], entry.details["refused"]) == (assistant.id, 1, 1)


# ---- refused rows


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (row("สมหญิง ไม่มีตัวตน"), "ไม่พบบุคลากรชื่อ"),
        (row("มาลี ใจเยน"), "หมายถึง"),
        (row(""), "ยังไม่ได้ใส่"),
        (row("malee", title=""), "ยังไม่ได้ใส่"),
        (row("malee", start=""), "ยังไม่ได้ใส่"),
        (row("malee", start="เมื่อวานซืน"), "อ่านเป็นวันที่ไม่ได้"),
        (row("malee", start="1/10/120"), "ปีใด"),
        (row("malee", start="3/10/2568"), "วันสุดท้ายอยู่ก่อนวันแรก"),
        (row("malee", end="4/11/2569"), "ศึกษาต่อ"),
        (row("malee", hours="0"), "ต้องมากกว่าศูนย์"),
        (row("malee", hours="มาก"), "อ่านเป็นจำนวนชั่วโมงไม่ได้"),
        (row("malee", hours="99"), "มากเกินกว่าจะอบรมได้"),
        (row("malee", title="ก" * 400), "300"),
    ],
)
def test_a_row_that_can_t_be_is_refused_with_its_number_and_reason(browser, malee, naree, cells, reason):
    take_in(browser, row("naree", title="แถวที่ดี"), cells)
    ((number, said),) = refused(browser, "?of=last")
    assert number == "3"
    assert reason in said
    assert (count(Training), count(Participation)) == (1, 1)


def test_the_same_person_twice_in_one_training_is_refused_with_the_row_he_stands_in(browser, malee):
    take_in(browser, row("malee"), row("นางสาวมาลี ใจเย็น"))
    ((number, said),) = refused(browser, "?of=last")
    assert number == "3"
    assert "แถว 2" in said


def test_rows_that_contradict_each_other_about_one_training_are_refused(browser, malee, naree):
    header = [*HEADER, "สถานที่"]
    take_in(browser, (*row("malee"), "เชียงใหม่"), (*row("naree"), "ภูเก็ต"), header=header)
    assert "ใส่ไว้ต่างจากนี้" in refused(browser, "?of=last")[0][1]
    assert session.scalars(select(Training.place)).one() == "เชียงใหม่"


def test_a_goal_that_the_plan_of_that_year_does_not_have_is_refused(browser, malee):
    make_plan(2569)
    send(browser, workbook([*HEADER, "เป้าหมายที่"], (*row("malee"), "7")))
    assert "ไม่มีเป้าหมายที่ 7" in refused(browser)[0][1]


def test_a_refused_row_leaves_out_one_participant_and_the_page_says_so(browser, malee):
    preview = take_in(browser, row("malee"), row("ไม่มีใคร"))
    assert "แถวที่ไม่รับจะขาดเฉพาะคนนั้น" in preview
    assert (count(Training), count(Participation)) == (1, 1)


def test_a_training_of_which_every_row_is_refused_is_not_made(browser, malee):
    take_in(browser, row("malee"), row("ไม่มีใคร", title="ไม่มีคน"))
    assert count(Training) == 1


def test_nothing_is_taken_in_half(browser, malee, naree, monkeypatch):
    send(browser, workbook(HEADER, row("malee"), row("naree", title="อีกเรื่อง")))
    preview = browser.get("/training/import/preview").text
    fingerprint = preview.split('name="fingerprint" value="')[1].split('"')[0]
    calls = []

    def break_down(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the power went")
        return []

    monkeypatch.setattr("portal.training.entering.make_duties_of", break_down)
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    browser.application.testing = False
    assert browser.post("/training/import/confirm", data={"fingerprint": fingerprint}).status_code == 500
    assert (len(calls), count(Training), count(Participation)) == (2, 0, 0)


def test_what_changed_since_the_preview_is_shown_anew_and_not_done(browser, malee):
    send(browser, workbook(HEADER, row("malee")))
    preview = browser.get("/training/import/preview").text
    fingerprint = preview.split('name="fingerprint" value="')[1].split('"')[0]
    make_participation(malee, make_training("การจัดทำแผน", returned=date(2025, 10, 2)))
    answer = browser.post("/training/import/confirm", data={"fingerprint": fingerprint})
    assert answer.status_code == 409
    assert "ดูตัวอย่างใหม่" in answer.text


# ---- files as they really are


def test_merged_cells_stand_in_every_row_they_cover(browser, malee, naree):
    title = ["โครงการพัฒนาบุคลากร", None, None, None, None]
    first, second = row("malee"), (None, "naree", None, None, None)
    data = workbook(title, HEADER, first, second, merged=("A1:E1", "A3:A4", "C3:C4", "D3:D4", "E3:E4"))
    send(browser, data)
    preview = browser.get("/training/import/preview").text
    fingerprint = preview.split('name="fingerprint" value="')[1].split('"')[0]
    browser.post("/training/import/confirm", data={"fingerprint": fingerprint})
    session.expire_all()
    assert (count(Training), count(Participation)) == (1, 2)


def test_a_formula_without_a_result_is_refused_and_named(browser, malee):
    send(browser, workbook(HEADER, ("การจัดทำแผน", "malee", "1/10/2568", "=C2+1", "12")))
    assert "สูตร" in refused(browser)[0][1]
    assert "วันสิ้นสุด" in refused(browser)[0][1]


def test_missing_columns_are_named(browser):
    answer = send(browser, workbook(["ชื่อหลักสูตร", "ผู้เข้าอบรม", "สถานที่"], ("ก", "ข", "ค")))
    assert answer.status_code == 422
    assert "ขาดคอลัมน์ วันเริ่ม" in answer.text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "", "เลือกไฟล์"),
        (b"%PDF-1.7 nothing", "\u0e01.pdf", "ตาราง"),
        (b"PK\x03\x04broken", "\u0e01.xlsx", "ตาราง"),
        ("\n".join("ก,ข,ค" for _ in range(3)).encode(), "\u0e01.csv", "ไม่พบบรรทัดที่เป็นชื่อคอลัมน์"),
        ((",".join(HEADER) + "\n").encode(), "\u0e01.csv", ""),
    ],
)
def test_what_is_no_list_of_trainings_is_told_and_changes_nothing(browser, data, name, said):
    answer = send(browser, data, name)
    assert answer.status_code == 422
    assert said in answer.text


def test_fifty_thousand_rows_are_too_many_and_said_at_once(browser):
    lines = ",".join(HEADER) + "\n" + "a,b,c,,6\n" * 50_000
    answer = send(browser, lines.encode(), "ใหญ่.csv")
    assert answer.status_code == 422
    assert "5,000" in answer.text


def test_five_thousand_rows_wait_on_the_server_and_are_shown_by_pages(browser, malee):
    organiser = "สถาบันพัฒนาบุคลากรท้องถิ่น กรมส่งเสริมการปกครองท้องถิ่น " * 3
    rows = [(*row("malee", title=f"หลักสูตรนักบริหารงานท้องถิ่น รุ่นที่ {n}"), organiser) for n in range(4_999)]
    data = workbook([*HEADER, "หน่วยงานที่จัด"], *rows)
    assert send(browser, data).location == "/training/import/preview"
    page = browser.get("/training/import/preview?page=25").text
    assert "รุ่นที่ 4998" in page
    assert "รุ่นที่ 1 " not in page


def test_nobody_but_those_who_keep_the_register_takes_in_lists(login_as, malee):
    browser = login_as(malee)
    for address in ("", "/template.xlsx", "/preview", "/refused.xlsx"):
        assert browser.get(f"/training/import{address}").status_code == 403
