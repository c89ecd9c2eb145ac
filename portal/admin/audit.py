"""The audit log: who changed what, by person, act and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.admin.acts import name_of_act
from portal.admin.audit_closed import is_closed_to
from portal.admin.audit_names import Names
from portal.admin.blueprint import bp
from portal.audit.listing import AuditFilter, actions_in_use, entries_where, find_all_entries, find_entries
from portal.audit.models import AuditEntry
from portal.db import session
from portal.documents.sending import send_table
from portal.people.models import Person
from portal.thai.reading_dates import AmbiguousYear, UnreadableDate, read_date
from portal.translating import N_, gettext
from portal.web.numbers import whole_number
from portal.web.visibility import current_person


@dataclass(frozen=True)
class Line:
    """An entry as it is shown; an empty actor is the system or somebody who was not signed in. Of what is closed to the reader
    (`is_closed_to`) it is said what was done and when, and nothing else."""

    entry: AuditEntry
    actor: str
    act: str
    subject: str
    url: str
    details: list[tuple[str, str]]


def _filter() -> tuple[AuditFilter, dict[str, str], list[str]]:
    """The filter, its query string as typed, and what in it can't be read."""
    typed = {name: request.args.get(name, "").strip()[:80] for name in ("person", "action", "first", "last")}
    unreadable: list[str] = []
    days: dict[str, date | None] = {}
    for name in ("first", "last"):
        days[name] = None
        if typed[name]:
            try:
                days[name] = read_date(typed[name])
            except (UnreadableDate, AmbiguousYear):
                unreadable.append(typed[name])
    actor_id, subject_type = whole_number(typed["person"]), request.args.get("type", "")[:40]
    # Who asks for one person's acts would else learn from their number what the lines do not say.
    asks_for_one = actor_id is not None or subject_type == Person.__tablename__
    wanted = AuditFilter(
        actor_id=actor_id,
        subject_type=subject_type,
        without=is_closed_to(current_person()) if asks_for_one else None,
        subject_id=whole_number(request.args.get("id")),
        action=typed["action"],
        first=days["first"],
        last=days["last"],
        page=whole_number(request.args.get("page"), most=100_000) or 1,
    )
    return wanted, {name: value for name, value in typed.items() if value}, unreadable


@bp.get("/audit")
def show_audit_log() -> ResponseReturnValue:
    wanted, typed, unreadable = _filter()
    found = find_entries(wanted)
    return render_template(
        "admin/show_audit_log.html",
        found=found,
        lines=_lines(found.entries),
        wanted=wanted,
        typed=typed,
        unreadable=unreadable,
        actions=[(action, name_of_act(action)) for action in actions_in_use()],
        actors=_actors(),
    )


@bp.get("/audit.xlsx")
def download_audit_log() -> ResponseReturnValue:
    wanted, _typed, _unreadable = _filter()
    header = (N_("When"), N_("Who"), N_("Act"), N_("What"), N_("Details"))
    return send_table(
        N_("Audit log"),
        header,
        (
            (
                line.entry.at,
                line.actor,
                line.act,
                line.subject,
                "; ".join(f"{name}: {value}" for name, value in line.details),
            )
            for line in _lines(find_all_entries(wanted))
        ),
    )


def _actors() -> list[Person]:
    """Everybody whom the log names to its reader."""
    named = AuditEntry.actor_id.is_not(None), ~is_closed_to(current_person())
    ids = select(AuditEntry.actor_id).where(*named).distinct()
    return list(
        session.scalars(
            select(Person)
            .where(Person.id.in_(ids), Person.organisation_id == g.organisation.id)
            .order_by(Person.sort_key)
        )
    )


def _lines(entries: Iterable[AuditEntry]) -> list[Line]:
    entries = list(entries)
    names, closed = Names(entries), entries_where(entries, is_closed_to(current_person()))
    return [
        Line(
            entry,
            gettext("A member"),
            name_of_act(entry.action),
            gettext("in a community where you do not read"),
            "",
            details=[],
        )
        if entry.id in closed
        else Line(
            entry,
            names.get("person", entry.actor_id),
            name_of_act(entry.action),
            *names.subject(entry),
            details=names.details(entry),
        )
        for entry in entries
    ]
