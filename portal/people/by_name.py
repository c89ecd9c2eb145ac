"""Finding one colleague by what somebody types: a name, with or without its prefix, or a user name."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Select, func, or_

from portal.db import session
from portal.errors import BadInput
from portal.people.models import Person
from portal.people.thai_names import split_prefix
from portal.thai.repair import repair
from portal.translating import N_

OFFERED: Final = 8
MOST_TYPED: Final = 200
_MOST_WORDS: Final = 3
_MOST_NAMED: Final = 5


class NobodyCalledSo(BadInput):
    message = N_("Nobody of this name can be chosen here. Look at the spelling, or write the user name.")


class SeveralCalledSo(BadInput):
    message = N_("Several are called so: %(names)s. Write the one you mean with what stands in brackets.")


def begins_with(query: Select[Person], begun: str) -> Select[Person]:
    """Of these people those whose first name, surname or user name begins so; of several words each."""
    for word in split_prefix(repair(begun).strip()[:MOST_TYPED])[1].split()[:_MOST_WORDS]:
        query = query.where(
            or_(
                *(
                    named.istartswith(word, autoescape=True)
                    for named in (Person.first_name, Person.last_name, Person.username)
                )
            )
        )
    return query


def as_typed(person: Person) -> str:
    """What is written for exactly this person: the name, and the user name in brackets."""
    return f"{person.name} ({person.username})"


def people_to_offer_for(begun: str, among: Select[Person]) -> list[dict[str, str]]:
    """The first of these people whose names begin so, in the order of their names: `name`, `note` (the user name) and `text`,
    what is written for exactly this one."""
    found = session.scalars(begins_with(among, begun).order_by(Person.sort_key, Person.id).limit(OFFERED))
    return [{"name": one.name, "note": one.username, "text": as_typed(one)} for one in found]


def the_one_called(typed: str, among: Select[Person]) -> Person:
    """Of these people the one who is meant: by user name, by the whole name, or by the beginning of names if that is one person's
    alone. NobodyCalledSo, SeveralCalledSo."""
    typed = " ".join(repair(typed).split())[:MOST_TYPED]
    if not typed:
        raise NobodyCalledSo
    user_name = typed[typed.rindex("(") + 1 : -1] if typed.endswith(")") and "(" in typed else typed
    if (found := session.scalar(among.where(Person.username == user_name.strip().lower()))) is not None:
        return found
    names = {typed, split_prefix(typed)[1]}
    whole = func.trim(Person.first_name + " " + Person.last_name)
    for query in (
        among.where(or_(whole.in_(names), (Person.prefix + whole).in_(names))),
        begins_with(among, typed),
    ):
        called = session.scalars(query.order_by(Person.sort_key, Person.id).limit(_MOST_NAMED + 1)).all()
        if len(called) > 1:
            raise SeveralCalledSo(names=_named(called))
        if called:
            return called[0]
    raise NobodyCalledSo


def _named(people: Collection[Person]) -> str:
    shown = [as_typed(one) for one in list(people)[:_MOST_NAMED]]
    return ", ".join(shown) + (" …" if len(people) > _MOST_NAMED else "")
