"""Naming colleagues in a text: `@สมชาย ใจดี`, or `@` and the user name, becomes a link to the person, who is told of it.

The link is what is stored (`[@สมชาย ใจดี](/people/9)`): it still leads to her when her name changes, and of two people of
one name it is the one who was meant.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import regex
from sqlalchemy import select

from portal.db import session
from portal.errors import BadInput
from portal.items.following import token_for
from portal.items.models import Item, Post
from portal.items.talk_models import Mention
from portal.markup.escaping import escaped_name
from portal.markup.limits import MAX_TEXT
from portal.notices.telling import Kind, tell
from portal.people.models import Person
from portal.people.thai_names import split_prefix
from portal.remembering import PEOPLE, Remembered
from portal.templating import number
from portal.translating import N_

MENTION: Final = Kind("items.mention", N_("You are mentioned"), under="item:{0.subject_id}")
MOST_MENTIONS: Final = 30  # in one text: to call more people together there are announcements

_LONGEST_NAME: Final = 120  # letters that are looked at after an @
_MOST_LOOKED_AT: Final = 500  # a text of nothing but @ must not keep anybody waiting
# Where no name is looked for: code, and links, of which the mentions are some.
_LEFT_ALONE: Final = regex.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`|\[(?:\\.|[^\]\\\n]){0,150}+\]\([^)\n]{0,500}+\)|<[^<>\s]*>|https?://\S+",
    regex.DOTALL | regex.IGNORECASE,
)
_AT: Final = regex.compile(r"(?<![A-Za-z0-9@._/+-])@(?=[\p{L}\p{N}])")
_USER_NAME: Final = regex.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_CLUSTER: Final = regex.compile(r"\X")
_MENTION: Final = regex.compile(r"\[@(?:\\.|[^\]\\\n]){0,150}+\]\(/people/([0-9]{1,9})\)")
_CODE: Final = regex.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", regex.DOTALL)


class TooManyMentions(BadInput):
    message = N_("One text calls at most %(limit)s people. To tell everybody, write an announcement.")


@dataclass
class _Names:
    """The active colleagues of an organisation, as they may be called."""

    by_user_name: dict[str, int] = field(default_factory=dict)
    by_first_name: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    written: dict[int, str] = field(default_factory=dict)


_NAMES: Final = Remembered[int, _Names](most=20)


def _names_in(organisation_id: int) -> _Names:
    def read() -> _Names:
        names = _Names()
        rows = session.execute(
            select(Person.id, Person.username, Person.first_name, Person.last_name).where(
                Person.organisation_id == organisation_id,
                Person.deactivated_at.is_(None),
                Person.is_system.is_(False),
            )
        )
        for person_id, user_name, first, last in rows:
            names.by_user_name[user_name] = person_id
            names.by_first_name[first].append((last, person_id))
            names.written[person_id] = f"{first} {last}".strip()
        return names

    return _NAMES.get(session(), PEOPLE, organisation_id, read)


def with_people_named(text: str, by: Person) -> str:
    """The text with each colleague who is called by name or user name as a link to her. Who can't be told for sure (two of one
    name) stays as it was typed. TooManyMentions."""
    if "@" in text and len(text) <= MAX_TEXT:  # what is longer the renderer refuses
        names = _names_in(by.organisation_id)
        text = "".join(
            piece if left_alone else _linked(piece, names) for piece, left_alone in _pieces(text, _LEFT_ALONE)
        )
    if len(mentioned_in(text)) > MOST_MENTIONS:
        raise TooManyMentions(limit=number(MOST_MENTIONS))
    return text


def how_to_call(person: Person) -> str:
    """What is written to call the person: an @ and the name; of two who share it the link that tells them apart."""
    name = f"{person.first_name} {person.last_name}".strip()
    called = _called(name, _names_in(person.organisation_id))
    return f"@{name}" if called == (person.id, len(name)) else _link(person.id, name)


def mentioned_in(text: str) -> list[int]:
    """The ids of whom a text calls, each once, in their order; whether there are such people is not asked."""
    if "(/people/" not in text:
        return []
    found = (
        int(person_id)
        for piece, is_code in _pieces(text, _CODE)
        if not is_code
        for person_id in _MENTION.findall(piece)
    )
    return list(dict.fromkeys(found))


def tell_mentioned(item: Item, text: str, *, by: Person, post: Post | None = None) -> set[int]:
    """Tell those whom the text calls, and who may read it, once each however often it is written anew; answers the ids of all
    whom it calls and who were told, now or before. Whom it calls in vain is noted all the same."""
    wanted = set(mentioned_in(text)) - {by.id}
    if not wanted:
        return set()
    known = set(
        session.scalars(
            select(Mention.person_id).where(
                Mention.item_id == item.id,
                Mention.post_id.is_(None) if post is None else Mention.post_id == post.id,
            )
        )
    )
    people = session.scalars(
        select(Person).where(
            Person.id.in_(wanted),
            Person.organisation_id == item.organisation_id,
            Person.deactivated_at.is_(None),
        )
    ).all()
    audience = {row.token for row in item.audience}
    silent = item.not_to_be_told()
    told = set()
    at = post.number if post else 0
    for person in people:
        token = token_for(person, audience)
        if person.id not in known:
            session.add(
                Mention(item_id=item.id, post_id=post.id if post else None, person_id=person.id, by_id=by.id)
            )
        if token and person.id not in silent:
            told.add(person.id)
            if person.id not in known:
                tell([person.id], MENTION, item, key=f"mention:{item.id}:{at}", token=token, post=at)
    session.flush()
    return told


def _pieces(text: str, apart: regex.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is one of those set apart."""
    at = 0
    for match in apart.finditer(text):
        yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    yield text[at:], False


def _linked(text: str, names: _Names) -> str:
    parts = []
    at = 0
    for match in islice(_AT.finditer(text), _MOST_LOOKED_AT):
        start = match.end()
        if start < at:
            continue
        called = _called(text[start : start + _LONGEST_NAME], names)
        if called is not None:
            person_id, length = called
            parts += [text[at : match.start()], _link(person_id, names.written[person_id])]
            at = start + length
    return "".join([*parts, text[at:]])


def _link(person_id: int, name: str) -> str:
    return f"[@{escaped_name(name)}](/people/{person_id})"


def _called(rest: str, names: _Names) -> tuple[int, int] | None:
    """(the id of the one person who is called at the beginning of this text, how many letters that took)."""
    user_name = _USER_NAME.match(rest)
    if user_name and (person_id := names.by_user_name.get(user_name[0].lower())):
        return person_id, user_name.end()
    without = split_prefix(rest)[1]
    for begins in dict.fromkeys((rest, without)):
        offset = len(rest.rstrip()) - len(begins.rstrip())
        found = _by_name(begins, names)
        if found is not None:
            return found[0], offset + found[1]
    return None


def _by_name(rest: str, names: _Names) -> tuple[int, int] | None:
    """By first and last name, or by a first name that only one has; the longest there is. Thai sets no space after a name, so
    of first and last name the end is where the last name ends; a first name alone must stand apart."""
    ends = [match.end() for match in _CLUSTER.finditer(rest)]
    for end in reversed(ends):
        bearers = names.by_first_name.get(rest[:end])
        if not bearers:
            continue
        gap = len(rest[end:]) - len(rest[end:].lstrip(" \t"))
        whole = [(last, who) for last, who in bearers if last and gap and rest.startswith(last, end + gap)]
        if whole:
            longest = max(len(last) for last, _ in whole)
            who = {person_id for last, person_id in whole if len(last) == longest}
            return (who.pop(), end + gap + longest) if len(who) == 1 else None
        if len(bearers) == 1 and (end == len(rest) or not regex.match(r"[\p{L}\p{M}\p{N}]", rest[end])):
            return bearers[0][1], end
    return None
