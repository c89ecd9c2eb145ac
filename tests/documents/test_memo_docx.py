"""The memo as a Word file: Thai in the right font and size, and nothing typed that breaks the file."""

import io
import shutil
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from portal.config import BadSetting, Settings
from portal.documents.memo import Look, Memo, Opinion, PaperTooLong, Section
from portal.documents.typefaces import SHIPPED
from portal.documents.word import memo_docx
from portal.thai.numerals import Numerals
from tests.documents.papers import LONG_NAME, PARAGRAPH, make_memo, make_picture
from tests.documents.test_memo_pdf import HOSTILE

THAI = Look(Numerals.THAI)


def opened(written: bytes):
    return docx.Document(io.BytesIO(written))


def text_of(written: bytes) -> str:
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t"))) for p in opened(written).element.iter(qn("w:p"))
    )


def test_the_memo_has_every_field_of_the_form_and_all_that_was_written():
    text = text_of(memo_docx(make_memo(), THAI))
    for part in ("บันทึกข้อความ", "ส่วนราชการ", "๒๗ ตุลาคม ๒๕๖๙", "เรียน", PARAGRAPH, "(นางสาวชนิดา ใจดี)", "๑. วัตถุประสงค์",
                 "เอกสารแนบ (๑ รายการ)", "รองปลัดเทศบาล รักษาราชการแทน", "๒๘ ตุลาคม ๒๕๖๙"):  # fmt: skip
        assert part in text


def test_thai_is_set_in_the_offices_font_at_sixteen_points():
    document = opened(memo_docx(make_memo(), THAI))
    properties = document.styles["Normal"].element.rPr
    fonts = properties.find(qn("w:rFonts"))
    assert {fonts.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "cs", "eastAsia")} == {"TH SarabunPSK"}
    assert not [name for name in fonts.attrib if "Theme" in name]
    assert properties.find(qn("w:szCs")).get(qn("w:val")) == "32"
    assert properties.find(qn("w:lang")).get(qn("w:bidi")) == "th-TH"


def test_what_is_bold_in_latin_is_bold_in_thai():
    document = opened(memo_docx(make_memo(sections=(Section("หัวข้อ", "**หนา** *เอียง*"),)), THAI))
    for of_latin, of_thai in (("w:b", "w:bCs"), ("w:i", "w:iCs")):
        runs = [run for run in document.element.iter(qn("w:rPr")) if run.find(qn(of_latin)) is not None]
        assert runs
        assert all(run.find(qn(of_thai)) is not None for run in runs)


def test_properties_stand_in_the_order_that_word_demands():
    document = opened(memo_docx(make_memo(), Look(emblem=make_picture())))
    order = ["rFonts", "b", "bCs", "i", "iCs", "strike", "sz", "szCs", "u", "vertAlign", "lang"]
    for properties in document.element.iter(qn("w:rPr")):
        names = [child.tag.split("}")[1] for child in properties]
        assert names == sorted(names, key=order.index)
    for properties in document.element.iter(qn("w:tblPr")):
        names = [child.tag.split("}")[1] for child in properties]
        order = ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
        assert names == sorted(names, key=order.index)


def test_pages_are_numbered_in_the_papers_numerals():
    for look, form in ((THAI, "thaiNumbers"), (Look(Numerals.ARABIC), "decimal")):
        section = opened(memo_docx(make_memo(), look)).sections[0]
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:fmt")) == form
        assert section.different_first_page_header_footer


@pytest.mark.parametrize("text", [*HOSTILE, "<w:p/>&#0;]]>", "{{ 1 }}"])
def test_what_is_typed_is_only_letters(text):
    memo = make_memo(subject=text, opening=text, attachments=(text,), opinions=(Opinion(text, text, text),))
    assert text_of(memo_docx(memo, THAI)).count(text) >= 6


def test_control_characters_are_left_out():
    text = "ก่อน\x00\x07\x1b\ufffe\ud800หลัง 🎉"
    memo = make_memo(
        subject=text, to=text, facts=((text, text),), sections=(Section(text, text),), signers=((text, text),)
    )
    assert "ก่อน\ufffdหลัง 🎉" in text_of(memo_docx(memo, THAI))


def test_an_empty_memo_thirty_attachments_and_long_names_open():
    assert "บันทึกข้อความ" in text_of(memo_docx(Memo(), THAI))
    names = tuple(f"แฟ้มที่ {n}.pdf" for n in range(1, 31))
    memo = make_memo(
        attachments=names,
        number="ก" * 80,
        signers=((LONG_NAME, LONG_NAME),) * 3,
        opinions=(Opinion(PARAGRAPH * 3, LONG_NAME, LONG_NAME),) * 5,
    )
    text = text_of(memo_docx(memo, THAI))
    assert all(name in text for name in names)
    assert text.count(f"({LONG_NAME})") == 8


def test_markdown_becomes_tables_lists_and_links():
    text = "1. หนึ่ง\n    - ใน\n2. สอง\n\n| ก | ข |\n|---|---|\n| ค | [ง](https://example.go.th/) |\n\n> อ้าง\n\n```\n  โค้ด\n```\n\n---"
    written = memo_docx(make_memo(sections=(Section("", text),)), THAI)
    read = text_of(written)
    assert "๑.หนึ่ง" in read
    assert "•ใน" in read
    assert "ค\nง" in read
    links = [rel.target_ref for rel in opened(written).part.rels.values() if rel.is_external]
    assert links == ["https://example.go.th/"]


def test_a_dangerous_link_is_no_link():
    written = memo_docx(
        make_memo(sections=(Section("", "[กด](javascript:alert(1)) [ไป](/threads/1)"),)), THAI
    )
    assert not [rel for rel in opened(written).part.rels.values() if rel.is_external]


def test_an_emblem_is_kept_as_a_picture_of_our_own_making():
    with zipfile.ZipFile(
        io.BytesIO(memo_docx(make_memo(), Look(emblem=make_picture("JPEG", (2000, 1500)))))
    ) as file:
        (picture,) = [name for name in file.namelist() if name.startswith("word/media/")]
        assert file.read(picture).startswith(b"\x89PNG")


def test_too_long_a_text_is_refused():
    with pytest.raises(PaperTooLong):
        memo_docx(make_memo(opening="ก" * 500_000), THAI)


def test_an_office_with_its_own_fonts_gets_them_in_the_size_that_matches(tmp_path):
    for font in SHIPPED.glob("*.ttf"):
        shutil.copy(font, tmp_path)
    properties = opened(memo_docx(make_memo(), Look(fonts=tmp_path))).styles["Normal"].element.rPr
    assert properties.find(qn("w:rFonts")).get(qn("w:cs")) == "Sarabun"
    assert properties.find(qn("w:szCs")).get(qn("w:val")) == "22"


def test_a_folder_of_fonts_that_is_not_there_is_refused_at_the_start(tmp_path):
    with pytest.raises(BadSetting, match="PORTAL_PAPER_FONTS_DIR"):
        Settings.from_environment(
            {"PORTAL_PAPER_FONTS_DIR": str(tmp_path / "none"), "PORTAL_SECRET_KEY": "k"}
        )
    given = Settings.from_environment({"PORTAL_PAPER_FONTS_DIR": str(tmp_path), "PORTAL_SECRET_KEY": "k"})
    assert given.paper_fonts_dir == tmp_path


def test_a_name_and_its_post_stay_on_one_page():
    document = opened(memo_docx(make_memo(signers=(("นางสาวชนิดา ใจดี", "นักวิชาการพัสดุ"),)), THAI))
    (row,) = [
        row for row in document.element.iter(qn("w:tr")) if "(นางสาวชนิดา ใจดี)" in "".join(row.itertext())
    ]
    assert row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None
