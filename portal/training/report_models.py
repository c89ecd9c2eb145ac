"""The report of who came back, its way up the chain of command, and what is asked for afterwards."""

import enum
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, CodeType, UTCDateTime, codes_check, now
from portal.items.models import Item
from portal.people.models import Person, Position
from portal.training.models import NAME_LENGTH, REASON_LENGTH, Participation, Training

# What the town's form asks for, in its order: the fields of a revision.
PARTS = ("aims", "content", "gained", "application", "passing_on", "problems")


class ReportStage(enum.StrEnum):
    DRAFT = "draft"
    ON_ITS_WAY = "on_its_way"
    RETURNED = "returned"
    FILED = "filed"  # endorsed to the top: published


class TrainingReport(Item):
    """รายงานผลการฝึกอบรม of one person or a group; written, submitted, endorsed level by level, then an item like others.

    A revision's fields hold the parts of the form (PARTS), its text all of them under their headings.
    """

    __tablename__ = "training_report"
    __table_args__ = (codes_check("stage", ReportStage),)
    __mapper_args__ = {"polymorphic_identity": "training_report"}  # noqa: RUF012 - declared so by SQLAlchemy

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), index=True)
    term: Mapped[int] = mapped_column(default=0)  # of an interim report: which; else 0
    stage: Mapped[ReportStage] = mapped_column(CodeType(ReportStage), default=ReportStage.DRAFT, index=True)
    round: Mapped[int] = mapped_column(default=0)  # how often it was handed in
    submitted_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # the first time; a return never moves it
    on_time: Mapped[bool | None]  # fixed with the submission
    late_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    filed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Tokens of those who read it before everybody else: its reporters, its chain, who keeps the register.
    carried_to: Mapped[list[str]] = mapped_column(JSON, default=list)

    training: Mapped[Training] = relationship()
    coverage: Mapped[list["ReportParticipation"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="ReportParticipation.participation_id"
    )
    endorsements: Mapped[list["Endorsement"]] = relationship(
        back_populates="report", order_by="(Endorsement.round, Endorsement.place)"
    )

    @property
    def readers_before_publication(self) -> set[str]:
        return super().readers_before_publication | set(self.carried_to or ())

    @property
    def reporter_ids(self) -> set[int]:
        """The author and those whose participation it reports, too."""
        return {self.author_id} | {row.participation.person_id for row in self.coverage}

    @property
    def writer_ids(self) -> set[int]:
        """Its reporters, before it is handed in and when it was returned; what superiors have before them stands still."""
        return self.reporter_ids if self.stage in (ReportStage.DRAFT, ReportStage.RETURNED) else set()


class ReportParticipation(Base):
    """One report may be that of several who went together."""

    __tablename__ = "report_participation"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("training_report.id", ondelete="CASCADE"), primary_key=True
    )
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participation.id"), primary_key=True, index=True
    )
    # When he said that it is his report, too; of the author the moment he began it. Nobody is reported without his yes.
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    report: Mapped[TrainingReport] = relationship(back_populates="coverage")
    participation: Mapped[Participation] = relationship()


class StepState(enum.StrEnum):
    AHEAD = "ahead"  # not there yet
    WAITING = "waiting"  # here now
    ENDORSED = "endorsed"
    FILED = "filed"  # by the KM team, where no level was left
    RETURNED = "returned"
    SKIPPED = "skipped"  # a level the reporter holds himself
    SUPERSEDED = "superseded"  # still ahead when the report was returned


class Endorsement(Base):
    """One step of a report's way: the level, who was asked, who signed in which capacity, when, and what he wrote.

    Names and titles are kept as they were. A step without a position is the KM team's: to file the report, or to name who
    endorses it where the chain of command does not say.
    """

    __tablename__ = "endorsement"
    __table_args__ = (
        codes_check("state", StepState),
        UniqueConstraint("report_id", "round", "place"),
        CheckConstraint(
            "state NOT IN ('endorsed', 'filed', 'returned') OR (person_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided_by_whom",
        ),
        Index("ix_endorsement_state_position", "state", "position_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("training_report.id", ondelete="CASCADE"))
    round: Mapped[int]
    place: Mapped[int]  # 1 is the lowest
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    position_title: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    is_filing: Mapped[bool] = mapped_column(default=False)  # no level is left: the KM team puts it on file
    state: Mapped[StepState] = mapped_column(CodeType(StepState), default=StepState.AHEAD)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The KM team named somebody else for this step.
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    assigned_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    person_name: Mapped[str] = mapped_column(String(NAME_LENGTH * 2), default="")
    own_title: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")  # the post he himself holds
    is_acting: Mapped[bool] = mapped_column(default=False)
    order_number: Mapped[str] = mapped_column(String(80), default="")  # of the order that made him act
    opinion: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    report: Mapped[TrainingReport] = relationship(back_populates="endorsements")
    position: Mapped[Position | None] = relationship()
    assigned_to: Mapped[Person | None] = relationship(foreign_keys=[assigned_to_id])
    assigned_by: Mapped[Person | None] = relationship(foreign_keys=[assigned_by_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class WorkReview(Base):
    """The superior's look at the work before and after (rule 4 of document 001, section 17)."""

    __tablename__ = "work_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), unique=True)
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_title: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    participation: Mapped[Participation] = relationship()
    by: Mapped[Person] = relationship()
    points: Mapped[list["WorkPoint"]] = relationship(cascade="all, delete-orphan", order_by="WorkPoint.place")


class WorkPoint(Base):
    """One of up to five points of work, on a scale of five."""

    __tablename__ = "work_point"
    __table_args__ = (
        CheckConstraint("before BETWEEN 1 AND 5", name="before_scale"),
        CheckConstraint("after BETWEEN 1 AND 5", name="after_scale"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("work_review.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(NAME_LENGTH))
    before: Mapped[int] = mapped_column(SmallInteger)
    after: Mapped[int] = mapped_column(SmallInteger)


class Respondent(enum.StrEnum):
    SUPERIOR = "superior"
    SUBORDINATE = "subordinate"
    COLLEAGUE = "colleague"


class Interview(Base):
    """What somebody around the person said about his work since (rule 5)."""

    __tablename__ = "interview"
    __table_args__ = (codes_check("respondent", Respondent),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), index=True)
    respondent: Mapped[Respondent] = mapped_column(CodeType(Respondent))
    respondent_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    held_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    participation: Mapped[Participation] = relationship()
    by: Mapped[Person] = relationship()


class Used(enum.StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    NO = "no"


class UseAnswer(Base):
    """Whether the person has used what he learned, asked 90 days after the return."""

    __tablename__ = "use_answer"
    __table_args__ = (codes_check("used", Used),)

    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), primary_key=True)
    used: Mapped[Used] = mapped_column(CodeType(Used))
    words: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    participation: Mapped[Participation] = relationship()
