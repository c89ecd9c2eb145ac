"""Databases of both kinds. Each is a copy of one that was made once, so that a test's own costs it little."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal import db
from portal.migrating import upgrade
from portal.models import metadata
from tests.postgresql import KIND, drop_database, new_database

NOTE = "database-url"


class Databases:
    """Makes databases: a file in the folder given, or one on the server, of which a note in the folder tells."""

    def __init__(self, workspace: Path):
        self._workspace = workspace

    def empty(self, folder: Path, kind: str = KIND) -> str:
        """The URL of one without a table."""
        return _note(new_database(), folder) if kind == "postgresql" else f"sqlite:///{folder / 'portal.db'}"

    def with_tables(self, folder: Path, kind: str = KIND) -> str:
        """The URL of one with every table and no row."""
        return self.copy(self._once(kind, "tables", metadata.create_all), folder)

    def upgraded(self, folder: Path, kind: str = KIND) -> str:
        """The URL of one as `portal init` finds it after its migrations."""
        return self.copy(self._once(kind, "upgraded", lambda _engine: upgrade()), folder)

    def copy(self, url: str, folder: Path) -> str:
        """The URL of a copy; nobody may be connected to what is copied."""
        if url.startswith("postgresql"):
            return _note(new_database(template=url), folder)
        shutil.copyfile(url.removeprefix("sqlite:///"), folder / "portal.db")
        return f"sqlite:///{folder / 'portal.db'}"

    def copy_portal(self, founded: Path, home: Path) -> None:
        """The files and the database of a portal that is not running, once more."""
        shutil.copytree(founded, home, dirs_exist_ok=True)
        self.copy(url_of(founded), home)

    def drop(self, url: str) -> None:
        """Take one away; that of SQLite goes with its folder."""
        if url.startswith("postgresql"):
            drop_database(url)

    def _once(self, kind: str, name: str, fill: Callable[[Engine], object]) -> str:
        """The URL of the one that is copied."""
        folder = self._workspace / f"{name}-{kind}"
        if folder.exists():
            return url_of(folder)
        folder.mkdir()
        url = self.empty(folder, kind)
        engine = db.connect(url)
        fill(engine)
        db.session.remove()
        engine.dispose()  # the last connection takes the write-ahead log into the file
        return url


def asks_for_one(item: pytest.Item) -> bool:
    """Whether the test asks, itself or through what it asks for, for a database. One that does not is the same whatever
    database a run is on, and can open none (`refuse_unasked` in tests/conftest.py)."""
    return (
        "databases" in getattr(item, "fixturenames", ()) or item.get_closest_marker("postgresql") is not None
    )


def url_of(home: Path) -> str:
    """The URL of the database of the portal whose everything lies below `home`."""
    note = home / NOTE
    return note.read_text() if note.exists() else f"sqlite:///{home / 'portal.db'}"


def _note(url: str, folder: Path) -> str:
    (folder / NOTE).write_text(url)
    return url
