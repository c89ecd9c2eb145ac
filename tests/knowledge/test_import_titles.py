"""The title of a text that has none."""

import pytest

from portal.knowledge.titles import title_of_text

TITLES = [
    ("the first line that says something", "\n\n12\n-๑-\n***\nวิธีล้างท่อ\nแผนกช่างทำ", "วิธีล้างท่อ"),
    ("a text in English", "How to wash a pipe\n\nOpen it.", "How to wash a pipe"),
    ("a preface does not name the paper", "คำนำ\nเรียน ท่านผู้อ่าน\nแผนการสอน\n", "แผนการสอน"),
    ("a department's name is no plan", "คำนำ\nแผนกช่าง\nคู่มือช่าง", "คู่มือช่าง"),
    (
        "a cover names office and year",
        "PLAN\n\nแผนการจัดการความรู้\nปีงบประมาณ พ.ศ. ๒๕๗๐\nเทศบาลตำบลทดสอบ อำเภอหนึ่ง",
        "แผนการจัดการความรู้ เทศบาลตำบลทดสอบ ปีงบประมาณ พ.ศ. ๒๕๗๐",
    ),
    (
        "what the line says itself is not said twice",
        "รายงานของกรมทดสอบ ปี 2570\nเทศบาลตำบลทดสอบ ปีงบประมาณ 2569",
        "รายงานของกรมทดสอบ ปี 2570",
    ),
    (
        "a year in a sentence may belong to anything",
        "แผนการทดสอบ\nองค์การบริหารส่วนตำบลนาดี\n" + "ข้อความยาวมาก " * 15 + "ปี พ.ศ. 2546",
        "แผนการทดสอบ องค์การบริหารส่วนตำบลนาดี",
    ),
    ("an ordinary note gets no office", "เล่าเรื่องท่อ\nเทศบาลตำบลทดสอบ ปี 2570", "เล่าเรื่องท่อ"),
    ("old glyphs are repaired", "ผู\uf70bใช\uf70bน้ำ", "ผู้ใช้น้ำ"),
    ("nothing", " \n12\n--\n", ""),
]


@pytest.mark.parametrize(("what", "text", "title"), TITLES, ids=[row[0] for row in TITLES])
def test_a_text_is_called_by_what_it_says(what, text, title):
    assert title_of_text(text) == title


def test_a_text_of_one_long_paragraph_is_called_by_its_beginning():
    title = title_of_text("ที่ประชุมมีมติ" * 40)
    assert title.endswith("…")
    assert "ที่ประชุมมีมติ" * 3 in title
    assert len(title) < 200


def test_a_title_is_never_too_long_to_be_kept():
    assert len(title_of_text("แผนการ" + "ที่" * 40 + "\n" + "เทศบาลตำบล" + "ก" * 60 + " ปีงบประมาณ 2570")) <= 300
