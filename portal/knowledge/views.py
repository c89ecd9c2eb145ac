"""Reading the knowledge store: the list, an asset, its history. Writing stands in writing_views."""

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from portal.db import session
from portal.documents.sending import send_table
from portal.errors import NotHere
from portal.items import audience
from portal.items.forms import CommentForm
from portal.items.models import Item, Revision
from portal.items.permissions import can_comment, can_edit
from portal.items.reading import family_of, revisions_of
from portal.items.revising import newest
from portal.items.talk import reactions_shown, rules_of_talk
from portal.items.titles import with_titles
from portal.items.views import begun_comment, page_of
from portal.knowledge.kinds import FORM_NAMES, KIND_NAMES, STORE_KINDS
from portal.knowledge.listing import ORDERS, AssetFilter, find, find_all, years_with_assets
from portal.knowledge.models import AssetKind, KnowledgeAsset
from portal.knowledge.page import AssetPage, open_page
from portal.knowledge.permissions import can_delete, can_publish, can_retire, can_write
from portal.markup.difference import compare
from portal.people.models import Person
from portal.people.organisation_tree import units_to_offer
from portal.people.signing_in import public
from portal.plan.models import Goal, Plan
from portal.plan.steps import STEPS
from portal.templating import in_language
from portal.translating import N_, gettext
from portal.web.forms import new_send_key
from portal.web.parts import part, place_of
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")


@bp.get("")
@public
def list_assets() -> ResponseReturnValue:
    wanted = AssetFilter.from_args(request.args)
    person = current_person()
    return render_template(
        "knowledge/list_assets.html",
        wanted=wanted,
        found=find(wanted, person),
        kinds=STORE_KINDS,
        orders=ORDERS,
        steps=STEPS,
        units=units_to_offer(g.organisation),
        years=sorted({*years_with_assets(person), wanted.fiscal_year} - {None}, reverse=True),
        goal=_goal(wanted.goal_id),
        can_write=can_write(person),
        can_combine=can_write(person) and wanted.kind == AssetKind.NUGGET,
    )


@bp.get("/list.xlsx")
def download_list() -> ResponseReturnValue:
    """The list as filtered, to take home."""
    rows = (
        (
            item.id,
            item.title,
            gettext(STORE_KINDS.get(item.kind, "")),
            in_language(item.unit, "name") if item.unit else "",
            item.author.name,
            item.published_at,
            ", ".join(row.step for row in item.fulfilments),
            ", ".join(in_language(row.goal) for row in item.fulfilments if row.goal),
        )
        for item in find_all(AssetFilter.from_args(request.args), current_person())
    )
    header = (
        N_("Number"),
        N_("Title"),
        N_("Kind"),
        N_("Unit"),
        N_("Author"),
        N_("Published"),
        N_("KM steps"),
        N_("Goals"),
    )
    return send_table(N_("Knowledge store"), header, rows)


@bp.get("/<int:asset_id>")
@bp.get("/<int:asset_id>/<slug>")
@public
def show_asset(asset_id: int, slug: str = "") -> ResponseReturnValue:
    if not 0 < asset_id < 2**31:
        raise NotHere
    person = current_person()
    page = open_page(asset_id, person)
    asset = page.asset
    if page.moved_to is not None:
        return redirect(page_of(get_visible(Item, page.moved_to, merged=True)), 301)
    current_app.extensions["readings"].note(
        asset, person, request.remote_addr or "", request.user_agent.string
    )
    sources, grown = family_of(asset, person) if page.has_family else ([], [])
    return render_template(
        "knowledge/show_asset.html",
        asset=asset,
        parts=_parts(page, person),
        sources=sources,
        grown=grown,
    )


def _parts(page: AssetPage, person: Person | None) -> dict[str, Markup]:
    """Heading, text and facts, which are the same for all who may do the same."""
    asset = page.asset
    rules = {
        "delete": can_delete(person, asset),
        "edit": can_edit(person, asset),
        "publish": can_publish(person, asset),
        "retire": can_retire(person, asset),
        "comment": can_comment(person, asset),
        "write": can_write(person),
    }
    filled = with_titles({post.id: post.html for post in page.comments}, person)
    key = {
        "asset_id": asset.id,
        "is_guest": person is None,
        "may": frozenset(name for name, allowed in rules.items() if allowed),
        **rules_of_talk(asset, page.comments, person, page.reactions),
        "titles": tuple(filled.items()),
    }

    def given() -> dict[str, Any]:
        return {
            "asset": asset,
            "revision": page.revision,
            "rendering": page.rendering,
            "files": page.files,
            "comments": page.comments,
            **reactions_shown(page.reactions),
            "filled": filled,
            "comment_form": CommentForm(meta={"csrf": False}, data={"text": place_of("typed")}),
            "kind_name": KIND_NAMES[AssetKind(asset.kind)],
            "form_name": FORM_NAMES[asset.knowledge],
            "steps": STEPS,
            "audience_choice": audience.choice_of(asset),
        }

    people, visits = current_app.extensions["readings"].shown(asset)
    return {
        "heading": part("knowledge/asset_heading.html", page.stamps, key, given),
        "text": part(
            "knowledge/asset_text.html",
            page.stamps,
            key,
            given,
            {"send_key": new_send_key(), "typed": begun_comment(asset)},
        ),
        "facts": part(
            "knowledge/asset_facts.html", page.stamps, {**key, "people": people, "visits": visits}, given
        ),
    }


@bp.get("/<int:asset_id>/history")
def show_history(asset_id: int) -> ResponseReturnValue:
    asset = get_visible(KnowledgeAsset, asset_id)
    revisions = session.scalars(revisions_of(asset, current_person()).order_by(Revision.number.desc())).all()
    return render_template("knowledge/show_history.html", asset=asset, revisions=revisions)


@bp.get("/<int:asset_id>/history/<int:number>")
def show_revision(asset_id: int, number: int) -> ResponseReturnValue:
    """What this revision changed against the one before it."""
    asset = get_visible(KnowledgeAsset, asset_id)
    wanted = revisions_of(asset, current_person())
    revision = session.scalar(wanted.where(Revision.number == number)) if number < 2**31 else None
    if revision is None:
        raise NotHere
    before = session.scalar(wanted.where(Revision.number == number - 1))
    return render_template(
        "knowledge/show_revision.html",
        asset=asset,
        revision=revision,
        before=before,
        changes=compare(before.text if before else "", revision.text),
    )


def _goal(goal_id: int | None) -> Goal | None:
    """The goal the list is narrowed to, for the sentence above it; the plan must be open to the person."""
    if goal_id is None:
        return None
    plans = Plan.visible_to(current_person()).with_only_columns(Plan.id)
    return session.scalar(select(Goal).where(Goal.id == goal_id, Goal.plan_id.in_(plans)))


@bp.get("/<int:asset_id>/text")
def download_text(asset_id: int) -> ResponseReturnValue:
    """The text as it was written, in Markdown, to be kept or used elsewhere."""
    asset = get_visible(KnowledgeAsset, asset_id)
    revision = newest(asset)
    require(revision is not None)
    return current_app.response_class(
        f"# {revision.title}\n\n{revision.text}\n" if revision else "",
        mimetype="text/markdown",
        headers={"Content-Disposition": f"attachment; filename=knowledge-{asset.id}.md"},
    )
