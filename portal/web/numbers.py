"""Numbers that come from outside: a query string, a form field."""

# What a column of ids holds on both databases.
LARGEST = 2**31 - 1


def whole_number(text: str | None, least: int = 1, most: int = LARGEST) -> int | None:
    """The whole number that the text is, when it lies within bounds; None for everything else, however odd."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return int(text) if least <= int(text) <= most else None
