"""Who wrote something last, by the audit log."""

from typing import Any

from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.people.models import Person


def last_writer(subject: Any, *actions: str) -> str:
    """The name of whoever did one of the acts to the subject last; empty when nobody is on record."""
    person = session.scalar(
        select(Person)
        .join(AuditEntry, AuditEntry.actor_id == Person.id)
        .where(
            AuditEntry.subject_type == subject.__tablename__,
            AuditEntry.subject_id == subject.id,
            AuditEntry.action.in_(actions),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return person.name if person else ""
