"""The organisation and its people: units, positions, who holds them from when to when, groups and roles."""

import enum
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.db import Base, CodeType, UTCDateTime, by_bytes, codes_check, now
from portal.remembering import PEOPLE
from portal.thai.sorting import sort_key

NAME_LENGTH = 200


class OrganisationKind(enum.StrEnum):
    """What kind of public body this is: it sets the titles of the highest posts and with them the chain of command."""

    SUBDISTRICT_ADMINISTRATION = "subdistrict_administration"  # อบต.
    SUBDISTRICT_MUNICIPALITY = "subdistrict_municipality"  # ทต.
    TOWN_MUNICIPALITY = "town_municipality"  # ทม.
    CITY_MUNICIPALITY = "city_municipality"  # ทน.
    PROVINCIAL_ADMINISTRATION = "provincial_administration"  # อบจ.
    PROVINCE = "province"
    DEPARTMENT = "department"
    OTHER = "other"


class UnitKind(enum.StrEnum):
    ORGANISATION = "organisation"
    OFFICE = "office"  # สำนัก
    DIVISION = "division"  # กอง
    SECTION = "section"  # ฝ่าย
    WORK = "work"  # งาน
    CENTRE = "centre"  # ศูนย์ โรงเรียน


class Rank(enum.StrEnum):
    """Where a position stands in the chain of command, highest first; the first four stand above the units."""

    CHIEF_EXECUTIVE = "chief_executive"  # นายก, ผู้ว่าราชการ, อธิบดี
    DEPUTY_CHIEF_EXECUTIVE = "deputy_chief_executive"
    PERMANENT_SECRETARY = "permanent_secretary"  # ปลัด
    DEPUTY_PERMANENT_SECRETARY = "deputy_permanent_secretary"
    HEAD = "head"
    STAFF = "staff"


class Category(enum.StrEnum):
    STAFF = "staff"
    ELECTED = "elected"


class RoleName(enum.StrEnum):
    CKO = "cko"  # คุณเอื้อ
    FACILITATOR = "facilitator"  # คุณอำนวย
    PRACTITIONER = "practitioner"  # คุณกิจ
    NOTE_TAKER = "note_taker"  # คุณลิขิต
    NETWORK_MANAGER = "network_manager"  # คุณประสาน
    TECHNOLOGIST = "technologist"  # คุณวิศาสตร์
    EXECUTIVE = "executive"
    DATA_ASSISTANT = "data_assistant"
    ADMIN = "admin"


class GroupKind(enum.StrEnum):
    KM_TEAM = "km_team"
    REVIEWERS = "reviewers"
    COMMITTEE = "committee"
    WORKING_GROUP = "working_group"
    COMMUNITY = "community"


class Openness(enum.StrEnum):
    """Who may join a group by himself, and who reads what is open to it."""

    OPEN = "open"  # every colleague reads along and joins with a click
    ON_REQUEST = "on_request"  # every colleague knows of it; members read, and say who joins
    CLOSED = "closed"  # nobody else knows of it


class GroupRole(enum.StrEnum):
    HEAD = "head"
    SECRETARY = "secretary"
    MEMBER = "member"


class Unit(Base):
    """A part of the organisation; the one without a parent is the organisation itself."""

    __tablename__ = "unit"
    renews = (PEOPLE,)
    __table_args__ = (codes_check("kind", UnitKind), UniqueConstraint("organisation_id", "code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[UnitKind] = mapped_column(CodeType(UnitKind))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    short_name: Mapped[str] = mapped_column(String(60), default="")
    code: Mapped[str] = mapped_column(String(40))
    # The ids from the root down to this unit, "/1/4/9/": "this unit and all below it" is a prefix, asked without recursion.
    path: Mapped[str] = mapped_column(by_bytes(400), index=True, default="")
    sort_key: Mapped[str] = mapped_column(by_bytes(800), default="")
    # The official order among the units beside it; empty: nobody decided (people/organisation_tree.py).
    place: Mapped[int | None]
    closed_on: Mapped[date | None] = mapped_column(Date)

    parent: Mapped["Unit | None"] = relationship(
        remote_side=[id], foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list["Unit"]] = relationship(
        foreign_keys=[parent_id], back_populates="parent", order_by="Unit.sort_key"
    )
    positions: Mapped[list["Position"]] = relationship(foreign_keys="Position.unit_id", back_populates="unit")

    @validates("name")
    def _keep_sort_key(self, _key: str, name: str) -> str:
        self.sort_key = sort_key(name)[:800]
        return name

    @property
    def is_organisation(self) -> bool:
        return self.parent_id is None

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to and including this unit."""
        return [int(part) for part in self.path.split("/") if part]


class OrganisationSetting(Base):
    """What an organisation decides for itself, one row a decision; `people/settings.py` knows them with their types."""

    __tablename__ = "organisation_setting"
    renews = (PEOPLE,)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)


class Position(Base):
    """A post of the organisation's establishment, whether somebody holds it or not."""

    __tablename__ = "position"
    renews = (PEOPLE,)
    __table_args__ = (
        codes_check("rank", Rank),
        CheckConstraint("superior_id IS NULL OR superior_id <> id", name="not_own_superior"),
        # Two admins at the same moment: organising.py asks first, but only this can hold them apart.
        Index(
            "uq_position_head_of_unit",
            "unit_id",
            unique=True,
            sqlite_where=text("rank = 'head' AND abolished_on IS NULL"),
            postgresql_where=text("rank = 'head' AND abolished_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    title_en: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    number: Mapped[str] = mapped_column(String(40), default="")
    rank: Mapped[Rank] = mapped_column(CodeType(Rank), default=Rank.STAFF)
    # Empty: the superior follows from the tree (people/superiors.py). Filled: somebody decided otherwise.
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"), index=True)
    sort_key: Mapped[str] = mapped_column(by_bytes(800), default="")
    abolished_on: Mapped[date | None] = mapped_column(Date)

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], back_populates="positions")
    superior: Mapped["Position | None"] = relationship(remote_side=[id], foreign_keys=[superior_id])
    postings: Mapped[list["Posting"]] = relationship(back_populates="position")
    acting_appointments: Mapped[list["ActingAppointment"]] = relationship(back_populates="position")

    @validates("title")
    def _keep_sort_key(self, _key: str, title: str) -> str:
        self.sort_key = sort_key(title)[:800]
        return title


class Person(Base):
    """Somebody with, or once with, a place here. Deactivated when he leaves; what he wrote stays under his name."""

    __tablename__ = "person"
    renews = (PEOPLE,)
    __table_args__ = (codes_check("category", Category),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    prefix: Mapped[str] = mapped_column(String(40), default="")
    first_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    last_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    username: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str] = mapped_column(String(60), default="")
    category: Mapped[Category] = mapped_column(CodeType(Category), default=Category.STAFF)
    retirement_date: Mapped[date | None] = mapped_column(Date)
    language: Mapped[str | None] = mapped_column(String(2))
    numerals: Mapped[str | None] = mapped_column(String(10))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_system: Mapped[bool] = mapped_column(default=False)
    sort_key: Mapped[str] = mapped_column(by_bytes(800), default="", index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    deactivated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    postings: Mapped[list["Posting"]] = relationship(
        back_populates="person", order_by="Posting.from_date.desc()"
    )
    acting_appointments: Mapped[list["ActingAppointment"]] = relationship(back_populates="person")
    memberships: Mapped[list["GroupMembership"]] = relationship(back_populates="person")
    roles: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id"
    )

    @validates("first_name", "last_name")
    def _keep_sort_key(self, key: str, name: str) -> str:
        first = name if key == "first_name" else self.first_name or ""
        last = name if key == "last_name" else self.last_name or ""
        self.sort_key = sort_key(f"{first} {last}")[:800]
        return name

    @validates("username")
    def _fold_username(self, _key: str, username: str) -> str:
        return username.strip().lower()

    @validates("email")
    def _fold_email(self, _key: str, email: str | None) -> str | None:
        return (email or "").strip().lower() or None

    @classmethod
    def visible_to(cls, person: "Person | None") -> Select[Self]:
        """The colleagues of the person, those who have left too; nobody for the public."""
        if person is None or not person.is_active:
            return select(cls).where(false())
        return select(cls).where(cls.organisation_id == person.organisation_id, cls.is_system.is_(False))

    @property
    def name(self) -> str:
        """Prefix, first and last name as printed; a Thai prefix stands without a space before the name."""
        gap = " " if self.prefix.endswith(".") and self.prefix.isascii() else ""
        return f"{self.prefix}{gap}{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        return self.first_name

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class Posting(Base):
    """Who holds a position from when to when; `to_date` is the last day, empty while he holds it."""

    __tablename__ = "posting"
    renews = (PEOPLE,)
    __table_args__ = (CheckConstraint("to_date IS NULL OR to_date >= from_date", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship(back_populates="postings")
    position: Mapped[Position] = relationship(back_populates="postings")


class ActingAppointment(Base):
    """รักษาราชการแทน: who acts in a position from when to when, and by which order."""

    __tablename__ = "acting_appointment"
    renews = (PEOPLE,)
    __table_args__ = (CheckConstraint("to_date IS NULL OR to_date >= from_date", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)
    order_number: Mapped[str] = mapped_column(String(80), default="")

    person: Mapped[Person] = relationship(back_populates="acting_appointments")
    position: Mapped[Position] = relationship(back_populates="acting_appointments")


class Group(Base):
    """People who belong together across units: the KM team, reviewers, a committee, a community's members."""

    __tablename__ = "group"
    renews = (PEOPLE,)
    __table_args__ = (
        codes_check("kind", GroupKind),
        codes_check("openness", Openness),
        # The token of an open group is every colleague's, and the KM team is known by its token.
        CheckConstraint("kind = 'community' OR openness = 'closed'", name="open_communities_only"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[GroupKind] = mapped_column(CodeType(GroupKind))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    openness: Mapped[Openness] = mapped_column(
        CodeType(Openness), default=Openness.CLOSED, server_default=Openness.CLOSED
    )
    sort_key: Mapped[str] = mapped_column(by_bytes(800), default="")
    closed_on: Mapped[date | None] = mapped_column(Date)

    memberships: Mapped[list["GroupMembership"]] = relationship(back_populates="group")

    @validates("name")
    def _keep_sort_key(self, _key: str, name: str) -> str:
        self.sort_key = sort_key(name)[:800]
        return name


class GroupMembership(Base):
    __tablename__ = "group_membership"
    renews = (PEOPLE,)
    __table_args__ = (
        codes_check("role", GroupRole),
        CheckConstraint("to_date IS NULL OR to_date >= from_date", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[GroupRole] = mapped_column(CodeType(GroupRole), default=GroupRole.MEMBER)
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)

    group: Mapped[Group] = relationship(back_populates="memberships")
    person: Mapped[Person] = relationship(back_populates="memberships")


class RoleGrant(Base):
    """A role somebody has from when to when; one person may have several (in small towns the mayor is CEO and CKO)."""

    __tablename__ = "role_grant"
    renews = (PEOPLE,)
    __table_args__ = (
        codes_check("role", RoleName),
        CheckConstraint("to_date IS NULL OR to_date >= from_date", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[RoleName] = mapped_column(CodeType(RoleName))
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(back_populates="roles", foreign_keys=[person_id])
