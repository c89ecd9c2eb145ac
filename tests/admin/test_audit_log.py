"""The audit log in words: names of today for ids, days and numbers as the reader writes them."""

import io
from typing import Any

import openpyxl
import pytest

from portal.audit.models import AuditEntry
from portal.audit.recording import record
from portal.db import session
from portal.items.audience import open_to
from portal.people.models import Person
from portal.people.organising import move_unit
from portal.people.settings import decide
from portal.plan.planning import withdraw_line
from tests.making import (
    make_admin,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_plan,
    make_unit,
)


@pytest.fixture
def admin(app: Any) -> Person:
    make_organisation("เทศบาลตำบลริมธาร")
    return make_admin()


@pytest.fixture
def browser(admin: Person, login_as: Any) -> Any:
    return login_as(admin)


def note(action: str, subject_type: str, subject_id: int | None, **details: Any) -> None:
    session.add(
        AuditEntry(
            actor_id=None, action=action, subject_type=subject_type, subject_id=subject_id, details=details
        )
    )
    session.commit()


def both(browser: Any) -> list[str]:
    """The page, and the workbook as one text."""
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/admin/audit.xlsx").data))
    rows = "\n".join(" | ".join(str(cell) for cell in row) for row in book.active.values)
    return [browser.get("/admin/audit").text, rows]


def test_a_plan_stands_under_its_name_with_the_year_in_words(browser, admin):
    record("plan.write", make_plan(2571, title="แผน KM ของตำบล"), by=admin, fiscal_year=2571)
    session.commit()
    for text in both(browser):
        assert "แผน KM ของตำบล" in text
        assert "ปีงบประมาณ พ.ศ.: 2571" in text
        assert "fiscal_year" not in text


def test_who_may_read_is_told_in_words(browser, admin):
    unit, group, reader = make_unit("กองช่าง"), make_group("คณะทำงานประปา"), make_person("พิมพ์ใจ")
    item = make_asset("คู่มือประปา", author=admin)
    open_to(item, [f"unit:{unit.id}", f"group:{group.id}", f"person:{reader.id}", "role:cko"], by=admin)
    open_to(item, ["public", f"org:{item.organisation_id}"], by=admin)
    session.commit()
    for text in both(browser):
        assert "เปลี่ยนผู้ที่อ่านเรื่องได้" in text
        assert "คู่มือประปา" in text
        for words in ("กองช่าง", "คณะทำงานประปา", "พิมพ์ใจ", "CKO", "สาธารณะ", "ทุกคนในเทศบาลตำบลริมธาร"):
            assert words in text
        for code in ("org:", "unit:", "group:", "person:", "role:", "audience", "item.open"):
            assert f" {code}" not in text.replace('"', " ").split("<ul")[-1]


def test_where_a_unit_stood_and_stands_are_names(browser, admin):
    old, new = make_unit("สำนักปลัด"), make_unit("กองคลัง")
    moved = make_unit("งานพัสดุ", old)
    move_unit(moved, new, by=admin)
    session.commit()
    for text in both(browser):
        assert "เดิม: สำนักปลัด" in text
        assert "ใหม่: กองคลัง" in text


def test_a_withdrawn_goal_is_told_with_its_number_and_plan(browser, admin):
    plan = make_plan(goals=2, title="แผนของปี")
    withdraw_line(plan.goals[1], by=admin)
    session.commit()
    for text in both(browser):
        assert "ถอนเป้าหมายออกจากแผน" in text
        assert "เป้าหมาย KM 2: " in text
        assert "แผน KM: แผนของปี" in text


def test_what_is_gone_stands_with_its_number_in_the_readers_numerals(browser):
    decide(make_organisation().id, numerals="thai")
    note("unit.create", "unit", 4711, parent=4712, kind="division")
    note("item.merge", "knowledge_asset", 41, into=42)
    note("posting.change", "posting", 5, person=77, before={"from_date": "2026-10-01", "to_date": None})
    note("organisation.import_people", "unit", 1, new=12, refused=3)
    for text in both(browser):
        assert "ส่วนราชการ เลขที่ ๔๗๑๑ (ไม่มีแล้ว)" in text
        assert "เลขที่ ๔๗๑๒ (ไม่มีแล้ว)" in text
        assert "เลขที่ ๔๒ (ไม่มีแล้ว หรือคุณไม่มีสิทธิ์เปิดอ่าน)" in text
        assert "เลขที่ ๗๗ (ไม่มีแล้ว)" in text
        assert "๑ ต.ค. ๒๕๖๙" in text
        assert "ใหม่: ๑๒" in text
        for plain in ("4712", "2026-10-01", ": 12", ": 42"):
            assert plain not in text.split("<main")[-1].replace("/items/42", "")


def test_the_log_does_not_tell_the_title_of_what_its_reader_may_not_read(browser):
    secret = make_asset("เรื่องลับของกองช่าง", unit=make_unit("กองช่าง"), readers="unit")
    note("item.publish", "knowledge_asset", secret.id, audience=[f"unit:{secret.unit_id}"])
    for text in both(browser):
        assert "เรื่องลับ" not in text
        assert "คุณไม่มีสิทธิ์เปิดอ่าน" in text


def test_the_log_asks_as_little_for_many_entries_as_for_few(browser, count_queries):
    def asked(number: int) -> int:
        for place in range(number):
            note("posting.create", "posting", place, person=place, position=place, from_date="2026-10-01")
        with count_queries() as statements:
            browser.get("/admin/audit")
        return len(statements)

    asked(2)
    assert asked(40) <= asked(2)
