"""The official memo on paper: its form, its Thai, and that nothing a person writes can break it."""

import time

import pypdfium2
import pytest

from portal.documents import memo as memos
from portal.documents.memo import Look, Memo, Opinion, PaperTooLong, Section
from portal.documents.pdf import memo_pdf
from portal.documents.typefaces import SHIPPED, letter_height, typeface
from portal.thai.numerals import Numerals
from tests.documents.papers import LONG_NAME, PARAGRAPH, make_memo, make_picture
from tests.documents.reading_pdf import pages_of, rightmost, squeezed, text_of

THAI = Look(Numerals.THAI)
ARABIC = Look(Numerals.ARABIC)
RIGHT_MARGIN = (21 - 2) / 2.54 * 72
HOSTILE = (
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd")',
    "$x$ <label> @ref // ende",
    "/* c */ ] ) } #{1+1} \\",
    '= Heading ~ -- "quoted"',
    "#set page(width: 1cm)",
    "#panic()",
    "</script><b>&amp;",
)


def contains(pdf: bytes, *texts: str) -> bool:
    read = text_of(pdf)
    return all(squeezed(text) in read for text in texts)


def test_the_memo_has_every_field_of_the_form_and_all_that_was_written():
    pdf = memo_pdf(make_memo(), THAI)
    assert contains(pdf, "บันทึกข้อความ", "ส่วนราชการ", "วันที่", "เรื่อง", "เรียน")
    assert contains(
        pdf, "กองคลัง เทศบาลตำบลปากน้ำท่าเรือ", "ชบ 54302/128", "รายงานผลการฝึกอบรมหลักสูตรการจัดการความรู้"
    )
    assert contains(pdf, PARAGRAPH, "จึงเรียนมาเพื่อโปรดทราบ", "(นางสาวชนิดา ใจดี)", "นักวิชาการเงินและบัญชีชำนาญการ")


def test_dates_and_numbers_of_the_paper_follow_the_setting_and_what_was_typed_stays():
    thai, arabic = memo_pdf(make_memo(), THAI), memo_pdf(make_memo(), ARABIC)
    assert contains(thai, "๒๗ ตุลาคม ๒๕๖๙", "๑. วัตถุประสงค์", "(๑ รายการ)", "รุ่นที่ 12")
    assert contains(arabic, "27 ตุลาคม 2569", "1. วัตถุประสงค์", "(1 รายการ)", "รุ่นที่ 12")


def test_a_superiors_opinion_stands_below_with_name_post_and_date():
    pdf = memo_pdf(make_memo(), THAI)
    assert contains(pdf, "เห็นควรนำความรู้ไปถ่ายทอด", "(นางพิมพ์ใจ เงินวิจิตร)ผู้อำนวยการกองคลัง๒๘ ตุลาคม ๒๕๖๙")


def test_who_acts_for_another_signs_with_his_own_post_and_the_other():
    pdf = memo_pdf(make_memo(), THAI)
    assert contains(pdf, "(นายประสิทธิ์ มั่นคง)รองปลัดเทศบาล รักษาราชการแทนปลัดเทศบาล")
    alone = Opinion("ทราบ", "นายประสิทธิ์ มั่นคง", "ปลัดเทศบาล", acting=True)
    assert contains(memo_pdf(make_memo(opinions=(alone,)), THAI), "รักษาราชการแทนปลัดเทศบาล")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_written_is_taken_for_the_language_of_the_page(text):
    memo = make_memo(
        agency=text,
        number=text,
        subject=text,
        to=text,
        opening=text,
        facts=((text, text),),
        sections=(Section(text, f"    {text}"),),
        attachments=(text,),
        closing=text,
        signers=((text, text),),
        opinions=(Opinion(text, text, text, label=text),),
    )
    pdf = memo_pdf(memo, THAI)
    assert text_of(pdf).count(squeezed(text)) >= 14
    assert "root:" not in text_of(pdf)
    assert len(pages_of(pdf)) <= 3


def test_markdown_becomes_paper():
    text = (
        "นำ **หนา** *เอียง* [เว็บ](https://example.go.th/a)\n\n## หัวย่อย\n\n3. สาม\n4. สี่\n\n- จุด\n\n> อ้าง\n\n"
        "| ก | ข |\n|---|---:|\n| หนึ่ง | 2 |\n\n![แผนภูมิ](/files/3)\n\n- [x] เสร็จ\n\n```\nโค้ด\n```\n\n---\n"
    )
    pdf = memo_pdf(make_memo(sections=(Section("สรุป", text),)), THAI)
    assert contains(
        pdf,
        "นำ หนา เอียง เว็บ",
        "หัวย่อย",
        "๓.สาม",
        "๔.สี่",
        "•จุด",
        "อ้าง",
        "หนึ่ง2",
        "[ภาพ: แผนภูมิ]",
        "[x]เสร็จ",
        "โค้ด",
    )
    assert "**" not in text_of(pdf)
    assert b"https://example.go.th/a" in pdf


def test_a_table_too_wide_for_the_paper_is_written_out():
    row = "| " + " | ".join(f"ช่อง{n}" for n in range(20)) + " |\n"
    pdf = memo_pdf(make_memo(sections=(Section("", row + "|" + "---|" * 20 + "\n" + row),)), THAI)
    assert contains(pdf, "ช่อง0 | ช่อง1 | ช่อง2")
    assert rightmost(pdf) <= RIGHT_MARGIN + 3


def test_an_empty_memo_is_a_form_to_fill_in():
    pdf = memo_pdf(Memo(), THAI)
    assert contains(pdf, "บันทึกข้อความ", "ส่วนราชการ", "เรียน")
    assert len(pages_of(pdf)) == 1


def test_empty_parts_are_shown_as_empty():
    memo = make_memo(
        sections=(Section("ปัญหา", "  \n"),), signers=(("", ""),), opinions=(Opinion("", "", ""),)
    )
    assert contains(memo_pdf(memo, THAI), "ปัญหา–", "ค่าใช้จ่าย–", "(......")


def test_thirty_attachments_and_names_of_eighty_letters_stay_in_form():
    names = tuple(f"เอกสารประกอบการฝึกอบรมฉบับที่{n}_{'x' * 60}.pdf" for n in range(1, 31))
    signers = ((LONG_NAME, LONG_NAME), (LONG_NAME, "นักวิชาการ"), (LONG_NAME, ""))
    memo = make_memo(
        attachments=names, signers=signers, opinions=(Opinion("ทราบ", LONG_NAME, LONG_NAME),) * 3
    )
    pdf = memo_pdf(memo, THAI)
    assert contains(pdf, *names, "(๓๐ รายการ)", f"({LONG_NAME})")
    assert rightmost(pdf) <= RIGHT_MARGIN + 3


@pytest.mark.parametrize(
    "text",
    ["ก" * 400, "ฟหกด" * 100, "5" * 300, "๕" * 300, "จ้" + "า" * 300, "ๆ" * 300, "กA1" * 150, "https://a.go.th/" + "p/" * 200,
     "ฝึกอบรม" * 80, "é" * 300, "." * 300],
)  # fmt: skip
def test_a_stretch_without_a_space_does_not_run_off_the_page(text):
    memo = make_memo(number=text, subject=text, facts=((text, text),), sections=(Section(text, text),))
    pdf = memo_pdf(memo, THAI)
    assert rightmost(pdf) <= RIGHT_MARGIN + 3
    assert contains(pdf, text)


def test_six_pages_are_numbered_from_the_second():
    pages = pages_of(memo_pdf(make_memo(sections=(Section("เนื้อหา", f"{PARAGRAPH}\n\n" * 60),)), THAI))
    assert len(pages) >= 6
    assert "-" not in pages[0].split("\n")[0]
    assert [page.split("\n")[0].strip() for page in pages[1:]] == [
        f"- {n} -" for n in "๒๓๔๕๖๗๘๙"[: len(pages) - 1]
    ]


def test_letters_that_no_font_has_are_boxes_and_never_an_error():
    text = "งานเลี้ยง 🎉 👨‍👩‍👧 中文 ① ﬁ ☐ \x00\x07\u202e\u200b\ufeff\ue000\ud800 จบ"
    pdf = memo_pdf(make_memo(subject=text, sections=(Section("", text),), signers=((text, text),)), THAI)
    assert contains(pdf, "งานเลี้ยง", "1 fi", "จบ")


def test_the_old_private_letters_of_thai_fonts_are_read():
    assert contains(memo_pdf(make_memo(subject="ฝ\uf703กอบรม"), THAI), "ฝึกอบรม")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_emblem_stands_in_the_corner_only_when_there_is_one(kind):
    with_it = memo_pdf(make_memo(), Look(emblem=make_picture(kind, (1200, 800))))
    assert pictures(with_it) == 1
    assert pictures(memo_pdf(make_memo(), THAI)) == 0


@pytest.mark.parametrize("broken", [b"", b"no picture", b"<svg onload='x'/>", make_picture()[:60]])
def test_an_emblem_that_is_no_picture_is_left_out(broken):
    assert pictures(memo_pdf(make_memo(), Look(emblem=broken))) == 0


def pictures(pdf: bytes) -> int:
    page = pypdfium2.PdfDocument(pdf)[0]
    return sum(1 for _ in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))


def test_the_file_says_its_title_language_and_that_it_is_for_the_archive():
    pdf = memo_pdf(make_memo(), THAI)
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "รายงานผลการฝึกอบรมหลักสูตรการจัดการความรู้"
    assert document.is_tagged()
    assert b"pdfaid" in pdf
    assert b"/Lang(th-TH)" in pdf


def test_an_english_paper_says_its_own_words_in_english():
    pdf = memo_pdf(make_memo(), Look(Numerals.ARABIC, language="en"))
    assert contains(pdf, "MEMORANDUM", "Government agency", "27 October 2569 BE", "รองปลัดเทศบาล, acting for")


def test_letters_are_as_tall_as_those_of_the_offices_font_at_sixteen_points():
    face = typeface(None)
    height = letter_height(SHIPPED / "Sarabun_400Regular.ttf")
    assert face.family == "Sarabun"
    assert height == pytest.approx(0.586)
    assert face.size * height == pytest.approx(16 * 0.4005, abs=0.01)


def test_a_folder_without_a_thai_font_falls_back_to_sarabun_and_says_so(tmp_path, caplog):
    (tmp_path / "broken.ttf").write_bytes(b"\x00\x01\x00\x00 no font")
    assert typeface(tmp_path).family == "Sarabun"
    assert "no Thai TrueType font" in caplog.text
    assert contains(memo_pdf(make_memo(), Look(fonts=tmp_path)), "บันทึกข้อความ")


def test_too_long_a_text_is_refused_before_it_costs_anything():
    began = time.monotonic()
    with pytest.raises(PaperTooLong):
        memo_pdf(make_memo(sections=(Section("", "ก" * (memos.MOST_IN_A_MEMO + 1)),)), THAI)
    assert time.monotonic() - began < 1


def test_what_takes_too_long_is_ended():
    with pytest.raises(PaperTooLong):
        memo_pdf(make_memo(sections=(Section("", f"{PARAGRAPH}\n\n" * 300),)), THAI, seconds=0.05)
