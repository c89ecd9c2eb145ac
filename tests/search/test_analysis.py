"""What is typed and what is written become the same words."""

import pytest

from portal.search.analysis import MOST_QUESTION_WORDS, analyse, question_words


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("๑๕ วัน", "15 วัน"),
        ("น้ำประปา", "น\u0e49\u0e4d\u0e32ประปา"),  # sara am taken apart
        ("แผนพัฒนา", "เเผนพัฒนา"),
        ("พ.ร.บ. เทศบาล", "พรบ เทศบาล"),
        ("KM TEAM", "km team"),
        ("ได้รับการพัฒนาศักยภาพ", "ไดรับการพัฒนาศักยภาพ".replace("ได", "ได\uf70b")),  # a tone of an old font
        ("ที่ดิน", "ที่\u200bดิน"),
        ("1,200 บาท", "๑๒๐๐ บาท"),
    ],
)
def test_both_ways_of_writing_meet_in_the_index(typed, written):
    assert analyse(typed) == analyse(written)
    assert analyse(typed)


def test_rice_news_and_white_stay_three_words():
    assert len({analyse(word)[0] for word in ("ข้าว", "ข่าว", "ขาว")}) == 3


def test_question_words_say_nothing_and_are_left_out():
    assert analyse("ทำไมรายงาน") == analyse("รายงาน") == ["รายงาน"]
    assert question_words("อะไร ใคร อย่างไร") == ()


def test_a_word_counts_as_often_as_it_stands_but_is_asked_once():
    assert analyse("ภาษี ภาษี ภาษี") == ["ภาษี"] * 3
    assert question_words("ภาษี ภาษี ภาษี") == ("ภาษี",)


def test_a_pasted_page_is_asked_by_its_first_words():
    assert len(question_words(" ".join(f"คำ{n} word{n}" for n in range(500)))) == MOST_QUESTION_WORDS
