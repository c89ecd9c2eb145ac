import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.thai.sorting import sort_key

# Each line in the order of the Royal Institute's dictionary, and so the lines.
DICTIONARY = """
กก กกุธภัณฑ์ กง กงสุล กฎ กฎหมาย กฐิน กด กตัญญู กติกา กบ กบฏ กบาล กรกฎาคม กรณี กรม กรรม กรรมการ กรอก
กระ กระจก กระดาน กระดาษ กระทรวง กระทู้ กรุง กล กล้วย กลอง กล่อง กล้อง กว่า กวาง กว้าง กอ ก่อ กอง ก้อง ก้อน
กะ กะทิ กัก กัน กั้น กับ กา ก่า ก๋า กาก กาง ก้าง กาแฟ การ กำ ก่ำ กำกับ กำหนด กิ่ง กิจ กีฬา กุ้ง กุญแจ กู กู้
เก เก็ง เก่ง เก้ง เก๋ง เกณฑ์ เกม เกราะ เกลือ เกวียน เกษตร เก่า เก้า เกาะ เกิด เกียรติ เกี่ยว เกือบ
แก แก่ แก้ แกง แก้ว แกะ โกง โกรธ ใกล้ ไก ไก่
ขณะ ขนม ขยะ ขวด ขอ ข้อ ของ ข้อมูล ขา ข่า ข้า ขาว ข่าว ข้าว เขต เข้า แขก แขน ไข่
ครู ความ คำ งบ งาน เงิน รัก เรา เรือ โรง ฤกษ์ ฤดู ฤทธิ์ ฤๅษี ลม องค์ อำเภอ เอก ฮา
""".split()  # noqa: SIM905 -- a page of the dictionary reads better than a list of strings


def test_words_stand_in_the_order_of_the_dictionary() -> None:
    assert len(DICTIONARY) > 120
    wrong = [(one, other) for one, other in pairwise(DICTIONARY) if not sort_key(one) < sort_key(other)]
    assert wrong == []


@pytest.mark.sqlite  # PostgreSQL's order: tests/migrations/test_rules.py
def test_the_database_sorts_the_keys_as_python_does() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE word (word TEXT, sort_key TEXT)")
    shuffled = ["KM", "แผน 10", *reversed(DICTIONARY), "😀"]
    connection.executemany("INSERT INTO word VALUES (?, ?)", [(word, sort_key(word)) for word in shuffled])
    listed = [word for (word,) in connection.execute("SELECT word FROM word ORDER BY sort_key")]
    connection.close()
    assert listed == sorted(shuffled, key=sort_key)
    assert [word for word in listed if word in DICTIONARY] == DICTIONARY


@pytest.mark.parametrize(
    "ordered",
    [
        ["แผน", "แผน 2", "แผน ๙", "แผน 10", "แผน ๑๐๐", "แผน 1,200", "แผน 10000", "แผน ๆ", "แผนงาน"],
        ["ข้อ 1.2", "ข้อ ๑.๑๐", "ข้อ 2"],
        ["0", "7", "12", "CoP", "km", "กอง"],
        ["café", "cafeteria", "Camera"],
        ["ต่าง", "ต่าง ๆ", "ต่างกัน"],
        ["กรุงเทพ", "กรุงเทพฯ", "กรุงเทพมหานคร"],
        ["…", "1", "ก"],
    ],
)
def test_numbers_count_by_value_and_other_scripts_come_before_thai(ordered: list[str]) -> None:
    keys = [sort_key(text) for text in ordered]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("กอง คลัง", "กองคลัง"),
        ("ปี ๒๕๖๖", "ปี 2566"),
        ("KM", "km"),
        ("ปี 007", "ปี 7"),
        ("1,200", "1200"),
        ("นํ้า", "น้ำ"),
        ("“เกม”", "เกม"),
        ("Café", "cafe"),
    ],
)
def test_spaces_case_accents_and_the_kind_of_digits_do_not_count(one: str, same: str) -> None:
    assert sort_key(one) == sort_key(same)


@given(
    st.one_of(
        st.text(max_size=400), st.text(st.sampled_from("กขเแาะ\u0e34\u0e48\u0e49\u0e4c1๙ ,aé"), max_size=400)
    )
)
def test_any_text_has_a_key_that_every_database_can_keep(text: str) -> None:
    key = sort_key(text)
    assert len(key) <= 700
    assert len(key.encode()) < 2600  # an index row of PostgreSQL holds 2704 bytes
    assert "\x00" not in key


@given(
    st.text(st.sampled_from("กขฮ"), min_size=1, max_size=20),
    st.text(st.sampled_from("กขฮ"), min_size=1, max_size=20),
)
def test_plain_consonants_sort_by_the_alphabet(one: str, other: str) -> None:
    assert (sort_key(one) < sort_key(other)) == (one < other)


def test_a_text_of_a_megabyte_has_a_short_key() -> None:
    assert len(sort_key("1 " * 500_000)) <= 700
    assert len(sort_key("9" * 500_000)) <= 700
