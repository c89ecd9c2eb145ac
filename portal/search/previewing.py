"""What a change of the thesaurus does to the questions that are asked most, before it is saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.search.expanding import expand, units_of
from portal.search.insight import KEPT_DAYS, asked_words
from portal.search.query import SearchQuery
from portal.search.question import Concept
from portal.search.results import Asker, Result
from portal.search.searching import search_as
from portal.search.thesaurus import Group, Thesaurus
from portal.search.thesaurus_changes import Change

MOST_QUERIES: Final = 100
# A question whose words stay the same finds the same; of the others so many are asked twice. Each takes some milliseconds.
MOST_ASKED: Final = 40
MOST_NEW_WORDS: Final = 20
FIRST_QUERIES: Final = Path(__file__).with_name("first_queries.txt")


@dataclass(frozen=True)
class Effect:
    """A question that is read otherwise: (typed, called) pairs that are looked for from then on or no more, and which of
    the first ten results came in and left. `was_asked` tells whether the results were compared."""

    text: str
    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    came_in: tuple[Result, ...] = ()
    left: tuple[Result, ...] = ()
    was_asked: bool = True


def preview(queries: Iterable[str], before: Thesaurus, after: Thesaurus, asker: Asker) -> list[Effect]:
    """The questions that would be read otherwise, in their order."""
    units = units_of(asker.tokens)
    effects: list[Effect] = []
    for text in queries:
        read_before, read_after = expand(text, before, units), expand(text, after, units)
        if read_before == read_after:
            continue
        old, new = _called(read_before), _called(read_after)
        is_asked = len(effects) < MOST_ASKED
        was = _first_ten(text, before, asker) if is_asked else {}
        becomes = _first_ten(text, after, asker) if is_asked else {}
        effects.append(
            Effect(
                text,
                added=tuple(sorted(new - old)),
                removed=tuple(sorted(old - new)),
                came_in=tuple(result for item_id, result in becomes.items() if item_id not in was),
                left=tuple(result for item_id, result in was.items() if item_id not in becomes),
                was_asked=is_asked,
            )
        )
    return effects


def queries_to_try(changes: Iterable[Change] = ()) -> list[str]:
    """The words that come in with these changes, then what was asked most, and, while that is little, what people type in
    offices like this one."""
    new = [word for change in changes for word in _new_words(*change)][:MOST_NEW_WORDS]
    asked = [line.words for line in asked_words(KEPT_DAYS, most=MOST_QUERIES)]
    lines = FIRST_QUERIES.read_text("utf-8").splitlines()
    usual = [line for line in lines if line and not line.startswith("#")]
    return list(dict.fromkeys([*new, *asked, *usual]))[:MOST_QUERIES]


def _new_words(before: Group | None, after: Group | None) -> list[str]:
    if after is None:
        return []
    known = set(before.names) if before else set()
    new = [name for name in after.names if name not in known]
    return [*new, after.canonical] if new else []


def _called(concepts: Iterable[Concept]) -> set[tuple[str, str]]:
    return {
        (concept.typed, alternative.label) for concept in concepts for alternative in concept.alternatives
    }


def _first_ten(text: str, thesaurus: Thesaurus, asker: Asker) -> dict[int, Result]:
    found = search_as(SearchQuery(text=text), asker, thesaurus=thesaurus)
    return {result.item.id: result for result in found.results}
