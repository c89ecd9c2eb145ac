"""Names of files: Thai stays Thai, what misleads goes."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from portal.files.naming import LONGEST, name_for, tidy_name

NAMES = [
    ("แผน ปี ๒๕๖๙.pdf", "แผน ปี ๒๕๖๙.pdf"),
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\Users\\มาลี\\เอกสาร\\แผน.docx", "แผน.docx"),
    ("/abs/olute.pdf", "olute.pdf"),
    ("รายงาน\r\nSet-Cookie: x=1.pdf", "รายงาน Set-Cookie: x=1.pdf"),
    ("a\x00b\x07.pdf", "ab.pdf"),
    ("photo\u202egpj.exe", "photogpj.exe"),
    ("  .hidden.txt. ", "hidden.txt"),
    ("evil.exe.", "evil.exe"),
    ("..", "file"),
    ("", "file"),
    ("คํา.txt", "คำ.txt"),
]


@pytest.mark.parametrize(("given_name", "kept"), NAMES)
def test_a_name_is_kept_without_what_misleads(given_name, kept):
    assert tidy_name(given_name) == kept


def test_a_long_thai_name_is_cut_between_letters_and_keeps_its_ending():
    name = "กำหนดการที่ปรึกษาผู้เชี่ยวชาญ" * 20 + ".PDF"
    kept = tidy_name(name)
    assert len(kept) <= LONGEST
    assert kept.endswith(".PDF")
    stem = kept.removesuffix(".PDF")
    assert name.startswith(stem)
    assert regex.match(r"\X", name[len(stem) :])[0][0] not in "่้๊๋ิีึืุูั็์ำ"
    assert not stem.endswith(tuple("เแโใไ"))


@given(st.text(max_size=600))
def test_whatever_is_sent_makes_a_name_that_fits(name):
    kept = tidy_name(name)
    assert 0 < len(kept) <= LONGEST
    assert not set(kept) & set("/\\\r\n\t\0")
    assert kept == tidy_name(kept)


def test_a_picture_that_became_another_kind_is_called_so():
    assert name_for("ภาพ.webp", "image/jpeg") == "ภาพ.jpg"
    assert name_for("ภาพ.jpeg", "image/jpeg") == "ภาพ.jpeg"
    assert name_for("anim.gif", "image/png") == "anim.png"
    assert name_for("แผน.pdf", "application/pdf") == "แผน.pdf"
