"""Saying what one knows, and confirming it of a colleague."""

from collections.abc import Collection
from typing import Final

import regex
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import insert_into, lock, now, session
from portal.errors import BadInput
from portal.expertise.models import KEY_LENGTH, TAG_LENGTH, ExpertiseTag, TagConfirmation
from portal.people.models import Person
from portal.thai.normalising import normalise
from portal.thai.repair import repair
from portal.translating import N_

MOST_TAGS: Final = 15

_BLANKS: Final = regex.compile(r"\s+")
_SIGNS: Final = regex.compile(r"[\s\p{P}\p{S}]+")


class EmptyTag(BadInput):
    message = N_("Write in a few words what you know.")


class TagTooLong(BadInput):
    message = N_("At most %(most)s characters: a few words, not a sentence.")


class TooManyTags(BadInput):
    message = N_("At most %(most)s subjects: remove one first. Fewer say more.")


def key_of(text: str) -> str:
    """What all spellings of one tag share; empty when nothing but signs was typed."""
    return _SIGNS.sub("", normalise(text))[:KEY_LENGTH]


def add_tag(owner: Person, text: str) -> ExpertiseTag:
    """The owner knows this; in another spelling of what he named already it is that tag. EmptyTag, TagTooLong, TooManyTags."""
    tag = _BLANKS.sub(" ", repair(text)).strip()
    key = key_of(tag)
    if not key:
        raise EmptyTag
    if len(tag) > TAG_LENGTH:
        raise TagTooLong(most=TAG_LENGTH)
    lock(owner)  # one after the other: two windows do not make one more than allowed, nor one tag twice
    known = session.scalar(
        select(ExpertiseTag).where(ExpertiseTag.person_id == owner.id, ExpertiseTag.key == key)
    )
    if known is not None:
        return known
    count = session.scalar(
        select(func.count()).select_from(ExpertiseTag).where(ExpertiseTag.person_id == owner.id)
    )
    if (count or 0) >= MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    added = ExpertiseTag(person_id=owner.id, tag=tag, key=key)
    session.add(added)
    session.flush()
    return added


def remove_tag(tag: ExpertiseTag) -> None:
    """It is gone, and what colleagues confirmed of it goes along: who names it anew begins anew."""
    session.delete(tag)
    session.flush()


def confirm(tag: ExpertiseTag, *, by: Person) -> None:
    """The colleague says so too; saying it twice, at the same moment too, is nothing new."""
    session.execute(
        insert_into(TagConfirmation)
        .values(tag_id=tag.id, by_id=by.id, confirmed_at=now())
        .on_conflict_do_nothing(index_elements=["tag_id", "by_id"])
    )
    session.expire(tag, ["confirmations"])


def take_back_confirmation(tag: ExpertiseTag, *, by: Person) -> None:
    """The colleague says so no more; where he did not it is nothing new."""
    session.execute(
        delete(TagConfirmation).where(TagConfirmation.tag_id == tag.id, TagConfirmation.by_id == by.id)
    )
    session.expire(tag, ["confirmations"])


def tags_of(person_ids: Collection[int]) -> dict[int, list[ExpertiseTag]]:
    """By person what he says he knows, what most colleagues confirmed first; two queries whatever their number."""
    if not person_ids:
        return {}
    found: dict[int, list[ExpertiseTag]] = {}
    query = (
        select(ExpertiseTag)
        .where(ExpertiseTag.person_id.in_(person_ids))
        .options(selectinload(ExpertiseTag.confirmations).options(joinedload(TagConfirmation.by)))
        .order_by(ExpertiseTag.id)
    )
    for tag in session.scalars(query):
        found.setdefault(tag.person_id, []).append(tag)
    return {person_id: sorted(tags, key=_most_confirmed) for person_id, tags in found.items()}


def _most_confirmed(tag: ExpertiseTag) -> int:
    return -len(tag.confirmations)
