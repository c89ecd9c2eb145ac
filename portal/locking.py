"""Locks that several servers on one PostgreSQL share. They are gone with the connection of who held them, however it ended."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from portal.db import bound_engine

SPACE: Final = 0x4B4D50  # of these locks among those of other programs on the database


class Lock(IntEnum):
    WORKER = 1
    WRITING_INDEX = 2
    REBUILDING_INDEX = 3


class Held:
    """A lock that was asked for; false when another one has it."""

    def __init__(self, got: bool, connection: Connection | None = None):
        self._got = got
        self._connection = connection

    def __bool__(self) -> bool:
        return self._got

    def is_lost(self) -> bool:
        """Whether its connection broke meanwhile: then another one may have it by now."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return True
        return False


@contextmanager
def held(lock: Lock) -> Iterator[Held]:
    """Try to hold the lock, on a connection of its own, for as long as the block runs."""
    with bound_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # closed at the end, not given back to the pool with the lock
        # A machine that vanished without a word keeps its locks no longer than half a minute.
        for name, value in (("idle", 10), ("interval", 5), ("count", 4)):
            connection.execute(text(f"SET tcp_keepalives_{name} = {value}"))
        got = connection.scalar(text("SELECT pg_try_advisory_lock(:space, :lock)"), _keys(lock))
        try:
            yield Held(bool(got), connection)
        finally:
            if got:  # the server ends a closed connection a moment later: who asks next would find the lock still held
                with suppress(SQLAlchemyError):
                    connection.execute(text("SELECT pg_advisory_unlock(:space, :lock)"), _keys(lock))


def wait_for(own: Session, lock: Lock, seconds: float) -> None:
    """Hold the lock till the end of this transaction. OperationalError when another one does not end in time."""
    own.execute(text("SELECT set_config('lock_timeout', :most, true)"), {"most": f"{int(seconds * 1000)}ms"})
    own.execute(text("SELECT pg_advisory_xact_lock(:space, :lock)"), _keys(lock))


def _keys(lock: Lock) -> dict[str, int]:
    return {"space": SPACE, "lock": int(lock)}
