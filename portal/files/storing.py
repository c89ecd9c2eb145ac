"""Keeping bytes: checked, drawn anew when they are a picture, kept once, safe on the disk before the database knows.

The order is what makes it safe: first the bytes are written under a name that nobody knows, then fsynced with their
folder, then the row is added in the caller's transaction. A full disk or a crash leaves a file without a row at worst,
which `remove_unreferenced` takes away; never a row without its file.
"""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from portal.config import Settings
from portal.db import Base, now, session, transaction
from portal.errors import BadInput, NotHere, TooLarge
from portal.files.models import StoredFile
from portal.files.naming import name_for, tidy_name
from portal.files.pictures import draw_anew
from portal.files.recognising import recognise
from portal.templating import number
from portal.translating import N_

# Files that nothing refers to are kept this long: an upload whose text is still being written, and a file whose
# transaction has not ended, must not be taken away.
GRACE = timedelta(days=2)
_CHUNK = 256 * 1024
_PARTIAL = ".part-"


class FileTooLarge(TooLarge):
    message = N_("“%(name)s” is larger than %(limit)s MB.")


class EmptyFile(BadInput):
    message = N_("“%(name)s” is empty.")


@dataclass(frozen=True)
class Received:
    """Bytes that arrived and may be kept: checked, drawn anew when they are a picture, and safe on the disk."""

    path: Path
    name: str  # as the sender called it, tidied, with the ending of what is kept
    media_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


@contextmanager
def receive(stream: IO[bytes], name: str, *, settings: Settings) -> Iterator[Received]:
    """Check what the stream holds and put it beside the kept files, without touching the database: drawing a photograph
    takes a second, in which nobody should wait for the database. What was not given to `keep` is gone afterwards.

    `name` says with its ending what the file claims to be. FileTooLarge, EmptyFile, WrongType and its children,
    PictureTooLarge for what can't be kept; OSError when the disk does not take it.
    """
    folder, name = settings.files_dir, tidy_name(name)
    _make_folder(folder)
    with _partial(folder) as incoming:
        _copy(stream, incoming, name, settings.max_upload)
        kind = recognise(incoming, name)
        if not kind.is_picture:
            yield _described(incoming, name, kind.media_type)
            return
        with _partial(folder) as drawing:
            drawn = draw_anew(incoming, drawing, name)
            yield _described(
                drawing, name_for(name, drawn.media_type), drawn.media_type, drawn.width, drawn.height
            )


def keep(received: Received, *, settings: Settings) -> StoredFile:
    """Give what was received its lasting place and row; flushed, not committed. The same bytes are the same row."""
    known = _known(received, settings)
    if known is not None:
        return known
    token = secrets.token_hex(17)
    name = f"{token[:2]}/{token[2:]}"
    place = settings.files_dir / name
    stored = StoredFile(
        sha256=received.sha256,
        name=name,
        media_type=received.media_type,
        size=received.size,
        width=received.width,
        height=received.height,
    )
    try:
        _move(received.path, place)
        with session.begin_nested():
            session.add(stored)
    except BaseException as error:
        if place.exists():
            place.replace(received.path)
        # Somebody else kept the very same bytes at the very same moment.
        known = _known(received, settings) if isinstance(error, IntegrityError) else None
        if known is None:
            raise
        return known
    return stored


def store(stream: IO[bytes], name: str, *, settings: Settings) -> StoredFile:
    """`receive` and `keep` in one, for whoever holds up nobody."""
    with receive(stream, name, settings=settings) as received:
        return keep(received, settings=settings)


def path_of(stored: StoredFile, settings: Settings) -> Path:
    """Where the bytes are. NotHere when the disk has lost them."""
    path = settings.files_dir / stored.name
    if not path.is_file():
        raise NotHere
    return path


def remove_unreferenced(settings: Settings, *, keep: Collection[int] = (), grace: timedelta = GRACE) -> int:
    """Take away files that nothing has referred to for the grace time; answers how many. For the worker.

    What refers to a file is found by the foreign keys of all tables; `keep` names ids that are referred to otherwise.
    """
    before = now() - grace
    with transaction() as own:
        gone = own.execute(
            delete(StoredFile)
            .where(
                StoredFile.stored_at < before, StoredFile.id.not_in(list(keep)), *_referred_to_by_nothing()
            )
            .returning(StoredFile.name)
        ).scalars()
        names = list(gone)
    for name in names:
        (settings.files_dir / name).unlink(missing_ok=True)
    return len(names) + _sweep(settings.files_dir, before)


def _referred_to_by_nothing() -> Iterator[ColumnElement[bool]]:
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table is StoredFile.__table__:
                yield ~select(key.parent).where(key.parent == StoredFile.id).exists()


def _sweep(folder: Path, before: datetime) -> int:
    """Take away old files that no row knows: what a crash or a transaction that was rolled back left behind."""
    old = [
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and _changed_at(path) < before
    ]
    removed = 0
    with transaction() as own:
        known = set(own.scalars(select(StoredFile.name)))
    for path in old:
        if path.relative_to(folder).as_posix() not in known and _is_ours(path, folder):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _changed_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return now()


def _is_ours(path: Path, folder: Path) -> bool:
    """Whether we made a file of this name; what somebody else put into the folder is not ours to remove."""
    if path.parent == folder:
        return path.name.startswith(_PARTIAL)
    return path.parent.parent == folder and len(path.parent.name) == 2 and len(path.name) == 32


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix":
            folder.chmod(0o700)  # the mode of mkdir is cut by the umask, never widened; parents are not ours


@contextmanager
def _partial(folder: Path) -> Iterator[Any]:
    """A new file in the folder that only its owner reads; gone again unless it was moved to its place."""
    with tempfile.NamedTemporaryFile(prefix=_PARTIAL, dir=folder, delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _copy(stream: IO[bytes], target: IO[bytes], name: str, most: int) -> None:
    size = 0
    while piece := stream.read(_CHUNK):
        size += len(piece)
        if size > most:
            raise FileTooLarge(name=name, limit=number(most // (1024 * 1024)))
        target.write(piece)
    if not size:
        raise EmptyFile(name=name)
    target.flush()


def _described(
    file: Any, name: str, media_type: str, width: int | None = None, height: int | None = None
) -> Received:
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_CHUNK):
        digest.update(piece)
        size += len(piece)
    return Received(Path(file.name), name, media_type, size, digest.hexdigest(), width, height)


def _known(received: Received, settings: Settings) -> StoredFile | None:
    """The row of the same bytes. Its moment is set to now, which holds it (and, on PostgreSQL, its row) against the worker
    that is about to remove it; a file that the disk has lost is put back."""
    known = session.scalars(
        update(StoredFile)
        .where(StoredFile.sha256 == received.sha256)
        .values(stored_at=now())
        .returning(StoredFile)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if known is not None and not (settings.files_dir / known.name).is_file():
        _move(received.path, settings.files_dir / known.name)
    return known


def _move(source: Path, target: Path) -> None:
    """Move a fsynced file to its place so that it is still there after a power cut."""
    if not target.parent.is_dir():
        target.parent.mkdir(exist_ok=True, mode=0o700)
        _fsync_folder(target.parent.parent)
    source.replace(target)
    _fsync_folder(target.parent)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
