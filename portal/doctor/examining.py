"""The whole examination, in the order in which one fault explains the next."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from portal.config import Settings
from portal.db import bound_engine
from portal.doctor import database, service, settings, storage
from portal.doctor.finding import Finding, fail

Look = Callable[[], Iterator[Finding]]


def examine(configured: Settings, *, deep: bool = False) -> Iterator[Finding]:
    """Every finding, as soon as it is made. A look that fails is a finding itself and ends nothing.

    `deep` reads every stored file and the whole database; without it sizes and a quick check must do.
    """
    yield from _look("settings", lambda: settings.look(configured))
    yield from _look("folders", lambda: storage.folders(configured))
    try:
        connection = bound_engine().execution_options(sqlite_begin="DEFERRED").connect()
        connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        yield fail(
            "database",
            f"does not answer ({_reason(error)})",
            "see that it runs and that PORTAL_DATABASE_URL leads to it; nothing that lies in it was looked at",
        )
        return
    with connection:
        has_tables = False
        for finding in _look("database", lambda: database.answers(connection)):
            yield finding
            has_tables = finding.name == "database revision" and database.has_tables(connection)
        if has_tables:
            yield from _rest(connection, configured, deep=deep)


def _rest(connection: Connection, configured: Settings, *, deep: bool) -> Iterator[Finding]:
    yield from _look("database contents", lambda: database.contents(connection, deep=deep))
    yield from _look("organisation", lambda: settings.organisation(connection, configured))
    yield from _look("files", lambda: storage.files(connection, configured, deep=deep))
    yield from _look("worker", lambda: service.worker(connection, configured))
    yield from _look("search index", lambda: service.search_index(connection, configured))
    yield from _look("search self-check", lambda: service.search_check(connection))
    yield from _look("mail", lambda: service.mail(connection, configured))
    yield from _look("clock", lambda: service.clock(connection))


def _look(name: str, look: Look) -> Iterator[Finding]:
    try:
        yield from look()
    except (SQLAlchemyError, OSError, ValueError, RuntimeError) as error:
        yield fail(
            name,
            f"could not be looked at ({_reason(error)})",
            "mend what stands above first, then look again",
        )


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0][:200] if lines else type(cause).__name__
