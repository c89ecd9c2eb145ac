"""What the filters typed into a question mean: names of kinds, units, steps, years, people and goals as the index knows them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

import regex
from sqlalchemy import or_, select

from portal.communities.remembered import readable_communities
from portal.db import session
from portal.people.audiences import organisation_token
from portal.people.models import Person
from portal.people.remembered import remembered_units
from portal.plan.models import Goal, Plan
from portal.plan.steps import STEPS
from portal.search.kinds import FOUND_KINDS
from portal.search.parsing import TypedFilter
from portal.search.query import MOST_VALUES, SearchQuery, Understood
from portal.thai.normalising import normalise
from portal.thai.reading_dates import ERA
from portal.translating import LANGUAGES, N_, gettext, speaking

# The public is told neither who wrote something nor what the plan wants, nor that there are communities.
FOR_STAFF: Final = frozenset({"author", "goal", "community"})
MOST_PEOPLE: Final = 200
MOST_NAMES: Final = 6  # words of a name
SHORTEST_PART: Final = 3  # letters of a name's part that stand for the name
FIRST_YEAR: Final = 2400
LAST_YEAR: Final = 2700

_SIGNS: Final = regex.compile(r"[\s.,;/()]+")
_YEARS: Final = regex.compile(r"(fy|พศ|คศ)?([0-9]{2}|[0-9]{4})(?:[-–−]([0-9]{2}|[0-9]{4}))?")

_UNKNOWN: Final = {
    "kind": N_("There is no kind “%(value)s”, so it is searched as a word."),
    "unit": N_("There is no unit “%(value)s”, so it is searched as a word."),
    "year": N_("“%(value)s” is not a year, so it is searched as a word."),
    "step": N_("There is no KM step “%(value)s”, so it is searched as a word."),
    "author": N_("There is nobody called “%(value)s” here to search by, so it is searched as a word."),
    "community": N_("There is no community “%(value)s” here that you read, so it is searched as a word."),
    "goal": N_("There is no goal “%(value)s” here to search by, so it is searched as a word."),
}


def understand(query: SearchQuery, tokens: Collection[str]) -> SearchQuery:
    """The question with what its typed filters mean to somebody who holds these tokens."""
    understood = tuple(Understood(one, _values(one, tokens)) for one in query.typed[:MOST_VALUES])
    return replace(query, understood=understood) if understood else query


def _organisations_of(tokens: Collection[str]) -> frozenset[int]:
    """The organisations that somebody with these tokens belongs to; none for the public."""
    sign = organisation_token(0)[:-1]
    return frozenset(int(one.removeprefix(sign)) for one in tokens if one.startswith(sign))


def complaints(query: SearchQuery) -> list[str]:
    """A plain sentence for each part of the question that could not be used as it was meant."""
    said = [
        gettext("“%(text)s” can't be left out: a minus goes before a word or a phrase.", text=text)
        for text in query.unreadable
    ]
    for one in query.understood:
        if not one.values:
            said.append(gettext(_UNKNOWN[one.typed.name], value=one.typed.value))
    return said


def _values(typed: TypedFilter, tokens: Collection[str]) -> tuple[str, ...]:
    """As the index knows them; empty when the value means nothing to the asker."""
    organisations = _organisations_of(tokens)
    if typed.name in FOR_STAFF and not organisations:
        return ()
    if typed.name == "community":
        return _communities(typed.value, tokens)
    return tuple(map(str, _FINDERS[typed.name](typed.value, organisations)))


def _plain(text: str) -> str:
    """As names are compared: normalised, without blanks and dots."""
    return _SIGNS.sub("", normalise(text))


def _called(value: str, names: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The keys one of whose names this is; else those with a name of which it is a part."""
    wanted = _plain(value)
    plain = {key: {_plain(name) for name in called if name} for key, called in names.items()}
    exact = tuple(key for key, called in plain.items() if wanted in called)
    if exact or len(wanted) < SHORTEST_PART:
        return exact
    return tuple(key for key, called in plain.items() if any(wanted in name for name in called))


def _kinds(value: str, _organisations: frozenset[int]) -> tuple[str, ...]:
    names = {kind: [kind, kind.replace("_", "")] for kind in FOUND_KINDS}
    for language in LANGUAGES:
        with speaking(language):
            for kind, name in FOUND_KINDS.items():
                names[kind].append(gettext(name))
    return _called(value, names)


def _units(value: str, _organisations: frozenset[int]) -> tuple[str, ...]:
    names = {
        str(unit.id): (unit.name, unit.short_name, unit.code, unit.name_en)
        for unit in remembered_units().values()
    }
    return _called(value, names)


def _communities(value: str, tokens: Collection[str]) -> tuple[str, ...]:
    return _called(value, {str(one.id): (one.name, one.name_en) for one in readable_communities(tokens)})


def _steps(value: str, _organisations: frozenset[int]) -> tuple[str, ...]:
    names = {
        code: (code, step.th.name, step.th.short, step.en.name, step.en.short) for code, step in STEPS.items()
    }
    number = normalise(value).strip()
    if f"KM{number}" in STEPS:  # a bare number is one of the seven steps
        return (f"KM{number}",)
    return _called(value, names)


def _years(value: str, _organisations: frozenset[int]) -> tuple[int, ...]:
    """One fiscal year or several (2566-2568), Buddhist era: 2566, 66, ๒๕๖๖, 2023 and FY2023 are one."""
    found = _YEARS.fullmatch(_plain(value))
    if found is None:
        return ()
    is_common = found[1] in ("fy", "คศ") and int(found[2]) < FIRST_YEAR
    years = [_year(digits, is_common) for digits in (found[2], found[3] or found[2])]
    first, last = min(years), max(years)
    is_known = first >= FIRST_YEAR and last <= LAST_YEAR and last - first < MOST_VALUES
    return tuple(range(first, last + 1)) if is_known else ()


def _year(digits: str, is_common: bool) -> int:
    year = int(digits)
    if len(digits) == 2:  # FY66 is written by those who count 2566, FY23 by those who count 2023
        return year + (2000 + ERA if is_common and year < 50 else 2500)
    return year + ERA if 1900 <= year < 2200 else year


def _authors(value: str, organisations: frozenset[int]) -> tuple[int, ...]:
    """The colleagues, those who have left too, whose name holds every word of the value."""
    query = select(Person.id).where(Person.organisation_id.in_(organisations), Person.is_system.is_(False))
    for word in value.split()[:MOST_NAMES]:
        columns = (Person.prefix + Person.first_name, Person.last_name)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return tuple(session.scalars(query.order_by(Person.id).limit(MOST_PEOPLE)))


def _goals(value: str, organisations: frozenset[int]) -> tuple[int, ...]:
    """The goals of that number, or whose title holds the value, in any plan that was not withdrawn."""
    query = (
        select(Goal.id).join(Plan).where(Plan.organisation_id.in_(organisations), Plan.withdrawn_at.is_(None))
    )
    number = normalise(value).strip()
    if number.isascii() and number.isdigit():
        query = query.where(Goal.number == int(number[:6]))
    else:
        query = query.where(
            or_(Goal.title.icontains(value, autoescape=True), Goal.title_en.icontains(value, autoescape=True))
        )
    return tuple(session.scalars(query.order_by(Goal.id).limit(MOST_PEOPLE)))


_FINDERS: Final[Mapping[str, Callable[[str, frozenset[int]], Iterable[str | int]]]] = {
    "kind": _kinds,
    "unit": _units,
    "year": _years,
    "step": _steps,
    "author": _authors,
    "goal": _goals,
}
