from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.databases import Databases
from tests.look.crawling import Visit, crawl, open_bare
from tests.look.worlds import ENGLISH, THAI, bare_portal, town


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture(scope="session")
def english_visits(workspace: Path, databases: Databases) -> list[Visit]:
    """Every page of the town that writes English, read in English."""
    with town(workspace / "english", databases, ENGLISH, language="en") as found:
        return crawl(found)


@pytest.fixture(scope="session")
def thai_visits(workspace: Path, databases: Databases) -> list[Visit]:
    """Every page of the town that writes Thai, read in Thai and with Thai numerals."""
    with town(workspace / "thai", databases, THAI, language="th", numerals="thai") as found:
        return crawl(found)


@pytest.fixture(scope="session")
def bare_visits(workspace: Path, databases: Databases) -> list[Visit]:
    """What a portal without an organisation shows, in both languages."""
    with bare_portal(workspace / "bare", databases) as app:
        return open_bare(app)
