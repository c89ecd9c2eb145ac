"""Fifty people hand in a report each at the same moment: how many were told that it is in, and how many are."""

import http.client
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.clients import ask_text, sign_in
from portal.config import Settings
from portal.db import connect, session
from portal.people.models import Person
from portal.people.passwords import set_password
from portal.thai.dates import bangkok_today
from portal.training.models import Discharge, Duty, DutyRule, HolidayPolicy, Participation, Training
from portal.training.report_models import Endorsement, ReportStage, StepState, TrainingReport
from portal.training.reporting import begin

MANY = 50
TITLE = "รายงานพร้อมกัน"
PASSWORD = "ปลาทูว่ายในคลองใส"  # noqa: S105 - of people who live for minutes
WORDS = {"content": "เนื้อหาที่เรียน", "gained": "ความรู้ที่ได้รับ", "application": "จะนำไปใช้ในงาน"}


@dataclass(frozen=True)
class Submitted:
    """How many were answered that the report is in; how many are on their way, discharged, and with one superior."""

    answered: int
    on_their_way: int
    discharged: int
    with_a_superior: int
    seconds: float  # from the first to the last answer

    def __str__(self) -> str:
        return (
            f"{MANY} people handed in a report at the same moment: {self.answered} were told so, {self.on_their_way} are on "
            f"their way, {self.discharged} duties are closed, {self.with_a_superior} wait at one superior each; all answered "
            f"within {self.seconds:.1f} s.\n"
        )


def main() -> None:
    """Fifty of the people that bench.trainings made get a draft each."""
    connect(Settings.from_environment(os.environ).database_url)
    people = session.scalars(
        select(Person).where(Person.username.startswith("bench")).order_by(Person.id).limit(MANY)
    ).all()
    set_password(people[0], PASSWORD)
    rule = session.scalars(select(DutyRule).where(DutyRule.discharged_by == Discharge.REPORT)).first()
    today = bangkok_today()
    training = Training(
        organisation_id=people[0].organisation_id,
        title=TITLE,
        start_date=today,
        end_date=today,
        return_date=today,
        entered_by=people[0],
    )
    session.add(training)
    for person in people:
        person.password_hash = people[0].password_hash
        one = Participation(
            training=training,
            person=person,
            entered_by=person,
            unit_id=person.postings[0].position.unit_id,
        )
        session.add(one)
        session.flush()
        due = today + timedelta(days=15)
        session.add(
            Duty(
                participation_id=one.id,
                person_id=person.id,
                rule_id=rule.id,
                rule_name=rule.name,
                rule_days=15,
                discharged_by=Discharge.REPORT,
                counted_from=today,
                strict_on=due,
                lenient_on=due,
                policy=HolidayPolicy.STRICT,
                due_on=due,
                remind_by=due,
            )
        )
        report = begin(one, by=person)
        print(person.username, report.id)
    session.commit()


def submit_at_once(port: int, drafts: list[tuple[str, int]]) -> Submitted:
    """Each of these (account, report) is handed in through the form of its page, all at one moment."""
    pages = []
    for account, report in drafts:
        cookie = sign_in(port, account, PASSWORD)
        path = f"/training/reports/{report}/edit"
        fields = dict(_Fields(ask_text(port, path, cookie)).found)
        pages.append((path, cookie, urlencode({**fields, **WORDS, "action": "submit"})))
    gate = threading.Barrier(len(pages))

    def hand_in(page: tuple[str, str, str]) -> tuple[int, float]:
        path, cookie, form = page
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        gate.wait()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        line.request("POST", path, form, headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, time.perf_counter()

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(pages)) as pool:
        answers = list(pool.map(hand_in, pages))
    ids = [report for _, report in drafts]
    return Submitted(
        sum(status == 302 for status, _ in answers), *_kept(ids), max(at for _, at in answers) - begun
    )


def _kept(reports: list[int]) -> tuple[int, int, int]:
    """On their way, discharged, and with exactly one superior, as the database says."""
    connect(Settings.from_environment(os.environ).database_url)
    moving = select(func.count()).where(
        TrainingReport.id.in_(reports), TrainingReport.stage == ReportStage.ON_ITS_WAY
    )
    closed = (
        select(func.count())
        .select_from(Duty)
        .join(Participation)
        .join(Training)
        .where(Training.title == TITLE, Duty.on_time.is_(True))
    )
    one_each = (
        select(Endorsement.report_id)
        .where(Endorsement.report_id.in_(reports), Endorsement.state == StepState.WAITING)
        .group_by(Endorsement.report_id)
        .having(func.count() == 1)
    )
    counts = (
        session.scalar(moving) or 0,
        session.scalar(closed) or 0,
        len(session.scalars(one_each).all()),
    )
    session.remove()
    return counts


class _Fields(HTMLParser):
    """What a browser would send of the page's first form that has an `action` button: hidden, typed and chosen fields."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._area = self._select = ""
        self._forms: list[list[tuple[str, str]]] = []
        self._acts: list[bool] = []
        self.feed(page)
        self.found = next(fields for fields, acts in zip(self._forms, self._acts, strict=True) if acts)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._forms.append([])
            self._acts.append(False)
        elif not self._forms:
            return
        elif tag == "button" and name == "action":
            self._acts[-1] = True
        elif tag == "textarea":
            self._area = name
            self._forms[-1].append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._forms[-1].append((self._select, value))
        elif tag == "input" and name and _is_sent(given):
            self._forms[-1].append((name, value))

    def handle_data(self, data):
        if self._area and self._forms:
            name, value = self._forms[-1][-1]
            self._forms[-1][-1] = (name, value + data)

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = ""


def _is_sent(given: dict[str, str | None]) -> bool:
    kind = given.get("type")
    return kind not in ("file", "submit") and (kind not in ("radio", "checkbox") or "checked" in given)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
