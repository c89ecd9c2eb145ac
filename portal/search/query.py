"""What somebody asks for, made from any input whatever: no text, number or repetition gives an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import regex

from portal.plan.steps import STEPS
from portal.search.analysis import question_words
from portal.search.parsing import Parsed, TypedFilter, parse, without_filters
from portal.thai.repair import repair
from portal.web.numbers import whole_number

LONGEST: Final = 300  # characters; a question has a tenth of them
MOST_VALUES: Final = 30  # choices in one filter
PAGE_SIZE: Final = 10
LARGEST_PAGE: Final = 100
LAST_PAGE: Final = 500  # who has not found it among thousands asks differently
SORTS: Final = ("best", "newest", "oldest", "title")
_KIND: Final = regex.compile(r"[a-z_]{1,40}")
_WORD_BORDER: Final = regex.compile(r"\X")


@dataclass(frozen=True)
class Understood:
    """A filter typed into the text, with what it means to the index; without values nobody knows it, and it is searched as
    words."""

    typed: TypedFilter
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchQuery:
    """A question with its filters; several values of one filter mean any of them. Page numbers begin with 1.

    `text` is what was typed, filters and all. What those mean, `filtering.understand` knows; till then they count as none.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    goals: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    years: tuple[int, ...] = ()  # fiscal years, Buddhist era
    authors: tuple[int, ...] = ()
    communities: tuple[int, ...] = ()  # whose talk it is
    exact: bool = False  # only the words as they were typed
    sort: str = "best"
    page: int = 1
    limit: int = PAGE_SIZE
    understood: tuple[Understood, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> "SearchQuery":
        """The question in a query string (`q`, `kind`, `step`, `goal`, `unit`, `year`, `author`, `community`, `exact`,
        `sort`, `page`, `limit`).

        What makes no sense is left out, what is too much is cut.
        """
        sort = _first(args, "sort")
        return cls(
            text=tidy(_first(args, "q")),
            kinds=_values(args, "kind", lambda text: text if _KIND.fullmatch(text) else None),
            steps=_values(args, "step", lambda text: text.upper() if text.upper() in STEPS else None),
            goals=_values(args, "goal", whole_number),
            units=_values(args, "unit", whole_number),
            years=_values(args, "year", lambda text: whole_number(text, 2400, 2700)),
            authors=_values(args, "author", whole_number),
            communities=_values(args, "community", whole_number),
            exact=_first(args, "exact") == "1",
            sort=sort if sort in SORTS else "best",
            page=whole_number(_first(args, "page"), 1, LAST_PAGE, at_most=True) or 1,
            limit=whole_number(_first(args, "limit"), 1, LARGEST_PAGE, at_most=True) or PAGE_SIZE,
        )

    @cached_property
    def _parsed(self) -> Parsed:
        return parse(self.text)

    @property
    def typed(self) -> tuple[TypedFilter, ...]:
        """The filters that stand in the text."""
        return self._parsed.filters

    @property
    def phrases(self) -> tuple[str, ...]:
        """What a text must hold word for word, as typed."""
        return self._parsed.phrases

    @property
    def without(self) -> tuple[str, ...]:
        """Words and phrases that a text may not hold, as typed."""
        return self._parsed.without

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Parts of the text that mean nothing."""
        return self._parsed.ignored

    @cached_property
    def sought(self) -> str:
        """The text that is looked for: without filters, signs and what may not occur."""
        unknown = (one.typed.value for one in self.understood if not one.values)
        return " ".join((self._parsed.free, *self.phrases, *unknown)).strip()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that are looked for; empty when the text has none that says anything."""
        return question_words(self.sought)

    @property
    def filters(self) -> dict[str, frozenset[str]]:
        """Facet → values as the index knows them, those of the address and those typed; facets without a choice are left
        out."""
        chosen: dict[str, set[str]] = {
            "kind": set(self.kinds),
            "step": set(self.steps),
            "goal": set(map(str, self.goals)),
            "unit": set(map(str, self.units)),
            "year": set(map(str, self.years)),
            "author": set(map(str, self.authors)),
            "community": set(map(str, self.communities)),
        }
        for one in self.understood:
            chosen[one.typed.name].update(one.values)
        return {name: frozenset(values) for name, values in chosen.items() if values}

    @property
    def is_empty(self) -> bool:
        """Nothing was asked: neither a text nor a filter."""
        return not self.text and not self.filters

    @property
    def says_nothing(self) -> bool:
        """There is a text, and nothing in it but stop words and signs."""
        return bool(self.sought) and not self.words and not self.phrases

    @property
    def start(self) -> int:
        return (self.page - 1) * self.limit

    @property
    def text_without_filters(self) -> str:
        """The text without the filters in it that are understood."""
        return without_filters(self.text, tuple(one.typed for one in self.understood if one.values))

    def without_filters(self) -> "SearchQuery":
        text = self.text_without_filters
        return SearchQuery(text=text, exact=self.exact, sort=self.sort, limit=self.limit)

    def without_typed(self, one: TypedFilter) -> "SearchQuery":
        """The same question without that filter in its text."""
        return replace(self, text=without_filters(self.text, (one,)), understood=(), page=1)

    def as_args(self, **changes: Any) -> dict[str, Any]:
        """The query string of this question with some changes; what is as usual is left out."""
        query = replace(self, **changes)
        args = {
            "q": query.text,
            "kind": query.kinds,
            "step": query.steps,
            "goal": query.goals,
            "unit": query.units,
            "year": query.years,
            "author": query.authors,
            "community": query.communities,
            "exact": "1" if query.exact else "",
            "sort": query.sort if query.sort != "best" else "",
            "page": query.page if query.page > 1 else "",
            "limit": query.limit if query.limit != PAGE_SIZE else "",
        }
        return {name: value for name, value in args.items() if value}


def tidy(text: str) -> str:
    """The text repaired, on one line, at most LONGEST characters, never ending in half a letter."""
    # Cut before it is repaired: a megabyte of text costs no more than a line.
    tidied = " ".join(repair(text[: 4 * LONGEST]).split())
    if len(tidied) <= LONGEST:
        return tidied
    end = 0
    for letter in _WORD_BORDER.finditer(tidied):
        if letter.end() > LONGEST:
            break
        end = letter.end()
    return tidied[:end].rstrip()


def _all(args: Mapping[str, Any], name: str) -> list[str]:
    """Every value of a name: of a MultiDict, of a list, or the one that is there."""
    if hasattr(args, "getlist"):
        values = args.getlist(name)
    else:
        value = args.get(name, ())
        values = value if isinstance(value, list | tuple) else [value]
    return [str(value) for value in values if value is not None]


def _first(args: Mapping[str, Any], name: str) -> str:
    return next(iter(_all(args, name)), "")


def _values(args: Mapping[str, Any], name: str, read: Callable[[str], Any]) -> tuple[Any, ...]:
    found = (read(text) for text in _all(args, name)[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in found if value is not None))
