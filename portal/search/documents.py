"""What of an item the index holds.

Only what is published, only the newest revision, and only what everybody who may read the item may read: never
drafts, retired items, hidden posts, opinions of superiors or costs. Comments are left out altogether for now: an item
would be found for words that do not stand in it, and a comment that is hidden must vanish at once; they come in with
sections of their own that a result can point to.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Final

import structlog
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.items.models import Item, ItemAudience, ItemState, Revision
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
    """One item as the index sees it."""

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


def documents_of(session: Session, item_ids: Collection[int]) -> list[Document]:
    """The documents of those items that are published, by id, in seven queries whatever their number.

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
    texts: dict[int, str] = {item_id: text for item_id, text in session.execute(newest)}  # noqa: C416 - rows are no pairs
    called = _trainings(session, [item.id for item in items if isinstance(item, TrainingReport)])
    events = [item for item in items if isinstance(item, Event)]
    called |= {event.id: {event.place} for event in events if event.place}
    notes = _notes(session, [event.id for event in events])
    return [
        document_of(item, texts.get(item.id, ""), called.get(item.id, ()), notes.get(item.id, ()))
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


def keep_texts(session: Session, documents: Iterable[Document], gone: Collection[int] = ()) -> None:
    """Bring the kept texts of these documents up to date, and drop those of items that left the index.

    Writes nothing when nothing differs. The caller commits.
    """
    documents = list(documents)
    wanted = {
        (document.item_id, number): (document.revision_number, section, document.normal_line(number))
        for document in documents
        for number, section in enumerate(document.sections)
    }
    ids = {item_id for item_id, _ in wanted} | {document.item_id for document in documents} | set(gone)
    if not ids:
        return
    kept = {(row.item_id, row.number): row for row in session.scalars(_texts(ids))}
    for key, (revision, section, normal) in wanted.items():
        row = kept.pop(key, None)
        if row is None:
            item_id, number = key
            row = SearchText(item_id=item_id, number=number)
            session.add(row)
        row.revision_number = revision
        row.heading, row.anchor, row.text = section.heading, section.anchor, section.text
        row.normal = normal
    surplus = set(kept)
    for item_id in {item_id for item_id, _ in surplus}:
        numbers = [number for owner, number in surplus if owner == item_id]
        session.execute(
            delete(SearchText)
            .where(SearchText.item_id == item_id, SearchText.number.in_(numbers))
            .execution_options(synchronize_session=False)
        )


def _texts(ids: Collection[int]):  # type: ignore[no-untyped-def]
    return select(SearchText).where(SearchText.item_id.in_(ids))
