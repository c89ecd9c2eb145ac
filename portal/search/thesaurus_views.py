"""The thesaurus of the search, as the KM team keeps it: looked through, changed, tried out, saved in versions."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.documents.sheets import Table, read_table
from portal.drafts.keeping import discard
from portal.errors import PortalError
from portal.search.permissions import can_keep_thesaurus
from portal.search.previewing import MOST_ASKED, preview, queries_to_try
from portal.search.results import Asker
from portal.search.thesaurus import Group, Thesaurus, read, write
from portal.search.thesaurus_changes import (
    DRAFT,
    KINDS,
    Fault,
    change_group,
    differences,
    keep_pending,
    pending_of,
    read_lines,
)
from portal.search.thesaurus_forms import GroupForm, SaveForm, TableForm
from portal.search.thesaurus_versions import (
    SHIPPED_NUMBER,
    newest_number,
    save_version,
    stands_still,
    text_of,
    the_thesaurus,
    version,
    versions,
)
from portal.search.views import bp
from portal.templating import number as shown_number
from portal.thai.normalising import normalise
from portal.thai.sorting import sort_key
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, require

GROUPS_OF_A_PAGE: Final = 40
SHIPPED_NOTE: Final = N_("As it came with the portal")
MOST_FAULTS: Final = 50


@bp.context_processor
def _names() -> dict[str, object]:
    return {"kinds": {str(kind): name for kind, name in KINDS.items()}}


@bp.get("/search/synonyms")
def list_groups() -> ResponseReturnValue:
    require(can_keep_thesaurus(current_person()))
    pending = pending_of(current_person())
    sought = request.args.get("q", "")[:200].strip()
    groups = sorted(
        (group for group in pending.upon(the_thesaurus().groups) if _holds(group, normalise(sought))),
        key=lambda group: sort_key(group.canonical),
    )
    pages = max(1, -(-len(groups) // GROUPS_OF_A_PAGE))
    page = whole_number(request.args.get("page"), most=pages, at_most=True) or 1
    newest = newest_number()
    return render_template(
        "search/list_groups.html",
        groups=groups[(page - 1) * GROUPS_OF_A_PAGE : page * GROUPS_OF_A_PAGE],
        count=len(groups),
        sought=sought,
        page=page,
        pages=pages,
        pending=pending,
        newest=version(newest) if newest != SHIPPED_NUMBER else None,
    )


@bp.route("/search/synonyms/edit", methods=["GET", "POST"])
def edit_group() -> ResponseReturnValue:
    """Of the group in the address; without a name a new one. What is sent waits, with other changes, to be looked at."""
    person = current_person()
    require(can_keep_thesaurus(person))
    now = the_thesaurus().groups
    groups = {group.canonical: group for group in pending_of(person).upon(now)}
    name = request.args.get("name", "")
    group = groups.get(name)
    if group is None and name:
        flash(gettext("The group “%(name)s” is not there any more.", name=name))
        return redirect(url_for("search.list_groups"))
    form = GroupForm.opened(GroupForm.stored(group), saved_by=_last_saver) if group else GroupForm()
    if form.validate_on_submit() and form.judge(groups.keys() - {name}):
        change_group(person, now, name, form.written())
        session.commit()
        return redirect(url_for("search.preview_thesaurus"))
    return render_template("search/edit_group.html", form=form, name=name), status_of(form)


@bp.post("/search/synonyms/remove")
def remove_group() -> ResponseReturnValue:
    person = current_person()
    require(can_keep_thesaurus(person))
    name = request.form.get("name", "")
    now = the_thesaurus().groups
    if name not in {group.canonical for group in pending_of(person).upon(now)}:
        flash(gettext("The group “%(name)s” is not there any more.", name=name))
        return redirect(url_for("search.list_groups"))
    change_group(person, now, name, None)
    session.commit()
    return redirect(url_for("search.preview_thesaurus"))


@bp.route("/search/synonyms/table", methods=["GET", "POST"])
def replace_all() -> ResponseReturnValue:
    """Take in the whole as a table. Where a line is faulty nothing is taken, and the table comes back to be mended."""
    person = current_person()
    require(can_keep_thesaurus(person))
    form, faults = TableForm(), list[Fault]()
    if form.validate_on_submit():
        try:
            groups, faults = _read_sent(form)
            if not faults:
                keep_pending(person, differences(the_thesaurus().groups, groups))
                session.commit()
                return redirect(url_for("search.preview_thesaurus"))
        except PortalError as error:
            session.rollback()
            form.form_errors = [*form.form_errors, gettext(error.message, **error.values)]
    page = render_template(
        "search/replace_thesaurus.html",
        form=form,
        faults=faults[:MOST_FAULTS],
        more=len(faults) - MOST_FAULTS,
    )
    return page, 422 if faults else status_of(form)


@bp.get("/search/synonyms/preview")
def preview_thesaurus() -> ResponseReturnValue:
    require(can_keep_thesaurus(current_person()))
    return _preview(SaveForm(formdata=None))


@bp.post("/search/synonyms/preview")
def save_thesaurus() -> ResponseReturnValue:
    person = current_person()
    require(can_keep_thesaurus(person))
    stands_still(g.organisation.id)
    form, pending, newest = SaveForm(), pending_of(person), newest_number()
    is_overtaken = whole_number(form.seen.data, 0) != newest
    if not pending.changes or is_overtaken or not form.validate_on_submit():
        return _preview(form, is_overtaken=is_overtaken)
    now = read(text_of(newest)).groups
    saved = save_version(
        write(pending.upon(now)), by=person, note=form.note.data or "", restores=pending.restores
    )
    discard(person, DRAFT)
    session.commit()
    flash(
        gettext("Saved as version %(number)s. It holds from now on.", number=shown_number(saved.number)),
        "success",
    )
    return redirect(url_for("search.list_groups"))


@bp.post("/search/synonyms/discard")
def discard_changes() -> ResponseReturnValue:
    require(can_keep_thesaurus(current_person()))
    discard(current_person(), DRAFT)
    session.commit()
    flash(gettext("The changes were put away. Nothing was changed."))
    return redirect(url_for("search.list_groups"))


@bp.get("/search/synonyms/versions")
def list_versions() -> ResponseReturnValue:
    require(can_keep_thesaurus(current_person()))
    return render_template("search/list_versions.html", versions=versions(), shipped_note=SHIPPED_NOTE)


@bp.get("/search/synonyms/versions/<int:number>")
def show_version(number: int) -> ResponseReturnValue:
    """What a version changed beside the one before it, and its way back."""
    require(can_keep_thesaurus(current_person()))
    groups = read(text_of(number)).groups
    before: Sequence[Group] = read(text_of(number - 1)).groups if number != SHIPPED_NUMBER else groups
    return render_template(
        "search/show_version.html",
        number=number,
        version=version(number) if number != SHIPPED_NUMBER else None,
        shipped_note=SHIPPED_NOTE,
        count=len(groups),
        changes=differences(before, groups),
        is_newest=number == newest_number(),
    )


@bp.post("/search/synonyms/versions/<int:number>/restore")
def restore_version(number: int) -> ResponseReturnValue:
    """The way back is a change like any other: looked at first, then saved as a new version."""
    person = current_person()
    require(can_keep_thesaurus(person))
    changes = differences(the_thesaurus().groups, read(text_of(number)).groups)
    if not changes:
        flash(gettext("That version says the same as the one that holds."))
        return redirect(url_for("search.list_versions"))
    keep_pending(person, changes, restores=number)
    session.commit()
    return redirect(url_for("search.preview_thesaurus"))


@bp.get("/search/synonyms/versions/<int:number>.csv")
def download_version(number: int) -> ResponseReturnValue:
    """The whole as CSV; spreadsheets tell by its first sign that it is UTF-8."""
    require(can_keep_thesaurus(current_person()))
    answer = Response("\ufeff" + text_of(number), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"thesaurus-{number}.csv")
    return answer


def _preview(form: SaveForm, *, is_overtaken: bool = False) -> ResponseReturnValue:
    person = current_person()
    pending = pending_of(person)
    if not pending.changes:
        flash(gettext("There are no changes to look at."))
        return redirect(url_for("search.list_groups"))
    now = the_thesaurus()
    after = Thesaurus(pending.upon(now.groups))
    newest = newest_number()
    form.seen.data = str(newest)
    if not form.note.data and pending.restores is not None:
        form.note.data = gettext("Back to version %(number)s", number=shown_number(pending.restores))
    queries = queries_to_try(pending.changes.values())
    page = render_template(
        "search/preview_thesaurus.html",
        form=form,
        changes=pending.changes,
        overtaken=pending.overtaken(now.groups),
        saved_by=_last_saver(),
        is_overtaken=is_overtaken,
        effects=preview(queries, now, after, Asker.of(person)),
        tried=len(queries),
        most_asked=MOST_ASKED,
    )
    return page, 409 if is_overtaken else status_of(form)


def _read_sent(form: TableForm) -> tuple[list[Group], list[Fault]]:
    """The groups of the table that was sent; a file is put into the box, so that it can be mended there."""
    file = form.file.data
    if file is not None and file.filename:
        with file.stream as stream:
            table = read_table(stream.read(), file.filename)
        form.text.data = _as_text(table)
    else:
        table = read_table((form.text.data or "").encode("utf-8", "replace"))
    return read_lines(table)


def _as_text(table: Table) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(row.cells for row in table.rows)
    return out.getvalue()


def _holds(group: Group, sought: str) -> bool:
    return not sought or any(sought in normalise(name) for name in group.names)


def _last_saver() -> str:
    newest = newest_number()
    return version(newest).saved_by.name if newest != SHIPPED_NUMBER else ""
