"""Taking in a list in the browser: template, preview, confirmation; between the steps it stays on the server."""

import io
import re
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.documents.sheets import write_table
from portal.drafts.models import Draft
from portal.people.models import Person, Unit
from tests.making import make_admin, make_person, make_unit

HEADER = ["คำนำหน้า", "ชื่อ", "นามสกุล", "อีเมล", "ส่วนราชการ", "ตำแหน่ง", "สีที่ชอบ"]
ROWS = [
    ["นาง", "พิมพ์ใจ", "เงินวิจิตร", "pim@example.org", "กองคลัง", "นักวิชาการคลัง", "เขียว"],
    ["นาย", "วิชัย", "แสงดี", "ไม่มีอีเมล", "กองคลัง", "นิติกร", ""],
]


@pytest.fixture
def browser(app: Any, login_as: Any) -> Any:
    make_unit("กองคลัง")
    return login_as(make_admin())


def send(browser: Any, data: bytes, name: str = "รายชื่อ.xlsx") -> Any:
    return browser.post("/admin/import", data={"file": (io.BytesIO(data), name)})


def people() -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def confirm(browser: Any, page: str) -> Any:
    fingerprint = re.search(r'name="fingerprint" value="([0-9a-f]+)"', page)
    assert fingerprint is not None
    return browser.post("/admin/import/confirm", data={"fingerprint": fingerprint.group(1)})


def test_a_list_is_looked_at_before_anything_is_changed_and_then_taken_in(browser):
    before = people()
    assert send(browser, write_table("รายชื่อ", HEADER, ROWS)).location == "/admin/import/preview"
    page = browser.get("/admin/import/preview").text
    assert people() == before
    assert "พิมพ์ใจ" in page
    assert "สีที่ชอบ" in page
    assert "อีเมล" in page
    assert "วิชัย" not in browser.get("/admin/import/preview?only=new").text
    assert confirm(browser, page).status_code == 302
    assert people() == before + 1
    assert [draft.form for draft in session.scalars(select(Draft))] == ["import-people-refused"]
    assert browser.get("/admin/import/preview").status_code == 404


def test_refused_rows_stay_to_be_taken_home_after_the_others_went_in(browser):
    send(browser, write_table("รายชื่อ", HEADER, ROWS))
    assert confirm(browser, browser.get("/admin/import/preview").text).location == "/admin/import"
    assert "/admin/import/refused.xlsx" in browser.get("/admin/import").text
    rows = list(
        openpyxl.load_workbook(io.BytesIO(browser.get("/admin/import/refused.xlsx").data)).active.values
    )
    assert "วิชัย" in rows[1]
    browser.post("/admin/import/refused/discard")
    assert browser.get("/admin/import/refused.xlsx").status_code == 404


def test_the_preview_says_which_post_ends_and_when(browser):
    make_person("วิชัย", last_name="แสงสายดิน", unit=make_unit("กองช่าง"))
    header = ["ชื่อ", "นามสกุล", "ส่วนราชการ", "ตำแหน่ง", "ตั้งแต่"]
    send(browser, write_table("x", header, [["วิชัย", "แสงสายดิน", "กองคลัง", "นักวิชาการคลัง", "1 พ.ย. 2569"]]))
    page = browser.get("/admin/import/preview").text
    assert "พ้นจากตำแหน่ง “นักวิชาการเงินและบัญชี” กองช่าง วันสุดท้ายคือ 31 ต.ค. 2569" in page
    assert "พ้นจากตำแหน่งเดิม 1 คน" in page


def test_the_template_has_a_thai_name_for_thai_readers(browser):
    assert (
        "%E0%B8%A3%E0%B8%B2%E0%B8%A2%E0%B8%8A"
        in browser.get("/admin/import/template.xlsx").headers["Content-Disposition"]
    )


def test_refused_rows_are_taken_home_with_their_reasons(browser):
    send(browser, write_table("รายชื่อ", HEADER, ROWS))
    answer = browser.get("/admin/import/refused.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert len(rows) == 2
    assert rows[1][0] == 3
    assert "วิชัย" in rows[1]


def test_what_changed_between_preview_and_confirmation_is_shown_first(browser):
    send(browser, write_table("รายชื่อ", HEADER, ROWS))
    page = browser.get("/admin/import/preview").text
    before = people()
    session.scalar(select(Unit).where(Unit.name == "กองคลัง")).name = "กองการคลัง"
    session.commit()
    answer = confirm(browser, page)
    assert answer.status_code == 409
    assert "กองคลัง" in answer.text
    assert people() == before


def test_a_list_can_be_put_away(browser):
    send(browser, write_table("รายชื่อ", HEADER, ROWS))
    assert "/admin/import/preview" in browser.get("/admin/import").text
    browser.post("/admin/import/discard")
    assert browser.get("/admin/import/preview").status_code == 404


def test_the_list_of_one_admin_is_not_anothers(browser, login_as):
    send(browser, write_table("รายชื่อ", HEADER, ROWS))
    other = login_as(make_admin("วิทยา"))
    assert other.get("/admin/import/preview").status_code == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"%PDF-1.7 x", "x.pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old.xls"),
        ("สี,ขนาด\nแดง,5\n".encode(), "other.csv"),
        (("ชื่อ,นามสกุล\n" + "ก,ข\n" * 50_000).encode(), "long.csv"),
    ],
    ids=["empty", "pdf", "old excel", "no header", "fifty thousand rows"],
)
def test_a_file_that_is_no_list_is_answered_in_a_sentence(data, name, browser):
    answer = send(browser, data, name)
    assert answer.status_code == 422
    assert "form-errors" in answer.text
    assert session.scalars(select(Draft)).all() == []


def test_no_file_is_no_list(browser):
    assert browser.post("/admin/import", data={}).status_code == 422


def test_a_csv_in_tis_620_comes_in(browser):
    text = "ชื่อ;นามสกุล;อีเมล\r\nพิมพ์ใจ;เงินวิจิตร;pim@example.org\r\nกานดา;ใจดี;kan@example.org\r\n"
    send(browser, text.encode("tis-620"), "รายชื่อ.csv")
    page = browser.get("/admin/import/preview").text
    assert "กานดา" in page
    assert confirm(browser, page).status_code == 302


def test_the_template_is_taken_in_as_it_is_with_its_example_line_refused(browser):
    template = browser.get("/admin/import/template.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(template))
    book.worksheets[0].append(["นาย", "ประสิทธิ์", "สะพานแก้ว", "prasit"])
    filled = io.BytesIO()
    book.save(filled)
    send(browser, filled.getvalue())
    page = browser.get("/admin/import/preview").text
    before = people()
    assert confirm(browser, page).status_code == 302
    assert people() == before + 1


def test_taking_in_the_same_list_again_offers_nothing_to_do(browser):
    rows = [ROWS[0]]
    send(browser, write_table("รายชื่อ", HEADER, rows))
    confirm(browser, browser.get("/admin/import/preview").text)
    send(browser, write_table("รายชื่อ", HEADER, rows))
    assert 'action="/admin/import/confirm"' not in browser.get("/admin/import/preview").text
    assert browser.post("/admin/import/confirm", data={"fingerprint": "x"}).status_code == 409


def test_a_name_with_markup_is_shown_as_a_name(browser):
    send(browser, write_table("x", ["ชื่อ", "นามสกุล"], [["<script>alert(1)</script>", "ข"]]))
    page = browser.get("/admin/import/preview").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_preview_asks_as_much_of_the_database_for_many_rows_as_for_few(browser, count_queries):
    def asked(number: int) -> int:
        rows = [["นาย", f"ชื่อ{place}", "ข", "", "กองคลัง", f"ตำแหน่ง{place}"] for place in range(number)]
        send(browser, write_table("x", HEADER[:6], rows))
        with count_queries() as statements:
            assert browser.get("/admin/import/preview").status_code == 200
        return len(statements)

    make_person("คนหนึ่ง")
    asked(2)  # what every page reads is remembered from here on
    assert asked(200) <= asked(2)
