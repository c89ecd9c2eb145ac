"""How a migration runs: one transaction, all or nothing, also on SQLite.

On SQLite foreign keys are off while tables are rebuilt (a batch alter with cascades and foreign keys on was seen to
empty child tables), the transaction takes the write lock at once, and every reference is checked before the commit.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from portal.db import CodeType, UTCDateTime
from portal.models import metadata


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration never imports our code: our types are written as what the database stores."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, CodeType):
        return "sa.String(40)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_type,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave {len(broken)} broken references: {broken[:5]}")


run(context.config.attributes["connection"])
