"""What is not a whole, honest backup is refused with one sentence, and the portal stays as it was."""

import hashlib
import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.backup import restoring
from portal.backup.archive import BadBackup, is_file_name
from portal.backup.restoring import restore
from portal.backup.saving import save
from portal.config import Settings
from portal.working import only_one
from tests.operations.test_backup import everything, fill

NewPortal = Callable[..., Settings]
Members = dict[str, bytes]
Spoil = Callable[[Members, dict[str, Any]], None]


@pytest.fixture(scope="module")
def saved(workspace: Path) -> Path:
    """Where the good backup is kept once the first test has made it."""
    return workspace / "good.zip"


@pytest.fixture
def good(new_portal: NewPortal, place: Path, saved: Path) -> Path:
    if not saved.exists():
        settings = new_portal("here")
        fill(settings)
        save(settings, saved)
    return Path(shutil.copy(saved, place / "good.zip"))


def refused(settings: Settings, backup: Path) -> str:
    """Restore it, which must fail and leave nothing; answers what was said."""
    before = everything()
    with pytest.raises(BadBackup) as refusal:
        restore(settings, backup)
    assert everything() == before
    assert list(settings.files_dir.iterdir()) == []
    said = str(refusal.value)
    assert 0 < len(said) < 300
    assert "\n" not in said
    return said


def rewritten(good: Path, spoil: Spoil) -> Path:
    """The backup with its members changed, its checksums and sizes put right again where they still can be."""
    with zipfile.ZipFile(good) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    spoil(members, manifest)
    for name, about in manifest["members"].items():
        if name in members and not about.pop("as_it_is", False):
            about["size"], about["sha256"] = len(members[name]), hashlib.sha256(members[name]).hexdigest()
    bad = good.with_name("bad.zip")
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if len(manifest) > 1:
            archive.writestr("manifest.json", json.dumps(manifest))
    return bad


def change_row(members: Members, table: str, **values: Any) -> None:
    name = f"tables/{table}.jsonl"
    lines = members[name].splitlines()
    lines[-1] = json.dumps({**json.loads(lines[-1]), **values}).encode()
    members[name] = b"\n".join(lines) + b"\n"


def climbing(members: Members, manifest: dict[str, Any]) -> None:
    members["files/../../climbed"] = b"x"


def absolute(members: Members, manifest: dict[str, Any]) -> None:
    members["/tmp/climbed"] = b"x"  # noqa: S108 - must not come to be


def backslashes(members: Members, manifest: dict[str, Any]) -> None:
    members["files/..\\climbed"] = b"x"


def hidden_file(members: Members, manifest: dict[str, Any]) -> None:
    members["files/.worker.lock"] = b"x"


def unlisted_file(members: Members, manifest: dict[str, Any]) -> None:
    members["files/more"] = b"x"
    manifest["files"] += 1
    manifest["files_size"] += 1


def listed_twice(members: Members, manifest: dict[str, Any]) -> None:
    members["files.jsonl"] += members["files.jsonl"].splitlines(keepends=True)[0]
    members["files/more"] = b"x"
    manifest["files"] += 1
    manifest["files_size"] += 1


def list_names_another_place(members: Members, manifest: dict[str, Any]) -> None:
    members["files.jsonl"] = members["files.jsonl"].replace(b"ab1cd", b"../ab1cd")


def another_picture(members: Members, manifest: dict[str, Any]) -> None:
    members["files/ab3cd"] = bytes(len(members["files/ab3cd"]))


def table_missing(members: Members, manifest: dict[str, Any]) -> None:
    del members["tables/posting.jsonl"], manifest["members"]["tables/posting.jsonl"]


def table_not_in_manifest(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/sqlite_master.jsonl"] = b"{}\n"


def unknown_table(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/more.jsonl"] = b"{}\n"
    manifest["members"]["tables/more.jsonl"] = {"rows": 1}


def row_left_out(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/reading.jsonl"] = b""


def row_changed(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "person", first_name="ใครก็ไม่รู้")
    manifest["members"]["tables/person.jsonl"]["as_it_is"] = True


def unknown_column(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "person", is_god=True)


def broken_reference(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "item", author_id=999)


def unknown_code(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "item", state="stolen")


def number_is_text(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "item", author_id="1; DROP TABLE item")


def text_is_number(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "person", first_name=5)


def moment_is_nonsense(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "item", created_at="yesterday")


def moment_without_zone(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "item", created_at="2026-01-01T00:00:00")


def empty_where_it_must_not_be(members: Members, manifest: dict[str, Any]) -> None:
    change_row(members, "item", title=None)


def not_json(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/person.jsonl"] = b"hello\n" * 3


def not_utf8(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/person.jsonl"] = b'{"id": "\xff\xfe"}\n' * 3


def nested_deeply(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/person.jsonl"] = b"[" * 200_000 + b"\n"


def line_without_end(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/person.jsonl"] = members["tables/person.jsonl"][:-1]


def bursting(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/person.jsonl"] = b" " * 30_000_000


def newer(members: Members, manifest: dict[str, Any]) -> None:
    manifest["revision"] = "9999"


def other_format(members: Members, manifest: dict[str, Any]) -> None:
    manifest["format"] = 2


def no_manifest(members: Members, manifest: dict[str, Any]) -> None:
    manifest.clear()
    manifest["members"] = {}


def another_manifest(members: Members, manifest: dict[str, Any]) -> None:
    manifest.clear()
    manifest.update({"members": {}, "name": "some other program"})


def manifest_of_nonsense(members: Members, manifest: dict[str, Any]) -> None:
    manifest["members"]["tables/person.jsonl"] = {"size": "many", "sha256": 5, "as_it_is": True}


def manifest_with_more(members: Members, manifest: dict[str, Any]) -> None:
    manifest["run"] = "rm -rf"


SPOILT = [
    value for value in list(globals().values()) if getattr(value, "__annotations__", {}).get("manifest")
]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_backup_that_was_tampered_with_is_refused(
    new_portal: NewPortal, place: Path, good: Path, spoil: Spoil
) -> None:
    bad = rewritten(good, spoil)
    refused(new_portal("there"), bad)
    assert not list(place.rglob("*climbed*"))


def test_the_tampering_itself_is_what_is_refused(new_portal: NewPortal, good: Path) -> None:
    """Taken apart and put together unchanged, the same backup is good: the cases above fail for their own reason."""
    restore(new_portal("there"), rewritten(good, lambda _members, _manifest: None))


def test_a_backup_that_was_cut_off_anywhere_is_refused(new_portal: NewPortal, good: Path) -> None:
    whole = good.read_bytes()
    settings = new_portal("there")
    for length in (
        0,
        1,
        4,
        100,
        len(whole) // 3,
        len(whole) // 2,
        len(whole) - 500,
        len(whole) - 22,
        len(whole) - 1,
    ):
        good.write_bytes(whole[:length])
        refused(settings, good)


@pytest.mark.soak
def test_a_backup_with_one_wrong_bit_is_refused_or_whole(
    new_portal: NewPortal, good: Path, rounds: Callable[[int], int]
) -> None:
    """A bit in the zip's dates or attributes may be harmless: then everything must be there."""
    whole = good.read_bytes()
    restore(new_portal("elsewhere"), good)
    before = everything()
    chance = random.Random(20261121)  # noqa: S311 - the same bits each time
    settings = new_portal("there")
    empty = everything()
    for _ in range(rounds(400)):
        spoilt = bytearray(whole)
        spoilt[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        good.write_bytes(spoilt)
        try:
            restoring.prove(good)
        except BadBackup:
            continue
        restore(settings, good, replace=True)
        assert everything()["item"] == before["item"]
    assert empty.keys() == before.keys()


def test_some_other_file_is_refused(new_portal: NewPortal, place: Path) -> None:
    settings = new_portal("there")
    other = place / "other"
    other.write_text("สวัสดี")
    assert "not a backup" in refused(settings, other)
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    refused(settings, other)
    other.write_bytes(zipfile.ZipFile(io.BytesIO(), "w").fp.getvalue() or b"PK\x05\x06" + bytes(18))  # type: ignore[union-attr]
    refused(settings, other)


def test_a_file_that_is_not_there_is_said_as_what_it_is(new_portal: NewPortal, place: Path) -> None:
    with pytest.raises(FileNotFoundError):
        restore(new_portal("there"), place / "nothing")


def test_a_failure_at_the_last_moment_leaves_the_portal_as_it_was(
    new_portal: NewPortal, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = new_portal("there")
    before = everything()

    def full(_files: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring._Files, "put_in_place", full)
    with pytest.raises(OSError, match="No space"):
        restore(settings, good)
    assert everything() == before
    assert list(settings.files_dir.iterdir()) == []


def test_too_little_room_is_said_before_anything_is_written(
    new_portal: NewPortal, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = new_portal("there")
    usage = restoring.shutil.disk_usage(settings.files_dir)
    monkeypatch.setattr(restoring.shutil, "disk_usage", lambda _path: usage._replace(free=1024))
    assert "MB left" in refused(settings, good)


def test_a_running_portal_is_not_restored_into(new_portal: NewPortal, good: Path) -> None:
    settings = new_portal("there")
    with only_one(settings) as mine:
        assert mine
        assert "running" in refused(settings, good)


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        "../x",
        "a/../b",
        "/etc/passwd",
        "a//b",
        "a/b/c",
        "",
        ".x",
        "a/.x",
        "a\\b",
        "a\n",
        "ก",
        "a" * 90,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_no_file_name(name: str) -> None:
    assert not is_file_name(name)
