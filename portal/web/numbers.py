"""Numbers that come from outside: a query string, a form field, a line of a list."""

from portal.thai.numerals import to_arabic_digits

# What a column of ids holds on both databases.
LARGEST = 2**31 - 1
_MOST_DIGITS = 10


def whole_number(
    text: str | None, least: int = 1, most: int = LARGEST, *, at_most: bool = False
) -> int | None:
    """The whole number that the text is, in Thai or Arabic digits, when it lies within bounds; None for everything else,
    however odd. `at_most`: a larger one is the largest."""
    digits = to_arabic_digits(text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits) if len(digits) <= _MOST_DIGITS else most + 1
    if at_most:
        number = min(number, most)
    return number if least <= number <= most else None
