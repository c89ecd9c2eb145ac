"""What notices say to their reader, found at the moment he reads: the rooms above bring the words of their kinds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from portal import templating
from portal.notices.models import Notice
from portal.notices.telling import Kind
from portal.people.models import Person
from portal.people.settings import settings_of
from portal.thai.numerals import Numerals
from portal.translating import speaking


@dataclass(frozen=True)
class Worded:
    """A notice as its reader gets it. `text` holds what people typed and is escaped by who shows it; `url` is the path of
    what it leads to; `note` a word with a state beside it, `state` one of late, soon, fine, waiting or empty."""

    text: str
    url: str
    note: str = ""
    state: str = ""


# Of these notices, all of one kind, the words for each that is still open to the person; for the others None, or nothing.
FindWords = Callable[[list[Notice], Person], Mapping[int, Worded | None]]


@dataclass(frozen=True)
class Speaker:
    """A kind with who finds its words."""

    kind: Kind
    words: FindWords


Speakers = Mapping[str, Speaker]


def speakers(*of_all: Speaker) -> Speakers:
    """By the code of their kind."""
    return {one.kind.code: one for one in of_all}


def worded(notices: Iterable[Notice], person: Person, by: Speakers) -> list[tuple[Notice, Worded]]:
    """Those of the person's notices that are open to him at this moment, in their order, with their words.

    A kind that nobody words any more is not shown.
    """
    notices = list(notices)
    of_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        of_kind[notice.kind].append(notice)
    found: dict[int, Worded | None] = {}
    for kind, ones in of_kind.items():
        if kind in by:
            found.update(by[kind].words(ones, person))
    return [(notice, words) for notice in notices if (words := found.get(notice.id)) is not None]


@contextmanager
def as_read_by(person: Person) -> Iterator[None]:
    """Language and numerals of the person for a while, where no request of his has chosen them."""
    decisions = settings_of(person.organisation_id)
    language = person.language or decisions.language
    is_thai = (person.numerals or decisions.numerals) == Numerals.THAI and language == "th"
    before = templating.numerals.set(Numerals.THAI if is_thai else Numerals.ARABIC)
    try:
        with speaking(language):
            yield
    finally:
        templating.numerals.reset(before)
