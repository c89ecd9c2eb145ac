"""Writing into the knowledge store: start, edit, preview, publish, retire."""

import hashlib
from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from portal.db import only_read_from_here, session
from portal.drafts.keeping import discard, keep, keep_sent, kept
from portal.drafts.sending import sent_once
from portal.errors import BadInput, PortalError
from portal.items import audience
from portal.items.attaching import markdown_of
from portal.items.attachment_views import take_in
from portal.items.discarding import delete_draft
from portal.items.mentioning import TooManyMentions, with_people_named
from portal.items.models import Item, ItemState, Revision
from portal.items.permissions import can_edit
from portal.items.publishing import retire
from portal.items.revising import SavedMeanwhile, revision_of
from portal.items.titles import with_titles
from portal.knowledge.beginning import typed_in_file
from portal.knowledge.drafting import begun, form_of, form_of_new, key_of_new
from portal.knowledge.filling import (
    fill_from_asset,
    fill_from_changes,
    fill_from_draft,
    fill_from_item,
    one_line_each,
    propose_fulfilment,
    propose_step,
    put_together,
)
from portal.knowledge.forms import AssetForm, BeginFromFileForm
from portal.knowledge.kinds import USUAL_STEP
from portal.knowledge.models import KnowledgeAsset
from portal.knowledge.permissions import can_delete, can_publish, can_retire, can_write
from portal.knowledge.views import bp
from portal.knowledge.writing import (
    SOMEWHERE,
    AuthorsUnasked,
    grew_from,
    publish_as_it_is,
    start,
    unit_of,
    write,
)
from portal.markup.difference import compare
from portal.markup.rendering import TooLong, render
from portal.plan.running import goals_to_offer
from portal.translating import gettext
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require


@bp.route("/new", methods=["GET", "POST"])
def write_asset() -> ResponseReturnValue:
    person = current_person()
    require(can_write(person))
    form = AssetForm()
    unit_id = unit_of(person)
    if request.method == "GET":
        propose_fulfilment(form, person)
        _begin(form)
    form.offer(goals_to_offer(person.organisation_id), has_unit=unit_id is not None)
    if request.method == "GET":
        is_fresh = not ("draft" in request.args or "from" in request.args)
        return _form_page(
            form,
            others=begun(person)[:3] if is_fresh else [],
            file_form=BeginFromFileForm() if is_fresh else None,
        )
    _follow_kind(form, is_draft=True)
    files = _files_sent()
    if not _take_pictures(form) or _is_preview() or not form.validate():
        return _form_page(form)
    try:
        sent = sent_once(person, request.path, [*request.form.items(multi=True), *files])
        if sent.led_to:
            return redirect(sent.led_to)
        asset = start(person, person.organisation_id, unit_id)
        sent.led_to = url_for("knowledge.show_asset", asset_id=asset.id)
        for source in _sources(form):
            grew_from(asset, source)
        return _save(form, asset, draft_name=form_of_new(key_of_new(form.draft.data)))
    except PortalError as error:
        return _refused(form, error)


@bp.post("/new/file")
def begin_from_file() -> ResponseReturnValue:
    """A file becomes the draft of a new text, and the form opens with it."""
    person = current_person()
    require(can_write(person))
    file = BeginFromFileForm().file.data
    if not file:
        flash(gettext("Choose a file first."), "error")
        return redirect(url_for("knowledge.write_asset"))
    try:
        with file.stream as stream:
            typed = typed_in_file(stream, file.filename, g.organisation)
    except BadInput as error:
        flash(gettext(error.message, **error.values), "error")
        return redirect(url_for("knowledge.write_asset"))
    key = key_of_new()
    keep(person, form_of_new(key), typed)
    session.commit()
    flash(gettext("The file is in the form. It is yours alone till you save or publish it."))
    return redirect(url_for("knowledge.write_asset", draft=key))


@bp.route("/<int:asset_id>/edit", methods=["GET", "POST"])
def edit_asset(asset_id: int) -> ResponseReturnValue:
    person = current_person()
    asset = get_visible(
        KnowledgeAsset,
        asset_id,
        selectinload(Item.audience),
        selectinload(Item.fulfilments),
        selectinload(Item.tags),
        locked=request.method == "POST",
    )
    require(can_edit(person, asset))
    form = AssetForm()
    if request.method == "GET":
        one_line_each(form, asset)
        fill_from_asset(form, asset)
        if "draft" in request.args and (draft := kept(person, form_of(asset.id))):
            fill_from_changes(form, draft)
    had = {row.goal_id for row in asset.fulfilments if row.goal_id}
    form.offer(
        goals_to_offer(asset.organisation_id, also=had),
        has_unit=asset.unit_id is not None,
        has_talk=audience.is_for_talk(asset),
    )
    if request.method == "GET":
        return _form_page(form, asset)
    _follow_kind(form, is_draft=asset.state == ItemState.DRAFT)
    if not _take_pictures(form) or _is_preview() or not form.validate():
        return _form_page(form, asset)
    try:
        return _save(form, asset, draft_name=form_of(asset.id))
    except SavedMeanwhile as conflict:
        session.rollback()
        return _conflict_page(form, asset, conflict.theirs), 409
    except PortalError as error:
        return _refused(form, error, asset)


@bp.post("/<int:asset_id>/publish")
def publish_asset(asset_id: int) -> ResponseReturnValue:
    asset = get_visible(KnowledgeAsset, asset_id, locked=True)
    require(can_publish(current_person(), asset))
    try:
        publish_as_it_is(asset, by=current_person())
    except AuthorsUnasked:
        # The form is where it is said that those who wrote the passages know.
        flash(gettext(SOMEWHERE), "warning")
        return redirect(url_for("knowledge.edit_asset", asset_id=asset.id, _anchor="authors_know"))
    session.commit()
    flash(gettext("Published. Colleagues find it from now on."))
    return redirect(url_for("knowledge.show_asset", asset_id=asset.id))


@bp.post("/<int:asset_id>/retire")
def retire_asset(asset_id: int) -> ResponseReturnValue:
    asset = get_visible(KnowledgeAsset, asset_id, locked=True)
    require(can_retire(current_person(), asset))
    retire(asset, by=current_person())
    session.commit()
    flash(gettext("Retired. It keeps its address, and the search no longer shows it."))
    return redirect(url_for("knowledge.show_asset", asset_id=asset.id))


@bp.post("/<int:asset_id>/delete")
def delete_asset(asset_id: int) -> ResponseReturnValue:
    """A draft goes for good, with what was typed into its form; what was published is only ever retired."""
    asset = get_visible(KnowledgeAsset, asset_id, locked=True)
    require(can_delete(current_person(), asset))
    delete_draft(asset, by=current_person())
    discard(current_person(), form_of(asset_id))
    session.commit()
    flash(gettext("The draft is deleted."))
    return redirect(url_for("home.first_page"))


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """The clean HTML of a text that is being written, for the editor's script."""
    require(can_write(current_person()))
    sent = request.get_json(silent=True)
    text = sent.get("text") if isinstance(sent, dict) else request.form.get("text")
    only_read_from_here()  # a long text takes seconds, in which others want to save theirs
    try:
        html = render(with_people_named(text, current_person()) if isinstance(text, str) else "").html
    except (TooLong, TooManyMentions) as error:
        return jsonify(error=gettext(error.message, **error.values)), error.status
    return jsonify(html=with_titles({0: html}, current_person()).get(0, html))


def _begin(form: AssetForm) -> None:
    """A new text begins with its own draft (`?draft=`), with the text of another item (`?from=`), or empty."""
    form.draft.data = key_of_new(request.args.get("draft"))
    if source_id := whole_number(request.args.get("from")):
        fill_from_item(form, get_visible(Item, source_id))
    if draft := kept(current_person(), form_of_new(form.draft.data)):
        fill_from_draft(form, draft)


def _sources(form: AssetForm) -> list[Item]:
    """What the new text began with, as its form, the address it was opened at or its draft says: each of them alone a browser
    could leave out, and who spoke there would not be asked."""
    draft = kept(current_person(), form_of_new(key_of_new(form.draft.data)))
    named = [form.origin.data, request.args.get("from"), draft.fields.get("origin") if draft else None]
    numbers = {number for one in named if isinstance(one, str) and (number := whole_number(one))}
    return [get_visible(Item, number, merged=True) for number in sorted(numbers)]


def _follow_kind(form: AssetForm, *, is_draft: bool) -> None:
    """A step that was only proposed follows the kind that was chosen. A draft saved without a step gets the usual one;
    what is published without one is refused, and the step is proposed when the form is shown again."""
    if form.chosen_fulfilments() or (is_draft and request.form.get("action") == "save"):
        propose_step(form)


def _take_pictures(form: AssetForm) -> bool:
    """Put the pictures chosen with the form at the end of its text; False, with the reason beside the field, when one
    can't be taken. They are kept at once, before the form is looked at: a browser does not choose them again."""
    chosen = [file for file in request.files.getlist(form.pictures.name) if file.filename]
    if not chosen:
        return True
    try:
        lines = [markdown_of(attachment) for attachment in take_in(chosen)]
    except PortalError as error:
        session.rollback()
        form.pictures.errors = [gettext(error.message, **error.values)]
        return False
    form.text.data = "\n\n".join([(form.text.data or "").rstrip(), *lines]).lstrip("\n")
    return True


def _is_preview() -> bool:
    return request.form.get("action") == "preview"


def _files_sent() -> list[tuple[str, str]]:
    """The field and the digest of each file of the form: phones call every photograph alike."""
    found = []
    for name, file in request.files.items(multi=True):
        found.append((name, hashlib.sha256(file.stream.read()).hexdigest()))
        file.stream.seek(0)
    return found


def _save(form: AssetForm, asset: KnowledgeAsset, *, draft_name: str) -> ResponseReturnValue:
    person = current_person()
    and_publish = request.form.get("action") == "publish"
    require(not and_publish or can_publish(person, asset))
    write(asset, form.written(), by=person, and_publish=and_publish)
    if and_publish:
        flash(gettext("Published. Colleagues find it from now on."))
    elif asset.state == ItemState.DRAFT:
        flash(gettext("Saved as a draft. Only you see it till you publish it."))
    else:
        flash(gettext("Saved."))
    discard(person, draft_name)
    session.commit()
    return redirect(url_for("knowledge.show_asset", asset_id=asset.id))


def _refused(form: AssetForm, error: PortalError, asset: KnowledgeAsset | None = None) -> ResponseReturnValue:
    """The form again, with everything typed, and the reason above it."""
    session.rollback()
    form.form_errors = [gettext(error.message, **error.values)]
    return _form_page(form, asset, status=error.status if isinstance(error, BadInput) else 422)


def _conflict_page(form: AssetForm, asset: KnowledgeAsset, theirs: Revision) -> str:
    """Both texts put together in the form, to be looked at and saved."""
    typed = form.text.data or ""
    overlaps = put_together(form, revision_of(asset, form.base_revision.data), theirs)
    _keep_typed(form, form_of(asset.id))
    return render_template(
        "knowledge/resolve_conflict.html",
        form=form,
        asset=asset,
        theirs=theirs,
        typed=typed,
        overlaps=overlaps,
        is_merged=form.text.data != typed,
        changes=compare(theirs.text, form.text.data or ""),
        draft_form=form_of(asset.id),
    )


def _keep_typed(form: AssetForm, draft_name: str) -> None:
    """Keep what was sent as the draft of the form, title and text as they stand in the form now."""
    now = {
        field.name: str(field.data or "")
        for field in (form.title, form.text, form.base_revision, form.origin)
    }
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in now]
    keep_sent(current_person(), draft_name, [*sent, *now.items()])
    session.commit()


def _form_page(
    form: AssetForm, asset: KnowledgeAsset | None = None, status: int = 200, **more: Any
) -> ResponseReturnValue:
    form.draft.data = key_of_new(form.draft.data)
    if asset is None and (source_id := whole_number(request.args.get("from"))):
        form.origin.data = str(source_id)  # also in what is kept of it, whatever was sent
    if asset is None or not form.chosen_fulfilments():
        propose_step(form)
    shown: dict[str, Any] = {
        "form": form,
        "asset": asset,
        "usual_steps": USUAL_STEP,
        "from_talk": bool(asset.origins if asset is not None else form.origin.data),
        **more,
        "draft_form": form_of(asset.id) if asset else form_of_new(form.draft.data),
    }
    if _is_preview():
        try:
            shown["preview"] = render(form.text.data or "").html
        except TooLong as error:
            form.form_errors = [gettext(error.message, **error.values)]
    if form.errors and status == 200:
        status = 422
    if (
        request.method == "POST"
    ):  # nothing was stored, and whoever leaves the page now finds what he typed again
        _keep_typed(form, shown["draft_form"])
    return render_template("knowledge/write_asset.html", **shown), status
