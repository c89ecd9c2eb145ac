"""The audit log: who changed what, by person, act and days."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.admin.acts import name_of_act, name_of_kind, name_of_value
from portal.admin.blueprint import bp
from portal.audit.listing import AuditFilter, actions_in_use, find_all_entries, find_entries
from portal.audit.models import AuditEntry
from portal.db import session
from portal.documents.sending import send_table
from portal.people.models import Group, Person, Position, Unit
from portal.templating import year as digits
from portal.thai.reading_dates import AmbiguousYear, UnreadableDate, read_date
from portal.translating import N_
from portal.web.numbers import whole_number

# What a subject's row is called, and where its page is.
_NAMED: dict[str, tuple[Any, Any, Callable[[int], str]]] = {
    "unit": (Unit, Unit.name, lambda number: url_for("admin.show_unit", unit_id=number)),
    "position": (Position, Position.title, lambda number: url_for("admin.show_position", position_id=number)),
    "group": (Group, Group.name, lambda number: url_for("admin.show_group", group_id=number)),
}


_ITEMS = frozenset({"item", "knowledge_asset"})


@dataclass(frozen=True)
class Line:
    """An entry as it is shown; an empty actor is the system or somebody who was not signed in."""

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
    wanted = AuditFilter(
        actor_id=whole_number(typed["person"]),
        subject_type=request.args.get("type", "")[:40],
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
    """Everybody who stands in the log."""
    ids = select(AuditEntry.actor_id).where(AuditEntry.actor_id.is_not(None)).distinct()
    return list(
        session.scalars(
            select(Person)
            .where(Person.id.in_(ids), Person.organisation_id == g.organisation.id)
            .order_by(Person.sort_key)
        )
    )


def _lines(entries: Iterable[AuditEntry]) -> list[Line]:
    entries = list(entries)
    people = _people(entries)
    names = {kind: _names(kind, entries) for kind in _NAMED}
    return [
        Line(
            entry,
            people.get(entry.actor_id, ""),
            name_of_act(entry.action),
            *_subject(entry, people, names),
            details=[
                (name_of_value(key), _shown(key, value, people)) for key, value in entry.details.items()
            ],
        )
        for entry in entries
    ]


def _people(entries: list[AuditEntry]) -> dict[int | None, str]:
    ids = {entry.actor_id for entry in entries}
    ids |= {entry.subject_id for entry in entries if entry.subject_type == "person"}
    ids |= {entry.details.get("person") for entry in entries}
    wanted = [person_id for person_id in ids if isinstance(person_id, int)]
    found: dict[int | None, str] = {}
    for start in range(0, len(wanted), 5_000):
        rows = session.scalars(select(Person).where(Person.id.in_(wanted[start : start + 5_000])))
        found.update({person.id: person.name for person in rows})
    return found


def _names(kind: str, entries: list[AuditEntry]) -> dict[int, str]:
    model, name, _url_of = _NAMED[kind]
    ids = {entry.subject_id for entry in entries if entry.subject_type == kind}
    if not ids:
        return {}
    return {
        row[0]: row[1]
        for row in session.execute(select(model.id, name).where(model.id.in_(list(ids)[:5_000])))
    }


def _subject(
    entry: AuditEntry, people: dict[int | None, str], names: dict[str, dict[int, str]]
) -> tuple[str, str]:
    kind, subject_id = entry.subject_type, entry.subject_id
    if kind == "person" and subject_id in people:
        return people[subject_id], url_for("admin.show_person", person_id=subject_id)
    if subject_id is not None and kind in _NAMED and subject_id in names[kind]:
        _model, _name, url_of = _NAMED[kind]
        return names[kind][subject_id], url_of(subject_id)
    if subject_id is not None and kind in _ITEMS:
        # Its title may be for other eyes; the page itself asks whether this admin may read it.
        return f"{name_of_kind(kind)} {digits(subject_id)}", url_for("items.show_item", item_id=subject_id)
    person_id = entry.details.get("person")
    if person_id in people:
        return people[person_id], url_for("admin.show_person", person_id=person_id)
    number = "" if subject_id is None else f" {digits(subject_id)}"
    return f"{name_of_kind(kind)}{number}", ""


def _shown(key: str, value: object, people: dict[int | None, str]) -> str:
    if key == "person" and value in people:
        return people[value]
    if isinstance(value, list):
        return ", ".join(name_of_value(str(one)) for one in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{name_of_value(name)} {one if one is not None else '–'}" for name, one in value.items()
        )
    return "–" if value is None else name_of_value(str(value))
