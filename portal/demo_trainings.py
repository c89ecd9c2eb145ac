"""The trainings of the demonstration town, placed around the day of loading, so that every state of a report can be seen."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import yaml
from sqlalchemy import update

from portal.db import session
from portal.notices.models import Notice
from portal.paths import CONTENT
from portal.people.models import Person, Unit
from portal.plan.models import Plan
from portal.thai.dates import BANGKOK, bangkok_today
from portal.training.after import answer_use, note_interview, review_work
from portal.training.asking import asked_at, step_waiting
from portal.training.duties import discharge, exempt, extend, make_duties_of
from portal.training.endorsing import endorse, send_back
from portal.training.models import Discharge, Duty, Participation, Training, TrainingKind
from portal.training.report_models import ReportStage, Respondent, TrainingReport, Used
from portal.training.reporting import agree, begin, cover, submit, write
from portal.training.routing import post_of


def load_trainings(organisation: Unit, people: Mapping[str, Person]) -> int:
    """Load what trainings.yaml says into a town that was just built; answers how many trainings."""
    given = yaml.safe_load((CONTENT / "demo" / "trainings.yaml").read_text(encoding="utf-8"))
    loader = _Loader(organisation, people, given["texts"])
    for one in given["trainings"]:
        loader.load(one)
    loader.forget_what_is_long_ago()
    return len(given["trainings"])


class _Loader:
    def __init__(
        self, organisation: Unit, people: Mapping[str, Person], texts: Mapping[str, Mapping[str, str]]
    ):
        self.organisation, self.people, self.texts = organisation, people, texts
        self.today = bangkok_today()
        plan = session.query(Plan).filter_by(organisation_id=organisation.id).order_by(Plan.id).first()
        self.goals = {goal.number: goal.id for goal in plan.goals} if plan else {}

    def load(self, given: Mapping[str, Any]) -> None:
        training = self._training(given)
        went = {name: self._participation(training, name, given) for name in given["people"]}
        make_duties_of(went.values())
        session.flush()
        self._record(given, training, list(went.values()))
        for interim in given.get("interim", ()):
            self._interim(interim, next(iter(went.values())))
        if "report" in given:
            self._report(given["report"], given["people"], training, went)
        self._changed(given, training, went)
        if "after" in given:
            self._after(given["after"], went[given["after"].get("of", given["people"][0])])

    def _training(self, given: Mapping[str, Any]) -> Training:
        back = self.today + timedelta(days=given["back"])
        is_outside, is_online = given.get("outside", True), given.get("online", False)
        # Back the day after it ended, where one has to travel.
        end = back - timedelta(days=1) if is_outside and not is_online and given["days"] > 1 else back
        start = end - timedelta(days=given["days"] - 1)
        costs = {heading: baht * 100 for heading, baht in given.get("costs", {}).items()}
        entered_by = self.people[given.get("entered_by", given["people"][0])]
        order = given.get("order", "")
        training = Training(
            organisation_id=self.organisation.id,
            title=given["title"],
            kind=TrainingKind(given["kind"]),
            organiser=given["organiser"],
            place=given["place"],
            is_outside=is_outside,
            is_online=is_online,
            start_date=start,
            end_date=end,
            return_date=back,
            hours=given["hours"],
            budget_source=given.get("budget", ""),
            aims=given.get("aims", ""),
            goal_id=self.goals.get(given.get("goal", 0)),
            order_number=order,
            order_date=start - timedelta(days=10) if order else None,
            entered_by_id=entered_by.id,
            entered_at=self._at(min(start, self.today) - timedelta(days=3)),
            **costs,
        )
        session.add(training)
        session.flush()
        return training

    def _participation(self, training: Training, name: str, given: Mapping[str, Any]) -> Participation:
        person = self.people[name]
        position = post_of(person, min(training.start_date, self.today))
        participation = Participation(
            training=training,
            person=person,
            unit_id=position.unit_id if position else None,
            position_title=position.title if position else "",
            entered_by_id=training.entered_by_id,
            entered_at=training.entered_at,
        )
        session.add(participation)
        session.flush()
        return participation

    def _record(self, given: Mapping[str, Any], training: Training, went: list[Participation]) -> None:
        recorded = given.get("recorded")
        if recorded is None:
            return
        by = self.people[recorded["by"]]
        at = self._at(training.return_date + timedelta(days=recorded["after"]))
        for participation in went:
            participation.hours, participation.recorded_at = given["hours"], at
            participation.recorded_by_id = by.id
            discharge(participation, Discharge.RECORD, by=by, at=at)

    def _interim(self, given: Mapping[str, Any], participation: Participation) -> None:
        duty = session.query(Duty).filter_by(participation_id=participation.id, term=given["term"]).first()
        if duty is None:
            return
        report = begin(participation, by=participation.person, term=given["term"])
        write(report, self.texts[given["text"]], by=participation.person)
        at = self._at(duty.counted_from + timedelta(days=given["handed_in"]))
        submit(report, by=participation.person, at=at)
        self._endorse(report, at, 2, "", None)

    def _report(
        self,
        given: Mapping[str, Any],
        names: list[str],
        training: Training,
        went: Mapping[str, Participation],
    ) -> None:
        author = given.get("by", names[0])
        by = self.people[author]
        report = begin(went[author], by=by)
        write(report, self.texts[given["text"]], by=by)
        if given.get("with"):
            cover(report, [went[name] for name in given["with"]], by=by)
            for name in given["with"]:
                agree(report, self.people[name])
        if "handed_in" not in given:
            return
        at = self._at(training.return_date + timedelta(days=given["handed_in"]))
        submit(report, by=by, late_reason=given.get("late", ""), at=at)
        most = None if given["endorsed"] == "all" else given["endorsed"]
        at = self._endorse(report, at, given.get("every_days", 1), given.get("opinion", ""), most)
        if "sent_back" in given and (step := step_waiting(report)):
            asked = asked_at(step, self.today).persons
            send_back(report, by=asked[0], comment=given["sent_back"], at=at + timedelta(days=1))

    def _endorse(
        self, report: TrainingReport, at: datetime, every_days: int, opinion: str, most: int | None
    ) -> datetime:
        """Let so many levels endorse it (None: all), and answer when the last did."""
        done = 0
        while report.stage == ReportStage.ON_ITS_WAY and (most is None or done < most):
            step = step_waiting(report)
            later = at + timedelta(days=every_days)
            asked = asked_at(step, later.astimezone(BANGKOK).date()).persons if step else ()
            if not asked:
                break
            at = later
            endorse(report, by=asked[0], opinion=opinion, at=at)
            done += 1
        return at

    def _changed(
        self, given: Mapping[str, Any], training: Training, went: Mapping[str, Participation]
    ) -> None:
        duties = [
            duty
            for one in went.values()
            for duty in session.query(Duty).filter_by(
                participation_id=one.id, discharged_by=Discharge.REPORT, closed_at=None
            )
        ]
        for duty in duties:
            if changed := given.get("extend"):
                until = duty.due_on + timedelta(days=changed["days"])
                extend(duty, until, by=self.people[changed["by"]], reason=changed["reason"])
            if changed := given.get("exempt"):
                exempt(duty, by=self.people[changed["by"]], reason=changed["reason"])

    def _after(self, given: Mapping[str, Any], participation: Participation) -> None:
        """What followed; each thing bears the day the file says."""
        back = participation.training.return_date

        def on(days: int) -> datetime:
            return self._at(back + timedelta(days=days))

        points = [(what, before, now) for what, before, now in given["points"]]
        by = self.people[given["by"]]
        review = review_work(participation, by=by, points=points, words=given.get("words", ""))
        review.at = on(given["day"])
        for said in given.get("interviews", ()):
            interview = note_interview(
                participation,
                by=self.people[said["by"]],
                respondent=Respondent(said["respondent"]),
                respondent_name=said.get("name", ""),
                held_on=back + timedelta(days=said["day"]),
                words=said["words"],
            )
            interview.at = on(said["day"])
        answer = answer_use(
            participation,
            by=participation.person,
            used=Used(given["used"]),
            words=given.get("used_words", ""),
        )
        answer.answered_at = on(given["used_on"])

    def forget_what_is_long_ago(self) -> None:
        """What was told of reports of last spring is read long since."""
        session.flush()
        session.execute(
            update(Notice).where(Notice.kind == "training.filed").values(read_at=self._at(self.today)),
            execution_options={"renewed": True},
        )

    def _at(self, day: date) -> datetime:
        """Half past ten on that day in Bangkok, never later than now."""
        return min(datetime.combine(day, time(10, 30), BANGKOK), datetime.now(BANGKOK))
