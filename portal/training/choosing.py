"""Choosing people in a form without a script: pasted names and ticked boxes become one list of people."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.db import session
from portal.errors import PortalError
from portal.people.listing import PeopleFilter, find_all_people
from portal.people.models import Person
from portal.training.colleagues import Colleagues, PerhapsSomebodyElse, SeveralOfThatName, listed_names

MOST_FOUND = 60
MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class Choice:
    """Who is chosen, in the order of names; what of the pasted list nobody is called, and who is nearly called so."""

    people: list[Person]
    unknown: list[str]
    problems: list[PortalError]
    near: list[Person]


def choose(person: Person, ids: Iterable[int | None], pasted: str) -> Choice:
    """The colleagues of these ids and those whom the pasted names mean; each once, whoever has left is nobody."""
    wanted = {one for one in ids if one is not None}
    chosen: dict[int, Person] = {}
    if wanted:
        known = session.scalars(Person.visible_to(person).where(Person.deactivated_at.is_(None)))
        chosen = {colleague.id: colleague for colleague in known if colleague.id in wanted}
    unknown: list[str] = []
    problems: list[PortalError] = []
    near: dict[int, Person] = {}
    names = listed_names(pasted)[:MOST_AT_ONCE]
    if names:
        colleagues = Colleagues(person)
        for name in names:
            try:
                found = colleagues.find(name)
                chosen[found.id] = found
            except (PerhapsSomebodyElse, SeveralOfThatName) as error:
                near.update((other.id, other) for other in colleagues.near(name))
                unknown.append(name)
                problems.append(error)
            except PortalError as error:
                unknown.append(name)
                problems.append(error)
    return Choice(
        sorted(chosen.values(), key=lambda one: (one.sort_key, one.id)),
        unknown,
        problems,
        [one for one in near.values() if one.id not in chosen],
    )


def found_by(person: Person, name: str, unit_id: int | None, but: Iterable[Person] = ()) -> list[Person]:
    """The colleagues who are here with that in their name, in the unit or below it; without those chosen already."""
    if not name and unit_id is None:
        return []
    chosen = {one.id for one in but}
    people = find_all_people(PeopleFilter(q=name, unit_id=unit_id), person).people
    return [one for one in people if one.id not in chosen]


def unit_people(person: Person, unit_id: int | None) -> list[Person]:
    """Everybody who works in the unit or below it today."""
    return found_by(person, "", unit_id)
