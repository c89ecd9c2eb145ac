"""One file holds the whole portal: made while people work, restored elsewhere, also on the other kind of database."""

import hashlib
import os
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from portal import db
from portal.audit.models import AuditEntry
from portal.backup.archive import Archive, BadBackup
from portal.backup.restoring import NotEmpty, is_empty, restore
from portal.backup.saving import save
from portal.config import Settings
from portal.files.models import StoredFile
from portal.mail.models import Mail
from portal.migrating import newest_revision
from portal.people.models import Unit, UnitKind
from portal.search.checking import check
from tests.filling import ROWS, contents, fill_every_table
from tests.postgresql import BOTH_DATABASES, EACH_DATABASE

NewPortal = Callable[..., Settings]
FORGOTTEN = ("sign_in", "one_time_link")


def fill(settings: Settings) -> dict[str, list[bytes]]:
    """A portal with rows in every table and a file for each row that names one; answers all it holds."""
    with db.bound_engine().begin() as connection:
        fill_every_table(connection)
        for number in range(1, ROWS + 1):
            content = f"ภาพที่ {number}".encode() * number
            (settings.files_dir / f"ab{number}cd").write_bytes(content)
            connection.execute(
                update(StoredFile)
                .where(StoredFile.id == number)
                .values(name=f"ab{number}cd", size=len(content), sha256=hashlib.sha256(content).hexdigest())
            )
    return everything()


def everything() -> dict[str, list[bytes]]:
    with db.bound_engine().connect() as connection:
        return contents(connection)


@pytest.mark.parametrize("there", EACH_DATABASE)
@pytest.mark.parametrize("here", EACH_DATABASE)
def test_everything_is_there_again_on_an_empty_machine(
    new_portal: NewPortal, place: Path, here: str, there: str
) -> None:
    old = new_portal("here", here)
    before = fill(old)
    saved = save(old, place / "backup.zip")
    assert (saved.rows, saved.files, saved.missing_files) == (ROWS * len(before), ROWS, ())

    new = new_portal("there", there, empty=True)
    restored = restore(new, place / "backup.zip")
    after = everything()
    assert [after[name] for name in FORGOTTEN] == [[], []], "nobody is signed in on the new machine"
    for name in before.keys() - {*FORGOTTEN, "rendering", "search_text", "outbox", "duty_rule"}:
        assert after[name] == before[name], name
    # The rules that ship with the portal come along where they were not.
    assert after["duty_rule"][:ROWS] == before["duty_rule"]
    assert sorted(path.name for path in new.files_dir.iterdir()) == ["ab1cd", "ab2cd", "ab3cd"]
    assert (new.files_dir / "ab2cd").read_bytes() == (old.files_dir / "ab2cd").read_bytes()
    assert restored.items == 1
    assert not check(new).all


@pytest.mark.postgresql
def test_numbers_go_on_where_they_were_after_a_move_to_postgresql(new_portal: NewPortal, place: Path) -> None:
    old = new_portal("here", "sqlite")
    fill(old)
    save(old, place / "backup.zip")
    restore(new_portal("there", "postgresql"), place / "backup.zip")
    with db.transaction() as session:
        unit = Unit(kind=UnitKind.DIVISION, name="กองช่าง", code="new")
        session.add(unit)
        session.flush()
        assert unit.id == ROWS + 1


@pytest.mark.postgresql
def test_a_text_with_a_character_that_postgresql_refuses_still_moves(
    new_portal: NewPortal, place: Path
) -> None:
    fill(old := new_portal("here", "sqlite"))
    with db.bound_engine().begin() as connection:
        connection.execute(update(Unit).where(Unit.id == 2).values(name="กอง\x00ช่าง"))
    save(old, place / "backup.zip")
    restore(new_portal("there", "postgresql"), place / "backup.zip")
    with db.bound_engine().connect() as connection:
        assert connection.scalar(select(Unit.name).where(Unit.id == 2)) == "กองช่าง"


@pytest.mark.parametrize("kind", BOTH_DATABASES)
def test_a_backup_shows_one_moment_while_people_go_on_writing(
    new_portal: NewPortal, place: Path, kind: str
) -> None:
    """Every act writes two rows in one transaction; a backup that holds one of them without the other saw two moments."""
    settings = new_portal("here", kind)
    fill(settings)
    stop, acts, failures = threading.Event(), [0], []

    def work() -> None:
        try:
            while not stop.wait(0.002):
                acts[0] += 1
                with db.transaction() as session:
                    number = 1000 + acts[0]
                    session.execute(
                        insert(Mail).values(
                            id=number, to_address="a@b.c", subject="", text="", message_id=f"{number}"
                        )
                    )
                    session.execute(insert(AuditEntry).values(id=number, action="act", subject_type="mail"))
        except Exception as error:
            failures.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        seen = []
        for number in range(3):
            during = acts[0]
            save(settings, place / f"{number}.zip", progress=lambda done, _all: done % 40 or stop.wait(0.01))
            assert acts[0] > during, "nobody waits for a backup"
            with Archive(place / f"{number}.zip") as archive:
                mails = archive.manifest.tables["mail"].rows
                assert mails == archive.manifest.tables["audit_entry"].rows
                seen.append(mails)
    finally:
        stop.set()
        worker.join()
    assert not failures
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


def test_a_portal_that_holds_something_is_not_replaced_by_mistake(new_portal: NewPortal, place: Path) -> None:
    old = new_portal("here")
    fill(old)
    save(old, place / "backup.zip")
    other = new_portal("there")
    assert is_empty()
    with db.transaction() as session:
        session.add(Unit(kind=UnitKind.ORGANISATION, name="เทศบาลอื่น", code="other"))
    before = everything()
    with pytest.raises(NotEmpty):
        restore(other, place / "backup.zip")
    assert everything() == before
    assert list(other.files_dir.iterdir()) == []


def test_replacing_takes_the_old_rows_and_files_away(new_portal: NewPortal, place: Path) -> None:
    old = new_portal("here")
    before = fill(old)
    save(old, place / "backup.zip")
    (old.files_dir / "ab1cd").write_bytes(b"damaged since")
    with db.bound_engine().begin() as connection:
        connection.execute(
            insert(StoredFile).values(
                id=ROWS + 1, sha256="later", name="later", media_type="text/plain", size=1
            )
        )
    (old.files_dir / "later").write_bytes(b"x")
    restore(old, place / "backup.zip", replace=True)
    assert everything()["stored_file"] == before["stored_file"]
    assert sorted(path.name for path in old.files_dir.iterdir()) == ["ab1cd", "ab2cd", "ab3cd"]
    assert (old.files_dir / "ab1cd").read_bytes() == "ภาพที่ 1".encode()


def test_only_its_owner_can_read_a_backup(new_portal: NewPortal, place: Path) -> None:
    save(new_portal("here"), place / "backup.zip")
    assert stat.S_IMODE((place / "backup.zip").stat().st_mode) == 0o600


def test_the_secret_key_is_inside_only_when_asked_for(new_portal: NewPortal, place: Path) -> None:
    settings = new_portal("here")
    environ = {"PORTAL_BASE_URL": "https://km.example", "PORTAL_MAIL_URL": "smtp://me:secret-word@mail"}
    save(settings, place / "without.zip", environ=environ)
    save(settings, place / "with.zip", with_secret=True)
    with zipfile.ZipFile(place / "without.zip") as archive:
        everything_in_it = b"".join(archive.read(name) for name in archive.namelist())
    assert settings.secret_key.encode() not in everything_in_it
    assert b"secret-word" not in everything_in_it
    assert b"https://km.example" in everything_in_it
    with Archive(place / "with.zip") as archive:
        assert archive.secret_key() == settings.secret_key


def test_a_file_that_is_gone_from_the_disk_is_named_and_the_rest_is_kept(
    new_portal: NewPortal, place: Path
) -> None:
    settings = new_portal("here")
    fill(settings)
    (settings.files_dir / "ab2cd").unlink()
    saved = save(settings, place / "backup.zip")
    assert (saved.files, saved.missing_files) == (2, ("ab2cd",))
    restored = restore(new_portal("there"), place / "backup.zip")
    assert restored.missing_files == ("ab2cd",)


def test_a_name_that_leads_out_of_the_folder_is_never_read(new_portal: NewPortal, place: Path) -> None:
    settings = new_portal("here")
    fill(settings)
    (place / "here" / "private").write_text("not yours")
    with db.bound_engine().begin() as connection:
        connection.execute(update(StoredFile).where(StoredFile.id == 1).values(name="../private"))
    assert save(settings, place / "backup.zip").missing_files == ("../private",)


def test_a_full_disk_leaves_the_last_good_backup_and_no_half_one(
    new_portal: NewPortal, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = new_portal("here")
    fill(settings)
    target = place / "kept" / "backup.zip"
    target.parent.mkdir()
    save(settings, target)
    good = target.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(settings, target)
    assert [path.name for path in target.parent.iterdir()] == ["backup.zip"]
    assert target.read_bytes() == good


def test_what_a_killed_backup_or_restore_left_lying_goes_with_the_next(
    new_portal: NewPortal, place: Path
) -> None:
    settings = new_portal("here")
    fill(settings)
    halves = [
        place / name for name in (".backup.zip.old.part", ".backup.zip.new.part", ".other.zip.old.part")
    ]
    for half in halves:
        half.write_bytes(b"half")
    for half in (halves[0], halves[2]):
        os.utime(half, (0, 0))
    save(settings, place / "backup.zip")
    # Who began today may still be writing, and another backup's halves are not ours.
    assert [half.exists() for half in halves] == [False, True, True]
    left = settings.files_dir / ".restoring-0000"
    left.mkdir()
    (left / "half").write_bytes(b"half")
    restore(settings, place / "backup.zip", replace=True)
    assert not left.exists()


def test_an_empty_database_has_nothing_to_keep(new_portal: NewPortal, place: Path) -> None:
    settings = new_portal("here", empty=True)
    with pytest.raises(BadBackup, match="nothing to keep"):
        save(settings, place / "kept.zip")
    assert not list(place.glob("*.zip"))


def test_a_backup_knows_the_revision_it_is_of(new_portal: NewPortal, place: Path) -> None:
    save(new_portal("here"), place / "backup.zip")
    with Archive(place / "backup.zip") as archive:
        assert archive.manifest.revision == newest_revision()
