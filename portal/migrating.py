"""Bringing the database to the shape this version needs."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from portal.db import bound_engine
from portal.models import metadata
from portal.paths import MIGRATIONS

# A command says what it did in one line; how Alembic goes about it is for whoever asks.
logging.getLogger("alembic").setLevel(logging.WARNING)


class NotUpgraded(RuntimeError):
    """The database is not of this version; the message says what to do."""


def configuration() -> Config:
    """Alembic's configuration, made here: there is no ini file to find or to forget."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def current_revision() -> str | None:
    """The revision the database is at; None when it is empty."""
    with bound_engine().execution_options(sqlite_begin="DEFERRED").connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()


def demand_newest_revision() -> None:
    """NotUpgraded unless the database has the tables of this version."""
    revision = current_revision()
    if revision == newest_revision():
        return
    if revision is not None and revision not in known_revisions():
        raise NotUpgraded(f"the database is of a newer version of the portal (revision {revision})")
    raise NotUpgraded("the database has no tables yet, or those of an older version: run `portal init` first")


def known_revisions() -> set[str]:
    """Every revision this version can upgrade from."""
    return {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}


def upgrade(to: str = "head") -> bool:
    """Bring the database there, in one transaction; whether anything was to be done."""
    if to == "head" and current_revision() == newest_revision():
        return False
    with rebuilding_tables(bound_engine()) as connection:
        upgrade_on(connection, to)
    return True


def upgrade_on(connection: Connection, to: str = "head") -> None:
    """The same on a connection of `rebuilding_tables`, within the transaction it is in, which stays open."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def differences() -> list[str]:
    """What the models say and the database does not, or the other way round, a line each; empty when they agree."""
    with bound_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(one) for one in compare_metadata(context, metadata)]


@contextmanager
def rebuilding_tables(engine: Engine) -> Iterator[Connection]:
    """A connection for changing tables, in one transaction that is committed at the end and rolled back on any error.

    SQLite does not watch references on it (the PRAGMA works only outside a transaction): who uses it checks them.
    """
    with engine.connect() as connection:
        watch = _pragma(connection)
        watch("OFF")
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            watch("ON")


def _pragma(connection: Connection) -> Callable[[str], None]:
    raw = connection.connection.driver_connection

    def switch(state: str) -> None:
        if connection.dialect.name == "sqlite" and raw is not None:
            raw.execute(f"PRAGMA foreign_keys={state}")

    return switch
