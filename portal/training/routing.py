"""The way of a report: which levels stand above its reporters, and who is asked at each of them on a given day.

The levels are positions (people/superiors.py). Who sits there is asked anew every day, so that a report can wait at an
empty desk. Document 001, section 17: the report goes up through the superiors to the mayor.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.db import session
from portal.people.audiences import valid_on
from portal.people.models import (
    ActingAppointment,
    Group,
    GroupKind,
    GroupMembership,
    GroupRole,
    Person,
    Position,
    Posting,
    Rank,
)
from portal.people.superiors import NOBODY, ChainLoops, Establishment, Incumbents, chain_above, incumbents_on
from portal.translating import N_

HELD_BY_REPORTER = N_("Left out: a reporter holds this post.")
EMPTY_POST = N_(
    "Nobody holds this post at present. The report waits there till somebody does, or the KM team names somebody."
)
KM_TEAM_FILES = N_("No level is left above: the head of the KM team puts the report on file.")
KM_TEAM_EMPTY = N_(
    "Nobody else is in the KM team. Ask the admin to add somebody, who can then put the report on file."
)
NO_POSITION = N_(
    "The register knows no post of yours, so nobody stands above you. The KM team names who endorses."
)
CHAIN_LOOPS = N_(
    "The chain of command runs in a circle. The KM team names who endorses; the admin can mend the chain."
)


@dataclass(frozen=True)
class Level:
    """One level of the way. Without a position it is the KM team's: to file the report, or to name somebody."""

    position: Position | None
    incumbents: Incumbents = NOBODY
    is_left_out: bool = False
    is_filing: bool = False
    note: str = ""  # a msgid: why it is left out, who files, what is in the way

    @property
    def title(self) -> str:
        return self.position.title if self.position else ""


@dataclass(frozen=True)
class Route:
    """The levels from the nearest to the highest, those left out too; there is always one that is asked."""

    levels: tuple[Level, ...]

    @property
    def asked(self) -> tuple[Level, ...]:
        return tuple(level for level in self.levels if not level.is_left_out)


def route_of(author: Person, reporter_ids: Collection[int], day: date) -> Route:
    """The way that a report of these would take if it were handed in on that day; a group's is that of its author."""
    establishment = Establishment.of(author.organisation_id)
    position = post_of(author, day)
    if position is None:
        return _named_by_km_team(NO_POSITION, establishment, reporter_ids, day)
    try:
        chain = chain_above(position, establishment)
    except ChainLoops:
        return _named_by_km_team(CHAIN_LOOPS, establishment, reporter_ids, day)
    levels = _levels(chain, reporter_ids, day)
    if not any(not level.is_left_out for level in levels):
        levels.append(_filing(author.organisation_id, reporter_ids, day))
    return Route(tuple(levels))


def post_of(person: Person, day: date) -> Position | None:
    """The post the person holds on that day, the newest of several; else one he acts in; None when he has none."""
    for kind in (Posting, ActingAppointment):
        held = session.scalar(
            select(Position)
            .join(kind, kind.position_id == Position.id)
            .where(kind.person_id == person.id, valid_on(day, kind.from_date, kind.to_date))
            .order_by(kind.from_date.desc(), kind.id.desc())
            .limit(1)
        )
        if held is not None:
            return held
    return None


def _levels(chain: Collection[Position], reporter_ids: Collection[int], day: date) -> list[Level]:
    found = incumbents_on([position.id for position in chain], day)
    return [_level(position, found.get(position.id, NOBODY), reporter_ids) for position in chain]


def _level(position: Position, incumbents: Incumbents, reporter_ids: Collection[int]) -> Level:
    in_charge = incumbents.in_charge
    if in_charge is None:
        return Level(position, note=EMPTY_POST)
    if in_charge.id in reporter_ids:
        return Level(position, incumbents, is_left_out=True, note=HELD_BY_REPORTER)
    return Level(position, incumbents)


def _named_by_km_team(
    why: str, establishment: Establishment, reporter_ids: Collection[int], day: date
) -> Route:
    """Whoever the KM team names, and then the chief executive: to whom the rule carries every report."""
    highest = establishment.highest(Rank.CHIEF_EXECUTIVE)
    above = _levels([establishment.positions[highest]], reporter_ids, day) if highest else []
    return Route((Level(None, note=why), *above))


def _filing(organisation_id: int, reporter_ids: Collection[int], day: date) -> Level:
    someone = km_team_in_charge(organisation_id, day, but=reporter_ids)
    return Level(
        None,
        Incumbents(holder=someone[0] if someone else None),
        is_filing=True,
        note=KM_TEAM_FILES if someone else KM_TEAM_EMPTY,
    )


def km_team_in_charge(organisation_id: int, day: date, *, but: Collection[int] = ()) -> list[Person]:
    """Who acts for the KM team on that day: its head; where it has none besides these persons, its secretary, else all
    its members. Empty when nobody is left."""
    rows = session.execute(
        select(Person, GroupMembership.role)
        .join(GroupMembership, GroupMembership.person_id == Person.id)
        .join(Group)
        .where(
            Group.organisation_id == organisation_id,
            Group.kind == GroupKind.KM_TEAM,
            Group.closed_on.is_(None),
            valid_on(day, GroupMembership.from_date, GroupMembership.to_date),
            Person.deactivated_at.is_(None),
            Person.id.not_in(but),
        )
        .order_by(GroupMembership.id)
    ).all()
    for role in (GroupRole.HEAD, GroupRole.SECRETARY, GroupRole.MEMBER):
        if found := [person for person, held in rows if held == role]:
            return found
    return []


def positions_in_charge(person: Person, day: date) -> set[int]:
    """The positions for which this person signs on that day: those he acts in, and his own unless somebody else was
    ordered to act there."""
    mine: set[int] = set()
    for kind in (Posting, ActingAppointment):
        mine.update(
            session.scalars(
                select(kind.position_id).where(
                    kind.person_id == person.id, valid_on(day, kind.from_date, kind.to_date)
                )
            )
        )
    found = incumbents_on(mine, day)
    return {
        position_id
        for position_id, incumbents in found.items()
        if incumbents.in_charge is not None and incumbents.in_charge.id == person.id
    }
