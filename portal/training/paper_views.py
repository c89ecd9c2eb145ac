"""Reports on paper: the memo of one, the booklet of a unit and a year."""

import threading

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from portal import templating
from portal.db import session
from portal.documents.memo import Memo
from portal.documents.pdf import booklet_pdf, memo_pdf
from portal.documents.word import DOCX, memo_docx
from portal.errors import BadInput, TooOften
from portal.files.papers import PDF, look, made, sent
from portal.items.models import Attachment, Item, Revision
from portal.items.reading import files_of
from portal.items.revising import newest
from portal.people.models import Rank, Unit
from portal.people.organisation_tree import units_to_offer
from portal.people.remembered import with_units_below
from portal.people.superiors import Establishment
from portal.plan.running import this_fiscal_year
from portal.thai.dates import fiscal_year_dates
from portal.thai.numerals import in_numerals
from portal.training.blueprint import bp
from portal.training.models import Training
from portal.training.papers import booklet_of, memo_of
from portal.training.permissions import can_see_opinions
from portal.training.report_models import ReportStage, TrainingReport
from portal.training.report_views import WITH_ALL_IT_SHOWS
from portal.training.reporting import parts_of
from portal.translating import N_, gettext
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible

# What takes some ten seconds and half a gigabyte; a larger organisation makes one of each unit.
MOST_IN_A_BOOKLET = 150
_one_booklet = threading.Lock()


class TooManyToBind(BadInput):
    message = N_("These are %(count)s reports, and a booklet holds at most %(most)s. Choose one unit.")


class BookletInTheMaking(TooOften):
    message = N_("Another booklet is being made at this moment. Please try again in a minute.")


@bp.get("/reports/<int:report_id>/memo.pdf")
def download_pdf(report_id: int) -> ResponseReturnValue:
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
    return sent(made(memo_pdf, _memo(report)), PDF, f"report-{report.id} {report.title}.pdf")


@bp.get("/reports/<int:report_id>/memo.docx")
def download_docx(report_id: int) -> ResponseReturnValue:
    report = get_visible(TrainingReport, report_id, *WITH_ALL_IT_SHOWS)
    return sent(made(memo_docx, _memo(report)), DOCX, f"report-{report.id} {report.title}.docx")


@bp.get("/booklet")
def choose_booklet() -> ResponseReturnValue:
    """Which reports are bound: those of a unit, with those below it, and a fiscal year; how many there are."""
    unit, year = _wanted()
    return render_template(
        "training/choose_booklet.html",
        units=units_to_offer(g.organisation),
        unit=unit,
        year=year,
        years=_years(),
        count=session.scalar(select(func.count()).select_from(_bound(unit, year).subquery())),
        most=MOST_IN_A_BOOKLET,
    )


@bp.get("/booklet.pdf")
def download_booklet() -> ResponseReturnValue:
    unit, year = _wanted()
    wanted = _bound(unit, year)
    count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if not count:
        flash(gettext("There is no endorsed report of this unit and year that is open to you."), "error")
        return redirect(url_for("training.choose_booklet", unit=unit.id if unit else None, year=year))
    if count > MOST_IN_A_BOOKLET:
        raise TooManyToBind(count=templating.number(count), most=templating.number(MOST_IN_A_BOOKLET))
    if not _one_booklet.acquire(blocking=False):
        raise BookletInTheMaking
    try:
        reports = session.scalars(
            wanted.options(*WITH_ALL_IT_SHOWS).order_by(Item.unit_id, TrainingReport.filed_at, Item.id)
        ).all()
        booklet = booklet_of(
            _memos(list(reports)),
            organisation=g.organisation,
            unit=unit,
            year=in_numerals(str(year), templating.numerals.get()),
        )
        pdf = booklet_pdf(booklet, look())
    finally:
        _one_booklet.release()
    return sent(pdf, PDF, f"booklet-{year} {booklet.title} {booklet.subtitle}.pdf")


def _wanted() -> tuple[Unit | None, int]:
    units = {unit.id: unit for unit in units_to_offer(g.organisation)}
    return units.get(whole_number(request.args.get("unit")) or 0), (
        whole_number(request.args.get("year"), 2400, 3000) or this_fiscal_year()
    )


def _bound(unit: Unit | None, year: int) -> Select[TrainingReport]:
    """The endorsed reports that are open to the reader, of trainings that ended in that fiscal year (Buddhist era)."""
    first, last = fiscal_year_dates(year)
    wanted = (
        TrainingReport.visible_to(current_person())
        .join(Training, Training.id == TrainingReport.training_id)
        .where(TrainingReport.stage == ReportStage.FILED, Training.return_date.between(first, last))
    )
    return wanted if unit is None else wanted.where(Item.unit_id.in_(with_units_below([unit.id])))


def _years() -> list[int]:
    """The last five fiscal years, newest first."""
    return [this_fiscal_year() - back for back in range(5)]


def _memo(report: TrainingReport) -> Memo:
    return memo_of(
        report,
        parts_of(newest(report)),
        session.scalars(files_of(report)).all(),
        organisation=g.organisation,
        highest=_highest(),
        numerals=templating.numerals.get(),
        with_opinions=can_see_opinions(current_person(), report),
    )


def _memos(reports: list[TrainingReport]) -> list[Memo]:
    """The memos of many reports, without what superiors wrote: a booklet is for everybody. Two queries for all."""
    ids = [report.id for report in reports]
    revisions = {
        revision.item_id: revision
        for revision in session.scalars(
            select(Revision)
            .join(Item, (Item.id == Revision.item_id) & (Item.revision_number == Revision.number))
            .where(Item.id.in_(ids))
        )
    }
    files: dict[int, list[Attachment]] = {}
    attached = select(Attachment).where(
        Attachment.item_id.in_(ids), Attachment.post_id.is_(None), Attachment.removed_at.is_(None)
    )
    for one in session.scalars(attached.order_by(Attachment.id).options(selectinload(Attachment.file))):
        files.setdefault(one.item_id or 0, []).append(one)
    highest = _highest()
    return [
        memo_of(
            report,
            parts_of(revisions.get(report.id)),
            files.get(report.id, ()),
            organisation=g.organisation,
            highest=highest,
            numerals=templating.numerals.get(),
            with_opinions=False,
        )
        for report in reports
    ]


def _highest() -> str:
    """The post to which reports are addressed; empty when the register has none."""
    establishment = Establishment.of(g.organisation.id)
    highest = establishment.highest(Rank.CHIEF_EXECUTIVE)
    return establishment.positions[highest].title if highest else ""
