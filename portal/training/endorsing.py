"""The report goes up: each level endorses it or sends it back; who may do that is asked on the day itself."""

from collections.abc import Iterable
from datetime import datetime

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict, Refused
from portal.items import audience
from portal.items.publishing import publish
from portal.people.audiences import person_token
from portal.people.models import Person
from portal.templating import number
from portal.thai.dates import bangkok_day, bangkok_today
from portal.thai.repair import repair
from portal.training.asking import asked_at, can_decide, step_waiting
from portal.training.entering import ReasonMissing
from portal.training.models import REASON_LENGTH
from portal.training.report_models import (
    Endorsement,
    ReportStage,
    StepState,
    TrainingReport,
)
from portal.training.routing import Route, post_of
from portal.training.telling import tell_arrived, tell_decided, tell_filed, tell_returned
from portal.translating import N_

OPINION_LENGTH = 4_000


class NotOnItsWay(Conflict):
    message = N_(
        "This report does not wait for anybody: it was returned, filed, or somebody else was quicker."
    )


class NotYours(Refused):
    message = N_("This report does not wait for you.")


class OpinionTooLong(BadInput):
    message = N_("An opinion has at most %(most)s characters.")


class CommentMissing(BadInput):
    message = N_("Say what should be changed, so that the reporter knows what to do.")


class NotToBeNamed(BadInput):
    message = N_("Name a colleague who is with the organisation.")


class ReportersOwn(BadInput):
    message = N_("Nobody endorses his own report. Choose somebody else.")


def start_round(report: TrainingReport, route: Route, *, at: datetime) -> None:
    """Write down the levels of the way and bring the report to the first of them."""
    report.round += 1
    for place, level in enumerate(route.levels, 1):
        report.endorsements.append(
            Endorsement(
                round=report.round,
                place=place,
                position_id=level.position.id if level.position else None,
                position_title=level.title,
                is_filing=level.is_filing,
                state=StepState.SKIPPED if level.is_left_out else StepState.AHEAD,
            )
        )
    session.flush()
    _bring_to_next(report, at)


def _bring_to_next(report: TrainingReport, at: datetime) -> Endorsement | None:
    """The next level that is still ahead now waits; one that a reporter has come to hold meanwhile is left out. None when
    the way is done."""
    day = bangkok_day(at)
    for step in report.endorsements:
        if step.round != report.round or step.state != StepState.AHEAD:
            continue
        in_charge = asked_at(step, day).incumbents.in_charge
        if step.assigned_to_id is None and in_charge is not None and in_charge.id in report.reporter_ids:
            step.state = StepState.SKIPPED
            continue
        step.state, step.arrived_at = StepState.WAITING, at
        tell_arrived(step, day)
        return step
    return None


def endorse(
    report: TrainingReport, *, by: Person, opinion: str, at: datetime | None = None
) -> list[Endorsement]:
    """Endorse at the level where the report is, and at those right above that this person holds as well; after the last
    it is published. Answers the steps that were decided; NotOnItsWay, NotYours, OpinionTooLong."""
    at = at or now()
    step: Endorsement | None = _mine_now(report, by, at)
    opinion = _tidy(opinion)
    done: list[Endorsement] = []
    while step is not None and can_decide(by, step, bangkok_day(at)):
        _sign(step, by, at, StepState.FILED if step.is_filing else StepState.ENDORSED, opinion)
        record("report.endorse", report, by=by, level=step.place)
        done.append(step)
        step = _bring_to_next(report, at)
    if step is None:
        _file(report, by=by, at=at)
    return done


def send_back(report: TrainingReport, *, by: Person, comment: str, at: datetime | None = None) -> Endorsement:
    """Return the report to its reporters with what should be changed; when it was handed in stays as it was."""
    at = at or now()
    step = _mine_now(report, by, at)
    comment = _tidy(comment)
    if not comment:
        raise CommentMissing
    _sign(step, by, at, StepState.RETURNED, comment)
    for later in report.endorsements:
        if later.round == report.round and later.state == StepState.AHEAD:
            later.state = StepState.SUPERSEDED
    report.stage = ReportStage.RETURNED
    tell_returned(report, step)
    record("report.return", report, by=by, level=step.place)
    return step


def reassign(report: TrainingReport, to: Person, *, by: Person, reason: str) -> Endorsement:
    """Name who decides at the level where the report is; for a post that is empty, a superior on leave, a chain that
    can't be told. ReasonMissing, ReportersOwn."""
    _lock(report)
    step = step_waiting(report)
    if step is None:
        raise NotOnItsWay
    reason = repair(reason).strip()[:REASON_LENGTH]
    if not reason:
        raise ReasonMissing
    if to.id in report.reporter_ids:
        raise ReportersOwn
    if not to.is_active or to.organisation_id != report.organisation_id:
        raise NotToBeNamed
    step.assigned_to, step.assigned_by_id = to, by.id
    step.assigned_to_id, step.assigned_at, step.assigned_reason = to.id, now(), reason
    carry_to(report, [person_token(to.id)])
    tell_decided(step)
    tell_arrived(step, bangkok_today())
    record("report.reassign", report, by=by, level=step.place, to=to.id)
    return step


def carry_to(report: TrainingReport, tokens: Iterable[str]) -> None:
    """Let these read the report from now on, too."""
    report.carried_to = sorted({*report.carried_to, *tokens})
    audience.apply(report)


def _mine_now(report: TrainingReport, by: Person, at: datetime) -> Endorsement:
    _lock(report)
    step = step_waiting(report)
    if report.stage != ReportStage.ON_ITS_WAY or step is None:
        raise NotOnItsWay
    if not can_decide(by, step, bangkok_day(at)):
        raise NotYours
    return step


def _lock(report: TrainingReport) -> None:
    """Two superiors, or one with two tabs, decide one after the other; what is decided on is read anew."""
    session.flush()
    lock(report)
    session.refresh(report, ["endorsements"])
    for step in report.endorsements:
        session.refresh(step)


def _tidy(words: str) -> str:
    words = repair(words).strip()
    if len(words) > OPINION_LENGTH:
        raise OpinionTooLong(most=number(OPINION_LENGTH))
    return words


def _sign(step: Endorsement, by: Person, at: datetime, state: StepState, opinion: str) -> None:
    own = post_of(by, bangkok_day(at))
    asked = asked_at(step, bangkok_day(at))
    step.state, step.person_id, step.person_name = state, by.id, by.name
    step.own_title = own.title if own else ""
    acts = asked.incumbents.acting
    step.is_acting = step.assigned_to_id is None and acts is not None and acts.id == by.id
    step.order_number = asked.incumbents.order_number if step.is_acting else ""
    step.opinion, step.decided_at = opinion, at
    tell_decided(step)


def _file(report: TrainingReport, *, by: Person, at: datetime) -> None:
    report.stage, report.filed_at = ReportStage.FILED, at
    publish(report, by=by, at=at)
    tell_filed(report)
