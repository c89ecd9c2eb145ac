from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal import db
from tests.postgresql import BOTH_DATABASES, new_database


@pytest.fixture(params=BOTH_DATABASES)
def empty(request: pytest.FixtureRequest, place: Path) -> Iterator[Engine]:
    """An empty database, connected; every test runs on both kinds."""
    engine = db.connect(f"sqlite:///{place / 'new.db'}" if request.param == "sqlite" else new_database())
    yield engine
    db.session.remove()
    engine.dispose()


@pytest.fixture
def empty_sqlite(place: Path) -> Iterator[Engine]:
    engine = db.connect(f"sqlite:///{place / 'new.db'}")
    yield engine
    db.session.remove()
    engine.dispose()
