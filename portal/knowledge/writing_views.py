"""Writing into the knowledge store: start, edit, preview, publish, retire."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from portal.db import session
from portal.drafts.keeping import discard
from portal.errors import BadInput, PortalError
from portal.items import audience
from portal.items.fulfilling import MOST, propose
from portal.items.models import Item, ItemState
from portal.items.permissions import can_edit
from portal.items.publishing import publish, retire
from portal.items.revising import SavedMeanwhile, newest
from portal.knowledge.forms import AssetForm
from portal.knowledge.kinds import USUAL_STEP
from portal.knowledge.models import AssetKind, KnowledgeAsset
from portal.knowledge.permissions import can_publish, can_retire, can_write
from portal.knowledge.views import bp
from portal.knowledge.writing import grew_from, start, unit_of, write
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
    form.offer(goals_to_offer(person.organisation_id), has_unit=unit_id is not None)
    if request.method == "GET":
        _propose(form, KnowledgeAsset(organisation_id=person.organisation_id, unit_id=unit_id))
        _begin_from_source(form, request.args.get("from"))
    elif _is_preview() or not form.validate():
        return _form_page(form)
    else:
        try:
            asset = start(person, person.organisation_id, unit_id)
            if source_id := whole_number(form.origin.data):
                grew_from(asset, get_visible(Item, source_id))
            return _save(form, asset, draft_name="knowledge-new")
        except PortalError as error:
            return _refused(form, error)
    return _form_page(form)


@bp.route("/<int:asset_id>/edit", methods=["GET", "POST"])
def edit_asset(asset_id: int) -> ResponseReturnValue:
    person = current_person()
    asset = get_visible(
        KnowledgeAsset,
        asset_id,
        selectinload(Item.audience),
        selectinload(Item.fulfilments),
        selectinload(Item.tags),
    )
    require(can_edit(person, asset))
    form = AssetForm()
    if request.method == "GET":
        _one_line_each(form, asset)
    had = {row.goal_id for row in asset.fulfilments if row.goal_id}
    form.offer(goals_to_offer(asset.organisation_id, also=had), has_unit=asset.unit_id is not None)
    if request.method == "GET":
        _fill(form, asset)
    elif _is_preview() or not form.validate():
        return _form_page(form, asset)
    else:
        try:
            return _save(form, asset, draft_name=f"knowledge-{asset.id}")
        except SavedMeanwhile as conflict:
            theirs = conflict.theirs
            session.rollback()
            form.base_revision.data = theirs.number
            form.base_revision.raw_data = None
            page = render_template(
                "knowledge/resolve_conflict.html",
                form=form,
                asset=asset,
                theirs=theirs,
                changes=compare(theirs.text, form.text.data or ""),
            )
            return page, 409
        except PortalError as error:
            return _refused(form, error, asset)
    return _form_page(form, asset)


@bp.post("/<int:asset_id>/publish")
def publish_asset(asset_id: int) -> ResponseReturnValue:
    asset = get_visible(KnowledgeAsset, asset_id)
    require(can_publish(current_person(), asset))
    publish(asset, by=current_person())
    session.commit()
    flash(gettext("Published. Colleagues find it from now on."))
    return redirect(url_for("knowledge.show_asset", asset_id=asset.id))


@bp.post("/<int:asset_id>/retire")
def retire_asset(asset_id: int) -> ResponseReturnValue:
    asset = get_visible(KnowledgeAsset, asset_id)
    require(can_retire(current_person(), asset))
    retire(asset, by=current_person())
    session.commit()
    flash(gettext("Retired. It keeps its address, and the search no longer shows it."))
    return redirect(url_for("knowledge.show_asset", asset_id=asset.id))


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """The clean HTML of a text that is being written, for the editor's script."""
    require(can_write(current_person()))
    try:
        return jsonify(html=render(request.form.get("text", "")).html)
    except TooLong as error:
        return jsonify(error=gettext(error.message, **error.values)), 413


def _is_preview() -> bool:
    return request.form.get("action") == "preview"


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


def _form_page(
    form: AssetForm, asset: KnowledgeAsset | None = None, status: int = 200
) -> ResponseReturnValue:
    shown: dict[str, Any] = {"form": form, "asset": asset}
    if _is_preview():
        try:
            shown["preview"] = render(form.text.data or "").html
        except TooLong as error:
            form.form_errors = [gettext(error.message, **error.values)]
    if form.errors and status == 200:
        status = 422
    return render_template("knowledge/write_asset.html", **shown), status


def _propose(form: AssetForm, asset: KnowledgeAsset) -> None:
    proposal = propose(asset, USUAL_STEP[AssetKind(form.kind.data or AssetKind.MANUAL)])
    line = form.fulfilments[0].form
    line.step.data = proposal.step
    line.goal.data = str(proposal.goal_id or "")


def _begin_from_source(form: AssetForm, source: str | None) -> None:
    """Begin with the text of another item, which stays noted as its origin."""
    source_id = whole_number(source)
    if source_id is None:
        return
    item = get_visible(Item, source_id)
    revision = newest(item)
    form.origin.data = str(item.id)
    form.title.data = item.title
    form.text.data = revision.text if revision else ""


def _fill(form: AssetForm, asset: KnowledgeAsset) -> None:
    revision = newest(asset)
    form.title.data = asset.title
    form.text.data = revision.text if revision else ""
    form.kind.data, form.knowledge.data = asset.kind, str(asset.knowledge)
    form.tags.data = ", ".join(row.tag for row in asset.tags)
    form.audience.data = audience.choice_of(asset)
    form.base_revision.data = asset.revision_number
    for line, row in zip(form.fulfilments, asset.fulfilments, strict=False):
        line.form.step.data, line.form.goal.data = row.step, str(row.goal_id or "")


def _one_line_each(form: AssetForm, asset: KnowledgeAsset) -> None:
    """A line for every fulfilment there is, and a free one: what a form does not show it would take away."""
    while len(form.fulfilments) < min(len(asset.fulfilments) + 1, MOST):
        form.fulfilments.append_entry()
