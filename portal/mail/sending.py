"""Sending the mails that wait. Claimed before sending, so that two workers never send one twice.

A mail is sent again only when it is certain that it did not leave: when the line breaks while its text is handed over,
or the worker dies at that moment, it stays `uncertain` and the administration shows it. Trouble of the mail server (away,
refusing our password, refusing our address) is no mail's fault: all of them wait.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.db import bound_engine, now, session, transaction
from portal.mail.models import Mail, MailState

A_BATCH = 20
TIMEOUT_SECONDS = 20
# A mail still "sending" after this belonged to a worker that died in the middle.
LOST_AFTER = timedelta(minutes=10)
# 1, 2, 4 … minutes after a failure, at most an hour.
LONGEST_PAUSE = timedelta(hours=1)
# What a mail says is no longer so after this; mail servers themselves give up after four to five days (RFC 5321, 4.5.4.1).
GIVE_UP_AFTER = timedelta(days=5)

log = structlog.get_logger()


class _LineBroken(Exception):
    """The server is gone; what is left of the batch waits for the next line."""


def send_waiting(settings: Settings) -> int:
    """Send what is due; answers how many left. Without PORTAL_MAIL_URL mails stay, for the admin to read."""
    if not settings.mail_url:
        return 0
    _settle()
    due = _due()
    if not due:
        return 0
    sent = 0
    try:
        with _line(settings.mail_url) as server:
            for mail_id in due:
                mail = _claim(mail_id)
                if mail is not None:
                    sent += _send(server, mail, settings)
    except _LineBroken:
        log.warning("the mail server broke the line")
    except (smtplib.SMTPException, OSError) as error:
        _postpone(due, _reason(error))
    return sent


@contextmanager
def _reading() -> Iterator[Session]:
    """A session that never waits for somebody who writes: this is asked every few seconds."""
    with session.session_factory(bind=bound_engine().execution_options(sqlite_begin="DEFERRED")) as own:
        yield own


def _due() -> list[int]:
    with _reading() as own:
        return list(
            own.scalars(
                select(Mail.id)
                .where(Mail.state == MailState.WAITING, Mail.next_try_at <= now())
                .order_by(Mail.id)
                .limit(A_BATCH)
            )
        )


def _settle() -> None:
    """What a dead worker had in its hands may have arrived, so it is marked and not sent again; what waited too long fails."""
    lost = (Mail.state == MailState.SENDING, Mail.next_try_at < now())
    stale = (Mail.state == MailState.WAITING, Mail.written_at < now() - GIVE_UP_AFTER)
    with _reading() as own:
        found = [own.scalar(select(Mail.id).where(*which).limit(1)) for which in (lost, stale)]
    if not any(found):
        return
    with transaction() as own:
        own.execute(
            update(Mail).where(*lost).values(state=MailState.UNCERTAIN, last_error="the worker ended")
        )
        own.execute(update(Mail).where(*stale).values(state=MailState.FAILED))


def _claim(mail_id: int) -> Mail | None:
    with transaction() as own:
        mine = own.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == MailState.WAITING, Mail.next_try_at <= now())
            .values(state=MailState.SENDING, tries=Mail.tries + 1, next_try_at=now() + LOST_AFTER)
        ).rowcount
        if not mine:
            return None
        mail: Mail | None = own.get(Mail, mail_id)
        if mail is not None:
            own.expunge(mail)
        return mail


def _send(server: smtplib.SMTP, mail: Mail, settings: Settings) -> bool:
    """Whether the server took it. What becomes of the mail is kept in its row, whatever happens."""
    try:
        message = _message(mail, settings)
        sender, recipient = _address(message, "From"), _address(message, "To")
    except (ValueError, IndexError) as error:
        _keep(mail, state=MailState.FAILED, last_error=f"no address to send to: {type(error).__name__}")
        return False
    handing_over = False
    said: bytes | str
    try:
        _said_yes(server.mail(sender))
        if not _recipient_taken(server, recipient, mail):
            return False
        handing_over = True
        code, said = server.data(message.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as error:  # answered to DATA itself: the text was not sent
        code, said = error.smtp_code, error.smtp_error
    except smtplib.SMTPResponseException as error:
        # About us, not about this mail: the others would hear the same.
        _again(mail, _reason(error))
        raise
    except (smtplib.SMTPException, OSError) as error:
        if handing_over:
            _keep(mail, state=MailState.UNCERTAIN, last_error=_reason(error))
        else:
            _again(mail, _reason(error))
        raise _LineBroken from error
    if code == 250:
        _keep(mail, state=MailState.SENT, sent_at=now(), last_error="")
        return True
    _refused(mail, code, said)
    _start_over(server)
    return False


def _message(mail: Mail, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to_address, mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_path and settings.base_url:
        message["List-Unsubscribe"] = f"<{settings.base_url}{mail.unsubscribe_path}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text, cte="base64")  # not every server passes eight bits on
    return message


def _address(message: EmailMessage, name: str) -> str:
    """The bare address of that header; ValueError when there is none that every server understands."""
    address = message[name].addresses[0]
    if not address.username or not address.domain or not address.addr_spec.isascii():
        raise ValueError(name)
    return str(address.addr_spec)


def _said_yes(answer: tuple[int, bytes]) -> None:
    if answer[0] != 250:
        raise smtplib.SMTPResponseException(*answer)


def _recipient_taken(server: smtplib.SMTP, recipient: str, mail: Mail) -> bool:
    code, said = server.rcpt(recipient)
    if code in (250, 251):
        return True
    _refused(mail, code, said)
    _start_over(server)
    return False


def _start_over(server: smtplib.SMTP) -> None:
    try:
        server.rset()
    except (smtplib.SMTPException, OSError) as error:
        raise _LineBroken from error


def _refused(mail: Mail, code: int, said: bytes | str) -> None:
    """The server said no in words, so nothing was taken over: for ever (5xx) or for now (4xx, as greylisting does)."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    why = f"{code} {text}"
    if 500 <= code < 600:
        _keep(mail, state=MailState.FAILED, last_error=why)
        log.warning("mail refused for ever", mail=mail.id, code=code)
    else:
        _again(mail, why)


def _again(mail: Mail, why: str) -> None:
    _keep(mail, state=MailState.WAITING, last_error=why, next_try_at=now() + _pause(mail.tries))
    log.warning("mail not sent yet", mail=mail.id, tries=mail.tries)


def _pause(tries: int) -> timedelta:
    return min(timedelta(minutes=2 ** max(min(tries, 10) - 1, 0)), LONGEST_PAUSE)


def _postpone(mail_ids: list[int], why: str) -> None:
    """The server could not be used at all: those that still wait, wait longer, each by its own number of tries."""
    log.warning("the mail server can't be used", why=why)
    with transaction() as own:
        waiting = (Mail.id.in_(mail_ids), Mail.state == MailState.WAITING, Mail.next_try_at <= now())
        for mail in own.scalars(select(Mail).where(*waiting)):
            mail.tries += 1
            mail.next_try_at = now() + _pause(mail.tries)
            mail.last_error = why[:500]


def _keep(mail: Mail, *, last_error: str, **values: object) -> None:
    with transaction() as own:
        own.execute(
            update(Mail)
            .where(Mail.id == mail.id, Mail.state == MailState.SENDING)
            .values(last_error=last_error[:500], **values)
        )


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return type(error).__name__


@contextmanager
def _line(url: str) -> Iterator[smtplib.SMTP]:
    """A line to the mail server, signed in, encrypted when the server offers it. `?verify=0` in the URL takes a certificate
    that nobody vouches for, as old servers within an office have."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    trust = ssl.create_default_context()
    if parse_qs(parts.query).get("verify") == ["0"]:
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=trust)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=trust)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()
