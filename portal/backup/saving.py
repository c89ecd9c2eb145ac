"""Writing a backup while the portal runs: one consistent view of the database, and the files it knows of."""

import hashlib
import os
import stat
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import IO

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, func, select

from portal.backup.archive import (
    CHUNK,
    FILES,
    MANIFEST,
    SECRET,
    BadBackup,
    FileEntry,
    Manifest,
    Member,
    is_file_name,
)
from portal.backup.rows import lines_of, tables_of
from portal.config import Raw, Settings
from portal.db import bound_engine, now
from portal.search.postgres.models import INDEX_TABLES

Progress = Callable[[int, int], None]

# Of the machine the backup was made on, or secret: not for another machine's eyes.
LEFT_OUT = frozenset(
    {"database_url", "files_dir", "search_index_dir", "log_dir", "secret_key", "secret_file", "mail_url"}
)
FILE_TABLE = "stored_file"
A_DAY = 24 * 3600


@dataclass(frozen=True)
class Saved:
    """What was kept: numbers of tables, rows and files, and the names of files that are not on the disk."""

    tables: int
    rows: int
    files: int
    size: int  # of the backup, bytes
    missing_files: tuple[str, ...]


def save(
    settings: Settings,
    target: Path,
    *,
    with_secret: bool = False,
    environ: dict[str, str] | None = None,
    progress: Progress | None = None,
) -> Saved:
    """Write the backup to `target`, replacing what stands there only when the new one is complete and on the disk.

    OSError when the disk does not take it, BadBackup when the database is empty; nothing is left behind then.
    `progress` is told (done, all) in rows and files.
    """
    target = target.absolute()
    with _beside(target) as (temporary, file):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            saved = _Saving(archive, settings, progress).everything(
                settings.secret_key if with_secret else None, environ or {}
            )
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
        temporary.replace(target)
    _sync_folder(target.parent)
    return Saved(saved.tables, saved.rows, saved.files, size, saved.missing_files)


class _Saving:
    def __init__(self, archive: zipfile.ZipFile, settings: Settings, progress: Progress | None):
        self._archive = archive
        self._settings = settings
        self._progress = progress or (lambda _done, _all: None)
        self._members: dict[str, Member] = {}
        self._done = self._all = 0

    def everything(self, secret: str | None, environ: dict[str, str]) -> Saved:
        with one_view(bound_engine()) as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            if revision is None:
                raise BadBackup("there is no portal in this database yet, so nothing to keep")
            tables = tables_of(connection)
            self._count(connection, tables)
            for table in tables:
                lines = iter(()) if table.name in INDEX_TABLES else lines_of(connection, table)
                self._write(f"tables/{table.name}.jsonl", lines, counted=True)
            entries, missing = self._files(connection, tables)
            dialect = connection.dialect.name
        self._write(FILES, (entry.as_line() for entry in entries))
        if secret is not None:
            self._write(SECRET, iter([secret.encode()]))
        manifest = Manifest(
            revision=revision,
            made_at=now().isoformat(timespec="seconds"),
            made_by=version("km-portal"),
            database=dialect,
            members=self._members,
            files=len(entries),
            files_size=sum(entry.size for entry in entries),
            missing_files=missing,
            settings=_public_settings(environ),
        )
        self._archive.writestr(MANIFEST, manifest.as_json())
        rows = sum(about.rows for about in manifest.tables.values())
        return Saved(len(tables), rows, len(entries), 0, tuple(missing))

    def _count(self, connection: Connection, tables: list[Table]) -> None:
        for table in tables:
            if table.name in INDEX_TABLES:
                continue
            rows = connection.scalar(select(func.count()).select_from(table)) or 0
            self._all += rows * (2 if table.name == FILE_TABLE else 1)

    def _write(self, name: str, pieces: Iterator[bytes], *, counted: bool = False) -> None:
        digest, size, number = hashlib.sha256(), 0, 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                size += len(piece)
                number += 1
                if counted:
                    self._step()
        self._members[name] = Member(size, digest.hexdigest(), number if counted else -1)

    def _files(self, connection: Connection, tables: list[Table]) -> tuple[list[FileEntry], list[str]]:
        """Copy the files the view knows of. Those that are gone from the disk are named, not passed over in silence."""
        entries: list[FileEntry] = []
        missing: list[str] = []
        table = next((one for one in tables if one.name == FILE_TABLE), None)
        if table is None:
            return entries, missing
        for name in connection.scalars(select(table.c.name).order_by(table.c.id)):
            try:
                if not is_file_name(name):
                    raise FileNotFoundError(name)
                with (self._settings.files_dir / name).open("rb") as source:
                    entries.append(self._copy(name, source))
            except FileNotFoundError:
                missing.append(name)
            self._step()
        return entries, missing

    def _copy(self, name: str, source: IO[bytes]) -> FileEntry:
        # Pictures, PDF and office files are compressed already.
        info = zipfile.ZipInfo(f"files/{name}", date_time=now().timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as member:
            while chunk := source.read(CHUNK):
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return FileEntry(name, size, digest.hexdigest())

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, self._all)


@contextmanager
def one_view(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile, and keeps no writer waiting."""
    options: dict[str, object] = (
        {"sqlite_begin": "DEFERRED"}
        if engine.dialect.name == "sqlite"
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.execution_options(**options).connect() as connection, connection.begin():
        yield connection


@contextmanager
def _beside(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file in the target's folder, readable by its owner only; gone again unless it was renamed."""
    prefix = f".{target.name[:100]}."
    _forget_halves(target.parent, prefix)
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), stat.S_IRUSR | stat.S_IWUSR)
            yield temporary, file
    finally:
        temporary.unlink(missing_ok=True)


def _forget_halves(folder: Path, prefix: str) -> None:
    """A backup that was killed could not take its half away; one that began today may still be running."""
    for half in folder.iterdir():
        if half.name.startswith(prefix) and half.suffix == ".part":
            with suppress(FileNotFoundError):
                if time.time() - half.stat().st_mtime > A_DAY:
                    half.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _public_settings(environ: dict[str, str]) -> dict[str, str]:
    names = (Raw.variable(field.name) for field in fields(Raw) if field.name not in LEFT_OUT)
    return {name: environ[name] for name in names if environ.get(name)}
