"""The scheduler: every minute the reminders of the domains, then the mails that are due. The worker runs it.

Each step is a transaction of its own, so that one that fails stops no other and is tried again a minute later. Two workers may
run it at the same moment: what they both do is done once (portal/notices/telling.py, portal/notices/mailing.py).
"""

import traceback
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from flask import Flask

from portal.config import Settings
from portal.db import now, reading, session
from portal.notice_words import REMINDERS, SPEAKERS
from portal.notices.mailing import (
    Links,
    begin_round,
    digest_day,
    waiting_at_once,
    waiting_for_digest,
    write_at_once,
    write_digest,
)
from portal.notices.models import DigestSort
from portal.notices.unsubscribing import unsubscribe_path

log = structlog.get_logger()


def run_due(app: Flask, settings: Settings, moment: datetime | None = None) -> int:
    """Do all that is due at the moment (now); answers how many notices were told and mails written."""
    moment = moment or now()
    # Words lead to pages, and the addresses of pages are made for a request; its end closes the session.
    with app.test_request_context():
        done = _remind(moment)
        for sort in DigestSort:
            done += _write_digests(sort, moment, settings)
        return done + _write_at_once(moment, settings)


def _remind(moment: datetime) -> int:
    return sum(_do(f"{one.__module__}.{one.__qualname__}", one, moment) for one in REMINDERS)


def _write_digests(sort: DigestSort, moment: datetime, settings: Settings) -> int:
    day = digest_day(sort, moment)
    if day is None:
        return 0
    with reading() as own:
        waiting = waiting_for_digest(own, sort, day, moment)
    if waiting is None:
        _do("begin digests", begin_round, sort, day, moment)
        with reading() as own:
            waiting = waiting_for_digest(own, sort, day, moment)
    return sum(
        _do("digest", write_digest, person_id, sort, day, moment, SPEAKERS, _links(settings))
        for person_id in waiting or ()
    )


def _write_at_once(moment: datetime, settings: Settings) -> int:
    with reading() as own:
        waiting = waiting_at_once(own, moment)
    return sum(
        _do("mail at once", write_at_once, notice_id, moment, SPEAKERS, _links(settings))
        for notice_id in waiting
    )


def _links(settings: Settings) -> Links:
    return Links(settings.base_url, partial(unsubscribe_path, settings.secret_key))


def _do(what: str, step: Callable[..., int | None], *arguments: object) -> int:
    """One step in a transaction of its own; what goes wrong in it, whatever it is, goes wrong for it alone."""
    try:
        done = step(*arguments) or 0
        session.commit()
    except Exception as error:
        # Where, and not what was said: messages and what variables held quote people's texts.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "a step of the scheduler failed",
            step=what,
            error=type(error).__name__,
            at=f"{place.filename}:{place.lineno}",
        )
        session.rollback()
        return 0
    finally:
        session.remove()
    return int(done)
