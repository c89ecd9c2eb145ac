"""Two servers on one PostgreSQL: what is published on one is found on the other, and either goes on without the other."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import db
from portal.migrating import upgrade
from tests.making import PASSWORD, make_person
from tests.postgresql import new_database
from tests.running import Browser, RunningPortal, wait_till

pytestmark = pytest.mark.postgresql


@pytest.fixture
def servers(place: Path) -> Iterator[tuple[RunningPortal, RunningPortal]]:
    url = new_database()
    engine = db.connect(url)
    upgrade()
    make_person("สมพงษ์", username="writer")
    db.session.commit()
    db.session.remove()
    engine.dispose()
    homes = [place / name for name in ("first", "second")]
    for home in homes:
        home.mkdir()
    shared = {"PORTAL_DATABASE_URL": url, "PORTAL_FILES_DIR": str(place / "files")}
    first, second = (RunningPortal(home, workers=1, **shared) for home in homes)
    with first, second:
        yield first, second


def browser_of(portal: RunningPortal) -> Browser:
    browser = Browser(portal.port)
    browser.sign_in("writer", PASSWORD)
    return browser


def is_at_work(portal: RunningPortal) -> bool:
    return "worker at work" in portal.log.read_text()


def found(browser: Browser, words: str) -> list[str]:
    return [one["title"] for one in browser.search(words)]


def test_two_servers_find_each_other_s_new_items_and_one_goes_on_when_the_other_dies(
    servers: tuple[RunningPortal, RunningPortal],
) -> None:
    wait_till(lambda: any(map(is_at_work, servers)))
    (working,) = filter(is_at_work, servers)
    (waiting,) = (one for one in servers if one is not working)
    wait_till(lambda: waiting.health()["search"] == "ready")
    there, here = browser_of(working), browser_of(waiting)
    took = []
    for number, (writer, reader) in enumerate([(there, here), (here, there)] * 3):
        title = f"คู่มือสูบน้ำ {number}"
        assert writer.publish(title, f"เปิดวาล์วที่ {number} ก่อนเดินเครื่อง")[0] == 302
        began = time.monotonic()
        wait_till(lambda title=title, reader=reader: title in found(reader, "วาล์ว"))
        took.append(time.monotonic() - began)
    assert sorted(took)[len(took) // 2] < 1.0, took
    assert not is_at_work(waiting)

    working.kill()
    assert here.publish("คู่มือดับเพลิง", "ตรวจถังทุกเดือน")[0] == 302
    began = time.monotonic()
    assert len(found(here, "วาล์ว")) == 6  # at once, whoever works
    wait_till(lambda: found(here, "ถัง") == ["คู่มือดับเพลิง"])
    assert is_at_work(waiting)
    assert time.monotonic() - began < 20  # on a busy machine; two seconds else
