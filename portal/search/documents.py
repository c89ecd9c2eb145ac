"""What of an item the index holds.

Only what is published, only the newest revision, and only what everybody who may read the item may read: never
drafts, retired items, hidden posts, opinions of superiors or costs. Each reply and comment is a document of its own under
its item (`post_id`), so that one more in a thread of a thousand costs what the first one did; the item is found once,
by its best passage, and a result points to the post that the passage stands in.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Final

import structlog
from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.communities.models import Community
from portal.communities.thread_models import Thread
from portal.items.models import Item, ItemAudience, ItemState, Post, Revision
from portal.markup.plain_text import sections
from portal.meetings.models import Event, EventNote, NotesRelease
from portal.people.audiences import PUBLIC
from portal.search.analysis import normal_line
from portal.search.models import SearchText
from portal.thai.clusters import snap
from portal.thai.dates import BANGKOK, fiscal_year
from portal.thai.repair import repair
from portal.training.models import Training
from portal.training.report_models import TrainingReport

HEADING_LENGTH: Final = 300
ANCHOR_LENGTH: Final = 300
PASSAGE: Final = 800  # characters
LONGEST_PASSAGE: Final = 1_200

log = structlog.get_logger()


@dataclass(frozen=True)
class Section:
    """A stretch of plain text under one heading, or a part of it where it is long; the first has none when the text begins
    without."""

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True)
class Document:
    """One item as the index sees it; or a post on it, which is found by its own words beside the item's title."""

    item_id: int
    type: str
    kind: str
    title: str
    sections: tuple[Section, ...]
    revision_number: int
    author_id: int
    unit_id: int | None
    steps: tuple[str, ...]
    goal_ids: tuple[int, ...]
    fiscal_year: int  # Buddhist era, of the day it was published in Bangkok
    published: int  # the same moment in seconds since 1970
    audience: tuple[str, ...] = field(default=())
    tags: tuple[str, ...] = ()  # the author's, and of a report what its training is called and who held it
    community_id: int | None = None  # whose talk it belongs to
    post_id: int = 0  # 0: the item's own text

    @property
    def passages(self) -> list[str]:
        """What is looked for in each passage, at least one: its heading and text; the tags belong to the first."""
        read = [f"{section.heading}\n{section.text}" for section in self.sections] or [""]
        return ["\n".join((read[0], *self.tags)), *read[1:]]

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """Facet → the values under which the item stands."""
        return {
            "kind": (self.kind,),
            "step": self.steps,
            "goal": tuple(map(str, self.goal_ids)),
            "unit": () if self.unit_id is None else (str(self.unit_id),),
            "year": (str(self.fiscal_year),),
            "author": (str(self.author_id),),
            "community": () if self.community_id is None else (str(self.community_id),),
        }

    def normal_line(self, number: int) -> str:
        """Title, heading and text of a passage as they are compared letter by letter."""
        section = self.sections[number]
        return normal_line(f"{self.title}\n{section.heading}\n{section.text}")

    @cached_property
    def digest(self) -> str:
        """A checksum over everything here: the same digest means that the index needs no change."""
        written = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:32]


def documents_of(session: Session, item_ids: Collection[int], *, with_texts: bool = True) -> list[Document]:
    """The documents of those items that are published, by id, in seven queries whatever their number; without what is said
    on them. `with_texts`: False leaves out what the items say, too.

    An id without a document (draft, retired, gone) has no place in the index.
    """
    if not item_ids:
        return []
    items = session.scalars(
        select(Item)
        .where(Item.id.in_(item_ids), Item.state == ItemState.PUBLISHED)
        .options(selectinload(Item.audience), selectinload(Item.fulfilments), selectinload(Item.tags))
        .order_by(Item.id)
    ).all()
    newest = (
        select(Revision.item_id, Revision.text)
        .join(Item, Item.id == Revision.item_id)
        .where(Item.id.in_(item_ids), Revision.number == Item.revision_number)
    )
    rows = session.execute(newest) if with_texts else ()
    texts: dict[int, str] = {item_id: text for item_id, text in rows}  # noqa: C416 - rows are no pairs
    called = _trainings(session, [item.id for item in items if isinstance(item, TrainingReport)])
    events = [item for item in items if isinstance(item, Event)]
    called |= {event.id: {event.place} for event in events if event.place}
    notes = _notes(session, [event.id for event in events]) if with_texts else {}
    talks = session.execute(
        select(Thread.id, Thread.community_id)
        .where(Thread.id.in_(item_ids))
        .union_all(
            select(Event.id, Community.id)
            .join(Community, Community.group_id == Event.group_id)
            .where(Event.id.in_(item_ids))
        )
    )
    communities: dict[int, int] = {item_id: community_id for item_id, community_id in talks}  # noqa: C416
    return [
        replace(
            document_of(item, texts.get(item.id, ""), called.get(item.id, ()), notes.get(item.id, ())),
            community_id=communities.get(item.id),
        )
        for item in items
    ]


def _notes(session: Session, event_ids: Collection[int]) -> dict[int, tuple[Section, ...]]:
    """What was noted at meetings, once it is open to all who see them, with the guest or colleague who said it."""
    if not event_ids:
        return {}
    rows = session.scalars(
        select(EventNote)
        .join(NotesRelease, NotesRelease.event_id == EventNote.event_id)
        .where(EventNote.event_id.in_(event_ids))
        .options(joinedload(EventNote.said_by))
        .order_by(EventNote.event_id, EventNote.number)
    )
    found: dict[int, tuple[Section, ...]] = {}
    for note in rows:
        parts = [section.text for section in sections_of(note.text)]
        said = "\n".join(filter(None, (*parts, note.said_by_whom)))
        anchor = f"note-{note.number}"
        found[note.event_id] = (
            *found.get(note.event_id, ()),
            *(Section("", anchor, part) for part in cut_into_passages(said)),
        )
    return found


def is_read_by_all() -> ColumnElement[bool]:
    """Of a post: who reads its item reads it, and so may find it."""
    return Post.hidden_at.is_(None)


def documents_of_posts(session: Session, post_ids: Collection[int]) -> list[Document]:
    """The documents of those posts that all readers of their published items may read; in eight queries whatever their
    number. The public reads no comments, and finds none."""
    if not post_ids:
        return []
    posts = session.execute(
        select(Post.id, Post.item_id, Post.text, Post.version)
        .where(Post.id.in_(post_ids), is_read_by_all())
        .order_by(Post.item_id, Post.id)
    ).all()
    items = {
        one.item_id: one for one in documents_of(session, {row.item_id for row in posts}, with_texts=False)
    }
    return [
        replace(
            item,
            post_id=row.id,
            sections=sections_of(row.text),
            revision_number=row.version,
            audience=tuple(token for token in item.audience if token != PUBLIC),
            tags=(),
        )
        for row in posts
        if (item := items.get(row.item_id)) is not None
    ]


def _trainings(session: Session, report_ids: Collection[int]) -> dict[int, Collection[str]]:
    """What a report is looked for by beside its own words. Its page names who held the training to all who read it; the
    training's title, where it was changed since, only to colleagues."""
    if not report_ids:
        return {}
    public = exists().where(ItemAudience.item_id == TrainingReport.id, ItemAudience.token == PUBLIC)
    rows = session.execute(
        select(TrainingReport.id, TrainingReport.title, Training.title, Training.organiser, public)
        .join(Training, Training.id == TrainingReport.training_id)
        .where(TrainingReport.id.in_(report_ids))
    )
    return {
        report_id: {name for name in (organiser, "" if is_public or title == own else title) if name}
        for report_id, own, title, organiser, is_public in rows
    }


def document_of(
    item: Item, text: str, also_called: Collection[str] = (), further: tuple[Section, ...] = ()
) -> Document:
    """The document of a published item whose newest revision says `text`; `also_called`: by what else it is looked for,
    `further`: what stands on its page beside the text."""
    if item.published_at is None:
        raise ValueError(f"item {item.id} is not published")
    return Document(
        item_id=item.id,
        type=item.type,
        kind=known_as(item.kind, item.type),
        title=item.title,
        sections=(*sections_of(text), *further),
        revision_number=item.revision_number,
        author_id=item.author_id,
        unit_id=item.unit_id,
        steps=tuple(sorted({row.step for row in item.fulfilments})),
        goal_ids=tuple(sorted({row.goal_id for row in item.fulfilments if row.goal_id is not None})),
        fiscal_year=fiscal_year(item.published_at.astimezone(BANGKOK).date()),
        published=int(item.published_at.timestamp()),
        audience=tuple(sorted(row.token for row in item.audience)),
        tags=tuple(sorted({*(row.tag for row in item.tags), *also_called})),
    )


def known_as(kind: str, type_: str) -> str:
    """What the kind facet knows an item as: the kind within its type, or the type where there is none."""
    return kind or type_


def sections_of(text: str) -> tuple[Section, ...]:
    """The plain text of a Markdown text by section, long sections in several passages, empty ones left out."""
    try:
        read = sections(text)
    except Exception as error:
        # One text that can't be taken apart must not keep all others from being indexed: it is found as it was typed.
        log.error("a text can't be divided into sections", reason=repr(error))
        return tuple(Section("", "", part) for part in cut_into_passages(repair(text).strip()))
    # Repaired once more: what was stored by an older version of the door is quoted readable, too.
    return tuple(
        Section(heading, section.anchor[:ANCHOR_LENGTH], part)
        for section in read
        for heading in [repair(section.heading)[:HEADING_LENGTH]]
        for part in cut_into_passages(repair(section.body).strip())
        if heading or part
    )


def cut_into_passages(text: str) -> list[str]:
    """The text in passages of some PASSAGE characters, at line ends where there are any; one for a short or empty text.

    A question is answered by a passage, not by a document: ranking passages of 800 characters was as good as ranking whole
    articles, and what is shown, compared and pointed to is short.
    """
    if len(text) <= LONGEST_PASSAGE:
        return [text]
    passages, start = [], 0
    while len(text) - start > LONGEST_PASSAGE:
        end = text.rfind("\n", start + PASSAGE // 2, start + LONGEST_PASSAGE)
        if end < 0:
            end = text.rfind(" ", start + PASSAGE // 2, start + LONGEST_PASSAGE)
        if end < 0:
            end = snap(text, start + PASSAGE, "left")
        end = end if end > start else start + LONGEST_PASSAGE
        passages.append(text[start:end].strip())
        start = end
    passages.append(text[start:].strip())
    return [passage for passage in passages if passage]


def keep_texts(
    session: Session, documents: Iterable[Document], items: Collection[int] = (), posts: Collection[int] = ()
) -> None:
    """Bring the kept texts of these documents up to date, and drop those of `items` (their own) and `posts` that left the
    index.

    Writes nothing when nothing differs. The caller commits.
    """
    documents = list(documents)
    wanted = {
        (document.item_id, document.post_id, number): (
            document.revision_number,
            section,
            document.normal_line(number),
        )
        for document in documents
        for number, section in enumerate(document.sections)
    }
    own = {document.item_id for document in documents if not document.post_id} | set(items)
    of_posts = {document.post_id for document in documents if document.post_id} | set(posts)
    kept = {
        (row.item_id, row.post_id, row.number): row
        for some in (
            (SearchText.post_id == 0, SearchText.item_id.in_(own)) if own else None,
            (SearchText.post_id.in_(of_posts),) if of_posts else None,
        )
        if some is not None
        for row in session.scalars(select(SearchText).where(*some))
    }
    for key, (revision, section, normal) in wanted.items():
        row = kept.pop(key, None)
        if row is None:
            item_id, post_id, number = key
            row = SearchText(item_id=item_id, post_id=post_id, number=number)
            session.add(row)
        row.revision_number = revision
        row.heading, row.anchor, row.text = section.heading, section.anchor, section.text
        row.normal = normal
    surplus = set(kept)
    for item_id, post_id in {key[:2] for key in surplus}:
        numbers = [number for *owner, number in surplus if owner == [item_id, post_id]]
        session.execute(
            delete(SearchText)
            .where(
                SearchText.item_id == item_id, SearchText.post_id == post_id, SearchText.number.in_(numbers)
            )
            .execution_options(synchronize_session=False)
        )


def drop_texts_of_gone_posts(session: Session, items: Collection[int]) -> None:
    """Of these items, drop what is kept of posts that stand there no more: hidden, moved away, or the item is not
    published. The caller commits."""
    there = (
        select(Post.id)
        .join(Item, Item.id == Post.item_id)
        .where(
            Post.id == SearchText.post_id,
            Post.item_id == SearchText.item_id,
            Item.state == ItemState.PUBLISHED,
            is_read_by_all(),
        )
    )
    session.execute(
        delete(SearchText)
        .where(SearchText.item_id.in_(items), SearchText.post_id != 0, ~there.exists())
        .execution_options(synchronize_session=False)
    )
