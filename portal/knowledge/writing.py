"""Starting a knowledge asset and saving what is written into it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import session
from portal.errors import BadInput
from portal.items import audience
from portal.items.attaching import claim
from portal.items.fulfilling import set_fulfilments
from portal.items.models import TAG_LENGTH, TITLE_LENGTH, Item, ItemState, ItemTag, Origin, Revision
from portal.items.origins import narrower_sources
from portal.items.permissions import can_see
from portal.items.publishing import changed, publish
from portal.items.revising import save_revision
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.people.audiences import organisation_token
from portal.people.models import Person, Position, Posting
from portal.thai.clusters import clip, clip_characters
from portal.thai.dates import bangkok_today
from portal.translating import N_

MOST_TAGS = 12


class TitleMissing(BadInput):
    message = N_("Give it a title.")


def start(author: Person, organisation_id: int, unit_id: int | None) -> KnowledgeAsset:
    """A new draft that only its author sees, meant for the organisation till he says otherwise."""
    asset = KnowledgeAsset(
        organisation_id=organisation_id,
        unit_id=unit_id,
        author_id=author.id,
        title="",
        kind=AssetKind.MANUAL,
        open_to=[organisation_token(organisation_id)],
    )
    session.add(asset)
    session.flush()
    audience.apply(asset)
    return asset


def save(
    asset: KnowledgeAsset,
    *,
    by: Person,
    title: str,
    text: str,
    kind: AssetKind,
    knowledge: KnowledgeForm,
    tags: Iterable[str] = (),
    note: str = "",
    base_revision: int | None = None,
) -> Revision:
    """Keep what was written as a revision and tell the search when it is published.

    SavedMeanwhile when somebody saved since `base_revision`; TitleMissing, TooLong when it can't be kept.
    """
    if not title.strip():
        raise TitleMissing
    wanted = tidy_tags(tags)
    revision = save_revision(
        asset,
        by=by,
        title=title[:TITLE_LENGTH],
        text=text,
        fields={"kind": str(kind), "knowledge": str(knowledge), "tags": wanted},
        note=note,
        base=base_revision,
    )
    asset.kind, asset.knowledge = AssetKind(kind), KnowledgeForm(knowledge)
    had = {row.tag: row for row in asset.tags}
    asset.tags = [had.get(tag) or ItemTag(tag=tag) for tag in wanted]
    session.flush()
    changed(asset)
    return revision


@dataclass(frozen=True)
class Written:
    """What the form of an asset holds when it is sent."""

    title: str
    text: str
    kind: AssetKind
    knowledge: KnowledgeForm
    fulfilments: list[tuple[int | None, str]]
    readers: str  # one of items.audience.CHOICES
    tags: list[str]
    note: str
    base_revision: int | None
    authors_know: bool = False  # that what they said elsewhere is read by more people from now on


class AuthorsUnasked(BadInput):
    message = N_(
        "Some of it was said where fewer people read: in “%(title)s”. Tell or ask those who wrote it, then say so in the form."
    )


SOMEWHERE = N_("Some of it was said where fewer people read. Say below whether those who wrote it know.")


def mind_sources(asset: KnowledgeAsset, *, authors_know: bool, by: Person) -> None:
    """AuthorsUnasked where the asset would be read by more people than a talk that it was made of, unless its author says
    that those who spoke there know; that he said so is in the audit log."""
    narrow = narrower_sources(asset, asset.open_to)
    if narrow and not authors_know:
        named = next(
            (one for one in narrow if can_see(by, one)), None
        )  # no title of a talk that he does not read
        raise AuthorsUnasked(title=named.title) if named else AuthorsUnasked(SOMEWHERE)
    if narrow:
        record("item.widen", asset, by=by, sources=[one.id for one in narrow])


def publish_as_it_is(asset: KnowledgeAsset, *, by: Person) -> None:
    """Publish what was saved. AuthorsUnasked, and what `publish` raises."""
    mind_sources(asset, authors_know=False, by=by)
    publish(asset, by=by)


def write(asset: KnowledgeAsset, written: Written, *, by: Person, and_publish: bool = False) -> None:
    """Keep everything the form holds, and publish if it was the button for that.

    Raises what `save`, `set_fulfilments`, `tokens_for` and `publish` raise; the caller rolls back and shows the form.
    """
    save(
        asset,
        by=by,
        title=written.title,
        text=written.text,
        kind=written.kind,
        knowledge=written.knowledge,
        tags=written.tags,
        note=written.note,
        base_revision=written.base_revision,
    )
    set_fulfilments(asset, written.fulfilments)
    before = asset.open_to
    audience.open_to(asset, audience.tokens_for(written.readers, asset), by=by)
    claim(asset, written.text, by)
    if and_publish or (asset.state != ItemState.DRAFT and before != asset.open_to):
        mind_sources(asset, authors_know=written.authors_know, by=by)
    if and_publish:
        publish(asset, by=by)


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Tags without blanks and doubles, in the order given, each at most 60 letters and as long as its column takes."""
    tidy = (clip_characters(clip(" ".join(tag.split()), 60), TAG_LENGTH) for tag in tags)
    return list(dict.fromkeys(tag for tag in tidy if tag))[:MOST_TAGS]


def unit_of(person: Person) -> int | None:
    """The unit in which the person holds a position today, his own before one he acts for; None when he holds none."""
    today = bangkok_today()
    return session.scalar(
        select(Position.unit_id)
        .join(Posting, Posting.position_id == Position.id)
        .where(Posting.person_id == person.id, Posting.from_date <= today)
        .where((Posting.to_date.is_(None)) | (Posting.to_date >= today))
        .order_by(Posting.from_date.desc())
        .limit(1)
    )


def grew_from(asset: KnowledgeAsset, source: Item, excerpt: str = "") -> Origin:
    """Note that the asset was made from another item; the source must be one its author may see."""
    origin = Origin(item_id=asset.id, from_item_id=source.id, excerpt=excerpt)
    session.add(origin)
    return origin
