"""The chain of command: who stands above a position, from the tree of units and what was decided on the position itself.

The chain is one of positions. An empty post keeps its place in it; who holds or acts in a position on a day is asked
apart (`holder_on`), so that a report can wait at an empty desk and be signed by whoever comes to sit there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.errors import Conflict
from portal.people.audiences import valid_on
from portal.people.models import ActingAppointment, Person, Position, Posting, Rank, Unit
from portal.thai.dates import BANGKOK
from portal.translating import N_

ABOVE_UNITS = frozenset(
    {
        Rank.CHIEF_EXECUTIVE,
        Rank.DEPUTY_CHIEF_EXECUTIVE,
        Rank.PERMANENT_SECRETARY,
        Rank.DEPUTY_PERMANENT_SECRETARY,
    }
)
# Whom the highest posts report to: the first rank of the list that the organisation has.
_REPORTS_TO: Mapping[Rank, tuple[Rank, ...]] = {
    Rank.CHIEF_EXECUTIVE: (),
    Rank.DEPUTY_CHIEF_EXECUTIVE: (Rank.CHIEF_EXECUTIVE,),
    Rank.PERMANENT_SECRETARY: (Rank.CHIEF_EXECUTIVE,),
    Rank.DEPUTY_PERMANENT_SECRETARY: (Rank.PERMANENT_SECRETARY, Rank.CHIEF_EXECUTIVE),
}
_ABOVE_THE_HIGHEST_UNIT = (Rank.PERMANENT_SECRETARY, Rank.CHIEF_EXECUTIVE)


class ChainLoops(Conflict):
    """Somebody would be his own superior; `positions` are those of the circle, in its order."""

    message = N_("The chain of command would run in a circle: %(circle)s")

    def __init__(self, positions: Iterable[Position]):
        self.positions = list(positions)
        super().__init__(
            circle=" → ".join(position.title for position in [*self.positions, *self.positions[:1]])
        )


@dataclass(frozen=True)
class Post:
    """What the chain needs to know of a position."""

    id: int
    unit_id: int
    rank: Rank
    superior_id: int | None = None


class Establishment:
    """All open positions of an organisation and its tree, taken at one moment: chains are walked without asking again.

    It can be asked what would be (`with_post`, `with_parent`) before anything is changed.
    """

    def __init__(self, posts: Iterable[Post], parents: Mapping[int, int | None]):
        self.posts = {post.id: post for post in posts}
        self.parents = dict(parents)
        self.positions: dict[int, Position] = {}
        self._heads: dict[int, int] = {}
        self._highest: dict[Rank, int] = {}
        for post in sorted(self.posts.values(), key=lambda post: post.id):
            if post.rank == Rank.HEAD:
                self._heads.setdefault(post.unit_id, post.id)
            elif post.rank in ABOVE_UNITS:
                self._highest.setdefault(post.rank, post.id)

    @classmethod
    def of(cls, organisation_id: int) -> "Establishment":
        """The organisation's establishment as stored; two queries whatever its size."""
        positions = session.scalars(
            select(Position).where(
                Position.organisation_id == organisation_id, Position.abolished_on.is_(None)
            )
        ).all()
        units = session.execute(
            select(Unit.id, Unit.parent_id).where(
                (Unit.organisation_id == organisation_id) | (Unit.id == organisation_id)
            )
        ).all()
        made = cls(map(_post_of, positions), {row.id: row.parent_id for row in units})
        made.positions = {position.id: position for position in positions}
        return made

    def with_post(self, post: Post) -> "Establishment":
        """The same with one position other than it is, or one more."""
        return self._changed({**self.posts, post.id: post}, self.parents)

    def with_parent(self, unit_id: int, parent_id: int) -> "Establishment":
        """The same with one unit standing elsewhere in the tree."""
        return self._changed(self.posts, {**self.parents, unit_id: parent_id})

    def _changed(self, posts: Mapping[int, Post], parents: Mapping[int, int | None]) -> "Establishment":
        changed = Establishment(posts.values(), parents)
        changed.positions = self.positions
        return changed

    def superior_of(self, post_id: int) -> int | None:
        """The id of the position right above; None for the highest. An own superior that was abolished does not count."""
        own = self.posts[post_id].superior_id
        return own if own in self.posts else self.superior_by_tree(post_id)

    def superior_by_tree(self, post_id: int) -> int | None:
        """Who would stand above if nobody had decided otherwise for this position."""
        post = self.posts[post_id]
        if post.rank in _REPORTS_TO:
            return self._first_of(_REPORTS_TO[post.rank], but=post_id)
        unit_id: int | None = post.unit_id if post.rank == Rank.STAFF else self.parents.get(post.unit_id)
        while unit_id is not None:
            head = self._heads.get(unit_id)
            if head is not None and head != post_id:
                return head
            unit_id = self.parents.get(unit_id)
        return self._first_of(_ABOVE_THE_HIGHEST_UNIT, but=post_id)

    def _first_of(self, ranks: Iterable[Rank], but: int) -> int | None:
        for rank in ranks:
            found = self._highest.get(rank)
            if found is not None and found != but:
                return found
        return None

    def chain_above(self, post_id: int) -> list[int]:
        """The ids of the positions above, nearest first; ChainLoops when they run in a circle."""
        chain: list[int] = []
        seen = {post_id}
        superior = self.superior_of(post_id)
        while superior is not None:
            if superior in seen:
                raise ChainLoops(self._named([post_id, *chain], superior))
            seen.add(superior)
            chain.append(superior)
            superior = self.superior_of(superior)
        return chain

    def mind_loops(self) -> None:
        """ChainLoops when any position's chain runs in a circle. Every position is walked over once."""
        sound: set[int] = set()
        for post_id in self.posts:
            walked: list[int] = []
            on_the_way: set[int] = set()
            here: int | None = post_id
            while here is not None and here not in sound:
                if here in on_the_way:
                    raise ChainLoops(self._named(walked, here))
                walked.append(here)
                on_the_way.add(here)
                here = self.superior_of(here)
            sound.update(walked)

    def head_of(self, unit_id: int) -> int | None:
        """The id of the position that heads the unit itself; None when it has none."""
        return self._heads.get(unit_id)

    def highest(self, rank: Rank) -> int | None:
        """The id of the position of one of the four ranks above the units; the oldest of several deputies."""
        return self._highest.get(rank)

    def _named(self, walked: list[int], again: int) -> list[Position]:
        circle = walked[walked.index(again) :]
        return [self.positions[post_id] for post_id in circle if post_id in self.positions]


def _post_of(position: Position) -> Post:
    return Post(position.id, position.unit_id, position.rank, position.superior_id)


def superior_of(position: Position, establishment: Establishment | None = None) -> Position | None:
    """The position right above this one; None for the highest.

    Give the establishment when asking for several positions: without it each call loads it anew.
    """
    known = _with(position, establishment)
    superior = known.superior_of(position.id)
    return None if superior is None else known.positions[superior]


def chain_above(position: Position, establishment: Establishment | None = None) -> list[Position]:
    """The positions above this one, nearest first, up to the highest; empty for the highest itself.

    From the tree, unless a position has its own superior: staff, the head of his unit, the head of the nearest unit
    above that has one, the permanent secretary, the chief executive. A deputy mayor stands in the chain when he was
    chosen as the own superior of a position below him. ChainLoops names the positions of a circle.
    """
    known = _with(position, establishment)
    return [known.positions[post_id] for post_id in known.chain_above(position.id)]


def _with(position: Position, establishment: Establishment | None) -> Establishment:
    known = establishment or Establishment.of(position.organisation_id)
    if position.id in known.posts:
        return known
    # Abolished: its last holder's reports still find a way up, but it takes no place in anybody else's chain.
    return known.with_post(replace(_post_of(position), rank=Rank.STAFF))


@dataclass(frozen=True)
class Incumbents:
    """Who is at a position's desk on a day: its holder, who acts in it, both or nobody."""

    holder: Person | None = None
    acting: Person | None = None
    order_number: str = ""  # of the order that made somebody act

    @property
    def in_charge(self) -> Person | None:
        """Who signs on that day: whoever was ordered to act, else the holder; None when the post is empty."""
        return self.acting or self.holder


NOBODY = Incumbents()


def incumbents_on(position_ids: Iterable[int], day: date) -> dict[int, Incumbents]:
    """Who holds and who acts in each of the positions on that day, in two queries; an empty post is not in the answer."""
    wanted = set(position_ids)
    if not wanted:
        return {}
    found: dict[int, Incumbents] = {}
    postings = (
        select(Posting)
        .where(Posting.position_id.in_(wanted), valid_on(day, Posting.from_date, Posting.to_date))
        .options(joinedload(Posting.person))
    )
    for posting in session.scalars(postings):
        if _was_here(posting.person, day):
            found[posting.position_id] = Incumbents(holder=posting.person)
    appointments = (
        select(ActingAppointment)
        .where(
            ActingAppointment.position_id.in_(wanted),
            valid_on(day, ActingAppointment.from_date, ActingAppointment.to_date),
        )
        .options(joinedload(ActingAppointment.person))
        .order_by(ActingAppointment.from_date)
    )
    for appointment in session.scalars(appointments):
        if _was_here(appointment.person, day):
            found[appointment.position_id] = replace(
                found.get(appointment.position_id, NOBODY),
                acting=appointment.person,
                order_number=appointment.order_number,
            )
    return found


def _was_here(person: Person, day: date) -> bool:
    return person.deactivated_at is None or day < person.deactivated_at.astimezone(BANGKOK).date()


def holder_on(position: Position, day: date) -> Person | None:
    """Who is in charge of the position on that day: who was ordered to act, else its holder; None when it is empty."""
    return incumbents_on([position.id], day).get(position.id, NOBODY).in_charge
