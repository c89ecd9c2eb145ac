"""How long after its publication an item is found, alone and while a thousand others wait; the server's worker is at work."""

import os
import secrets
import statistics
import time

from bench.search.store import REWRITTEN
from portal.app import create_app
from portal.config import Settings
from portal.db import bound_engine, read_only, session
from portal.items import audience
from portal.items.fulfilling import set_fulfilments
from portal.items.publishing import publish
from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.knowledge.writing import save, start
from portal.outbox.models import OutboxEntry
from portal.people.models import Person
from portal.people.settings import the_organisation
from portal.search.batches import KIND, pending
from portal.search.query import SearchQuery
from portal.search.results import Asker
from portal.search.searching import search_as

TIMES = 3
PATIENCE = 120.0


def published_till_found() -> dict[str, float]:
    """Seconds on the clock, the median of three."""
    app = create_app(Settings.from_environment(os.environ))
    with app.test_request_context():
        alone = [_once(0) for _ in range(TIMES)]
        beside = [_once(REWRITTEN) for _ in range(TIMES)]
        session.remove()
    bound_engine().dispose()
    return {"alone": statistics.median(alone), "beside_others": statistics.median(beside)}


def _once(others: int) -> float:
    _till(lambda: not pending(session, most=1))
    session.remove()
    organisation = the_organisation()
    author = session.query(Person).filter(Person.username == "bench").one()
    session.add_all(OutboxEntry(kind=KIND, subject_id=number) for number in range(1, others + 1))
    session.commit()
    if others:
        time.sleep(0.5)  # till the worker is in the midst of them
    word = "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(12))
    asset = start(author, organisation.id, None)
    save(
        asset,
        by=author,
        title=f"คู่มือ {word}",
        text="วิธีทำ",
        kind=AssetKind.MANUAL,
        knowledge=KnowledgeForm.EXPLICIT,
    )
    set_fulfilments(asset, [(None, "KM3")])
    audience.open_to(asset, audience.tokens_for("organisation", asset))
    publish(asset, by=author)
    session.commit()
    began = time.perf_counter()
    query, asker = SearchQuery.from_args({"q": word}), Asker.any_staff(organisation.id)
    _till(lambda: search_as(query, asker).total)
    return time.perf_counter() - began


def _till(what: object) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        read_only()
        if what():
            return
        time.sleep(0.02)
    raise RuntimeError("it was not found in time")
