"""Makers of people and things, valid by default; what a test is about is named in the test."""

import itertools
from datetime import date, timedelta
from typing import Any

from portal.db import session
from portal.items import audience
from portal.items.fulfilling import set_fulfilments
from portal.items.models import Item
from portal.items.publishing import publish
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.knowledge.writing import save, start
from portal.people import passwords
from portal.people.models import (
    ActingAppointment,
    Category,
    Group,
    GroupKind,
    GroupMembership,
    GroupRole,
    Person,
    Position,
    Posting,
    Rank,
    RoleGrant,
    RoleName,
    Unit,
    UnitKind,
)
from portal.people.settings import decide, the_organisation
from portal.plan.models import Goal, Plan, Strategy
from portal.plan.running import this_fiscal_year
from portal.thai.dates import bangkok_today

PASSWORD = "ปลาทูว่ายในคลอง"
LONG_AGO = date(2020, 1, 1)
_numbers = itertools.count(1)
_password_hash: list[str] = []


def make_organisation(name: str = "เทศบาลตำบลทดสอบ", **decisions: Any) -> Unit:
    """The organisation of the test; the one that is there already when there is one."""
    organisation = the_organisation()
    if organisation is None:
        organisation = Unit(kind=UnitKind.ORGANISATION, name=name, code="ORG")
        session.add(organisation)
        session.flush()
        organisation.organisation_id = organisation.id
        organisation.path = f"/{organisation.id}/"
    if decisions:
        decide(organisation.id, **decisions)
    session.commit()
    return organisation


def make_unit(name: str = "กองคลัง", parent: Unit | None = None, **more: Any) -> Unit:
    parent = parent or make_organisation()
    more.setdefault("kind", UnitKind.DIVISION)
    more.setdefault("code", f"U{next(_numbers)}")
    unit = Unit(name=name, parent_id=parent.id, organisation_id=parent.organisation_id, **more)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path}{unit.id}/"
    session.commit()
    return unit


def make_position(unit: Unit | None = None, title: str = "นักวิชาการเงินและบัญชี", **more: Any) -> Position:
    unit = unit or make_organisation()
    position = Position(unit_id=unit.id, organisation_id=unit.organisation_id, title=title, **more)
    session.add(position)
    session.commit()
    return position


def make_person(
    first_name: str = "มาลี",
    *,
    unit: Unit | None = None,
    rank: Rank = Rank.STAFF,
    roles: tuple[RoleName, ...] = (),
    groups: tuple[Group, ...] = (),
    **more: Any,
) -> Person:
    """Somebody on the staff with a position in the unit (the organisation itself when none is named)."""
    organisation = make_organisation()
    number = next(_numbers)
    if not _password_hash:  # argon2 is slow on purpose; once is enough
        somebody = Person(username="somebody")
        passwords.set_password(somebody, PASSWORD)
        _password_hash.append(somebody.password_hash or "")
    more.setdefault("username", f"person{number}")
    more.setdefault("last_name", "ใจเย็น")
    more.setdefault("prefix", "นางสาว")
    more.setdefault("category", Category.STAFF)
    person = Person(
        first_name=first_name, organisation_id=organisation.id, password_hash=_password_hash[0], **more
    )
    session.add(person)
    session.flush()
    position = make_position(unit, rank=rank)
    session.add(Posting(person_id=person.id, position_id=position.id, from_date=LONG_AGO))
    for role in roles:
        grant_role(person, role)
    for group in groups:
        join(person, group)
    session.commit()
    return person


def grant_role(person: Person, role: RoleName, **dates: date) -> None:
    dates.setdefault("from_date", LONG_AGO)
    session.add(RoleGrant(person_id=person.id, role=role, **dates))
    session.commit()


def make_admin(first_name: str = "ธิดา") -> Person:
    return make_person(first_name, roles=(RoleName.ADMIN,))


def make_group(name: str = "คณะทำงาน", kind: GroupKind = GroupKind.WORKING_GROUP) -> Group:
    group = Group(name=name, kind=kind, organisation_id=make_organisation().id)
    session.add(group)
    session.commit()
    return group


def join(person: Person, group: Group, role: GroupRole = GroupRole.MEMBER, **dates: date) -> GroupMembership:
    dates.setdefault("from_date", LONG_AGO)
    membership = GroupMembership(person_id=person.id, group_id=group.id, role=role, **dates)
    session.add(membership)
    session.commit()
    return membership


def act_for(person: Person, position: Position, **dates: date) -> ActingAppointment:
    dates.setdefault("from_date", bangkok_today() - timedelta(days=1))
    appointment = ActingAppointment(person_id=person.id, position_id=position.id, **dates)
    session.add(appointment)
    session.commit()
    return appointment


def make_plan(fiscal_year: int | None = None, goals: int = 1, **more: Any) -> Plan:
    organisation = make_organisation()
    plan = Plan(
        organisation_id=organisation.id,
        unit_id=organisation.id,
        fiscal_year=fiscal_year or this_fiscal_year(),
        title=more.pop("title", "แผนการจัดการความรู้"),
        strategies=[Strategy(number=1, title="พัฒนาบุคลากร")],
        goals=[Goal(number=n, title=f"เป้าหมายที่ {n}") for n in range(1, goals + 1)],
        **more,
    )
    session.add(plan)
    session.commit()
    return plan


def make_goal(title: str = "คู่มือครบทุกส่วนราชการ") -> Goal:
    goal = make_plan().goals[0]
    goal.title = title
    session.commit()
    return goal


def make_asset(
    title: str = "คู่มือรับชำระภาษีที่ดิน",
    text: str = "ผู้เสียภาษียื่นแบบที่กองคลังภายในเดือนเมษายนของทุกปี",
    *,
    author: Person | None = None,
    unit: Unit | None = None,
    readers: str = "organisation",
    published: bool = True,
    steps: tuple[tuple[int | None, str], ...] = ((None, "KM3"),),
    kind: AssetKind = AssetKind.MANUAL,
    tags: tuple[str, ...] = (),
    at: Any = None,
) -> KnowledgeAsset:
    """A published manual that the whole organisation reads, unless the test says otherwise.

    `readers` is organisation, unit or public.
    """
    author = author or make_person("สมพงษ์")
    unit = unit or make_organisation()
    asset = start(author, author.organisation_id, unit.id)
    save(asset, by=author, title=title, text=text, kind=kind, knowledge=KnowledgeForm.EXPLICIT, tags=tags)
    set_fulfilments(asset, steps)
    audience.open_to(asset, audience.tokens_for(readers, asset))
    if published:
        publish(asset, by=author, at=at)
    session.commit()
    return asset


def reload(item: Item) -> Any:
    """The item as it is in the database now."""
    session.expire_all()
    return session.get(type(item), item.id)
