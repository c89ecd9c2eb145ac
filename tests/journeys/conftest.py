"""A running portal with a writer, a reader and an admin, and a real browser."""

import shutil
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.running import RunningPortal

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def portal(founded):
    home = Path(tempfile.mkdtemp(prefix="portal-journey-"))
    shutil.copytree(founded, home, dirs_exist_ok=True)
    with RunningPortal(home) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()
