"""What the door does to a text, and above all what it leaves alone."""

import os
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.thai.repair import repair

LEGACY = re.compile("[\uf700-\uf71a]")
SOAK = 100_000 if os.environ.get("SOAK") else 10_000

# Letters that meet each other's rules far more often than any letter of Unicode would.
TROUBLE = st.text(
    st.sampled_from(
        "กขนอฤเแโไะาำๅๆฯ\u0e31\u0e34\u0e35\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
        "\uf700\uf701\uf70a\uf70b\uf70f\uf711\uf713\uf718\u200b\u200c\u200d\u2060\ufeff\u00a0\u00ad\r\n\t \x00\x0c\x85"
        "\u0301\u0323\u0334\ufe0f\u20e3😀👍🏽❤🏴\U000e0067\U000e007fa1Éé가각بक\u094d\ud800\uffff"
    ),
    max_size=30,
)


def right(text: str) -> None:
    repaired = repair(text)
    assert repair(repaired) == repaired
    assert unicodedata.is_normalized("NFC", repaired)
    assert not LEGACY.search(repaired)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in repaired if c not in "\n\t")
    assert "\u0e4d\u0e32" not in repaired
    assert "เเ" not in repaired
    assert "\u200b" not in repaired
    repaired.encode()


@given(st.one_of(st.text(), TROUBLE))
@example("\u0e48\u094d\u200c\u0860")
def test_any_text_can_be_repaired_and_stays_repaired(text: str) -> None:
    right(text)


@pytest.mark.soak
@settings(max_examples=SOAK, deadline=None)
@given(st.one_of(st.text(), TROUBLE))
def test_very_many_texts_stay_repaired(text: str) -> None:
    right(text)


@pytest.mark.parametrize(
    "text",
    [
        "สถานที่ที่จัดงาน",
        "พันธุ์ สิทธิ์ ศักดิ์ ยุทธศาสตร์ จันทร์ เก็บ ก็ น้ำ ค่ำ ซ้ำ ที่ ซื่อ ปู่ อยู่ กุ้ง เสื้อ เมื่อ",
        "ต่าง ๆ ฯลฯ กรุงเทพฯ ๑๒๓ ฿ ฤๅษี",
        "ธมฺมํ สรณํ คจฺฉามิ พฺรหฺม ตฺวํ",
        "จ้าาาา มากกกก ะะ ออกกก",
        "แม่และแพะ แแ เอเชีย เ เ",
        "Café naïve 1,000.50 – “ราชการ” …",
        "👩‍👩‍👧‍👦 ❤️ 👍🏽 1️⃣ 🏳️‍🌈 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇹🇭",
        "می‌خواهم क्‍ष မြန်မာ ខ្មែរ 한국어 日本語",
        "บรรทัดหนึ่ง\n\tบรรทัดสอง\n\n",
        "",
    ],
)
def test_a_correct_text_stays_as_it_is(text: str) -> None:
    assert repair(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ได\uf70bรับการพัฒนา", "ได้รับการพัฒนา"),
        ("\uf70f\uf700", "ญฐ"),
        ("ที\uf70a ท\uf702\uf70a", "ที่ ที่"),
        ("น\uf711\uf714า", "น้ำ"),
        ("ตำ\u200bบล", "ตำบล"),
        ("ตําบล", "ตำบล"),
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("นํา้", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("นํำ", "นำ"),
        ("นำำ", "นำ"),
        ("น\u0e4d\u200b\u0e49\u2060า", "น้ำ"),
        ("เเผน", "แผน"),
        ("เ\u200bเผน", "แผน"),
        ("ยุทธศาสตร์์", "ยุทธศาสตร์"),
        ("ที่่", "ที่"),
        ("ท่ี", "ที่"),
        ("ท่ี่", "ที่"),
        ("สิทธ์ิ", "สิทธิ์"),
        ("ปู่\u0e39", "ปู่"),
        ("ป่\u0e39", "ปู่"),
        ("ถา้", "ถ้า"),
        ("คะ่", "ค่ะ"),
        ("ก\u00a0ข\u202fค", "ก ข ค"),
        ("ก\r\nข\rค\x0cง", "ก\nข\nค\nง"),
        ("ก\x00\x07\x9bข", "กข"),
        ("เลขที่\u202e321", "เลขที่321"),
        ("ก\u200dข ก\ufe0fข", "กข กข"),
        ("a\U000e0068\U000e0069", "a"),
        ("e\u0301", "é"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_what_was_typed_wrong_is_put_right(typed: str, meant: str) -> None:
    assert repair(typed) == meant


def test_every_legacy_glyph_becomes_a_thai_letter() -> None:
    for code in range(0xF700, 0xF71B):
        assert "\u0e00" < repair(f"ก{chr(code)}")[-1] < "\u0e4f"
    assert repair("ฝึกอบรม \uf6ff\uf71b") == "ฝึกอบรม \uf6ff\uf71b"


def test_a_run_of_marks_without_end_is_put_in_order_in_one_go() -> None:
    assert repair("ก" + "ํา่ำ" * 50_000).startswith("ก่ำ")
    assert repair("ก" + "\u0e48\u0e35" * 100_000) == "กี่"
