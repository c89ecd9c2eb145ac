"""The record of a training: that somebody went, for so many hours, said on a day by him or a data assistant for him."""

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput, Conflict
from portal.people.models import Person
from portal.templating import show_date
from portal.thai.dates import bangkok_today
from portal.training.duties import discharge
from portal.training.facts import days_of, problem_of_hours
from portal.training.models import Discharge, Participation
from portal.training.permissions import can_record
from portal.translating import N_


class CalledOff(Conflict):
    message = N_("This training was called off.")


class NotOverYet(BadInput):
    message = N_("The day of return is %(day)s: the record can be filled from that day on.")


class DidNotGo(Conflict):
    message = N_("%(person)s did not go to this training.")


class HoursMissing(BadInput):
    message = N_("Say for how many hours.")


def fill_record(participation: Participation, *, by: Person, hours: float | None) -> None:
    """He went, for so many hours: filled, dated and signed now, and the duty to record is discharged. When it was filled
    before, the hours are put right and its day and writer stay.

    What `sign` raises.
    """
    if participation.recorded_at is not None and participation.hours == hours:
        return
    sign(participation, by=by, hours=hours)
    discharge(participation, Discharge.RECORD, by=by)


def sign(participation: Participation, *, by: Person, hours: float | None) -> None:
    """The record alone; what it discharges is looked at by the caller.

    NotOverYet before the day of return; HoursMissing and what `problem_of_hours` says; CalledOff, DidNotGo.
    """
    training = participation.training
    if training.cancelled_at is not None:
        raise CalledOff
    if participation.withdrawn_at is not None:
        raise DidNotGo(person=participation.person.name)
    if training.return_date > bangkok_today():
        raise NotOverYet(day=show_date(training.return_date, "long"))
    if hours is None:
        raise HoursMissing
    problem = problem_of_hours(hours, days_of(training.start_date, training.end_date))
    if problem is not None:
        raise problem
    if participation.recorded_at is None:
        participation.recorded_at, participation.recorded_by_id = now(), by.id
        participation.recorded_by = by
    participation.hours = hours
    session.flush()
    record(
        "training.record",
        participation,
        by=by,
        person=participation.person_id,
        training=training.id,
        hours=hours,
    )


def is_recorded_at_once(participation: Participation, *, by: Person, hours: float | None) -> bool:
    """Whether entering him fills his record, too: he came back already, the hours are told, and `by` may say so. What is
    entered in advance closes nothing."""
    return (
        hours is not None
        and participation.recorded_at is None
        and participation.training.return_date <= bangkok_today()
        and can_record(by, participation)
    )
