from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.thai.numerals import Numerals, format_number, in_numerals, to_arabic_digits, to_thai_digits


@given(st.text())
def test_digits_there_and_back_are_the_digits(text: str) -> None:
    arabic = to_arabic_digits(text)
    assert to_arabic_digits(to_thai_digits(arabic)) == arabic
    assert len(to_thai_digits(text)) == len(text)
    assert not set(in_numerals(text, Numerals.THAI)) & set("0123456789")
    assert not set(in_numerals(text, Numerals.ARABIC)) & set("๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize(
    ("number", "numerals", "decimals", "written"),
    [
        (1234567, Numerals.ARABIC, None, "1,234,567"),
        (1234567, Numerals.THAI, None, "๑,๒๓๔,๕๖๗"),
        (-1500, Numerals.THAI, None, "-๑,๕๐๐"),
        (0, Numerals.ARABIC, None, "0"),
        (1234.5, Numerals.ARABIC, None, "1,234.5"),
        (1234.5, Numerals.THAI, 2, "๑,๒๓๔.๕๐"),
        (Decimal("150000.00"), Numerals.ARABIC, None, "150,000.00"),
    ],
)
def test_a_number_is_grouped_in_the_readers_numerals(
    number: float, numerals: Numerals, decimals: int | None, written: str
) -> None:
    assert format_number(number, numerals, decimals=decimals) == written


def test_the_choice_is_stored_as_a_word() -> None:
    assert [str(choice) for choice in Numerals] == ["arabic", "thai"]
