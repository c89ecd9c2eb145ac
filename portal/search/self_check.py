"""The nightly self-check: restricted items are written, indexed, looked for through every door, and removed.

What it finds is kept in `search_check` and shown to the admins. A leak is an error in the log and a notice to each of them.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, select

from portal.communities.models import Community
from portal.config import Settings
from portal.db import now, read_only, reading, session
from portal.knowledge.import_places import system_account
from portal.notices.telling import Kind, tell
from portal.people.audiences import valid_on
from portal.people.models import Person, RoleGrant, RoleName, Unit
from portal.people.passwords import digest
from portal.people.settings import the_organisation
from portal.people.sign_in_models import SignIn
from portal.plan.models import Plan
from portal.plan.running import this_fiscal_year
from portal.plan.steps import STEPS
from portal.search.batches import NIGHT, pending
from portal.search.check_models import Problem, SearchCheck
from portal.search.doors import (
    OWNER,
    PUBLIC,
    STAFF,
    Caller,
    Interrupted,
    Tried,
    owner_finds,
    try_doors,
    try_search,
)
from portal.search.indexing import index_pending
from portal.search.markers import make_markers, remove_markers
from portal.search.results import Asker
from portal.thai.dates import BANGKOK, bangkok_today
from portal.translating import N_

LEAK: Final = Kind("search_leak", N_("The search shows what is restricted"))
VISITOR: Final = "self-check"
PATIENCE: Final = 120.0  # seconds till the markers are in the index
WORKERS_PATIENCE: Final = 2.0  # seconds a worker is given before the check indexes by itself
GIVEN_UP: Final = timedelta(minutes=30)  # a check that began so long ago was killed
KEPT: Final = timedelta(days=400)
NIGHTLY: Final = timedelta(hours=20)
SETTLED: Final = timedelta(minutes=10)
AT_LATEST: Final = timedelta(hours=36)  # where the machine sleeps at night

log = structlog.get_logger()


class AlreadyChecking(RuntimeError):
    """Another check runs at this moment."""


def is_due(moment: datetime, started: datetime) -> bool:
    """Whether the nightly check is to run now, in a process that started then: once in the small hours, or where no
    machine is awake then, an hour after it woke up. Never right after the start: then others wait for the portal."""
    last = session.scalar(select(SearchCheck.began_at).order_by(SearchCheck.began_at.desc()).limit(1))
    if last is not None and moment - last < NIGHTLY:
        return False
    if moment.astimezone(BANGKOK).hour in NIGHT:
        return moment - started > SETTLED
    return moment - started > timedelta(hours=1) and (last is None or moment - last > AT_LATEST)


def check_if_due(app: Flask, settings: Settings, started: datetime, ended: Callable[[], bool]) -> int:
    """For the worker: remove what a killed check left, and check when it is due; answers 0, the next look is later."""
    with app.app_context():
        if the_organisation() is None:
            session.remove()
            return 0
        remove_leftovers()
        due = is_due(now(), started)
        session.remove()
        if due:
            try:
                check_search(settings, ended)
            except AlreadyChecking:
                log.info("another self-check of the search is running")
            except Exception as error:
                # What went wrong in it must not end the worker; it is kept with the check.
                log.error("the self-check of the search failed", error=type(error).__name__)
                session.remove()
    return 0


def remove_leftovers() -> None:
    """Remove the markers of checks that were killed, and what is kept of old checks."""
    killed = session.scalars(
        select(SearchCheck).where(SearchCheck.ended_at.is_(None), SearchCheck.began_at < now() - GIVEN_UP)
    ).all()
    for check in killed:
        remove_markers(check.marker_ids)
        kept = session.get_one(SearchCheck, check.id)
        kept.ended_at, kept.problem, kept.marker_ids = now(), Problem.INTERRUPTED, []
    session.execute(delete(SearchCheck).where(SearchCheck.began_at < now() - KEPT))
    session.commit()


def check_search(settings: Settings, ended: Callable[[], bool] = lambda: False) -> SearchCheck:
    """Make the whole check now; answers what is kept of it. Within an application's context, outside any request.

    AlreadyChecking when another one runs; anything else that goes wrong is a problem of the check, and raised.
    """
    check_id, tried = _begin(), Tried()
    problem = Problem.FAILED
    try:
        problem = _check(check_id, settings, tried, ended)
    except Interrupted:
        problem = Problem.INTERRUPTED
    finally:
        session.rollback()
        check, item_ids = _end(check_id, tried, problem)
        with suppress(Interrupted):
            _wait_for_index(settings, item_ids, ended)
    return check


def _check(check_id: int, settings: Settings, tried: Tried, ended: Callable[[], bool]) -> Problem:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    organisation = the_organisation()
    if organisation is None:
        return Problem.FAILED
    owner, visitor = _accounts(organisation)
    markers = make_markers(owner)
    session.get_one(SearchCheck, check_id).marker_ids = [marker.item_id for marker in markers]
    session.commit()
    known, askers = (
        _known(organisation, owner, visitor),
        {
            PUBLIC: Asker.of(None),
            STAFF: Asker.of(visitor),
            "any staff": Asker.any_staff(organisation.id),
        },
    )
    session.remove()
    if not _wait_for_index(settings, [marker.item_id for marker in markers], ended):
        return Problem.NOT_INDEXED
    with (
        _signed_in(app, OWNER, owner) as own,
        _signed_in(app, STAFF, visitor) as staff,
        Caller(app, PUBLIC) as public,
    ):
        if not owner_finds(own, "/search", markers):
            return Problem.OWNER_BLIND
        if staff.get("/me").status_code != 200:
            return Problem.DOORS_SHUT
        with app.test_request_context():
            read_only()
            try_search(askers, markers, tried)
            session.remove()
        for caller in (public, staff):
            try_doors(app, caller, markers, known, tried, ended)
    if tried.failed:
        log.error("doors failed in the self-check of the search", doors=sorted(tried.failed))
        return Problem.DOORS_SHUT
    return Problem.NONE


def _begin() -> int:
    running = select(SearchCheck.id).where(
        SearchCheck.ended_at.is_(None), SearchCheck.began_at > now() - GIVEN_UP
    )
    if session.scalar(running.limit(1)) is not None:
        session.rollback()
        raise AlreadyChecking
    check = SearchCheck()
    session.add(check)
    session.commit()
    return check.id


def _end(check_id: int, tried: Tried, problem: Problem) -> tuple[SearchCheck, list[int]]:
    """Take the markers away and keep what came of it, in one transaction; answers their numbers, too."""
    item_ids = session.get_one(SearchCheck, check_id).marker_ids
    remove_markers(item_ids)
    check = session.get_one(SearchCheck, check_id)
    check.ended_at, check.problem, check.marker_ids = now(), problem, []
    check.doors, check.requests = len(tried.doors), tried.requests
    check.leaks = [
        leak.as_data() for leak in sorted(tried.leaks, key=lambda one: (one.door, one.asker, one.marker))
    ]
    if check.leaks:
        doors = sorted({leak.door for leak in tried.leaks})
        log.error("the search shows what is restricted", check=check.id, doors=doors)
        tell(_admins(), LEAK, check, key=f"search_leak:{check.id}")
    session.commit()
    return check, item_ids


def _wait_for_index(settings: Settings, item_ids: Sequence[int], ended: Callable[[], bool]) -> bool:
    """Whether the index has what was written of these items, when waited for long enough."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        with reading() as own:
            if set(item_ids).isdisjoint(row.item_id for row in pending(own).values()):
                return bool(current_app.extensions["search"].state() == "ready")
        if ended():
            raise Interrupted
        if time.monotonic() - began < WORKERS_PATIENCE or not index_pending(settings):
            time.sleep(0.05)
    return False


def _accounts(organisation: Unit) -> tuple[Person, Person]:
    """Who owns the markers, and a member of staff with no unit, group or role; nobody signs in as either."""
    owner = system_account(organisation)
    username = f"{VISITOR}-{organisation.id}"
    visitor = session.scalar(select(Person).where(Person.username == username))
    if visitor is None:
        visitor = Person(
            organisation_id=organisation.id, username=username, first_name=VISITOR, is_system=True
        )
        session.add(visitor)
    session.commit()
    return owner, visitor


def _known(organisation: Unit, owner: Person, visitor: Person) -> dict[str, list[Any]]:
    """Of the arguments that addresses have, those that are known."""
    return {
        "number": [1],
        "slug": ["x"],
        "name": ["x"],
        "ticket": ["x"],
        "year": [this_fiscal_year()],
        "code": list(STEPS),
        "community_id": list(session.scalars(select(Community.id).order_by(Community.id.desc()).limit(3))),
        "plan_id": list(session.scalars(select(Plan.id).order_by(Plan.id.desc()).limit(3))),
        "unit_id": [organisation.id],
        "person_id": [owner.id, visitor.id],
    }


def _admins() -> list[int]:
    granted = select(RoleGrant.person_id).where(
        RoleGrant.role == RoleName.ADMIN, valid_on(bangkok_today(), RoleGrant.from_date, RoleGrant.to_date)
    )
    return list(
        session.scalars(select(Person.id).where(Person.id.in_(granted), Person.deactivated_at.is_(None)))
    )


@contextmanager
def _signed_in(app: Flask, name: str, person: Person) -> Iterator[Caller]:
    """A session of the person for as long as it is needed."""
    secret = secrets.token_urlsafe(32)
    session.add(SignIn(secret_hash=digest(secret), person_id=person.id, browser="self-check"))
    session.commit()
    session.remove()
    try:
        with Caller(app, name, secret) as caller:
            yield caller
    finally:
        session.remove()
        session.execute(delete(SignIn).where(SignIn.secret_hash == digest(secret)))
        session.commit()
        session.remove()
