"""A portal is upgraded with its rows in it: from every revision there ever was, on both databases."""

import shutil
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, inspect

from portal.migrating import configuration, current_revision, differences, newest_revision, upgrade
from portal.models import metadata
from tests.filling import ROWS, contents, fill_every_table
from tests.migrations.released import VERSIONS, git, migrations_of, released

ROOT = Path(__file__).resolve().parent.parent.parent
REVISIONS = [one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()]
RELEASED = released(ROOT)


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
    loses_nothing_from(revision, empty)


@pytest.mark.parametrize(("tag", "revision"), RELEASED)
def test_a_portal_of_every_release_is_upgraded_with_all_its_rows(
    empty: Engine, tag: str, revision: str
) -> None:
    loses_nothing_from(revision, empty)


@pytest.mark.parametrize("tag", [tag for tag, _ in RELEASED])
def test_a_migration_that_was_released_is_never_changed(tag: str) -> None:
    for name, text in migrations_of(ROOT, tag).items():
        assert (ROOT / name).read_text() == text, f"{name} was released with {tag} and was changed since"


def test_a_release_is_a_tag_and_its_newest_migration(place: Path, empty: Engine) -> None:
    """The machinery on a checkout of its own: one migration released, another written since."""
    first = next((ROOT / VERSIONS).glob("*_first.py"))
    (place / VERSIONS).mkdir(parents=True)
    shutil.copy(first, place / VERSIONS)
    assert released(place) == []
    who = ("-c", "user.name=release", "-c", "user.email=release@localhost")
    git(place, "init", "-q")
    assert released(place) == []
    git(place, "add", ".")
    git(place, *who, "commit", "-qm", "the first")
    git(place, *who, "tag", "-am", "the first", "v0.9")
    later = 'revision: str = "0002"\ndown_revision: str | None = "0001"\n'
    (place / VERSIONS / "2026_12_01_second.py").write_text(later)
    git(place, "add", ".")
    git(place, *who, "commit", "-qm", "the second")
    git(place, "tag", "v0.10")
    git(place, "tag", "not-a-release")
    assert released(place) == [("v0.9", "0001"), ("v0.10", "0002")]
    assert migrations_of(place, "v0.9") == {f"{VERSIONS}/{first.name}": first.read_text()}
    loses_nothing_from(released(place)[0][1], empty)


def loses_nothing_from(revision: str, empty: Engine) -> None:
    """A database of that revision, rows in every table, is upgraded: each table that stays keeps its rows."""
    upgrade(revision)
    with empty.begin() as connection:
        fill_every_table(connection)
    with empty.connect() as connection:
        before = contents(connection)
    upgrade()
    with empty.connect() as connection:
        after = contents(connection)
    assert current_revision() == newest_revision()
    assert all(len(rows) == ROWS for rows in before.values())
    assert {name: len(rows) for name, rows in after.items() if name in before} == {
        name: len(rows) for name, rows in before.items()
    }
    if revision == newest_revision():
        assert after == before
