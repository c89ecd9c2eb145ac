"""Reading one row of a list of trainings: its cells become facts, and every reason against it is found."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from portal.documents.columns import ListedRow
from portal.errors import BadInput, PortalError
from portal.people.import_plan import Reason
from portal.people.import_register import folded
from portal.plan.steps import STEPS
from portal.templating import number
from portal.thai.dates import AmbiguousYear, UnreadableDate, read_date
from portal.training.facts import TrainingFacts, problems_of
from portal.training.fields import is_doubtful
from portal.training.import_columns import BY_CODE, EXAMPLE_PERSON
from portal.training.models import COST_HEADINGS, NAME_LENGTH, TITLE_LENGTH, TrainingKind
from portal.training.money import read_baht, read_hours
from portal.translating import N_
from portal.web.numbers import whole_number

_MOST = {
    "title": TITLE_LENGTH,
    "organiser": NAME_LENGTH,
    "place": NAME_LENGTH,
    "budget_source": NAME_LENGTH,
    "order_number": 80,
}
_KINDS = {
    "อบรม": TrainingKind.COURSE,
    "ฝึกอบรม": TrainingKind.COURSE,
    "หลักสูตร": TrainingKind.COURSE,
    "สัมมนา": TrainingKind.SEMINAR,
    "ประชุมเชิงปฏิบัติการ": TrainingKind.WORKSHOP,
    "อบรมเชิงปฏิบัติการ": TrainingKind.WORKSHOP,
    "ฝึกอบรมเชิงปฏิบัติการ": TrainingKind.WORKSHOP,
    "ศึกษาดูงาน": TrainingKind.STUDY_VISIT,
    "ดูงาน": TrainingKind.STUDY_VISIT,
    "ศึกษาต่อ": TrainingKind.FURTHER_STUDY,
    "training": TrainingKind.COURSE,
    **{kind.value.replace("_", ""): kind for kind in TrainingKind},
}
_OUTSIDE = frozenset({"ภายนอก", "นอก", "นอกหน่วยงาน", "outside", "external"})
_INSIDE = frozenset({"ภายใน", "ใน", "ในหน่วยงาน", "inside", "internal"})
_YES = frozenset({"ใช่", "เป็น", "yes", "y", "true", "1", "x", "/", "✓", "✔", "ออนไลน์", "online"})
_NO = frozenset({"ไม่ใช่", "ไม่", "no", "n", "false", "0", "onsite", "ออนไซต์"})


class Told:
    """What a row tells: `values` by column as far as they could be read, `facts` when they make a training, and `reasons`
    against it."""

    @staticmethod
    def is_example(row: ListedRow) -> bool:
        """The line that the template brings along says nothing."""
        return EXAMPLE_PERSON in row.cells.get("person", "")

    def __init__(self, row: ListedRow):
        self.number = row.number
        self.cells: Mapping[str, str] = row.cells
        self.values: dict[str, Any] = {}
        self.reasons: list[Reason] = []
        self.facts: TrainingFacts | None = None
        for code in row.unsolved:
            no_result = N_("The formula has no result. Save the list with values.")
            self.reasons.append(Reason(no_result, column=BY_CODE[code].header))
        self._read(row)
        if {"title", "start_date"} <= set(self.values):
            self.facts = facts_from(self.values, hours=self.values.get("hours"))
            for field, problem in problems_of(self.facts):
                self.add(field, problem)

    def add(self, code: str, problem: PortalError) -> None:
        """One more reason, under the column and with what was typed in it."""
        column = BY_CODE[code].header if code in BY_CODE else ""
        self.reasons.append(Reason(problem.message, problem.values, column, self.cells.get(code, "")))

    @contextmanager
    def refusing(self, code: str) -> Iterator[None]:
        """What is refused inside is a reason against the row."""
        try:
            yield
        except PortalError as error:
            self.add(code, error)

    def _read(self, row: ListedRow) -> None:
        for code, column in BY_CODE.items():
            typed = row.cells.get(code, "")
            if not typed:
                if column.is_needed and code not in row.unsolved:
                    self.add(code, BadInput(N_("This is missing.")))
                continue
            with self.refusing(code):
                if len(typed) > _MOST.get(code, 10_000):
                    raise BadInput(N_("This is longer than %(most)s characters."), most=number(_MOST[code]))
                self.values[code] = _READ.get(code, str)(typed)


def facts_from(
    values: Mapping[str, Any], *, hours: float | None, goal_id: int | None = None
) -> TrainingFacts:
    """The training that these values of the columns tell; title and first day are among them."""
    return TrainingFacts(
        title=values["title"],
        start_date=values["start_date"],
        end_date=values.get("end_date", values["start_date"]),
        came_back_on=values.get("return_date"),
        kind=values.get("kind", TrainingKind.COURSE),
        organiser=values.get("organiser", ""),
        place=values.get("place", ""),
        is_outside=values.get("where", True),
        is_online=values.get("online", False),
        hours=hours,
        order_number=values.get("order_number", ""),
        order_date=values.get("order_date"),
        costs={heading: values[heading] for heading in COST_HEADINGS if heading in values},
        budget_source=values.get("budget_source", ""),
        aims=values.get("aims", ""),
        goal_id=goal_id,
        step=values.get("step", "KM2"),
    )


def _day(text: str) -> date:
    try:
        day = read_date(text)
        if is_doubtful(text, day):
            raise BadInput(N_("Which year is meant? Write it as 2569 or 2026."))
        return day
    except AmbiguousYear as error:
        raise BadInput(N_("Which year is meant? Write it as 2569 or 2026.")) from error
    except UnreadableDate as error:
        raise BadInput(N_("This can't be read as a date.")) from error


def _kind(text: str) -> TrainingKind:
    kind = _KINDS.get(folded(text).replace("การ", "", 1) if folded(text).startswith("การ") else folded(text))
    if kind is None:
        raise BadInput(N_("Write one of อบรม สัมมนา ประชุมเชิงปฏิบัติการ ศึกษาดูงาน ศึกษาต่อ."))
    return kind


def _where(text: str) -> bool:
    plain = folded(text)
    if plain not in _OUTSIDE | _INSIDE:
        raise BadInput(N_("Write ภายนอก or ภายใน."))
    return plain in _OUTSIDE


def _online(text: str) -> bool:
    plain = folded(text)
    if plain not in _YES | _NO:
        raise BadInput(N_("Write ใช่ or ไม่ใช่."))
    return plain in _YES


def _step(text: str) -> str:
    plain = folded(text).upper()
    code = f"KM{plain}" if plain.isdigit() else plain
    if code not in STEPS:
        raise BadInput(N_("Write KM1 to KM7 or CM1 to CM6."))
    return code


def _goal(text: str) -> int:
    wanted = whole_number(text, most=99)
    if wanted is None:
        raise BadInput(N_("Write the number of the goal."))
    return wanted


# How what was typed in a column is read; each refuses what it can't read.
_READ: dict[str, Callable[[str], Any]] = {
    "start_date": _day,
    "end_date": _day,
    "return_date": _day,
    "order_date": _day,
    "kind": _kind,
    "where": _where,
    "online": _online,
    "hours": read_hours,
    "step": _step,
    "goal": _goal,
    **dict.fromkeys(COST_HEADINGS, read_baht),
}
