"""The words of notices about trainings, for as long as they are still so and their reader may still know."""

from collections.abc import Collection
from datetime import date

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.notices.calendar import Event
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import in_language, number, show_date
from portal.thai.dates import bangkok_today
from portal.training.accounts import SOON_DAYS
from portal.training.after_questions import Asks, Question, asked_of
from portal.training.asking import can_decide
from portal.training.models import Duty, Participation, Training
from portal.training.oversight import keeps_the_register
from portal.training.report_models import (
    Endorsement,
    ReportParticipation,
    ReportStage,
    StepState,
    TrainingReport,
)
from portal.translating import gettext, ngettext


def due_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What is due and when; nothing once it is done, exempted or cancelled."""
    duties, today = _open_duties(notices, person), bangkok_today()
    return {notice.id: _due(duties.get(notice.subject_id), person, today) for notice in notices}


def _open_duties(notices: list[Notice], person: Person) -> dict[int, Duty]:
    ids = {notice.subject_id for notice in notices}
    duties = session.scalars(
        Duty.visible_to(person)
        .join(Participation, Participation.id == Duty.participation_id)
        .join(Training, Training.id == Participation.training_id)
        .where(
            Duty.id.in_(ids),
            Duty.closed_at.is_(None),
            Participation.withdrawn_at.is_(None),
            Training.cancelled_at.is_(None),
        )
        .options(joinedload(Duty.person), joinedload(Duty.participation).joinedload(Participation.training))
    )
    return {duty.id: duty for duty in duties}


def _due(duty: Duty | None, person: Person, today: date) -> Worded | None:
    if duty is None:
        return None
    training, left = duty.participation.training, (duty.due_on - today).days
    what = in_language(duty, "rule_name")
    day = show_date(duty.due_on)
    if duty.person_id == person.id:
        text = gettext("%(what)s: “%(title)s”, due %(day)s", what=what, title=training.title, day=day)
    else:
        text = gettext(
            "%(name)s – %(what)s: “%(title)s”, due %(day)s",
            name=duty.person.name,
            what=what,
            title=training.title,
            day=day,
        )
    url = url_for("training.show_training", training_id=training.id)
    if left < 0:
        note = ngettext("%(num)s day late", "%(num)s days late", -left, num=number(-left))
        return Worded(text, url, note, "late")
    if left == 0:
        return Worded(text, url, gettext("due today"), "soon")
    note = ngettext("%(num)s day left", "%(num)s days left", left, num=number(left))
    return Worded(text, url, note, "soon" if left <= SOON_DAYS else "waiting")


def overdue_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """How much of one's own, and of those one leads, is overdue today."""
    late = select(Duty.id).where(Duty.closed_at.is_(None), Duty.due_on < bangkok_today())
    mine = session.scalar(
        select(func.count()).select_from(late.where(Duty.person_id == person.id).subquery())
    )
    seen = Duty.visible_to(person).with_only_columns(Duty.id)
    others = session.scalar(
        select(func.count()).select_from(
            late.where(Duty.person_id != person.id, Duty.id.in_(seen)).subquery()
        )
    )
    words = _overdue(mine or 0, others or 0)
    newest = max(notices, key=lambda notice: notice.made_at)
    return {notice.id: words if notice is newest else None for notice in notices}


def _overdue(mine: int, others: int) -> Worded | None:
    if not mine and not others:
        return None
    parts = []
    if mine:
        parts.append(
            ngettext(
                "%(num)s duty of yours is overdue",
                "%(num)s duties of yours are overdue",
                mine,
                num=number(mine),
            )
        )
    if others:
        parts.append(
            ngettext(
                "%(num)s duty of those you oversee is overdue",
                "%(num)s duties of those you oversee are overdue",
                others,
                num=number(others),
            )
        )
    url = url_for("training.my_trainings") if mine else url_for("training.show_register", state="overdue")
    return Worded(" · ".join(parts), url, gettext("overdue"), "late")


def waiting_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """A report that waits for the person; nothing once it was decided or asks somebody else."""
    today = bangkok_today()
    steps = _steps(notices, person)
    return {
        notice.id: Worded(
            gettext(
                "“%(title)s” by %(name)s waits for your endorsement",
                title=step.report.title,
                name=step.report.author.name,
            ),
            url_for("training.show_report", report_id=step.report_id),
            gettext("waits"),
            "waiting",
        )
        if (step := steps.get(notice.subject_id)) is not None and can_decide(person, step, today)
        else None
        for notice in notices
    }


def stuck_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """A report whose level asks nobody; for those who may name somebody."""
    steps = _steps(notices, person) if keeps_the_register(person) else {}
    return {
        notice.id: Worded(
            gettext("“%(title)s” can't go on: name who decides", title=step.report.title),
            url_for("training.show_report", report_id=step.report_id),
            gettext("waits"),
            "soon",
        )
        if (step := steps.get(notice.subject_id)) is not None
        else None
        for notice in notices
    }


def _steps(notices: list[Notice], person: Person) -> dict[int, Endorsement]:
    """The steps that still wait, of reports that are open to the person."""
    steps = session.scalars(
        select(Endorsement)
        .where(
            Endorsement.id.in_({notice.subject_id for notice in notices}),
            Endorsement.state == StepState.WAITING,
            TrainingReport.is_open_to(person, Endorsement.report_id),
        )
        .options(joinedload(Endorsement.report, innerjoin=True).joinedload(TrainingReport.author))
    )
    return {step.id: step for step in steps}


def asked_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What is asked of the person about a training some time after it; nothing once he answered, or nobody asks him."""
    asked = {question.participation.id: question for question in asked_of(person)}
    return {notice.id: _asked(asked.get(notice.subject_id)) for notice in notices}


def _asked(question: Question | None) -> Worded | None:
    if question is None:
        return None
    one = question.participation
    if question.asks == Asks.USE:
        text = gettext("Have you used what you learned at “%(title)s”?", title=one.training.title)
    else:
        text = gettext(
            "How is the work of %(name)s since “%(title)s”?", name=one.person.name, title=one.training.title
        )
    url = url_for("training.show_after", participation_id=one.id)
    return Worded(text, url, gettext("asked"), "waiting")


def covered_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """A report that names the person and waits for his yes; nothing once he gave it or his name is out."""
    titles = {
        row[0]: row[1]
        for row in session.execute(
            TrainingReport.visible_to(person)
            .join(ReportParticipation, ReportParticipation.report_id == TrainingReport.id)
            .join(Participation, Participation.id == ReportParticipation.participation_id)
            .where(
                TrainingReport.id.in_({notice.subject_id for notice in notices}),
                Participation.person_id == person.id,
                ReportParticipation.agreed_at.is_(None),
            )
            .with_only_columns(TrainingReport.id, TrainingReport.title)
        )
    }
    return {
        notice.id: Worded(
            gettext(
                "Your name stands in the report “%(title)s”: is it yours, too?",
                title=titles[notice.subject_id],
            ),
            url_for("training.show_report", report_id=notice.subject_id),
            gettext("asked"),
            "waiting",
        )
        if notice.subject_id in titles
        else None
        for notice in notices
    }


def returned_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """A report that was sent back; nothing once it was handed in again."""
    return _about_reports(
        notices,
        person,
        ReportStage.RETURNED,
        gettext("“%(title)s” was sent back to you"),
        gettext("sent back"),
        "late",
    )


def filed_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """A report that was endorsed to the top."""
    return _about_reports(
        notices,
        person,
        ReportStage.FILED,
        gettext("“%(title)s” is endorsed to the top and stands in the store"),
        gettext("endorsed"),
        "fine",
    )


def _about_reports(
    notices: list[Notice], person: Person, stage: ReportStage, text: str, note: str, state: str
) -> dict[int, Worded | None]:
    wanted: Collection[int] = {notice.subject_id for notice in notices}
    titles = {
        row[0]: row[1]
        for row in session.execute(
            TrainingReport.visible_to(person)
            .where(TrainingReport.id.in_(wanted), TrainingReport.stage == stage)
            .with_only_columns(TrainingReport.id, TrainingReport.title)
        )
    }
    return {
        notice.id: Worded(
            text % {"title": titles[notice.subject_id]},
            url_for("training.show_report", report_id=notice.subject_id),
            note,
            state,
        )
        if notice.subject_id in titles
        else None
        for notice in notices
    }


def due_events(person: Person) -> list[Event]:
    """What the person owes, on its due date, for his calendar."""
    duties = session.scalars(
        select(Duty)
        .join(Participation, Participation.id == Duty.participation_id)
        .join(Training, Training.id == Participation.training_id)
        .where(
            Duty.person_id == person.id,
            Duty.closed_at.is_(None),
            Participation.withdrawn_at.is_(None),
            Training.cancelled_at.is_(None),
        )
        .options(joinedload(Duty.participation).joinedload(Participation.training))
        .order_by(Duty.due_on, Duty.id)
    )
    return [
        Event(
            f"duty-{duty.id}",
            duty.due_on,
            f"{in_language(duty, 'rule_name')}: {duty.participation.training.title}",
            in_language(duty, "rule_source"),
            url_for("training.show_training", training_id=duty.participation.training_id, _external=True),
        )
        for duty in duties
    ]
