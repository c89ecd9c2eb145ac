"""The real portal as people run it: `portal serve` in processes of its own, and a browser without a window."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from tests.databases import url_of

TOKEN_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PATIENCE = 60.0
IDLE = 2.0


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """The environment of a portal whose everything lies below `home`, its brakes loosened for one busy test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "COV_"))}
    return {
        **kept,
        "PORTAL_DATABASE_URL": url_of(home),
        "PORTAL_FILES_DIR": str(home / "files"),
        "PORTAL_SEARCH_INDEX_DIR": str(home / "index"),
        "PORTAL_LOG_DIR": str(home / "logs"),
        "PORTAL_SECRET_KEY": "a key for the tests only, of some length",
        **{
            f"PORTAL_LIMIT_{name}": "1000000 per minute"
            for name in ("DEFAULT", "SEARCH", "WRITE", "UPLOAD", "SIGN_IN")
        },
        **more,
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "portal", *arguments]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(process: int) -> dict[int, str]:
    """The children that are alive, with what they were called as."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == process and state != "Z":
                found[int(entry.name)] = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                )
        except (OSError, ValueError):
            continue
    return found


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_till(what: Any, seconds: float = PATIENCE) -> Any:
    """Ask again and again till the answer is true; AssertionError when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


class RunningPortal:
    """`with RunningPortal(home) as portal:`; whatever is left of it at the end is killed."""

    def __init__(self, home: Path, *, workers: int = 2, port: int | None = None, **settings: str):
        self.home = home
        self.port = port or free_port()
        self._environment = environment_of(home, **settings)
        self._workers = workers
        self.log = home / "serve.log"
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> "RunningPortal":
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command("serve", "--port", str(self.port), "--workers", str(self._workers)),
                env=self._environment,
                stdout=log,
                stderr=log,
                cwd=self.home,
                start_new_session=True,
            )
        wait_till(self._is_up)

    def _is_up(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the portal ended at once: {self.log.read_text()[-2000:]}")
        try:
            return Browser(self.port).get("/healthz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9 for all of it at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        wait_till(lambda: not self.group())

    def group(self) -> set[int]:
        """Processes of this portal that are alive."""
        alive = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[2]) == self.process.pid and fields[0] != "Z":
                    alive.add(int(entry.name))
        return alive

    def background_workers(self) -> set[int]:
        return {pid for pid, called in children_of(self.process.pid).items() if " worker" in called}

    def health(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(Browser(self.port).get("/healthz")[1])
        return found


class Browser:
    """One line kept open, cookies, forms with their token."""

    def __init__(self, port: int, timeout: float = PATIENCE):
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self._used = 0.0
        self.location = ""

    def __del__(self) -> None:
        self._line.close()

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form; afterwards `location` says where the answer leads."""
        return self._ask("POST", path, urlencode({"csrf_token": self._token, **fields}))

    def sign_in(self, account: str, password: str) -> None:
        assert self.get("/sign-in")[0] == 200
        status, page = self.post("/sign-in", account=account, password=password)
        assert status == 302, page
        self.get("/knowledge/new")

    def search(self, words: str) -> list[dict[str, Any]]:
        """What the API finds for the person signed in."""
        status, text = self.get(f"/api/v1/search?q={quote(words)}")
        assert status == 200, text
        found: list[dict[str, Any]] = json.loads(text)["results"]
        return found

    def publish(self, title: str, text: str) -> tuple[int, str]:
        """Write a manual and publish it at once; 302 means that it is acknowledged."""
        return self.post(
            "/knowledge/new",
            **{
                "title": title,
                "text": text,
                "kind": "manual",
                "knowledge": "explicit",
                "audience": "organisation",
                "fulfilments-0-step": "KM3",
                "action": "publish",
                "base_revision": "0",
            },
        )

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Sec-Fetch-Site"] = "same-origin"  # as the browsers of today say it
        if time.monotonic() - self._used > IDLE:  # the server may be closing it this moment
            self._line.close()
        self._line.request(method, path, body, headers)
        answer = self._line.getresponse()
        text = answer.read().decode()
        self._used = time.monotonic()
        for given in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = given.partition(";")[0].partition("=")
            self._cookies[name] = value
        self.location = answer.headers.get("Location", "")
        token = TOKEN_FIELD.search(text)
        if token:
            self._token = token[1]
        return answer.status, text
