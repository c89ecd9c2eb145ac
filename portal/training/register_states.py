"""The states of a line of the register and how its duties came out, with their names."""

import enum
from dataclasses import dataclass
from typing import Final

from portal.training.models import Discharge
from portal.translating import N_


class LineState(enum.StrEnum):
    """In the order in which somebody has to care."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    RETURNED = "returned"
    WAITING = "waiting"
    NOT_YET_DUE = "not_yet_due"
    DONE = "done"
    EXEMPTED = "exempted"
    NOTHING_OWED = "nothing_owed"


STATE_NAMES: Final = {
    LineState.OVERDUE: N_("Overdue"),
    LineState.DUE_SOON: N_("Due soon"),
    LineState.RETURNED: N_("Report sent back"),
    LineState.WAITING: N_("Report waits for a superior"),
    LineState.NOT_YET_DUE: N_("Not yet due"),
    LineState.DONE: N_("All done"),
    LineState.EXEMPTED: N_("Exempted"),
    LineState.NOTHING_OWED: N_("Nothing owed"),
}
# How each is drawn (components/lists.html, tag).
STATE_LOOKS: Final = {
    LineState.OVERDUE: "late",
    LineState.DUE_SOON: "soon",
    LineState.RETURNED: "soon",
    LineState.WAITING: "waiting",
    LineState.NOT_YET_DUE: "",
    LineState.DONE: "fine",
    LineState.EXEMPTED: "plain",
    LineState.NOTHING_OWED: "plain",
}

# What is discharged by handing in a report; an interim report of further study is one, too.
REPORTS: Final = (Discharge.REPORT, Discharge.INTERIM)


@dataclass(frozen=True)
class Outcome:
    """Whether the reports, or the record, of a participation came in time. One that is late makes it late."""

    is_report: bool
    is_late: bool
    name: str


OUTCOMES: Final = {
    "report_on_time": Outcome(True, False, N_("Report in time")),
    "report_late": Outcome(True, True, N_("Report late")),
    "record_on_time": Outcome(False, False, N_("Record in time")),
    "record_late": Outcome(False, True, N_("Record late")),
}
