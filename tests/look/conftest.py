import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.look.browsing import CHROMIUM
from tests.look.crawling import Visit, crawl, open_bare
from tests.look.worlds import ENGLISH, THAI, bare_portal, town


@pytest.fixture(scope="session")
def english_visits(workspace: Path, empty_database: Path) -> list[Visit]:
    """Every page of the town that writes English, read in English."""
    with town(workspace / "english", empty_database.read_bytes(), ENGLISH, language="en") as found:
        return crawl(found)


@pytest.fixture(scope="session")
def thai_visits(workspace: Path, empty_database: Path) -> list[Visit]:
    """Every page of the town that writes Thai, read in Thai and with Thai numerals."""
    with town(workspace / "thai", empty_database.read_bytes(), THAI, language="th", numerals="thai") as found:
        return crawl(found)


@pytest.fixture(scope="session")
def bare_visits(workspace: Path, empty_database: Path) -> list[Visit]:
    """What a portal without an organisation shows, in both languages."""
    with bare_portal(workspace / "bare", empty_database.read_bytes()) as app:
        return open_bare(app)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: the browser tests must run in CI")
        pytest.skip("NO CHROMIUM FOUND: the browser tests are skipped")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
