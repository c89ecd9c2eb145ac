"""The whole server is killed while people publish. What was acknowledged is there afterwards, and found; index and database
agree, though nobody mended anything."""

import http.client
import random
import string
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.databases import url_of
from tests.making import PASSWORD
from tests.postgresql import KIND
from tests.running import Browser, RunningPortal, command, environment_of, wait_till

PUBLISHES = 200
WRITERS = 4


@pytest.mark.soak
def test_what_was_acknowledged_survives_a_power_cut_and_is_found(
    home: Path, rounds: Callable[[int], int]
) -> None:
    chance = random.Random(20261121)  # noqa: S311 - the same moments each time
    everything: dict[str, str] = {}
    for number in range(rounds(50)):
        portal = RunningPortal(home)
        with portal:
            acknowledged = publish_till_it_dies(portal, chance.randrange(PUBLISHES // 10, PUBLISHES), chance)
        assert acknowledged, f"round {number} acknowledged nothing"
        everything |= acknowledged
        with RunningPortal(home) as again:
            assert_nothing_is_half_written(home)
            assert_all_are_stored(home, everything)
            assert_all_are_found(again, acknowledged)
        assert_the_index_agrees(home)


def publish_till_it_dies(portal: RunningPortal, most: int, chance: random.Random) -> dict[str, str]:
    """Publish from several browsers; the server is killed with the publish number `most`. Answers word → address of those
    that were acknowledged."""
    acknowledged: dict[str, str] = {}
    refusals: list[str] = []
    lock, reached = threading.Lock(), threading.Event()
    words = ["".join(chance.choices(string.ascii_lowercase, k=14)) for _ in range(PUBLISHES)]

    def write(browser: Browser, mine: list[str]) -> None:
        for word in mine:
            try:
                status, page = browser.publish(f"คู่มือ {word}", f"ขั้นตอนการรับเรื่อง {word} ของกองคลัง")
            except (OSError, http.client.HTTPException):
                return
            if status != 302:
                refusals.append(page)
                reached.set()
                return
            with lock:
                acknowledged[word] = browser.location
                if len(acknowledged) >= most:
                    reached.set()

    browsers = [Browser(portal.port) for _ in range(WRITERS)]
    for (
        browser
    ) in browsers:  # all of them, before the first publication: a slow one must not meet the kill at the door
        browser.sign_in("writer", PASSWORD)
    writers = [
        threading.Thread(target=write, args=(browser, words[start::WRITERS]))
        for start, browser in enumerate(browsers)
    ]
    for writer in writers:
        writer.start()
    assert reached.wait(300)
    assert not refusals, refusals[0]
    portal.kill()
    for writer in writers:
        writer.join()
    return acknowledged


def assert_all_are_stored(home: Path, acknowledged: dict[str, str]) -> None:
    with looking(home) as ask:
        stored: dict[str, int] = dict(ask("SELECT title, id FROM item WHERE state = 'published'"))
    for word, address in acknowledged.items():
        assert f"/knowledge/{stored[f'คู่มือ {word}']}" in address


def assert_all_are_found(portal: RunningPortal, acknowledged: dict[str, str]) -> None:
    browser = Browser(portal.port)
    browser.sign_in("reader", PASSWORD)
    wait_till(lambda: portal.health()["search"] == "ready")
    for word in acknowledged:
        wait_till(lambda word=word: [f"คู่มือ {word}"] == [found["title"] for found in browser.search(word)], 20)


def assert_the_index_agrees(home: Path) -> None:
    """Looked at after the server was killed once more, whatever it was doing."""
    looked = subprocess.run(
        command("reindex", "--check"), env=environment_of(home), cwd=home, capture_output=True, text=True
    )
    assert looked.returncode == 0, looked.stderr
    assert "index and database agree" in looked.stderr, looked.stdout


def assert_nothing_is_half_written(home: Path) -> None:
    """A published item has its text, its readers and its step, or it is not there at all."""
    with looking(home) as ask:
        if KIND == "sqlite":
            assert ask("PRAGMA integrity_check") == [("ok",)]
            assert ask("PRAGMA foreign_key_check") == []
        for needed in ("revision", "item_audience", "fulfilment", "knowledge_asset"):
            column = "id" if needed == "knowledge_asset" else "item_id"
            half = f"SELECT count(*) FROM item WHERE id NOT IN (SELECT {column} FROM {needed})"  # noqa: S608
            assert ask(half) == [(0,)], needed


@contextmanager
def looking(home: Path) -> Iterator[Callable[[str], Sequence[Any]]]:
    """Asks the database itself, beside the portal."""
    engine = create_engine(url_of(home))
    with engine.connect() as connection:
        yield lambda statement: connection.exec_driver_sql(statement).fetchall()
    engine.dispose()
