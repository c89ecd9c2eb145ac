"""What a page shows of the talk on an item, and what its reader may do with it; the same for comments and for threads."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from portal.items.models import Item, Post
from portal.items.permissions import can_follow, can_hide_of, can_rewrite_of
from portal.items.reacting import Given, by_text
from portal.people.models import Person


def rules_of_talk(
    item: Item, posts: Sequence[Post], person: Person | None, given: Iterable[Given]
) -> dict[str, Hashable]:
    """Of these posts the numbers of those the reader may hide, wrote himself, may write anew and may react to (0 is the
    item's own text), `mine`: his reactions, as "thanks:12"; and whether he is a colleague, who may report."""
    numbers = {post.id: post.number for post in posts}
    reader = person.id if person is not None else 0
    reacts = can_follow(person, item)
    return {
        "is_colleague": person is not None
        and person.is_active
        and person.organisation_id == item.organisation_id,
        "hides": can_hide_of(person, item, posts),
        "own": frozenset(post.number for post in posts if post.author_id == reader),
        "rewrites": can_rewrite_of(person, item, posts),
        "reacts": frozenset(
            number
            for number, author in [(0, item.author_id), *((post.number, post.author_id) for post in posts)]
            if reacts and author != reader
        ),
        "mine": frozenset(
            f"{one.sort}:{numbers.get(one.post_id, 0) if one.post_id else 0}"
            for one in given
            if one.person_id == reader and (one.post_id is None or one.post_id in numbers)
        ),
    }


def reactions_shown(given: Iterable[Given]) -> Mapping[str, Any]:
    """What `items/posts.html` asks for, the same for every reader."""
    return {"reactions": by_text(given)}
