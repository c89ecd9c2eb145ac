"""Saying what one knows, and confirming it of a colleague."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import regex
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.recording import record
from portal.db import insert_into, lock, now, session
from portal.errors import BadInput
from portal.expertise.models import KEY_LENGTH, TAG_LENGTH, ExpertiseTag, TagConfirmation
from portal.notices.telling import Kind, tell
from portal.people.audiences import valid_on
from portal.people.models import GroupMembership, Person
from portal.thai.dates import bangkok_today
from portal.thai.normalising import normalise
from portal.thai.repair import repair
from portal.thai.sorting import sort_key
from portal.translating import N_

TAG_TAKEN: Final = Kind("expertise.tag_taken", N_("What you can be asked about"))
MOST_TAGS: Final = 15
MOST_NAMED: Final = 60

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


def take_away_tag(tag: ExpertiseTag, *, by: Person) -> None:
    """The same by those who plan; it is in the audit log, and its owner is told by whom."""
    record("tag.take_away", tag, by=by, person=tag.person_id)
    tell([tag.person_id], TAG_TAKEN, tag, key=f"tag_taken:{tag.id}:{now().isoformat()}", by=by.id)
    remove_tag(tag)


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


def tags_of(person_ids: Collection[int], *, with_names: bool = False) -> dict[int, list[ExpertiseTag]]:
    """By person what he says he knows, what most colleagues confirmed first; two queries whatever their number.
    `with_names`: who confirmed it comes along."""
    return _by_person(ExpertiseTag.person_id.in_(person_ids), with_names) if person_ids else {}


def tags_in_group(group_id: int) -> dict[int, list[ExpertiseTag]]:
    """The same of all who belong to the group today, whoever may know that: ask that first."""
    belonging = select(GroupMembership.person_id).where(
        GroupMembership.group_id == group_id,
        valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date),
    )
    return _by_person(ExpertiseTag.person_id.in_(belonging), with_names=False)


def _by_person(which: ColumnElement[bool], with_names: bool) -> dict[int, list[ExpertiseTag]]:
    confirmations = selectinload(ExpertiseTag.confirmations)
    if with_names:
        confirmations = confirmations.options(joinedload(TagConfirmation.by))
    found: dict[int, list[ExpertiseTag]] = {}
    for tag in session.scalars(
        select(ExpertiseTag).where(which).options(confirmations).order_by(ExpertiseTag.id)
    ):
        found.setdefault(tag.person_id, []).append(tag)
    return {person_id: sorted(tags, key=_most_confirmed) for person_id, tags in found.items()}


@dataclass(frozen=True)
class Subject:
    """What several may name, each in his spelling; `people`: how many who are here do."""

    tag: str
    people: int


def subjects_named(person: Person | None) -> list[Subject]:
    """What the person's colleagues who are here say they know, the most named ones, in Thai dictionary order."""
    count = func.count(ExpertiseTag.id)
    rows = session.execute(
        ExpertiseTag.visible_to(person)
        .join(ExpertiseTag.person)
        .where(Person.deactivated_at.is_(None))
        .with_only_columns(func.min(ExpertiseTag.tag), count)
        .group_by(ExpertiseTag.key)
        .order_by(count.desc(), func.min(ExpertiseTag.id))
        .limit(MOST_NAMED)
    )
    return sorted((Subject(tag, people) for tag, people in rows), key=lambda one: sort_key(one.tag))


def _most_confirmed(tag: ExpertiseTag) -> int:
    return -len(tag.confirmations)
