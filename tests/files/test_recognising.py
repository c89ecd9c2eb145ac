"""What is taken in and what is not: content and name must say the same."""

import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.recognising import (
    ENDINGS,
    Damaged,
    HasMacros,
    Heic,
    NotWhatItSays,
    Protected,
    TextTooLarge,
    UnpacksTooLarge,
    WrongType,
    recognise,
)
from portal.translating import gettext
from tests.files import material


def recognised(data, name):
    return recognise(io.BytesIO(data), name)


TAKEN = [
    ("แผน.pdf", material.PDF, "application/pdf"),
    ("a.PDF", material.PDF, "application/pdf"),
    (
        "บันทึก.docx",
        material.office(),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "ตาราง.xlsx",
        material.office(material.WORKBOOK_PART),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "นำเสนอ.pptx",
        material.office(material.SLIDES_PART),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("a.odt", material.open_document("text"), "application/vnd.oasis.opendocument.text"),
    ("a.ods", material.open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    ("a.odp", material.open_document("presentation"), "application/vnd.oasis.opendocument.presentation"),
    ("เก่า.doc", material.old_office("WordDocument"), "application/msword"),
    ("เก่า.xls", material.old_office("Workbook"), "application/vnd.ms-excel"),
    ("เก่า.ppt", material.old_office("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    ("a.txt", "สวัสดี".encode(), "text/plain"),
    ("tis.csv", "ชื่อ,สกุล\r\nมาลี,ใจเย็น\r\n".encode("tis-620"), "text/csv"),
    ("a.md", b"# x", "text/markdown"),
    ("a.png", material.picture("PNG"), "image/png"),
    ("a.jpg", material.picture("JPEG"), "image/jpeg"),
    ("a.gif", material.picture("GIF"), "image/gif"),
    ("a.webp", material.picture("WEBP"), "image/webp"),
]


@pytest.mark.parametrize(("name", "data", "media_type"), TAKEN, ids=[row[0] for row in TAKEN])
def test_what_an_office_sends_is_recognised(name, data, media_type):
    kind = recognised(data, name)
    assert kind.media_type == media_type
    assert kind.is_picture == media_type.startswith("image/")


def test_a_picture_may_carry_the_ending_of_another_picture():
    assert recognised(material.picture("JPEG"), "LINE_album.png").media_type == "image/jpeg"


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.svg",
        "a.html",
        "a.zip",
        "a.docm",
        "a.js",
        "a.bat",
        "a.pdf.exe",
        "noending",
        ".pdf",
        "a.",
        "a.mp4",
        "a.php",
    ],
)
def test_a_kind_that_is_not_on_the_list_is_refused_whatever_is_in_it(name):
    for data in (material.PDF, material.PROGRAM, b"text", material.picture("PNG")):
        with pytest.raises(WrongType):
            recognised(data, name)


@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_a_program_under_any_other_name_is_refused(ending):
    with pytest.raises(NotWhatItSays) as refused:
        recognised(material.PROGRAM, f"รูปถ่าย.{ending}")
    assert ending in gettext(refused.value.message, **refused.value.values)


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
DISGUISED = [
    ("svg as png", SVG, "a.png"),
    ("html as jpg", b"<html><script>alert(1)</script>", "a.jpg"),
    ("pdf as jpg", material.PDF, "a.jpg"),
    ("picture as pdf", material.picture("PNG"), "a.pdf"),
    ("picture as docx", material.picture("PNG"), "a.docx"),
    ("plain zip as docx", material.zipped({"readme.txt": b"x"}), "a.docx"),
    ("xlsx as docx", material.office(material.WORKBOOK_PART), "a.docx"),
    ("jar as docx", material.zipped({"META-INF/MANIFEST.MF": b"x", "A.class": b"\xca\xfe"}), "a.docx"),
    ("program with a document behind it", material.PROGRAM + material.office(), "a.docx"),
    ("picture with a document behind it", material.picture("GIF") + material.office(), "a.docx"),
    ("ods as odt", material.open_document("spreadsheet"), "a.odt"),
    ("xls as doc", material.old_office("Workbook"), "a.doc"),
    ("installer as doc", material.old_office("SummaryInformation"), "a.doc"),
    (
        "name of the stream in the text only",
        material.OLE + b"x" * 100 + "WordDocument".encode("utf-16-le"),
        "a.doc",
    ),
    ("pdf not at the start", b"<html>" + material.PDF, "a.pdf"),
    ("text with zeros", b"abc\0def", "a.txt"),
    ("random bytes as text", bytes(range(128, 256)) * 4, "a.txt"),
]


@pytest.mark.parametrize(("what", "data", "name"), DISGUISED, ids=[row[0] for row in DISGUISED])
def test_what_is_not_what_its_name_says_is_refused(what, data, name):
    with pytest.raises(NotWhatItSays):
        recognised(data, name)


def test_a_photograph_of_an_iphone_is_refused_with_advice():
    data = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
    for name in ("IMG_1.heic", "IMG_1.jpg"):
        with pytest.raises(Heic):
            recognised(data, name)


def test_a_pdf_that_was_cut_off_is_damaged():
    with pytest.raises(Damaged):
        recognised(material.PDF.replace(b"%%EOF", b""), "a.pdf")


def test_an_office_file_that_was_cut_off_is_damaged():
    with pytest.raises(Damaged):
        recognised(material.office()[:-30], "a.docx")


def test_an_office_file_with_a_flipped_byte_is_damaged():
    data = bytearray(material.office(extra=b"x" * 5000))
    data[data.index(b"extra") + 8] ^= 0xFF
    with pytest.raises(Damaged):
        recognised(bytes(data), "a.docx")


def test_macros_are_refused():
    with pytest.raises(HasMacros):
        recognised(material.office(**{"word/vbaProject.bin": b"x"}), "a.docx")
    with pytest.raises(HasMacros):
        recognised(material.open_document("text", **{"Basic/Standard/Module1.xml": b"x"}), "a.odt")


def test_a_document_with_a_password_is_refused_and_says_so():
    with pytest.raises(Protected):
        recognised(material.old_office("EncryptedPackage"), "a.docx")
    data = bytearray(material.office())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(Protected):
        recognised(bytes(data), "a.docx")


def test_a_zip_bomb_is_refused():
    bomb = material.office(**{"word/media/x.bin": b"\0" * 60_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(UnpacksTooLarge):
        recognised(bomb, "a.docx")


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    bomb = bytearray(material.office(**{"word/media/x.bin": b"\0" * 60_000_000}))
    at = bomb.index(struct.pack("<I", 60_000_000))
    while at != -1:
        bomb[at : at + 4] = struct.pack("<I", 100)
        at = bomb.find(struct.pack("<I", 60_000_000))
    with pytest.raises((UnpacksTooLarge, Damaged)):
        recognised(bytes(bomb), "a.docx")


def test_too_many_members_are_refused():
    bomb = material.zipped(
        {"[Content_Types].xml": b"", material.WORD_PART: b"", **{f"word/{n}": b"" for n in range(6000)}},
        zipfile.ZIP_STORED,
    )
    with pytest.raises(UnpacksTooLarge):
        recognised(bomb, "a.docx")


def test_members_that_lead_out_of_their_folder_are_refused():
    with pytest.raises(Damaged):
        recognised(material.office(**{"../../etc/cron.d/x": b"x"}), "a.docx")


def test_a_text_of_many_megabytes_is_refused():
    with pytest.raises(TextTooLarge):
        recognised(b"a" * (10 * 1024 * 1024 + 1), "a.txt")


@given(
    st.binary(max_size=300),
    st.sampled_from(sorted(ENDINGS)),
    st.sampled_from([b"", b"PK\x03\x04", material.OLE, b"%PDF-", b"\xff\xd8\xff", b"RIFF"]),
)
def test_no_bytes_make_it_fail_in_another_way(data, ending, head):
    with contextlib.suppress(WrongType):
        recognised(head + data, f"a.{ending}")
