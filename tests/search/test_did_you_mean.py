"""What else may have been meant: never a word that the asker may not see, never another number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.did_you_mean import (
    IndexWord,
    Spellings,
    mistakes,
    mistakes_allowed,
    nearest,
    suggest_other_reading,
    suggest_spelling,
    suggest_year,
)
from portal.thai.folding import fold
from portal.thai.words import thai_words

OFTEN = {
    "คู่มือ": 40,
    "ภาษี": 30,
    "ประชุม": 20,
    "ประชา": 2,
    "งบประมาณ": 12,
    "จัดซื้อจัดจ้าง": 9,
    "เว็บไซต์": 5,
    "report": 7,
    "excel": 3,
    "สวัสดิการ": 6,
    "สวัสดิภาพ": 8,
    "2566": 50,
    "ครุภัณฑ์": 4,
}
LEXICON = tuple(IndexWord(word, fold(word)) for word in OFTEN)
SPELLINGS = Spellings(LEXICON)


def holds_all_but(*closed):
    return lambda words: [0 if word in closed else OFTEN.get(word, 0) for word in words]


holds = holds_all_but()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8^j,nv4kKu", "คู่มือภาษี"),
        ("8^j,nv 4kKu", "คู่มือ ภาษี"),
        ("คู่มือ 4kKu", "คู่มือ ภาษี"),
        ("พำยนพะ", "report"),
        ("ำปแำส 2566", "excel 2566"),
        ("คู่มือ report", None),
        ("คู่มือ", None),
        ("xyzzy", None),
        ("2566", None),
        ("", None),
    ],
)
def test_the_other_layout_is_offered_where_it_makes_words_that_exist(typed, meant):
    assert suggest_other_reading(typed, holds) == meant


@pytest.mark.parametrize(
    ("typed", "meant"), [("66", "ปี 2566"), ("๖๖", "ปี 2566"), ("67", None), ("12", None), ("ข้อ 66", None)]
)
def test_two_digits_alone_are_offered_as_the_year_that_stands_somewhere(typed, meant):
    assert suggest_year(typed, holds) == meant


def test_words_of_closed_items_are_offered_to_nobody_else():
    assert suggest_other_reading("8^j,nv4kKu", holds_all_but("ภาษี")) is None
    assert suggest_spelling("งบประมาน", holds_all_but("งบประมาณ"), lambda: SPELLINGS) is None
    # The next nearest that he may see takes its place.
    terms = (IndexWord("กขคงจ", "กขคงจ"), IndexWord("กขคงฉ", "กขคงฉ"))
    found = nearest("กขคงช", lambda words: [int(word != "กขคงฉ") for word in words], lambda: Spellings(terms))
    assert [term.word for _, term in found] == ["กขคงจ"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ปรชุม", "ประชุม"),  # a letter left out
        ("ประะชุม", "ประชุม"),  # one too many
        ("ประชิม", "ประชุม"),  # another one
        ("ปะรชุม", "ประชุม"),  # two in the wrong order
        ("งบประมาน", "งบประมาณ"),
        ("คู่มืองบประมาน", "คู่มืองบประมาณ"),
        ("คู่มือ งบประมาน 2566", "คู่มือ งบประมาณ 2566"),
        ("เว็ปไซต์", "เว็บไซต์"),
        ("จัดซื้อจัดจาง", "จัดซื้อจัดจ้าง"),
        ("reprot", "report"),
        ("ภาสี", None),  # too short: too many words are as near
        ("2567", None),
        ("ว2566", None),
        ("ประชุม", None),
        ("", None),
    ],
)
def test_the_nearest_spelling_is_offered_for_a_word_that_stands_nowhere(typed, meant):
    assert suggest_spelling(typed, holds, lambda: SPELLINGS) == meant


def test_of_words_as_near_the_one_that_stands_in_most_of_what_the_asker_may_see_comes_first():
    often = {"กขคงจ": 1, "กขคงฉ": 5, "กขคชฉ": 99}
    terms = [IndexWord(word, word) for word in often]
    found = nearest("กขคงช", lambda words: [often[word] for word in words], lambda: Spellings(terms))
    assert [(distance, term.word) for distance, term in found] == [(1, "กขคงฉ"), (1, "กขคงจ")]


def test_the_longer_a_word_the_more_mistakes_are_seen_through():
    assert [mistakes_allowed(letters) for letters in (4, 5, 8, 9, 30)] == [0, 1, 1, 2, 2]


def test_letters_are_counted_as_a_reader_does():
    """ที่นี่ has two, however many marks; for so short a word too many others are as near."""
    terms = [IndexWord("ที่นั่น", "ทินัน")]
    assert nearest("ที่นี่", lambda words: [1] * len(words), lambda: Spellings(terms)) == []


WORDS = st.text(alphabet="กขคa", max_size=12)


def slowly(one, other):
    """The same by its definition: optimal string alignment, all of the table."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
                table[i - 2, j - 2] + 1
                if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]
                else 99,
            )
    return table[len(one), len(other)]


@given(WORDS, WORDS, st.integers(0, 2))
def test_mistakes_are_counted_rightly_up_to_the_most(one, other, most):
    assert mistakes(one, other, most) == min(slowly(one, other), most + 1)


@given(
    st.text(alphabet="กขคงจ", min_size=5, max_size=12),
    st.lists(st.text(alphabet="กขคงจ", min_size=3, max_size=14), max_size=20),
)
def test_the_quick_look_at_pieces_rules_out_nothing_that_is_near(word, others):
    terms = [IndexWord(other, other) for other in others]
    found = nearest(word, lambda words: [1] * len(words), lambda: Spellings(terms))
    near = {
        other
        for other in others
        if other != word and slowly(word, other) <= mistakes_allowed(max(len(word), len(other)))
    }
    assert {term.word for _, term in found} == near


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_an_answer_or_none(text):
    for meant in (suggest_other_reading(text, holds), suggest_spelling(text, holds, lambda: SPELLINGS)):
        assert meant is None or meant != text


def test_two_keys_in_the_wrong_order_are_one_mistake():
    assert suggest_spelling("ประชมุ", holds_all_but("ชมุ"), lambda: SPELLINGS) == "ประชุม"


def test_in_a_large_lexicon_a_misspelt_word_is_compared_with_few():
    """A question of a dozen such words is looked up in 60,000 within some hundredths of a second."""
    lexicon = [IndexWord(word, fold(word)) for word in sorted(thai_words())]
    spellings = Spellings(lexicon)
    for typed in ("งบประมาน", "การประชิม", "สวัสดิกานชุมชน", "ปรบปราม"):
        letters = fold(typed)
        near = list(spellings.near(letters, mistakes_allowed(len(letters))))
        assert len(near) < len(lexicon) / 20
