"""The tables of PostgreSQL give what a slow look at every document gives, to everybody only what is his."""

import os
import random

import pytest

from portal import db
from portal.db import bound_engine, transaction
from portal.models import metadata
from portal.search import postgres_generations as generations
from portal.search.postgres_finder import PostgresFinder
from portal.search.postgres_models import INDEX_TABLES
from portal.search.postgres_writing import write
from tests.postgresql import new_database
from tests.search.corpora import SlowIndex, random_document, random_question
from tests.search.test_engine import agree

pytestmark = pytest.mark.postgresql
SOAK = bool(os.environ.get("SOAK"))
STAFF = frozenset({"public", "org:1"})


@pytest.fixture(scope="module")
def server():
    """A database with the tables of the index, for all tests of the module."""
    engine = db.connect(new_database())
    metadata.create_all(engine, [table for table in metadata.sorted_tables if table.name in INDEX_TABLES])
    yield engine
    engine.dispose()


@pytest.fixture
def generation(server):
    """A new generation that serves, beside what other tests left behind."""
    db.connect(server.url.render_as_string(hide_password=False))
    yield new_generation()
    bound_engine().dispose()


def new_generation():
    made = generations.create()
    with transaction() as own:
        generations.put_in_place(own, made)
    return made


def put(generation, documents, replaced=()):
    with transaction() as own:
        write(own, generation, documents, replaced)


@pytest.mark.parametrize("seed", range(12))
def test_the_tables_agree_with_a_slow_look_at_every_document(generation, seed):
    compare(generation, seed, questions=24)


@pytest.mark.soak
def test_the_tables_agree_over_many_more_stores(generation):
    for seed in range(1000, 2000 if SOAK else 1015):
        compare(new_generation(), seed, questions=10)
        generations.remove_others()


def compare(generation, seed, questions):
    """Some batches with changes and deletions among them, then questions."""
    dice = random.Random(seed)  # noqa: S311
    finder, store = PostgresFinder(), {}
    for _ in range(dice.randint(1, 5)):
        batch = [
            random_document(dice, item_id) for item_id in dice.sample(range(1, 40), k=dice.randint(0, 15))
        ]
        gone = set(dice.sample(range(1, 40), k=dice.randint(0, 6))) - {one.item_id for one in batch}
        put(generation, batch, replaced=[*(one.item_id for one in batch), *gone])
        store = {**store, **{one.item_id: one for one in batch}}
        for item_id in gone:
            store.pop(item_id, None)
        for _ in range(questions // 4):
            one = random_question(dice)
            agree(finder.find(one), SlowIndex(store.values()).answer(one))
    slow = SlowIndex(store.values())
    for _ in range(questions):
        one = random_question(dice)
        agree(finder.find(one), slow.answer(one))
