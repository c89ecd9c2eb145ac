"""The two layouts of one keyboard: every key, both ways, and what is taken for a wrong choice between them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.thai.keyboard import as_typed_on_the_other, in_latin_layout, in_thai_layout

KEYS = "".join(sorted(set(string.printable) - set(string.whitespace)))


def test_every_key_has_its_own_letter_and_the_way_back():
    thai = in_thai_layout(KEYS)
    assert len(set(thai)) == len(KEYS) == 94
    assert in_latin_layout(thai) == KEYS


# From the standard: rows as they are printed on the keys, without and with Shift.
@pytest.mark.parametrize(
    ("latin", "thai"),
    [
        ("qwertyuiop[]", "ๆไำพะัีรนยบล"),
        ("asdfghjkl;'", "ฟหกดเ้่าสวง"),
        ("zxcvbnm,./", "ผปแอิืทมใฝ"),
        ("4567890-=", "ภถุึคตจขช"),
        ("@#$%&*()_+", "๑๒๓๔฿๕๖๗๘๙"),
        ("ASDFGHJKL:", "ฤฆฏโฌ็๋ษศซ"),
        ("ZXCVBNM<>?", "()ฉฮฺ์?ฒฬฦ"),
        ("QWERTYUIOP{}", '๐"ฎฑธํ๊ณฯญฐ,'),
    ],
)
def test_rows_are_those_of_the_kedmanee_keyboard(latin, thai):
    assert in_thai_layout(latin) == thai


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8^j,nv4kKu", "คู่มือภาษี"),
        ("dkiwxiKIupN", "การไปรษณีย์"),
        ("xit=6,", "ประชุม"),
        ("พำยนพะ", "report"),
        ("ำปแำส", "excel"),
        ("่ฟอฟ ยสฟื", "java plan"),
    ],
)
def test_what_was_typed_in_the_wrong_layout_is_read_as_it_was_meant(typed, meant):
    assert as_typed_on_the_other(typed) == meant


@pytest.mark.parametrize(
    "right", ["manual", "การประชุม", "ประชุม", "training", "2566", "", "  ", "-/-", "123", "คู่มือ", "ภาษี"]
)
def test_what_makes_no_words_on_the_other_layout_is_left_alone(right):
    assert as_typed_on_the_other(right) is None


@given(st.text())
def test_any_text_has_an_answer_or_none(text):
    meant = as_typed_on_the_other(text)
    assert meant is None or meant != text
    assert in_latin_layout(in_thai_layout(KEYS)) == KEYS


@given(st.text(alphabet=KEYS))
def test_the_way_there_and_back_changes_nothing(text):
    assert in_latin_layout(in_thai_layout(text)) == text
