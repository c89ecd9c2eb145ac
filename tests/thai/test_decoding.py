import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.thai.decoding import UndecodableText, decode

LETTER = "ที่ว่าการอำเภอหนองม่วง จังหวัดลพบุรี\r\nเรื่อง การจัดทำแผนการจัดการความรู้ ปี ๒๕๖๖ (KM Action Plan)\n"


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        (LETTER.encode(), "utf-8"),
        (LETTER.encode("utf-8-sig"), "utf-8-sig"),
        (LETTER.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + LETTER.encode("utf-16-be"), "utf-16"),
        (LETTER.encode("utf-32"), "utf-32"),
        (LETTER.encode("tis-620"), "tis-620"),
    ],
)
def test_a_letter_is_read_in_every_encoding_of_thai_offices(encoded: bytes, encoding: str) -> None:
    assert decode(encoded) == (LETTER, encoding)


def test_microsofts_quotes_and_no_break_spaces_are_read() -> None:
    quoted = "แบบ “ก”\u00a0… ๑,๒๐๐ – ๑,๕๐๐"
    assert decode(quoted.encode("cp874")) == (quoted, "cp874")


@pytest.mark.parametrize(
    "table", ["ชื่อ,ตำแหน่ง\nสมชาย,ปลัด\n", "code;name\nKM1;การบ่งชี้\n", "ก", "เลขที่ 5", "กค\x1a"]
)
def test_a_short_table_in_tis_620_is_read(table: str) -> None:
    assert decode(table.encode("tis-620")) == (table, "tis-620")


def test_plain_ascii_and_nothing_are_utf_8() -> None:
    assert decode(b"name,unit\r\n") == ("name,unit\r\n", "utf-8")
    assert decode(b"") == ("", "utf-8")


def test_other_languages_in_utf_8_are_left_to_utf_8() -> None:
    assert decode("café Größe 日本語".encode())[0] == "café Größe 日本語"


@pytest.mark.parametrize(
    "data",
    [
        "café à la crème".encode("latin-1"),
        "Ärger über Öl".encode("latin-1"),
        "Élan".encode("latin-1"),
        LETTER.encode()[:-40] + b"\xe0\xb8",  # cut inside a letter
        "ธรรมธรณี".encode()[:-1],
        LETTER.encode("utf-16-le"),  # without its mark
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"abc\x00def",
        "日本語".encode("shift-jis"),
    ],
)
def test_what_is_no_thai_text_is_refused_and_not_guessed(data: bytes) -> None:
    with pytest.raises(UndecodableText) as refused:
        decode(data)
    assert refused.value.status == 422


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except UndecodableText:
        return
    assert text.encode("cp874" if encoding == "tis-620" else encoding) == data or encoding.startswith("utf-")


@given(st.text())
def test_any_text_comes_back_from_utf_8(text: str) -> None:
    kept = text.replace("\x00", "").removeprefix("\ufeff")
    assert decode(kept.encode("utf-8", "replace")) == (kept, "utf-8")
