"""The passage that is quoted: the right one, whole letters, marks where the words stand."""

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search import snippets
from portal.search.snippets import LENGTH, Sought, marked


def best_passage(texts, weights):
    return snippets.best_passage(texts, Sought(weights))


THAI = st.text(alphabet="กขคงจชดตนบปมยรลวสหอะาิีุูเแโใไ่้๊์ำั \n๑๒abcXYZ.,\u200b\uf70b\u0e4d", max_size=900)
ANYTHING = st.one_of(THAI, st.text(max_size=400))


@settings(deadline=None)  # the dictionary is loaded with the first example
@given(
    st.lists(ANYTHING, max_size=3), st.lists(ANYTHING.map(lambda text: text[:12]).filter(bool), max_size=5)
)
def test_a_passage_is_a_stretch_of_its_text_cut_between_letters(texts, wanted):
    passage = best_passage(texts, dict.fromkeys(wanted, 1.0))
    if not passage.pieces:
        return
    source = " ".join(texts[passage.section].split())
    quoted = passage.text.strip("…").strip()
    assert " ".join(quoted.split()) in source or quoted == ""
    letters = {0, len(quoted)} | {found.end() for found in regex.finditer(r"\X", quoted)}
    at = 0
    for text, _ in passage.pieces:
        if text == "…":
            continue
        at += len(text)
        assert at in letters or at >= len(quoted)


@settings(deadline=None)  # the dictionary is loaded with the first example
@given(ANYTHING, st.lists(ANYTHING.map(lambda text: text[:12]).filter(bool), max_size=5))
def test_a_marked_title_is_the_title(title, wanted):
    assert "".join(text for text, _ in marked(title, Sought(dict.fromkeys(wanted, 1.0)))) == title


def test_the_passage_with_most_of_the_question_is_quoted():
    text = "ภาษีคือรายได้ของท้องถิ่น\n" + "งานอื่น ๆ ของกองคลัง " * 60 + "ยื่นแบบภาษีที่ดินภายในเดือนเมษายน" + " และอื่น ๆ" * 60
    passage = best_passage([text], {"ภาษี": 1.0, "ที่ดิน": 3.0, "เมษายน": 4.0})
    assert "ภาษีที่ดินภายในเดือนเมษายน" in passage.text
    assert passage.text.startswith("…")
    assert passage.text.endswith("…")
    assert len(passage.text) <= LENGTH + 10


def test_the_section_that_answers_is_named():
    texts = ["ความเป็นมาของโครงการ", "วิธีขอรับเบี้ยยังชีพผู้สูงอายุ", "ภาคผนวก"]
    assert best_passage(texts, {"เบี้ยยังชีพ": 2.0, "เบี้ย": 1.0}).section == 1


def test_words_are_marked_whole_and_blanks_between_them_too():
    pieces = marked("คู่มือรายงาน 15 วัน ของกองคลัง", Sought({"รายงาน": 1.0, "15": 1.0, "วัน": 1.0}))
    assert [text for text, is_marked in pieces if is_marked] == ["รายงาน 15 วัน"]


def test_a_thai_number_is_marked_for_an_arabic_one():
    assert ("๑๕", True) in marked("ภายใน ๑๕ วัน", Sought({"15": 1.0}))


def test_what_stands_with_dots_or_commas_is_quoted_and_marked():
    text = "ข้อความนำ " * 80 + "ตาม พ.ร.บ. เทศบาล วงเงิน 1,200 บาท"
    passage = best_passage([text], {"พรบ": 2.0, "1200": 2.0})
    shown = [piece for piece, is_marked in passage.pieces if is_marked]
    assert "พ.ร.บ." in shown
    assert "1,200" in shown


def test_without_any_word_it_is_the_beginning():
    passage = best_passage(["", "บทนำของคู่มือ"], {})
    assert (passage.text, passage.section, passage.worth) == ("บทนำของคู่มือ", 1, 0.0)
    assert best_passage([], {"ภาษี": 1.0}).pieces == ()


def test_markup_in_a_text_stays_text():
    passage = best_passage(["<b>ภาษี</b> & <script>"], {"ภาษี": 1.0})
    assert passage.text == "<b>ภาษี</b> & <script>"


def test_the_question_word_for_word_is_quoted_before_its_words_apart():
    apart = "การพัฒนาเมืองนั้นสำคัญ ศักยภาพของคนยิ่งสำคัญ ผู้ใดได้รับก็ดี " * 3
    whole = "เกริ่นนำ " * 40 + "บุคลากรได้รับ การพัฒนา ศักยภาพ"
    sought = Sought({"ได้รับ": 1.0, "การพัฒนา": 1.0, "ศักยภาพ": 1.0}, "ได้รับการพัฒนาศักยภาพ")
    assert snippets.best_passage([apart, whole], sought).section == 1


def test_thai_numerals_and_other_blanks_are_the_same_word_for_word():
    sought = Sought({"รายงาน": 1.0, "15": 1.0}, "รายงานภายใน  15 วัน")
    assert snippets.best_passage(["รายงาน 15", "ให้รายงานภายใน ๑๕  วัน"], sought).section == 1


def test_sections_that_answer_nearly_as_well_are_named_and_others_not():
    sought = Sought({"ภาษี": 1.0, "ที่ดิน": 1.0}, "ภาษีที่ดิน")
    texts = ["ภาษีป้าย", "ยื่นภาษีที่ดิน", "ไม่มีอะไร", "ชำระภาษีที่ดิน"]
    passage = snippets.best_passage(texts, sought)
    assert (passage.section, passage.also) == (1, (3,))


def test_a_passage_begins_and_ends_where_a_syllable_may():
    before, after = "พิจารณาเจ้าหน้าที่" * 20, "โดยให้เจ้าหน้าที่ไปเดา" * 20
    for more in range(24):
        passage = best_passage([f"{before}{'ก' * more}เบี้ยยังชีพ{after}"], {"เบี้ยยังชีพ": 1.0})
        shown = passage.text.strip("…")
        assert shown[0] not in "ะาำๅๆฯ"
        assert shown[-1] not in "เแโใไ"
