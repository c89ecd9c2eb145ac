"""Reading the audit log: by person, kind of act and days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.thai.dates import BANGKOK

PAGE_SIZE = 50
AT_ONCE = 5_000


@dataclass(frozen=True)
class AuditFilter:
    """What the log is narrowed to; both days belong to it."""

    actor_id: int | None = None
    subject_type: str = ""
    subject_id: int | None = None
    action: str = ""
    first: date | None = None
    last: date | None = None
    page: int = 1
    without: ColumnElement[bool] | None = None  # entries that are not even counted


@dataclass(frozen=True)
class AuditPage:
    entries: list[AuditEntry]
    total: int
    pages: int


def find_entries(wanted: AuditFilter) -> AuditPage:
    """One page of the log, newest first."""
    matching = _matching(wanted)
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    entries = session.scalars(
        matching.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)
    ).all()
    return AuditPage(list(entries), total, max(1, -(-total // PAGE_SIZE)))


def find_all_entries(wanted: AuditFilter, most: int = 20_000) -> list[AuditEntry]:
    """The newest entries of the filter, for taking the log home."""
    return list(session.scalars(_matching(wanted).order_by(AuditEntry.id.desc()).limit(most)))


def entries_where(entries: Collection[AuditEntry], condition: ColumnElement[bool]) -> set[int]:
    """The ids of those of the entries for which the condition holds."""
    ids, found = [entry.id for entry in entries], set[int]()
    for start in range(0, len(ids), AT_ONCE):
        some = AuditEntry.id.in_(ids[start : start + AT_ONCE])
        found.update(session.scalars(select(AuditEntry.id).where(some, condition)))
    return found


def actions_in_use() -> list[str]:
    """The kinds of acts that the log holds, for the filter."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def _matching(wanted: AuditFilter) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if wanted.without is not None:
        query = query.where(~wanted.without)
    if wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.subject_type:
        query = query.where(AuditEntry.subject_type == wanted.subject_type)
    if wanted.subject_id is not None:
        query = query.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.first is not None:
        query = query.where(AuditEntry.at >= datetime.combine(wanted.first, time.min, BANGKOK))
    if wanted.last is not None:
        query = query.where(
            AuditEntry.at < datetime.combine(wanted.last + timedelta(days=1), time.min, BANGKOK)
        )
    return query
