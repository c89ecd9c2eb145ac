"""The least of the plan: a unit's plan of a fiscal year with its strategies and goals, and the knowledge that is wanted."""

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
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.people.models import Person, Unit
from portal.remembering import PLAN

TITLE_LENGTH = 500
WORDS_LENGTH = 300


class PlanKind(enum.StrEnum):
    PLAN = "plan"
    PROJECT = "project"  # a short project with four signatures, as document 002 of the sources


class Plan(Base):
    """แผนการจัดการความรู้ of a unit and a fiscal year, named by the Buddhist year in which it ends; several may run."""

    __tablename__ = "plan"
    renews = (PLAN,)
    __table_args__ = (
        codes_check("kind", PlanKind),
        CheckConstraint("fiscal_year BETWEEN 2400 AND 2700", name="fiscal_year_be"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[PlanKind] = mapped_column(CodeType(PlanKind), default=PlanKind.PLAN)
    fiscal_year: Mapped[int] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    title_en: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    strategies: Mapped[list["Strategy"]] = relationship(
        back_populates="plan", order_by="Strategy.number", cascade="all, delete-orphan"
    )
    goals: Mapped[list["Goal"]] = relationship(back_populates="plan", order_by="Goal.number")

    @property
    def present_goals(self) -> list["Goal"]:
        """Those that were not withdrawn."""
        return [goal for goal in self.goals if goal.withdrawn_at is None]

    @property
    def present_strategies(self) -> list["Strategy"]:
        """Those that were not withdrawn."""
        return [strategy for strategy in self.strategies if strategy.withdrawn_at is None]

    @property
    def withdrawn_lines(self) -> list["Strategy | Goal"]:
        """What can be brought back: strategies, then goals, each in the order of their numbers."""
        lines: list[Strategy | Goal] = [*self.strategies, *self.goals]
        return [line for line in lines if line.withdrawn_at is not None]

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The plans of the person's organisation that were not withdrawn; none for the public."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.organisation_id == person.organisation_id, cls.withdrawn_at.is_(None))


class Strategy(Base):
    """ประเด็นยุทธศาสตร์ that goals of the plan serve; withdrawn like a goal, so that they serve it again when it is back."""

    __tablename__ = "strategy"
    renews = (PLAN,)
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    title_en: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship(back_populates="strategies")


class Goal(Base):
    """เป้าหมาย KM (Desired State) with its หน่วยที่วัดผลได้; withdrawn rather than deleted, since items point to it."""

    __tablename__ = "goal"
    renews = (PLAN,)
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    title_en: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    measurable_unit: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship(back_populates="goals")
    strategy: Mapped[Strategy | None] = relationship()


class NeedState(enum.StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"


class KnowledgeNeed(Base):
    """Knowledge that somebody looked for and did not find (องค์ความรู้ที่จำเป็น, before it is any goal's): in his words, with
    who wants it too, till the KM team closes it with an item or a sentence."""

    __tablename__ = "knowledge_need"
    __table_args__ = (
        codes_check("state", NeedState),
        Index("ix_knowledge_need_organisation_id_state_key", "organisation_id", "state", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    key: Mapped[str] = mapped_column(String(WORDS_LENGTH))  # of the words: by it the same need is known again
    note: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    state: Mapped[NeedState] = mapped_column(CodeType(NeedState), default=NeedState.OPEN)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reply: Mapped[str] = mapped_column(Text, default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)  # that answers it

    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    voices: Mapped[list["NeedVoice"]] = relationship(cascade="all, delete-orphan")

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """Those of the person's organisation; none for the public."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.organisation_id == person.organisation_id)


class NeedVoice(Base):
    """This person needs it: who asked first, and everybody who said so, too."""

    __tablename__ = "knowledge_need_voice"

    need_id: Mapped[int] = mapped_column(
        ForeignKey("knowledge_need.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
