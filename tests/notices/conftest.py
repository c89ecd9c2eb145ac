import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.config import Settings
from portal.db import session
from portal.items.posting import write_post
from portal.mail.models import Mail
from portal.notices.models import Notice, Travel, Way
from portal.notices.preferring import choose_way
from portal.notices.telling import Kind, tell
from portal.notices.wording import Speaker, Worded
from portal.people.models import Person
from portal.reminding import run_due
from portal.thai.dates import BANGKOK
from tests.mail.conftest import MailServer
from tests.making import make_person

_numbers = itertools.count(1)
BASE = "https://km.town.example"
# Kinds of the tests: who words them says what he was told, by key.
KINDS = {travels: Kind(f"tests.{travels}", "New comments", travels) for travels in Travel}


def morning(hour: int = 8, minute: int = 0, *, days: int = 0) -> datetime:
    """That hour in Bangkok on a Wednesday, or so many days later."""
    return datetime(2026, 12, 2, hour, minute, tzinfo=BANGKOK) + timedelta(days=days)


def words_of_tests(notices: list[Notice], _person: Person) -> dict[int, Worded | None]:
    """Each is worded with its key; one whose details say `closed` is not open to anybody."""
    return {
        notice.id: None if notice.details.get("closed") else Worded(f"เรื่อง {notice.key}", "/knowledge")
        for notice in notices
    }


@pytest.fixture
def tests_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler and the pages know the kinds of the tests."""
    from_tests = {kind.code: Speaker(kind, words_of_tests) for kind in KINDS.values()}
    for module in ("portal.reminding", "portal.home.frame", "portal.home.notice_views"):
        speakers = __import__(module, fromlist=["SPEAKERS"]).SPEAKERS
        monkeypatch.setattr(f"{module}.SPEAKERS", {**speakers, **from_tests})


@pytest.fixture
def tell_her(app: Any, tests_speak: None) -> Callable[..., Notice]:
    """Tell a person something of the tests, at a moment."""

    def telling(
        person: Person,
        key: str = "หนึ่ง",
        travels: Travel = Travel.AT_ONCE_OR_DAILY,
        at: datetime | None = None,
        **more: Any,
    ) -> Notice:
        assert tell([person.id], KINDS[travels], person, key=key, **more) == 1
        notice = session.scalars(select(Notice).where(Notice.key == key, Notice.person_id == person.id)).one()
        notice.made_at = at or morning(6)
        session.commit()
        return notice

    return telling


@pytest.fixture
def run(app: Any, settings: Settings) -> Callable[..., int]:
    """One round of the scheduler at that moment."""

    def running(at: datetime, base_url: str = BASE) -> int:
        session.commit()
        session.remove()
        return run_due(app, replace(settings, base_url=base_url), at)

    return running


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


def make_reader(first_name: str = "มาลี", way: Way | None = None, **more: Any) -> Person:
    """Somebody with an address."""
    more.setdefault("email", f"reader{next(_numbers)}@town.example")
    person = make_person(first_name, **more)
    if way:
        choose_way(person, way)
        session.commit()
    return person


def mails() -> list[Mail]:
    session.expire_all()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def comment_at(item: Any, by: Person, at: datetime, text: str = "ลองทำแล้ว ได้ผล") -> None:
    """A comment, the notices of which were made at that moment."""
    write_post(item, by=by, text=text)
    session.execute(
        update(Notice).where(Notice.subject_id == item.id).values(made_at=at),
        execution_options={"renewed": True},
    )
    session.commit()
