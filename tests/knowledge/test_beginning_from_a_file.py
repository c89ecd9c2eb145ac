"""A text can begin with a file somebody has: Markdown with front matter, or plain text from an old program."""

import io

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.drafts.models import Draft
from portal.knowledge.beginning import FileNotOpened, typed_in_file
from portal.knowledge.models import KnowledgeAsset
from tests.knowledge.test_proposed_step import step_shown
from tests.making import make_goal, make_organisation, make_person

MARKDOWN = """---
title: คู่มือรับชำระภาษีป้าย
kind: story
step: [KM6, KM2]
tags: ภาษี, ป้าย
audience: public
knowledge: tacit
author: somebody
goal: 1
---
# คู่มือรับชำระภาษีป้าย

ยื่นแบบ **ภ.ป.1** ภายในเดือนมีนาคม
"""


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def begin(browser, data, name="คู่มือ.md"):
    if isinstance(data, str):
        data = data.encode()
    return browser.post("/knowledge/new/file", data={"file": (io.BytesIO(data), name)})


def test_the_form_opens_filled_with_the_file_and_nothing_is_saved_yet(login_as):
    goal = make_goal()
    browser = login_as(make_person())
    answer = begin(browser, MARKDOWN)
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    assert 'value="คู่มือรับชำระภาษีป้าย"' in page
    assert "ยื่นแบบ **ภ.ป.1** ภายในเดือนมีนาคม" in page
    assert "# คู่มือรับชำระภาษีป้าย" not in page, "the heading is the title"
    assert "title:" not in page
    assert 'value="ภาษี, ป้าย"' in page
    assert 'selected value="story"' in page
    assert 'value="public" checked' in page
    assert 'value="tacit" checked' in page
    assert step_shown(page) == "KM6"
    assert f'selected value="{goal.id}"' in page
    assert session.scalar(select(func.count()).select_from(KnowledgeAsset)) == 0


def test_a_text_file_of_an_old_program_is_read(login_as):
    browser = login_as(make_person())
    thai = "แนวทางการเบิกค่าเดินทาง\n\nให้แนบใบสำคัญรับเงินทุกครั้ง"
    page = browser.get(begin(browser, thai.encode("tis-620"), "เบิก.TXT").location).text
    assert 'value="แนวทางการเบิกค่าเดินทาง"' in page
    assert "ให้แนบใบสำคัญรับเงินทุกครั้ง" in page


def test_a_file_that_says_nothing_of_itself_gets_a_title_and_a_step(login_as):
    browser = login_as(make_person())
    page = browser.get(begin(browser, "รับแบบที่เคาน์เตอร์").location).text
    assert 'value="รับแบบที่เคาน์เตอร์"' in page
    assert step_shown(page) == "KM3"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"PK\x03\x04", "รายงาน.docx"),
        (b"%PDF-1.7", "รายงาน.pdf"),
        (b"\x00\x01\x02", "ไฟล์.txt"),
        (b"   ", "ว่าง.md"),
        (b"---\nstep: KM9\n---\ntext", "ขั้น.md"),
        (b"---\nno end", "หัว.md"),
    ],
)
def test_what_cannot_be_opened_is_said_with_its_reason_in_thai(login_as, data, name):
    browser = login_as(make_person())
    answer = begin(browser, data, name)
    assert answer.location == "/knowledge/new"
    page = browser.get("/knowledge/new").text
    assert f"เปิด “{name}” ไม่ได้" in page
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("data", [b"x" * 11_000_000, ("ข้อความยาวมาก " * 200_000).encode()])
def test_a_file_that_is_too_large_for_a_text_is_not_opened(organisation, data):
    with pytest.raises(FileNotOpened):
        typed_in_file(io.BytesIO(data), "ใหญ่.md", organisation)


def test_without_a_file_nothing_begins(login_as):
    browser = login_as(make_person())
    assert browser.post("/knowledge/new/file", data={}).location == "/knowledge/new"
    assert "โปรดเลือกไฟล์ก่อน" in browser.get("/knowledge/new").text


def test_a_script_in_a_file_stays_text(login_as):
    browser = login_as(make_person())
    page = browser.get(
        begin(browser, "# <script>alert(1)</script>\n\n</textarea><script>alert(2)</script>").location
    ).text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("text", "name", "title", "body"),
    [
        ("แนวทางการเบิก\n\nให้แนบใบสำคัญ", "ก.txt", "แนวทางการเบิก", "ให้แนบใบสำคัญ"),
        ("แนวทางการเบิก\nให้แนบใบสำคัญรับเงินทุกครั้ง", "ก.txt", "แนวทางการเบิก", "ให้แนบใบสำคัญรับเงินทุกครั้ง"),
        ("แนวทาง *การเบิก*\n\nให้แนบ", "ก.md", "แนวทาง การเบิก", "ให้แนบ"),
        ("บรรทัดเดียว", "ก.txt", "บรรทัดเดียว", "บรรทัดเดียว"),
        ("---\ntitle: ชื่ออื่น\n---\nย่อหน้าแรก\n\nต่อ", "ก.md", "ชื่ออื่น", "ย่อหน้าแรก\n\nต่อ"),
    ],
)
def test_the_line_that_became_the_title_does_not_stand_in_the_text_again(
    organisation, text, name, title, body
):
    typed = typed_in_file(io.BytesIO(text.encode()), name, organisation)
    assert (typed["title"], typed["text"]) == (title, body)
