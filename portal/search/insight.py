"""What is searched for, by whom nobody knows: words, how often, whether anything was found, which result was opened.

Counted are the searches of people who are signed in, in the memory of each process and written every half minute
(`portal/counting.py`). Who asked is known in memory till the day ends, so that nobody counts twice for the same words; written
is only a keyed hash of person and words, which tells two people from one person on two days. Shown is what at least two
people asked. Questions that name a person of the organisation or look like somebody's number or address are not kept.
"""

import hashlib
import hmac
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, delete, func, select
from sqlalchemy.orm import Session

from portal.counting import CountedInMemory
from portal.db import insert_into, session
from portal.people.models import Person
from portal.search.models import QUESTION_LENGTH, AskedBy, AskedQuery
from portal.thai.dates import bangkok_today
from portal.thai.normalising import normalise

FLUSH_SECONDS: Final = 30
KEPT_DAYS: Final = 90
PERIODS: Final = (7, 30, 90)
LEAST_PEOPLE: Final = 2  # words that a single person asked in a period are his own: counted, not shown
LEAST_OFFERED: Final = 5  # times that others are offered it while they type
MOST_SHOWN: Final = 100
MOST_SEEN: Final = 100_000
LAST_RANK: Final = 5_000
COUNTS: Final = ("asked", "not_found", "clicks", "ranks")

_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])[\s.\-/()]+(?=[0-9])")
_NUMBER_OF_A_PERSON: Final = re.compile(r"[0-9]{9,}")  # telephone (9, 10 digits), person (13), account


class Of(StrEnum):
    """What is looked at: everything, what found nothing, what found something that nobody opened."""

    MOST = "most"
    NOT_FOUND = "not-found"
    NOT_OPENED = "not-opened"


@dataclass(frozen=True)
class AskedWords:
    """Some words over a period; `mean_rank` of the opened results, None when none was."""

    words: str
    asked: int
    not_found: int
    clicks: int
    mean_rank: float | None


@dataclass(frozen=True)
class Totals:
    """Of a period; `once` is how many different questions too few people asked to be shown."""

    asked: int
    not_found: int
    clicks: int
    once: int


class AskedCounter(CountedInMemory[tuple[date, str, str, str]]):
    """The searches of this process, counted by day, words, what is counted (`COUNTS`) and, as a keyed hash, who asked."""

    def __init__(self, secret: str, flush_seconds: float = FLUSH_SECONDS):
        super().__init__(flush_seconds)
        self._secret = secret.encode()
        self._day = bangkok_today()
        self._seen: set[tuple[int, str, int]] = set()

    def note_asked(self, person_id: int, question: str, *, found_nothing: bool) -> None:
        """Somebody searched for this; once a day for the same words."""
        self._note(person_id, question, 0, {"asked": 1, "not_found": int(found_nothing)})

    def note_click(self, person_id: int, question: str, rank: int) -> None:
        """Somebody opened the result at that place; once a day for the same place."""
        if 0 < rank <= LAST_RANK:
            self._note(person_id, question, rank, {"clicks": 1, "ranks": rank})

    def _note(self, person_id: int, question: str, rank: int, counts: dict[str, int]) -> None:
        words, day = kept_words(question), bangkok_today()
        if not words:
            return
        with self._lock:
            if day != self._day or len(self._seen) > MOST_SEEN:
                self._day, self._seen = day, set()
            if (person_id, words, rank) in self._seen:
                return
            self._seen.add((person_id, words, rank))
        asker = "" if rank else self._asker(person_id, words)
        self._count({(day, words, name, asker): count for name, count in counts.items() if count})

    def _asker(self, person_id: int, words: str) -> str:
        """Another one for each question: nobody can be followed from one to the next."""
        whole = f"asked {person_id} {words}".encode()
        return hmac.new(self._secret, whole, hashlib.sha256).hexdigest()[:32]

    def _write(self, own: Session, counts: Counter[tuple[date, str, str, str]]) -> None:
        rows: dict[tuple[date, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
        askers: dict[tuple[date, str], set[str]] = defaultdict(set)
        for (day, words, name, asker), count in counts.items():
            rows[day, words][name] += count
            askers[day, words] |= {asker} - {""}
        names = [
            (normalise(first), normalise(last))
            for first, last in own.execute(select(Person.first_name, Person.last_name))
        ]
        for (day, words), row in sorted(rows.items()):
            # A name counts where both parts of it stand there: many a surname is an ordinary word.
            if any(first and last and first in words and last in words for first, last in names):
                continue
            statement = insert_into(AskedQuery).values(day=day, words=words, **row)
            own.execute(
                statement.on_conflict_do_update(
                    index_elements=["day", "words"],
                    set_={name: getattr(AskedQuery, name) + statement.excluded[name] for name in COUNTS},
                )
            )
            for asker in sorted(askers[day, words]):
                statement = insert_into(AskedBy).values(words=words, asker=asker, last_on=day)
                own.execute(
                    statement.on_conflict_do_update(
                        index_elements=["words", "asker"],
                        set_={"last_on": statement.excluded.last_on},
                        where=AskedBy.last_on < statement.excluded.last_on,
                    )
                )


def kept_words(question: str) -> str:
    """The words as they are counted; empty for what is not kept: numbers and addresses of people, and texts too long to be
    a question."""
    words = " ".join(normalise(question).split())
    if len(words) > QUESTION_LENGTH or "@" in words:
        return ""
    return "" if _NUMBER_OF_A_PERSON.search(_BETWEEN_DIGITS.sub("", words)) else words


def asked_words(days: int, of: Of = Of.MOST, most: int = MOST_SHOWN) -> list[AskedWords]:
    """What was asked in the last so many days, most often first, without what a single person asked."""
    asked, not_found, clicks = (
        func.sum(getattr(AskedQuery, name)) for name in ("asked", "not_found", "clicks")
    )
    order: ColumnElement[Any] = {
        Of.MOST: asked,
        Of.NOT_FOUND: not_found,
        Of.NOT_OPENED: asked - not_found,
    }[of]
    query = _summed(days).where(AskedQuery.words.in_(_shared(days)))
    query = query.order_by(order.desc(), AskedQuery.words).limit(most)
    if of is Of.NOT_FOUND:
        query = query.having(not_found > 0)
    if of is Of.NOT_OPENED:
        query = query.having(asked > not_found, clicks == 0)
    return [_line(row) for row in session.execute(query)]


def totals(days: int) -> Totals:
    """All searches of the last so many days together, the seldom ones too."""
    rows: Sequence[Row[Any]] = session.execute(_summed(days)).all()
    shared = set(session.scalars(_shared(days)))
    return Totals(
        asked=sum(row.asked for row in rows),
        not_found=sum(row.not_found for row in rows),
        clicks=sum(row.clicks for row in rows),
        once=sum(row.words not in shared for row in rows),
    )


def forget_old_questions() -> int:
    """What is older than 90 days goes; answers how many rows."""
    last = bangkok_today() - timedelta(days=KEPT_DAYS)
    session.execute(delete(AskedBy).where(AskedBy.last_on <= last))
    too_old = AskedQuery.day <= last
    return len(session.scalars(delete(AskedQuery).where(too_old).returning(AskedQuery.words)).all())


def _summed(days: int) -> Select[Any]:
    sums = (func.sum(getattr(AskedQuery, name)).label(name) for name in COUNTS)
    since = bangkok_today() - timedelta(days=days)
    return select(AskedQuery.words, *sums).where(AskedQuery.day > since).group_by(AskedQuery.words)


def _shared(days: int) -> Select[Any]:
    """The words that at least two people asked in the last so many days."""
    since = bangkok_today() - timedelta(days=days)
    return (
        select(AskedBy.words)
        .where(AskedBy.last_on > since)
        .group_by(AskedBy.words)
        .having(func.count() >= LEAST_PEOPLE)
    )


def _line(row: Row[Any]) -> AskedWords:
    return AskedWords(
        row.words, row.asked, row.not_found, row.clicks, row.ranks / row.clicks if row.clicks else None
    )


def asked_and_found(beginning: str, most: int) -> list[str]:
    """Questions that begin so, that were asked by several people and led to a result time and again, the most
    asked first."""
    asked = func.sum(AskedQuery.asked)
    return list(
        session.scalars(
            select(AskedQuery.words)
            .where(AskedQuery.words.startswith(beginning, autoescape=True))
            .where(
                select(func.count()).where(AskedBy.words == AskedQuery.words).scalar_subquery()
                >= LEAST_PEOPLE
            )
            .group_by(AskedQuery.words)
            .having(asked >= LEAST_OFFERED, func.sum(AskedQuery.clicks) >= LEAST_OFFERED)
            .order_by(asked.desc(), AskedQuery.words)
            .limit(most)
        )
    )
