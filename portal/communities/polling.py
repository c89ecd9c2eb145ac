"""Asking in a poll, voting, and how a poll stands."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.recording import record
from portal.communities.poll_models import OPTION_LENGTH, QUESTION_LENGTH, Poll, PollOption, PollVote
from portal.communities.poll_permissions import can_end, can_see_result, can_vote, is_over
from portal.communities.talking import hold_for_writing
from portal.communities.thread_models import Thread
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict, NotHere, Refused
from portal.items.minding import mind_rewriting, mind_suspension
from portal.items.rates import mind_posts
from portal.people.models import Person
from portal.thai.dates import bangkok_today
from portal.thai.repair import repair
from portal.translating import N_

FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 10
MOST_POLLS: Final = 5


class OptionsWrong(BadInput):
    message = N_("Give it two to ten answers, each on a line of its own and none twice.")


class LastDayPassed(BadInput):
    message = N_("The last day must not be over yet.")


class TooManyPolls(Conflict):
    message = N_("There are five polls in this thread already. Begin another thread for the next.")


class PollOver(Conflict):
    message = N_("The poll is over. How it ended stands below.")


class PollLocked(Conflict):
    message = N_("The thread is locked: nobody votes till it is unlocked.")


class ChooseOne(BadInput):
    message = N_("Choose an answer first.")


@dataclass(frozen=True)
class Choice:
    """An answer with how many chose it and, where names are shown, who. `share` in per cent of those who voted."""

    option: PollOption
    count: int
    share: int
    names: Sequence[str]
    is_mine: bool


@dataclass(frozen=True)
class ShownPoll:
    """A poll as its reader sees it. `voters` is None, and the choices carry no figures, before he may see how it stands."""

    poll: Poll
    choices: Sequence[Choice]
    voters: int | None
    has_voted: bool
    is_over: bool
    may_vote: bool
    may_end: bool


def polls_asked_by(person: Person) -> Select[Any]:
    """When the person asked in polls."""
    return select(Poll.made_at).where(Poll.made_by_id == person.id)


def mind_asking(thread: Thread, *, by: Person, send_key: str | None = None) -> None:
    """Asked at the door: TooManyPosts. What was sent to the thread before under this key is the same poll."""
    sent = _sent_before(by, send_key)
    if sent is None or sent.thread_id != thread.id:
        mind_posts(by, "")


def _sent_before(by: Person, send_key: str | None) -> Poll | None:
    if not send_key:
        return None
    return session.scalar(select(Poll).where(Poll.send_key == send_key, Poll.made_by_id == by.id))


def start_poll(
    thread: Thread,
    *,
    by: Person,
    question: str,
    options: Sequence[str],
    takes_several: bool = False,
    is_named: bool = False,
    last_day: date | None = None,
    send_key: str | None = None,
) -> Poll:
    """Ask in the thread; sent twice with one key it is the same poll. OptionsWrong, LastDayPassed, TooManyPolls,
    ThreadMoved, OpeningHidden, ThreadLocked, and what `mind_rewriting` refuses."""
    hold_for_writing(thread)
    sent = _sent_before(by, send_key)
    if sent is not None and sent.thread_id == thread.id:
        return sent
    if sent is not None:
        send_key = None  # used elsewhere it says nothing here
    texts = [text for one in options if (text := repair(one).strip()[:OPTION_LENGTH])]
    if not FEWEST_OPTIONS <= len(texts) <= MOST_OPTIONS or len(set(texts)) != len(texts):
        raise OptionsWrong
    if last_day is not None and last_day < bangkok_today():
        raise LastDayPassed
    asked = session.scalar(select(func.count()).select_from(Poll).where(Poll.thread_id == thread.id)) or 0
    if asked >= MOST_POLLS:
        raise TooManyPolls
    poll = Poll(
        thread=thread,
        question=repair(question).strip()[:QUESTION_LENGTH],
        takes_several=takes_several,
        is_named=is_named,
        last_day=last_day,
        made_by_id=by.id,
        send_key=send_key or None,
        options=[PollOption(place=place, text=text) for place, text in enumerate(texts, 1)],
    )
    mind_rewriting(thread, "\n\n".join([question, *options]), by=by)
    session.add(poll)
    session.flush()
    record("poll.start", poll, by=by)
    return poll


def vote(poll: Poll, option_ids: Collection[int], *, by: Person) -> None:
    """The person's vote is this from now on, whatever it was before. PollOver, PollLocked, ChooseOne, Suspended, and Refused
    to whom it was taken away meanwhile."""
    _hold(poll)
    if is_over(poll):
        raise PollOver
    if poll.thread.lock is not None:
        raise PollLocked
    mind_suspension(by, poll.thread)
    if not can_vote(by, poll):
        raise Refused
    chosen = [one for one in poll.options if one.id in set(option_ids)]
    if not chosen or (len(chosen) > 1 and not poll.takes_several):
        raise ChooseOne
    session.execute(
        delete(PollVote).where(PollVote.poll_id == poll.id, PollVote.person_id == by.id),
        execution_options={"synchronize_session": "fetch"},
    )
    session.add_all(PollVote(poll_id=poll.id, option_id=one.id, person_id=by.id) for one in chosen)
    session.flush()


def end_poll(poll: Poll, *, by: Person) -> None:
    """Nobody votes any more, and how it ended everybody sees; ending twice is nothing new. Refused."""
    _hold(poll)
    if poll.ended_at is not None:
        return
    if not can_end(by, poll):
        raise Refused
    poll.ended_at, poll.ended_by_id = now(), by.id
    record("poll.end", poll, by=by)


def _hold(poll: Poll) -> None:
    """Votes come one after the other, also with whoever locks the thread, carries it elsewhere or ends the poll: nothing is
    counted twice, too late, or by whom it is closed to by then. The thread is the one in which the poll is asked when the lock
    is had: it may have been merged into another meanwhile. NotHere."""
    while True:
        thread = poll.thread
        lock(thread)
        if session.get(Poll, poll.id, populate_existing=True) is None:
            raise NotHere  # a moderator took it away meanwhile
        if poll.thread_id == thread.id:
            session.refresh(thread, ["locks", "audience", "community"])
            return


def polls_of(thread: Thread, person: Person | None) -> list[ShownPoll]:
    """The thread's polls in the order in which they were asked; one query when there is none, five at most."""
    polls = session.scalars(
        select(Poll)
        .where(Poll.thread_id == thread.id)
        .options(selectinload(Poll.options), joinedload(Poll.made_by))
        .order_by(Poll.id)
    ).all()
    if not polls:
        return []
    ids = [poll.id for poll in polls]
    mine = _mine(ids, person)
    counts, voters = _counts(ids)
    named = [poll.id for poll in polls if poll.is_named]
    names = _names(named) if named else {}
    return [_shown(poll, person, mine, counts, voters, names) for poll in polls]


def _shown(
    poll: Poll,
    person: Person | None,
    mine: set[int],
    counts: dict[int, int],
    voters: dict[int, int],
    names: dict[int, list[str]],
) -> ShownPoll:
    has_voted = any(one.id in mine for one in poll.options)
    sees, many = can_see_result(person, poll, has_voted=has_voted), voters.get(poll.id, 0)
    choices = [
        Choice(
            option=one,
            count=counts.get(one.id, 0) if sees else 0,
            share=round(100 * counts.get(one.id, 0) / many) if sees and many else 0,
            names=names.get(one.id, []) if sees else [],
            is_mine=one.id in mine,
        )
        for one in poll.options
    ]
    return ShownPoll(
        poll=poll,
        choices=choices,
        voters=many if sees else None,
        has_voted=has_voted,
        is_over=is_over(poll),
        may_vote=can_vote(person, poll),
        may_end=can_end(person, poll),
    )


def _mine(poll_ids: Collection[int], person: Person | None) -> set[int]:
    if person is None:
        return set()
    rows = select(PollVote.option_id).where(PollVote.poll_id.in_(poll_ids), PollVote.person_id == person.id)
    return set(session.scalars(rows))


def _counts(poll_ids: Collection[int]) -> tuple[dict[int, int], dict[int, int]]:
    """By answer how many chose it, by poll how many voted."""
    by_option = session.execute(
        select(PollVote.option_id, func.count())
        .where(PollVote.poll_id.in_(poll_ids))
        .group_by(PollVote.option_id)
    ).all()
    by_poll = session.execute(
        select(PollVote.poll_id, func.count(func.distinct(PollVote.person_id)))
        .where(PollVote.poll_id.in_(poll_ids))
        .group_by(PollVote.poll_id)
    ).all()
    return {row[0]: row[1] for row in by_option}, {row[0]: row[1] for row in by_poll}


def _names(poll_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(PollVote.option_id, Person)
        .join(Person, Person.id == PollVote.person_id)
        .where(PollVote.poll_id.in_(poll_ids))
        .order_by(Person.sort_key, Person.id)
    )
    for option_id, person in rows:
        found[option_id].append(person.name)
    return found
