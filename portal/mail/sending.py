"""Sending the mails that wait. Claimed before sending, so that two workers never send one twice."""

import smtplib
import socket
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import select, update

from portal.config import Settings
from portal.db import now, transaction
from portal.mail.models import Mail, MailState

MOST_TRIES = 8
A_BATCH = 20
TIMEOUT_SECONDS = 20
# A mail still "sending" after this belonged to a worker that died in the middle.
LOST_AFTER = timedelta(minutes=10)

log = structlog.get_logger()


def send_waiting(settings: Settings) -> int:
    """Send what is due; answers how many left. Without PORTAL_MAIL_URL mails stay, for the admin to read."""
    if not settings.mail_url:
        return 0
    _settle_lost()
    sent = 0
    for mail_id in _due():
        mail = _claim(mail_id)
        if mail is not None:
            sent += _send(mail, settings)
    return sent


def _due() -> list[int]:
    with transaction() as session:
        return list(
            session.scalars(
                select(Mail.id)
                .where(Mail.state == MailState.WAITING, Mail.next_try_at <= now())
                .order_by(Mail.id)
                .limit(A_BATCH)
            )
        )


def _claim(mail_id: int) -> Mail | None:
    with transaction() as session:
        mine = session.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == MailState.WAITING)
            .values(state=MailState.SENDING, tries=Mail.tries + 1, next_try_at=now() + LOST_AFTER)
        ).rowcount
        if not mine:
            return None
        mail: Mail | None = session.get(Mail, mail_id)
        if mail is not None:
            session.expunge(mail)
        return mail


def _settle_lost() -> None:
    """What a dead worker had in its hands may have arrived: it is marked, shown, and not sent again."""
    with transaction() as session:
        session.execute(
            update(Mail)
            .where(Mail.state == MailState.SENDING, Mail.next_try_at < now())
            .values(state=MailState.UNCERTAIN)
        )


def _send(mail: Mail, settings: Settings) -> bool:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to_address, mail.subject
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    handed_over = False
    try:
        with _connect(settings.mail_url) as server:
            handed_over = True
            server.send_message(message)
            _keep(mail, state=MailState.SENT, sent_at=now(), last_error="")
            return True
    except smtplib.SMTPResponseException as error:
        # The server said no in words: nothing was taken over.
        permanent = 500 <= error.smtp_code < 600
        _retry(mail, f"{error.smtp_code}", give_up=permanent)
    except smtplib.SMTPRecipientsRefused:
        _retry(mail, "recipient refused", give_up=True)
    except (smtplib.SMTPException, OSError, socket.timeout) as error:
        if handed_over and not isinstance(error, smtplib.SMTPConnectError):
            _keep(mail, state=MailState.UNCERTAIN, last_error=type(error).__name__)
        else:
            _retry(mail, type(error).__name__, give_up=False)
    return False


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    server: smtplib.SMTP
    if secure:
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _retry(mail: Mail, why: str, *, give_up: bool) -> None:
    if give_up or mail.tries >= MOST_TRIES:
        _keep(mail, state=MailState.FAILED, last_error=why)
    else:
        _keep(
            mail,
            state=MailState.WAITING,
            last_error=why,
            next_try_at=now() + timedelta(minutes=2 ** min(mail.tries, 8)),
        )
    log.warning("mail not sent", mail=mail.id, why=why, tries=mail.tries)


def _keep(mail: Mail, **values: object) -> None:
    with transaction() as session:
        session.execute(
            update(Mail).where(Mail.id == mail.id, Mail.state == MailState.SENDING).values(**values)
        )
