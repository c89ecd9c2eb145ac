"""For what one is honoured, as rules: each says in a sentence what earns it, and finds who did.

A badge is given for something done, once, with what was done beside it. Nothing here adds up to a number by which people
could be put in order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.recognition import earning
from portal.recognition.earning import Earned
from portal.translating import N_

BY_HAND: Final = "honoured"


@dataclass(frozen=True)
class Badge:
    """`name` and `how` are msgids: what it is called, and what earns it. `earners` finds those of an organisation who have
    earned it by that moment; those who have it already may be among them."""

    code: str
    name: str
    how: str
    earners: Callable[[int, datetime], Iterable[Earned]]


BADGES: Final[dict[str, Badge]] = {
    one.code: one
    for one in (
        Badge(
            "lifted",
            N_("Lifted knowledge out of talk"),
            N_(
                "For the first text of the knowledge store that one made out of what was said in a community."
            ),
            earning.lifted,
        ),
        Badge(
            "answers",
            N_("Answers that help"),
            N_("For three answers that colleagues accepted to questions of theirs."),
            earning.answered,
        ),
        Badge(
            "used",
            N_("Knowledge that is used"),
            N_("For something written that three colleagues say they used."),
            earning.used,
        ),
        Badge(
            "on_time",
            N_("Reports on time all year"),
            N_(
                "For a whole fiscal year in which every report on a training, two at least, was handed in on time."
            ),
            earning.on_time,
        ),
        Badge(
            "awake",
            N_("Keeps a community awake"),
            N_("For facilitating a community that did not fall asleep for a whole fiscal year."),
            earning.kept_awake,
        ),
    )
}
NAME_BY_HAND: Final = N_("Honoured by the organisation")
HOW_BY_HAND: Final = N_("By the executives or the KM team, with the reason in their own words.")
