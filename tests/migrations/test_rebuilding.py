"""SQLite changes a table by making it anew. Under our env.py that loses nothing, breaks nothing and is all or nothing."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import IntegrityError, OperationalError

from portal.db import bound_engine
from portal.migrating import current_revision, newest_revision, rebuilding_tables, upgrade
from portal.paths import MIGRATIONS
from tests.filling import contents, fill_every_table

pytestmark = pytest.mark.sqlite
REBUILD_ALL = """
    for table in sa.inspect(op.get_bind()).get_table_names():
        if table != "alembic_version":
            with op.batch_alter_table(table, recreate="always") as batch:
                batch.add_column(sa.Column("added", sa.Integer(), nullable=True))
"""

Migrate = Callable[[str], None]


@pytest.fixture
def migrate(place: Path) -> Migrate:
    """Runs one more migration, made of the given lines, through the portal's own env.py."""

    def run(lines: str) -> None:
        scripts = place / "migrations"
        shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (scripts / "versions" / "next.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'next'\n"
            f"down_revision = {newest_revision()!r}\n\n\ndef upgrade():\n{lines}\n"
        )
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.set_main_option("path_separator", "os")
        with rebuilding_tables(bound_engine()) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    return run


@pytest.fixture
def filled(empty_sqlite: Engine) -> Engine:
    upgrade()
    with empty_sqlite.begin() as connection:
        fill_every_table(connection)
    return empty_sqlite


def test_a_table_that_is_made_anew_keeps_its_rows_and_those_that_hang_on_it(
    filled: Engine, migrate: Migrate
) -> None:
    with filled.connect() as connection:
        before = {name: len(rows) for name, rows in contents(connection).items()}
    migrate(REBUILD_ALL)
    assert current_revision() == "next"
    with filled.connect() as connection:
        after = {name: len(rows) for name, rows in contents(connection).items()}
        assert all("added" in {c["name"] for c in inspect(connection).get_columns(name)} for name in after)
    assert after == before
    assert all(after.values())


def test_references_are_watched_again_after_a_migration(filled: Engine, migrate: Migrate) -> None:
    migrate(REBUILD_ALL)
    with filled.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql("UPDATE item SET author_id = 999")


def test_with_references_watched_the_same_rebuild_would_empty_tables(filled: Engine, place: Path) -> None:
    """Why env.py does what it does. Should SQLite change this, the precaution can go."""
    with filled.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE item_new AS SELECT * FROM item")
        for name in ("item_redirect", "attachment", "origin", "knowledge_need_voice", "knowledge_need"):
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - else the references hold
        connection.exec_driver_sql("DROP TABLE item")
        assert connection.exec_driver_sql("SELECT count(*) FROM revision").scalar() == 0


def test_a_migration_that_would_break_a_reference_changes_nothing(filled: Engine, migrate: Migrate) -> None:
    with filled.connect() as connection:
        before = contents(connection)
    with pytest.raises(RuntimeError, match="broken references"):
        migrate("    op.execute('DELETE FROM person WHERE id = 2')")
    with filled.connect() as connection:
        assert contents(connection) == before
    assert current_revision() == newest_revision()


def test_a_migration_that_fails_half_way_changes_nothing(filled: Engine, migrate: Migrate) -> None:
    with filled.connect() as connection:
        before = contents(connection)
    with pytest.raises(OperationalError):
        migrate(REBUILD_ALL + "\n    op.execute('DROP TABLE nothing_of_the_kind')")
    with filled.connect() as connection:
        assert contents(connection) == before
        assert "added" not in {column["name"] for column in inspect(connection).get_columns("item")}
    assert current_revision() == newest_revision()


def test_a_migration_keeps_other_writers_out_till_it_is_done(
    filled: Engine, migrate: Migrate, place: Path
) -> None:
    other = sqlite3.connect(place / "portal.db", timeout=0, isolation_level=None)
    try:
        with rebuilding_tables(filled) as connection:
            connection.exec_driver_sql("UPDATE item SET title = 'ก'")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("UPDATE item SET title = 'ข'")
    finally:
        other.close()
