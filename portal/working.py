"""The background worker: takes from the outbox, sends mail, reminds, tidies. Exactly one runs, held by a lock."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal.config import Settings
from portal.db import now, session
from portal.drafts.sending import forget_sent_forms
from portal.files.storing import remove_unreferenced
from portal.items.attaching import forget_attachments
from portal.locking import Held, Lock, held
from portal.mail.sending import send_waiting
from portal.notices.telling import forget_old_notices
from portal.people.settings import emblems
from portal.reminding import run_due
from portal.search.batches import BusyIndexError
from portal.search.indexing import ensure_index, index_pending
from portal.search.insight import forget_old_questions
from portal.search.liking import count_readers
from portal.search.self_check import check_if_due
from portal.thai.dates import bangkok_today
from portal.thai.words import dictionary
from portal.web.access_log import AccessLog

IDLE_SECONDS = 0.1  # a search waits 0.3 s for what was just published
MAIL_SECONDS = 2.0
CHECKING_SECONDS = 600.0  # whether the nightly self-check is due
REMINDING_SECONDS = 60.0  # who wants to be told at once is told within a minute
ENDING_SECONDS = 8.0  # less than `serve` waits before it kills
AFTER_ERROR_SECONDS = 5.0
TIDY_EVERY = timedelta(hours=1)

log = structlog.get_logger()


@contextmanager
def only_one(settings: Settings) -> Iterator[Held]:
    """Hold the worker's lock; False at once when another process holds it. It is free again when the process ends, however
    it ends: on PostgreSQL the servers share one, else the processes of this machine do."""
    if settings.on_postgresql:
        with held(Lock.WORKER) as got:
            yield got
        return
    folder: Path = settings.search_index_dir
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".worker.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield Held(False)
            return
        yield Held(True)


def work(settings: Settings, *, parent: int | None = None) -> None:
    """Work till told to stop (SIGTERM, SIGINT) or, when a parent is named, till that process is gone.

    Waits for the lock when another worker holds it. The database is connected, and the application's context is there.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def ended() -> bool:
        return stop.is_set() or (parent is not None and os.getppid() != parent)

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # threads have no context of their own
    dictionary()  # a second, which the first publication would else wait for
    while not ended():
        try:
            with only_one(settings) as mine:
                if mine:
                    _work_alone(app, settings, mine, stop, ended)
                else:
                    stop.wait(1)
        except DBAPIError as error:
            log.error("the worker's lock can't be had", error=type(error).__name__)
            stop.wait(AFTER_ERROR_SECONDS)
    log.info("worker stopped")


def _work_alone(
    app: Flask, settings: Settings, lock: Held, stop: threading.Event, ended: Callable[[], bool]
) -> None:
    """Till it ends, or the lock is lost with the database's connection: another server's worker may have it then."""
    log.info("worker at work")
    resting = threading.Event()
    # A mail server that does not answer must not keep from the search what was just published.
    beside = [
        _beside(partial(send_waiting, settings), MAIL_SECONDS, resting, "mail"),
        _beside(partial(_remind, app, settings), REMINDING_SECONDS, resting, "reminders"),
        _beside(
            partial(check_if_due, app, settings, now(), resting.is_set),
            CHECKING_SECONDS,
            resting,
            "self-check",
        ),
    ]
    _repeat(_Indexing(settings), IDLE_SECONDS, stop, lambda: ended() or lock.is_lost())
    resting.set()
    ends = time.monotonic() + ENDING_SECONDS
    for thread in beside:
        thread.join(timeout=max(0.0, ends - time.monotonic()))


def _beside(do: Callable[[], int], pause: float, stop: threading.Event, name: str) -> threading.Thread:
    thread = threading.Thread(target=_repeat, args=(do, pause, stop), name=name, daemon=True)
    thread.start()
    return thread


def _remind(app: Flask, settings: Settings) -> int:
    run_due(app, settings)
    return 0  # the next round is in a minute, whatever this one did


def _repeat(
    do: Callable[[], int], pause: float, stop: threading.Event, ended: Callable[[], bool] | None = None
) -> None:
    """Do it again and again, at once while it answers that it did something, else after the pause."""
    ended = ended or stop.is_set
    while not ended():
        try:
            done = do()
        except (SQLAlchemyError, OSError) as error:
            # A full disk or a database that is away must not end the worker: nothing has left the outbox.
            reason = str(getattr(error, "orig", None) or error).splitlines()[:1]  # further lines quote rows
            log.error("work failed, trying again", error=type(error).__name__, reason=reason)
            session.remove()  # a transaction that was begun would keep the write lock
            stop.wait(AFTER_ERROR_SECONDS)
            continue
        if not done:
            stop.wait(pause)


class _Indexing:
    """The index kept up to date, and every hour the tidying."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._prepared = False
        self._tidied = now() - TIDY_EVERY

    def __call__(self) -> int:
        try:
            if not self._prepared:
                # Where another process is making it, the old one is kept fresh meanwhile.
                with suppress(BusyIndexError):
                    ensure_index(self._settings)
                self._prepared = True
            done = index_pending(self._settings)
            if now() - self._tidied >= TIDY_EVERY:
                self._tidied = now()
                tidy(self._settings)
        except (SQLAlchemyError, OSError):
            self._prepared = False
            raise
        return done


def tidy(settings: Settings) -> None:
    """What is kept for a time only: access logs, uploads that never found their place, what was searched for."""
    days = AccessLog(settings.log_dir).forget(bangkok_today(), settings.access_log_days)
    forgotten, kept, notices = forget_attachments(), emblems(), forget_old_notices()
    questions, read_more = forget_old_questions(), count_readers()
    forget_sent_forms()
    # Let go of the write lock: what removes files opens a transaction of its own and would wait for this one.
    session.commit()
    session.remove()
    files = remove_unreferenced(settings, keep=kept)
    log.info(
        "tidied",
        access_log_days=days,
        uploads=forgotten,
        files=files,
        notices=notices,
        asked_questions=questions,
        items_read=read_more,
    )
