"""Putting work into the outbox, in the transaction of the change it follows."""

from portal.db import session
from portal.outbox.models import OutboxEntry


def put(kind: str, subject_id: int | None = None, **details: object) -> None:
    """The worker will do this once the transaction is committed, and not if it is rolled back."""
    session.add(OutboxEntry(kind=kind, subject_id=subject_id, details=details))
