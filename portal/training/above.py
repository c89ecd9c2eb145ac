"""Who stands right above whom today: whose work a superior is asked about, and whose he does not judge."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from portal.db import session
from portal.people.models import Person
from portal.people.superiors import NOBODY, Establishment, Incumbents, incumbents_on
from portal.remembering import PEOPLE, Remembered

Superiors = Mapping[int, frozenset[int]]
_SUPERIORS: Final = Remembered[tuple[int, date], Superiors](most=8)


def right_above(person: Person, day: date) -> frozenset[int]:
    """The ids of those in charge right above each post the person holds on that day; none above the highest.

    An empty post, and one in which the person himself acts, is passed over for the next one up.
    """
    return _superiors(person.organisation_id, day).get(person.id, frozenset())


def right_below(person: Person, day: date) -> frozenset[int]:
    """The ids of those whose superior the person is on that day; those who left are nobody's."""
    return frozenset(
        below for below, above in _superiors(person.organisation_id, day).items() if person.id in above
    )


def all_above(person: Person, day: date) -> frozenset[int]:
    """The ids of everybody on the person's way up, to the highest."""
    superiors, found = _superiors(person.organisation_id, day), set[int]()
    waiting = [person.id]
    while waiting:
        fresh = superiors.get(waiting.pop(), frozenset()) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found - {person.id})


def _superiors(organisation_id: int, day: date) -> Superiors:
    return _SUPERIORS.get(session(), PEOPLE, (organisation_id, day), lambda: _work_out(organisation_id, day))


def _work_out(organisation_id: int, day: date) -> Superiors:
    establishment = Establishment.of(organisation_id)
    at_desks = incumbents_on(establishment.posts, day)
    found: dict[int, frozenset[int]] = {}
    for post_id, desk in at_desks.items():
        superior = desk.holder and _in_charge_above(establishment, at_desks, post_id, desk.holder)
        if desk.holder and superior:
            found[desk.holder.id] = found.get(desk.holder.id, frozenset()) | {superior.id}
    return found


def _in_charge_above(
    establishment: Establishment, at_desks: Mapping[int, Incumbents], post_id: int, holder: Person
) -> Person | None:
    seen = {post_id}
    here = establishment.superior_of(post_id)
    while here is not None and here not in seen:  # only rows written past the rules run in a circle
        in_charge = at_desks.get(here, NOBODY).in_charge
        if in_charge is not None and in_charge.id != holder.id:
            return in_charge
        seen.add(here)
        here = establishment.superior_of(here)
    return None
