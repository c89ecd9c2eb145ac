import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal import db
from portal.config import Settings
from tests.databases import Databases, url_of
from tests.postgresql import KIND

NewPortal = Callable[..., Settings]


@pytest.fixture
def new_portal(place: Path, databases: Databases) -> Iterator[NewPortal]:
    """Makes portals of this test: `new_portal("here")`, `new_portal("there", "postgresql")`; the last one is connected."""
    engines, urls = [], []

    def make(name: str, kind: str = KIND, *, empty: bool = False) -> Settings:
        home = place / name
        home.mkdir()
        urls.append((databases.empty if empty else databases.upgraded)(home, kind))
        settings = Settings.from_environment(
            {
                "PORTAL_DATABASE_URL": urls[-1],
                "PORTAL_FILES_DIR": str(home / "files"),
                "PORTAL_SEARCH_INDEX_DIR": str(home / "index"),
                "PORTAL_LOG_DIR": str(home / "logs"),
                "PORTAL_SECRET_KEY": f"the key of {name}, long enough to be one",
            }
        )
        engines.append(db.connect(settings.database_url))
        settings.files_dir.mkdir()
        return settings

    yield make
    db.session.remove()
    for engine in engines:
        engine.dispose()
    db.bound_engine().dispose()
    for url in urls:
        databases.drop(url)


@pytest.fixture
def rounds() -> Callable[[int], int]:
    """How often a long trial is made: `make soak` all of it, otherwise a tenth."""
    return lambda whole: whole if os.environ.get("SOAK") else max(1, whole // 10)


@pytest.fixture
def home(founded: Path, databases: Databases) -> Iterator[Path]:
    """A portal's folder of this test's own, on a real disk: what is tried here is what the disk has kept."""
    folder = Path(tempfile.mkdtemp(prefix="portal-home-"))
    databases.copy_portal(founded, folder)
    yield folder
    databases.drop(url_of(folder))
    shutil.rmtree(folder, ignore_errors=True)
