"""The raw text of a document becomes Markdown that shows the same words, its tables as tables."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.markup.imported import markdown_from_text
from portal.markup.plain_text import plain, sections
from portal.markup.rendering import render

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
shared = pytest.mark.shared
without_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside this checkout")
NAMES = ("000", "001", "002", "003", "004")

TAGS = re.compile(r"(?i)</?(?:p|ul|ol|li|br|b|div|span|td)\b[^<>\n]*>")
MARKS = re.compile(r"[\s\x00-\x1f|*_`#\\<>=~\-–—•·●▪❖➢✓]")

PLAN = """แผนการจัดการความรู้ที่ ๑

ที่	กิจกรรม	ระยะเวลา	ผู้รับผิดชอบ
ขั้นตอนที่ ๑ การบ่งชี้ความรู้@@@
๑.๑	<p>ประชุม</p> <p>๑) ครู</p> <p>๒) ช่าง</p>	ต.ค. ๖๙	กอง | ช่าง
๑.๒	สำรวจ	พ.ย. -
ธ.ค. ๖๙	กองคลัง

ที่	กิจกรรม	ระยะเวลา	ผู้รับผิดชอบ
๒.๑	จัดพิมพ์	ม.ค. ๗๐
""".replace("@", "\t")


def seed(name: str) -> str:
    return next(SEEDS.glob(f"{name}_*.txt")).read_text(encoding="utf-8")


def words(text: str) -> str:
    return MARKS.sub("", text)


def tables(markdown: str) -> list[list[list[str]]]:
    """The tables of the page as rows of cells; a spanning row is one cell."""
    page = render(markdown).html
    return [
        [
            [
                re.sub(r"<[^>]*>", " ", cell).strip()
                for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
            ]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        ]
        for table in re.findall(r"<table>(.*?)</table>", page, re.DOTALL)
    ]


def test_lines_with_tabs_are_rows_padded_to_the_header():
    first, second = tables(markdown_from_text(PLAN))
    assert first[0] == ["ที่", "กิจกรรม", "ระยะเวลา", "ผู้รับผิดชอบ"]
    assert first[1] == ["ขั้นตอนที่ ๑ การบ่งชี้ความรู้"]
    assert [" ".join(cell.split()) for cell in first[2]] == [
        "๑.๑",
        "ประชุม ๑) ครู ๒) ช่าง",
        "ต.ค. ๖๙",
        "กอง | ช่าง",
    ]
    assert second[1] == ["๒.๑", "จัดพิมพ์", "ม.ค. ๗๐", ""]


def test_a_row_broken_over_two_lines_is_one_row_again():
    assert tables(markdown_from_text(PLAN))[0][3] == ["๑.๒", "สำรวจ", "พ.ย. - ธ.ค. ๖๙", "กองคลัง"]


def test_a_step_whose_trailing_tabs_were_cut_off_still_spans_the_table():
    text = "ที่\tกิจกรรม\tหมายเหตุ\n๑.๑\tประชุม\tก\nขั้นตอนที่ ๒ การเรียนรู้\n๒.๑\tทดสอบ\tข"
    assert tables(markdown_from_text(text))[0][2] == ["ขั้นตอนที่ ๒ การเรียนรู้"]


def test_a_header_that_repeats_without_a_blank_line_begins_a_new_table():
    text = "ที่\tกิจกรรม\tหมายเหตุ\n๑\tก\tข\nที่\tกิจกรรม\tหมายเหตุ\n๒\tค\tง"
    assert [table[1][0] for table in tables(markdown_from_text(text))] == ["๑", "๒"]


def test_the_title_of_the_next_table_is_not_drawn_into_the_row_above():
    text = "ที่\tกิจกรรม\tหมายเหตุ\n๑\tก\tข\nแผนงานด้านสาธารณสุข\nที่\tกิจกรรม\tหมายเหตุ\n๒\tค\tง"
    first, second = tables(markdown_from_text(text))
    assert (first[1], second[1]) == (["๑", "ก", "ข"], ["๒", "ค", "ง"])
    assert "\n\nแผนงานด้านสาธารณสุข\n\n" in markdown_from_text(text)


def test_titles_inside_a_table_stand_above_it():
    text = "แผนปฏิบัติการ\t\t\nเป้าหมาย KM : พัฒนาบุคลากรให้ทันสมัย\t\t\nลำดับ\tกิจกรรม\tหมายเหตุ\n๑\tก\tข"
    assert markdown_from_text(text).startswith("แผนปฏิบัติการ\n\nเป้าหมาย KM : พัฒนาบุคลากรให้ทันสมัย\n\n| ลำดับ |")


def test_a_form_to_be_filled_in_keeps_its_empty_cells():
    rows = tables(markdown_from_text("เกณฑ์\tองค์ความรู้ที่ 1\tองค์ความรู้ที่ 2\n1. สำคัญ\t\t\nรวมคะแนน\t\t"))[0]
    assert [len(row) for row in rows] == [3, 3, 3]


def test_a_table_that_lost_its_header_is_a_table_without_one():
    page = render(markdown_from_text("๓.๑\tนำความรู้มาจัดระบบ\tพ.ค. ๖๒\n๓.๒\tจัดทำร่างคู่มือ\tมิ.ย. ๖๒")).html
    assert "<thead>" not in page
    assert page.count("<tr>") == 2


def test_a_cell_on_each_line_is_put_into_rows_by_the_names_of_the_columns():
    text = (
        "\tลำดับ\n\tกิจกรรม\n\tระยะ\nเวลา\n\tผู้รับผิดชอบ\n\n"
        "\t๑\n\tการบ่งชี้\nความรู้\n-ภายใน\n\tต.ค. ๖๙\n\tปลัด\n\n KM Team\n\n\n"
        "\t๒\n\tการเรียนรู้\n\tพ.ย. ๖๙\n\t\n\n\tผู้อนุมัติ : นายก\n\n\n-๒-\nข้อความต่อ"
    )
    (table,) = tables(markdown_from_text(text))
    assert [[" ".join(cell.split()) for cell in row] for row in table] == [
        ["ลำดับ", "กิจกรรม", "ระยะเวลา", "ผู้รับผิดชอบ"],
        ["๑", "การบ่งชี้ความรู้ -ภายใน", "ต.ค. ๖๙", "ปลัด KM Team"],
        ["๒", "การเรียนรู้", "พ.ย. ๖๙", ""],
    ]
    assert plain(markdown_from_text(text)).endswith("ผู้อนุมัติ : นายก\n-๒-\nข้อความต่อ")


def test_a_table_that_has_pipes_already_stays_one():
    text = "- | | |\n|--|----|\n| ๑. ปลัด | ประธาน |\n| ๒. ครู | กรรมการ |"
    assert tables(markdown_from_text(text)) == [[["๑. ปลัด", "ประธาน"], ["๒. ครู", "กรรมการ"]]]


def test_tags_of_layout_are_gone_and_their_words_stay():
    text = "<p>หนึ่ง</p> <p style=\"text-align: center;\">สอง</p>\n<ul style='list-style: none'> - สาม <b>สี่</b><br/>ห้า\n&nbsp;หก&amp;เจ็ด"
    page = render(markdown_from_text(text)).html
    assert not re.search(r"&lt;|style|nbsp", page)
    assert plain(markdown_from_text(text)).split() == ["หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก&เจ็ด"]


@pytest.mark.parametrize(
    "line",
    [
        "# ไม่ใช่หัวข้อ",
        "> ไม่ใช่คำอ้าง",
        "1. ไม่ใช่รายการ",
        "+ บวก",
        "a * b * c และ _x_ กับ __y__",
        "[ลิงก์](/knowledge/1) ![ภาพ](/files/1.png) [^1]: อ",
        "`โค้ด` และ ``` รั้ว",
        "~~~",
        "!!! note",
        ":   ความหมาย",
        "ก\n=",
        "ก\n-",
        "ก\n---",
        "C:\\งาน\\แผน",
        "a | b\n--|--\nc | d",
        "    เยื้องสี่ช่อง",
        "x < y <ตัวแปร> &notin;x &copy",
        "-๑๒-",
    ],
)
def test_what_markdown_would_take_for_markup_is_shown_as_it_stands(line: str):
    markdown = markdown_from_text(f"นำหน้า\n\n{line}\n\nตามหลัง")
    shown = plain(markdown).split("\n", 1)[1].rsplit("\n", 1)[0]
    assert "".join(shown.split()) == "".join(line.replace("&notin;", "∉").split())
    assert not re.search(r"<(?!/?p>|br>)", render(markdown).html.replace("\n", ""))


def test_bold_words_and_addresses_in_angle_brackets_keep_their_meaning():
    page = render(
        markdown_from_text("๑. **ความรู้ที่ชัดแจ้ง (Explicit)** ดู <https://a.example/ความรู้_x> 2 ** 3")
    ).html
    assert "<strong>ความรู้ที่ชัดแจ้ง (Explicit)</strong>" in page
    assert 'href="https://a.example/ความรู้_x"' in page
    assert "2 ** 3" in page


def test_bullets_of_every_kind_are_one_list_and_do_not_swallow_the_next_line():
    page = render(markdown_from_text("- ก\n• ข\n· ค\n- ❖ ง\nไม่ใช่ข้อ")).html
    assert page.count("<li>") == 4
    assert page.endswith("<p>ไม่ใช่ข้อ</p>")


def test_a_number_alone_on_its_line_goes_with_its_words():
    assert markdown_from_text("๑).\nการบ่งชี้\n๒).\nการเรียนรู้") == "๑). การบ่งชี้\n๒). การเรียนรู้\n"


def test_sections_that_count_on_are_headings_and_the_points_of_a_list_are_not():
    long = "เทศบาลจัดทำแผนการจัดการความรู้เพื่อให้บุคลากรทุกระดับเข้าถึงความรู้ที่จำเป็นต่อการปฏิบัติราชการ " * 2
    text = (
        f"1. หลักการและเหตุผล\n\n{long}\n\n2. วัตถุประสงค์\n\n2.1 {long}\n\n๑. ซื่อสัตย์\n๒. ขยัน\n๓. อดทน\n\nภาคผนวก\n"
    )
    assert [s.heading for s in sections(markdown_from_text(text)) if s.heading] == [
        "1. หลักการและเหตุผล",
        "2. วัตถุประสงค์",
        "ภาคผนวก",
    ]


def test_the_torn_end_of_a_list_item_is_no_heading():
    text = "(๔) เป็นแบบอย่างที่ดีในการจัดการความรู้ของกรมส่งเสริมการปกครอง\n\nท้องถิ่น\n\n(๕) เป็นวิทยากรหลัก " + "ก" * 120
    assert "#" not in markdown_from_text(text)


def test_an_empty_text_stays_empty():
    assert markdown_from_text("") == ""
    assert markdown_from_text("\n \t \n<p></p>\n") in ("", "|  |  |\n|---|---|\n|  |  |\n")


FRAGMENTS = st.sampled_from(
    [
        "การจัดการความรู้", "น้ำ", "๑", "๒", "1.", "๑.๑", "๒)", "ที่", "กิจกรรม", "ลำดับ", "หมายเหตุ", "ผู้รับผิดชอบ",
        "ขั้นตอนที่ ๑", "ส่วนที่ ๒", "คำนำ", "- ", "* ", "**", "_", "`", "```", "#", "[", "](", ")", "!", "|", "\\", "<",
        ">", "&", "&amp;", "<p>", "</p>", "<br>", '<ul style="x">', "<b>", "\t", "\t", "\n", "\n", "\n\n", " ", "  ",
        "---", "===", "~~~", ":", "-๑-", "[^1]:", "!!! note", "http://a.example/b_c", "<http://a.example>", "a" * 60,
    ]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_no_word_is_lost_added_or_changed(text: str):
    expected = TAGS.sub("", text)
    while expected != TAGS.sub("", expected):
        expected = TAGS.sub("", expected)
    expected = expected.replace("&amp;", "&")
    assert words(plain(markdown_from_text(text))) == words(expected)


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_no_document_brings_markup_of_its_own_to_the_page(text: str):
    page = render(markdown_from_text(text)).html
    tags = {f"<{tag}" for tag in re.findall(r"<([a-z0-9]+)", page)}
    assert not tags & {
        "<code",
        "<pre",
        "<blockquote",
        "<em",
        "<ol",
        "<dl",
        "<sup",
        "<img",
        "<input",
        "<span",
        "<b",
    }


@shared
@without_seeds
@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_an_official_document_survives_the_import(name: str):
    text = seed(name)
    assert words(plain(markdown_from_text(text))) == words(TAGS.sub("", text))


@shared
@without_seeds
@pytest.mark.parametrize("name", NAMES)
def test_no_tag_of_an_official_document_is_seen_on_its_page(name: str):
    page = render(markdown_from_text(seed(name))).html
    seen = re.sub(r"<[^>]*>", "", page)
    assert not re.search(r"&lt;/?(p|ul|li|br)\b|style=|\*\*", seen)


@shared
@without_seeds
def test_the_five_action_plans_of_a_department_are_tables_of_eight_columns_with_42_activities():
    columns = [
        "ที่",
        "กิจกรรม",
        "ระยะเวลา ระบุ เดือน/ปี",
        "ตัวชี้วัด",
        "เป้าหมายตัวชี้วัด",
        "กลุ่มเป้าหมาย",
        "ผู้รับผิดชอบ",
        "หมายเหตุ",
    ]
    plans = [table for table in tables(markdown_from_text(seed("003"))) if table[0] == columns]
    activities = [row for table in plans for row in table if re.fullmatch(r"[๑-๗]\.[๑-๙]", row[0])]
    assert [len(row) for row in activities] == [8] * 42
    assert all(row[1] and row[2] and row[6] for row in activities)
    steps = [row for table in plans for row in table if len(row) == 1]
    assert Counter(row[0].split()[1] for row in steps) == dict.fromkeys("๑๒๓๔๕๖๗", 5)


@shared
@without_seeds
def test_the_plan_of_a_town_with_a_cell_on_each_line_is_a_table_of_ten_columns():
    plans = [table for table in tables(markdown_from_text(seed("001"))) if table[0][0] == "ลำดับ"]
    assert [(len(table) - 1, {len(row) for row in table}) for table in plans] == [
        (7, {10}),
        (7, {10}),
        (6, {10}),
    ]
    assert plans[0][1][7] == "๑๕๐,๐๐๐ บาท"


@shared
@without_seeds
def test_the_plan_of_a_tambon_has_its_25_activities():
    plans = [table for table in tables(markdown_from_text(seed("000"))) if table[0][:2] == ["ลำดับ", "กิจกรรม"]]
    assert [len(row) for table in plans for row in table[1:]] == [8] * 25


@shared
@without_seeds
def test_the_sections_of_a_project_paper_are_its_headings():
    assert [s.heading.split()[0] for s in sections(markdown_from_text(seed("002"))) if s.heading] == [
        "1.", "2.", "3.", "4.", "5.", "6.",
    ]  # fmt: skip
