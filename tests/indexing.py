"""What the background worker does to the index, done at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from portal.config import Settings
from portal.db import session
from portal.search.indexing import index_pending


def index_all(settings: Settings) -> None:
    """Commit, and bring everything that waits into the index."""
    session.commit()
    while index_pending(settings):
        pass


@contextmanager
def killed_at_the_end(program: str, settings: Settings) -> Iterator[None]:
    """A process of its own that runs this program on the portal's data, and is killed without a word. It says `ready` when
    it begins."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PORTAL_DATABASE_URL": settings.database_url,
            "PORTAL_SEARCH_INDEX_DIR": str(settings.search_index_dir),
            "PORTAL_SECRET_KEY": "tests only",
        },
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
