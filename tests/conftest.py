"""A fresh portal per test: its own database, files and index in memory-backed folders, its mail and clock real."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from sqlalchemy import event
from xdist.remote import Producer

from portal import db, translating
from portal.app import create_app
from portal.config import Settings
from portal.people import passwords
from portal.people.models import Person
from tests.databases import Databases, asks_for_one
from tests.indexing import index_all
from tests.making import PASSWORD, make_admin, make_person
from tests.needs import NEEDS, find_chromium, mind_needs, untested
from tests.ordering import ByWorld, place_in_line
from tests.postgresql import CHOSEN, KIND, memory, prepare_server, remove_server
from tests.sparing import (
    TEMPLATES,
    rules_compiled_once,
    statements_compiled_once,
    stop_counting_what_stays,
)

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        prepare_server()
    if KIND not in ("sqlite", "postgresql"):
        raise pytest.UsageError(f"TEST_DATABASE is sqlite or postgresql, not {KIND}")
    if KIND == "postgresql" and NEEDS["postgresql"].find() is None:
        raise pytest.UsageError(NEEDS["postgresql"].missing)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        remove_server()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = {item for item in items if _has_no_case(item) or _is_about_another_database(item)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=place_in_line)
    for item in items:
        if item.get_closest_marker("shared") and not SEEDS.is_dir():
            item.add_marker(pytest.mark.skip(reason="the seeds are not beside this checkout"))


def pytest_collection_finish() -> None:
    stop_counting_what_stays()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByWorld | None:
    return ByWorld(config, log) if config.getoption("dist") == "loadfile" else None


def _is_about_another_database(item: pytest.Item) -> bool:
    """What only the other database does, and is run there; and on PostgreSQL what asks for no database at all, which the run
    on SQLite has tried already."""
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}.get(CHOSEN, "")
    if other and item.get_closest_marker(other) is not None:
        return True
    return KIND == "postgresql" and not asks_for_one(item)


def _has_no_case(item: pytest.Item) -> bool:
    """A test for each of a list that is still empty, as that of the releases, has nothing to skip."""
    return any(len(mark.args) > 1 and not mark.args[1] for mark in item.iter_markers("parametrize"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    mind_needs(item)


@pytest.fixture(autouse=True)
def refuse_unasked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for no database is left out of the run on PostgreSQL: here it is seen to that he opens none."""
    if not asks_for_one(request.node):
        monkeypatch.setattr(db, "create_engine", _refuse)


def _refuse(url: str, **_options: Any) -> None:
    pytest.fail(f"a test that asks for no database (fixture `databases`) opens {url.partition(':')[0]}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = untested(terminalreporter.stats.get("skipped", ()))
    if lines:
        terminalreporter.section("NOT EVERYTHING WAS TESTED", red=True, bold=True)
        for line in lines:
            terminalreporter.write_line(line, red=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The one browser of this process, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def worked_out_once() -> Iterator[None]:
    """Addresses and statements are the same for every test."""
    with rules_compiled_once(), statements_compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def strong_hasher() -> Iterator[PasswordHasher]:
    """What hashes passwords in use. It is slow on purpose; for the thousands who sign in here another one is not."""
    strong, quick = passwords._hasher, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        yield strong


@pytest.fixture(scope="session")
def workspace() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=memory()))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(workspace: Path) -> Databases:
    """Makes databases of either kind."""
    return Databases(workspace)


@pytest.fixture(scope="session")
def founded(workspace: Path, databases: Databases) -> Path:
    """The folder of a portal with an organisation, a writer, a reader and an admin, to be copied."""
    home = workspace / "founded"
    home.mkdir()
    engine = db.connect(databases.upgraded(home))
    make_person("สมพงษ์", username="writer")
    make_person("มาลี", username="reader")
    make_admin("ธิดา")
    db.session.remove()
    engine.dispose()  # the last connection takes the write-ahead log into the file
    return home


@pytest.fixture
def place(workspace: Path) -> Iterator[Path]:
    """A folder of this test's own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(dir=workspace))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database() -> str:
    """The kind of database under the portal; a module whose rules stand in SQL overrides it with BOTH_DATABASES."""
    return KIND


@pytest.fixture
def database_url(place: Path, databases: Databases, database: str) -> Iterator[str]:
    """A database with every table and no row."""
    url = databases.with_tables(place, database)
    yield url
    databases.drop(url)


@pytest.fixture
def settings(place: Path, database_url: str) -> Settings:
    return Settings.from_environment(
        {
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_FILES_DIR": str(place / "files"),
            "PORTAL_SEARCH_INDEX_DIR": str(place / "index"),
            "PORTAL_LOG_DIR": str(place / "logs"),
            "PORTAL_SECRET_KEY": "tests only",
        }
    )


@pytest.fixture
def settle(app: Flask, settings: Settings) -> Callable[[], None]:
    """What the worker would do in the meantime."""
    return lambda: index_all(settings)


class Browser(FlaskClient):
    """Asks from a thread of its own, as a web worker would be: the request has its own database session and context,
    and what the test did so far is committed before it, what it holds is read anew after it."""

    _threads = ThreadPoolExecutor(1)

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)
        kwargs.setdefault("headers", {})
        if isinstance(kwargs["headers"], dict):
            kwargs["headers"] = {"Sec-Fetch-Site": "same-origin", **kwargs["headers"]}
        if threading.current_thread() is not threading.main_thread():  # following a redirect
            return super().open(*args, **kwargs)
        db.session.commit()
        try:
            return self._threads.submit(super().open, *args, **kwargs).result()
        finally:
            db.session.expire_all()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, testing=True)
    engine = db.bound_engine()
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = TEMPLATES
    translating.speak("th")
    with app.app_context():
        yield app
    db.session.remove()
    engine.dispose()
    db.bound_engine().dispose()  # another one, where the test made one more app


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
