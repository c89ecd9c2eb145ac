"""Which tests a run begins with, and which of them one process runs."""

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

# What takes longest, so that no process is left alone with it at the end.
FIRST = (
    *("tests/look/test_pages.py", "tests/look/test_languages.py", "tests/look/test_accessibility.py"),
    *("tests/operations/", "tests/journeys/", "tests/permissions/", "tests/notices/", "tests/training/"),
)
# What was found on a walk through two whole towns is read by the first two; the journeys go through one running portal.
# One process makes either once.
TOGETHER = {
    **dict.fromkeys(FIRST[:2], "towns"),
    **dict.fromkeys(
        (
            "tests/journeys/test_nothing_typed_is_lost.py",
            "tests/journeys/test_suggestions.py",
            "tests/journeys/test_the_main_job.py",
            "tests/journeys/test_writing_comfort.py",
        ),
        "journeys",
    ),
}


def place_in_line(item: pytest.Item) -> int:
    """The lower, the sooner."""
    return next((place for place, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))


class ByWorld(LoadFileScheduling):
    """A file is run by one process, whose module's fixtures are made once; files with one world as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)
