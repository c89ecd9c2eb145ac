"""Files in their places: on an item, in a comment on it, or with their uploader till the text they belong to is saved.

A file is as open as what it is attached to, no more and no less, and that is asked each time somebody fetches it.
`visible_attachments` is the query of `can_fetch`; tests hold the two together.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.audit.recording import record
from portal.config import Settings
from portal.db import now, session, transaction
from portal.files.storing import Received, keep
from portal.items.held_files import WAITING_FILES, held_files_read_by, is_read_as_held
from portal.items.looking_after import is_looked_after, looked_after_items
from portal.items.models import Attachment, Item, Post
from portal.items.order_models import HiddenOpening
from portal.items.permissions import can_edit, can_see_opening, can_see_post
from portal.markup.escaping import escaped_name
from portal.people.models import Person
from portal.people.permissions import is_admin
from portal.plan.permissions import can_plan

# How long an upload may wait for its text to be saved, and a removed file may still be asked back from the admin.
KEEP_UNCLAIMED = timedelta(days=30)
KEEP_REMOVED = timedelta(days=30)
KEY_LENGTH: Final = 16  # hexadecimal digits: what nobody guesses

# The ids of uploads that wait for longer: portal/app.py adds what is shown by a room whose texts are opened by and by.
KEPT_FILES: Final[list[Callable[[Session], set[int]]]] = []

_REFERENCE = re.compile(r"/files/([0-9]{1,10})(?![0-9])")
_ADDRESS = re.compile(rf"/files/([0-9]{{1,10}})/([0-9a-f]{{{KEY_LENGTH}}})(?![0-9a-f])")


def can_fetch(person: Person | None, attachment: Attachment) -> bool:
    """What is attached to an item is seen with it, what is in a hidden comment by those who see that comment, what is
    attached to nothing by its uploader; what was removed by nobody."""
    if attachment.removed_at is not None:
        return False
    if attachment.item is None:
        return (
            person is not None
            and person.is_active
            and (attachment.uploaded_by_id == person.id or is_read_as_held(person, attachment.id))
        )
    if attachment.post is not None:
        return can_see_post(person, attachment.post)
    return can_see_opening(person, attachment.item)


def visible_attachments(person: Person | None) -> Select[Attachment]:
    """The attachments the person may fetch, or the public when None."""
    place = Item.is_open_to(person, Attachment.item_id)
    if not can_plan(person):
        hidden = select(Post.id).where(Post.hidden_at.is_not(None))
        closed = select(HiddenOpening.item_id).join(Item, Item.id == HiddenOpening.item_id)
        if person is not None and person.is_active:
            hidden = hidden.where(Post.author_id != person.id, ~is_looked_after(person, Post.item_id))
            closed = closed.where(
                Item.author_id != person.id, HiddenOpening.item_id.not_in(looked_after_items(person))
            )
        place = and_(
            place,
            or_(
                Attachment.post_id.not_in(hidden),
                and_(Attachment.post_id.is_(None), Attachment.item_id.not_in(closed)),
            ),
        )
    if person is not None and person.is_active:
        own = or_(Attachment.uploaded_by_id == person.id, Attachment.id.in_(held_files_read_by(person)))
        place = or_(place, and_(Attachment.item_id.is_(None), own))
    return select(Attachment).where(Attachment.removed_at.is_(None), place)


def can_remove(person: Person | None, attachment: Attachment) -> bool:
    """Who may edit the item takes its files away, the writer of a comment those in it, the uploader what is attached to
    nothing; and the admin any that he may fetch, since personal data must be taken down whoever put it up."""
    if person is None or not can_fetch(person, attachment):
        return False
    if is_admin(person) or attachment.item is None:
        return True
    if attachment.post is not None:
        return attachment.post.author_id == person.id
    return can_edit(person, attachment.item)


def attach(
    received: Received, *, by: Person, settings: Settings, item: Item | None = None, is_original: bool = False
) -> Attachment:
    """Keep what was received (see `files.storing.receive`) as an attachment of the item, or of nothing yet."""
    stored = keep(received, settings=settings)
    attachment = Attachment(
        file_id=stored.id,
        file=stored,
        item=item,
        name=received.name,
        uploaded_by_id=by.id,
        is_original=is_original,
    )
    session.add(attachment)
    session.flush()
    return attachment


def references_in(text: str) -> list[int]:
    """The ids of the files a text shows or links to, each once, in their order."""
    return list(dict.fromkeys(int(number) for number in _REFERENCE.findall(text)))


def address_of(attachment: Attachment) -> str:
    """Where the file is fetched, as a text refers to it. The number decides who sees what; the key behind it comes from the
    bytes of the file and says that whoever wrote the address had the file, or read where it stands."""
    return f"/files/{attachment.id}/{attachment.file.sha256[:KEY_LENGTH]}"


def unplaced(text: str, person: Person) -> list[Attachment]:
    """The person's own uploads that are attached to nothing yet and whose whole address stands in the text. A number alone names
    none: numbers can be guessed, and a text that one quotes, or saves for somebody else, may be full of them."""
    keys = {int(number): key for number, key in _ADDRESS.findall(text) if int(number) < 2**31}
    found: list[Attachment] = []
    for some in _in_portions(list(keys)):
        found += session.scalars(
            select(Attachment)
            .where(
                Attachment.id.in_(some),
                Attachment.item_id.is_(None),
                Attachment.uploaded_by_id == person.id,
                Attachment.removed_at.is_(None),
            )
            .options(joinedload(Attachment.file))
            .order_by(Attachment.id)
        )
    return [one for one in found if one.file.sha256.startswith(keys[one.id])]


def claim(item: Item, text: str, person: Person, post: Post | None = None) -> list[Attachment]:
    """Attach to the item (and the comment) what the saved text refers to, as far as this person uploaded it and it is
    attached to nothing yet (`unplaced`). What is somebody else's, or already in its place, stays where it is."""
    claimed = unplaced(text, person)
    for attachment in claimed:
        attachment.item = item
        attachment.post = post
    session.flush()
    return claimed


def _in_portions(numbers: list[int], size: int = 500) -> Iterable[list[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def remove(attachment: Attachment, *, by: Person) -> None:
    """Take the file out of its place; nobody fetches it any more, and its bytes go when nothing else refers to them."""
    if attachment.removed_at is None:
        attachment.removed_at = now()
        record("attachment.remove", attachment, by=by, item=attachment.item_id)


def markdown_of(attachment: Attachment) -> str:
    """The line of Markdown that shows the picture, or links to the file, in a text."""
    name = attachment.name.rpartition(".")[0] if attachment.file.is_picture else attachment.name
    name = escaped_name(name)
    return f"{'!' if attachment.file.is_picture else ''}[{name}]({address_of(attachment)})"


def forget_attachments() -> int:
    """Take away the rows of uploads that never found their place and of files removed long ago; answers how many. For
    the worker, before it takes away the files themselves."""
    moment = now()
    with transaction() as own:
        kept = set[int]().union(*(files(own) for files in KEPT_FILES))
        never_placed = own.scalars(
            select(Attachment.id).where(
                Attachment.item_id.is_(None),
                Attachment.uploaded_at < moment - KEEP_UNCLAIMED,
                Attachment.id.not_in(WAITING_FILES),
            )
        )
        gone = [delete(Attachment).where(Attachment.removed_at < moment - KEEP_REMOVED)]
        gone += [
            delete(Attachment).where(Attachment.id.in_(some), Attachment.item_id.is_(None))
            for some in _in_portions([one for one in never_placed if one not in kept])
        ]
        # No page shows them any more.
        return sum(own.execute(one, execution_options={"renewed": True}).rowcount for one in gone)
