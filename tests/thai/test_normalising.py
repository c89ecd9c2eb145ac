import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.thai.normalising import normalise, normalise_with_offsets

SOAK = 100_000 if os.environ.get("SOAK") else 10_000

TROUBLE = st.text(
    st.sampled_from(
        "กขนเแโะะาำๅๆฯ๐๙\u0e31\u0e34\u0e38\u0e3a\u0e47\u0e48\u0e49\u0e4c\u0e4d\uf70b\uf711\u200b\u200c\u200d\ufeff\u00a0"
        "\r\n\t \x00\x0c\u0301\u0323\u0334\ufe0f😀❤🏴\U000e0067\U000e007faAZ19ÉİßΣςſ가각ㄱㅏﾡﾟｶﾞﷺﬁ①…Ⅷ㎡´ͺبक\u094dஔ\ud800"
    ),
    max_size=30,
)


def right(text: str) -> None:
    normalised = normalise(text)
    assert normalise(normalised) == normalised
    again, offsets = normalise_with_offsets(text)
    assert again == normalised
    assert len(offsets) == len(normalised) + 1
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets[:-1])
    assert offsets[-1] == len(text)


@given(st.one_of(st.text(), TROUBLE))
@example("กะ่")
@example("ΑΣ ΑΣ")
@example("ข\u0e38\u0323\u0e4d\u0e38า")
def test_any_text_is_normalised_once_and_for_all_and_its_offsets_lead_back(text: str) -> None:
    right(text)


@pytest.mark.soak
@settings(max_examples=SOAK, deadline=None)
@given(st.one_of(st.text(), TROUBLE))
def test_the_offsets_lead_back_in_very_many_texts(text: str) -> None:
    right(text)


@pytest.mark.parametrize(
    ("written", "found_as"),
    [
        ("มาตรา ๑๑ พ.ศ. ๒๕๔๖", "มาตรา 11 พ.ศ. 2546"),
        ("KM ＫＭ ﬁle ㎡", "km km file m2"),
        ("น้ำ นํ้า", "น้ำ น้ำ"),
        ("STRASSE Straße", "strasse strasse"),
        ("👩‍👧 ❤️", "👩👧 ❤"),
        ("ฤๅษี ๆ ฯลฯ", "ฤๅษี ๆ ฯลฯ"),
    ],
)
def test_what_means_the_same_is_written_the_same(written: str, found_as: str) -> None:
    assert normalise(written) == found_as


@pytest.mark.parametrize(
    ("shown", "sought", "marked"),
    [
        ("ข้อ ๑๒ ของ KM", "12", "๑๒"),
        ("ข้อ ๑๒ ของ KM", "km", "KM"),
        ("จังหวัด\u200bลำปาง ตํ\u0e49าบล ก", "ก", "ก"),
        ("การพัฒนา นํ้าประปา เทศบาล", "น้ำ", "นํ้า"),
        ("การ\r\nเเผน พัฒนา", "แผน", "เเผน"),
        ("ไฟล์ ﬁle ใหม่", "file", "ﬁle"),
    ],
)
def test_a_mark_on_the_shown_text_covers_what_was_found(shown: str, sought: str, marked: str) -> None:
    normalised, offsets = normalise_with_offsets(shown)
    start = normalised.rindex(sought)
    assert shown[offsets[start] : offsets[start + len(sought)]] == marked
