"""Restoring a backup: all of it or nothing.

The whole archive is proved first. Then files go into their folder under their random names, and the database changes in one
transaction: old tables away, the tables of the backup's revision, its rows, the migrations since, counts and
references checked. Only the commit makes it visible, so whatever fails before leaves the portal as it was.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Integer, MetaData, Table, bindparam, func, inspect, select, text
from sqlalchemy.exc import StatementError

from portal.backup.archive import Archive, BadBackup, Manifest, is_file_name
from portal.backup.rows import (
    ROWS_AT_ONCE,
    UnfitRow,
    late_columns,
    late_values,
    row_reader,
    tables_of,
)
from portal.backup.saving import FILE_TABLE, Progress
from portal.config import Settings
from portal.db import bound_engine, session
from portal.initialising import initialise
from portal.migrating import known_revisions, rebuilding_tables, upgrade_on
from portal.search.checking import check
from portal.search.embedded.index import Index
from portal.search.indexing import reindex
from portal.working import only_one

SPARE_BYTES = 64 * 1024 * 1024
# Whoever was signed in when the backup was made signs in again: a session ended since must not come back to life.
NOT_BROUGHT_BACK = ("sign_in", "one_time_link")

Thing = TypeVar("Thing")


class NotEmpty(BadBackup):
    """The portal holds something already; restoring would replace it."""


@dataclass(frozen=True)
class Restored:
    rows: int
    files: int
    items: int  # in the new index
    revision: str  # the backup's
    settings: dict[str, str]  # of the environment the backup was made in
    missing_files: tuple[str, ...]  # were missing already when the backup was made
    secret_key: str | None  # when the backup was made with it


def restore(
    settings: Settings, source: Path, *, replace: bool = False, progress: Progress | None = None
) -> Restored:
    """Bring database and files to what the backup holds and build the index anew.

    NotEmpty unless the portal is empty or `replace`; BadBackup when the file can't be trusted or used; OSError when the
    disk does not take it. The portal must not be running: BadBackup when its worker is.
    """
    progress = progress or (lambda _done, _all: None)
    with Archive(source) as archive, only_one(settings) as alone:
        if not alone:
            raise BadBackup("the portal is running; stop it before restoring")
        _can_be_used(archive)
        if not replace and not is_empty():
            raise NotEmpty("there is a portal here already; --replace puts the backup in its place")
        _has_room(settings, archive)
        _prove(archive, progress)
        with _Files(settings.files_dir) as files:
            files.unpack(archive)
            old_files = _file_names()
            rows = _replace_tables(settings, archive, files.put_in_place)
            files.keep()
        for name in old_files - {entry.name for entry in archive.files()}:
            (settings.files_dir / name).unlink(missing_ok=True)
        manifest, secret = archive.manifest, archive.secret_key()
    initialise(settings)
    session.remove()
    items = reindex(settings)
    if check(settings).all:
        raise BadBackup("everything is restored, but the search index differs: run `portal reindex`")
    return Restored(
        rows,
        manifest.files,
        items,
        manifest.revision,
        manifest.settings,
        tuple(manifest.missing_files),
        secret,
    )


def prove(source: Path, progress: Progress | None = None) -> Manifest:
    """Read the whole backup and compare it with its checksums, changing nothing; BadBackup at the first fault."""
    with Archive(source) as archive:
        _can_be_used(archive)
        _prove(archive, progress or (lambda _done, _all: None))
        return archive.manifest


def is_empty() -> bool:
    """Whether no table holds a row (or there are no tables yet)."""
    with bound_engine().connect() as connection:
        return not any(
            connection.scalar(select(func.count()).select_from(table)) for table in tables_of(connection)
        )


def _can_be_used(archive: Archive) -> None:
    if archive.manifest.revision not in known_revisions():
        raise BadBackup("this backup was made by a newer version of the portal; upgrade this one first")


def _has_room(settings: Settings, archive: Archive) -> None:
    """BadBackup before anything is written when the disk can't hold it: the database, its log and the files."""
    settings.files_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    needed = archive.size * 3 + SPARE_BYTES
    free = shutil.disk_usage(settings.files_dir).free
    if free < needed:
        raise BadBackup(f"the disk has {free // 2**20} MB left; restoring this needs {needed // 2**20} MB")


def _prove(archive: Archive, progress: Progress) -> None:
    for done in archive.verify():
        progress(done, archive.size)


def _file_names() -> set[str]:
    """The files the database knows of now, whatever its revision."""
    with bound_engine().connect() as connection:
        if not inspect(connection).has_table(FILE_TABLE):
            return set()
        names = connection.execute(text(f"SELECT name FROM {FILE_TABLE}")).scalars()  # noqa: S608 - a constant
        return {name for name in names if is_file_name(name)}


# ---- the database ----


def _replace_tables(settings: Settings, archive: Archive, before_commit: Callable[[], None]) -> int:
    """Put the backup's tables in the place of those that are there; answers how many rows. Commits at the very end."""
    session.remove()
    try:
        with rebuilding_tables(bound_engine()) as connection:
            _drop_all(connection)
            upgrade_on(connection, archive.manifest.revision)
            tables = tables_of(connection)
            if {table.name for table in tables} != archive.manifest.tables.keys():
                raise BadBackup("the backup's tables are not those of its revision")
            rows = _fill(connection, tables, archive)
            _forget_sessions(connection, tables)
            _references_hold(connection)
            upgrade_on(connection)
            before_commit()
            # From here to the new index, searches answer from the database; were the power cut now, the worker builds it.
            index = Index(settings.search_index_dir)
            if index.current is not None:
                index.report_broken(index.current)
    except UnfitRow as error:
        raise BadBackup(str(error)) from error
    except StatementError as error:
        if "full" in str(error.orig) or "No space" in str(error.orig):
            raise OSError(str(error.orig)) from error
        raise BadBackup(f"the backup's rows do not fit this database: {_first_line(error)}") from error
    return rows


def _drop_all(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def _fill(connection: Connection, tables: list[Table], archive: Archive) -> int:
    late = late_columns(tables)
    told = archive.manifest.tables
    total = 0
    for table in tables:
        read = row_reader(table, of_sqlite=connection.dialect.name == "sqlite")
        empty_at_first = dict.fromkeys(late.get(table.name, ()))
        number = 0
        for batch in _batches(archive.lines(table.name)):
            connection.execute(table.insert(), [{**read(line), **empty_at_first} for line in batch])
            number += len(batch)
        stored = connection.scalar(select(func.count()).select_from(table))
        if not number == stored == told[table.name].rows:
            raise BadBackup(
                f"the backup promises {told[table.name].rows} rows of {table.name} and holds {number}"
            )
        total += number
    for table in tables:
        if table.name in late:
            _fill_in_late(connection, table, late[table.name], archive)
        _go_on_counting(connection, table)
    return total


def _fill_in_late(connection: Connection, table: Table, columns: list[str], archive: Archive) -> None:
    """References within a table or around a circle, now that both ends are there."""
    read = row_reader(table, of_sqlite=connection.dialect.name == "sqlite")
    keys = [column.name for column in table.primary_key.columns]
    for name in columns:
        statement = table.update().values({name: bindparam("new_value")})
        for key in keys:
            statement = statement.where(table.c[key] == bindparam(f"key_{key}"))
        for batch in _batches(archive.lines(table.name)):
            rows = [row for row in map(read, batch) if late_values(row, [name])]
            if rows:
                connection.execute(
                    statement,
                    [{"new_value": row[name], **{f"key_{key}": row[key] for key in keys}} for row in rows],
                )


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL gives out numbers from a sequence, which knows nothing of rows that came with theirs."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    quoted = connection.dialect.identifier_preparer.format_table(table)
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": quoted, "column": keys[0].name}
    )
    highest = connection.scalar(select(func.max(keys[0])))
    if sequence is not None and highest is not None:
        connection.execute(select(func.setval(sequence, highest)))


def _forget_sessions(connection: Connection, tables: list[Table]) -> None:
    for table in tables:
        if table.name in NOT_BROUGHT_BACK:
            connection.execute(table.delete())


def _references_hold(connection: Connection) -> None:
    """SQLite was not watching; PostgreSQL was."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise BadBackup(
                f"a row of {broken[0]} in the backup refers to one of {broken[2]} that is not there"
            )


def _batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    rest = iter(things)
    while batch := list(islice(rest, ROWS_AT_ONCE)):
        yield batch


def _first_line(error: StatementError) -> str:
    # The driver's first line names table and constraint; the lines after it quote the row.
    return str(error.orig).splitlines()[0][:200]


# ---- the files ----


class _Files:
    """The backup's files: unpacked beside the others, moved into place just before the commit, away again if that fails."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._aside = folder / f".restoring-{secrets.token_hex(4)}"
        self._placed: list[Path] = []
        self._unpacked: list[str] = []

    def __enter__(self) -> "_Files":
        for left in self._folder.glob(".restoring-*"):  # by a restore that was killed; no other runs now
            shutil.rmtree(left, ignore_errors=True)
        self._aside.mkdir(parents=True, mode=0o700)
        return self

    def __exit__(self, *_: Any) -> None:
        for path in self._placed:
            path.unlink(missing_ok=True)
        shutil.rmtree(self._aside, ignore_errors=True)

    def unpack(self, archive: Archive) -> None:
        for entry in archive.files():
            path = self._aside / entry.name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with path.open("wb") as file:
                for chunk in archive.file(entry):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            self._unpacked.append(entry.name)

    def put_in_place(self) -> None:
        folders = {self._folder}
        for name in self._unpacked:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # The same name holds the same bytes; what differs there is damaged and is mended, which is no loss.
            if not path.exists():
                self._placed.append(path)
            (self._aside / name).replace(path)
            folders.add(path.parent)
        for folder in folders:
            handle = os.open(folder, os.O_RDONLY)
            with suppress(OSError):
                os.fsync(handle)
            os.close(handle)

    def keep(self) -> None:
        """The database is committed: the files belong to it."""
        self._placed.clear()
