"""What the page of an asset shows, whoever reads it: read once and remembered till the asset, a name or a goal changes."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import reading, session
from portal.errors import NotHere
from portal.items.models import (
    Attachment,
    Fulfilment,
    ItemRedirect,
    Origin,
    Post,
    Rendering,
    Revision,
)
from portal.items.permissions import can_see
from portal.items.reacting import Given, given_on
from portal.items.reading import comments_of, files_of
from portal.items.revising import newest_with_rendering
from portal.knowledge.models import KnowledgeAsset
from portal.people.models import Person
from portal.remembering import PEOPLE, PLAN, Remembered, stamps_of

WITH_ALL_IT_SHOWS: Final = (
    joinedload(KnowledgeAsset.author),
    joinedload(KnowledgeAsset.unit),
    selectinload(KnowledgeAsset.audience),
    selectinload(KnowledgeAsset.fulfilments).joinedload(Fulfilment.goal),
    selectinload(KnowledgeAsset.tags),
)


@dataclass(frozen=True)
class AssetPage:
    """Objects that belong to no session: what is here may be read, anything further is not loaded."""

    stamps: str | None  # under which what is made of this may be remembered, too
    asset: KnowledgeAsset
    revision: Revision | None
    rendering: Rendering | None
    files: list[Attachment]
    comments: list[Post]  # hidden ones too; the page shows those as stubs
    reactions: list[Given]
    has_family: bool
    moved_to: int | None  # the item it was merged into


def _weight(page: AssetPage) -> int:
    texts = [page.revision.text if page.revision else "", page.rendering.html if page.rendering else ""]
    return sum(map(len, texts)) + sum(len(post.text) + len(post.html) for post in page.comments) + 2_000


_PAGES: Final = Remembered[int, AssetPage](most=20_000_000, weigh=_weight)


def open_page(asset_id: int, person: Person | None) -> AssetPage:
    """The page of the asset if it is open to the person; NotHere when it is hidden or missing, without telling which.

    One that was merged is answered to everybody: it shows nothing but where it went.
    """
    stamps = stamps_of(session(), f"item:{asset_id}", PEOPLE, PLAN)
    page = _PAGES.under(stamps, asset_id, lambda: _read(asset_id, stamps))
    if page.moved_to is None and not can_see(person, page.asset):
        raise NotHere
    return page


def _read(asset_id: int, stamps: str | None) -> AssetPage:
    with reading() as own:
        asset = own.get(KnowledgeAsset, asset_id, options=WITH_ALL_IT_SHOWS)
        if asset is None:
            raise NotHere
        revision, rendering = newest_with_rendering(asset)
        moved = own.get(ItemRedirect, asset_id)
        family = exists().where((Origin.item_id == asset_id) | (Origin.from_item_id == asset_id))
        return AssetPage(
            stamps=stamps,
            asset=asset,
            revision=revision,
            rendering=rendering,
            files=list(own.scalars(files_of(asset))),
            comments=list(own.scalars(comments_of(asset))),
            reactions=given_on(own, asset_id),
            has_family=bool(own.scalar(select(family))),
            moved_to=moved.to_item_id if moved else None,
        )
