"""The doctor finds what is wrong, says what to do, and changes nothing."""

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command as alembic
from flask import Flask
from sqlalchemy import delete, text, update

from portal import db
from portal.config import Settings
from portal.db import now, session
from portal.doctor.examining import examine
from portal.doctor.finding import Finding, Level
from portal.doctor.settings import look
from portal.files.models import StoredFile
from portal.initialising import initialise
from portal.mail.models import Mail
from portal.mail.writing import write
from portal.migrating import configuration, rebuilding_tables
from portal.outbox.models import OutboxEntry
from portal.people.models import Person
from portal.search.check_models import Problem, SearchCheck
from portal.search.embedded.index import Index
from portal.search.indexing import index_pending
from portal.working import only_one
from tests.making import make_admin, make_asset
from tests.running import command, environment_of

GOOD_KEY = "k3y-of-thirty-two-characters-and-more"


@pytest.fixture
def healthy(app: Flask, settings: Settings) -> Settings:
    """A portal at which the doctor finds nothing that fails."""
    # The tables of the tests are made without migrations; the doctor asks for the revision.
    with db.bound_engine().begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    _as_migrated()
    settings = replace(
        settings, secret_key=GOOD_KEY, mail_url="smtp://mail.example", base_url="https://km.example"
    )
    settings = replace(settings, secure_cookies=True)
    initialise(settings)
    make_admin()
    make_asset()
    while index_pending(settings):
        pass
    session.remove()
    return settings


def _as_migrated() -> None:
    with rebuilding_tables(db.bound_engine()) as connection:
        config = configuration()
        config.attributes["connection"] = connection
        alembic.stamp(config, "head")


def found(settings: Settings, name: str, **more: bool) -> Finding:
    """What the doctor says of that; the worst when he says several things."""
    session.remove()
    said = [finding for finding in examine(settings, **more) if finding.name == name]
    session.remove()
    order = [Level.OK, Level.WARN, Level.FAIL]
    return max(said, key=lambda finding: order.index(finding.level))


def test_a_healthy_portal_has_nothing_that_fails(healthy: Settings) -> None:
    findings = list(examine(healthy, deep=True))
    assert [one.as_line() for one in findings if one.level is Level.FAIL] == []
    assert len(findings) > 15


def test_what_is_not_ok_says_what_to_do(healthy: Settings, place: Path) -> None:
    broken = replace(healthy, files_dir=place / "nowhere", secret_key="short", base_url="http://km.example")
    findings = [one for one in examine(replace(broken, secure_cookies=False)) if one.level is not Level.OK]
    assert findings
    assert all(one.advice for one in findings)


def test_looking_changes_nothing(healthy: Settings, place: Path) -> None:
    def everything() -> dict[Path, bytes]:
        session.remove()
        locks = (".worker.lock", ".db-shm", ".db-wal")
        files = (path for path in place.rglob("*") if path.is_file() and not path.name.endswith(locks))
        return {path: path.read_bytes() for path in files}

    before = everything()
    list(examine(healthy, deep=True))
    assert everything() == before


def test_a_missing_and_a_damaged_file_are_found(healthy: Settings) -> None:
    healthy.files_dir.mkdir(exist_ok=True)
    (healthy.files_dir / "kept").write_bytes(b"other")
    session.add(StoredFile(sha256="0" * 64, name="kept", media_type="text/plain", size=5))
    session.commit()
    assert found(healthy, "files").level is Level.OK
    assert found(healthy, "files", deep=True).level is Level.FAIL
    (healthy.files_dir / "kept").write_bytes(b"cut")
    assert "damaged" in found(healthy, "files").said
    (healthy.files_dir / "kept").unlink()
    assert "missing" in found(healthy, "files").said


def test_an_index_that_is_behind_without_work_waiting_is_found(healthy: Settings) -> None:
    assert found(healthy, "search index").level is Level.OK
    make_asset(title="อีกเรื่อง")
    assert found(healthy, "search index").level is Level.OK, "its work is waiting"
    session.execute(delete(OutboxEntry))
    session.commit()
    assert found(healthy, "search index").level is Level.FAIL


def test_the_last_self_check_of_the_search_is_looked_at(healthy: Settings) -> None:
    assert "none yet" in found(healthy, "search self-check").said
    for check, level in (
        (SearchCheck(ended_at=now()), Level.OK),
        (SearchCheck(ended_at=now(), problem=Problem.OWNER_BLIND), Level.WARN),
        (SearchCheck(ended_at=now(), leaks=[{"door": "/search"}]), Level.FAIL),
    ):
        session.add(check)
        session.commit()
        assert found(healthy, "search self-check").level is level


@pytest.mark.sqlite  # the index in a folder
def test_a_broken_index_is_found(healthy: Settings) -> None:
    index = Index(healthy.search_index_dir)
    assert index.current is not None
    index.report_broken(index.current)
    assert found(healthy, "search index").level is Level.FAIL


@pytest.mark.sqlite  # the index in a folder
def test_an_index_folder_open_to_others_is_found(healthy: Settings) -> None:
    healthy.search_index_dir.chmod(0o755)
    assert found(healthy, "index folder").level is Level.FAIL


def test_work_that_nobody_does_is_found(healthy: Settings) -> None:
    make_asset(title="อีกเรื่อง")
    session.execute(update(OutboxEntry).values(written_at=now() - timedelta(minutes=10)))
    session.commit()
    assert found(healthy, "outbox").level is Level.FAIL
    assert found(healthy, "worker").level is Level.WARN
    with only_one(healthy):
        assert found(healthy, "worker").level is Level.OK


def test_mails_that_do_not_leave_are_found(healthy: Settings) -> None:
    write("malee@town.example", "แจ้งเตือน", "…")
    session.commit()
    assert found(healthy, "mail").level is Level.OK
    session.execute(update(Mail).values(written_at=now() - timedelta(hours=3)))
    session.commit()
    assert found(healthy, "mail").level is Level.FAIL
    assert found(replace(healthy, mail_url=""), "mail").level is Level.WARN


def test_a_portal_without_an_admin_is_found(healthy: Settings) -> None:
    assert found(healthy, "admins").level is Level.OK
    session.execute(update(Person).values(deactivated_at=now()))
    session.commit()
    assert found(healthy, "admins").level is Level.FAIL


@pytest.mark.sqlite  # PostgreSQL never stops watching
def test_a_row_that_refers_to_nothing_is_found(healthy: Settings) -> None:
    session.remove()
    with db.bound_engine().connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("ROLLBACK") if raw.in_transaction else None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("UPDATE item SET author_id = 999")
        raw.execute("PRAGMA foreign_keys=ON")
    assert found(healthy, "references").level is Level.FAIL


def test_a_table_changed_by_hand_is_found(healthy: Settings) -> None:
    with db.bound_engine().begin() as connection:
        connection.execute(text("ALTER TABLE unit ADD COLUMN colour VARCHAR(20)"))
    assert found(healthy, "database tables").level is Level.FAIL


def test_a_clock_that_went_back_is_found(healthy: Settings) -> None:
    with db.bound_engine().begin() as connection:
        connection.execute(text("UPDATE audit_entry SET at = '2099-01-01 00:00:00.000000'"))
    assert found(healthy, "clock").level is Level.FAIL


@pytest.mark.parametrize("key", ["", "secret", "a" * 64, "abcabc" * 8])
def test_a_key_that_can_be_guessed_is_found(healthy: Settings, key: str) -> None:
    assert found(replace(healthy, secret_key=key), "secret key").level is Level.FAIL


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"base_url": "https://km.example", "secure_cookies": True}, Level.OK),
        ({"base_url": "http://127.0.0.1:8000", "secure_cookies": False}, Level.OK),
        ({"base_url": "http://km.example", "secure_cookies": False}, Level.FAIL),
        ({"base_url": "", "secure_cookies": False, "behind_proxies": 1}, Level.FAIL),
    ],
)
def test_cookies_that_travel_in_the_clear_are_found(
    healthy: Settings, changes: dict[str, object], level: Level
) -> None:
    assert found(replace(healthy, **changes), "cookies").level is level  # type: ignore[arg-type]


def test_a_setting_with_a_slip_of_the_pen_is_found(healthy: Settings) -> None:
    said = next(
        iter(one for one in look(healthy, {"PORTAL_MAIL_ULR": "smtp://mail"}) if one.name == "settings")
    )
    assert said.level is Level.WARN
    assert "PORTAL_MAIL_URL" in said.advice


def run(home: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments),
        env=environment_of(home, **settings),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_says_it_in_lines_and_in_json(home: Path) -> None:
    assert run(home, "init").returncode == 0
    lines = run(home, "doctor")
    assert lines.returncode == 0, lines.stdout
    assert all(line.startswith(("OK ", "WARN")) for line in lines.stdout.splitlines())
    assert len(lines.stderr.strip().splitlines()) == 1
    findings = json.loads(run(home, "doctor", "--json").stdout)
    assert {"name", "level", "said", "advice"} == findings[0].keys()
    assert run(home, "doctor", PORTAL_SECRET_KEY="short").returncode == 1


def test_the_doctor_speaks_when_there_is_no_database(tmp_path: Path) -> None:
    said = run(tmp_path, "doctor")
    assert said.returncode == 1
    assert "portal init" in said.stdout
    away = run(tmp_path, "doctor", PORTAL_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert away.returncode == 1
    assert "does not answer" in away.stdout
    assert "Traceback" not in away.stderr


def test_backup_and_restore_on_the_command_line(home: Path, tmp_path: Path) -> None:
    assert run(home, "init").returncode == 0
    kept = run(home, "backup", str(tmp_path / "kept.zip"))
    assert kept.returncode == 0, kept.stderr
    assert len(kept.stderr.strip().splitlines()) == 1
    assert run(home, "restore", "--check", str(tmp_path / "kept.zip")).returncode == 0
    refused = run(home, "restore", str(tmp_path / "kept.zip"))
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    asked = run(home, "restore", "--replace", str(tmp_path / "kept.zip"))
    assert asked.returncode == 1, "nobody said yes"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    restored = run(elsewhere, "restore", str(tmp_path / "kept.zip"))
    assert restored.returncode == 0, restored.stderr
    assert run(elsewhere, "doctor").returncode == 0
    nowhere = run(home, "backup", str(tmp_path / "no" / "such" / "folder.zip"))
    assert nowhere.returncode == 1
    assert "Traceback" not in nowhere.stderr
