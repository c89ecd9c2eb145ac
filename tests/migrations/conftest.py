from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal import db
from tests.databases import Databases
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def empty(request: pytest.FixtureRequest, place: Path, databases: Databases) -> Iterator[Engine]:
    """An empty database, connected; every test runs on both kinds."""
    url = databases.empty(place, request.param)
    engine = db.connect(url)
    yield engine
    db.session.remove()
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def empty_sqlite(place: Path, databases: Databases) -> Iterator[Engine]:
    engine = db.connect(databases.empty(place, "sqlite"))
    yield engine
    db.session.remove()
    engine.dispose()
