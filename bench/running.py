"""A portal for measuring, started and ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.clients import ask

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def use_settings_of(home: Path) -> None:
    """The environment of a portal all of which lies at `home`, its brakes loosened."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    os.environ |= {
        "PORTAL_DATABASE_URL": f"sqlite:///{home / 'portal.db'}",
        "PORTAL_FILES_DIR": str(home / "files"),
        "PORTAL_SEARCH_INDEX_DIR": str(home / "index"),
        "PORTAL_LOG_DIR": str(home / "logs"),
        "PORTAL_SECRET_FILE": str(home / "secret_key"),
        "PORTAL_LOG_LEVEL": "error",
        **{
            f"PORTAL_LIMIT_{name}": "1000000 per minute" for name in ("DEFAULT", "SEARCH", "WRITE", "SIGN_IN")
        },
    }


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """The real server on the present settings, with the trivial page beside it: (port, process)."""
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(port), str(WORKERS)], cwd=ROOT, start_new_session=True
    )
    try:
        _wait(port)
        yield port, server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            if ask(port, "/healthz", "").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def say(text: str) -> None:
    """One line to whoever waits."""
    print(text, file=sys.stderr, flush=True)
