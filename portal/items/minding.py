"""What is minded of a text before others read it: whether its writer may write now, how much he sent, which words stand in
it, and whether a moderator reads it first.

`admit` is for the doors at which people send texts; `mind_text` is asked by whatever stores one, so that no door can forget.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import func, select

from portal.db import now, session
from portal.errors import BadInput, Conflict, Refused
from portal.items.attaching import unplaced
from portal.items.held_files import keep_files_of
from portal.items.listed_words import listed_in
from portal.items.looking_after import tokens_looked_after
from portal.items.models import Item, ItemState, Post, types_of_items
from portal.items.order_models import Because, Handling, HeldText
from portal.items.permissions import looks_after
from portal.items.rates import mind_posts
from portal.items.suspending import Standing, standing_suspension, suspension_on
from portal.markup.rendering import MAX_TEXT, render
from portal.people.audiences import group_token
from portal.people.models import Group, Person
from portal.people.settings import settings_of
from portal.plan.permissions import can_plan
from portal.templating import show_datetime
from portal.thai.repair import repair
from portal.translating import N_, gettext, speaking

MOST_CHARACTERS: Final = 20_000  # of a post
READ_FIRST: Final = N_(
    "A moderator reads it first. Till then nobody else sees it; you are told what becomes of it."
)

MOVED_MEANWHILE: Final = N_(
    "The thread was moved to another community before a moderator had read your text."
)

# What follows when a text is held: the room of the moderators tells them (filled in portal/app.py, as all such lists).
ON_HOLDING: Final[list[Callable[[HeldText], None]]] = []
# And what follows when it goes back to its writer undecided.
ON_TURNING_BACK: Final[list[Callable[[HeldText], None]]] = []


class Suspended(Refused):
    """Answered with what was typed."""

    message = N_(
        "You may not write here until %(until)s. Why: %(why)s. You can go on reading, and your text is kept."
    )
    keeps_what_was_typed = True


class WordNotWelcome(BadInput):
    message = N_(
        "The organisation asks to avoid the word “%(word)s”. Please say it in another way; your text is kept."
    )


class MustBeRead(Conflict):
    """What is stored past the doors: a moderator must read it first."""

    message = N_(
        "A moderator reads this first. Your text is kept; please send it from the page it is meant for."
    )


class ReadFirstOnly(Conflict):
    message = N_(
        "While a moderator reads your first texts, this can't be written here. Your text is kept: send it as a comment or reply."
    )


def mind_standing(standing: Standing | None) -> None:
    """Suspended when something keeps from writing."""
    if standing is not None:
        raise Suspended(until=show_datetime(standing.until_at, "long"), why=standing.why)


def mind_suspension(person: Person, item: Item) -> None:
    """Suspended when the person may not write on the item now."""
    mind_standing(suspension_on(person, item))


def mind_suspension_in(person: Person, group: Group) -> None:
    """Suspended when the person may not write in what is open to the group now."""
    mind_standing(standing_suspension(person, {group_token(group.id)}))


def mind_text(item: Item, text: str, *, by: Person, was_read: bool = False) -> None:
    """Suspended, WordNotWelcome, MustBeRead. `was_read`: a moderator lets it through."""
    if was_read:
        return
    mind_suspension(by, item)
    if why_held(text, by=by, is_trusted=looks_after(by, item)) is not None:
        raise MustBeRead


def mind_opening(group: Group, text: str, *, by: Person, was_read: bool = False) -> None:
    """The same of a text that begins a thread in the group, which nobody reads yet."""
    if was_read:
        return
    mind_suspension_in(by, group)
    if why_held(text, by=by, is_trusted=_keeps_order_in(group, by)) is not None:
        raise MustBeRead


def mind_rewriting(item: Item, text: str, *, by: Person) -> None:
    """What is minded of a text that nobody reads first, as it is written anew or beside another: Suspended, WordNotWelcome for every listed word,
    ReadFirstOnly while the first texts of its writer are read by a moderator."""
    mind_suspension(by, item)
    for word, handling in listed_in(text, by.organisation_id):
        if handling == Handling.REWORD or not looks_after(by, item):
            raise WordNotWelcome(word=word)
    if not looks_after(by, item) and _is_new(by):
        raise ReadFirstOnly


def mind_unheld(tokens: frozenset[str], text: str, *, by: Person) -> None:
    """What is minded of a text that nobody reads first and that is open to these tokens: Suspended, and WordNotWelcome for
    every listed word, since nothing is held."""
    mind_standing(standing_suspension(by, tokens))
    is_trusted = can_plan(by) or not tokens_looked_after(by).isdisjoint(tokens)
    for word, handling in listed_in(text, by.organisation_id):
        if handling == Handling.REWORD or not is_trusted:
            raise WordNotWelcome(word=word)


def why_held(text: str, *, by: Person, is_trusted: bool) -> Because | None:
    """Why a moderator reads this text first; None when others may read it at once. WordNotWelcome. Of who keeps order there
    himself (`is_trusted`) nothing is held."""
    found = listed_in(text, by.organisation_id)
    for word, handling in found:
        if handling == Handling.REWORD:
            raise WordNotWelcome(word=word)
    if is_trusted:
        return None
    if found:
        return Because.WORD
    return Because.NEW if _is_new(by) else None


def admit(item: Item, text: str, *, by: Person, send_key: str | None = None) -> HeldText | None:
    """Ask at a door whether the text goes straight on (None), or was kept for a moderator. Suspended, TooManyPosts,
    CalledTooMany, WordNotWelcome. What was sent before under this key is let go on: it is the same post."""
    sent = select(Post.id).where(Post.send_key == send_key, Post.author_id == by.id, Post.item_id == item.id)
    if send_key and session.scalar(sent) is not None:
        return None
    if (held := _held_before(by, send_key)) is not None:
        if held.item_id == item.id:
            return held
        send_key = None  # used elsewhere it says nothing here
    mind_suspension(by, item)
    if not 0 < len(repair(text).strip()) <= MOST_CHARACTERS:
        return None  # refused by who would store it
    mind_posts(by, text, item)
    because = why_held(text, by=by, is_trusted=looks_after(by, item))
    if because is None:
        return None
    return _hold(HeldText(item_id=item.id), text, by, because, send_key)


def admit_thread(
    group: Group,
    title: str,
    text: str,
    *,
    by: Person,
    kind: str,
    send_key: str | None = None,
) -> HeldText | None:
    """The same for a text that is to begin a thread in the group."""
    if (held := _held_before(by, send_key)) is not None:
        if held.group_id == group.id:
            return held
        send_key = None  # used elsewhere it says nothing here
    mind_suspension_in(by, group)
    if not repair(title).strip() or not 0 < len(repair(text).strip()) <= MAX_TEXT:
        return None  # refused by who would store it
    mind_posts(by, text)
    because = why_held(f"{title}\n\n{text}", by=by, is_trusted=_keeps_order_in(group, by))
    if because is None:
        return None
    begun = HeldText(group_id=group.id, title=repair(title).strip(), kind=kind)
    return _hold(begun, text, by, because, send_key)


def turn_back_what_waits(item: Item, group: Group, *, by: Person) -> None:
    """The texts that wait to stand on the item go back to who wrote them, for it goes to readers whom they were not meant for.
    From now on they are texts of the group for which they were written: it alone, and who keeps order there, sees them."""
    waiting = (
        select(HeldText)
        .where(HeldText.item_id == item.id, HeldText.decided_at.is_(None))
        .order_by(HeldText.id)
        .with_for_update(of=HeldText)
        .execution_options(populate_existing=True)
    )
    for held in session.scalars(waiting).all():
        held.item_id, held.group_id = None, group.id
        held.decided_at, held.decided_by_id, held.is_let_through = now(), by.id, False
        with speaking(settings_of(item.organisation_id).language):
            held.why = gettext(MOVED_MEANWHILE)
        session.flush()
        for turning_back in ON_TURNING_BACK:
            turning_back(held)


def _keeps_order_in(group: Group, by: Person) -> bool:
    return can_plan(by) or group_token(group.id) in tokens_looked_after(by)


def _held_before(by: Person, send_key: str | None) -> HeldText | None:
    if not send_key:
        return None
    same = HeldText.author_id == by.id, HeldText.send_key == send_key
    return session.scalar(select(HeldText).where(*same))


def _hold(held: HeldText, text: str, by: Person, because: Because, send_key: str | None) -> HeldText:
    text = repair(text).strip()
    render(text)  # what can't be shown is refused now, not when a moderator lets it through
    held.author_id, held.text, held.because = by.id, text, because
    held.send_key = send_key or None
    session.add(held)
    session.flush()
    keep_files_of(held, unplaced(text, by))
    for holding in ON_HOLDING:
        holding(held)
    return held


def _is_new(by: Person) -> bool:
    """Whether others have read fewer texts of the person than the organisation has read first."""
    first = settings_of(by.organisation_id).held_first_posts
    if not first:
        return False
    posts = select(func.count()).where(Post.author_id == by.id, Post.hidden_at.is_(None))
    threads = select(func.count()).where(
        Item.author_id == by.id,
        Item.type.in_(types_of_items(lambda one: one.is_talk)),
        Item.state == ItemState.PUBLISHED,
    )
    return (session.scalar(posts) or 0) + (session.scalar(threads) or 0) < first
