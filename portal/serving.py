"""`portal serve`: the web workers and one background worker beside them."""

import gc
import os
import subprocess
import sys
import threading
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal.config import Settings
from portal.db import bound_engine
from portal.people.passwords import nobodys_hash
from portal.thai.words import folded_dictionary

THREADS = 4


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with the portal in it. The application is loaded once and forked, so that its dictionaries are shared."""

    def __init__(self, app: Flask, settings: Settings, *, host: str, port: int, workers: int):
        self._app = app
        self._options = {
            "bind": f"{host}:{port}" if ":" not in host else f"[{host}]:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 5,
            "limit_request_line": 8190,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "forwarded_allow_ips": "*" if settings.behind_proxies else "127.0.0.1",
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        self._worker = BackgroundWorker()
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("post_fork", _after_fork)
        self.cfg.set("worker_exit", _before_exit)
        self.cfg.set("when_ready", lambda _server: self._worker.start())
        self.cfg.set("on_exit", lambda _server: self._worker.stop())

    def load(self) -> Flask:
        folded_dictionary()  # half a second and 150 MB: once for all workers, and not in somebody's first search
        nobodys_hash()  # nor in the first sign-in of somebody unknown, which would be known by its taking longer
        # What was loaded up to here stays as long as the process: the collector need not look at the dictionaries again
        # (it took a tenth of a second each time), nor touch their memory, which the workers share while it is untouched.
        gc.collect()
        gc.freeze()
        return self._app


def _after_fork(_server: Any, _worker: Any) -> None:
    # Connections must not be shared between processes: each opens its own.
    bound_engine().dispose(close=False)


def _before_exit(_server: Any, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask):
        for counter in ("readings", "asked"):
            app.extensions[counter].flush()


class BackgroundWorker:
    """`portal worker` as a child, started again when it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A web worker that is forked while a child is being started would inherit the pipe on which Popen waits for its
        # child, and Popen would wait as long as the web worker lives: nobody would then start the next one.
        os.register_at_fork(
            before=self._starting.acquire,
            after_in_parent=self._starting.release,
            after_in_child=self._starting.release,
        )
        threading.Thread(target=self._keep_alive, name="background-worker", daemon=True).start()

    def _keep_alive(self) -> None:
        while not self._stopping.is_set():
            with self._starting:
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-m", "portal", "worker", "--parent", str(os.getpid())]
                )
            self._process.wait()
            self._stopping.wait(1)

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
