import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.thai import words as cutting
from portal.thai.normalising import normalise
from portal.thai.words import LONGEST, WINDOW, Token, dictionary, stop_words, words

SOAK = 20_000 if os.environ.get("SOAK") else 2_000

MIXED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("กขนมยรลวสหอเแโไะาำฯๆ\u0e31\u0e34\u0e35\u0e47\u0e48\u0e49\u0e4c. ,/-05ab\n\u0301"),
    ),
    max_size=60,
)


def texts(text: str, **options: bool) -> list[str]:
    return [token.text for token in words(normalise(text), **options)]


def right(text: str) -> None:
    normalised = normalise(text)
    tokens = words(normalised)
    assert all(0 <= token.start < token.end <= len(normalised) for token in tokens)
    assert all(one.end <= following.start for one, following in pairwise(tokens))
    for token in tokens:
        assert 0 < len(token.text) <= LONGEST
        assert token.text == regex.sub("[., ]", "", normalised[token.start : token.end])[:LONGEST]
    inside = {place for token in tokens for place in range(token.start, token.end)}
    assert all(
        place in inside for place, c in enumerate(normalised) if "ก" <= c <= "ฮ" and "ฯลฯ" not in normalised
    )


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    dictionary()  # half a second that no example should be blamed for


@given(MIXED)
def test_any_text_is_cut_into_words_that_stand_in_it(text: str) -> None:
    right(text)


@pytest.mark.soak
@settings(max_examples=SOAK, deadline=None)
@given(MIXED)
def test_very_many_texts_are_cut_into_words_that_stand_in_them(text: str) -> None:
    right(text)


@given(st.text(st.sampled_from("กขนมยรสอเโะาำ\u0e31\u0e34\u0e35\u0e47\u0e48\u0e49\u0e4c ฯๆ"), max_size=80))
def test_no_word_begins_or_ends_inside_a_thai_letter(text: str) -> None:
    normalised = normalise(text)
    borders = {0, len(normalised), *(found.start() for found in regex.finditer(r"\X", normalised))}
    for token in words(normalised):
        assert {token.start, token.end} <= borders


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("สถานที่ที่จัด", ["สถานที่", "ที่", "จัด"]),
        ("องค์การบริหารส่วนตำบล", ["องค์การ", "บริหาร", "ส่วน", "ตำบล"]),
        ("นายกองค์การบริหารส่วนตำบล", ["นายก", "องค์การ", "บริหาร", "ส่วน", "ตำบล"]),
        ("การจัดการความรู้", ["การ", "จัดการ", "ความรู้"]),
        ("การประชุมและการฝึกอบรม", ["การ", "ประชุม", "และ", "การ", "ฝึกอบรม"]),
        ("การเมือง การบ้าน การ์ด", ["การเมือง", "การบ้าน", "การ์ด"]),
        ("ตัวชี้วัดธรรมาภิบาล", ["ตัวชี้วัด", "ธรรมาภิบาล"]),
        ("ต่าง ๆ ฯลฯ กรุงเทพฯ", ["ต่าง", "กรุงเทพ"]),
        ("ระบบPadไทย", ["ระบบ", "pad", "ไทย"]),
        ("KM1 e-GP COVID-19", ["km1", "e", "gp", "covid", "19"]),
        ("Café Straße", ["café", "strasse"]),
        ("  \n—…", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_the_words_people_look_for(text: str, expected: Sequence[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("พ.ร.บ. พ.ร.บ พ. ร. บ. พรบ", ["พรบ"] * 4),
        ("ตามพ.ร.บ.เทศบาล", ["ตาม", "พรบ", "เทศบาล"]),
        ("อบต. อ.บ.ต. อบต", ["อบต"] * 3),
        ("นายกอบต.", ["นายก", "อบต"]),
        ("ก.พ.ร. กพ.ร. ก.พ.ร", ["กพร"] * 3),
        ("รพ.สต. รพสต", ["รพสต"] * 2),
        ("ผอ.รพ.สต.", ["ผอ", "รพสต"]),
        ("กพร.สถ.", ["กพร", "สถ"]),
        ("มิ.ย. เดือนเม.ย.66 ต.ค", ["มิย", "เดือน", "เมย", "66", "ตค"]),
        ("ม.ค.พ.ศ.๒๕๖๖", ["มค", "พศ", "2566"]),
        ("10.00 น. ต.บ่อทอง", ["10", "00", "น", "ต", "บ่อ", "ทอง"]),
        ("นร ๑๒๐๐/ว ๑๘", ["นร", "1200", "ว", "18"]),
        ("งบ 1,250,000 บาท 1,2,3", ["งบ", "1250000", "บาท", "1", "2", "3"]),
        ("K.M.", ["km"]),
    ],
)
def test_an_abbreviation_and_a_number_are_one_word_however_they_are_written(
    text: str, expected: Sequence[str]
) -> None:
    assert texts(text) == expected


def test_a_word_tells_where_it_stands_with_its_dots() -> None:
    assert words("ดู พ.ร.บ. 1,200") == [Token("ดู", 0, 2), Token("พรบ", 3, 9), Token("1200", 10, 15)]


def test_question_words_are_left_out_on_request_only() -> None:
    assert texts("อะไรคือแผน") == ["อะไร", "คือ", "แผน"]
    assert texts("อะไรคือแผน", without_stop_words=True) == ["แผน"]
    assert texts("อะไร", without_stop_words=True) == []


def test_every_stop_word_and_domain_word_is_written_in_normal_form_and_once() -> None:
    lines = cutting._lines("domain_words.txt")
    assert len(lines) == len(set(lines)) > 300
    assert [line for line in lines if normalise(line) != line] == []
    assert [word for word in stop_words() if normalise(word) != word] == []


def test_every_domain_word_comes_out_of_the_cutter_as_the_file_joins_it() -> None:
    joints = dictionary().joints
    for line in cutting._lines("domain_words.txt"):
        if "." in line:
            assert texts(line) == [line.replace(".", "")]
        else:
            assert texts(line.replace("|", "")) == [
                piece for part in line.split("|") for piece in joints.get(part, (part,))
            ]


def test_every_stop_word_is_a_word_the_cutter_gives() -> None:
    assert [word for word in stop_words() if texts(word) != [word]] == []


@pytest.mark.parametrize("run", ["ก", "ตากลม", "สถานที่ที่จัดงาน", "โ", "ก่", "ฬฺ"])
def test_two_hundred_kilobytes_without_a_space_reach_the_segmenter_in_windows(
    run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = run * (70_000 // len(run))
    given_at_once: list[int] = []
    segment = cutting.segment

    def counting(text: str, trie: object) -> list[str]:
        given_at_once.append(len(text))
        return segment(text, trie)

    dictionary()
    monkeypatch.setattr(cutting, "segment", counting)
    tokens = words(text)
    assert sum(token.end - token.start for token in tokens) == len(text)
    assert max(given_at_once) <= WINDOW
    assert sum(given_at_once) < 2 * len(text)


def test_a_long_run_is_cut_like_its_sentences() -> None:
    sentence = "เจ้าหน้าที่เข้ารับการฝึกอบรมแล้วเขียนรายงานเสนอผู้บังคับบัญชาตามลำดับชั้น"
    assert texts(sentence * 40) == texts(sentence) * 40


def test_a_word_without_end_is_cut_for_the_index() -> None:
    assert [len(token.text) for token in words("a" * 150)] == [64, 64, 22]
    [monster] = words("a" + "\u0301\u0302" * 500)
    assert (len(monster.text), monster.end) == (LONGEST, 1001)
    [thai] = words("ก" + "\u0e34\u0e35" * 2000)
    assert (len(thai.text), thai.end) == (LONGEST, 4001)


def test_eight_threads_that_cut_at_once_get_the_same_words() -> None:
    text = normalise("การประชุมคณะกรรมการจัดการความรู้ของ อบต. บ่อทอง พ.ศ. ๒๕๖๖ " * 20)
    expected = words(text)
    answers: list[list[Token]] = []
    threads = [threading.Thread(target=lambda: answers.append(words(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


def test_the_cutter_leaves_nothing_in_the_home_of_who_runs_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHAINLP")}
    script = "from portal.thai.words import words; print(len(words('การจัดการความรู้')))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"HOME": str(home)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "3\n"
    assert list(home.iterdir()) == []
