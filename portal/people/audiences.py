"""Audience tokens: what a person holds today, against what a thing is open to.

A token is a short text: `public`, `org:ID`, `unit:ID` (that unit and all below it), `position:ID` (whoever holds it or acts
in it), `group:ID` (its members; every colleague, of an open community), `person:ID`, `role:NAME`.
A person sees a thing when one of his tokens is among the thing's. Tokens follow from dated postings and
memberships, are remembered for the day while nothing about people changes, and never kept in the browser's session.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from sqlalchemy import (
    BindParameter,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, object_session
from sqlalchemy.sql import ColumnElement

from portal.people.models import (
    ActingAppointment,
    Group,
    GroupMembership,
    Openness,
    Person,
    Position,
    Posting,
    Rank,
    RoleGrant,
    Unit,
)
from portal.remembering import PEOPLE, Remembered
from portal.thai.dates import bangkok_today

PUBLIC = "public"
NOBODY: frozenset[str] = frozenset()
# These see what is open to any unit below theirs; everybody else holds his unit and the ones above it.
LEADING_RANKS = frozenset(
    {
        Rank.CHIEF_EXECUTIVE,
        Rank.DEPUTY_CHIEF_EXECUTIVE,
        Rank.PERMANENT_SECRETARY,
        Rank.DEPUTY_PERMANENT_SECRETARY,
        Rank.HEAD,
    }
)


def organisation_token(organisation_id: int) -> str:
    return f"org:{organisation_id}"


def unit_token(unit_id: int) -> str:
    return f"unit:{unit_id}"


def position_token(position_id: int) -> str:
    return f"position:{position_id}"


def group_token(group_id: int) -> str:
    return f"group:{group_id}"


def person_token(person_id: int) -> str:
    return f"person:{person_id}"


def role_token(role: str) -> str:
    return f"role:{role}"


def valid_on(
    day: date | BindParameter[date],
    start: InstrumentedAttribute[date],
    end: InstrumentedAttribute[date | None],
) -> ColumnElement[bool]:
    """The dated row counts on that day; both its first and its last day belong to it."""
    return and_(start <= day, or_(end.is_(None), end >= day))


def tokens_of(person: Person | None) -> frozenset[str]:
    """The tokens held today by this person, or by somebody who is not signed in (None).

    Worked out once a day, and again when anything about people, units or groups has changed.
    """
    if person is None or not person.is_active:
        return frozenset({PUBLIC})
    session = object_session(person)
    if session is None:
        raise RuntimeError("a person outside any session holds no tokens")
    day = bangkok_today()
    return _TOKENS.get(session, PEOPLE, (person.id, day), lambda: _work_out(session, person, day))


def memberships_of(person: Person | None) -> frozenset[int]:
    """The ids of the groups the person belongs to today; an open community's token says less than that."""
    if person is None or not person.is_active:
        return frozenset()
    session = object_session(person)
    if session is None:
        raise RuntimeError("a person outside any session belongs to no group")
    day = bangkok_today()
    return _MEMBERSHIPS.get(
        session,
        PEOPLE,
        (person.id, day),
        lambda: frozenset(session.scalars(_BELONGS, {"person_id": person.id, "day": day})),
    )


_MEMBERSHIPS: Final = Remembered[tuple[int, date], frozenset[int]](most=10_000)
_TOKENS: Final = Remembered[tuple[int, date], frozenset[str]](most=10_000)
_PERSON, _DAY = bindparam("person_id", type_=Integer), bindparam("day", type_=Date)


def _places(kind: type[Posting] | type[ActingAppointment]) -> Select[str, str, str]:
    return (
        select(literal("unit"), Unit.path, cast(Position.rank, String))
        .select_from(kind)
        .join(Position, Position.id == kind.position_id)
        .join(Unit, Unit.id == Position.unit_id)
        .where(kind.person_id == _PERSON, valid_on(_DAY, kind.from_date, kind.to_date))
    )


def _posts(kind: type[Posting] | type[ActingAppointment]) -> Select[str, str, str]:
    return select(literal("position"), cast(kind.position_id, String), literal("")).where(
        kind.person_id == _PERSON, valid_on(_DAY, kind.from_date, kind.to_date)
    )


# Put together once: every request asks it.
_HELD = union_all(
    _places(Posting),
    _places(ActingAppointment),
    _posts(Posting),
    _posts(ActingAppointment),
    select(literal("group"), cast(GroupMembership.group_id, String), literal(""))
    .join(Group)
    .where(GroupMembership.person_id == _PERSON, Group.closed_on.is_(None))
    .where(valid_on(_DAY, GroupMembership.from_date, GroupMembership.to_date)),
    select(literal("group"), cast(Group.id, String), literal(""))
    .join(Person, Person.organisation_id == Group.organisation_id)
    .where(Person.id == _PERSON, Group.openness == Openness.OPEN, Group.closed_on.is_(None)),
    select(literal("role"), cast(RoleGrant.role, String), literal("")).where(
        RoleGrant.person_id == _PERSON, valid_on(_DAY, RoleGrant.from_date, RoleGrant.to_date)
    ),
)


_BELONGS = (
    select(GroupMembership.group_id)
    .join(Group)
    .where(GroupMembership.person_id == _PERSON, Group.closed_on.is_(None))
    .where(valid_on(_DAY, GroupMembership.from_date, GroupMembership.to_date))
)


def _work_out(session: Session, person: Person, day: date) -> frozenset[str]:
    tokens = {PUBLIC, organisation_token(person.organisation_id), person_token(person.id)}
    led: list[str] = []
    for what, value, rank in session.execute(_HELD, {"person_id": person.id, "day": day}):
        if what == "unit":
            tokens.update(unit_token(int(part)) for part in value.split("/") if part)
            if rank in LEADING_RANKS:
                led.append(value)
        elif what == "position":
            tokens.add(position_token(int(value)))
        elif what == "group":
            tokens.add(group_token(int(value)))
        else:
            tokens.add(role_token(value))
    if led:
        below = select(Unit.id).where(or_(*(Unit.path.startswith(path) for path in led)))
        tokens.update(unit_token(unit_id) for unit_id in session.scalars(below))
    return frozenset(tokens)


def holds_one_of(tokens: Iterable[str]) -> ColumnElement[bool]:
    """That a person holds one of these tokens today, as a condition on the row: the query of `tokens_of`, for people by the
    thousand."""
    tokens, day = frozenset(tokens), bangkok_today()
    if PUBLIC in tokens:
        return Person.deactivated_at.is_(None)
    among = {kind: _ids_in(tokens, kind) for kind in ("org", "person", "unit", "position", "group")}
    ways: list[ColumnElement[bool]] = [
        Person.organisation_id.in_(among["org"]),
        Person.id.in_(among["person"]),
    ]
    if among["unit"] or among["position"]:
        ways += [
            _stands_in(kind, among["unit"], among["position"], day) for kind in (Posting, ActingAppointment)
        ]
    if among["group"]:
        belongs = (
            exists()
            .where(GroupMembership.person_id == Person.id, GroupMembership.group_id == Group.id)
            .where(valid_on(day, GroupMembership.from_date, GroupMembership.to_date))
            .correlate(Person, Group)
        )
        open_to_all = and_(Group.openness == Openness.OPEN, Group.organisation_id == Person.organisation_id)
        ways.append(
            exists()
            .where(Group.id.in_(among["group"]), Group.closed_on.is_(None), or_(open_to_all, belongs))
            .correlate(Person)
        )
    if roles := roles_in(tokens):
        ways.append(
            exists()
            .where(RoleGrant.person_id == Person.id, RoleGrant.role.in_(roles))
            .where(valid_on(day, RoleGrant.from_date, RoleGrant.to_date))
        )
    return and_(Person.deactivated_at.is_(None), or_(*ways))


def _stands_in(
    kind: type[Posting] | type[ActingAppointment],
    unit_ids: Collection[int],
    position_ids: Collection[int],
    day: date,
) -> ColumnElement[bool]:
    """That the person is posted to one of these positions, in one of these units or below, or leads one above."""
    wanted = aliased(Unit)
    within = or_(
        Unit.path.startswith(wanted.path),
        and_(Position.rank.in_(LEADING_RANKS), wanted.path.startswith(Unit.path)),
    )
    return (
        exists()
        .where(kind.person_id == Person.id, valid_on(day, kind.from_date, kind.to_date))
        .where(Position.id == kind.position_id, Unit.id == Position.unit_id)
        .where(
            or_(
                Position.id.in_(position_ids),
                exists().where(wanted.id.in_(unit_ids), within).correlate(Unit, Position),
            )
        )
        .correlate(Person)
    )


def _ids_in(tokens: Iterable[str], kind: str) -> list[int]:
    return sorted(int(token.removeprefix(f"{kind}:")) for token in tokens if token.startswith(f"{kind}:"))


def roles_in(tokens: Iterable[str]) -> frozenset[str]:
    """The role names among the tokens."""
    return frozenset(token.removeprefix("role:") for token in tokens if token.startswith("role:"))


def groups_in(tokens: Iterable[str]) -> frozenset[int]:
    """The ids of the groups among the tokens."""
    return frozenset(int(token.removeprefix("group:")) for token in tokens if token.startswith("group:"))
