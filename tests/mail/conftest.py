import itertools
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select, update

from portal import db
from portal.config import Settings
from portal.mail.models import Mail
from portal.mail.writing import write
from tests.postgresql import BOTH_DATABASES


class MailServer:
    """A real mail server on this machine. `refuse` and `break_line` say what it does to which address."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refuse: dict[str, str] = {}
        self.refuse_text: dict[str, str] = {}
        self.refuse_sender = ""
        self.break_line: dict[str, str] = {}  # address → "rcpt" or "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.break_line.get(address) == "rcpt":
            server.transport.close()
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        if address in self.refuse_text:
            return self.refuse_text[address]
        self.taken.append(envelope)
        if self.break_line.get(address) == "data":
            server.transport.close()
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return [envelope.rcpt_tos[0] for envelope in self.taken]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=BOTH_DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def settings(place: Path, database_url: str, mail_server: MailServer) -> Iterator[Settings]:
    """A portal that sends through the server of the test."""
    engine = db.connect(database_url)
    yield Settings.from_environment(
        {
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_FILES_DIR": str(place / "files"),
            "PORTAL_SEARCH_INDEX_DIR": str(place / "index"),
            "PORTAL_SECRET_KEY": "tests only",
            "PORTAL_BASE_URL": "http://localhost",
            "PORTAL_MAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
            "PORTAL_MAIL_FROM": "เทศบาลตำบลทดสอบ <km@town.example>",
        }
    )
    db.session.remove()
    engine.dispose()


_numbers = itertools.count(1)


def put_mail(address: str | None = None, **more: Any) -> int:
    """A mail that waits; answers its id."""
    mail = write(
        address or f"person{next(_numbers)}@town.example", "แจ้งเตือน", "เหลืออีก 3 วัน\n.\nจุดหน้าบรรทัด", **more
    )
    db.session.commit()
    number = mail.id
    db.session.remove()
    return number


def the_mail(number: int) -> Mail:
    """The mail as it is in the database now."""
    with db.session.session_factory() as own:
        mail = own.get(Mail, number)
        assert mail is not None
        return mail


def let_time_pass(minutes: float) -> None:
    """Everything that was written or planned is that much older."""
    by = timedelta(minutes=minutes)
    with db.transaction() as own:
        for mail in own.scalars(select(Mail)):
            own.execute(
                update(Mail)
                .where(Mail.id == mail.id)
                .values(next_try_at=mail.next_try_at - by, written_at=mail.written_at - by)
            )
