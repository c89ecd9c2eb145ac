"""Writing the audit log, in the transaction of the act itself."""

from typing import Any

from portal.audit.models import AuditEntry
from portal.db import session


def record(action: str, subject: Any, *, by: Any, **details: Any) -> AuditEntry:
    """Note that `by` (a person, or None for the system) did `action` (`person.deactivate`, `item.publish`) to `subject`.

    The subject is a mapped object with an id; flush it first when it is new. Details are codes, ids and dates only.
    """
    entry = AuditEntry(
        actor_id=None if by is None else by.id,
        action=action,
        subject_type=subject.__tablename__,
        subject_id=getattr(subject, "id", None),
        details=details,
    )
    session.add(entry)
    return entry
