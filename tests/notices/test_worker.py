"""The scheduler in the worker's own process, with a mail server that is real."""

import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import db
from portal.db import session
from portal.items.posting import write_post
from portal.mail.models import Mail, MailState
from portal.notices.models import Notice, Way
from portal.people.models import Person
from tests.mail.conftest import MailServer
from tests.making import make_asset, make_person
from tests.notices.conftest import make_reader
from tests.postgresql import BOTH_DATABASES
from tests.running import command, environment_of, wait_till


@pytest.fixture(params=BOTH_DATABASES)
def database_url(request, place, databases):
    url = databases.upgraded(place, request.param)
    yield url
    databases.drop(url)


@pytest.fixture
def workers(place: Path, database_url: str, mail_server: MailServer):
    """`workers()` starts one more worker, each as on a machine of its own; all end with the test."""
    started = []

    def start():
        home = place / f"machine{len(started)}"
        home.mkdir()
        environment = environment_of(
            home,
            PORTAL_DATABASE_URL=database_url,
            PORTAL_BASE_URL="https://km.town.example",
            PORTAL_MAIL_URL=f"smtp://127.0.0.1:{mail_server.port}",
        )
        with (home / "log").open("wb") as log:
            started.append(
                subprocess.Popen(command("worker"), env=environment, stdout=log, stderr=log, cwd=home)
            )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def commented(database_url):
    """Somebody who wants to know at once has a comment to hear of; answers his id."""
    engine = db.connect(database_url)
    author = make_reader("สมศรี", way=Way.AT_ONCE, email="somsri@town.example")
    write_post(make_asset("คู่มือ", author=author), by=make_person("มานพ"), text="ลองทำแล้ว")
    session.commit()
    known = author.id
    session.remove()
    yield known
    session.remove()
    engine.dispose()


def mails(*which) -> int:
    """How many there are now. Who asks again and again must not keep the workers from writing meanwhile."""
    with db.reading() as own:
        return own.scalar(select(func.count()).select_from(Mail).where(*which)) or 0


def test_workers_on_several_machines_mail_a_notice_within_the_minute_and_once(
    commented, workers, mail_server
):
    for _ in range(3):
        workers()
    wait_till(lambda: mails(Mail.state == MailState.SENT) == 1)
    assert mail_server.addresses == ["somsri@town.example"]
    session.remove()
    assert session.scalars(select(Notice.mail_id)).one() == session.scalars(select(Mail.id)).one()


def test_a_worker_that_is_killed_has_told_nothing_twice(commented, workers, mail_server):
    """Wherever the kill finds it: before the mail was written, or after."""
    for _ in range(4):
        worker = workers()
        try:
            worker.wait(timeout=1.5)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    workers()
    wait_till(mails)
    assert mails() == 1
    assert len(mail_server.taken) <= 1
    assert session.get(Person, commented).is_active
