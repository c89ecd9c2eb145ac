"""What somebody types into the form of a new training and has not sent: a draft for each of them."""

from collections.abc import Iterator

from werkzeug.datastructures import MultiDict

from portal.drafts.keeping import SENDING_FIELDS, unsent
from portal.drafts.models import Draft
from portal.people.models import Person

NEW = "training-new-"


def form_of_new(key: str) -> str:
    """The name under which the draft of a new training is kept; `key` as of knowledge/drafting.py."""
    return NEW + key


def begun(person: Person) -> list[tuple[str, Draft]]:
    """The new trainings that the person began and never sent, each with its key, last touched first."""
    return [(draft.form.removeprefix(NEW), draft) for draft in unsent(person) if draft.form.startswith(NEW)]


def as_sent(draft: Draft) -> MultiDict[str, str]:
    """The fields of a draft as the form would have sent them."""
    return MultiDict(_pairs(draft))


def _pairs(draft: Draft) -> Iterator[tuple[str, str]]:
    for name, kept in draft.fields.items():
        for value in kept if isinstance(kept, list) else [kept]:
            if name not in SENDING_FIELDS and isinstance(value, str):
                yield name, value
