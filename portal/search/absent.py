"""What of a question stands in nothing that the asker may see: said beside what was found for the rest of it.

A word of closed items is to him as one that nobody wrote. What stands there under another name that the thesaurus knows, or
is shown as spelt alike, is not absent.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from portal.search.analysis import letter_numbers, numbers_typed
from portal.search.question import Concept
from portal.thai.clusters import length
from portal.thai.folding import fold
from portal.thai.normalising import normalise

MOST_SAID: Final = 3
SHORTEST: Final = 2  # letters, as a reader counts them: of a torn word single ones remain


@dataclass(frozen=True)
class Absent:
    """As typed, in that order: `words`, and `numbers` of letters and of places in laws."""

    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.numbers)


NOTHING_ABSENT: Final = Absent()


def absent_of(
    text: str,
    concepts: Sequence[Concept],
    visible: Callable[[Sequence[str]], Collection[str] | None],
    is_part: Callable[[str], bool],
    spelt_alike: Iterable[str],
) -> Absent:
    """What of the question, read as these concepts, stands nowhere; `visible`: which of some index words the asker may see
    somewhere; `is_part`: whether he may see a text that holds a word otherwise cut (น้ำ in เปิดน้ำ)."""
    numbers = numbers_typed(text)
    ways = [(*concept.words, *_others(concept)) for concept in concepts]
    known = visible(list(dict.fromkeys([*numbers, *(word for words in ways for word in words)])))
    if known is None:
        return NOTHING_ABSENT
    missing = [typed for number, typed in numbers.items() if number not in known]
    whole = {*numbers, *letter_numbers(text)}
    alike = {fold(word) for word in spelt_alike}
    words: list[str] = []
    for concept in concepts:
        if concept.typed in whole or any(concept.typed in typed for typed in numbers.values()):
            continue
        if _stands(concept, known):
            continue
        # A word that nobody knows is cut into pieces: those beside each other are one.
        if words and f"{words[-1]}{concept.typed}" in text:
            words[-1] += concept.typed
        else:
            words.append(concept.typed)
    plain = {word: normalise(word) for word in words if length(word) >= SHORTEST}
    said = [word for word, sought in plain.items() if fold(sought) not in alike and not is_part(sought)]
    return Absent(tuple(said[:MOST_SAID]), tuple(missing[:MOST_SAID]))


def _others(concept: Concept) -> Iterable[str]:
    return (word for alternative in concept.alternatives for word in alternative.words)


def _stands(concept: Concept, known: Collection[str]) -> bool:
    ways = (concept.words, *(alternative.words for alternative in concept.alternatives))
    return any(all(word in known for word in words) for words in ways)
