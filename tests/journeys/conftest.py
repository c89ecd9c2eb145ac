"""A running portal with a writer, a reader and an admin."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.running import RunningPortal


@pytest.fixture(scope="module")
def portal(founded):
    home = Path(tempfile.mkdtemp(prefix="portal-journey-"))
    shutil.copytree(founded, home, dirs_exist_ok=True)
    with RunningPortal(home) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)
