"""Importing documents into the store, so that importing again changes nothing.

Each document goes in under a savepoint of its own: a broken one is named and the rest goes in. Pages of Markdown get their
numbers first and their texts afterwards, so that links between them lead to where they are now. Nothing is committed
here; `checkpoint` is called whenever all that was begun is whole.
"""

import errno
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from flask import current_app
from sqlalchemy import select

from portal.config import Settings
from portal.db import session
from portal.errors import PortalError
from portal.files.recognising import ending_of
from portal.files.storing import receive
from portal.items import audience
from portal.items.attaching import attach, remove
from portal.items.fulfilling import set_fulfilments
from portal.items.models import Attachment, ImportedItem, Item, ItemState, Origin
from portal.items.publishing import publish as publish_asset
from portal.knowledge.front_matter import BadSource
from portal.knowledge.import_links import rewrite, target_of
from portal.knowledge.import_places import places_named_by, system_account
from portal.knowledge.import_sources import (
    MARKDOWN,
    RECORDS,
    TEXT,
    Found,
    NotAFile,
    Refusal,
    Source,
    find,
    read,
    read_records,
)
from portal.knowledge.models import KnowledgeAsset
from portal.knowledge.writing import grew_from, save, start
from portal.markup.finishing import anchor_of
from portal.people.models import Person, Unit
from portal.translating import N_, gettext

# What is wrong with the machine and not with a file: the import ends, instead of naming every file as broken.
_DISK_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE})

Progress = Callable[[int, int], None]


class UsedTwice(BadSource):
    message = N_("its external_id %(value)s is already that of %(other)s")


@dataclass
class ImportReport:
    """What became of the documents; `notes` are remarks on those that went in."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_paths(
    paths: Iterable[Path],
    *,
    publish: bool,
    as_person: Person | None,
    organisation: Unit,
    on_progress: Progress | None = None,
    checkpoint: Callable[[], None] | None = None,
    settings: Settings | None = None,
) -> ImportReport:
    """Import files and folders into the organisation's store.

    Without `publish` the documents become drafts of the importer: `as_person`, or the system's account when None.
    `on_progress` hears (bytes done, bytes in all). A document that is as it was imported before is left alone, one that
    changed gets a new revision.
    """
    found, refused = find(paths)
    job = _Import(
        organisation,
        publish=publish,
        importer=as_person or system_account(organisation),
        settings=settings or current_app.config["SETTINGS"],
    )
    job.report.refused += refused
    job.run(found, on_progress or (lambda _done, _total: None), checkpoint or (lambda: None))
    return job.report


@dataclass
class _Entry:
    """A document on its way in: its asset, and what its fields name."""

    source: Source
    asset: KnowledgeAsset
    imported: ImportedItem
    author: Person
    goal_id: int | None
    is_new: bool
    files: dict[Path, int] = field(default_factory=dict)  # attachments by the files they were made from


class _Import:
    def __init__(self, organisation: Unit, *, publish: bool, importer: Person, settings: Settings):
        self.organisation, self.publish, self.importer, self.settings = (
            organisation,
            publish,
            importer,
            settings,
        )
        self.report = ImportReport()
        self.pages: dict[Path, int] = {}  # ids of the assets by the files they come from
        self.named: dict[str, str] = {}  # external ids of this run, and whose they are
        self.origins: list[tuple[int, Source]] = []

    def run(self, found: list[Found], on_progress: Progress, checkpoint: Callable[[], None]) -> None:
        total, done = sum(one.size for one in found), 0
        pages: list[_Entry] = []
        for one in found:
            if ending_of(one.path.name) in RECORDS:
                continue
            self._one_file(one, pages)
            done += one.size
            on_progress(done, total)
        self._complete(pages)
        checkpoint()
        for one in found:
            if ending_of(one.path.name) not in RECORDS:
                continue
            sizes: list[int] = []
            try:
                for record in read_records(one, sizes.append):
                    if isinstance(record, Refusal):
                        self.report.refused.append(record)
                    else:
                        self._at_once(record)
                    checkpoint()
                    on_progress(done + sum(sizes), total)
            except OSError as error:
                self._refuse(one.name, 0, error)
            done += one.size
            on_progress(done, total)
        self._note_origins()
        checkpoint()

    def _one_file(self, found: Found, pages: list[_Entry]) -> None:
        try:
            source = read(found)
            if ending_of(found.path.name) in TEXT:
                self._at_once(source)
                return
            with session.begin_nested():
                entry = self._begin(source)
            if entry is not None:
                pages.append(entry)
        except (PortalError, OSError) as error:
            self._refuse(found.name, 0, error)

    def _at_once(self, source: Source) -> None:
        try:
            with session.begin_nested():
                entry = self._begin(source)
                if entry is not None:
                    self._write(entry, source.text)
                    self._keep_original(entry)
            self._count(entry)
        except (PortalError, OSError) as error:
            self._refuse(source.name, source.line, error)

    def _complete(self, pages: list[_Entry]) -> None:
        """Attach what the pages show, then save their texts with the addresses that all this has now."""
        whole: list[_Entry] = []
        for entry in pages:
            if self._or_undone(entry, self._attach_files):
                whole.append(entry)
        for entry in whole:
            if self._or_undone(entry, lambda entry: self._write(entry, self._with_addresses(entry))):
                self._count(entry)

    def _or_undone(self, entry: _Entry, act: Callable[[_Entry], None]) -> bool:
        try:
            with session.begin_nested():
                act(entry)
        except (PortalError, OSError) as error:
            self._refuse(entry.source.name, 0, error)
            self.pages.pop(entry.source.found.path.resolve(), None)
            if entry.is_new:
                with session.begin_nested():
                    for attachment in _attachments_of(entry.asset):
                        session.delete(attachment)
                    session.delete(entry.imported)
                    session.flush()
                    session.delete(entry.asset)
            return False
        return True

    def _begin(self, source: Source) -> _Entry | None:
        """Look at what the document names and find or start its asset; None when it is here as it is."""
        fields = source.fields
        name = f"{source.name}:{source.line}" if source.line else source.name
        if (other := self.named.setdefault(fields.external_id, name)) != name:
            raise UsedTwice(value=fields.external_id, other=other)
        author, unit_id, goal_id = places_named_by(fields, self.organisation, self.importer)
        imported = session.scalar(
            select(ImportedItem).where(
                ImportedItem.organisation_id == self.organisation.id,
                ImportedItem.external_id == fields.external_id,
            )
        )
        is_new = imported is None
        if imported is not None:
            asset = session.get_one(KnowledgeAsset, imported.item_id)
        else:
            owner = author if self.publish else self.importer
            asset = start(owner, self.organisation.id, unit_id)
            imported = ImportedItem(
                item_id=asset.id,
                organisation_id=self.organisation.id,
                external_id=fields.external_id,
                digest="",
            )
            session.add(imported)
        self._remember(source, asset)
        waits = self.publish and asset.state == ItemState.DRAFT
        if imported.digest == source.digest and not waits:
            self.report.unchanged += 1
            return None
        if waits:  # a draft of the importer becomes the work of the author it names
            asset.author_id = author.id
            session.flush()
            session.refresh(asset, ["author"])
        else:
            author = asset.author
        asset.unit_id = unit_id
        return _Entry(source, asset, imported, author, goal_id, is_new)

    def _remember(self, source: Source, asset: KnowledgeAsset) -> None:
        if not source.line:
            self.pages[source.found.path.resolve()] = asset.id
        if source.fields.origins:
            self.origins.append((asset.id, source))

    def _write(self, entry: _Entry, text: str) -> None:
        asset, fields = entry.asset, entry.source.fields
        save(
            asset,
            by=entry.author,
            title=fields.title,
            text=text,
            kind=fields.kind,
            knowledge=fields.knowledge,
            tags=fields.tags,
            note=gettext("Imported from %(name)s", name=entry.source.name)[:300],
        )
        set_fulfilments(asset, [(entry.goal_id, step) for step in fields.steps])
        audience.open_to(asset, audience.tokens_for(fields.audience, asset))
        entry.imported.digest = entry.source.digest
        if self.publish and asset.state == ItemState.DRAFT:  # what was retired stays so
            publish_asset(asset, by=self.importer, at=fields.published_at)

    def _attach_files(self, entry: _Entry) -> None:
        found = entry.source.found

        def note(address: str) -> None:
            target = target_of(address, found.path, found.root)
            if target is None or ending_of(target.name) in MARKDOWN | TEXT or target in entry.files:
                return
            entry.files[target] = self._attach(entry, target).id

        rewrite(entry.source.text, note)

    def _with_addresses(self, entry: _Entry) -> str:
        found = entry.source.found

        def now(address: str) -> str | None:
            target = target_of(address, found.path, found.root)
            if target is None:
                return None
            if target in entry.files:
                return f"/files/{entry.files[target]}"
            page = self.pages.get(target.resolve())
            if page is None:
                self.report.notes.append(f"{found.name}: {address}")
                return None
            fragment = address.partition("#")[2]
            return f"/knowledge/{page}" + (f"#s-{anchor_of(unquote(fragment))}" if fragment else "")

        return rewrite(entry.source.text, now)

    def _keep_original(self, entry: _Entry) -> None:
        path = entry.source.original
        if path is None:
            return
        original = self._attach(entry, path, is_original=True)
        for older in _attachments_of(entry.asset):
            if older.is_original and older.id != original.id:
                remove(older, by=self.importer)

    def _attach(self, entry: _Entry, path: Path, *, is_original: bool = False) -> Attachment:
        """The file as an attachment of the asset; the one it has already when the bytes are the same."""
        with path.open("rb") as stream, receive(stream, path.name, settings=self.settings) as received:
            for one in _attachments_of(entry.asset):
                if one.file.sha256 == received.sha256 and one.is_original == is_original:
                    return one
            return attach(
                received, by=entry.author, settings=self.settings, item=entry.asset, is_original=is_original
            )

    def _note_origins(self) -> None:
        """Tie what grew from other documents to them, now that all are here."""
        for item_id, source in self.origins:
            asset = session.get(KnowledgeAsset, item_id)
            had = set(session.scalars(select(Origin.from_item_id).where(Origin.item_id == item_id)))
            for external_id in source.fields.origins:
                from_item = session.scalar(
                    select(Item)
                    .join(ImportedItem, ImportedItem.item_id == Item.id)
                    .where(
                        ImportedItem.organisation_id == self.organisation.id,
                        ImportedItem.external_id == external_id,
                    )
                )
                if asset is None or from_item is None or from_item.id == item_id:
                    self.report.notes.append(f"{source.name}: origins: {external_id}")
                elif from_item.id not in had:
                    grew_from(asset, from_item)
        session.flush()

    def _count(self, entry: _Entry | None) -> None:
        if entry is None:
            return
        if entry.is_new:
            self.report.new += 1
        else:
            self.report.changed += 1
        self.report.notes += [f"{entry.source.name}: {name}" for name in entry.source.fields.ignored]

    def _refuse(self, name: str, line: int, error: PortalError | OSError) -> None:
        if isinstance(error, OSError):
            if error.errno in _DISK_TROUBLE:
                raise error
            error = NotAFile()
        self.report.refused.append(Refusal(name, line, error))


def _attachments_of(asset: KnowledgeAsset) -> list[Attachment]:
    wanted = select(Attachment).where(Attachment.item_id == asset.id, Attachment.removed_at.is_(None))
    return list(session.scalars(wanted.order_by(Attachment.id)))
