"""What somebody owes after a training; stands in till the clock is merged."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from portal.db import now, session
from portal.people.models import Person
from portal.thai.dates import bangkok_day
from portal.training.models import Discharge, Duty, Participation


def make_duties(participation: Participation) -> list[Duty]:
    """What is owed for one participation, brought up to date."""
    return make_duties_of([participation])


def make_duties_of(participations: Iterable[Participation]) -> list[Duty]:
    """The same for many at once."""
    ids = [participation.id for participation in participations]
    return list(session.scalars(select(Duty).where(Duty.participation_id.in_(ids))))


def discharge(
    participation: Participation,
    what: Discharge,
    *,
    by: Person,
    at: datetime | None = None,
    term: int = 0,
    late_reason: str = "",
) -> list[Duty]:
    """Close the open duties of that kind."""
    at = at or now()
    closed = list(
        session.scalars(
            select(Duty).where(
                Duty.participation_id == participation.id,
                Duty.discharged_by == what,
                Duty.term == term,
                Duty.closed_at.is_(None),
            )
        )
    )
    for duty in closed:
        duty.closed_at, duty.closed_by_id = at, by.id
        duty.on_time = bangkok_day(at) <= duty.due_on
        duty.late_reason = "" if duty.on_time else late_reason
    return closed
