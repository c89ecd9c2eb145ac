"""Who may do what with trainings, duties and reports. The queries that go with the rules stand on the models."""

from sqlalchemy import ColumnElement, and_, or_, select

from portal.db import session
from portal.items.discarding import is_deletable
from portal.items.permissions import can_edit, can_see
from portal.people.audiences import valid_on
from portal.people.models import Person, Position, Posting
from portal.people.permissions import is_admin
from portal.plan.permissions import in_km_team
from portal.thai.dates import bangkok_today
from portal.training.models import Duty, Participation, Training
from portal.training.oversight import keeps_the_register, oversees, units_led
from portal.training.report_models import ReportStage, TrainingReport


def can_see_training(person: Person | None, training: Training) -> bool:
    """Every colleague; what it cost is asked apart. `Training.visible_to` is its query."""
    return person is not None and person.is_active and person.organisation_id == training.organisation_id


def can_see_participation(person: Person | None, participation: Participation) -> bool:
    """Whoever took part, who leads his unit of then, who oversees: what is owed, late, exempted.
    `Participation.visible_to` is its query."""
    if person is None or not can_see_training(person, participation.training):
        return False
    return person.id == participation.person_id or oversees(person) or leads(person, participation.unit_id)


def leads(person: Person, unit_id: int | None) -> bool:
    """Whether the person is head of the unit or above it today."""
    if unit_id is None:
        return False
    led = units_led(person).subquery()
    return session.scalar(select(led.c.id).where(led.c.id == unit_id).limit(1)) is not None


def can_see_development(person: Person | None, other: Person) -> bool:
    """The record of somebody's trainings: he himself, who leads his unit today or led it then, who oversees. What it
    shows starts from `Participation.visible_to`."""
    if person is None or not person.is_active or person.organisation_id != other.organisation_id:
        return False
    if person.id == other.id or oversees(person):
        return True
    today = bangkok_today()
    units = (
        select(Position.unit_id)
        .join(Posting, Posting.position_id == Position.id)
        .where(Posting.person_id == other.id, valid_on(today, Posting.from_date, Posting.to_date))
    )
    led = units_led(person).subquery()
    if session.scalar(select(led.c.id).where(led.c.id.in_(units)).limit(1)) is not None:
        return True
    seen = Participation.visible_to(person).where(Participation.person_id == other.id)
    return session.scalar(seen.with_only_columns(Participation.id).limit(1)) is not None


def can_enter(person: Person | None) -> bool:
    """Everybody enters his own trainings."""
    return person is not None and person.is_active


def can_enter_for_others(person: Person | None) -> bool:
    """Those who keep the register; the page says who entered it."""
    return keeps_the_register(person)


def can_edit_training(person: Person | None, training: Training) -> bool:
    """Those who keep the register, till it is cancelled; who entered it while it is his alone: nobody else takes part, no
    report was handed in (it says when and where), and nothing is overdue that other dates would put off."""
    if person is None or not can_see_training(person, training) or training.cancelled_at is not None:
        return False
    if keeps_the_register(person):
        return True
    if person.id != training.entered_by_id:
        return False
    others = select(Participation.id).where(
        Participation.training_id == training.id,
        Participation.person_id != person.id,
        Participation.withdrawn_at.is_(None),
    )
    handed_in = select(TrainingReport.id).where(
        TrainingReport.training_id == training.id, TrainingReport.submitted_at.is_not(None)
    )
    overdue = (
        select(Duty.id)
        .join(Participation, Participation.id == Duty.participation_id)
        .where(Participation.training_id == training.id, _is_overdue())
    )
    return not any(session.scalar(query.limit(1)) for query in (others, handed_in, overdue))


def _is_overdue() -> ColumnElement[bool]:
    return and_(Duty.closed_at.is_(None), Duty.due_on < bangkok_today())


def can_cancel(person: Person | None, training: Training) -> bool:
    """Those who keep the register; who entered it, while nobody takes part whom somebody else entered."""
    if person is None or not can_edit_training(person, training):
        return False
    return keeps_the_register(person) or all(
        person.id in (row.person_id, row.entered_by_id)
        for row in training.participations
        if row.withdrawn_at is None
    )


def can_join(person: Person | None, training: Training) -> bool:
    """Every colleague says that he took part, too."""
    return can_enter(person) and can_see_training(person, training) and training.cancelled_at is None


def can_withdraw(person: Person | None, participation: Participation) -> bool:
    """Whoever did not go after all, and who entered him, as long as it was not recorded that he went and nothing is overdue;
    who keeps the register always."""
    if person is None or participation.training.cancelled_at is not None:
        return False
    if not can_see_training(person, participation.training):
        return False
    if keeps_the_register(person):
        return True
    if person.id not in (participation.person_id, participation.entered_by_id) or participation.recorded_at:
        return False
    overdue = select(Duty.id).where(Duty.participation_id == participation.id, _is_overdue())
    return session.scalar(overdue.limit(1)) is None


def can_record(person: Person | None, participation: Participation) -> bool:
    """Whoever took part, and a data assistant on his behalf."""
    if person is None or not can_see_training(person, participation.training):
        return False
    return person.id == participation.person_id or keeps_the_register(person)


def can_keep_rules(person: Person | None) -> bool:
    """Rules, holidays and the counting of days: the KM team and the admin. Every colleague reads them."""
    return person is not None and person.is_active and (is_admin(person) or in_km_team(person))


def can_change_duty(person: Person | None, duty: Duty) -> bool:
    """Exempt from it, extend it, note it as done: those who keep the register, but nobody his own."""
    return person is not None and keeps_the_register(person) and duty.person_id != person.id


def can_see_costs(person: Person | None, training: Training) -> bool:
    """Whoever took part or entered it, who leads one of those, who oversees; nobody else."""
    if person is None or not can_see_training(person, training):
        return False
    if person.id == training.entered_by_id or oversees(person):
        return True
    # Who put himself on somebody else's list sees nothing by that, nor does his head; nor who did not go.
    seen = Participation.visible_to(person).where(
        Participation.training_id == training.id,
        Participation.withdrawn_at.is_(None),
        or_(
            Participation.entered_by_id != Participation.person_id,
            Participation.person_id == training.entered_by_id,
        ),
    )
    return session.scalar(seen.with_only_columns(Participation.id).limit(1)) is not None


def can_report(person: Person | None, participation: Participation) -> bool:
    """Whoever took part reports, and nobody for him; before he is back only what is asked for a term of his study
    (`reporting.begin`)."""
    return (
        person is not None
        and person.is_active
        and person.id == participation.person_id
        and participation.withdrawn_at is None
        and participation.training.cancelled_at is None
    )


def can_write_report(person: Person | None, report: TrainingReport) -> bool:
    """Its reporters, before it is handed in and when it was returned."""
    return can_edit(person, report)


def can_change_fulfilments(person: Person | None, report: TrainingReport) -> bool:
    """The author says what his endorsed report fulfils, as long as he is with the organisation."""
    return (
        person is not None
        and person.is_active
        and person.id == report.author_id
        and report.stage == ReportStage.FILED
    )


def can_delete_report(person: Person | None, report: TrainingReport) -> bool:
    """The author, a draft that was never handed in."""
    return (
        person is not None
        and person.id == report.author_id
        and report.submitted_at is None
        and report.stage == ReportStage.DRAFT
        and is_deletable(report)
    )


def can_see_opinions(person: Person | None, report: TrainingReport) -> bool:
    """What superiors wrote and what it cost: the reporters, those on its way, who oversees; never all its readers."""
    if person is None or not can_see(person, report):
        return False
    if person.id in report.reporter_ids or oversees(person):
        return True
    on_the_way = {row.person_id for row in report.endorsements} | {
        row.assigned_to_id for row in report.endorsements
    }
    return person.id in on_the_way or any(leads(person, row.participation.unit_id) for row in report.coverage)


def can_reassign(person: Person | None, report: TrainingReport) -> bool:
    """Those who keep the register name somebody else for a step that can't go on; not for a report of their own."""
    return (
        person is not None
        and keeps_the_register(person)
        and report.stage == ReportStage.ON_ITS_WAY
        and person.id not in report.reporter_ids
    )
