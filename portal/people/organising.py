"""Changing the tree of units and its positions. Each act keeps the chain of command free of circles and is audited.

Every act checks first and changes then: a refused act has changed nothing. Nothing here commits.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select

from portal.audit.recording import record
from portal.db import session
from portal.errors import BadInput, Conflict
from portal.people.models import Person, Position, Posting, Rank, Unit, UnitKind
from portal.people.organisation_tree import units_beside
from portal.people.superiors import ABOVE_UNITS, Establishment, Post
from portal.thai.dates import bangkok_today
from portal.translating import N_

# How many names of what stands in the way are told; more help nobody.
_MOST_NAMES = 10


class UnitWouldLoop(Conflict):
    message = N_("A unit can't stand below itself or below one of its own units.")


class UnitInUse(Conflict):
    """The unit still has open positions or units; their names are in the message."""

    message = N_("“%(unit)s” can't be closed yet. Still open in it: %(open)s")


class UnitClosed(Conflict):
    message = N_("“%(unit)s” is closed.")


class OrganisationStays(Conflict):
    message = N_("The organisation itself can be neither moved nor closed.")


class CodeTaken(Conflict):
    message = N_("The code %(code)s already belongs to “%(unit)s”.")


class PositionInUse(Conflict):
    """Somebody still holds the position, or others name it as their superior."""

    message = N_("“%(position)s” can't be abolished yet: %(reasons)s")


class PositionAbolished(Conflict):
    message = N_("“%(position)s” was abolished.")


class RankTaken(Conflict):
    message = N_("“%(position)s” already stands in this place; there can be only one.")


class RankBelongsAbove(BadInput):
    message = N_("Posts above the units belong to the organisation itself, not to a unit.")


class SuperiorUnfit(BadInput):
    message = N_("The superior must be another open position of the same organisation.")


# ---- units


def create_unit(
    parent: Unit,
    *,
    by: Person | None,
    kind: UnitKind,
    name: str,
    name_en: str = "",
    short_name: str = "",
    code: str = "",
    place: int | None = None,
) -> Unit:
    """A new unit below `parent`; without a code it gets the next free one, without a place it stands behind those that
    have one. UnitClosed, CodeTaken."""
    _mind_open(parent)
    organisation_id = parent.ancestor_ids[0]
    unit = Unit(
        organisation_id=organisation_id,
        parent=parent,
        kind=kind,
        name=name,
        name_en=name_en,
        short_name=short_name,
        code=_free_code(organisation_id, code),
        place=place,
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path}{unit.id}/"
    record("unit.create", unit, by=by, parent=parent.id, kind=str(kind))
    return unit


def edit_unit(
    unit: Unit,
    *,
    by: Person | None,
    kind: UnitKind,
    name: str,
    name_en: str,
    short_name: str,
    code: str,
    place: int | None = None,
) -> None:
    """Rename or recode it, or put it at another place among the units beside it (None: where it stands). CodeTaken."""
    if code != unit.code:
        code = _free_code(unit.ancestor_ids[0], code, but=unit)
    if unit.is_organisation:
        kind = UnitKind.ORGANISATION
    changed = _change(unit, kind=kind, name=name, name_en=name_en, short_name=short_name, code=code)
    if place is not None and _put_at(unit, place):
        changed.append("place")
    if changed:
        record("unit.edit", unit, by=by, fields=changed)


def _put_at(unit: Unit, place: int) -> bool:
    """All the units beside it get a place, this one the wanted; False when it stood there."""
    beside = units_beside(unit)
    if unit.is_organisation or beside.index(unit) == place - 1:
        return False
    beside.remove(unit)
    beside.insert(place - 1, unit)
    for number, other in enumerate(beside, 1):
        other.place = number
    return True


def move_unit(unit: Unit, parent: Unit, *, by: Person | None) -> None:
    """Put the unit, with all that is below it, under another one.

    UnitWouldLoop when that one is the unit itself or below it; ChainLoops when own superiors of positions would make
    a circle of the new chain.
    """
    if unit.is_organisation:
        raise OrganisationStays
    if unit.id in parent.ancestor_ids:
        raise UnitWouldLoop
    _mind_open(parent)
    if unit.parent_id == parent.id:
        return
    Establishment.of(unit.ancestor_ids[0]).with_parent(unit.id, parent.id).mind_loops()
    before, path = unit.parent_id, unit.path
    moved_path = f"{parent.path}{unit.id}/"
    for below in session.scalars(select(Unit).where(Unit.path.startswith(path, autoescape=True))):
        below.path = moved_path + below.path.removeprefix(path)
    unit.parent, unit.place = parent, None  # behind those that have a place there
    session.flush()
    record("unit.move", unit, by=by, before=before, after=parent.id)


def close_unit(unit: Unit, *, by: Person | None, on: date | None = None) -> None:
    """The unit exists no more from that day (default today); what it did keeps its name. UnitInUse names what is open."""
    if unit.is_organisation:
        raise OrganisationStays
    open_names = [
        *session.scalars(
            select(Unit.name)
            .where(Unit.parent_id == unit.id, Unit.closed_on.is_(None))
            .order_by(Unit.sort_key)
            .limit(_MOST_NAMES)
        ),
        *session.scalars(
            select(Position.title)
            .where(Position.unit_id == unit.id, Position.abolished_on.is_(None))
            .order_by(Position.sort_key)
            .limit(_MOST_NAMES)
        ),
    ]
    if open_names:
        raise UnitInUse(unit=unit.name, open=", ".join(open_names[:_MOST_NAMES]))
    unit.closed_on = on or bangkok_today()
    record("unit.close", unit, by=by, on=unit.closed_on.isoformat())


def reopen_unit(unit: Unit, *, by: Person | None) -> None:
    """Undo a closing; UnitClosed when the unit above is closed."""
    if unit.parent is not None:
        _mind_open(unit.parent)
    unit.closed_on = None
    record("unit.reopen", unit, by=by)


def _mind_open(unit: Unit) -> None:
    if unit.closed_on is not None:
        raise UnitClosed(unit=unit.name)


def _free_code(organisation_id: int, code: str, but: Unit | None = None) -> str:
    taken = {
        unit_code: (unit_id, name)
        for unit_code, unit_id, name in session.execute(
            select(Unit.code, Unit.id, Unit.name).where(
                or_(Unit.organisation_id == organisation_id, Unit.id == organisation_id)
            )
        )
    }
    if code:
        unit_id, name = taken.get(code, (None, ""))
        if unit_id is not None and (but is None or unit_id != but.id):
            raise CodeTaken(code=code, unit=name)
        return code
    number = len(taken)
    while f"U{number:02}" in taken:
        number += 1
    return f"U{number:02}"


# ---- positions


def create_position(
    unit: Unit,
    *,
    by: Person | None,
    title: str,
    title_en: str = "",
    number: str = "",
    rank: Rank = Rank.STAFF,
    superior: Position | None = None,
) -> Position:
    """A new post in the unit. Without a superior of its own the chain follows from the tree.

    RankTaken for a second head of a unit, chief executive or permanent secretary; RankBelongsAbove; SuperiorUnfit.
    """
    _mind_open(unit)
    establishment = Establishment.of(unit.ancestor_ids[0])
    # No id yet: zero stands below every id, so that the rules see the newcomer.
    post = Post(0, unit.id, rank, None if superior is None else superior.id)
    _mind_place(establishment, unit, post)
    _mind_superior(unit, superior)
    establishment.with_post(post).mind_loops()
    position = Position(
        organisation_id=unit.ancestor_ids[0],
        unit=unit,
        title=title,
        title_en=title_en,
        number=number,
        rank=rank,
        superior=superior,
    )
    session.add(position)
    session.flush()
    record("position.create", position, by=by, unit=unit.id, rank=str(rank))
    return position


def edit_position(
    position: Position,
    *,
    by: Person | None,
    unit: Unit,
    title: str,
    title_en: str,
    number: str,
    rank: Rank,
    superior: Position | None,
) -> None:
    """Change the post, move it to another unit, or give it a superior of its own (None: from the tree).

    The same refusals as for a new one, and ChainLoops.
    """
    if unit.id != position.unit_id:
        _mind_open(unit)
    superior_id = None if superior is None else superior.id
    post = Post(position.id, unit.id, rank, superior_id)
    establishment = Establishment.of(position.organisation_id)
    _mind_place(establishment, unit, post)
    if superior_id != position.superior_id:
        _mind_superior(unit, superior, but=position)
    establishment.with_post(post).mind_loops()
    changed = _change(
        position,
        unit_id=unit.id,
        title=title,
        title_en=title_en,
        number=number,
        rank=rank,
        superior_id=superior_id,
    )
    if changed:
        session.flush()
        session.expire(position, ["unit", "superior"])
        details = {"superior": superior_id} if "superior_id" in changed else {}
        record("position.edit", position, by=by, fields=changed, **details)


def abolish_position(position: Position, *, by: Person | None, on: date | None = None) -> None:
    """The post exists no more from that day (default today). PositionInUse while it is held or named as a superior."""
    day = on or bangkok_today()
    holders = session.scalars(
        select(Person)
        .join(Posting)
        .where(Posting.position_id == position.id, or_(Posting.to_date.is_(None), Posting.to_date >= day))
        .limit(_MOST_NAMES)
    )
    below = session.scalars(
        select(Position.title)
        .where(Position.superior_id == position.id, Position.abolished_on.is_(None))
        .order_by(Position.sort_key)
        .limit(_MOST_NAMES)
    )
    reasons = [*(person.name for person in holders), *below]
    if reasons:
        raise PositionInUse(position=position.title, reasons=", ".join(reasons))
    position.abolished_on = day
    # Without it the chain of others is walked anew from the tree; a place less makes no circle.
    record("position.abolish", position, by=by, on=day.isoformat())


def reopen_position(position: Position, *, by: Person | None) -> None:
    """Undo an abolition. UnitClosed, RankTaken, ChainLoops when its place was taken meanwhile."""
    _mind_open(position.unit)
    post = Post(position.id, position.unit_id, position.rank, position.superior_id)
    establishment = Establishment.of(position.organisation_id)
    _mind_place(establishment, position.unit, post)
    establishment.with_post(post).mind_loops()
    position.abolished_on = None
    record("position.reopen", position, by=by)


def _mind_place(establishment: Establishment, unit: Unit, post: Post) -> None:
    if post.rank in ABOVE_UNITS and not unit.is_organisation:
        raise RankBelongsAbove
    others = _without_rank(establishment, post.id)
    holder = None
    if post.rank == Rank.HEAD:
        holder = others.head_of(unit.id)
    elif post.rank in (Rank.CHIEF_EXECUTIVE, Rank.PERMANENT_SECRETARY):
        holder = others.highest(post.rank)
    if holder is not None:
        raise RankTaken(position=establishment.positions[holder].title)


def _without_rank(establishment: Establishment, post_id: int) -> Establishment:
    # A post must not stand in its own way.
    own = establishment.posts.get(post_id)
    return establishment if own is None else establishment.with_post(replace(own, rank=Rank.STAFF))


def _mind_superior(unit: Unit, superior: Position | None, but: Position | None = None) -> None:
    if superior is None:
        return
    if (
        superior.abolished_on is not None
        or superior.organisation_id != unit.ancestor_ids[0]
        or (but is not None and superior.id == but.id)
    ):
        raise SuperiorUnfit


def _change(thing: Unit | Position, **values: object) -> list[str]:
    """Set what differs; answers the names of the fields that did."""
    changed = [name for name, value in values.items() if getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, values[name])
    return changed
