"""What some tests need of the machine beside Python. Where it is missing they are skipped, and the end of the run says so
loudly; in CI, where nothing may go untested, they fail."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Need:
    """A program that is looked for when the first test needs it; `find` answers where it is."""

    name: str
    install: str
    find: Callable[[], str | None]

    @property
    def missing(self) -> str:
        return f"there is no {self.name} on this machine"


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def find_initdb() -> str | None:
    """The program that makes a database; the server lies beside it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    return initdb if initdb and Path(initdb).with_name("postgres").exists() else None


# By the mark that a test carries.
NEEDS = {
    "browser": Need("Chromium", "apt-get install chromium", find_chromium),
    "postgresql": Need("PostgreSQL server", "apt-get install postgresql", find_initdb),
}


def mind_needs(item: pytest.Item) -> None:
    """Skip the test when something it is marked with is missing; fail it in CI."""
    for mark, need in NEEDS.items():
        if item.get_closest_marker(mark) and need.find() is None:
            if os.environ.get("CI"):
                pytest.fail(f"{need.missing}; .ci/run installs it", pytrace=False)
            pytest.skip(need.missing)


def untested(skipped: Iterable[pytest.TestReport]) -> list[str]:
    """A line for each need that was missing: how many tests did not run, and what to do."""
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    counted = [(need, sum(need.missing in reason for reason in reasons)) for need in NEEDS.values()]
    return [
        f"SKIPPED {count}: {need.missing}. To run them: {need.install}" for need, count in counted if count
    ]
