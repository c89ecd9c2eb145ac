"""A full disk, a disk that can't be written, a database that is busy: a clear answer, nothing typed lost, nothing half done."""

import os
import random
import string
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, func, select

from portal import db
from portal.config import Settings
from portal.db import session
from portal.items.models import Item, Revision
from portal.outbox.models import OutboxEntry
from portal.people.models import Person
from portal.search.indexing import index_pending
from tests.databases import Databases, url_of
from tests.holding import holding
from tests.making import PASSWORD, make_asset, make_person
from tests.postgresql import KIND, move_database
from tests.running import Browser, RunningPortal

LoginAs = Callable[[Person], FlaskClient]
FORM = {
    "title": "คู่มือปิดวาล์วน้ำ",
    "text": "ปิดวาล์วตัวที่สองก่อนเสมอ แล้วจึงปิดตัวแรก มิฉะนั้นท่อจะแตกเพราะแรงดันย้อนกลับ",
    "kind": "manual",
    "knowledge": "explicit",
    "audience": "organisation",
    "fulfilments-0-step": "KM3",
    "action": "publish",
    "base_revision": "0",
}

READ_ONLY = {
    "sqlite": ("PRAGMA query_only=ON", "PRAGMA query_only=OFF"),
    "postgresql": ("SET default_transaction_read_only=on", "SET default_transaction_read_only=off"),
}


def counts() -> tuple[int, int, int]:
    """Items, revisions and waiting work in the database now."""
    session.remove()
    found = [
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Item, Revision, OutboxEntry)
    ]
    session.remove()
    return found[0], found[1], found[2]


@pytest.fixture
def on_each_connection(app: Flask) -> Iterator[Callable[[str], None]]:
    """Says that on every connection that is opened from now on."""
    engine = db.bound_engine()
    listeners: list[Callable[..., None]] = []

    def say(statement: str) -> None:
        def run(connection: Any, *_: object) -> None:
            connection.execute(statement)
            connection.commit()

        session.remove()
        engine.dispose()
        event.listen(engine, "connect", run)
        listeners.append(run)

    yield say
    for listener in listeners:
        event.remove(engine, "connect", listener)
    session.remove()
    engine.dispose()


def pages(app: Flask) -> int:
    with db.bound_engine().connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)


@pytest.mark.sqlite
def test_on_a_full_disk_the_writer_is_told_and_keeps_what_he_typed(
    app: Flask, login_as: LoginAs, on_each_connection: Callable[[str], None]
) -> None:
    writer = login_as(make_person())
    before = counts()
    on_each_connection(f"PRAGMA max_page_count={pages(app)}")
    answer = writer.post("/knowledge/new", data={**FORM, "text": FORM["text"] * 500})
    assert answer.status_code == 507
    assert "พื้นที่" in answer.text, "it says so in Thai"
    assert FORM["text"] in answer.text
    assert FORM["title"] in answer.text
    assert counts() == before


@pytest.mark.sqlite
def test_on_a_full_disk_everybody_can_go_on_reading(
    app: Flask, login_as: LoginAs, on_each_connection: Callable[[str], None]
) -> None:
    asset_id = make_asset(title="คู่มือดับเพลิง").id
    reader = login_as(make_person("มาลี"))
    on_each_connection(f"PRAGMA max_page_count={pages(app)}")
    assert reader.get("/").status_code == 200
    assert "คู่มือดับเพลิง" in reader.get(f"/knowledge/{asset_id}").text
    assert reader.get("/healthz").status_code == 200


def test_on_a_disk_that_can_not_be_written_the_writer_is_told_and_keeps_what_he_typed(
    login_as: LoginAs, database: str, on_each_connection: Callable[[str], None]
) -> None:
    """A PostgreSQL that became a standby is such a disk, too."""
    writer = login_as(make_person())
    before = counts()
    on, off = READ_ONLY[database]
    on_each_connection(on)
    answer = writer.post("/knowledge/new", data=FORM)
    assert answer.status_code == 507
    assert FORM["text"] in answer.text
    on_each_connection(off)
    assert counts() == before


@pytest.mark.sqlite  # the index in a folder
@pytest.mark.parametrize("number", [5, 28], ids=["EIO", "ENOSPC"])
def test_when_the_disk_does_not_take_the_index_nothing_leaves_the_outbox(
    app: Flask, settings: Settings, login_as: LoginAs, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    reader = login_as(make_person())
    index_pending(settings)
    asset = make_asset(title="คู่มือซ่อมถนน", text="ใช้ยางมะตอยผสมร้อน")
    waiting = counts()[2]
    assert waiting

    def broken(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", broken)
    for _ in range(3):
        index_pending(settings)
        assert counts()[2] == waiting
    assert reader.get("/api/v1/search?q=ยางมะตอย").status_code == 200, "search goes on without"

    monkeypatch.undo()
    for _ in range(200):
        index_pending(settings)
        if counts()[2] == 0:
            break
        time.sleep(0.05)
    assert counts()[2] == 0
    found = reader.get("/api/v1/search?q=ยางมะตอย").get_json()["results"]
    assert [one["id"] for one in found] == [asset.id]


def test_an_upload_that_the_disk_does_not_take_is_refused_and_leaves_nothing(
    app: Flask, settings: Settings, login_as: LoginAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = make_person()
    asset = make_asset(author=writer)
    browser = login_as(writer)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with (Path(__file__)).open("rb") as file:
        answer = browser.post(
            "/files",
            data={"file": (file, "บันทึก.txt"), "item_id": str(asset.id)},
            content_type="multipart/form-data",
        )
    assert answer.status_code == 507, answer.text
    assert not [path for path in settings.files_dir.rglob("*") if path.is_file()]


class Holding:
    """Somebody else who writes to the database for so many seconds."""

    def __init__(self, home: Path, seconds: float):
        self._url, self._seconds = url_of(home), seconds
        self._held = threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        with holding(self._url):
            self._held.set()
            time.sleep(self._seconds)

    def __enter__(self) -> "Holding":
        self._thread.start()
        assert self._held.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def test_a_writer_waits_for_a_database_that_is_busy_for_five_seconds(home: Path) -> None:
    with RunningPortal(home) as portal:
        writer, reader = Browser(portal.port), Browser(portal.port)
        writer.sign_in("writer", PASSWORD)
        reader.sign_in("reader", PASSWORD)
        with Holding(home, 5) as somebody:
            answers: list[tuple[int, str]] = []
            writing = threading.Thread(
                target=lambda: answers.append(writer.publish(FORM["title"], FORM["text"]))
            )
            writing.start()
            assert reader.get("/")[0] == 200, "who reads does not wait"
            assert somebody._thread.is_alive()
            writing.join()
        assert answers[0][0] == 302
        assert FORM["title"] in reader.get(writer.location)[1]


@pytest.mark.soak
def test_a_database_that_is_busy_for_fifteen_seconds_is_said_and_what_was_typed_stays(home: Path) -> None:
    with RunningPortal(home) as portal:
        writer = Browser(portal.port)
        writer.sign_in("writer", PASSWORD)
        with Holding(home, 15):
            status, page = writer.publish(FORM["title"], FORM["text"])
        assert status == 503
        assert FORM["text"] in page
        assert FORM["title"] in page
        assert writer.publish(FORM["title"], FORM["text"])[0] == 302


@pytest.fixture
def small_disk(founded: Path, databases: Databases) -> Iterator[Path]:
    """A portal's folder with its database on a disk of a few megabytes. Only an administrator can make one."""
    home = Path(tempfile.mkdtemp(prefix="portal-small-"))
    size = "6m" if KIND == "sqlite" else "40m"  # PostgreSQL's tables of its own take more room than ours
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=711", "tmpfs", str(home)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small disk can't be mounted here")
    databases.copy_portal(founded, home)
    if KIND == "postgresql":
        (home / "tables").mkdir()
        move_database(url_of(home), home / "tables")
    yield home
    databases.drop(url_of(home))
    subprocess.run(["umount", "-l", str(home)], check=False)
    home.rmdir()


def test_a_disk_that_really_fills_up_loses_nothing_and_the_portal_goes_on_when_there_is_room(
    small_disk: Path,
) -> None:
    with RunningPortal(small_disk) as portal:
        writer = Browser(portal.port)
        writer.sign_in("writer", PASSWORD)
        assert writer.publish("ก่อนดิสก์เต็ม", "เขียนไว้ตั้งแต่ยังมีที่ว่าง")[0] == 302
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        # Words that PostgreSQL can't press into a page it has already.
        chance = random.Random(20261127)  # noqa: S311 - the same words each time
        words = " ".join("".join(chance.choices(string.ascii_lowercase, k=9)) for _ in range(20_000))
        long_text = f"{FORM['text']}\n\n{words}"
        status, page = writer.publish(FORM["title"], long_text)
        assert status == 507, page
        assert FORM["text"] in page
        assert writer.get("/")[0] == 200
        ballast.unlink()
        assert writer.publish(FORM["title"], long_text)[0] == 302
        assert FORM["title"] in writer.get(writer.location)[1]
    engine = create_engine(url_of(small_disk))
    with engine.connect() as database:
        if KIND == "sqlite":
            assert database.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert database.scalar(select(func.count()).where(Item.title == FORM["title"])) == 1
    engine.dispose()
