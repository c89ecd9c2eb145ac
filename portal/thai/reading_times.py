"""Times of day as offices write them: 9.30, 09:30 น., ๑๓.๓๐ น., 13 นาฬิกา."""

import re
from datetime import time
from typing import Final

from portal.thai.numerals import to_arabic_digits

_TIME: Final = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?(?:[.:]00)?(?:น\.?|นาฬิกา)?")


class UnreadableTime(ValueError):
    """The text is no time of day."""


def read_time(text: str) -> time:
    """The time of day that the text says, by the 24-hour clock, in Thai or Arabic digits. UnreadableTime."""
    plain = "".join(to_arabic_digits(text).split())
    found = _TIME.fullmatch(plain)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise UnreadableTime(text)
    return time(int(found[1]), int(found[2] or 0))
