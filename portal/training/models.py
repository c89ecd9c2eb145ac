"""Trainings, who took part, what each of them owes and by when. Reports and their way stand in report_models.py."""

import enum
from datetime import date, datetime
from typing import Self

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.people.models import Person, Unit
from portal.plan.models import Goal
from portal.plan.steps import STEPS
from portal.training.oversight import oversees, units_led

TITLE_LENGTH = 300
NAME_LENGTH = 200
REASON_LENGTH = 500
COST_HEADINGS = ("registration", "travel", "per_diem", "lodging")


class TrainingKind(enum.StrEnum):
    COURSE = "course"  # อบรม
    SEMINAR = "seminar"  # สัมมนา
    WORKSHOP = "workshop"  # ประชุมเชิงปฏิบัติการ
    STUDY_VISIT = "study_visit"  # ศึกษาดูงาน
    FURTHER_STUDY = "further_study"  # ศึกษาต่อ


class Training(Base):
    """One event that somebody attends: a course, a seminar, a visit, further study."""

    __tablename__ = "training"
    __table_args__ = (
        codes_check("kind", TrainingKind),
        CheckConstraint("end_date >= start_date", name="ends_after_start"),
        CheckConstraint("return_date >= end_date", name="returns_after_end"),
        CheckConstraint("step IN ({})".format(", ".join(f"'{code}'" for code in STEPS)), name="step_code"),
        Index("ix_training_organisation_start", "organisation_id", "start_date"),
        # Every page of the register is the newest of an organisation, or one fiscal year of it.
        Index("ix_training_organisation_return", "organisation_id", "return_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    kind: Mapped[TrainingKind] = mapped_column(CodeType(TrainingKind), default=TrainingKind.COURSE)
    organiser: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    place: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    is_outside: Mapped[bool] = mapped_column(default=True)  # outside the organisation
    is_online: Mapped[bool] = mapped_column(default=False)
    start_date: Mapped[date] = mapped_column(Date)
    end_date: Mapped[date] = mapped_column(Date)
    # The day back at work's place; of an online or in-house course its last day.
    return_date: Mapped[date] = mapped_column(Date)
    hours: Mapped[float | None]
    order_number: Mapped[str] = mapped_column(String(80), default="")
    order_date: Mapped[date | None] = mapped_column(Date)
    # Of all who took part together; satang, so that sums are exact.
    registration: Mapped[int] = mapped_column(BigInteger, default=0)
    travel: Mapped[int] = mapped_column(BigInteger, default=0)
    per_diem: Mapped[int] = mapped_column(BigInteger, default=0)
    lodging: Mapped[int] = mapped_column(BigInteger, default=0)
    budget_source: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    aims: Mapped[str] = mapped_column(Text, default="")
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"))
    step: Mapped[str] = mapped_column(String(3), default="KM2")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancelled_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    cancelled_by: Mapped[Person | None] = relationship(foreign_keys=[cancelled_by_id])
    goal: Mapped[Goal | None] = relationship()
    participations: Mapped[list["Participation"]] = relationship(
        back_populates="training", order_by="Participation.id"
    )

    @property
    def cost(self) -> int:
        """All headings together, in satang."""
        return self.registration + self.travel + self.per_diem + self.lodging

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The trainings of the organisation, for every colleague (costs are asked apart); none for the public."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.organisation_id == person.organisation_id)


class Participation(Base):
    """Somebody took part. His unit and post are kept as they were; the record of it is filled when `recorded_at` is."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("training_id", "person_id"),
        CheckConstraint("(recorded_at IS NULL) = (recorded_by_id IS NULL)", name="recorded_by_whom"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    position_title: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    hours: Mapped[float | None]  # attended; empty: not recorded yet
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    recorded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # did not go after all

    training: Mapped[Training] = relationship(back_populates="participations")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    unit: Mapped[Unit | None] = relationship()
    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    recorded_by: Mapped[Person | None] = relationship(foreign_keys=[recorded_by_id])
    duties: Mapped[list["Duty"]] = relationship(back_populates="participation", order_by="Duty.due_on")

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """One's own, those of the units one leads, all for who oversees; the query of `can_see_participation`."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        here = select(Training.id).where(Training.organisation_id == person.organisation_id)
        query = select(cls).where(cls.training_id.in_(here))
        if oversees(person):
            return query
        return query.where(or_(cls.person_id == person.id, cls.unit_id.in_(units_led(person))))


class Covers(enum.StrEnum):
    """Whom a rule concerns."""

    EVERY = "every"  # every training
    OUTSIDE = "outside"  # training outside the organisation
    FURTHER_STUDY = "further_study"  # further study, once for each term of it


class Discharge(enum.StrEnum):
    """What closes a duty."""

    REPORT = "report"  # the report's submission
    RECORD = "record"  # a filled and dated record
    INTERIM = "interim"  # the submission of the interim report of that term
    BY_HAND = "by_hand"  # whoever keeps the register notes that it was done (the paper of an expense claim)


class HolidayPolicy(enum.StrEnum):
    STRICT = "strict"  # the day itself, holiday or not
    NEXT_WORKING_DAY = "next_working_day"


class DutyRule(Base):
    """What an organisation asks of who comes back from a training: two ship with the portal, others are its own."""

    __tablename__ = "duty_rule"
    __table_args__ = (
        codes_check("covers", Covers),
        codes_check("discharged_by", Discharge),
        CheckConstraint("days BETWEEN 1 AND 366", name="days_of_a_year"),
        UniqueConstraint("organisation_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    days: Mapped[int]
    covers: Mapped[Covers] = mapped_column(CodeType(Covers))
    discharged_by: Mapped[Discharge] = mapped_column(CodeType(Discharge))
    source: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    source_en: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    returns_from: Mapped[date | None] = mapped_column(Date)  # of returns from that day on; empty: of all
    # Of an interim duty: a term is so many months; other rules leave it empty.
    every_months: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """Every colleague reads what is asked of him."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.organisation_id == person.organisation_id)


class Duty(Base):
    """One thing that one person owes after one training, with the due date and the rule that made it as they were then."""

    __tablename__ = "duty"
    renews = ("duty:{0.id}",)
    __table_args__ = (
        UniqueConstraint("participation_id", "rule_id", "term"),
        codes_check("discharged_by", Discharge),
        codes_check("policy", HolidayPolicy),
        CheckConstraint("on_time IS NULL OR closed_at IS NOT NULL", name="on_time_when_closed"),
        Index("ix_duty_person_due", "person_id", "due_on"),
        Index("ix_duty_open", "closed_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # as the participation says
    rule_id: Mapped[int] = mapped_column(ForeignKey("duty_rule.id"))
    term: Mapped[int] = mapped_column(default=0)  # of an interim report: which; else 0
    rule_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    rule_name_en: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    rule_days: Mapped[int]
    rule_source: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    rule_source_en: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    discharged_by: Mapped[Discharge] = mapped_column(CodeType(Discharge))
    counted_from: Mapped[date] = mapped_column(Date)  # that day itself is not counted
    strict_on: Mapped[date] = mapped_column(Date)
    lenient_on: Mapped[date] = mapped_column(Date)
    policy: Mapped[HolidayPolicy] = mapped_column(CodeType(HolidayPolicy))
    due_on: Mapped[date] = mapped_column(Date)  # the one of the two that counts, or an extension's
    remind_by: Mapped[date] = mapped_column(Date)  # the last working day on or before it
    # How it ended, for ever: submitted, recorded, exempted or noted; `on_time` is empty for an exemption.
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_time: Mapped[bool | None]
    late_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    participation: Mapped[Participation] = relationship(back_populates="duties")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    rule: Mapped[DutyRule] = relationship()
    changes: Mapped[list["DutyChange"]] = relationship(back_populates="duty", order_by="DutyChange.id")

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The duties of the participations the person sees."""
        seen = Participation.visible_to(person).with_only_columns(Participation.id)
        return select(cls).where(cls.participation_id.in_(seen))


class DutyChangeKind(enum.StrEnum):
    EXTENDED = "extended"
    EXEMPTED = "exempted"
    RECOUNTED = "recounted"  # holidays, policy or the day of return changed


class DutyChange(Base):
    """An extension, an exemption or a recount: by whom, when, why."""

    __tablename__ = "duty_change"
    __table_args__ = (codes_check("kind", DutyChangeKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    kind: Mapped[DutyChangeKind] = mapped_column(CodeType(DutyChangeKind))
    due_before: Mapped[date] = mapped_column(Date)
    due_after: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    duty: Mapped[Duty] = relationship(back_populates="changes")
    by: Mapped[Person | None] = relationship()


class Holiday(Base):
    """A day on which the organisation does not work; begun from the official list of the year, then its own."""

    __tablename__ = "holiday"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")


class HolidayYear(Base):
    """The years whose official list was taken over: what was taken out since does not come back by itself."""

    __tablename__ = "holiday_year"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)  # CE
    taken_over_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
