"""kill -9 in the middle of writing: the database and the index agree afterwards, without anybody doing anything."""

import os
import random
import time

import pytest

from portal.db import reading, session
from portal.search.batches import pending
from portal.search.checking import check
from portal.search.embedded import indexing
from portal.search.embedded.index import Index
from portal.search.embedded.segments import stored
from portal.search.indexing import index_pending
from tests.indexing import killed_at_the_end
from tests.making import make_asset, make_person

pytestmark = pytest.mark.sqlite  # the index in a folder
TIMES = 50 if os.environ.get("SOAK") else 5
WORKER = """
import sys
import portal.models  # noqa: F401 - every type of item
from portal.config import Settings
from portal.db import connect
from portal.search import batches
from portal.search.embedded import indexing as embedded
from portal.search.indexing import index_pending
settings = Settings.from_environment()
connect(settings.database_url)
batches.BATCH = 2
embedded.MANY_SEGMENTS = 3
print("ready", flush=True)
while True:
    index_pending(settings)
"""


@pytest.mark.soak
def test_a_worker_killed_in_mid_write_loses_nothing(app, settings):
    dice = random.Random(7)  # noqa: S311
    author = make_person()
    everything: set[int] = set()
    for time_number in range(TIMES):
        with killed_at_the_end(WORKER, settings):
            published = {make_asset(f"คู่มือ {time_number} {n}", author=author).id for n in range(12)}
            session.commit()
            everything |= published
            time.sleep(dice.random() * 0.8)
        with reading() as own:
            waiting = {row.item_id for row in pending(own).values()}
        serving = Index(settings.search_index_dir).serving
        indexed = {one.item_id for one in stored(serving)} if serving is not None else set()
        assert everything <= waiting | indexed
        indexing.indexer_of.cache_clear()
        while index_pending(settings):
            pass
        assert check(settings).all == set()
