"""Mails as rows, written with the change they tell of."""

import enum
from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, CodeType, UTCDateTime, codes_check, now


class MailState(enum.StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # the line broke after the text was handed over: it may have arrived
    FAILED = "failed"


class Mail(Base):
    """One mail to one address. Without a mail server it stays waiting, and the admin can read it."""

    __tablename__ = "mail"
    __table_args__ = (codes_check("state", MailState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    # What is for the reader alone (a link that sets a password, titles of what he may read) is not shown on the admin's page.
    holds_secret: Mapped[bool] = mapped_column(default=False)
    # The path under which one click ends mails of this sort (RFC 8058); empty: of this sort everybody gets them.
    unsubscribe_path: Mapped[str] = mapped_column(String(300), default="", server_default="")
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[MailState] = mapped_column(CodeType(MailState), default=MailState.WAITING, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
