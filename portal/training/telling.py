"""What trainings tell people: due dates that come near or have passed, what waits for a superior, what came back.

Reminders at 7, 3, 1 and 0 days and on the last working day before, on the day after to the person and his superior, then
once a week. Each is told under a key, so that none comes twice whatever worker looks when.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import now, session
from portal.notices.models import Notice, Travel
from portal.notices.telling import Kind, take_back, tell
from portal.people.models import Person, Unit
from portal.people.settings import settings_of
from portal.people.superiors import NOBODY, Establishment, incumbents_on
from portal.thai.dates import bangkok_day, bangkok_today
from portal.training.above import right_above
from portal.training.asking import Asked, asked_at
from portal.training.models import Duty, Participation, Training
from portal.training.report_models import Endorsement, ReportParticipation, StepState, TrainingReport
from portal.training.routing import km_team_in_charge
from portal.translating import N_

DUE: Final = Kind("training.due", N_("A due date comes near"), under="duty:{0.subject_id}")
OVERDUE: Final = Kind("training.overdue", N_("A due date has passed"), under="duty:{0.subject_id}")
STILL_OVERDUE: Final = Kind("training.still_overdue", N_("What is still overdue"), Travel.WEEKLY_ONLY)
WAITING: Final = Kind("training.waiting", N_("A report waits for your endorsement"), Travel.DAILY_ONLY)
STUCK: Final = Kind("training.stuck", N_("A report can't go on"), Travel.DAILY_ONLY)
RETURNED: Final = Kind("training.returned", N_("A report was sent back"), under="item:{0.subject_id}")
COVERED: Final = Kind("training.covered", N_("Your name stands in a report"), under="item:{0.subject_id}")
ASKED: Final = Kind("training.asked", N_("Asked some time after a training"), Travel.DAILY_ONLY)
FILED: Final = Kind("training.filed", N_("A report is endorsed to the top"), under="item:{0.subject_id}")

DAYS_BEFORE: Final = (0, 1, 3, 7)
_LONGEST_BEFORE: Final = timedelta(days=max(DAYS_BEFORE))
# A worker that was away so long still tells that a date has passed.
_LATEST_AFTER: Final = timedelta(days=7)


# -- in the transaction of the act --


def tell_arrived(step: Endorsement, day: date) -> None:
    """Tell whom the step asks; the KM team where it asks nobody."""
    _tell_asked(step, asked_at(step, day), day)


def _tell_asked(step: Endorsement, asked: Asked, day: date) -> int:
    if asked.persons:
        return tell((one.id for one in asked.persons), WAITING, step, key=waiting_key(step))
    reporters = step.report.reporter_ids
    team = km_team_in_charge(step.report.organisation_id, day, but=reporters)
    return tell((one.id for one in team), STUCK, step, key=f"step:{step.id}:stuck")


def waiting_key(step: Endorsement) -> str:
    """Somebody who was named, another, and the first again: he is told again."""
    named = step.assigned_at.isoformat(timespec="seconds") if step.assigned_at else ""
    return f"step:{step.id}:{named}"


def tell_decided(step: Endorsement) -> None:
    """The step was decided: nobody has to be told any more that it waits."""
    take_back(WAITING, step)
    take_back(STUCK, step)


def tell_covered(report: TrainingReport, people: set[int]) -> None:
    """Tell those who were put into a report: it is theirs once they say so."""
    tell(people, COVERED, report, key=f"report:{report.id}:covered:{now().isoformat(timespec='minutes')}")


def tell_returned(report: TrainingReport, step: Endorsement) -> None:
    tell(report.reporter_ids, RETURNED, report, key=f"report:{report.id}:returned:{step.round}")


def tell_filed(report: TrainingReport) -> None:
    tell(report.reporter_ids, FILED, report, key=f"report:{report.id}:filed")


# -- by the clock --


def remind_of_due_dates(moment: datetime) -> int:
    """Tell each person what of his is due in 7, 3, 1 or 0 days or has the last working day today; one who was away is told
    the nearest only."""
    today = bangkok_day(moment)
    wanted = {
        duty: key
        for duty in _open_duties(today, today + _LONGEST_BEFORE)
        if (key := _stage_before(duty, today)) is not None
    }
    return _tell_new(DUE, [(duty, key, {duty.person_id}) for duty, key in wanted.items()])


def _stage_before(duty: Duty, today: date) -> str | None:
    left = (duty.due_on - today).days
    if duty.remind_by == today and duty.remind_by != duty.due_on:
        return f"duty:{duty.id}:{duty.due_on}:last-working-day"
    stage = next((days for days in DAYS_BEFORE if left <= days), None)
    return None if stage is None else f"duty:{duty.id}:{duty.due_on}:{stage}"


def remind_of_passed_dates(moment: datetime) -> int:
    """On the day after a due date tell the person and who stands right above him."""
    today = bangkok_day(moment)
    duties = _open_duties(today - _LATEST_AFTER, today - timedelta(days=1))
    above = superiors_of((duty.participation for duty in duties), today)
    return _tell_new(
        OVERDUE,
        [
            (
                duty,
                f"duty:{duty.id}:{duty.due_on}:late",
                {duty.person_id} | above.get(duty.participation_id, set()),
            )
            for duty in duties
        ],
    )


def remind_weekly(moment: datetime) -> int:
    """Once a week: tell each person, and who stands above, that something was overdue before this Monday already."""
    today = bangkok_day(moment)
    monday = today - timedelta(days=today.weekday())
    duties = _open_duties(date.min, monday - timedelta(days=2))
    above = superiors_of((duty.participation for duty in duties), today)
    people = {duty.person_id for duty in duties}
    people |= {superior for duty in duties for superior in above.get(duty.participation_id, ())}
    key = f"overdue:{monday}"
    if not duties:
        return 0
    new = people - set(
        session.scalars(select(Notice.person_id).where(Notice.person_id.in_(people), Notice.key == key))
    )
    persons = session.scalars(select(Person).where(Person.id.in_(new), Person.deactivated_at.is_(None)))
    return sum(tell([person.id], STILL_OVERDUE, person, key=key) for person in persons)


def ask_afterwards(moment: datetime) -> int:
    """When a training is so many days past (a setting), ask the superior about the work and the person about its use: each
    once for each participation."""
    today = bangkok_day(moment)
    done = 0
    for organisation_id in session.scalars(select(Unit.id).where(Unit.parent_id.is_(None))):
        days = timedelta(days=settings_of(organisation_id).follow_up_days)
        went = session.scalars(
            select(Participation)
            .join(Training, Training.id == Participation.training_id)
            .where(
                Training.organisation_id == organisation_id,
                Training.cancelled_at.is_(None),
                Participation.withdrawn_at.is_(None),
                Training.return_date.between(today - days - _LATEST_AFTER, today - days),
            )
            .options(joinedload(Participation.person))
        ).all()
        told = _told({one.id for one in went}, Participation.__tablename__, (ASKED,))
        for one in went:
            people = {one.person_id} | right_above(one.person, today)
            key = f"participation:{one.id}:asked"
            new = {person_id for person_id in people if (person_id, key) not in told.get(one.id, ())}
            if new:
                done += tell(new, ASKED, one, key=key)
    return done


def remind_of_waiting(moment: datetime) -> int:
    """Tell whom a step asks today and did not ask before: who came to a post, or was ordered to act in it."""
    day = bangkok_day(moment)
    steps = session.scalars(
        select(Endorsement)
        .where(Endorsement.state == StepState.WAITING)
        .options(
            joinedload(Endorsement.assigned_to),
            joinedload(Endorsement.report, innerjoin=True)
            .selectinload(TrainingReport.coverage)
            .joinedload(ReportParticipation.participation),
        )
    ).all()
    told = _told({step.id for step in steps}, Endorsement.__tablename__, (WAITING, STUCK))
    found = incumbents_on({step.position_id for step in steps if step.position_id}, day)
    done = 0
    for step in steps:
        asked = asked_at(step, day, found)
        if not asked.persons and any(key.endswith(":stuck") for _, key in told.get(step.id, ())):
            continue
        if asked.persons and {(one.id, waiting_key(step)) for one in asked.persons} <= told.get(
            step.id, set()
        ):
            continue
        done += _tell_asked(step, asked, day)
    return done


def _open_duties(first: date, last: date) -> list[Duty]:
    """What is owed and due between these days, of trainings from which the person is back."""
    return list(
        session.scalars(
            select(Duty)
            .join(Participation, Participation.id == Duty.participation_id)
            .join(Training, Training.id == Participation.training_id)
            .join(Person, Person.id == Duty.person_id)
            .where(
                Duty.closed_at.is_(None),
                Duty.due_on.between(first, last),
                Duty.counted_from <= bangkok_today(),
                Participation.withdrawn_at.is_(None),
                Training.cancelled_at.is_(None),
                Person.deactivated_at.is_(None),
            )
            .options(joinedload(Duty.participation))
            .order_by(Duty.id)
        )
    )


def _tell_new(kind: Kind, wanted: list[tuple[Duty, str, set[int]]]) -> int:
    """Tell what was not told yet; what was is found in one question, so that looking every minute writes nothing."""
    told = _told({duty.id for duty, _, _ in wanted}, Duty.__tablename__, (kind,))
    done = 0
    for duty, key, people in wanted:
        new = {person_id for person_id in people if (person_id, key) not in told.get(duty.id, ())}
        if new:
            done += tell(new, kind, duty, key=key)
    return done


def _told(
    subject_ids: Collection[int], subject_type: str, kinds: Iterable[Kind]
) -> dict[int, set[tuple[int, str]]]:
    """(person, key) of the notices of these kinds, by the id of their subject."""
    found: dict[int, set[tuple[int, str]]] = defaultdict(set)
    ids = sorted(subject_ids)
    codes = [kind.code for kind in kinds]
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(Notice.subject_id, Notice.person_id, Notice.key).where(
                Notice.subject_type == subject_type,
                Notice.subject_id.in_(ids[start : start + 500]),
                Notice.kind.in_(codes),
            )
        )
        for subject_id, person_id, key in rows:
            found[subject_id].add((person_id, key))
    return found


def superiors_of(participations: Iterable[Participation], day: date) -> dict[int, set[int]]:
    """By the participation's id: who is in charge on that day of the unit in which he took part, or above when he leads it
    himself (those see what is owed there); nobody for a unit of which the register knows no head. Four queries whatever
    their number."""
    went = {one.id: one for one in participations if one.unit_id is not None}
    if not went:
        return {}
    some = next(iter(went.values()))
    organisation_id = session.scalar(select(Person.organisation_id).where(Person.id == some.person_id))
    establishment = Establishment.of(organisation_id or 0)
    heads = {
        unit_id: _heads_above(establishment, unit_id)
        for unit_id in {one.unit_id for one in went.values() if one.unit_id is not None}
    }
    found = incumbents_on({post for posts in heads.values() for post in posts}, day)
    above: dict[int, set[int]] = {}
    for number, one in went.items():
        for post in heads[one.unit_id or 0]:
            in_charge = found.get(post, NOBODY).in_charge
            if in_charge is not None and in_charge.id != one.person_id:
                above[number] = {in_charge.id}
                break
    return above


def _heads_above(establishment: Establishment, unit_id: int) -> list[int]:
    """The positions that head the unit and those above it, nearest first."""
    heads: list[int] = []
    here: int | None = unit_id
    while here is not None:
        head = establishment.head_of(here)
        if head is not None:
            heads.append(head)
        here = establishment.parents.get(here)
    return heads
