import os

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.thai.clusters import clip, clip_characters, length, snap

SOAK = 100_000 if os.environ.get("SOAK") else 10_000

MIXED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "กขนอเแโไะาำ\u0e31\u0e34\u0e35\u0e48\u0e49\u0e4c\r\n a\u0301\u200d\ufe0f😀👍🏽🇹🇭가ᅡᆨ\u0600"
        ),
    ),
    max_size=120,
)


def boundaries(text: str) -> set[int]:
    return {0, len(text), *(found.start() for found in regex.finditer(r"\X", text))}


def whole(text: str, number: int) -> None:
    clipped = clip(text, number)
    assert length(clipped) <= max(number, 0)
    if clipped != text and number > 0:
        assert clipped.endswith("…")
        assert text.startswith(clipped[:-1])
        assert len(clipped) - 1 in boundaries(text)
    left, right = snap(text, number, "left"), snap(text, number, "right")
    assert {left, right} <= boundaries(text)
    assert left <= min(max(number, 0), len(text)) <= right
    assert length(text) == len(regex.findall(r"\X", text))


@given(MIXED, st.integers(-2, 130))
def test_no_letter_is_ever_cut(text: str, number: int) -> None:
    whole(text, number)


@pytest.mark.soak
@settings(max_examples=SOAK, deadline=None)
@given(MIXED, st.integers(-2, 130))
def test_no_letter_is_cut_in_very_many_texts(text: str, number: int) -> None:
    whole(text, number)


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("ที่นี่", 2, "ที่นี่"),
        ("ที่นี่มีน้ำ", 3, "ที่นี่…"),
        ("น้ำท่วม", 2, "น้ำ…"),
        ("กำโรง", 3, "กำ…"),  # not กำโ…
        ("กอง คลัง", 4, "กอง…"),  # no space before the ellipsis
        ("abc", 0, ""),
        ("abc", 1, "…"),
        ("", 5, ""),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 1, "…"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"),
    ],
)
def test_a_clipped_text_ends_where_a_reader_would_end_it(text: str, limit: int, clipped: str) -> None:
    assert clip(text, limit) == clipped


def test_a_mark_is_snapped_to_its_consonant_and_a_leading_vowel_kept_with_it() -> None:
    assert snap("ที่ดี", 1) == 0
    assert snap("ที่ดี", 1, "right") == 3
    assert snap("ที่ดี", 3) == snap("ที่ดี", 3, "right") == 3
    assert snap("กเกม", 2) == 1
    assert snap("กเกม", 2, "right") == 3
    assert snap("ก", -5) == 0
    assert snap("ก", 9) == 1


def test_snapping_deep_in_a_long_text_gives_what_snapping_from_its_start_gives() -> None:
    text = "การประชุมที่น้ำท่วม 👩‍👩‍👧‍👦🇹🇭🇹🇭 เกม\r\n" * 300
    known = sorted({0, len(text), *(f.start() for f in regex.finditer(r"[เ-ไ](?=[ก-ฮ])\X|\X", text))})
    for offset in range(5000, 5200):
        assert snap(text, offset) == max(place for place in known if place <= offset)
        assert snap(text, offset, "right") == min(place for place in known if place >= offset)


def test_a_flag_in_a_row_of_flags_is_not_halved() -> None:
    flags = "🇹🇭" * 100
    assert snap(flags, 151) == 150


@given(st.text(), st.integers(0, 40))
def test_a_text_clipped_by_characters_fits_and_cuts_no_letter_that_fits(text: str, limit: int) -> None:
    clipped = clip_characters(text, limit)
    if len(text) <= limit:
        assert clipped == text
        return
    assert len(clipped) <= max(1, limit)
    assert clipped.endswith("…")
    assert text.startswith(clipped[:-1])
    letters = list(regex.finditer(r"\X", text))
    if all(len(letter[0]) < limit for letter in letters):
        end = len(clipped) - 1
        assert end in {letter.start() for letter in letters}


def test_a_letter_with_more_marks_than_there_is_room_is_cut() -> None:
    assert clip_characters("ก" + "\u0e48" * 600, 5) == "ก" + "\u0e48" * 3 + "…"
    assert clip_characters("น้ำที่ดี", 5) == "น้ำ…"
