"""Knowledge that is wanted: somebody asks for it, colleagues say that they need it too, the KM team answers."""

from dataclasses import dataclass
from typing import Any, Final

import regex
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import insert_into, now, session
from portal.errors import BadInput, Conflict
from portal.notices.telling import Kind, tell
from portal.people.models import Person
from portal.plan.models import WORDS_LENGTH, KnowledgeNeed, NeedState, NeedVoice
from portal.thai.clusters import clip_characters
from portal.thai.normalising import normalise
from portal.translating import N_

_SIGNS: Final = regex.compile(r"[\s\p{P}\p{S}]+")

NEED_CLOSED: Final = Kind("plan.need_closed", N_("Knowledge that you needed"))


class NothingAskedFor(BadInput):
    message = N_("Write what you were looking for.")


class NothingSaid(BadInput):
    message = N_("Name the item that answers it, or write a sentence.")


class ReasonMissing(BadInput):
    message = N_("Write a sentence that says why not.")


class NeedClosed(Conflict):
    message = N_("This was closed in the meantime.")


def ask_for(words: str, *, by: Person, note: str = "") -> KnowledgeNeed:
    """The need in these words: a new one, or the open one that says the same and that he joins. NothingAskedFor without
    words."""
    wanted = clip_characters(" ".join(words.split()), WORDS_LENGTH)
    if not wanted:
        raise NothingAskedFor
    need: KnowledgeNeed | None = session.scalar(_same(wanted, by))
    if need is None:
        need = KnowledgeNeed(
            organisation_id=by.organisation_id,
            words=wanted,
            key=_key(wanted),
            note=note.strip(),
            asked_by_id=by.id,
        )
        session.add(need)
        session.flush()
    say_me_too(need, by=by)
    return need


@dataclass(frozen=True)
class AskedFor:
    """An open need, how many people need it, and whether the reader is one of them."""

    need: KnowledgeNeed
    people: int
    is_mine: bool


def asked_for_already(words: str, person: Person | None) -> AskedFor | None:
    """The open need that says the same, blanks, signs and numerals aside, as far as the person may see it; in one query."""
    if not words:
        return None
    voices = select(func.count()).where(NeedVoice.need_id == KnowledgeNeed.id)
    mine = voices.where(NeedVoice.person_id == (person.id if person else None))
    found = session.execute(
        _same(words, person).add_columns(voices.scalar_subquery(), mine.scalar_subquery())
    ).first()
    return AskedFor(found[0], found[1], bool(found[2])) if found else None


def _same(words: str, person: Person | None) -> Select[Any]:
    same = KnowledgeNeed.visible_to(person).where(
        KnowledgeNeed.state == NeedState.OPEN, KnowledgeNeed.key == _key(words)
    )
    return same.order_by(KnowledgeNeed.id).limit(1)


def _key(words: str) -> str:
    """What two questions share that differ in blanks, signs, numerals and capitals only; never empty."""
    return (_SIGNS.sub("", normalise(words)) or words)[:WORDS_LENGTH]


def say_me_too(need: KnowledgeNeed, *, by: Person) -> None:
    """The person needs it as well; saying it twice, at the same moment too, counts once. NeedClosed when it is not open."""
    if need.state != NeedState.OPEN:
        raise NeedClosed
    voice = insert_into(NeedVoice.__table__).values(need_id=need.id, person_id=by.id, at=now())
    session.execute(voice.on_conflict_do_nothing())


def answer(need: KnowledgeNeed, *, by: Person, item_id: int | None = None, reply: str = "") -> None:
    """Close it with the item that answers it, a sentence, or both, and tell all who need it. The caller has seen to it that
    the item is there. NothingSaid without either."""
    if item_id is None and not reply.strip():
        raise NothingSaid
    _close(need, NeedState.ANSWERED, by, item_id, reply)


def decline(need: KnowledgeNeed, *, by: Person, reply: str) -> None:
    """Close it without an answer, and tell all who need it why. ReasonMissing without a sentence."""
    if not reply.strip():
        raise ReasonMissing
    _close(need, NeedState.DECLINED, by, None, reply)


def _close(need: KnowledgeNeed, state: NeedState, by: Person, item_id: int | None, reply: str) -> None:
    if need.state != NeedState.OPEN:
        raise NeedClosed
    need.state, need.closed_by_id, need.closed_at = state, by.id, now()
    need.item_id, need.reply = item_id, reply.strip()
    told = {voice.person_id for voice in need.voices} - {by.id}
    tell(told, NEED_CLOSED, need, key=f"need:{need.id}:closed")


def needs_of(person: Person, state: NeedState, *, start: int, count: int) -> tuple[list[KnowledgeNeed], int]:
    """Some of the needs in that state that the person may see, and how many there are: open ones with the most wanted first,
    closed ones with the newest."""
    query = KnowledgeNeed.visible_to(person).where(KnowledgeNeed.state == state)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    voices = select(func.count()).where(NeedVoice.need_id == KnowledgeNeed.id).scalar_subquery()
    first = voices.desc() if state == NeedState.OPEN else KnowledgeNeed.closed_at.desc()
    shown = (
        selectinload(KnowledgeNeed.voices),
        joinedload(KnowledgeNeed.asked_by),
        joinedload(KnowledgeNeed.closed_by),
    )
    found = query.options(*shown).order_by(first, KnowledgeNeed.id.desc()).offset(start).limit(count)
    return list(session.scalars(found)), total
