"""A community of practice (ชุมชนนักปฏิบัติ): people of one craft who ask, tell and answer. Its members are a `Group`."""

import enum
from datetime import datetime
from typing import Self

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.people.audiences import groups_in, tokens_of
from portal.people.models import Group, Openness, Person
from portal.plan.models import Goal
from portal.plan.permissions import can_plan
from portal.plan.steps import STEPS
from portal.remembering import PEOPLE


class Part(enum.StrEnum):
    """What somebody takes on for a community, beside being its member."""

    SPONSOR = "sponsor"  # คุณเอื้อ
    FACILITATOR = "facilitator"  # คุณอำนวย
    NOTE_TAKER = "note_taker"  # คุณลิขิต
    NETWORK_MANAGER = "network_manager"  # คุณประสาน


class Community(Base):
    """Name, purpose (หัวปลา) and openness stand on its group; here is what it serves and who founded it."""

    __tablename__ = "community"
    renews = (PEOPLE,)
    __table_args__ = (
        CheckConstraint("step IN ({})".format(", ".join(f"'{code}'" for code in STEPS)), name="step_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), unique=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"))
    step: Mapped[str] = mapped_column(String(3), default="KM6")
    founded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    founded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    group: Mapped[Group] = relationship()
    goal: Mapped[Goal | None] = relationship()
    founded_by: Mapped[Person] = relationship()
    parts: Mapped[list["CommunityPart"]] = relationship(
        back_populates="community", order_by="CommunityPart.id", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        return self.group.name

    @property
    def name_en(self) -> str:
        return self.group.name_en

    @property
    def is_closed_down(self) -> bool:
        """Its work is done: nobody joins or writes any more."""
        return self.group.closed_on is not None

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """Those the person may know of, each with its group: of closed ones only members do, and those who plan, who see that
        it is there and not what is said in it. Nobody of the public knows of any."""
        query = select(cls).options(joinedload(cls.group))
        if person is None or not person.is_active:
            return query.where(false())
        query = query.where(cls.organisation_id == person.organisation_id)
        if can_plan(person):
            return query
        mine = groups_in(tokens_of(person))
        return query.where(or_(cls.group.has(Group.openness != Openness.CLOSED), cls.group_id.in_(mine)))


class CommunityPart(Base):
    """Who does what for the community at present; the audit log keeps who did."""

    __tablename__ = "community_part"
    renews = (PEOPLE,)
    __table_args__ = (codes_check("part", Part), UniqueConstraint("community_id", "person_id", "part"))

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[Part] = mapped_column(CodeType(Part))
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    community: Mapped[Community] = relationship(back_populates="parts")
    person: Mapped[Person] = relationship()


class Level(enum.StrEnum):
    """How much a member wants to hear of a community."""

    WATCH = "watch"  # told of all that is written
    FOLLOW = "follow"  # told of replies to what he wrote or follows, and where he is named
    MUTE = "mute"  # told of nothing, and nothing of it is unread


class CommunityReading(Base):
    """How a member reads the community. What was written before `read_till` is read, whether he opened it or not: what stood
    there when he joined, and what he said he had read."""

    __tablename__ = "community_reading"
    __table_args__ = (codes_check("level", Level), Index("ix_community_reading_person_id", "person_id"))

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    level: Mapped[Level] = mapped_column(CodeType(Level), default=Level.FOLLOW)
    read_till: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class JoinRequest(Base):
    """Somebody asked to be let in, why, and what became of it."""

    __tablename__ = "join_request"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (is_accepted IS NULL)", name="decided_how"),
        Index(
            "uq_join_request_waiting",
            "community_id",
            "person_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    why: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_accepted: Mapped[bool | None]

    community: Mapped[Community] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
