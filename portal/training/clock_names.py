"""What the codes of rules, duties and the counting of days are called."""

from portal.training.accounts import DutyState
from portal.training.models import Covers, Discharge, HolidayPolicy
from portal.training.recounting import Recount
from portal.translating import N_

COVERS = {
    Covers.EVERY: N_("every training"),
    Covers.OUTSIDE: N_("training outside the organisation"),
    Covers.FURTHER_STUDY: N_("further study"),
}
DISCHARGES = {
    Discharge.REPORT: N_("handing in the report"),
    Discharge.RECORD: N_("filling in the record"),
    Discharge.INTERIM: N_("handing in the interim report of that term"),
    Discharge.BY_HAND: N_("a note by whoever keeps the register"),
}
POLICIES = {
    HolidayPolicy.STRICT: N_("The last day counts, also on a weekend or holiday"),
    HolidayPolicy.NEXT_WORKING_DAY: N_("A last day on a weekend or holiday moves to the next working day"),
}
RECOUNTS = {
    Recount.RETURN: N_("the days of the training were changed"),
    Recount.HOLIDAYS: N_("the holidays were changed"),
    Recount.POLICY: N_("the way of counting holidays was changed"),
    Recount.RULE: N_("the rule was changed"),
}
STATES = {
    DutyState.AHEAD: N_("not due yet"),
    DutyState.SOON: N_("due soon"),
    DutyState.OVERDUE: N_("overdue"),
    DutyState.ON_TIME: N_("done on time"),
    DutyState.LATE: N_("done late"),
    DutyState.EXEMPTED: N_("exempted"),
}
