"""What somebody added to the text of another and can be reported for: the line that says how he used it, and polls he asked in
the thread. A report names whose words, where and of which kind (portal/moderation/models.py); these are the words."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.audit.recording import record
from portal.communities.poll_models import Poll
from portal.db import session
from portal.items.models import Item, Post
from portal.items.reacting import take_back
from portal.items.talk_models import Reaction, ReactionSort
from portal.moderation.models import About, Report
from portal.people.models import Person


@dataclass(frozen=True)
class Piece:
    """Words that are taken away by themselves; `code` is what a form calls them."""

    code: str
    said: str
    poll: Poll | None = None


def words_of(poll: Poll) -> str:
    """The question and the answers of a poll, each on a line."""
    return "\n".join([poll.question, *(f"– {one.text}" for one in poll.options)])


def lines_of_use(item: Item, post: Post | None) -> list[Reaction]:
    """Who used the text says how, with who said it."""
    of_post = Reaction.post_id == post.id if post is not None else Reaction.post_id.is_(None)
    query = (
        select(Reaction)
        .where(Reaction.item_id == item.id, of_post, Reaction.sort == ReactionSort.USED)
        .options(joinedload(Reaction.person))
        .order_by(Reaction.id)
    )
    return list(session.scalars(query))


def pieces_of(reported: Report) -> list[Piece]:
    """The line or the poll that it is about; nothing once that was taken back or away, and for a report of the text itself."""
    if reported.about == About.USED:
        mine = (
            one for one in lines_of_use(reported.item, reported.post) if one.person_id == reported.author_id
        )
        return [Piece("used", one.how) for one in mine]
    poll = session.get(Poll, reported.poll_id) if reported.poll_id is not None else None
    return [Piece(f"poll:{poll.id}", words_of(poll), poll)] if poll is not None else []


def take_away(reported: Report, piece: Piece, *, by: Person) -> None:
    """It is gone, a poll with its votes; that and by whom is in the audit log."""
    place = reported.item
    if piece.poll is None:
        take_back(place, by=reported.author, sort=ReactionSort.USED, post=reported.post)
        record("use.take_away", reported, by=by, item=place.id)
        return
    # The place is held: who votes at this moment is answered before, or finds it gone.
    session.delete(piece.poll)
    session.flush()
    record("poll.take_away", reported, by=by, item=place.id)
