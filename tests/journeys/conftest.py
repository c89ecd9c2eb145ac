"""A running portal with a writer, a reader and an admin, one for all who go through it (tests/ordering.py)."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.databases import url_of
from tests.running import RunningPortal


@pytest.fixture(scope="session")
def portal(founded, databases):
    home = Path(tempfile.mkdtemp(prefix="portal-journey-"))
    databases.copy_portal(founded, home)
    with RunningPortal(home) as running:
        yield running
    databases.drop(url_of(home))
    shutil.rmtree(home, ignore_errors=True)
