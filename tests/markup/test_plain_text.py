"""The words of a text for search: all that is read on the page, nothing of its markup."""

from portal.markup.plain_text import Section, plain, sections


def test_each_paragraph_item_and_row_is_one_line():
    text = "# หัวข้อ\n\nย่อ **หน้า**\nต่อ\n\n- ก\n    - ข\n\nแล้ว\n\n1. ค\n\n| ที่ | ชื่อ |\n|--|--|\n| ๑ | น้ำ<br>ดื่ม |\n| | ไฟ |\n"
    assert plain(text) == "หัวข้อ\nย่อ หน้า ต่อ\nก\nข\nแล้ว\nค\nที่ | ชื่อ\n๑ | น้ำ ดื่ม\nไฟ"


def test_a_link_gives_its_words_and_a_picture_its_description():
    assert plain("[คู่มือ](/knowledge/1) ![ผังงาน](/files/1/a.png) ![แผนที่](https://e.example/x.png)") == (
        "คู่มือ ผังงาน แผนที่"
    )


def test_code_keeps_its_lines_and_entities_are_characters():
    assert plain("```\nก <b>\n  ข\n```\n\nA &amp; B &copy;") == "ก <b>\nข\nA & B ©"


def test_footnote_numbers_are_no_words_but_footnotes_are_found():
    assert plain("ความรู้[^1]ฝังลึก\n\n[^1]: โนนากะ") == "ความรู้ฝังลึก\nโนนากะ"


def test_a_task_a_quote_and_a_note_are_read():
    assert plain("- [x] เสร็จ\n\n> อ้าง\n\n!!! tip\n    ดี") == "เสร็จ\nอ้าง\nข้อแนะนำ\nดี"


def test_a_text_is_cut_at_every_heading():
    assert sections("นำ\n\n# ก\n\nหนึ่ง\n\nสอง\n\n## ข\n\n# ค\n\nสาม") == (
        Section("", 0, "", "นำ"),
        Section("ก", 2, "s-ก", "หนึ่ง\nสอง"),
        Section("ข", 3, "s-ข", ""),
        Section("ค", 2, "s-ค", "สาม"),
    )


def test_a_text_without_headings_is_one_section_and_an_empty_one_is_none():
    assert sections("ก\n\nข") == (Section("", 0, "", "ก\nข"),)
    assert sections("") == ()
    assert plain("") == ""


def test_a_heading_of_a_picture_alone_or_of_nothing_keeps_what_stands_under_it():
    assert sections("# ![ผัง](/files/1.png)\n\nก")[0].body == "ก"
    assert sections("#\n\nก")[-1].body == "ก"
