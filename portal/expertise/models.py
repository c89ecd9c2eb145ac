"""What somebody says he knows, in his own words, and which colleagues say so too."""

from datetime import datetime
from typing import Final, Self

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, now
from portal.people.models import Person

TAG_LENGTH: Final = 60
KEY_LENGTH: Final = 120  # what is normalised may be longer than what was typed


class ExpertiseTag(Base):
    """A subject its owner knows something about. `key` is what all spellings of it share: blanks, signs, capitals and digits
    of the other kind make no second one."""

    __tablename__ = "expertise_tag"
    __table_args__ = (UniqueConstraint("person_id", "key"), Index("ix_expertise_tag_key", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    tag: Mapped[str] = mapped_column(String(TAG_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    person: Mapped[Person] = relationship()
    confirmations: Mapped[list["TagConfirmation"]] = relationship(
        back_populates="tag", order_by="TagConfirmation.id", cascade="all, delete-orphan"
    )

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """Those of the colleagues whose profile the person sees; none for the public."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        seen = Person.visible_to(person).with_only_columns(Person.id)
        return select(cls).where(cls.person_id.in_(seen))


class TagConfirmation(Base):
    """A colleague says that the owner knows this; it goes with the tag."""

    __tablename__ = "tag_confirmation"
    __table_args__ = (UniqueConstraint("tag_id", "by_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("expertise_tag.id", ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    tag: Mapped[ExpertiseTag] = relationship(back_populates="confirmations")
    by: Mapped[Person] = relationship()
