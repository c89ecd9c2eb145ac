"""A form that is sent twice (a double click, a page loaded again) makes one thing. Posts, threads and meetings keep the key of the
page themselves; whatever else makes something new is noted here."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete

from portal.db import SEND_KEY_LENGTH, insert_into, now, session
from portal.drafts.models import SentForm

KEPT: Final = timedelta(days=1)


def forget_sent_forms() -> int:
    """Forget forms that were sent more than a day ago; answers how many. For the worker."""
    old = delete(SentForm).where(SentForm.sent_at < now() - KEPT)
    return session.execute(old, execution_options={"renewed": True}).rowcount  # type: ignore[attr-defined,no-any-return]


def sent_once(person: Any, address: str, fields: Iterable[tuple[str, str]]) -> SentForm:
    """The note of this very form, sent to this address: its `led_to` is empty the first time, and the view writes there, in the
    transaction that stores what was sent, where it leads; else it says where it led before. Another one at the same moment waits
    till the first is stored or given up. What was changed since (one goes back and writes on) is another form."""
    written = json.dumps([address, *sorted(fields)]).encode()
    key = hashlib.sha256(written).hexdigest()[:SEND_KEY_LENGTH]
    noted = insert_into(SentForm).values(person_id=person.id, key=key, sent_at=now(), led_to="")
    session.execute(noted.on_conflict_do_nothing())
    return session.get_one(SentForm, (person.id, key), populate_existing=True)
