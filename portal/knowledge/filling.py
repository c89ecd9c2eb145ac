"""Filling the form of an asset before it is shown: with what the store holds, with another item, with a draft."""

from portal.drafts.models import Draft
from portal.items import audience
from portal.items.fulfilling import MOST, propose_goal
from portal.items.models import Item, Revision
from portal.items.revising import newest
from portal.knowledge.forms import AssetForm
from portal.knowledge.kinds import USUAL_STEP
from portal.knowledge.models import AssetKind, KnowledgeAsset
from portal.knowledge.writing import tidy_tags
from portal.markup.difference import Overlap, merge
from portal.people.models import Person
from portal.web.numbers import whole_number

# What a draft holds of these is not what the person typed.
NOT_TYPED = frozenset({"csrf_token", "base_revision", "draft", "proposed"})


def propose_fulfilment(form: AssetForm, author: Person) -> None:
    """Propose the step that the kind usually fulfils, and a goal where there is a reason to."""
    propose_step(form)
    form.fulfilments[0].form.goal.data = str(propose_goal(author) or "")


def propose_step(form: AssetForm) -> None:
    """Propose the step that the kind usually fulfils where the form names none, or where it names what was proposed for
    another kind and the writer left as it was."""
    line = form.fulfilments[0].form
    if not form.chosen_fulfilments() or (form.proposed.data and line.step.data == form.proposed.data):
        line.step.data = _usual_step(form)
    form.proposed.data = line.step.data if line.step.data == _usual_step(form) else ""


def _usual_step(form: AssetForm) -> str:
    kind = form.kind.data
    return USUAL_STEP[AssetKind(kind) if kind in set(AssetKind) else AssetKind.MANUAL]


def fill_from_item(form: AssetForm, item: Item) -> None:
    """Begin with the text of another item, which stays noted as its origin."""
    revision = newest(item)
    form.origin.data = str(item.id)
    form.title.data = item.title
    form.text.data = revision.text if revision else ""


def fill_from_draft(form: AssetForm, draft: Draft) -> None:
    """Go on with what was typed, as it was typed; what a draft holds that no field can take is left out."""
    form.proposed.data = ""
    while f"fulfilments-{len(form.fulfilments)}-step" in draft.fields and len(form.fulfilments) < MOST:
        form.fulfilments.append_entry()
    fields = {field.name: field for field in form}
    for line in form.fulfilments:
        fields.update({field.name: field for field in line.form})
    for name, kept in draft.fields.items():
        typed = kept[0] if isinstance(kept, list) and kept else kept
        if name in fields and name not in NOT_TYPED and isinstance(typed, str):
            fields[name].data = typed


def fill_from_changes(form: AssetForm, draft: Draft) -> None:
    """Go on with changes of an asset, which are still changes of the revision they were begun with."""
    fill_from_draft(form, draft)
    begun_with = draft.fields.get("base_revision")
    form.base_revision.data = whole_number(begun_with) or form.base_revision.data


def fill_from_asset(form: AssetForm, asset: KnowledgeAsset) -> None:
    """The asset as it is now."""
    revision = newest(asset)
    form.title.data = asset.title
    form.text.data = revision.text if revision else ""
    form.kind.data, form.knowledge.data = asset.kind, str(asset.knowledge)
    form.tags.data = ", ".join(row.tag for row in asset.tags)
    form.audience.data = audience.choice_of(asset)
    form.base_revision.data = asset.revision_number
    for line, row in zip(form.fulfilments, asset.fulfilments, strict=False):
        line.form.step.data, line.form.goal.data = row.step, str(row.goal_id or "")


def put_together(form: AssetForm, base: Revision | None, theirs: Revision) -> tuple[Overlap, ...]:
    """What was typed and what somebody else saved meanwhile, both begun from `base`, in one form that is sent as a change
    of theirs; answers what both wrote into the same lines and somebody must decide. Of title, kind and the like the one
    that was changed counts, the typed one when both were."""
    form.base_revision.data, form.base_revision.raw_data = theirs.number, None
    if base is None:
        return ()
    if form.title.data == base.title:
        form.title.data = theirs.title
    for field in (form.kind, form.knowledge):
        if field.data == base.fields.get(field.name):
            field.data = theirs.fields.get(field.name, field.data)
    if tidy_tags(form.chosen_tags()) == base.fields.get("tags"):
        form.tags.data = ", ".join(theirs.fields.get("tags", ()))
    merged = merge(base.text, form.text.data or "", theirs.text)
    form.text.data = merged.text
    return merged.overlaps


def one_line_each(form: AssetForm, asset: KnowledgeAsset) -> None:
    """A line for every fulfilment there is, and a free one: what a form does not show it would take away."""
    while len(form.fulfilments) < min(len(asset.fulfilments) + 1, MOST):
        form.fulfilments.append_entry()
