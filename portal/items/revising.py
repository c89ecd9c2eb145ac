"""Saving a text as a revision, with its clean HTML; and noticing that somebody else saved meanwhile."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import object_session

from portal.db import now, session
from portal.errors import Conflict
from portal.items.models import Item, Rendering, Revision
from portal.markup.rendering import RENDERER_VERSION, render
from portal.people.models import Person
from portal.thai.repair import repair
from portal.translating import N_


class SavedMeanwhile(Conflict):
    """Somebody else saved since the page was opened; nothing was overwritten. `theirs` is the newest revision."""

    message = N_("Somebody else saved this page while you were writing.")

    def __init__(self, theirs: Revision):
        super().__init__()
        self.theirs = theirs


def newest(item: Item) -> Revision | None:
    """The revision that is read now; None before the first save."""
    return session.scalar(
        select(Revision).where(Revision.item_id == item.id, Revision.number == item.revision_number)
    )


def revision_of(item: Item, number: int | None) -> Revision | None:
    """The item's revision of that number; None when there is none."""
    if number is None or not 0 < number <= item.revision_number:
        return None
    return session.scalar(select(Revision).where(Revision.item_id == item.id, Revision.number == number))


def save_revision(
    item: Item,
    *,
    by: Person,
    title: str,
    text: str,
    fields: dict[str, Any] | None = None,
    note: str = "",
    base: int | None = None,
) -> Revision:
    """Keep title and text as the item's next revision and render it.

    `base` is the number of the revision the writer began with; SavedMeanwhile when it is no longer the newest.
    None: whoever imports or founds, where nobody else can be writing. A save that changes nothing answers the newest.
    TooLong and the like come from the renderer; nothing is kept then.
    """
    title, text = " ".join(repair(title).split()), repair(text)  # a title is one line wherever it is printed
    current = newest(item)
    if base is not None and base != item.revision_number and current is not None:
        raise SavedMeanwhile(current)
    fields = fields or {}
    if current is not None and (current.title, current.text, current.fields) == (title, text, fields):
        return current
    rendered = render(text)
    # The number is moved on in the database and only from where we saw it: of two who save at the very same
    # moment one changes no row.
    moved = session.execute(
        update(Item)
        .where(Item.id == item.id, Item.revision_number == item.revision_number)
        .values(revision_number=item.revision_number + 1)
        .execution_options(synchronize_session=False, renewed=True)  # by the revision, below
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        session.refresh(item)
        theirs = newest(item)
        if theirs is None:
            raise Conflict
        raise SavedMeanwhile(theirs)
    session.refresh(item, ["revision_number"])
    revision = Revision(
        item_id=item.id,
        number=item.revision_number,
        author_id=by.id,
        title=title,
        text=text,
        fields=fields,
        note=note,
    )
    session.add(revision)
    session.flush()
    session.add(_rendering(revision, rendered))
    item.title, item.changed_at = title, now()
    return revision


def _rendering(revision: Revision, rendered: Any) -> Rendering:
    return Rendering(
        revision_id=revision.id,
        renderer_version=RENDERER_VERSION,
        html=rendered.html,
        headings=[[heading.level, heading.anchor, heading.text] for heading in rendered.headings],
    )


def newest_with_rendering(item: Item) -> tuple[Revision, Rendering] | tuple[None, None]:
    """The revision that is read now with its clean HTML; (None, None) before the first save.

    After an upgrade of the renderer the HTML is made anew for this page; `portal init` renews the stored ones.
    """
    own = object_session(item)
    if own is None:
        raise RuntimeError("an item outside any session has no revisions")
    row = own.execute(
        select(Revision, Rendering)
        .outerjoin(Rendering, Rendering.revision_id == Revision.id)
        .where(Revision.item_id == item.id, Revision.number == item.revision_number)
    ).one_or_none()
    if row is None:
        return None, None
    revision, stored = row
    if stored is not None and stored.renderer_version == RENDERER_VERSION:
        return revision, stored
    return revision, _rendering(revision, render(revision.text))


def renew_renderings() -> int:
    """Render anew what an older renderer made, newest revisions only; answers how many."""
    outdated = session.scalars(
        select(Revision)
        .join(Item, (Item.id == Revision.item_id) & (Item.revision_number == Revision.number))
        .outerjoin(Rendering, Rendering.revision_id == Revision.id)
        .where((Rendering.revision_id.is_(None)) | (Rendering.renderer_version != RENDERER_VERSION))
    ).all()
    for revision in outdated:
        session.merge(_rendering(revision, render(revision.text)))
    return len(outdated)
