"""Taking in a list of trainings: template, upload, preview, confirmation. Between the steps the list stays on the server."""

import io
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.documents.columns import ListColumn, Listed, pack, read_columns, unpack
from portal.documents.sending import send_table
from portal.documents.sheets import XLSX, Sheet, read_table, write_sheets
from portal.drafts.keeping import discard, keep, kept
from portal.errors import PortalError
from portal.templating import number
from portal.training.blueprint import bp
from portal.training.forms import TrainingListForm
from portal.training.import_columns import COLUMNS, EXAMPLE_PERSON
from portal.training.importing import (
    ImportOutdated,
    ImportPlan,
    NothingToTakeIn,
    Outcome,
    carry_out,
    plan_import,
)
from portal.training.permissions import can_enter_for_others
from portal.translating import N_, gettext, ngettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, require

DRAFT = "import-trainings"
# What was refused of the list that was taken in last, so that it can still be mended.
REFUSED = "import-trainings-refused"
ROWS_OF_A_PAGE = 200
OUTCOMES = {
    Outcome.NEW: (N_("Takes part"), "fine"),
    Outcome.CHANGE: (N_("Is in, record filled"), ""),
    Outcome.SAME: (N_("Is in already"), "plain"),
    Outcome.REFUSED: (N_("Refused"), "late"),
}


@bp.route("/import", methods=["GET", "POST"])
def import_trainings() -> ResponseReturnValue:
    person = current_person()
    require(can_enter_for_others(person))
    form = TrainingListForm()
    if form.validate_on_submit():
        try:
            name = form.file.data.filename or ""
            with form.file.data.stream as stream:
                listed = read_columns(read_table(stream.read(), name), COLUMNS, name)
            keep(person, DRAFT, {"list": listed.packed()})
            session.commit()
            return redirect(url_for("training.preview_import"))
        except PortalError as error:
            session.rollback()
            form.file.errors = [*form.file.errors, gettext(error.message, **error.values)]
    page = render_template(
        "training/import.html",
        form=form,
        columns=COLUMNS,
        waiting=kept(person, DRAFT),
        refused=kept(person, REFUSED),
    )
    return page, status_of(form)


@bp.get("/import/template.xlsx")
def import_template() -> ResponseReturnValue:
    """A workbook to fill in: the header, one example line, and a second sheet that explains the columns."""
    require(can_enter_for_others(current_person()))
    example = [EXAMPLE_PERSON if column.code == "person" else column.example for column in COLUMNS]
    data = write_sheets(
        [
            Sheet(gettext("Trainings"), [column.header for column in COLUMNS], [example]),
            Sheet(
                gettext("Explanation"),
                [gettext("Column"), gettext("Example"), gettext("What belongs there")],
                [(column.header, column.example, _explained(column)) for column in COLUMNS],
            ),
        ]
    )
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{gettext('List of trainings to take in')}.xlsx",
    )


@bp.get("/import/preview")
def preview_import(message: str = "") -> ResponseReturnValue:
    person = current_person()
    require(can_enter_for_others(person))
    listed = _waiting_list()
    plan = plan_import(listed, g.organisation, by=person)
    only = request.args.get("only", "")
    rows = [row for row in plan.rows if only in ("", row.outcome)]
    pages = max(1, -(-len(rows) // ROWS_OF_A_PAGE))
    page = whole_number(request.args.get("page"), most=pages, at_most=True) or 1
    html = render_template(
        "training/preview_import.html",
        listed=listed,
        plan=plan,
        counts=plan.counts,
        rows=rows[(page - 1) * ROWS_OF_A_PAGE : page * ROWS_OF_A_PAGE],
        page=page,
        pages=pages,
        only=only,
        outcomes=OUTCOMES,
        message=message,
    )
    return html, 409 if message else 200


@bp.post("/import/confirm")
def confirm_import() -> ResponseReturnValue:
    person = current_person()
    require(can_enter_for_others(person))
    listed = _waiting_list()
    # Planned anew inside the transaction that writes: what changed since the preview is noticed, nothing is half-done.
    plan = plan_import(listed, g.organisation, by=person)
    if plan.fingerprint != request.form.get("fingerprint", ""):
        session.rollback()
        return preview_import(message=gettext(ImportOutdated.message))
    header, rows = _refused_rows(listed, plan)
    try:
        counts = carry_out(plan, g.organisation, by=person)
    except NothingToTakeIn as error:
        session.rollback()
        return preview_import(message=gettext(error.message))
    discard(person, DRAFT)
    discard(person, REFUSED)
    if rows:
        keep(person, REFUSED, {"packed": pack([header, rows]), "count": len(rows)})
    session.commit()
    done = counts[Outcome.NEW] + counts[Outcome.CHANGE]
    flash(
        ngettext("%(num)s row was taken in.", "%(num)s rows were taken in.", done, num=number(done)),
        "success",
    )
    return redirect(url_for("training.import_trainings" if rows else "training.my_trainings"))


@bp.get("/import/refused.xlsx")
def download_refused() -> ResponseReturnValue:
    """The refused rows with their reasons, to be mended and sent again: of the list that waits, else of the last one."""
    person = current_person()
    require(can_enter_for_others(person))
    if request.args.get("of") != "last" and kept(person, DRAFT) is not None:
        listed = _waiting_list()
        header, rows = _refused_rows(listed, plan_import(listed, g.organisation, by=person))
    else:
        last = kept(person, REFUSED)
        if last is None:
            abort(redirect(url_for("training.import_trainings")))
        header, rows = unpack(last.fields["packed"])
    return send_table(N_("Refused rows"), header, rows)


@bp.post("/import/refused/discard")
def discard_refused() -> ResponseReturnValue:
    require(can_enter_for_others(current_person()))
    discard(current_person(), REFUSED)
    session.commit()
    return redirect(url_for("training.import_trainings"))


@bp.post("/import/discard")
def discard_import() -> ResponseReturnValue:
    require(can_enter_for_others(current_person()))
    discard(current_person(), DRAFT)
    session.commit()
    flash(gettext("The list was put away. Nothing was changed."))
    return redirect(url_for("training.import_trainings"))


def _explained(column: ListColumn) -> str:
    needed = gettext("Needed") if column.is_needed else ""
    return ". ".join(part for part in (needed, gettext(column.explanation)) if part)


def _waiting_list() -> Listed:
    draft = kept(current_person(), DRAFT)
    if draft is None:  # taken in already, or thrown away in another tab
        abort(redirect(url_for("training.import_trainings")))
    return Listed.unpacked(draft.fields["list"])


def _refused_rows(listed: Listed, plan: ImportPlan) -> tuple[list[str], list[list[Any]]]:
    """Header and rows: number in the file, every reason on a line of its own, and what was typed."""
    cells = {row.number: row.cells for row in listed.rows}
    used = [column for column in COLUMNS if any(column.code in row.cells for row in listed.rows)]
    header = [N_("Row in the file"), N_("Why it was refused"), *(column.header for column in used)]
    return header, [
        [
            row.number,
            "\n".join(str(reason) for reason in row.reasons),
            *(cells[row.number].get(column.code, "") for column in used),
        ]
        for row in plan.refused
    ]
