"""Taking in a list of people: template, upload, preview, confirmation. Between the steps the list stays on the server."""

import io
from typing import Any

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.admin.answering import refusals_in
from portal.admin.blueprint import bp
from portal.admin.forms import ListForm
from portal.db import session
from portal.documents.columns import Listed
from portal.documents.sending import send_table
from portal.documents.sheets import XLSX, Sheet, read_table, write_sheets
from portal.drafts.keeping import discard, keep, kept
from portal.errors import NotHere
from portal.people.import_plan import ImportPlan, Outcome
from portal.people.importing import PreviewOutdated, carry_out, plan_import
from portal.people.list_columns import COLUMNS, EXAMPLE_USERNAME, TEMPLATE, read_people
from portal.people.models import Rank
from portal.templating import number
from portal.translating import N_, gettext, ngettext
from portal.web.editing import status_of
from portal.web.visibility import current_person

DRAFT = "import-people"
# What was refused of the list that was taken in last, so that it can still be mended.
REFUSED = "import-people-refused"
OUTCOMES = {
    Outcome.NEW: N_("New"),
    Outcome.CHANGE: N_("Changed"),
    Outcome.SAME: N_("As it is"),
    Outcome.REFUSED: N_("Refused"),
}
FIELDS = {
    "prefix": N_("Prefix"),
    "first_name": N_("First name"),
    "last_name": N_("Surname"),
    "username": N_("User name"),
    "email": N_("E-mail"),
    "phone": N_("Telephone"),
    "category": N_("Category"),
    "retirement_date": N_("Last day in office"),
    "position": N_("Position"),
}


@bp.route("/import", methods=["GET", "POST"])
def import_people() -> ResponseReturnValue:
    form = ListForm()
    if form.validate_on_submit():
        with refusals_in(form):
            upload = form.file.data
            listed = read_people(read_table(upload.read(), upload.filename or ""), upload.filename or "")
            keep(current_person(), DRAFT, {"packed": listed.packed()})
            session.commit()
            return redirect(url_for("admin.preview_import"))
    page = render_template(
        "admin/import_people.html",
        form=form,
        columns=TEMPLATE,
        waiting=kept(current_person(), DRAFT),
        refused=kept(current_person(), REFUSED),
    )
    return page, status_of(form)


@bp.get("/import/template.xlsx")
def import_template() -> ResponseReturnValue:
    """A workbook to fill in: the header, one example line, and a second sheet that explains the columns."""
    example = [EXAMPLE_USERNAME if column.code == "username" else column.example for column in TEMPLATE]
    data = write_sheets(
        [
            Sheet(gettext("People"), [column.header for column in TEMPLATE], [example]),
            Sheet(
                gettext("Explanation"),
                [gettext("Column"), gettext("Example"), gettext("What belongs there")],
                [
                    (column.header, column.example, gettext(column.explanation) if column.explanation else "")
                    for column in TEMPLATE
                ],
            ),
        ]
    )
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{gettext('List of people to take in')}.xlsx",
    )


def _waiting_list() -> Listed:
    draft = kept(current_person(), DRAFT)
    if draft is None or "packed" not in draft.fields:  # an older version kept it otherwise
        raise NotHere
    return Listed.unpacked(draft.fields["packed"])


@bp.get("/import/preview")
def preview_import(message: str = "") -> ResponseReturnValue:
    listed = _waiting_list()
    plan = plan_import(listed, g.organisation)
    only = request.args.get("only", "")
    page = render_template(
        "admin/preview_import.html",
        listed=listed,
        plan=plan,
        rows=[row for row in plan.rows if only in ("", row.outcome)],
        only=only,
        outcomes=OUTCOMES,
        fields=FIELDS,
        head=Rank.HEAD,
        message=message,
    )
    return page, 409 if message else 200


@bp.get("/import/refused.xlsx")
def download_refused() -> ResponseReturnValue:
    """The refused rows with their reasons, to be mended and sent again: of the list that waits, else of the last one."""
    if request.args.get("of") != "last" and kept(current_person(), DRAFT) is not None:
        listed = _waiting_list()
        header, rows = _refused_rows(listed, plan_import(listed, g.organisation))
    else:
        last = kept(current_person(), REFUSED)
        if last is None:
            raise NotHere
        header, rows = last.fields["header"], last.fields["rows"]
    return send_table(N_("Refused rows"), header, rows)


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


@bp.post("/import/confirm")
def confirm_import() -> ResponseReturnValue:
    listed = _waiting_list()
    # Planned anew inside the transaction that writes: what changed since the preview is noticed, nothing is half-done.
    plan = plan_import(listed, g.organisation)
    if plan.fingerprint != request.form.get("fingerprint", ""):
        session.rollback()
        return preview_import(message=gettext(PreviewOutdated.message))
    header, rows = _refused_rows(listed, plan)
    counts = carry_out(plan, g.organisation, by=current_person())
    discard(current_person(), DRAFT)
    discard(current_person(), REFUSED)
    if rows:
        keep(current_person(), REFUSED, {"header": header, "rows": rows})
    session.commit()
    done = counts[Outcome.NEW] + counts[Outcome.CHANGE]
    flash(
        ngettext("%(num)s row was taken in.", "%(num)s rows were taken in.", done, num=number(done)),
        "success",
    )
    if rows:
        return redirect(url_for("admin.import_people"))
    return redirect(url_for("admin.list_people", state="no_password" if counts[Outcome.NEW] else None))


@bp.post("/import/refused/discard")
def discard_refused() -> ResponseReturnValue:
    discard(current_person(), REFUSED)
    session.commit()
    return redirect(url_for("admin.import_people"))


@bp.post("/import/discard")
def discard_import() -> ResponseReturnValue:
    discard(current_person(), DRAFT)
    session.commit()
    flash(gettext("The list was put away. Nothing was changed."))
    return redirect(url_for("admin.import_people"))
