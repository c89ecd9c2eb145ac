"""A meeting (วงเล่า, ตลาดนัดความรู้, a clinic …): an item with a time and a place; who was there, and what the คุณลิขิต noted."""

import enum
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import SEND_KEY_LENGTH, Base, CodeType, UTCDateTime, codes_check, now
from portal.items.models import Item
from portal.people.models import Group, Person
from portal.thai.dates import bangkok_day

PLACE_LENGTH = 300
LINK_LENGTH = 500
NAME_LENGTH = 200
WHY_LENGTH = 300
# People come before it begins and are noted while they leave.
CHECK_IN_BEFORE: Final = timedelta(hours=1)
CHECK_IN_AFTER: Final = timedelta(hours=1)
PART_OF_EVENT = "item:{0.event_id}"
# By the id of a group, the persons who want to hear nothing of it: portal/app.py adds who says whom.
MUTED: Final[list[Callable[[int], set[int]]]] = []


class EventKind(enum.StrEnum):
    """Stands on the item beside the kinds of assets and threads, so no code is one of theirs."""

    TALK_CIRCLE = "talk_circle"  # วงเล่า
    KNOWLEDGE_MARKET = "knowledge_market"  # ตลาดนัดความรู้
    PEER_ASSIST = "peer_assist"  # เพื่อนช่วยเพื่อน
    CLINIC = "clinic"  # คลินิกความรู้
    AFTER_ACTION_REVIEW = "after_action_review"  # ถอดบทเรียน
    MEETING = "meeting"  # ประชุม


class EventDuty(enum.StrEnum):
    """What somebody does for a meeting."""

    ORGANISER = "organiser"
    NOTE_TAKER = "note_taker"  # คุณลิขิต, ผู้จดรายงานการประชุม
    CERTIFIER = "certifier"  # ผู้รับรองรายงานการประชุม


class How(enum.StrEnum):
    """How it is known that somebody was there."""

    QR = "qr"  # with his own phone, by the code shown in the room
    ONLINE = "self"  # by himself, of a meeting that is held over a link
    LIST = "list"  # somebody who keeps the list noted it


class NoteSort(enum.StrEnum):
    STORY = "told"  # เรื่องเล่า
    LESSON = "lesson"  # บทเรียน
    DECISION = "decision"  # มติ สิ่งที่ต้องทำต่อ


class Event(Item):
    """Open to its community's token alone where it belongs to one, as threads are; else to the organisation."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_event_starts_at", "starts_at"),
        Index("ix_event_group_id_starts_at", "group_id", "starts_at"),
    )
    __mapper_args__ = {"polymorphic_identity": "event"}  # noqa: RUF012 - declared so by SQLAlchemy
    is_sent_to_others = True

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))  # the members of its community
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    link: Mapped[str] = mapped_column(String(LINK_LENGTH), default="")
    # Which of the codes made for checking in holds: a new one ends those before it.
    code_number: Mapped[int] = mapped_column(default=1)
    send_key: Mapped[str | None] = mapped_column(String(SEND_KEY_LENGTH), unique=True)

    group: Mapped[Group | None] = relationship()
    parts: Mapped[list["EventPart"]] = relationship(
        back_populates="event", order_by="EventPart.id", cascade="all, delete-orphan"
    )
    cancellation: Mapped["EventCancellation | None"] = relationship(cascade="all, delete-orphan")
    release: Mapped["NotesRelease | None"] = relationship(cascade="all, delete-orphan")
    attendances: Mapped[list["Attendance"]] = relationship(
        back_populates="event", order_by="Attendance.id", cascade="all, delete-orphan"
    )
    notes: Mapped[list["EventNote"]] = relationship(
        back_populates="event", order_by="EventNote.number", cascade="all, delete-orphan"
    )

    @property
    def readers_before_publication(self) -> set[str]:
        """Of a community's nobody by himself: who leaves it leaves its meetings, his own too."""
        return set() if self.group_id is not None else super().readers_before_publication

    def not_to_be_told(self) -> set[int]:
        """Those who muted the community that meets."""
        if self.group_id is None:
            return set()
        return set[int]().union(*(muted_by(self.group_id) for muted_by in MUTED))

    @property
    def writer_ids(self) -> set[int]:
        """Those who organise it."""
        return self.doing(EventDuty.ORGANISER)

    @property
    def is_cancelled(self) -> bool:
        return self.cancellation is not None

    @property
    def day(self) -> date:
        """The day in Bangkok on which it begins."""
        return bangkok_day(self.starts_at)

    @property
    def is_of_one_day(self) -> bool:
        return self.day == bangkok_day(self.ends_at)

    def doing(self, duty: EventDuty) -> set[int]:
        """The ids of the persons who do this for it."""
        return {one.person_id for one in self.parts if one.duty == duty}

    def is_over(self, moment: datetime) -> bool:
        return self.ends_at <= moment

    def is_open_for_checking_in(self, moment: datetime) -> bool:
        return self.starts_at - CHECK_IN_BEFORE <= moment <= self.ends_at + CHECK_IN_AFTER


class EventPart(Base):
    """Who does what for a meeting at present; the audit log keeps who did."""

    __tablename__ = "event_part"
    renews = (PART_OF_EVENT,)
    __table_args__ = (codes_check("duty", EventDuty), UniqueConstraint("event_id", "person_id", "duty"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    duty: Mapped[EventDuty] = mapped_column(CodeType(EventDuty))
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    event: Mapped[Event] = relationship(back_populates="parts")
    person: Mapped[Person] = relationship()


class EventCancellation(Base):
    """It is not held: by whom and why."""

    __tablename__ = "event_cancellation"
    renews = (PART_OF_EVENT,)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    cancelled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cancelled_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH))

    cancelled_by: Mapped[Person] = relationship()


class EventAnswer(Base):
    """Whether somebody means to come; the newest word counts."""

    __tablename__ = "event_answer"
    renews = (PART_OF_EVENT,)
    __table_args__ = (Index("ix_event_answer_person_id", "person_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    is_coming: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    person: Mapped[Person] = relationship()


class Attendance(Base):
    """Somebody was there: a colleague, or a guest from outside by name; how that is known, and since when."""

    __tablename__ = "event_attendance"
    renews = (PART_OF_EVENT,)
    __table_args__: tuple[Any, ...] = (
        codes_check("how", How),
        CheckConstraint("(person_id IS NULL) = (guest_name <> '')", name="person_or_guest"),
        CheckConstraint("person_id IS NOT NULL OR how = 'list'", name="guests_by_list"),
        UniqueConstraint("event_id", "person_id"),
        Index("ix_event_attendance_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    guest_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    guest_from: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    how: Mapped[How] = mapped_column(CodeType(How))
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    event: Mapped[Event] = relationship(back_populates="attendances")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    noted_by: Mapped[Person] = relationship(foreign_keys=[noted_by_id])

    @property
    def name(self) -> str:
        return self.person.name if self.person is not None else self.guest_name


class EventNote(Base):
    """One thing that was told, learned or decided, in the words of who noted it; numbered within the meeting."""

    __tablename__ = "event_note"
    renews = (PART_OF_EVENT,)
    __table_args__: tuple[Any, ...] = (
        codes_check("sort", NoteSort),
        CheckConstraint("said_by_id IS NULL OR said_by_name = ''", name="said_by_one"),
        UniqueConstraint("event_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    sort: Mapped[NoteSort] = mapped_column(CodeType(NoteSort))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int]
    # Who said it: a colleague, a guest by name, or nobody in particular.
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    said_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    send_key: Mapped[str | None] = mapped_column(String(SEND_KEY_LENGTH), unique=True)

    event: Mapped[Event] = relationship(back_populates="notes")
    said_by: Mapped[Person | None] = relationship(foreign_keys=[said_by_id])
    written_by: Mapped[Person] = relationship(foreign_keys=[written_by_id])
    changed_by: Mapped[Person | None] = relationship(foreign_keys=[changed_by_id])

    @property
    def said_by_whom(self) -> str:
        """The name of who said it; empty when that is not noted."""
        return self.said_by.name if self.said_by is not None else self.said_by_name


class NotesRelease(Base):
    """The notes are open to all who see the meeting: since when and by whom. Till then those who take them see them."""

    __tablename__ = "event_notes_release"
    renews = (PART_OF_EVENT,)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    released_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    released_by: Mapped[Person] = relationship()
