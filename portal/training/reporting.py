"""Writing the report of a training, alone or for several who went together, and handing it in."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.items import audience
from portal.items.fulfilling import propose_goal, set_fulfilments
from portal.items.models import Revision
from portal.items.revising import newest, save_revision
from portal.people.audiences import group_token, organisation_token, person_token, position_token, role_token
from portal.people.models import Group, GroupKind, Person, RoleName
from portal.thai.dates import bangkok_day, bangkok_today
from portal.thai.repair import repair
from portal.training.duties import discharge
from portal.training.endorsing import start_round
from portal.training.models import REASON_LENGTH, Discharge, Duty, Participation
from portal.training.report_models import PARTS, ReportParticipation, ReportStage, TrainingReport
from portal.training.routing import route_of
from portal.training.telling import tell_covered
from portal.translating import N_, gettext, speaking

PART_LENGTH = 60_000
# Headings of the town's form; the parts without which a report tells nothing must be filled.
PART_NAMES: Mapping[str, str] = {
    "aims": N_("Aims of the training"),
    "content": N_("Content in brief"),
    "gained": N_("Knowledge gained"),
    "application": N_("How it will be applied in the work"),
    "passing_on": N_("What is passed on, to whom and when"),
    "problems": N_("Problems and suggestions"),
}
NEEDED = ("content", "gained", "application")
USUAL_STEPS = ("KM2", "KM6")


class AlreadyReported(Conflict):
    message = N_("Somebody of the group is in another report already.")


class NotAgreed(BadInput):
    message = N_(
        "Not yet agreed: %(names)s. Each says on the page of the report that it is his, too; or take the name out."
    )


class NotBackYet(BadInput):
    message = N_("A report can be written once the training, or the term of the study, is over.")


class NothingToReport(Conflict):
    message = N_("The training was called off, or somebody of the report did not go after all.")


class NotHandedIn(Conflict):
    message = N_("This report was handed in already.")


class PartsMissing(BadInput):
    """`names` are those of PARTS that are empty and must not be."""

    message = N_("Before it can be handed in, fill in: %(parts)s.")

    def __init__(self, names: Collection[str]):
        self.names = tuple(names)
        super().__init__(parts=", ".join(gettext(PART_NAMES[name]) for name in self.names))


class LateReasonMissing(BadInput):
    message = N_("The report is past its due date. Say in a sentence why.")


def begin(participation: Participation, *, by: Person, term: int = 0) -> TrainingReport:
    """The report of that participation: the one that is there, or a new draft that only its writer reads."""
    session.flush()
    lock(participation)  # a double click, or a colleague adding us to his
    found = report_of(participation, term)
    if found is not None:
        return found
    if not _is_over(participation, term):
        raise NotBackYet
    training = participation.training
    report = TrainingReport(
        organisation_id=training.organisation_id,
        unit_id=participation.unit_id,
        author_id=by.id,
        title=training.title,
        kind="training_report",
        training_id=training.id,
        term=term,
        open_to=[organisation_token(training.organisation_id)],
    )
    report.coverage.append(ReportParticipation(participation=participation, agreed_at=now()))
    session.add(report)
    session.flush()
    goal_id = training.goal_id or propose_goal(by)
    set_fulfilments(report, [(goal_id, step) for step in USUAL_STEPS])
    let_reporters_read(report)
    write(report, {"aims": training.aims}, by=by)
    return report


def _is_over(participation: Participation, term: int) -> bool:
    """Whether he is back or, for an interim report, whether that term has ended and one is asked for it."""
    if not term:
        return participation.training.return_date <= bangkok_today()
    asked = select(Duty.id).where(
        Duty.participation_id == participation.id,
        Duty.discharged_by == Discharge.INTERIM,
        Duty.term == term,
        Duty.counted_from <= bangkok_today(),
    )
    return session.scalar(asked.limit(1)) is not None


def report_of(participation: Participation, term: int = 0) -> TrainingReport | None:
    """The report that covers the participation; None when none was begun."""
    return session.scalar(
        select(TrainingReport)
        .join(ReportParticipation)
        .where(ReportParticipation.participation_id == participation.id, TrainingReport.term == term)
        .order_by(TrainingReport.id)
        .limit(1)
    )


def cover(report: TrainingReport, participations: Collection[Participation], *, by: Person) -> None:
    """Make it the report of these participations of the training, the author's always among them. AlreadyReported when one
    of them has another report. Those covered read it and write in it."""
    for participation in participations:
        lock(participation)
        other = report_of(participation, report.term)
        if participation.training_id != report.training_id or (other is not None and other.id != report.id):
            raise AlreadyReported
    wanted = {participation.id: participation for participation in participations}
    for row in report.coverage:
        if row.participation.person_id == report.author_id:
            wanted[row.participation_id] = row.participation
    had = {row.participation_id: row for row in report.coverage}
    if by.id != report.author_id:
        agree(report, by)  # who writes in it has read it
    if had.keys() == wanted.keys():
        return
    report.coverage = [
        had.get(number) or ReportParticipation(participation=participation)
        for number, participation in wanted.items()
    ]
    let_reporters_read(report)
    tell_covered(report, {one.person_id for number, one in wanted.items() if number not in had})
    record("report.cover", report, by=by, participations=sorted(wanted))


def agree(report: TrainingReport, person: Person) -> None:
    """The person says that it is his report, too. Nothing for who is not in it."""
    for row in report.coverage:
        if row.participation.person_id == person.id and row.agreed_at is None:
            row.agreed_at = now()


def leave(report: TrainingReport, person: Person) -> None:
    """The person is not of this report; its author stays."""
    if person.id == report.author_id:
        return
    report.coverage = [row for row in report.coverage if row.participation.person_id != person.id]
    let_reporters_read(report)
    record(
        "report.cover", report, by=person, participations=[row.participation_id for row in report.coverage]
    )


def let_reporters_read(report: TrainingReport) -> None:
    """Before it is handed in, the report is read by those it is of, and by nobody else."""
    report.carried_to = sorted(person_token(person_id) for person_id in report.reporter_ids)
    audience.apply(report)


def write(
    report: TrainingReport, parts: Mapping[str, str], *, by: Person, base: int | None = None
) -> Revision:
    """Keep what was written as the report's next revision, all parts under their headings as its text.

    SavedMeanwhile when somebody saved since revision `base`; TooLong when a text can't be kept.
    """
    kept = {name: repair(parts.get(name, "")).strip() for name in PARTS}
    title = report.training.title if report.submitted_at is None else report.title
    return save_revision(report, by=by, title=title, text=text_of(kept), fields={"parts": kept}, base=base)


def text_of(parts: Mapping[str, str]) -> str:
    """The parts that were filled under the headings of the form, in Thai, as Markdown."""
    with speaking("th"):
        return "\n\n".join(
            f"## {gettext(PART_NAMES[name])}\n\n{parts[name]}" for name in PARTS if parts.get(name)
        )


def parts_of(revision: Revision | None) -> dict[str, str]:
    """What the revision says in each part; empty texts before the first."""
    kept = revision.fields.get("parts", {}) if revision else {}
    return {name: str(kept.get(name, "")) for name in PARTS}


def submit(
    report: TrainingReport,
    *,
    by: Person,
    late_reason: str = "",
    at: datetime | None = None,
) -> None:
    """Hand in what was written: stamp when, and whether in time, for ever; close the duties it discharges; send it on its way.

    A returned report goes up again from its first level, and keeps its first moment. PartsMissing, LateReasonMissing,
    NotHandedIn when it is on its way already.
    """
    at = at or now()
    session.flush()
    lock(report)
    if report.stage not in (ReportStage.DRAFT, ReportStage.RETURNED):
        raise NotHandedIn
    if report.training.cancelled_at is not None or any(
        row.participation.withdrawn_at is not None for row in report.coverage
    ):
        raise NothingToReport
    if not all(_is_over(row.participation, report.term) for row in report.coverage):
        raise NotBackYet
    waiting = [row.participation.person.name for row in report.coverage if row.agreed_at is None]
    if waiting:
        raise NotAgreed(names=", ".join(waiting))
    parts = parts_of(newest(report))
    missing = [name for name in NEEDED if not parts[name]]
    if missing:
        raise PartsMissing(missing)
    if report.submitted_at is None:
        _stamp(report, by, at, repair(late_reason).strip()[:REASON_LENGTH])
    report.stage = ReportStage.ON_ITS_WAY
    route = route_of(report.author, report.reporter_ids, bangkok_day(at))
    start_round(report, route, at=at)
    report.carried_to = sorted(
        {*report.carried_to, *(position_token(level.position.id) for level in route.levels if level.position)}
        | _register_keepers(report.organisation_id)
    )
    audience.apply(report)
    record("report.submit", report, by=by, round=report.round, on_time=report.on_time)


def _stamp(report: TrainingReport, by: Person, at: datetime, late_reason: str) -> None:
    what = Discharge.INTERIM if report.term else Discharge.REPORT
    closed = [
        duty
        for row in report.coverage
        for duty in discharge(
            row.participation, what, by=by, at=at, term=report.term, late_reason=late_reason
        )
    ]
    on_time = all(duty.on_time for duty in closed) if closed else None
    if on_time is False and not late_reason:
        raise LateReasonMissing
    report.submitted_at, report.on_time = at, on_time
    report.late_reason = late_reason if on_time is False else ""


def _register_keepers(organisation_id: int) -> set[str]:
    teams = session.scalars(
        select(Group.id).where(Group.organisation_id == organisation_id, Group.kind == GroupKind.KM_TEAM)
    )
    return {role_token(RoleName.DATA_ASSISTANT), *map(group_token, teams)}
