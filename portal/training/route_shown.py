"""The way of a report as a page shows it: each level with who sits there, what became of it, and why one is left out."""

from dataclasses import dataclass
from datetime import date

from portal.people.models import Position
from portal.templating import in_language
from portal.thai.dates import bangkok_today
from portal.training.asking import asked_at
from portal.training.report_models import Endorsement, StepState, TrainingReport
from portal.training.routing import EMPTY_POST, HELD_BY_REPORTER, KM_TEAM_EMPTY, Level, Route
from portal.translating import N_, gettext

KM_TEAM = N_("KM team")
WAITS_FOR_NAME = N_("The KM team names who endorses here.")
# What lists.chain draws for each state.
_DRAWN = {
    StepState.ENDORSED: "done",
    StepState.FILED: "done",
    StepState.WAITING: "now",
    StepState.RETURNED: "returned",
}


@dataclass(frozen=True)
class ShownStep:
    """One line of the drawn way; `state` is one of lists.chain."""

    title: str
    note: str
    state: str
    step: Endorsement | None = None
    trouble: str = ""  # in words, where it can't go on by itself


def shown_route(route: Route | None, report: TrainingReport) -> list[ShownStep]:
    """The way as it was walked and as it goes on (of the present round); or, with a route, as it would be."""
    if route is not None:
        return [_ahead(level) for level in route.levels]
    today = bangkok_today()
    return [_walked(step, today) for step in report.endorsements if step.round == report.round]


def _ahead(level: Level) -> ShownStep:
    name = level.incumbents.in_charge.name if level.incumbents.in_charge else ""
    note = " · ".join(part for part in (_sits(level.position, name, level), gettext(level.note)) if part)
    return ShownStep(_title(level.position, level.title), note, "")


def _sits(position: Position | None, name: str, level: Level) -> str:
    if position is not None and level.incumbents.acting is not None:
        return gettext("acting: %(name)s", name=name)
    return name


def _walked(step: Endorsement, today: date) -> ShownStep:
    title = _title(step.position, step.position_title)
    if step.decided_at is not None:
        return ShownStep(title, signed(step), _DRAWN[step.state], step)
    if step.state == StepState.SKIPPED:
        return ShownStep(title, gettext(HELD_BY_REPORTER), "", step)
    if step.state == StepState.SUPERSEDED:
        return ShownStep(title, "", "", step)
    asked = asked_at(step, today)
    names = ", ".join(person.name for person in asked.persons)
    if step.assigned_to is not None:
        note = gettext("named by the KM team: %(name)s", name=step.assigned_to.name)
    elif names and asked.incumbents.acting is not None:
        note = gettext("acting: %(name)s", name=names)
    else:
        note = names
    trouble = "" if names else _trouble(step)
    return ShownStep(title, note or trouble, _DRAWN.get(step.state, ""), step, trouble)


def _trouble(step: Endorsement) -> str:
    if step.position_id is not None:
        return gettext(EMPTY_POST)
    return gettext(KM_TEAM_EMPTY if step.is_filing else WAITS_FOR_NAME)


def _title(position: Position | None, kept: str) -> str:
    if position is not None:
        return in_language(position) if position.title == kept else kept
    return kept or gettext(KM_TEAM)


def signed(step: Endorsement) -> str:
    """Who decided, as it was then: his name, and in which capacity."""
    if step.is_acting:
        return gettext("acting: %(name)s", name=step.person_name)
    return step.person_name
