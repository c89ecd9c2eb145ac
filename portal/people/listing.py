"""People as a list: who is here, in which unit and post today; in Thai dictionary order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.people.audiences import valid_on
from portal.people.models import ActingAppointment, Person, Position, Posting, Unit
from portal.thai.dates import bangkok_today
from portal.thai.repair import repair
from portal.web.numbers import whole_number

PAGE_SIZE = 50
_MOST_WORDS = 6


class State(StrEnum):
    HERE = "here"
    LEFT = "left"
    NO_PASSWORD = "no_password"  # noqa: S105 - has never chosen one
    ALL = "all"


@dataclass(frozen=True)
class PeopleFilter:
    """What the list is narrowed to; made from any query string, what makes no sense in it is left out."""

    q: str = ""
    unit_id: int | None = None
    state: State = State.HERE
    page: int = 1

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "PeopleFilter":
        state = args.get("state", "")
        return cls(
            q=repair(args.get("q", "")[:100]).strip(),
            unit_id=whole_number(args.get("unit")),
            state=State(state) if state in set(State) else State.HERE,
            page=whole_number(args.get("page"), most=100_000) or 1,
        )

    def as_args(self, **changes: object) -> dict[str, object]:
        """The query string of this filter with some changes, empty parts left out."""
        args: dict[str, object] = {
            "q": self.q,
            "unit": self.unit_id,
            "state": str(self.state) if self.state != State.HERE else "",
            "page": self.page if self.page > 1 else "",
        }
        return {name: value for name, value in {**args, **changes}.items() if value}


@dataclass(frozen=True)
class Place:
    """A post somebody holds, or acts in, on the day that was asked for."""

    position: Position
    is_acting: bool = False


@dataclass(frozen=True)
class PeoplePage:
    people: list[Person]
    places: dict[int, list[Place]]  # by the person's id; whoever has none is not in it
    total: int
    pages: int


def find_people(wanted: PeopleFilter, person: Person | None) -> PeoplePage:
    """One page of the person's colleagues, with their places of today; four queries whatever its length."""
    matching = _matching(wanted, person)
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    people = session.scalars(
        matching.order_by(Person.sort_key, Person.id).limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)
    ).all()
    return PeoplePage(
        list(people),
        places_of([person.id for person in people]),
        total,
        max(1, -(-total // PAGE_SIZE)),
    )


def find_all_people(wanted: PeopleFilter, person: Person | None) -> PeoplePage:
    """Everybody of the filter on one page, for taking the list home."""
    people = list(session.scalars(_matching(wanted, person).order_by(Person.sort_key, Person.id)))
    return PeoplePage(people, places_of([person.id for person in people]), len(people), 1)


def people_called(text: str, person: Person | None, most: int) -> list[Person]:
    """The colleagues who are here and whose name holds every word of the text, in Thai dictionary order."""
    matching = _matching(PeopleFilter(q=text), person)
    return list(session.scalars(matching.order_by(Person.sort_key, Person.id).limit(most)))


def _matching(wanted: PeopleFilter, person: Person | None) -> Select[Person]:
    query = Person.visible_to(person)
    if wanted.state == State.HERE:
        query = query.where(Person.deactivated_at.is_(None))
    elif wanted.state == State.LEFT:
        query = query.where(Person.deactivated_at.is_not(None))
    elif wanted.state == State.NO_PASSWORD:
        query = query.where(Person.deactivated_at.is_(None), Person.password_hash.is_(None))
    for word in wanted.q.split()[:_MOST_WORDS]:
        query = query.where(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (Person.prefix + Person.first_name, Person.last_name, Person.username)
                )
            )
        )
    if wanted.unit_id is not None:
        path = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        below = select(Position.id).join(Unit, Unit.id == Position.unit_id).where(Unit.path.startswith(path))
        day = bangkok_today()
        held = select(Posting.person_id).where(
            Posting.position_id.in_(below), valid_on(day, Posting.from_date, Posting.to_date)
        )
        acted = select(ActingAppointment.person_id).where(
            ActingAppointment.position_id.in_(below),
            valid_on(day, ActingAppointment.from_date, ActingAppointment.to_date),
        )
        query = query.where(or_(Person.id.in_(held), Person.id.in_(acted)))
    return query


def places_of(person_ids: Iterable[int], day: date | None = None) -> dict[int, list[Place]]:
    """The posts each of them holds or acts in on that day (default today), with their units; two queries."""
    wanted, day = set(person_ids), day or bangkok_today()
    if not wanted:
        return {}
    found: dict[int, list[Place]] = {}
    postings = (
        select(Posting)
        .where(_among(Posting, wanted), valid_on(day, Posting.from_date, Posting.to_date))
        .options(joinedload(Posting.position).joinedload(Position.unit))
        .order_by(Posting.from_date)
    )
    for posting in session.scalars(postings):
        found.setdefault(posting.person_id, []).append(Place(posting.position))
    appointments = (
        select(ActingAppointment)
        .where(
            _among(ActingAppointment, wanted),
            valid_on(day, ActingAppointment.from_date, ActingAppointment.to_date),
        )
        .options(joinedload(ActingAppointment.position).joinedload(Position.unit))
        .order_by(ActingAppointment.from_date)
    )
    for appointment in session.scalars(appointments):
        found.setdefault(appointment.person_id, []).append(Place(appointment.position, is_acting=True))
    return found


def _among(kind: type[Posting] | type[ActingAppointment], wanted: set[int]):  # type: ignore[no-untyped-def]
    # Beyond some thousands a database refuses the list of ids; then all are read and the caller picks his.
    return kind.person_id.in_(wanted) if len(wanted) <= 5_000 else kind.person_id.is_not(None)


def people_to_offer(person: Person | None) -> list[Person]:
    """The colleagues who are here, for choosing one, in Thai dictionary order."""
    return list(
        session.scalars(
            Person.visible_to(person)
            .where(Person.deactivated_at.is_(None))
            .order_by(Person.sort_key, Person.id)
        )
    )
