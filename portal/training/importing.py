"""Taking in a list of trainings: first a plan of what each row would do, shown to who sent it; then all of it or nothing.

Rows of the same title and days are one training. A row that is refused leaves out that one participant and nothing else;
the page says so before, and he is named in the list of refused rows.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.audit.recording import record
from portal.db import session
from portal.documents.columns import Listed
from portal.errors import BadInput, Conflict
from portal.people.import_plan import Reason
from portal.people.models import Person, Unit
from portal.plan.running import plans_of_year
from portal.templating import number
from portal.templating import year as year_of_era
from portal.thai.dates import bangkok_today, fiscal_year
from portal.training.colleagues import Colleagues
from portal.training.entering import add_participants, enter_training
from portal.training.facts import TrainingFacts, days_of, folded_title, problem_of_hours
from portal.training.import_rows import Told, facts_from
from portal.training.models import COST_HEADINGS, Training
from portal.training.places import Places
from portal.translating import N_

# What rows of one training must not tell otherwise; a row that says nothing of it is content with what the others say.
_SHARED = (
    "return_date", "kind", "organiser", "place", "where", "online", *COST_HEADINGS, "budget_source", "order_number",
    "order_date", "aims", "goal", "step",
)  # fmt: skip


class Outcome(StrEnum):
    NEW = "new"  # takes part
    CHANGE = "change"  # is in already, his record is filled
    SAME = "same"  # is in already
    REFUSED = "refused"


class ImportOutdated(Conflict):
    message = N_("Something changed since the preview was made. Please look at the new preview.")


class NothingToTakeIn(BadInput):
    message = N_("No row of this list would change anything.")


@dataclass
class PlannedRow:
    """What one row would do."""

    number: int
    name: str
    training: "PlannedTraining | None" = None
    person: Person | None = None
    hours: float | None = None
    outcome: Outcome = Outcome.REFUSED
    is_recorded: bool = False
    reasons: list[Reason] = field(default_factory=list)


@dataclass
class PlannedTraining:
    """A training of the list, told by its rows together: a new one, or one that is there and is joined."""

    first_row: int
    values: dict[str, Any]
    goal_id: int | None = None
    existing: Training | None = None
    rows: list[PlannedRow] = field(default_factory=list)
    row_of: dict[int, int] = field(default_factory=dict)  # person id: number of the row that names him

    @property
    def facts(self) -> TrainingFacts:
        hours = [row.hours for row in self.rows if row.hours is not None]
        return facts_from(self.values, hours=max(hours, default=None), goal_id=self.goal_id)

    @property
    def people(self) -> int:
        return sum(row.outcome == Outcome.NEW for row in self.rows)


@dataclass(frozen=True)
class ImportPlan:
    rows: tuple[PlannedRow, ...]
    trainings: tuple[PlannedTraining, ...]

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(row.outcome for row in self.rows)

    @property
    def new_trainings(self) -> int:
        return sum(training.existing is None and training.people > 0 for training in self.trainings)

    @property
    def joined_trainings(self) -> int:
        return sum(training.existing is not None for training in self.trainings)

    @property
    def recorded(self) -> int:
        return sum(row.is_recorded for row in self.rows)

    @property
    def refused(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome == Outcome.REFUSED]

    @property
    def fingerprint(self) -> str:
        """The same for the same plan: what was looked at is what is done."""
        told = hashlib.sha256()
        for row in self.rows:
            existing = row.training.existing if row.training else None
            told.update(
                repr(
                    (
                        row.number,
                        row.outcome,
                        row.person and row.person.id,
                        row.hours,
                        row.is_recorded,
                        row.training and row.training.facts,
                        existing and existing.id,
                        [reason.message for reason in row.reasons],
                    )
                ).encode()
            )
        return told.hexdigest()


def plan_import(listed: Listed, organisation: Unit, *, by: Person) -> ImportPlan:
    """What the list would do now, row by row, without doing it; a handful of queries whatever its length."""
    told = [Told(row) for row in listed.rows if not Told.is_example(row)]
    planner = _Planner(organisation, by, told)
    rows = tuple(planner.place(one) for one in told)
    trainings = [training for training in planner.trainings.values() if training.rows]
    for training in trainings:
        _decide(training)
    return ImportPlan(rows, tuple(trainings))


class _Planner:
    """Puts each row to the training it belongs to."""

    def __init__(self, organisation: Unit, by: Person, told: list[Told]):
        self.organisation = organisation
        self.colleagues = Colleagues(by)
        self.trainings: dict[tuple[str, date, date], PlannedTraining] = {}
        self.there = self._load(told)
        self._goals: dict[int, dict[int, int]] = {}

    def _load(self, told: list[Told]) -> dict[str, list[Training]]:
        """The trainings of these days, by their titles as they are compared."""
        days = [day for one in told if one.facts for day in (one.facts.start_date, one.facts.end_date)]
        if not days:
            return {}
        query = (
            select(Training)
            .where(
                Training.organisation_id == self.organisation.id,
                Training.cancelled_at.is_(None),
                Training.start_date <= max(days),
                Training.end_date >= min(days),
            )
            .order_by(Training.id)
            .options(selectinload(Training.participations))
        )
        found: dict[str, list[Training]] = {}
        for training in session.scalars(query):
            found.setdefault(folded_title(training.title), []).append(training)
        return found

    def place(self, told: Told) -> PlannedRow:
        planned = PlannedRow(told.number, told.cells.get("person", ""), reasons=told.reasons)
        goal_id = None
        if "person" in told.values:
            with told.refusing("person"):
                planned.person = self.colleagues.find(told.values["person"])
                planned.name = planned.person.name
        if told.facts is None:
            return planned
        with told.refusing("goal"):
            goal_id = self._goal(told)
        key = (folded_title(told.facts.title), told.facts.start_date, told.facts.end_date)
        training = self.trainings.get(key) or PlannedTraining(
            told.number, dict(told.values), goal_id, self._existing(told.facts)
        )
        self._mind_others(told, training, planned)
        if planned.reasons or planned.person is None:
            return planned
        self.trainings[key] = training
        training.values = {**told.values, **training.values}
        training.goal_id = training.goal_id or goal_id
        training.row_of[planned.person.id] = planned.number
        planned.training, planned.hours = training, told.values.get("hours")
        training.rows.append(planned)
        return planned

    def _mind_others(self, told: Told, training: PlannedTraining, planned: PlannedRow) -> None:
        """What earlier rows of the same training say otherwise, and whether they name the same person."""
        for code in _SHARED:
            if code in told.values and training.values.get(code, told.values[code]) != told.values[code]:
                otherwise = N_("Row %(row)s says otherwise of the same training.")
                told.add(code, BadInput(otherwise, row=number(training.first_row)))
        earlier = planned.person and training.row_of.get(planned.person.id)
        if planned.person is not None and earlier:
            twice = N_("%(person)s stands in row %(row)s for this training already.")
            told.add("person", BadInput(twice, person=planned.person.name, row=number(earlier)))
        hours = told.values.get("hours")
        if training.existing is not None and hours is not None:
            days = days_of(training.existing.start_date, training.existing.end_date)
            problem = problem_of_hours(hours, days)
            if problem is not None and not told.reasons:
                told.add("hours", problem)

    def _existing(self, facts: TrainingFacts) -> Training | None:
        same = [
            training
            for training in self.there.get(folded_title(facts.title), [])
            if training.start_date <= facts.end_date and training.end_date >= facts.start_date
        ]
        return min(same, key=lambda one: (one.start_date != facts.start_date, one.id), default=None)

    def _goal(self, told: Told) -> int | None:
        wanted = told.values.get("goal")
        if wanted is None or told.facts is None:
            return None
        year = fiscal_year(told.facts.start_date)
        if year not in self._goals:
            plans = plans_of_year(self.organisation.id, year)[:1]
            self._goals[year] = {goal.number: goal.id for plan in plans for goal in plan.present_goals}
        if wanted not in self._goals[year]:
            raise BadInput(
                N_("The plan of the fiscal year %(year)s has no goal %(number)s."),
                year=year_of_era(year),
                number=number(wanted),
            )
        return self._goals[year][wanted]


def _decide(training: PlannedTraining) -> None:
    """What becomes of each row, now that the training is known."""
    returned = training.existing.return_date if training.existing else training.facts.return_date
    there = {row.person_id: row for row in training.existing.participations} if training.existing else {}
    for row in training.rows:
        known = there.get(row.person.id) if row.person else None
        is_open = known is None or known.recorded_at is None
        row.is_recorded = returned <= bangkok_today() and row.hours is not None and is_open
        if known is None or known.withdrawn_at is not None:
            row.outcome = Outcome.NEW
        else:
            row.outcome = Outcome.CHANGE if row.is_recorded else Outcome.SAME


def carry_out(plan: ImportPlan, organisation: Unit, *, by: Person) -> Counter[Outcome]:
    """Do what the plan says, refused rows left out. The plan must have been made in this very transaction."""
    if not (plan.counts[Outcome.NEW] or plan.counts[Outcome.CHANGE]):
        raise NothingToTakeIn
    places = Places(row.person.id for row in plan.rows if row.person)
    for training in plan.trainings:
        people = [row.person for row in training.rows if row.person]
        there = training.existing or enter_training(training.facts, by=by, source="import")
        hours = {row.person.id: row.hours for row in training.rows if row.person}
        add_participants(there, people, by=by, hours=hours, places=places)
    record(
        "training.import",
        organisation,
        by=by,
        trainings=plan.new_trainings,
        recorded=plan.recorded,
        **{str(outcome): count for outcome, count in plan.counts.items()},
    )
    return plan.counts
