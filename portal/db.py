"""The database: one session per request, one type for time, and what SQLite needs to be trusted with an office's work.

Nothing below a view commits. Text that is an enum is stored as its code with a CHECK.
"""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session, sessionmaker

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# What makes sending twice (a double click, a reload) one row: chosen by the form, once per page shown (portal/web/forms.py).
SEND_KEY_LENGTH = 40

# A writer waits this long for another before it is told that the database is busy.
BUSY_SECONDS = 10


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)

    # The subjects whose stamps are renewed when a row changes (portal/remembering.py); {0} is the row.
    renews: ClassVar[tuple[str, ...]] = ()


session = scoped_session(sessionmaker(expire_on_commit=False))


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, aware, in UTC on both databases; a naive datetime is refused, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without its time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CodeType(TypeDecorator[Any]):
    """A StrEnum stored as its code. The CHECK that holds the column to the codes is `codes_check`."""

    impl = String(40)
    cache_ok = True

    def __init__(self, codes: type[enum.StrEnum]):
        super().__init__()
        self.codes = codes

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.codes(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> enum.StrEnum | None:
        return None if value is None else self.codes(value)


def codes_check(column: str, codes: type[enum.StrEnum]) -> CheckConstraint:
    """The CHECK of an enum column: nothing but a known code is stored, whoever writes."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_code")


def by_bytes(length: int) -> String:
    """Text that sorts by code point on both databases, whatever language the server was set up in: sort keys and paths."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def connect(url: str) -> Engine:
    """Open the database and make it the one `session` works on.

    On SQLite a transaction takes the write lock at its start (BEGIN IMMEDIATE), so that two writers queue instead
    of failing half-way; `reading()` and the web's GETs begin DEFERRED and never wait for a writer.
    """
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        if path not in ("", ":memory:"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
        event.listen(engine, "connect", _prepare_postgresql)
    session.remove()
    session.configure(bind=engine)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is in _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    connection.autocommit = True  # what is set within a transaction goes with it when it is given up
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


@lru_cache(maxsize=4)
def _reading_engine(engine: Engine) -> Engine:
    """The same engine, on the same connections, whose transactions begin without the write lock."""
    return engine.execution_options(sqlite_begin="DEFERRED")


def lock(row: Base) -> None:
    """Read the row anew and keep others from changing it till the transaction ends. What is loaded beside it is free:
    PostgreSQL refuses to lock a row that an outer join may not find."""
    session.refresh(row, with_for_update={"of": type(row)})


def insert_into(table: Any) -> Any:
    """An INSERT of the database there is, that can say what to do `on_conflict`; of a table or a mapped class."""
    return (sqlite if bound_engine().dialect.name == "sqlite" else postgresql).insert(table)


def read_only() -> None:
    """Let this scope's session begin its transactions without the write lock. Called before its first use."""
    session.remove()
    session(bind=_reading_engine(bound_engine()))


def only_read_from_here() -> None:
    """After trouble: what was begun is given up, and what is still read for the answer waits for no writer."""
    session.rollback()
    session().bind = _reading_engine(bound_engine())


def bound_engine() -> Engine:
    """The engine that `connect` made; RuntimeError before it was called."""
    engine = session.session_factory.kw.get("bind")
    if not isinstance(engine, Engine):
        raise RuntimeError("the database is not connected")
    return engine


@contextmanager
def reading() -> Iterator[Session]:
    """A session of its own that only reads and never waits for somebody who writes."""
    with session.session_factory(bind=_reading_engine(bound_engine())) as own:
        yield own


@contextmanager
def transaction() -> Iterator[Any]:
    """A session of its own with one transaction: for the worker and the command line, and for what must be kept
    whatever becomes of the request around it. Commits at the end, rolls back on any error."""
    with session.session_factory() as own, own.begin():
        yield own
