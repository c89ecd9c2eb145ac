"""Notices: who is told what, and how it travels by mail. A notice holds codes, ids and dates; its words are found when it is read."""

import enum
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import JSON, Date, ForeignKey, Index, Select, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.people.audiences import tokens_of
from portal.people.models import Person

NOTICES_OF = "notices:{}"  # the subject of the stamp that ends what is remembered of a person's notices


class Travel(enum.StrEnum):
    """How far a kind of notice goes by mail; in the portal every notice is shown."""

    AT_ONCE_OR_DAILY = "at_once_or_daily"  # as its reader chose
    DAILY_ONLY = "daily_only"  # never a mail of its own, not even for who wants to know at once
    WEEKLY_ONLY = "weekly_only"
    NEVER = "never"


class Way(enum.StrEnum):
    """How a person wants to be told besides the bell."""

    IN_APP = "in_app"
    DAILY = "daily"
    WEEKLY = "weekly"
    AT_ONCE = "at_once"


class DigestSort(enum.StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"


class Notice(Base):
    """One person is told of one thing. `key` is what makes telling twice one notice ("duty:12:due-7")."""

    __tablename__ = "notice"
    renews = (NOTICES_OF.format("{0.person_id}"),)
    __table_args__ = (
        codes_check("travels", Travel),
        UniqueConstraint("person_id", "key"),
        Index("ix_notice_person_id_read_at", "person_id", "read_at"),
        Index("ix_notice_made_at", "made_at"),
        Index("ix_notice_subject", "subject_type", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    # The token by which the person might see it; empty: what it is about decides alone.
    token: Mapped[str] = mapped_column(String(80), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # codes, ids and dates, never texts
    key: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    travels: Mapped[Travel] = mapped_column(CodeType(Travel))
    # When its mail was written, or given up because there was nothing to say any more: then without a mail.
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"))

    @classmethod
    def visible_to(cls, person: Person) -> Select[Self]:
        """The person's own notices whose token he still holds. Whether there are still words for one, its kind says."""
        return select(cls).where(
            cls.person_id == person.id, or_(cls.token == "", cls.token.in_(tokens_of(person)))
        )


class NoticePreference(Base):
    """How somebody wants to be told; who chose nothing gets one mail a day."""

    __tablename__ = "notice_preference"
    __table_args__ = (codes_check("way", Way),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    way: Mapped[Way] = mapped_column(CodeType(Way), default=Way.DAILY)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)


class CalendarFeed(Base):
    """The secret address of somebody's calendar; kept only as its hash, so it is shown once and made anew when lost."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class FeedAddress(Base):
    """The secret part of the addresses under which somebody's feed reader asks; kept like that of the calendar."""

    __tablename__ = "feed_address"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class DigestRound(Base):
    """The digests of a day (of a week: its Monday) were begun, and hold what was told till then. A worker that ends in the
    middle is followed by one that goes on with the same moment."""

    __tablename__ = "digest_round"
    __table_args__ = (codes_check("sort", DigestSort),)

    sort: Mapped[DigestSort] = mapped_column(CodeType(DigestSort), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    cut_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Digest(Base):
    """This person's digest of that day was written: there is never a second one."""

    __tablename__ = "digest"
    __table_args__ = (codes_check("sort", DigestSort),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sort: Mapped[DigestSort] = mapped_column(CodeType(DigestSort), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
