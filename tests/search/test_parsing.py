"""What people type into the search box, taken apart; whatever they type, there is an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.parsing import NAMES, Parsed, TypedFilter, parse, without_filters

PIECES = st.sampled_from(
    [
        '"',
        "“",
        "”",
        "«",
        "»",
        "-",
        "−",
        "–",
        ":",
        "：",
        " ",
        "\n",
        "ประเภท",
        "ปี",
        "by",
        "ſtep",
        "คู่มือ",
        "2566",
        "ก-ฮ",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("ภาษีที่ดิน ส่งเมื่อไร", Parsed("ภาษีที่ดิน ส่งเมื่อไร")),
        ('แผน "สี่ปี แรก" กองคลัง', Parsed("แผน กองคลัง", phrases=("สี่ปี แรก",))),
        ("“แผน สี่ปี” «ท้องถิ่น»", Parsed(phrases=("แผน สี่ปี", "ท้องถิ่น"))),
        ('คำว่า"ปลาทู"คือ', Parsed("คำว่า คือ", phrases=("ปลาทู",))),
        ("ประปา -ร่าง", Parsed("ประปา", without=("ร่าง",))),
        ("ประปา −ร่าง –เก่า", Parsed("ประปา", without=("ร่าง", "เก่า"))),
        ('-"ยังไม่ใช้" ประปา', Parsed("ประปา", without=("ยังไม่ใช้",))),
        ("ก-ฮ พ.ศ.2566-2570", Parsed("ก-ฮ พ.ศ.2566-2570")),
        ("ปี 2566 - 2570", Parsed("ปี 2566 2570")),
        ("ประเภท:คู่มือ ประปา", Parsed("ประปา", filters=(TypedFilter("kind", "คู่มือ", "ประเภท:คู่มือ"),))),
        ("ประปา ปี: ๒๕๖๖", Parsed("ประปา", filters=(TypedFilter("year", "๒๕๖๖", "ปี: ๒๕๖๖"),))),
        ("Kind：manual", Parsed(filters=(TypedFilter("kind", "manual", "Kind：manual"),))),
        ('หน่วย:"กอง คลัง"', Parsed(filters=(TypedFilter("unit", "กอง คลัง", 'หน่วย:"กอง คลัง"'),))),
        ("ประเภท: ปี:66", Parsed("ประเภท", filters=(TypedFilter("year", "66", "ปี:66"),))),
        ("โดย: -สมชาย", Parsed("โดย", without=("สมชาย",))),
        ("โดย:", Parsed("โดย")),
        ('ประเภท:""', Parsed("ประเภท")),
        ("คู่มือประเภท:ก", Parsed("คู่มือประเภท:ก")),  # within a word it is no filter
        ("https://example.go.th เวลา:10.30", Parsed("https://example.go.th เวลา:10.30")),
        ("ประปา -ประเภท:คู่มือ", Parsed("ประปา", ignored=("-ประเภท:คู่มือ",))),
        ('"ไม่ปิด', Parsed("ไม่ปิด")),
        ('- " “”', Parsed()),
    ],
)
def test_a_question_falls_into_its_parts(text, parsed):
    assert parse(text) == parsed


@pytest.mark.parametrize(("name", "spelling"), [(name, one) for name, all_ in NAMES.items() for one in all_])
def test_every_name_of_a_filter_is_known(name, spelling):
    assert [one.name for one in parse(f"{spelling.upper()}:ก").filters] == [name]


@given(TEXTS)
def test_any_text_can_be_read_and_what_is_read_stands_in_it(text):
    parsed = parse(text)
    for one in parsed.filters:
        assert text[one.start :].startswith(one.as_typed)
        assert one.value in one.as_typed
    for part in (*parsed.phrases, *parsed.without, *parsed.ignored, *parsed.free.split(" ")):
        assert part in text


@given(TEXTS)
def test_the_words_that_are_left_are_only_words(text):
    free = parse(text).free
    assert parse(free) == Parsed(free)


@given(TEXTS)
def test_without_its_filters_the_rest_says_the_same(text):
    parsed = parse(text)
    rest = parse(without_filters(text, parsed.filters))
    assert rest.phrases == tuple(" ".join(phrase.split()) for phrase in parsed.phrases)
    assert rest.filters == ()
