"""Who may do what with items and comments. `Item.visible_to` is the query of `can_see`; tests hold them together."""

from collections.abc import Iterable

from portal.items.looking_after import tokens_looked_after
from portal.items.models import Item, ItemState, Post
from portal.items.order_models import is_opening_hidden
from portal.items.suspending import is_suspended
from portal.people.audiences import tokens_of
from portal.people.models import Person
from portal.plan.permissions import can_plan


def can_see(person: Person | None, item: Item) -> bool:
    """One of the tokens the person holds today is in the item's audience."""
    return not tokens_of(person).isdisjoint(row.token for row in item.audience)


def can_edit(person: Person | None, item: Item) -> bool:
    """The author writes on, as long as he is with the organisation; of some types others with him, or nobody for a time."""
    return person is not None and person.is_active and person.id in item.writer_ids


def can_attach(person: Person | None, item: Item) -> bool:
    """Who writes on attaches files, while the item takes any."""
    return can_edit(person, item) and item.takes_files


def can_comment(person: Person | None, item: Item) -> bool:
    """Every colleague who sees a published item of a type that takes comments, unless he is suspended; a retired one is
    closed."""
    return item.takes_comments and can_follow(person, item) and not is_suspended(person, item)


def can_follow(person: Person | None, item: Item) -> bool:
    """Every colleague who sees a published item may be told of comments and replies."""
    return (
        person is not None
        and person.is_active
        and item.state == ItemState.PUBLISHED
        and person.organisation_id == item.organisation_id
        and can_see(person, item)
    )


def looks_after(person: Person | None, item: Item) -> bool:
    """Who keeps order among what is written on it: those who plan on all that they read, and of what is open to a group who
    looks after that group; nobody while he is suspended there. `is_looked_after` is its query."""
    if person is None or not person.is_active or not can_see(person, item) or is_suspended(person, item):
        return False
    return can_plan(person) or not tokens_looked_after(person).isdisjoint(row.token for row in item.audience)


def can_see_opening(person: Person | None, item: Item) -> bool:
    """The item's own text is seen with it; a hidden one by nobody but its author and who looks after the item."""
    if not can_see(person, item):
        return False
    own = person is not None and person.is_active and person.id == item.author_id
    return own or not is_opening_hidden(item) or looks_after(person, item)


def can_see_post(person: Person | None, post: Post) -> bool:
    """A post is seen with its item; a hidden one by nobody but its author and who looks after the item. That it stood
    there all see; with the line that keeps the place of one that went elsewhere nobody does anything."""
    if post.is_stub or not can_see(person, post.item):
        return False
    return post.hidden_at is None or can_hide(person, post)


def can_unhide(person: Person | None, post: Post) -> bool:
    """Who looks after the item shows again what was hidden; of his own everybody shows again what he hid himself alone."""
    if person is None or not person.is_active or post.hidden_at is None or not can_see_post(person, post):
        return False
    if post.author_id == person.id:
        return post.hidden_by_id == person.id
    return looks_after(person, post.item)


def can_rewrite(person: Person | None, post: Post) -> bool:
    """One's own, as long as one sees it and the talk goes on."""
    return post.number in can_rewrite_of(person, post.item, [post])


def can_rewrite_of(person: Person | None, item: Item, posts: Iterable[Post]) -> frozenset[int]:
    """The numbers of those of the item's posts that `can_rewrite` allows."""
    if person is None or not person.is_active or not item.takes_changes or not can_see(person, item):
        return frozenset()
    return frozenset(post.number for post in posts if post.author_id == person.id and post.hidden_at is None)


def can_react(person: Person | None, item: Item, post: Post | None = None) -> bool:
    """Every colleague who reads it, but not to what he wrote himself."""
    if not can_follow(person, item) or person is None:
        return False
    if post is None:
        return item.author_id != person.id
    return post.item_id == item.id and post.hidden_at is None and post.author_id != person.id


def can_say_used(person: Person | None, item: Item, post: Post | None = None) -> bool:
    """Who may react to it, if it says something that can be put to use."""
    return can_react(person, item, post) and (post is not None or item.can_be_used)


def can_hide(person: Person | None, post: Post) -> bool:
    """One's own, as long as one sees it, and any for who looks after the item: then he says why (`says_why_hiding`)."""
    return post.number in can_hide_of(person, post.item, [post])


def can_hide_of(person: Person | None, item: Item, posts: Iterable[Post]) -> frozenset[int]:
    """The numbers of those of the item's posts that `can_hide` allows."""
    if person is None or not person.is_active or not can_see(person, item):
        return frozenset()
    keeps_order = looks_after(person, item)
    return frozenset(
        post.number for post in posts if not post.is_stub and (keeps_order or post.author_id == person.id)
    )


def says_why_hiding(person: Person, post: Post) -> bool:
    """Whoever hides what another wrote gives a reason, which its author is told; of his own nobody owes one."""
    return post.author_id != person.id
