"""A machine without a browser or a database server says loudly what was not tested, and how to test it; CI fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDING = (
    "tests/look/test_in_a_browser.py::test_a_date_field_shows_what_was_understood",
    "tests/operations/test_backup.py::test_numbers_go_on_where_they_were_after_a_move_to_postgresql",
)
# As the command line, on a machine that has none of it.
PYTEST = """
import sys, pytest
from dataclasses import replace
from tests.needs import NEEDS
NEEDS.update({mark: replace(need, find=lambda: None) for mark, need in NEEDS.items()})
sys.exit(pytest.main(sys.argv[1:]))
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CI", "PYTEST", "TEST_"))
    }
    return subprocess.run(
        [sys.executable, *arguments, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_was_skipped_stands_at_the_end_with_what_to_install_also_when_quiet():
    done = run("-m", "pytest", NEEDING[0], "-q", "-n", "1", PATH="/nowhere")
    assert done.returncode == 0, done.stdout
    end = done.stdout.partition("NOT EVERYTHING WAS TESTED")[2]
    assert "SKIPPED 1: there is no Chromium on this machine. To run them: apt-get install chromium" in end


def test_in_ci_what_is_missing_fails():
    done = run("-c", PYTEST, *NEEDING, "-n", "0", CI="true")
    assert done.returncode == 1
    assert "there is no Chromium on this machine; .ci/run installs it" in done.stdout
    assert "there is no PostgreSQL server on this machine; .ci/run installs it" in done.stdout


@pytest.mark.parametrize("mark", ["browser", "postgresql"])
def test_the_marks_are_known(mark, pytestconfig):
    assert any(line.startswith(f"{mark}:") for line in pytestconfig.getini("markers"))
