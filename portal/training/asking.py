"""Whom a report asks: at which step it is, and who decides there on a given day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import session
from portal.people.models import Person
from portal.people.superiors import NOBODY, Incumbents, incumbents_on
from portal.training.report_models import Endorsement, ReportParticipation, StepState, TrainingReport
from portal.training.routing import km_team_in_charge, positions_in_charge


def step_waiting(report: TrainingReport) -> Endorsement | None:
    """The step at which the report is now; None when it is on no way."""
    return next(
        (
            step
            for step in report.endorsements
            if step.round == report.round and step.state == StepState.WAITING
        ),
        None,
    )


@dataclass(frozen=True)
class Asked:
    """Whom a step asks on a day: one person or the KM team's, and in which capacity; nobody when the post is empty."""

    persons: tuple[Person, ...]
    incumbents: Incumbents = NOBODY


def asked_at(step: Endorsement, day: date, known: Mapping[int, Incumbents] | None = None) -> Asked:
    """Whom the step asks on that day. A reporter is never asked, whatever he holds or acts in. `known` are the incumbents
    of that day by position, where they were read for many steps at once."""
    reporters = step.report.reporter_ids
    if step.assigned_to is not None:
        named = step.assigned_to
        return Asked((named,) if named.is_active and named.id not in reporters else ())
    if step.position_id is not None:
        seats = incumbents_on([step.position_id], day) if known is None else known
        found = seats.get(step.position_id, NOBODY)
        in_charge = found.in_charge
        return Asked((in_charge,) if in_charge and in_charge.id not in reporters else (), found)
    if step.is_filing:
        return Asked(tuple(km_team_in_charge(step.report.organisation_id, day, but=reporters)))
    return Asked(())


def can_decide(person: Person | None, step: Endorsement | None, day: date) -> bool:
    """Whether the step waits for this person on that day; `waiting_for` is its query."""
    return (
        person is not None
        and person.is_active
        and step is not None
        and step.state == StepState.WAITING
        and person.id in {asked.id for asked in asked_at(step, day).persons}
    )


def waiting_for(person: Person, day: date) -> list[Endorsement]:
    """The steps that wait for this person on that day, the longest waiting first."""
    in_charge = positions_in_charge(person, day)
    named = and_(
        Endorsement.assigned_to_id.is_(None),
        or_(Endorsement.position_id.in_(in_charge), Endorsement.is_filing),
    )
    steps = session.scalars(
        select(Endorsement)
        .where(Endorsement.state == StepState.WAITING, or_(Endorsement.assigned_to_id == person.id, named))
        .options(
            joinedload(Endorsement.assigned_to),
            joinedload(Endorsement.report, innerjoin=True).options(
                joinedload(TrainingReport.training),
                joinedload(TrainingReport.author),
                joinedload(TrainingReport.unit),
                selectinload(TrainingReport.coverage).joinedload(ReportParticipation.participation),
            ),
        )
        .order_by(Endorsement.arrived_at, Endorsement.id)
    ).all()
    # What positions say was asked above; a filing step and a reporter's own are looked at one by one.
    return [step for step in steps if _is_for(person, step, day)]


def _is_for(person: Person, step: Endorsement, day: date) -> bool:
    if person.id in step.report.reporter_ids:
        return False
    return not step.is_filing or step.assigned_to_id is not None or can_decide(person, step, day)
