"""The filters beside the results: what there is to choose, in the reader's words, with how many results it would leave."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select

from portal import templating
from portal.communities.remembered import readable_communities
from portal.db import session
from portal.items.models import Item
from portal.people.audiences import tokens_of
from portal.people.models import Person
from portal.people.permissions import can_see_profile
from portal.people.remembered import remembered_people, remembered_units
from portal.plan.models import Goal
from portal.plan.steps import STEPS
from portal.remembering import PLAN, Remembered, apart
from portal.search.filtering import FOR_STAFF
from portal.search.kinds import FOUND_KINDS
from portal.search.query import SearchQuery
from portal.templating import in_language
from portal.translating import N_, gettext, language

TITLES: Final = {
    "kind": N_("Kind"),
    "step": N_("KM step"),
    "goal": N_("KM goal"),
    "unit": N_("Unit"),
    "year": N_("Fiscal year"),
    "community": N_("Community"),
}
SHOWN_WITH_NAMES: Final = 2  # of what a filter means; beyond, it is shown as it was typed


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One filter: `name` as in the address, `label` as on the page. A choice once made stays to be unmade, at 0 too."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Chip:
    """A filter in words, and the question without it."""

    label: str
    without: SearchQuery


def chips(query: SearchQuery, person: Person | None) -> list[Chip]:
    """The filters that no box on the page unmakes: those typed into the question, and people. The name of somebody whom the
    asker may not know stands on none, like that of nobody; to the public what it typed stands there as typed, since it
    knows of units only by what they opened to it."""
    found = []
    for one in query.understood:
        if one.values:
            labels = _labels(one.typed.name, one.values, tokens_of(person))
            said = ", ".join(labels.get(value, value) for value in one.values)
            is_known = person is not None or one.typed.name != "unit"
            label = said if is_known and len(one.values) <= SHOWN_WITH_NAMES else one.typed.value
            found.append(Chip(f"{gettext(_CALLED[one.typed.name])}: {label}", query.without_typed(one.typed)))
    for author, name in _known_authors(query.authors, person).items():
        rest = tuple(one for one in query.authors if one != author)
        found.append(Chip(f"{gettext(_CALLED['author'])}: {name}", replace(query, authors=rest, page=1)))
    return found


def label_facets(
    counts: Mapping[str, Mapping[str, int]], query: SearchQuery, tokens: Collection[str], *, for_guest: bool
) -> tuple[Facet, ...]:
    """The facets that have something to choose for who holds these tokens; names of units, goals and communities are
    remembered."""
    facets = []
    for name, title in TITLES.items():
        if for_guest and name in FOR_STAFF:
            continue
        chosen = query.filters.get(name, frozenset())
        counted = counts.get(name, {})
        found = {
            **dict.fromkeys(chosen, 0),
            **(_with_those_below(counted, chosen) if name == "unit" else counted),
        }
        labels = _labels(name, found, tokens)
        if for_guest and name == "unit":
            # Which unit a number means is told by what it opened to the public.
            labels |= {value: gettext(title) for value in chosen if not found[value]}
        options = [
            Option(value, labels[value], count, value in chosen)
            for value, count in found.items()
            if value in labels
        ]
        if options:
            order = _ORDERS.get(name, _most_first)
            facets.append(Facet(name, gettext(title), tuple(sorted(options, key=order))))
    return tuple(facets)


def _labels(name: str, values: Iterable[str], tokens: Collection[str]) -> dict[str, str]:
    """What the values of a facet are called. A community has a name only for who reads it."""
    if name == "community":
        return {str(one.id): in_language(one, "name") for one in readable_communities(tokens)}
    return _LABELS[name](values)


def _with_those_below(counts: Mapping[str, int], chosen: Collection[str]) -> dict[str, int]:
    """What a unit counts when it means itself and those below it. The organisation would say no more than the total, and
    is only there when it was chosen."""
    units = remembered_units()
    rolled: Counter[str] = Counter()
    for value, count in counts.items():
        unit = units.get(int(value)) if value.isascii() and value.isdigit() else None
        if unit is not None:
            rolled.update(dict.fromkeys(map(str, unit.ancestor_ids), count))
    return {value: count for value, count in rolled.items() if value in chosen or units[int(value)].parent_id}


def kind_name(kind: str) -> str:
    """What a kind is called; the code itself for one that nobody named."""
    return gettext(FOUND_KINDS[kind]) if kind in FOUND_KINDS else kind


def _kinds(values: Iterable[str]) -> dict[str, str]:
    return {value: kind_name(value) for value in values}


def _steps(values: Iterable[str]) -> dict[str, str]:
    return {code: f"{code} {STEPS[code].wording(language()).short}" for code in values if code in STEPS}


def _years(values: Iterable[str]) -> dict[str, str]:
    return {value: templating.year(int(value)) for value in values if value.isdigit()}


def _units(_values: Iterable[str]) -> dict[str, str]:
    return {str(unit.id): in_language(unit, "name") for unit in remembered_units().values()}


def _authors(values: Iterable[str]) -> dict[str, str]:
    return {
        str(one): person.name for one, person in remembered_people({int(value) for value in values}).items()
    }


def _known_authors(ids: Collection[int], person: Person | None) -> dict[int, str]:
    """The names of colleagues, and of others who wrote something that the person may read."""
    others = remembered_people(ids)
    strangers = [other.id for other in others.values() if not can_see_profile(person, other)]
    wrote = (
        Item.visible_to(person)
        .where(Item.author_id.in_(strangers))
        .with_only_columns(Item.author_id)
        .distinct()
    )
    read = set(session.scalars(wrote)) if strangers else set()
    return {
        other.id: other.name for other in others.values() if other.id in read or other.id not in strangers
    }


def _goals(_values: Iterable[str]) -> dict[str, str]:
    goals = _GOALS.get(session(), PLAN, None, lambda: [apart(goal) for goal in session.scalars(select(Goal))])
    return {str(goal.id): in_language(goal) for goal in goals}


_GOALS: Final = Remembered[None, list[Goal]](most=1)


def _most_first(option: Option) -> tuple[int, str]:
    return -option.count, option.label


def _newest_first(option: Option) -> int:
    return -int(option.value)


def _in_order(option: Option) -> tuple[bool, str]:
    return option.value.startswith("CM"), option.value


_LABELS: Final[Mapping[str, Callable[[Iterable[str]], dict[str, str]]]] = {
    "kind": _kinds,
    "step": _steps,
    "goal": _goals,
    "unit": _units,
    "year": _years,
    "author": _authors,
}
_CALLED: Final = {**TITLES, "author": N_("Author")}
_ORDERS: Final[Mapping[str, Callable[[Option], Any]]] = {"step": _in_order, "year": _newest_first}
