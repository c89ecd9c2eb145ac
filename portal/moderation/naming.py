"""What the codes are called on pages: the codes are stored, these are shown."""

from typing import Final

from portal.items.order_models import Because
from portal.moderation.models import About, Outcome, Reason
from portal.translating import N_

REASONS: Final = {
    Reason.RUDE: N_("Rude, or insults somebody"),
    Reason.PRIVATE: N_("Personal data, or something that is not for all who read here"),
    Reason.WRONG: N_("Wrong, and somebody may come to harm by it"),
    Reason.ELSEWHERE: N_("Advertising, or nothing to do with the matter"),
    Reason.OTHER: N_("Something else"),
}
ABOUTS: Final = {
    About.TEXT: N_("A text"),
    About.USED: N_("How it was used"),
    About.POLL: N_("Poll"),
}
OUTCOMES: Final = {
    Outcome.DISMISSED: N_("It stays as it is"),
    Outcome.HIDDEN: N_("It was hidden"),
    Outcome.SPOKEN_TO: N_("Its author was spoken to"),
}
BECAUSE: Final = {
    Because.NEW: N_("among the first texts of its writer"),
    Because.WORD: N_("holds a listed word"),
}
