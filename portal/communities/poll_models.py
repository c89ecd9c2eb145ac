"""A poll (แบบสำรวจความเห็น) in a thread: a question, two to ten answers, and one vote of each member."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.communities.thread_models import Thread
from portal.db import SEND_KEY_LENGTH, Base, UTCDateTime, now
from portal.people.models import Person

QUESTION_LENGTH = 300
OPTION_LENGTH = 200


class Poll(Base):
    """`is_named`: everybody sees who voted for what, as was said before he voted; else nobody but he himself. It ends with the
    last day, or when somebody ends it; as long as the thread is locked nobody votes."""

    __tablename__ = "poll"
    __table_args__ = (CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_whom"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(String(QUESTION_LENGTH))
    takes_several: Mapped[bool] = mapped_column(default=False)
    is_named: Mapped[bool] = mapped_column(default=False)
    last_day: Mapped[date | None] = mapped_column(Date)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    send_key: Mapped[str | None] = mapped_column(String(SEND_KEY_LENGTH), unique=True)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    thread: Mapped[Thread] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    options: Mapped[list["PollOption"]] = relationship(
        back_populates="poll", order_by="PollOption.place", cascade="all, delete-orphan"
    )


class PollOption(Base):
    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("poll_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    place: Mapped[int]
    text: Mapped[str] = mapped_column(String(OPTION_LENGTH))

    poll: Mapped[Poll] = relationship(back_populates="options")


class PollVote(Base):
    """One answer that somebody chose. Who that was is kept so that he votes once and may change it; of a poll without names it
    is shown to nobody else."""

    __tablename__ = "poll_vote"
    __table_args__ = (Index("ix_poll_vote_poll_id_person_id", "poll_id", "person_id"),)

    option_id: Mapped[int] = mapped_column(ForeignKey("poll_option.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    voted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
