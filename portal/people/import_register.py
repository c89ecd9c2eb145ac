"""Everything an import must know of the organisation, loaded once, and what earlier rows of the list have laid claim to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import session
from portal.people.models import Person, Position, Posting, Rank, Unit
from portal.thai.normalising import normalise


def folded(text: str) -> str:
    """A name as it is compared: repaired, small letters, no blanks."""
    return "".join(normalise(text).split())


class Register:
    """The people, open units and open positions of one organisation, found by what a list says of them."""

    def __init__(
        self, people: list[Person], units: list[Unit], positions: list[Position], postings: list[Posting]
    ):
        self.people = {person.id: person for person in people if not person.is_system}
        # None stands for a person that an earlier row of the same list will make.
        self.usernames: dict[str, int | None] = {person.username: person.id for person in people}
        self.emails: dict[str, int | None] = {person.email: person.id for person in people if person.email}
        self.seen: set[int] = set()
        self._named: dict[str, list[Person]] = {}
        for person in self.people.values():
            self._named.setdefault(folded(person.first_name + person.last_name), []).append(person)
        self.unit_names: dict[str, Unit] = {}
        for unit in reversed(units):
            for name in (unit.name_en, unit.short_name, unit.code, unit.name):
                if name:
                    self.unit_names[folded(name)] = unit
        self._units = {unit.id: unit for unit in units}
        self._positions: dict[int, list[Position]] = {}
        for position in positions:
            self._positions.setdefault(position.unit_id, []).append(position)
        self.headed = {
            position.unit_id: position.title for position in positions if position.rank == Rank.HEAD
        }
        self._of_person: dict[int, list[Posting]] = {}
        self._of_position: dict[int, list[Posting]] = {}
        for posting in postings:
            self._of_person.setdefault(posting.person_id, []).append(posting)
            self._of_position.setdefault(posting.position_id, []).append(posting)
        self._claimed: set[int] = set()
        self._next_number = 1

    @classmethod
    def of(cls, organisation: Unit) -> "Register":
        """Loaded in five queries. People are held with a lock: nobody else changes them until the import is done."""
        people = session.scalars(
            select(Person)
            .where(Person.organisation_id == organisation.id)
            .options(selectinload(Person.postings))
            .order_by(Person.id)
        )
        # User names and addresses are unique over all organisations.
        units = session.scalars(
            select(Unit)
            .where(
                or_(Unit.organisation_id == organisation.id, Unit.id == organisation.id),
                Unit.closed_on.is_(None),
            )
            .order_by(Unit.path)
        )
        positions = session.scalars(
            select(Position)
            .where(Position.organisation_id == organisation.id, Position.abolished_on.is_(None))
            .order_by(Position.id)
        )
        postings = session.scalars(
            select(Posting)
            .join(Position)
            .where(Position.organisation_id == organisation.id)
            .options(joinedload(Posting.position))
        )
        return cls(list(people), list(units), list(positions), list(postings))

    def find(self, values: Mapping[str, Any]) -> Person | None:
        """By user name, else by e-mail address, else by a name that only one person has."""
        username, email = values.get("username"), values.get("email")
        known = self.usernames.get(username) if username else None
        if known is None and email:
            known = self.emails.get(email)
        if known is not None:
            return self.people.get(known)
        named = self._named.get(folded(values["first_name"] + values.get("last_name", "")), [])
        if username or len(named) != 1 or not values.get("last_name") or (email and named[0].email):
            return None  # two people of one name are more likely than one with two addresses
        return named[0]

    def free_username(self, email: str) -> str:
        """From the address when it gives a good one, else the next of user0001, user0002 …"""
        wanted = email.partition("@")[0].replace("+", ".")
        if (
            len(wanted) >= 2
            and wanted not in self.usernames
            and wanted.replace(".", "").replace("-", "").replace("_", "").isalnum()
        ):
            return wanted
        while True:
            wanted = f"user{self._next_number:04}"
            self._next_number += 1
            if wanted not in self.usernames:
                return wanted

    def reserve(self, person: Person | None, values: Mapping[str, Any], position: Position | None) -> None:
        """An accepted row has these: later rows can't have them too."""
        own_id = None if person is None else person.id
        if own_id is not None:
            self.seen.add(own_id)
        if values.get("username"):
            self.usernames[values["username"]] = own_id if own_id is not None else _TO_COME
        if values.get("email"):
            self.emails[values["email"]] = own_id if own_id is not None else _TO_COME
        if position is not None:
            self._claimed.add(position.id)

    def held_by(self, person_id: int) -> list[Posting]:
        return self._of_person.get(person_id, [])

    def find_unit(self, name: str) -> Unit | None:
        return self.unit_names.get(folded(name))

    def units_with(self, title: str) -> list[Unit]:
        """The units in which there is an open position of that title, each once."""
        wanted = folded(title)
        return [
            self._units[unit_id]
            for unit_id, positions in self._positions.items()
            if unit_id in self._units and any(folded(position.title) == wanted for position in positions)
        ]

    def positions_in(self, unit: Unit, title: str, number: str) -> list[Position]:
        """The unit's positions with that number, else those with that title."""
        here = self._positions.get(unit.id, [])
        if number:
            numbered = [position for position in here if position.number == number]
            if numbered:
                return numbered
        return [
            position
            for position in here
            if folded(position.title) == folded(title) and (not number or not position.number)
        ]

    def is_free(self, position: Position, from_date: date, but: Person | None) -> bool:
        """Nobody else holds it on that day or later, and no earlier row has taken it."""
        return position.id not in self._claimed and not any(
            (posting.to_date is None or posting.to_date >= from_date)
            and (but is None or posting.person_id != but.id)
            for posting in self._of_position.get(position.id, [])
        )


# Stands where the id of a person will be that an earlier row makes; equal to nobody's id.
_TO_COME = -1
