"""What openness, parts and kinds of threads are called on pages: the codes are stored, these are shown."""

from typing import Final

from portal.communities.models import Part
from portal.communities.thread_models import ThreadKind
from portal.people.models import Openness
from portal.translating import N_

OPENNESS: Final = {
    Openness.OPEN: N_("Open: every colleague reads along and joins with a click"),
    Openness.ON_REQUEST: N_(
        "On request: every colleague knows of it, members read, facilitators let others in"
    ),
    Openness.CLOSED: N_("Closed: nobody but its members and the KM team knows of it"),
}
SHORTLY: Final = {
    Openness.OPEN: N_("Open"),
    Openness.ON_REQUEST: N_("On request"),
    Openness.CLOSED: N_("Closed community"),
}
LEAVING: Final = {
    Openness.OPEN: N_("You no longer see what only members see. You can come back at any time."),
    Openness.ON_REQUEST: N_(
        "You no longer see what only members see. To come back you ask again, and its facilitators decide."
    ),
    Openness.CLOSED: N_("You no longer know of it. Only who leads it can bring you in again."),
}
PARTS: Final = {
    Part.SPONSOR: N_("Sponsor"),
    Part.FACILITATOR: N_("Facilitator"),
    Part.NOTE_TAKER: N_("Note taker"),
    Part.NETWORK_MANAGER: N_("Network manager"),
}
THREAD_KINDS: Final = {
    ThreadKind.QUESTION: N_("Question"),
    ThreadKind.TOLD_STORY: N_("Told story"),
    ThreadKind.DISCUSSION: N_("Discussion"),
    ThreadKind.ANNOUNCEMENT: N_("Announcement"),
    ThreadKind.TALK_RECORD: N_("Record of a talk circle"),
}
