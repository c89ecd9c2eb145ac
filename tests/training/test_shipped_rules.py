"""The rules are there where an organisation is founded, where a portal is upgraded, and in the demonstration."""

from sqlalchemy import select

from portal.config import Settings
from portal.db import connect, session
from portal.demo import load_demo
from portal.initialising import initialise
from portal.training.models import DutyRule
from portal.training.rules import SHIPPED
from tests.admin.test_setup import typed
from tests.databases import url_of


def codes():
    return sorted(session.scalars(select(DutyRule.code)))


def test_a_portal_that_is_set_up_has_the_rules(client, settings):
    assert client.post("/setup", data=typed(settings)).status_code == 302
    assert codes() == sorted(SHIPPED)


def test_an_organisation_that_was_there_before_gets_them_with_the_upgrade_and_only_once(
    founded, databases, place
):
    databases.copy_portal(founded, place / "home")
    home = {
        "PORTAL_DATABASE_URL": url_of(place / "home"),
        "PORTAL_SECRET_KEY": "tests only",
    }
    folders = ("FILES_DIR", "SEARCH_INDEX_DIR", "LOG_DIR")
    settings = Settings.from_environment(
        home | {f"PORTAL_{name}": str(place / name.lower()) for name in folders}
    )
    engine = connect(settings.database_url)
    for _ in range(2):
        initialise(settings)
        assert codes() == sorted(SHIPPED)
    session.remove()
    engine.dispose()
    databases.drop(settings.database_url)


def test_the_demonstration_has_them(app, settings):
    load_demo(settings)
    assert codes() == sorted(SHIPPED)
