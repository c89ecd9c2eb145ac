"""Opening an item to people: what its author chose, and what is true now."""

from collections.abc import Iterable

from portal.audit.recording import record
from portal.errors import BadInput, Conflict
from portal.items.models import Item, ItemAudience, ItemState
from portal.outbox.writing import put
from portal.people.audiences import PUBLIC, organisation_token, unit_token
from portal.people.models import Person
from portal.translating import N_

CHOICES = ("organisation", "unit", "public")
TALK = "talk"  # those who read the talk it was made of; a choice only where it was meant for them from the beginning


class UnknownAudience(BadInput):
    message = N_("Choose who may read this.")


class ReadersChanged(Conflict):
    message = N_(
        "While you were writing it was moved, or opened to others. Your text is still in the box: see who reads it now, then send it again."
    )


def shown_as(item: Item) -> str:
    """What a form says of whom its text goes to, as it was when the form was shown."""
    return " ".join(item.open_to)


def mind_readers(item: Item, shown: str | None) -> None:
    """ReadersChanged when the item is open to others than when the form was shown that says so: its writer was not asked about
    these."""
    if shown and shown != shown_as(item):
        raise ReadersChanged


def tokens_for(choice: str, item: Item) -> list[str]:
    """The tokens of one of CHOICES for this item; a unit's item is open to that unit and all below it."""
    if choice == "public":
        return [PUBLIC, organisation_token(item.organisation_id)]
    if choice == "organisation":
        return [organisation_token(item.organisation_id)]
    if choice == "unit" and item.unit_id is not None:
        return [unit_token(item.unit_id)]
    if choice == TALK and (groups := _groups_of(item)):
        return groups
    raise UnknownAudience


def choice_of(item: Item) -> str:
    """Which of CHOICES the author made last, or TALK."""
    tokens = set(item.open_to)
    if PUBLIC in tokens:
        return "public"
    if _groups_now(item):
        return TALK
    return "unit" if any(token.startswith("unit:") for token in tokens) else "organisation"


def is_for_talk(item: Item) -> bool:
    """Whether TALK is a choice for it: it is meant for those who read a talk, or came from one."""
    return bool(_groups_of(item))


def _groups_of(item: Item) -> list[str]:
    """The groups it is meant for now; of what was meant for others since, those of the talk it was made of."""
    theirs = {token for origin in item.origins for token in _groups_now(origin.from_item)}
    return _groups_now(item) or sorted(theirs)


def _groups_now(item: Item) -> list[str]:
    return [token for token in item.open_to if token.startswith("group:")]


def open_to(item: Item, tokens: Iterable[str], *, by: Person | None = None) -> None:
    """Keep whom the item is meant for, and open it to them if it is past being a draft.

    Opening or closing what is published is in the audit log and concerns the search.
    """
    before, item.open_to = item.open_to, sorted(set(tokens))
    apply(item)
    if item.state != ItemState.DRAFT and before != item.open_to:
        record("item.open", item, by=by, before=before, after=item.open_to)
        put("index", item.id)


def apply(item: Item) -> None:
    """Bring the audience rows to what the item's state allows: a draft is its author's alone, and of those its type names."""
    wanted = set(item.readers_before_publication)
    if item.state != ItemState.DRAFT:
        wanted.update(item.open_to)
    kept = [row for row in item.audience if row.token in wanted]
    missing = wanted - {row.token for row in kept}
    item.audience = kept + [ItemAudience(token=token) for token in sorted(missing)]
