"""Who words which notices, who reminds, and whose days stand in the calendar: the domains are joined with the room below them
here and nowhere else."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from portal.items.following import COMMENT
from portal.items.wording_notices import comment_words
from portal.notices.calendar import EventsOf
from portal.notices.wording import Speaker, Speakers, speakers

# Tells (portal/notices/telling.py) what is due at that moment and answers how many it told; asked every minute, in a
# transaction of its own. What was told under a key is not told again, so it need not remember what it did.
Reminder = Callable[[datetime], int]

SPEAKERS: Final[Speakers] = speakers(
    Speaker(COMMENT, comment_words),
)
REMINDERS: Sequence[Reminder] = ()
CALENDARS: Sequence[EventsOf] = ()
