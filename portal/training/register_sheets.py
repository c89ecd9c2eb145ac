"""The register, the figures and a person's record as sheets of a workbook, in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from portal.documents.sheets import Sheet
from portal.people.models import Person
from portal.templating import in_language, numerals
from portal.thai.dates import ENGLISH_MONTHS, MONTHS, bangkok_day, fiscal_year
from portal.thai.numerals import format_number
from portal.training.development import Development
from portal.training.figures import TARGET_PERSONS, TARGET_SHARE, Figures, InTime, UnitFigures
from portal.training.models import Duty
from portal.training.naming import COSTS, TRAINING_KINDS
from portal.training.register_lines import RegisterLine
from portal.training.register_states import STATE_NAMES, LineState
from portal.translating import N_, gettext, language


def _sheet(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Sheet:
    """Title and header are msgids."""
    return Sheet(gettext(title), [gettext(label) for label in header], rows)


def register_sheet(lines: Iterable[RegisterLine]) -> Sheet:
    header = (
        N_("Training"),
        N_("Kind of training"),
        N_("Organiser"),
        N_("Place"),
        N_("Participant"),
        N_("Position"),
        N_("Unit"),
        N_("Begins"),
        N_("Ends"),
        N_("Return"),
        N_("Fiscal year"),
        N_("Hours attended"),
        N_("State"),
        N_("Waits at"),
        *_DUTY_HEADERS,
    )
    return _sheet(N_("Register of trainings"), header, (_line(line) for line in lines))


_DUTY_HEADERS = (
    N_("Report due"),
    N_("Report handed in"),
    N_("Report in time or late"),
    N_("Record due"),
    N_("Recorded"),
    N_("Record in time or late"),
)


def _line(line: RegisterLine) -> Sequence[Any]:
    training = line.training
    return (
        training.title,
        gettext(TRAINING_KINDS[training.kind]),
        training.organiser,
        training.place,
        line.person.name,
        line.participation.position_title,
        in_language(line.unit, "name") if line.unit else "",
        training.start_date,
        training.end_date,
        training.return_date,
        fiscal_year(training.return_date),
        line.participation.hours,
        gettext(STATE_NAMES[line.state]),
        (line.waiting.level or gettext("KM team")) if line.waiting else "",
        *_duties(line.report_duties, line.report_in_time),
        *_duties(line.record_duties, line.record_in_time),
    )


def _duties(duties: Sequence[Duty], in_time: bool | None) -> Sequence[Any]:
    """The last due date, the last day on which it was done, and how it came out."""
    if not duties:
        return None, None, ""
    closed = [duty for duty in duties if duty.closed_at is not None]
    done = [bangkok_day(duty.closed_at) for duty in closed if duty.closed_at and duty.on_time is not None]
    if in_time is None:
        came_out = gettext("exempted") if len(closed) == len(duties) else ""
    else:
        came_out = gettext("in time") if in_time else gettext("late")
    return max(duty.due_on for duty in duties), max(done, default=None), came_out


def development_sheet(person: Person, record: Development) -> Sheet:
    header = (
        N_("Fiscal year"),
        N_("Training"),
        N_("Kind of training"),
        N_("Organiser"),
        N_("Place"),
        N_("Begins"),
        N_("Ends"),
        N_("Return"),
        N_("Position at that time"),
        N_("Hours attended"),
        *_DUTY_HEADERS,
    )
    rows = (
        (
            year.fiscal_year,
            line.training.title,
            gettext(TRAINING_KINDS[line.training.kind]),
            line.training.organiser,
            line.training.place,
            line.training.start_date,
            line.training.end_date,
            line.training.return_date,
            line.participation.position_title,
            line.participation.hours,
            *_duties(line.report_duties, line.report_in_time),
            *_duties(line.record_duties, line.record_in_time),
        )
        for year in record.years
        for line in year.lines
    )
    return Sheet(person.name, [gettext(label) for label in header], rows)


def figures_sheets(figures: Figures, overdue: Iterable[RegisterLine]) -> list[Sheet]:
    """The summary, by unit, by month, by kind, what it cost, and every line that is overdue."""
    return [
        _summary(figures),
        _sheet(N_("By unit"), _UNIT_HEADERS, (_unit(row) for row in figures.units)),
        _sheet(
            N_("By month"),
            (N_("Month of return"), *_IN_TIME_HEADERS),
            (
                (name_of_month(month), *_in_time(reports), *_in_time(records))
                for month, (reports, records) in figures.months.items()
            ),
        ),
        _sheet(
            N_("By kind"),
            (N_("Kind of training"), N_("Persons"), N_("Participations"), N_("Hours recorded")),
            (
                (gettext(TRAINING_KINDS[kind]), attended.persons, attended.times, attended.hours)
                for kind, attended in figures.kinds.items()
            ),
        ),
        _sheet(
            N_("Costs"),
            (N_("Cost heading"), N_("Baht")),
            (
                *((gettext(COSTS[heading]), in_baht(cost)) for heading, cost in figures.costs.items()),
                (gettext("All together"), in_baht(figures.whole.cost)),
            ),
        ),
        Sheet(
            gettext(STATE_NAMES[LineState.OVERDUE]),
            register_sheet(()).header,
            sorted((_line(line) for line in overdue), key=lambda cells: str(cells[6])),
        ),
    ]


def _summary(figures: Figures) -> Sheet:
    whole = figures.whole
    rows = (
        (gettext("Persons trained (each counted once)"), whole.attended.persons, TARGET_PERSONS),
        (gettext("Staff members"), len(whole.staff), None),
        (gettext("of them trained"), whole.trained_staff, None),
        (gettext("Share of the staff in per cent"), _rounded(whole.share), TARGET_SHARE),
        (gettext("Participations"), whole.attended.times, None),
        (gettext("Hours recorded"), whole.attended.hours, None),
        (gettext("Hours for each person trained"), _rounded(whole.attended.hours_each), None),
        (gettext("Participations without recorded hours"), whole.attended.unrecorded, None),
        (gettext("Cost in baht"), in_baht(whole.cost), None),
        (gettext("Reports in time in per cent"), _rounded(whole.reports.rate), None),
        (gettext("Records in time in per cent"), _rounded(whole.records.rate), None),
    )
    return _sheet(N_("Summary"), (N_("Figure"), N_("Result"), N_("Target at least")), rows)


_IN_TIME_HEADERS = (
    N_("Reports in time"),
    N_("Reports late"),
    N_("of them still overdue"),
    N_("Records in time"),
    N_("Records late"),
    N_("of them still overdue"),
)
_UNIT_HEADERS = (
    N_("Unit"),
    N_("Persons"),
    N_("Staff members"),
    N_("Share of the staff in per cent"),
    N_("Participations"),
    N_("Hours recorded"),
    N_("Cost in baht"),
    *_IN_TIME_HEADERS,
)


def _unit(row: UnitFigures) -> Sequence[Any]:
    return (
        name_of_row(row),
        row.attended.persons,
        len(row.staff),
        _rounded(row.share),
        row.attended.times,
        row.attended.hours,
        in_baht(row.cost),
        *_in_time(row.reports),
        *_in_time(row.records),
    )


def _in_time(figures: InTime) -> Sequence[int]:
    return figures.on_time, figures.late, figures.overdue


def name_of_row(row: UnitFigures) -> str:
    """The unit's name; of what stands directly in a unit that has others below it, that."""
    if row.unit is None:
        return gettext("Without a unit")
    name = in_language(row.unit, "name")
    return gettext("%(unit)s itself", unit=name) if row.directly else name


def name_of_month(month: int) -> str:
    return (ENGLISH_MONTHS if language() == "en" else MONTHS)[month - 1]


def in_baht(satang: float) -> float:
    return round(satang) / 100


def money(satang: float) -> str:
    """Baht with two decimals in the reader's numerals."""
    return format_number(in_baht(satang), numerals.get(), decimals=2)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
