"""Recognition (การยกย่องชมเชย): who was honoured for what. There are no points and no order of rank."""

from datetime import date, datetime
from typing import Any, Final, Self

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.communities.models import Community
from portal.db import Base, UTCDateTime, now
from portal.people.models import Person
from portal.recognition.honouring import honours

REASON_LENGTH: Final = 500


class Award(Base):
    """One person was honoured once: by a rule, whose codes and ids stand in `facts`, or by hand, with who gave it and why.

    `badge` is the code of a rule, or BY_HAND; `occasion` tells several of one badge apart (a fiscal year, a community).
    What rests on a community names it: who may not know of that knows nothing of the award.
    """

    __tablename__ = "award"
    renews = ("award:{0.id}",)
    __table_args__ = (
        UniqueConstraint("person_id", "badge", "occasion"),
        CheckConstraint("(given_by_id IS NULL) = (reason = '')", name="by_hand_with_reason"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_why = '')",
            name="withdrawn_by_whom_and_why",
        ),
        Index("ix_award_organisation_id_awarded_at", "organisation_id", "awarded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    badge: Mapped[str] = mapped_column(String(40))
    occasion: Mapped[str] = mapped_column(String(80), default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    awarded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_why: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    community: Mapped[Community | None] = relationship()
    given_by: Mapped[Person | None] = relationship(foreign_keys=[given_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The person's own; of his colleagues what rests on no community he may not know of, is not withdrawn and not kept
        from colleagues: those who honour see these two as well. The public sees none."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        known = Community.visible_to(person).with_only_columns(Community.id)
        of_colleagues = or_(cls.community_id.is_(None), cls.community_id.in_(known))
        if not honours(person):
            kept = select(HiddenAwards.person_id)
            of_colleagues = and_(of_colleagues, cls.withdrawn_at.is_(None), cls.person_id.not_in(kept))
        return select(cls).where(
            cls.organisation_id == person.organisation_id, or_(cls.person_id == person.id, of_colleagues)
        )


class HiddenAwards(Base):
    """The person keeps his awards to himself; who chose nothing shows them to colleagues."""

    __tablename__ = "hidden_awards"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class AwardRound(Base):
    """On that day it was looked who has earned what: there is no second look on it, whatever number of workers there is."""

    __tablename__ = "award_round"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
