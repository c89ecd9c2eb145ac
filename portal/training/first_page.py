"""On the first page: my deadlines with the days that are left, and what waits for my endorsement."""

from datetime import timedelta

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.people.models import Person
from portal.thai.dates import bangkok_today
from portal.training.asking import waiting_for
from portal.training.models import Duty, Participation, Training

MOST_SHOWN = 5
# What is due later than this does not press yet.
AHEAD = timedelta(days=30)


def card(person: Person | None) -> str:
    """The two sections as HTML; empty for the public and for who owes nothing and is not waited for."""
    if person is None:
        return ""
    today = bangkok_today()
    duties, steps = _owed(person), waiting_for(person, today)
    if not duties and not steps:
        return ""
    return render_template(
        "training/first_page.html",
        duties=duties[:MOST_SHOWN],
        more_duties=len(duties) - MOST_SHOWN,
        steps=steps[:MOST_SHOWN],
        waiting=len(steps),
        today=today,
    )


def _owed(person: Person) -> list[Duty]:
    """What the person owes and is due soon or past, the most pressing first; of one training each duty is a line."""
    return list(
        session.scalars(
            select(Duty)
            .join(Participation, Participation.id == Duty.participation_id)
            .join(Training, Training.id == Participation.training_id)
            .where(
                Duty.person_id == person.id,
                Duty.closed_at.is_(None),
                Duty.due_on <= bangkok_today() + AHEAD,
                Participation.withdrawn_at.is_(None),
                Training.cancelled_at.is_(None),
                Duty.counted_from <= bangkok_today(),
            )
            .options(joinedload(Duty.participation).joinedload(Participation.training))
            .order_by(Duty.due_on, Duty.id)
        )
    )
