from pathlib import Path

import pytest

from tests.look.crawling import Visit, crawl
from tests.look.worlds import ENGLISH, THAI, town


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
