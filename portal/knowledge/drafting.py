"""What somebody types into the form of an asset and has not sent: a draft for each new text, one for each asset."""

import re
import secrets

from portal.drafts.keeping import unsent
from portal.drafts.models import Draft
from portal.people.models import Person

NEW = "knowledge-new-"
_KEY = re.compile(r"[0-9a-f]{16}")


def key_of_new(wanted: str | None = None) -> str:
    """The key that tells one new text from another: the wanted one when it is a key, else one that nobody has yet."""
    return wanted if wanted and _KEY.fullmatch(wanted) else secrets.token_hex(8)


def form_of_new(key: str) -> str:
    """The name under which the draft of a new text is kept."""
    return NEW + key


def form_of(asset_id: int) -> str:
    """The name under which the unsent changes of an asset are kept."""
    return f"knowledge-{asset_id}"


def begun(person: Person) -> list[tuple[str, Draft]]:
    """The new texts that the person began and never saved, each with its key, last touched first."""
    return [(draft.form.removeprefix(NEW), draft) for draft in unsent(person) if draft.form.startswith(NEW)]
