"""The background worker: takes from the outbox, sends mail, tidies. Exactly one runs, held by a lock."""

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal.config import Settings
from portal.db import now
from portal.files.storing import remove_unreferenced
from portal.mail.sending import send_waiting
from portal.search.indexing import ensure_index, index_pending
from portal.thai.dates import bangkok_today
from portal.web.access_log import AccessLog

IDLE_SECONDS = 0.2
AFTER_ERROR_SECONDS = 5.0
TIDY_EVERY = timedelta(hours=1)

log = structlog.get_logger()


@contextmanager
def only_one(settings: Settings) -> Iterator[bool]:
    """Hold the worker's lock; False at once when another process holds it. The kernel frees it with the process."""
    folder: Path = settings.search_index_dir
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".worker.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def work(settings: Settings, *, parent: int | None = None) -> None:
    """Work till told to stop (SIGTERM, SIGINT) or, when a parent is named, till that process is gone.

    Waits for the lock when another worker holds it. The database is connected.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def orphaned() -> bool:
        return parent is not None and os.getppid() != parent

    while not stop.is_set() and not orphaned():
        with only_one(settings) as mine:
            if mine:
                log.info("worker at work")
                _loop(settings, lambda: stop.is_set() or orphaned(), stop.wait)
            else:
                stop.wait(1)
    log.info("worker stopped")


def _loop(settings: Settings, ended: Callable[[], bool], wait: Callable[[float], bool]) -> None:
    tidied = now() - TIDY_EVERY
    prepared = False
    while not ended():
        try:
            if not prepared:
                ensure_index(settings)
                prepared = True
            done = index_pending(settings) + send_waiting(settings)
            if now() - tidied >= TIDY_EVERY:
                tidied = now()
                tidy(settings)
        except (SQLAlchemyError, OSError) as error:
            # A full disk or a database that is away must not end the worker: nothing has left the outbox.
            log.error("work failed, trying again", error=type(error).__name__)
            prepared = False
            wait(AFTER_ERROR_SECONDS)
            continue
        if not done:
            wait(IDLE_SECONDS)


def tidy(settings: Settings) -> None:
    """What is kept for a time only: access logs, uploads that never found their place."""
    days = AccessLog(settings.log_dir).forget(bangkok_today(), settings.access_log_days)
    files = remove_unreferenced(settings)
    log.info("tidied", access_log_days=days, files=files)
