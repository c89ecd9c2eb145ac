"""Entering trainings and who took part; changing them, calling them off, noting that somebody did not go after all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput, Conflict
from portal.items.publishing import changed as reads_differently
from portal.people.models import Person
from portal.training.duties import discharge, make_duties, make_duties_of
from portal.training.facts import TrainingFacts, folded_title, problems_of
from portal.training.models import REASON_LENGTH, Discharge, Participation, Training
from portal.training.places import Places
from portal.training.recording import CalledOff, is_recorded_at_once, sign
from portal.training.report_models import ReportParticipation, ReportStage, TrainingReport
from portal.translating import N_


class ReasonMissing(BadInput):
    message = N_("Say why.")


class ReportHandedIn(Conflict):
    message = N_("%(person)s has handed in a report of this training, so it took place.")


class RecordedAlready(Conflict):
    message = N_(
        "%(person)s has recorded this training as done: it can't end in the future. Look at the dates again."
    )


@dataclass
class Added:
    """What became of the people who were to be added: those who are in now, those who had been in already, and whose
    records are filled with it."""

    new: list[Participation] = field(default_factory=list)
    already: list[Participation] = field(default_factory=list)
    recorded: list[Participation] = field(default_factory=list)


def enter_training(facts: TrainingFacts, *, by: Person, source: str = "form") -> Training:
    """A new training, in which nobody takes part yet.

    Raises the first of `problems_of`; whether it is entered already is asked before, with `same_trainings`.
    """
    for _field, problem in problems_of(facts):
        raise problem
    training = Training(
        organisation_id=by.organisation_id, entered_by_id=by.id, entered_by=by, **facts.as_columns()
    )
    session.add(training)
    session.flush()
    record("training.enter", training, by=by, source=source)
    return training


def same_trainings(facts: TrainingFacts, organisation_id: int, *, but: int | None = None) -> list[Training]:
    """The trainings of the same title, however it is spaced, spelt or numbered, on some of the same days; the one with
    the same first day first."""
    overlapping = session.scalars(
        select(Training)
        .where(
            Training.organisation_id == organisation_id,
            Training.cancelled_at.is_(None),
            Training.start_date <= facts.end_date,
            Training.end_date >= facts.start_date,
        )
        .order_by(Training.start_date != facts.start_date, Training.id)
    )
    wanted = folded_title(facts.title)
    return [
        training
        for training in overlapping
        if training.id != but and wanted and folded_title(training.title) == wanted
    ]


def add_participants(
    training: Training,
    people: Iterable[Person],
    *,
    by: Person,
    hours: float | Mapping[int, float | None] | None = None,
    places: Places | None = None,
) -> Added:
    """These people take part, too; who was in already stays as he is, who had not gone after all is in again. `hours`, of
    all or by the person's id, fill the records of those who came back, see `is_recorded_at_once`.

    The training is held till the request ends: of two who add the same person at one moment the second finds him there.
    """
    session.scalar(select(Training.id).where(Training.id == training.id).with_for_update())
    if training.cancelled_at is not None:
        raise CalledOff
    wanted = {person.id: person for person in people}
    known = {
        row.person_id: row
        for row in session.scalars(
            select(Participation)
            .where(Participation.training_id == training.id)
            .execution_options(populate_existing=True)
        )
    }
    places = places or Places(wanted)
    added = Added()
    for person in wanted.values():
        row = known.get(person.id)
        if row is not None and row.withdrawn_at is None:
            added.already.append(row)
            continue
        if row is None:
            row = Participation(training=training, person_id=person.id, person=person)
            session.add(row)
        row.withdrawn_at, row.entered_by_id, row.entered_at = None, by.id, now()
        row.unit_id, row.position_title = places.on(person.id, training.start_date)
        added.new.append(row)
    session.flush()
    told = hours if isinstance(hours, Mapping) else dict.fromkeys(wanted, hours)
    added.recorded = [
        row
        for row in [*added.new, *added.already]
        if is_recorded_at_once(row, by=by, hours=told.get(row.person_id))
    ]
    for row in added.recorded:
        sign(row, by=by, hours=told[row.person_id])
    make_duties_of(added.new)
    for row in added.recorded:
        if row in added.already:
            discharge(row, Discharge.RECORD, by=by)
    if added.new:
        record("training.add", training, by=by, people=[row.person_id for row in added.new])
    return added


def change_training(training: Training, facts: TrainingFacts, *, by: Person) -> list[str]:
    """What is told of it becomes this, and what is still owed is counted anew; answers the names of what changed.

    Raises the first of `problems_of`, CalledOff, RecordedAlready.
    """
    if training.cancelled_at is not None:
        raise CalledOff
    for _field, problem in problems_of(facts):
        raise problem
    values = facts.as_columns()
    changed = [name for name, value in values.items() if getattr(training, name) != value]
    if not changed:
        return []
    if not facts.is_over:
        for row in present(training):
            if row.recorded_at is not None:
                raise RecordedAlready(person=row.person.name)
    for name in changed:
        setattr(training, name, values[name])
    training.changed_at = now()
    session.flush()
    if "start_date" in changed:
        _move(training)
    if not {"kind", "is_outside", "is_online", "start_date", "end_date", "return_date"}.isdisjoint(changed):
        make_duties_of(present(training))
    if not {"title", "organiser"}.isdisjoint(changed):
        for report in session.scalars(
            select(TrainingReport).where(TrainingReport.training_id == training.id)
        ):
            reads_differently(report)  # it is found by these, too
    record("training.change", training, by=by, fields=sorted(changed))
    return changed


def _move(training: Training) -> None:
    """Unit and post are those of the first day, which is another day now."""
    places = Places(row.person_id for row in training.participations)
    for row in training.participations:
        row.unit_id, row.position_title = places.on(row.person_id, training.start_date)


def cancel(training: Training, *, by: Person, reason: str) -> None:
    """It does not take place: nothing is owed for it any more. ReasonMissing, ReportHandedIn."""
    if training.cancelled_at is not None:
        return
    if not reason.strip():
        raise ReasonMissing
    rows = present(training)
    _mind_reports(rows)
    training.cancelled_at, training.cancelled_by_id = now(), by.id
    training.cancelled_by = by
    training.cancelled_reason = reason.strip()[:REASON_LENGTH]
    training.changed_at = now()
    session.flush()
    make_duties_of(rows)
    record("training.cancel", training, by=by)


def withdraw(participation: Participation, *, by: Person) -> None:
    """He did not go after all: he owes nothing for it any more. ReportHandedIn."""
    if participation.withdrawn_at is not None:
        return
    _mind_reports([participation])
    participation.withdrawn_at = now()
    session.flush()
    make_duties(participation)
    record(
        "training.withdraw",
        participation,
        by=by,
        person=participation.person_id,
        training=participation.training_id,
    )


def present(training: Training) -> list[Participation]:
    """Who takes part, those left out who did not go."""
    return [row for row in training.participations if row.withdrawn_at is None]


def _mind_reports(rows: Iterable[Participation]) -> None:
    ids = [row.id for row in rows]
    handed_in = session.scalar(
        select(Participation)
        .join(ReportParticipation, ReportParticipation.participation_id == Participation.id)
        .join(TrainingReport, TrainingReport.id == ReportParticipation.report_id)
        .where(Participation.id.in_(ids), TrainingReport.stage != ReportStage.DRAFT)
        .limit(1)
    )
    if handed_in is not None:
        raise ReportHandedIn(person=handed_in.person.name)


def facts_of(training: Training) -> TrainingFacts:
    """What is told of a training that is entered."""
    return TrainingFacts(
        title=training.title,
        start_date=training.start_date,
        end_date=training.end_date,
        came_back_on=training.return_date,
        kind=training.kind,
        organiser=training.organiser,
        place=training.place,
        is_outside=training.is_outside,
        is_online=training.is_online,
        hours=training.hours,
        order_number=training.order_number,
        order_date=training.order_date,
        costs={
            "registration": training.registration,
            "travel": training.travel,
            "per_diem": training.per_diem,
            "lodging": training.lodging,
        },
        budget_source=training.budget_source,
        aims=training.aims,
        goal_id=training.goal_id,
        step=training.step,
    )
