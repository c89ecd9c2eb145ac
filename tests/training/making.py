"""Makers of trainings and what follows from them, as bare rows; what a test is about is named in the test."""

from datetime import date, timedelta
from typing import Any

from portal.db import now, session
from portal.people.models import Person
from portal.thai.dates import bangkok_today
from portal.training.models import Participation, Training, TrainingKind
from tests.making import make_organisation, make_person


def make_training(
    title: str = "การจัดทำแผนพัฒนาท้องถิ่น",
    *,
    returned: date | None = None,
    entered_by: Person | None = None,
    **more: Any,
) -> Training:
    """A course of two days outside the organisation, back five days ago unless the test says otherwise."""
    returned = returned or bangkok_today() - timedelta(days=5)
    more.setdefault("kind", TrainingKind.COURSE)
    more.setdefault("end_date", returned)
    more.setdefault("start_date", more["end_date"] - timedelta(days=1))
    more.setdefault("hours", 12.0)
    more.setdefault("organiser", "สถาบันพัฒนาบุคลากรท้องถิ่น")
    more.setdefault("place", "นนทบุรี")
    entered_by = entered_by or make_person("ผู้บันทึก")
    training = Training(
        organisation_id=make_organisation().id,
        title=title,
        return_date=returned,
        entered_by_id=entered_by.id,
        **more,
    )
    session.add(training)
    session.commit()
    return training


def make_participation(
    person: Person | None = None,
    training: Training | None = None,
    *,
    recorded: bool = False,
    **more: Any,
) -> Participation:
    """Somebody took part; his unit is that of his posting unless the test says otherwise."""
    person = person or make_person("ผู้เข้าอบรม")
    training = training or make_training(entered_by=person)
    if "unit_id" not in more:
        posting = person.postings[0] if person.postings else None
        more["unit_id"] = posting.position.unit_id if posting else None
    more.setdefault("position_title", "นักวิชาการเงินและบัญชี")
    participation = Participation(
        training_id=training.id, person_id=person.id, entered_by_id=training.entered_by_id, **more
    )
    if recorded:
        participation.recorded_at, participation.recorded_by_id = now(), person.id
        participation.hours = participation.hours or training.hours
    session.add(participation)
    session.commit()
    return participation
