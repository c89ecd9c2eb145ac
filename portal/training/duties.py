"""What each person owes after a training: made by the rules, closed once and for ever, extended and exempted with a reason.

Everything here works in the caller's transaction and commits nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.people.models import Person
from portal.thai.dates import BANGKOK, bangkok_day, bangkok_today
from portal.training.clock import term_ends
from portal.training.counting import calendar_of, counting_stands_still
from portal.training.models import (
    REASON_LENGTH,
    Covers,
    Discharge,
    Duty,
    DutyChange,
    DutyChangeKind,
    DutyRule,
    Participation,
    Training,
    TrainingKind,
)
from portal.training.recounting import Recount, count, days_of, note_change, recount, recount_all
from portal.training.report_models import ReportParticipation, TrainingReport
from portal.training.rules import rules_in_force
from portal.translating import N_

__all__ = [
    "days_left",
    "discharge",
    "exempt",
    "extend",
    "is_due_open",
    "is_late",
    "make_duties",
    "make_duties_of",
    "note_done",
    "recount_all",
]

_AT_ONCE: Final = 500
_LONGEST_EXTENSION: Final = timedelta(days=3 * 366)
_NOON: Final = time(12)
_BY_REPORT: Final = (Discharge.REPORT, Discharge.INTERIM)


class DutyClosed(Conflict):
    message = N_("This was closed in the meantime; it can't be changed any more.")


class NeedsReason(BadInput):
    message = N_("Give a reason: it stays with the duty, and others will read it.")


class NoExtension(BadInput):
    message = N_("An extension goes beyond the present due date, at most three years.")


class NotDoneYet(BadInput):
    message = N_("Only what was done can be noted: a day from the beginning of the training till today.")


class ClosedByItself(Conflict):
    message = N_("This is closed by what was handed in, not by hand.")


# -- made --


def make_duties(participation: Participation, *, by: Person | None = None) -> list[Duty]:
    """What is owed for one participation, brought up to date; see `make_duties_of`."""
    return make_duties_of([participation], by=by)


def make_duties_of(participations: Iterable[Participation], *, by: Person | None = None) -> list[Duty]:
    """Make what the rules ask for and is not there, count anew what is open, take away what is open and no longer asked
    for (a training that was cancelled, or was inside after all); what is closed stays for ever. Can be called again at
    any time. Answers all duties of these participations, by due date.

    A duty whose deed was done before it was made (a report handed in, a record filled) is closed by it at once.
    """
    session.flush()
    everything = list(participations)
    kept: list[Duty] = []
    for start in range(0, len(everything), _AT_ONCE):
        some = everything[start : start + _AT_ONCE]
        trainings = _trainings_of(some)
        for organisation_id in sorted({training.organisation_id for training in trainings.values()}):
            of_it = [one for one in some if trainings[one.training_id].organisation_id == organisation_id]
            kept += _make(organisation_id, of_it, trainings, by)
        for participation in some:
            session.expire(participation, ["duties"])
    return sorted(kept, key=lambda duty: (duty.due_on, duty.id))


def _make(
    organisation_id: int,
    participations: Sequence[Participation],
    trainings: Mapping[int, Training],
    by: Person | None,
) -> list[Duty]:
    rules = rules_in_force(organisation_id)
    counting_stands_still(organisation_id)
    people = {one.id: one for one in participations}
    there = _duties_of(people)
    # What a rule made before it was ended is still owed; it makes nothing new.
    by_id = {duty.rule_id: duty.rule for duty in there} | {rule.id: rule for rule in rules}
    wanted = {
        (one.id, rule.id, term): counted_from
        for one in participations
        if one.withdrawn_at is None
        for rule in by_id.values()
        for term, counted_from in _terms(rule, trainings[one.training_id])
    }
    unwanted = [duty for duty in there if is_due_open(duty) and _key(duty) not in wanted]
    _take_away(unwanted)
    kept = [duty for duty in there if duty not in unwanted]
    open_ones = [duty for duty in kept if is_due_open(duty)]
    for duty in open_ones:
        duty.counted_from = wanted[_key(duty)]
    known = {_key(duty) for duty in kept}
    new = [
        _new(people[key[0]], by_id[key[1]], key[2], counted_from)
        for key, counted_from in wanted.items()
        if key not in known and by_id[key[1]].ended_at is None
    ]
    calendar = calendar_of(organisation_id, days_of([*open_ones, *new]))
    recount(open_ones, calendar, by=by, why=Recount.RETURN)
    for duty in new:
        count(duty, calendar)
    _close_what_was_done(new, people)
    session.add_all(new)
    session.flush()
    return kept + new


def _terms(rule: DutyRule, training: Training) -> Iterator[tuple[int, date]]:
    """(number, day from which it is counted) of the duties that the rule asks for after this training; the number is 0
    for one after the return."""
    is_early = rule.returns_from is not None and training.return_date < rule.returns_from
    if training.cancelled_at is not None or is_early or not _covers(rule, training):
        return
    if rule.every_months is None:
        yield 0, training.return_date
    else:
        yield from enumerate(term_ends(training.start_date, training.end_date, rule.every_months), 1)


def _covers(rule: DutyRule, training: Training) -> bool:
    if rule.covers == Covers.OUTSIDE:
        return training.is_outside
    return rule.covers == Covers.EVERY or training.kind == TrainingKind.FURTHER_STUDY


def _new(participation: Participation, rule: DutyRule, term: int, counted_from: date) -> Duty:
    return Duty(
        participation_id=participation.id,
        person_id=participation.person_id,
        rule_id=rule.id,
        term=term,
        counted_from=counted_from,
        discharged_by=rule.discharged_by,
        **as_it_is(rule),
    )


def as_it_is(rule: DutyRule) -> dict[str, Any]:
    """What a duty keeps of the rule that made it."""
    return {
        "rule_name": rule.name,
        "rule_name_en": rule.name_en,
        "rule_days": rule.days,
        "rule_source": rule.source,
        "rule_source_en": rule.source_en,
    }


def _key(duty: Duty) -> tuple[int, int, int]:
    return duty.participation_id, duty.rule_id, duty.term


def _trainings_of(participations: Iterable[Participation]) -> dict[int, Training]:
    ids = {one.training_id for one in participations}
    return {one.id: one for one in session.scalars(select(Training).where(Training.id.in_(ids)))}


def _duties_of(participation_ids: Iterable[int]) -> Sequence[Duty]:
    return session.scalars(
        select(Duty)
        .where(Duty.participation_id.in_(participation_ids))
        .order_by(Duty.id)
        .options(selectinload(Duty.rule))
        .with_for_update(of=Duty)
        .execution_options(populate_existing=True)
    ).all()


def _take_away(duties: Sequence[Duty]) -> None:
    """One by one, so that what was remembered of each ends with it."""
    ids = [duty.id for duty in duties]
    if ids:
        for change in session.scalars(select(DutyChange).where(DutyChange.duty_id.in_(ids))):
            session.delete(change)
        for duty in duties:
            session.delete(duty)
        session.flush()


def _close_what_was_done(duties: Sequence[Duty], people: Mapping[int, Participation]) -> None:
    reports = _reports_of({duty.participation_id for duty in duties if duty.discharged_by in _BY_REPORT})
    for duty in duties:
        participation = people[duty.participation_id]
        report = reports.get((participation.id, duty.term))
        if duty.discharged_by == Discharge.RECORD and participation.recorded_at is not None:
            _close(duty, participation.recorded_by_id, participation.recorded_at)
        elif duty.discharged_by in _BY_REPORT and report is not None:
            _close(duty, report.author_id, report.submitted_at, report.late_reason)


def _reports_of(participation_ids: Collection[int]) -> dict[tuple[int, int], Any]:
    """The first report that was handed in, by participation and term."""
    if not participation_ids:
        return {}
    rows = session.execute(
        select(
            ReportParticipation.participation_id,
            TrainingReport.term,
            TrainingReport.submitted_at,
            TrainingReport.author_id,
            TrainingReport.late_reason,
        )
        .join(ReportParticipation.report)
        .where(
            ReportParticipation.participation_id.in_(participation_ids),
            TrainingReport.submitted_at.is_not(None),
        )
        .order_by(TrainingReport.submitted_at.desc())
    )
    return {(row.participation_id, row.term): row for row in rows}


# -- asked --


def is_due_open(duty: Duty) -> bool:
    """Whether it is still owed."""
    return duty.closed_at is None


def days_left(duty: Duty, today: date) -> int:
    """Days from today to the due date; 0 on the day itself, negative for days late."""
    return (duty.due_on - today).days


def is_late(duty: Duty, at: datetime | None = None) -> bool:
    """Whether it would be late if it were done at that moment (now): on the day in Bangkok behind the due date."""
    return bangkok_day(at or now()) > duty.due_on


# -- closed --


def discharge(
    participation: Participation,
    what: Discharge,
    *,
    by: Person,
    at: datetime | None = None,
    term: int = 0,
    late_reason: str = "",
) -> list[Duty]:
    """Close what is open of that kind by what was handed in at that moment (now), and answer it. On time or late is fixed
    now by the day in Bangkok; the reason is kept with those that are late."""
    duties = session.scalars(
        select(Duty)
        .where(
            Duty.participation_id == participation.id,
            Duty.discharged_by == what,
            Duty.term == term,
            Duty.closed_at.is_(None),
        )
        .order_by(Duty.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for duty in duties:
        _close(duty, by.id, at or now(), late_reason)
    session.flush()
    return list(duties)


def note_done(duty: Duty, *, by: Person, on: date, late_reason: str = "") -> None:
    """What is closed by hand was done on that day: ClosedByItself for any other duty, NotDoneYet for a day to come or
    before the training began."""
    _lock_open(duty)
    if duty.discharged_by != Discharge.BY_HAND:
        raise ClosedByItself
    if not duty.participation.training.start_date <= on <= bangkok_today():
        raise NotDoneYet
    # Of a day that is over the hour is not known; any of that day tells the day.
    at = now() if on == bangkok_today() else datetime.combine(on, _NOON, BANGKOK)
    _close(duty, by.id, at, late_reason)
    record("duty.note_done", duty, by=by, person=duty.person_id, on=on.isoformat())


def exempt(duty: Duty, *, by: Person, reason: str) -> None:
    """It is no longer owed, neither on time nor late."""
    _lock_open(duty)
    note_change(duty, DutyChangeKind.EXEMPTED, duty.due_on, None, by=by, reason=_given(reason))
    duty.closed_at, duty.closed_by_id, duty.on_time = now(), by.id, None
    record("duty.exempt", duty, by=by, person=duty.person_id)


def extend(duty: Duty, until: date, *, by: Person, reason: str) -> None:
    """It is due on a later day, whatever becomes of holidays and policy: NoExtension for a day that is not later, or is
    years away."""
    _lock_open(duty)
    before = duty.due_on
    if not before < until <= before + _LONGEST_EXTENSION:
        raise NoExtension
    note_change(duty, DutyChangeKind.EXTENDED, before, until, by=by, reason=_given(reason))
    duty.due_on = until
    duty.remind_by = calendar_of(duty.rule.organisation_id, [until]).remind_by(until)
    record(
        "duty.extend",
        duty,
        by=by,
        person=duty.person_id,
        due_before=before.isoformat(),
        due_after=until.isoformat(),
    )


def _close(duty: Duty, by_id: int | None, at: datetime, late_reason: str = "") -> None:
    duty.closed_at, duty.closed_by_id = at, by_id
    duty.on_time = not is_late(duty, at)
    duty.late_reason = "" if duty.on_time else late_reason


def _lock_open(duty: Duty) -> None:
    """DutyClosed when somebody else closed it, perhaps at this very moment."""
    lock(duty)
    if not is_due_open(duty):
        raise DutyClosed


def _given(reason: str) -> str:
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise NeedsReason
    return reason.strip()
