"""What a person began and has not finished: drafts of assets, and what he typed into a form and never sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from portal.db import session
from portal.drafts.keeping import unsent
from portal.drafts.models import Draft
from portal.items.models import Item, ItemState
from portal.items.permissions import can_edit
from portal.knowledge.drafting import NEW
from portal.people.models import Person
from portal.translating import N_

_OF_ITEM = re.compile(r"(knowledge|comment)-([0-9]{1,9})")

DRAFT = N_("Draft")
CHANGED_DRAFT = N_("Draft, with changes not saved yet")
NEW_TEXT = N_("New text, not saved yet")
CHANGES = N_("Changes not saved yet")
COMMENT = N_("Comment not sent yet")

DELETE = N_("The draft, its earlier versions and its files are gone for good then. Delete it?")
THROW_AWAY = N_("What you typed and did not send is gone for good then. Throw it away?")


@dataclass(frozen=True)
class Unfinished:
    """One line: what it is (a msgid), where one goes on, and how one gets rid of it."""

    title: str
    what: str
    url: str
    changed_at: datetime
    discard_url: str
    question: str


def unfinished_of(person: Person) -> list[Unfinished]:
    """All that the person left unfinished, last touched first. What he typed about an item is left out when the item is
    no longer open to him."""
    typed = {draft.form: draft for draft in unsent(person)}
    drafts = session.scalars(
        Item.visible_to(person).where(Item.author_id == person.id, Item.state == ItemState.DRAFT)
    ).all()
    lines = [_draft_line(item, typed.pop(f"knowledge-{item.id}", None)) for item in drafts]
    lines += [_new_line(draft) for form, draft in typed.items() if form.startswith(NEW)]
    lines += _lines_about_items(person, list(typed.values()))
    return sorted(lines, key=lambda line: line.changed_at, reverse=True)


def _draft_line(item: Item, typed: Draft | None) -> Unfinished:
    return Unfinished(
        title=item.title,
        what=CHANGED_DRAFT if typed else DRAFT,
        url=url_for("knowledge.edit_asset", asset_id=item.id, draft=1 if typed else None),
        changed_at=max(item.changed_at, typed.saved_at) if typed else item.changed_at,
        discard_url=url_for("knowledge.delete_asset", asset_id=item.id),
        question=DELETE,
    )


def _new_line(draft: Draft) -> Unfinished:
    url = url_for("knowledge.write_asset", draft=draft.form.removeprefix(NEW))
    return _typed_line(draft, draft.title, NEW_TEXT, url)


def _lines_about_items(person: Person, typed: Sequence[Draft]) -> list[Unfinished]:
    about = {draft: match for draft in typed if (match := _OF_ITEM.fullmatch(draft.form))}
    wanted = Item.visible_to(person).where(Item.id.in_({int(match[2]) for match in about.values()}))
    items = {item.id: item for item in session.scalars(wanted)} if about else {}
    lines = []
    for draft, match in about.items():
        item = items.get(int(match[2]))
        if item is not None and match[1] == "comment":
            url = url_for("items.show_item", item_id=item.id, draft=1, _anchor="comments")
            lines.append(_typed_line(draft, item.title, COMMENT, url))
        elif item is not None and can_edit(person, item):
            url = url_for("knowledge.edit_asset", asset_id=item.id, draft=1)
            lines.append(_typed_line(draft, item.title, CHANGES, url))
    return lines


def _typed_line(draft: Draft, title: str, what: str, url: str) -> Unfinished:
    return Unfinished(
        title=title,
        what=what,
        url=url,
        changed_at=draft.saved_at,
        discard_url=url_for("drafts.throw_away", form=draft.form),
        question=THROW_AWAY,
    )
