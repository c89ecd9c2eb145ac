"""A portal is upgraded with its rows in it: from every revision there ever was, on both databases."""

import subprocess
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, inspect

from portal.migrating import configuration, current_revision, differences, newest_revision, upgrade
from portal.models import metadata
from tests.filling import ROWS, contents, fill_every_table

ROOT = Path(__file__).resolve().parent.parent.parent
REVISIONS = [one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()]


def test_an_empty_database_becomes_a_portal_in_one_step(empty: Engine) -> None:
    assert current_revision() is None
    assert upgrade() is True
    assert current_revision() == newest_revision()
    assert upgrade() is False


def test_the_tables_are_those_of_the_models(empty: Engine) -> None:
    upgrade()
    assert differences() == []


def test_the_checks_are_those_of_the_models(empty: Engine, place: Path) -> None:
    """Autogenerate does not look at checks, and they are what holds codes to the known ones."""
    upgrade()
    migrated = _checks(empty)
    found = MetaData()
    found.reflect(empty)
    found.drop_all(empty)
    metadata.create_all(empty)
    assert migrated == _checks(empty)
    assert sum(len(checks) for checks in migrated.values()) > 10


def _checks(engine: Engine) -> dict[str, set[tuple[str | None, str]]]:
    look = inspect(engine)
    return {
        table: {(check["name"], check["sqltext"]) for check in look.get_check_constraints(table)}
        for table in look.get_table_names()
        if table != "alembic_version"
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_loses_no_row_of_any_table(empty: Engine, revision: str) -> None:
    upgrade(revision)
    with empty.begin() as connection:
        fill_every_table(connection)
    with empty.connect() as connection:
        before = contents(connection)
    upgrade()
    with empty.connect() as connection:
        after = contents(connection)
    assert all(len(rows) == ROWS for rows in before.values())
    assert {name: len(rows) for name, rows in after.items() if name in before} == {
        name: len(rows) for name, rows in before.items()
    }
    if revision == newest_revision():
        assert after == before


def test_what_was_released_can_still_be_upgraded() -> None:
    """A released revision is a tag; its newest migration must be one this version knows."""
    tags = _git("tag", "--list", "v*").split()
    for tag in tags:
        files = [
            name
            for name in _git("ls-tree", "--name-only", tag, "portal/migrations/versions/").split()
            if name.endswith(".py")
        ]
        assert files, f"{tag} has no migrations"
        for name in files:
            assert (ROOT / name).read_text() == _git("show", f"{tag}:{name}"), (
                f"{name} was released with {tag} and was changed since"
            )


def _git(*arguments: str) -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout
