"""Does the database answer, is it of this version, does it hold together?"""

from collections.abc import Iterator

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from portal.doctor.finding import Finding, fail, ok, warn
from portal.migrating import differences, known_revisions, newest_revision


def answers(connection: Connection) -> Iterator[Finding]:
    """Whether the database answers, and at which revision it is."""
    dialect = connection.dialect
    version = ".".join(str(part) for part in dialect.server_version_info or ())
    yield ok("database", f"{dialect.name} {version} answers")
    revision = MigrationContext.configure(connection).get_current_revision()
    newest = newest_revision()
    if revision is None:
        yield fail("database revision", "there are no tables yet", "run `portal init`")
    elif revision == newest:
        yield ok("database revision", f"{revision}, the newest")
    elif revision in known_revisions():
        yield fail("database revision", f"{revision}; this version needs {newest}", "run `portal init`")
    else:
        yield fail(
            "database revision",
            f"{revision} is of a newer version than this one",
            "install that version again, or restore a backup made before the upgrade",
        )


def has_tables(connection: Connection) -> bool:
    """Whether the tables are those this version can look into."""
    return MigrationContext.configure(connection).get_current_revision() == newest_revision() and inspect(
        connection
    ).has_table("unit")


def contents(connection: Connection, *, deep: bool) -> Iterator[Finding]:
    """References, the file's own integrity, and the files that rows speak of; `deep` reads every byte."""
    changed = differences()
    if changed:
        yield fail(
            "database tables",
            f"{len(changed)} differences from what this version made: {changed[0][:120]}",
            "somebody changed tables by hand; restore a backup, or undo it",
        )
    else:
        yield ok("database tables", "as this version made them")
    if connection.dialect.name == "sqlite":
        yield from _sqlite(connection, deep=deep)


def _sqlite(connection: Connection, *, deep: bool) -> Iterator[Finding]:
    check = "integrity_check" if deep else "quick_check"
    said = connection.exec_driver_sql(f"PRAGMA {check}(5)").scalars().all()
    if said == ["ok"]:
        yield ok("SQLite file", f"{check}: no fault")
    else:
        yield fail(
            "SQLite file",
            f"damaged: {said[0]}",
            "stop the portal, keep a copy of the file, restore the last backup",
        )
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        yield fail(
            "references", f"{len(broken)} rows refer to nothing (in {tables})", "restore the last backup"
        )
    else:
        yield ok("references", "every row that refers to another finds it")
    mode = connection.execute(text("PRAGMA journal_mode")).scalar()
    if mode == "wal":
        yield ok("SQLite log", "write-ahead, readers never wait for writers")
    else:
        yield warn(
            "SQLite log", f"journal mode is {mode}", "is the file on a network drive? Move it to a local disk"
        )
