"""Who may know about something: people by what they contributed to it, each with the contributions themselves, never a score.

A topic is searched as the one who asks, so that closed things count for nobody who may not see them. What is found is added
up by the author of the text that holds it, be it a reply: answers that were accepted, what is in the store, reports of
trainings, what was told in threads; and what people say they know, the more so the more colleagues confirm it. Who has left is
not among them.
"""

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol

from sqlalchemy import func, or_, select

from portal.communities.thread_models import AcceptedAnswer, ThreadKind
from portal.db import session
from portal.expertise.models import ExpertiseTag, TagConfirmation
from portal.expertise.tagging import key_of
from portal.items.models import Item, Post
from portal.items.permissions import can_see
from portal.items.talk_models import Reaction, ReactionSort
from portal.people.audiences import PUBLIC, organisation_token
from portal.people.models import Person
from portal.search.analysis import question_words
from portal.search.query import LARGEST_PAGE, SearchQuery, tidy
from portal.search.results import Asker, Line
from portal.search.searching import found_items

MOST_PEOPLE: Final = 30
MOST_ASKED: Final = 100  # of whom it is asked one by one whether they may read something
MOST_TAGS: Final = 300
SHORTEST_WORD: Final = 2  # letters of a word by which a tag is looked for
MOST_WORDS: Final = 12  # of a question, by which tags are looked for


class Sort(enum.StrEnum):
    """What somebody contributed; in the order in which it is told."""

    ANSWER = "answer"  # a reply that was accepted as the answer
    ASSET = "asset"
    REPORT = "report"  # of a training
    TALK = "talk"  # told or recorded in a thread
    QUESTION = "question"  # asked: he minds it, and may know by now
    OTHER = "other"


# What counts how much beside the others; nobody is shown these.
_WORTH: Final[Mapping[Sort, float]] = {
    Sort.ANSWER: 4,
    Sort.ASSET: 3,
    Sort.REPORT: 2,
    Sort.TALK: 1,
    Sort.OTHER: 1,
    Sort.QUESTION: 0.25,
}
_USED: Final = 2.0  # a colleague used it
_NAMED: Final = 2.5  # he says so himself: that he can be asked is more than that he once wrote of it
_CONFIRMED: Final = 1.0  # a colleague says so, up to
_MOST_CONFIRMED: Final = 4
ENOUGH: Final = 5  # items that hold a fair share of the topic
_HALF: Final = 25  # what stands so far down among what was found counts half

_SORT_OF_TYPE: Final = {"knowledge_asset": Sort.ASSET, "training_report": Sort.REPORT, "thread": Sort.TALK}


class Author(Protocol):
    @property
    def id(self) -> int: ...


class FoundPost(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def author(self) -> Author: ...


class FoundLine(Protocol):
    """Of an item that was found as much as counts here: a line of search results is one. `said`: the post on it by whose words
    it was found."""

    @property
    def id(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def author(self) -> Author: ...
    @property
    def said(self) -> FoundPost | None: ...


@dataclass(frozen=True)
class Work:
    """One contribution, with what leads to its page; of an answer, reply or comment its number."""

    id: int
    type: str
    title: str
    post: int | None = None


@dataclass(frozen=True)
class NamedSubject:
    """What the person says he knows of the topic, and how many colleagues confirm it."""

    tag: str
    confirmed: int


@dataclass(frozen=True)
class Expert:
    """Somebody who may know, and why: his works by sort, best first, `used`: how often colleagues said they used one of them,
    and the subjects he names. There is at least one of these."""

    person: Person
    works: Mapping[Sort, tuple[Work, ...]]
    used: int
    subjects: tuple[NamedSubject, ...]

    @property
    def has_only_asked(self) -> bool:
        """He minds the topic, and nothing says that he knows more of it than who asks."""
        return not self.subjects and not self.used and set(self.works) <= {Sort.QUESTION}


@dataclass
class _Case:
    """What speaks for one person."""

    weight: float = 0.0
    works: dict[Sort, list[Work]] = field(default_factory=lambda: defaultdict(list))
    used: int = 0
    subjects: list[NamedSubject] = field(default_factory=list)


def people_for(
    topic: str,
    viewer: Person | None = None,
    *,
    readers_of: Item | None = None,
    without: Collection[int] = (),
    most: int = MOST_PEOPLE,
) -> list[Expert]:
    """Those who may know about the topic (any text: a word, a question), who contributed most first.

    `viewer`: it is searched as he may search, for showing him the answer. Without one, `readers_of` must be given: it is
    searched as anybody may who reads that item, for a reminder that shows the answer to no one. `readers_of`: only those
    who may read that item now. `without`: ids of people who are left out, as who asked. Needs the application's context.

    The number of SQL statements does not grow with what is found; `readers_of` may ask once more for each person.
    """
    if viewer is not None:
        asker, organisation_id = Asker.of(viewer), viewer.organisation_id
    elif readers_of is not None:
        asker, organisation_id = as_readers_of(readers_of), readers_of.organisation_id
    else:
        return []
    experts = experts_among(
        _lines(topic, asker),
        topic,
        organisation_id,
        without=without,
        most=MOST_ASKED if readers_of else most,
    )
    if readers_of is not None:
        experts = list(islice((one for one in experts if can_see(one.person, readers_of)), most))
    return experts


def _lines(topic: str, asker: Asker) -> tuple[Line, ...]:
    """What is found for the topic. A whole question says more than most texts hold: where little holds a fair share of it,
    what holds some of it follows."""
    query = SearchQuery(text=tidy(topic), limit=LARGEST_PAGE)
    lines = found_items(query, asker)
    if len(lines) < ENOUGH and len(query.words) > 1:  # near a single word is only what is spelt alike
        known = {line.id for line in lines}
        lines += tuple(line for line in found_items(query, asker, near_too=True) if line.id not in known)
    return lines


def as_readers_of(item: Item) -> Asker:
    """Somebody who holds what every reader of the item holds: of several tokens that open it nobody need hold any one."""
    tokens = {row.token for row in item.audience}
    shared = tokens if len(tokens) == 1 else set()
    return Asker(frozenset({PUBLIC, organisation_token(item.organisation_id), *shared}))


def experts_among(
    lines: Iterable[FoundLine],
    topic: str,
    organisation_id: int,
    *,
    without: Collection[int] = (),
    most: int = MOST_PEOPLE,
) -> list[Expert]:
    """The same of what was found for the topic already, best first, by somebody who may see all of it; four queries."""
    cases: dict[int, _Case] = defaultdict(_Case)
    lines = list(lines)
    nearness = {line.id: 1 / (1 + place / _HALF) for place, line in enumerate(lines)}
    accepted = _accepted_in([line.id for line in lines if line.type == "thread"])
    sought = set(question_words(topic))
    for line in lines:
        contributions = _contributions_to(line, accepted.get(line.id), names_topic=_names(line.title, sought))
        for author_id, sort, post in contributions:
            _speak_for(cases[author_id], sort, Work(line.id, line.type, line.title, post), nearness[line.id])
    _add_use(cases, lines)
    _add_subjects(cases, topic, organisation_id)
    people = _still_here(cases.keys() - set(without), organisation_id)
    ranked = sorted(people, key=lambda one: (-cases[one.id].weight, one.sort_key, one.id))[:most]
    return [_expert(one, cases[one.id]) for one in ranked]


def _speak_for(case: _Case, sort: Sort, work: Work, nearness: float) -> None:
    case.works[sort].append(work)
    case.weight += _WORTH[sort] * nearness


def _names(title: str, sought: AbstractSet[str]) -> bool:
    """Whether the title holds most of what is sought."""
    return 2 * len(sought & set(question_words(title))) > len(sought)


def _contributions_to(
    line: FoundLine, accepted: tuple[int, int] | None, *, names_topic: bool
) -> Iterator[tuple[int, Sort, int | None]]:
    """(who, how, number of the post) of what was found: the text that holds the topic counts for who wrote it, a reply for
    its own author; who opened the thread counts where that text or the title is about it. So does who gave the answer that was
    accepted (author and number), unless the topic was found beside it. One's own reply to one's own question is no answer to
    others."""
    is_about = line.said is None or names_topic
    answer = accepted if accepted is not None and accepted[0] != line.author.id else None
    if answer is not None and (is_about or (line.said and answer[1] == line.said.number)):
        yield answer[0], Sort.ANSWER, answer[1]
    if is_about:
        is_question = line.kind == ThreadKind.QUESTION
        yield line.author.id, Sort.QUESTION if is_question else _SORT_OF_TYPE.get(line.type, Sort.OTHER), None
    if line.said is not None and (answer is None or answer[1] != line.said.number):
        yield line.said.author.id, Sort.TALK if line.type == "thread" else Sort.OTHER, line.said.number


def _accepted_in(thread_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """By thread who wrote the reply that was accepted, and its number."""
    if not thread_ids:
        return {}
    accepted = session.execute(
        select(AcceptedAnswer.thread_id, Post.author_id, Post.number)
        .join(AcceptedAnswer.post)
        .where(AcceptedAnswer.thread_id.in_(thread_ids), Post.hidden_at.is_(None))
    )
    return {thread_id: (author_id, number) for thread_id, author_id, number in accepted}


def _add_use(cases: dict[int, _Case], lines: Collection[FoundLine]) -> None:
    """How often colleagues said that they used what is found, or a reply to it; where a reply was found, that reply."""
    authors = {line.id: line.author.id for line in lines}
    said = [line.said.id for line in lines if line.said is not None]
    own = [line.id for line in lines if line.said is None]
    if not authors:
        return
    used = session.execute(
        select(Reaction.item_id, Post.author_id, func.count())
        .join(Item, Item.id == Reaction.item_id)
        .outerjoin(Reaction.post)
        .where(or_(Reaction.item_id.in_(own), Reaction.post_id.in_(said)))
        .where(Reaction.sort == ReactionSort.USED, Post.hidden_at.is_(None))
        .where(Reaction.person_id != func.coalesce(Post.author_id, Item.author_id))
        .group_by(Reaction.item_id, Post.author_id)
    )
    for item_id, replier_id, count in used:
        case = cases[replier_id or authors[item_id]]
        case.used += count
        case.weight += _USED * count


def _add_subjects(cases: dict[int, _Case], topic: str, organisation_id: int) -> None:
    """What people say they know: a tag all of whose words stand in the topic, or that holds all words of the topic."""
    typed, key = question_words(topic), key_of(topic)
    sought, words = set(typed), [word for word in typed if len(word) >= SHORTEST_WORD][:MOST_WORDS]
    if not key or not words:
        return
    confirmed = func.count(TagConfirmation.id)
    named = session.execute(
        select(ExpertiseTag.person_id, ExpertiseTag.tag, ExpertiseTag.key, confirmed)
        .join(Person, Person.id == ExpertiseTag.person_id)
        .outerjoin(ExpertiseTag.confirmations)
        .where(Person.organisation_id == organisation_id, Person.deactivated_at.is_(None))
        .where(or_(*(ExpertiseTag.key.contains(word, autoescape=True) for word in words)))
        .group_by(ExpertiseTag.id)
        .order_by(confirmed.desc(), ExpertiseTag.id)
        .limit(MOST_TAGS)
    )
    for person_id, tag, tag_key, count in named:
        held = set(question_words(tag))
        if tag_key == key or (held and (held <= sought or sought <= held)):
            case = cases[person_id]
            case.subjects.append(NamedSubject(tag, count))
            case.weight += _NAMED + _CONFIRMED * min(count, _MOST_CONFIRMED)


def _still_here(ids: Collection[int], organisation_id: int) -> list[Person]:
    return list(
        session.scalars(
            select(Person).where(
                Person.id.in_(ids),
                Person.organisation_id == organisation_id,
                Person.is_system.is_(False),
                Person.deactivated_at.is_(None),
            )
        )
    )


def _expert(person: Person, case: _Case) -> Expert:
    works = {sort: tuple(case.works[sort]) for sort in Sort if case.works.get(sort)}
    return Expert(person, works, case.used, tuple(case.subjects))
