"""What kinds of meetings, duties, ways and sorts are called on pages, and which KM step a kind usually fulfils."""

from typing import Final

from portal.meetings.models import EventDuty, EventKind, How, NoteSort
from portal.plan.steps import KMStep
from portal.translating import N_

EVENT_KINDS: Final = {
    EventKind.TALK_CIRCLE: N_("Talk circle"),
    EventKind.KNOWLEDGE_MARKET: N_("Knowledge market"),
    EventKind.PEER_ASSIST: N_("Peer assist"),
    EventKind.CLINIC: N_("Knowledge clinic"),
    EventKind.AFTER_ACTION_REVIEW: N_("After-action review"),
    EventKind.MEETING: N_("General meeting"),
}
USUAL_STEP: Final = {
    EventKind.TALK_CIRCLE: KMStep.SHARING,
    EventKind.KNOWLEDGE_MARKET: KMStep.SHARING,
    EventKind.PEER_ASSIST: KMStep.SHARING,
    EventKind.CLINIC: KMStep.ACCESS,
    EventKind.AFTER_ACTION_REVIEW: KMStep.LEARNING,
    EventKind.MEETING: KMStep.IDENTIFICATION,
}
DUTIES: Final = {
    EventDuty.ORGANISER: N_("Organiser of the meeting"),
    EventDuty.NOTE_TAKER: N_("Note taker"),
    EventDuty.CERTIFIER: N_("Certifies the minutes"),
}
WAYS: Final = {
    How.QR: N_("QR code"),
    How.ONLINE: N_("by himself or herself, online"),
    How.LIST: N_("by list"),
}
NOTE_SORTS: Final = {
    NoteSort.STORY: N_("Story"),
    NoteSort.LESSON: N_("Lesson"),
    NoteSort.DECISION: N_("Decision or follow-up"),
}
