"""Keeping what somebody types before he sends it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, select, update

from portal.db import now, session
from portal.drafts.models import Draft
from portal.errors import BadInput, TooLarge

MOST_CHARACTERS = 600_000  # more than the longest text with all its fields
MOST_OF_ONE = 50
# How a form was sent, not what was typed into it.
SENDING_FIELDS = frozenset({"csrf_token", "action", "draft", "proposed"})


def keep(person: Any, form: str, fields: dict[str, Any]) -> Draft:
    """Keep the fields of the person's form, replacing what was kept before; TooLarge beyond any text we take."""
    try:
        written = json.dumps(fields, ensure_ascii=False, allow_nan=False)
        written.encode()  # half a surrogate pair can be kept nowhere and would break the page that shows it
    except (ValueError, RecursionError) as error:
        raise BadInput from error
    if len(written) > MOST_CHARACTERS:
        raise TooLarge
    draft = session.get(Draft, (person.id, form))
    if draft is None:
        _make_room(person)
        draft = Draft(person_id=person.id, form=form)
        session.add(draft)
    draft.fields, draft.saved_at = fields, now()
    return draft


def keep_sent(person: Any, form: str, sent: Iterable[tuple[str, str]]) -> None:
    """Keep the fields of a form that was sent and not stored, as the script would have kept them while they were typed.
    What is longer than any text we take is left to the page that shows it."""
    fields: dict[str, Any] = {}
    for name, value in sent:
        if name not in SENDING_FIELDS:
            fields[name] = [*fields[name], value] if name in fields else [value]
    with suppress(TooLarge):
        keep(
            person, form, {name: values if len(values) > 1 else values[0] for name, values in fields.items()}
        )


def _make_room(person: Any) -> None:
    """The oldest drafts of a person give way to a new one."""
    forms = session.scalars(
        select(Draft.form)
        .where(Draft.person_id == person.id)
        .order_by(Draft.saved_at.desc())
        .offset(MOST_OF_ONE - 1)
    ).all()
    session.execute(delete(Draft).where(Draft.person_id == person.id, Draft.form.in_(forms)))


def kept(person: Any, form: str) -> Draft | None:
    """What the person typed into that form and did not send."""
    return session.get(Draft, (person.id, form))


def unsent(person: Any) -> list[Draft]:
    """All that the person typed and did not send, last touched first."""
    return list(
        session.scalars(select(Draft).where(Draft.person_id == person.id).order_by(Draft.saved_at.desc()))
    )


def hand_on(form: str, to: str) -> None:
    """What anybody typed into the one form and did not send goes on in the other, but for who typed there, too."""
    typing_there = select(Draft.person_id).where(Draft.form == to)
    session.execute(
        update(Draft)
        .where(Draft.form == form, Draft.person_id.not_in(typing_there))
        .values(form=to)
        .execution_options(synchronize_session=False)
    )


def discard(person: Any, form: str) -> None:
    """The form was sent, or its writer wants no more of it: the draft is gone."""
    session.execute(delete(Draft).where(Draft.person_id == person.id, Draft.form == form))
