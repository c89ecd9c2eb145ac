"""A fresh portal per test: its own database, files and index in memory-backed folders, its mail and clock real."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from portal import db, translating
from portal.app import create_app
from portal.config import Settings
from portal.models import metadata
from portal.people.models import Person
from tests.making import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("shared") and not SEEDS.is_dir():
            item.add_marker(pytest.mark.skip(reason="the seeds are not beside this checkout"))


@pytest.fixture(scope="session")
def workspace() -> Iterator[Path]:
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=memory if os.access(memory, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_database(workspace: Path) -> Path:
    """A database with every table and no row, copied for each test."""
    path = workspace / "empty.db"
    engine = db.connect(f"sqlite:///{path}")
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def place(workspace: Path) -> Iterator[Path]:
    """A folder of this test's own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(dir=workspace))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(place: Path, empty_database: Path) -> Settings:
    shutil.copy(empty_database, place / "portal.db")
    return Settings.from_environment(
        {
            "PORTAL_DATABASE_URL": f"sqlite:///{place / 'portal.db'}",
            "PORTAL_FILES_DIR": str(place / "files"),
            "PORTAL_SEARCH_INDEX_DIR": str(place / "index"),
            "PORTAL_LOG_DIR": str(place / "logs"),
            "PORTAL_SECRET_KEY": "tests only",
        }
    )


@pytest.fixture
def app(settings: Settings, workspace: Path) -> Iterator[Flask]:
    app = create_app(settings, testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    compiled = workspace / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    translating.speak("th")
    with app.app_context():
        yield app
    db.session.remove()
    db.bound_engine().dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def login_as(app: Flask) -> Callable[[Person], FlaskClient]:
    """A browser in which the person is signed in, through the sign-in page."""

    def sign_in(person: Person) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"account": person.username, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return sign_in


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], Any]:
    """`with count_queries() as statements:` collects the SQL that is sent meanwhile."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                statements.append(statement)

        engine = db.bound_engine()
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
