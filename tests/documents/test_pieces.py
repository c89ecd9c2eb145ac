"""Words of a paper are not torn at the end of a line."""

import pytest

from portal.documents.fitting import pieces


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("จนทั้งเทศบาลแก้สัญญาย้อนหลังน้อยลง", "ย้อนหลัง"),
        ("เจ้าพนักงานธุรการ ชำนาญงาน ฝ่ายอำนวยการ", "อำนวยการ"),
        ("ของเทศบาลตำบลบ้านริมธารทุกคน", "บ้านริมธาร"),
        ("มากๆ (ครั้งที่ ๒) 50%  plan.xlsx", "plan.xlsx"),
    ],
)
def test_a_word_and_the_name_of_the_place_stay_whole_and_nothing_is_lost(text, whole):
    assert whole in pieces(text, "บ้านริมธาร")
    assert "".join(pieces(text, "บ้านริมธาร")) == text


def test_of_nothing_there_is_no_piece():
    assert "".join(pieces("")) == ""
