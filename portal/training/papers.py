"""A report as an official memo (บันทึกข้อความ), and the reports of a unit and a year as a booklet (document 001, section 17,
rule 3)."""

from collections.abc import Iterable
from datetime import date

from portal.documents.memo import Booklet, Memo, Opinion, Section
from portal.items.models import Attachment
from portal.people.models import Unit
from portal.thai.dates import bangkok_day, format_date
from portal.thai.numerals import Numerals, in_numerals
from portal.training.money import show_hours
from portal.training.naming import TRAINING_KINDS
from portal.training.report_models import PARTS, Endorsement, StepState, TrainingReport
from portal.training.reporting import PART_NAMES
from portal.translating import gettext, speaking


def memo_of(
    report: TrainingReport,
    parts: dict[str, str],
    files: Iterable[Attachment],
    *,
    organisation: Unit,
    highest: str,
    numerals: Numerals,
    with_opinions: bool,
) -> Memo:
    """The memo that the report is. What superiors wrote is in it only for those who may read that."""
    with speaking("th"):
        training = report.training
        people = [row.participation for row in report.coverage]
        unit = report.unit.name if report.unit else ""
        agency = " ".join(dict.fromkeys(part for part in (unit, organisation.name) if part))

        def day(value: date) -> str:
            return format_date(value, "long", "th", numerals)

        days = day(training.start_date)
        if training.end_date != training.start_date:
            days = gettext("%(first)s to %(last)s", first=days, last=day(training.end_date))
        subject = gettext("Report on the training “%(title)s”", title=report.title)
        order = training.order_number
        if order and training.order_date:
            order = gettext("%(number)s of %(day)s", number=order, day=day(training.order_date))
        facts = (
            (gettext("Kind"), gettext(TRAINING_KINDS[training.kind])),
            (gettext("Organiser"), training.organiser),
            (gettext("Place"), training.place),
            (gettext("Days of training"), days),
            (gettext("Hours"), show_hours(training.hours) if training.hours else ""),
            (gettext("Back on"), day(training.return_date) if not report.term else ""),
            (gettext("By order"), order),
            (
                gettext("Participants"),
                "\n".join(one.person.name for one in people) if len(people) > 1 else "",
            ),
        )
        opening = gettext(
            "%(names)s took part in the training “%(title)s” on %(days)s and now reports as follows.",
            names=_names(report),
            title=report.title,
            days=days,
        )
        if report.term:
            subject = gettext("Interim report on the further study “%(title)s”", title=report.title)
            opening = gettext(
                "%(names)s is studying “%(title)s” (%(days)s) and now reports for term %(term)s as follows.",
                names=_names(report),
                title=report.title,
                days=days,
                term=in_numerals(str(report.term), numerals),
            )
        return Memo(
            agency=agency,
            day=bangkok_day(report.submitted_at) if report.submitted_at else None,
            subject=subject,
            to=highest,
            opening=opening,
            facts=tuple((label, value) for label, value in facts if value),
            sections=tuple(Section(gettext(PART_NAMES[name]), parts[name]) for name in PARTS if parts[name]),
            attachments=tuple(one.name for one in files),
            closing=gettext("For your consideration."),
            signers=tuple((one.person.name, one.position_title) for one in people),
            opinions=tuple(_opinion(step) for step in _decided(report)) if with_opinions else (),
        )


def _names(report: TrainingReport) -> str:
    people = [row.participation for row in report.coverage]
    author = next((one for one in people if one.person_id == report.author_id), None)
    first = report.author.name + (
        " " + gettext("position %(post)s", post=author.position_title)
        if author and author.position_title
        else ""
    )
    if len(people) <= 1:
        return first
    return gettext("%(name)s and %(count)s others", name=first, count=len(people) - 1)


def _decided(report: TrainingReport) -> list[Endorsement]:
    """The endorsements of the round that counts; what was sent back before is not part of the paper."""
    return [
        step
        for step in report.endorsements
        if step.round == report.round and step.state in (StepState.ENDORSED, StepState.FILED)
    ]


def _opinion(step: Endorsement) -> Opinion:
    return Opinion(
        text=step.opinion or gettext("Endorsed"),
        name=step.person_name,
        position=step.position_title or step.own_title or gettext("KM team"),
        own_position=step.own_title if step.is_acting else "",
        acting=step.is_acting,
        day=bangkok_day(step.decided_at) if step.decided_at else None,
    )


def booklet_of(memos: Iterable[Memo], *, organisation: Unit, unit: Unit | None, year: str) -> Booklet:
    """The reports bound together, with cover and contents."""
    with speaking("th"):
        return Booklet(
            title=gettext("What we learned: reports of trainings"),
            subtitle=unit.name if unit else "",
            year=gettext("Fiscal year %(year)s", year=year),
            organisation=organisation.name,
            memos=tuple(memos),
        )
