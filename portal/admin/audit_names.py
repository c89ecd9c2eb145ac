"""The audit log keeps codes and ids; here they become names and words, as they are called on the day of reading."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select

from portal.admin.acts import name_of_kind, name_of_page, name_of_value
from portal.audit.models import AuditEntry
from portal.communities.models import Community
from portal.db import session
from portal.items.merged import named_to
from portal.items.models import Item
from portal.people.audiences import PUBLIC
from portal.people.models import Group, Person, Position, Unit
from portal.people.naming import ROLES
from portal.plan.models import Goal, Plan, Strategy
from portal.templating import in_language, number, show_date
from portal.templating import year as digits
from portal.training.models import DutyRule, Training
from portal.translating import gettext
from portal.web.numbers import whole_number
from portal.web.visibility import current_person

_MOST_AT_ONCE = 5_000
# Which kind of thing the id under a detail's name is.
_REFERRING = {
    "person": "person",
    "position": "position",
    "superior": "position",
    "superior_id": "position",
    "unit": "unit",
    "unit_id": "unit",
    "parent": "unit",
    "group": "group",
    "item": "item",
    "into": "item",
    "plan": "plan",
    "to": "person",
    "training": "training",
}
_DAYS = frozenset({"due_before", "due_after", "on", "from_date", "to_date", "last_day"})
_KINDS = {"knowledge_asset": "item", "training_report": "item", "thread": "item", "event": "item"}
_MODELS: dict[str, tuple[Any, str]] = {
    "unit": (Unit, "name"),
    "position": (Position, "title"),
    "group": (Group, "name"),
    "community": (Community, "name"),
    "plan": (Plan, "title"),
    "goal": (Goal, "title"),
    "strategy": (Strategy, "title"),
    "training": (Training, "title"),
    "duty_rule": (DutyRule, "name"),
}
Reference = tuple[str, int]


class Names:
    """The names of everything that some entries speak of; a query for each kind of thing."""

    def __init__(self, entries: Iterable[AuditEntry]):
        wanted: dict[str, set[int]] = {}
        for entry in entries:
            for kind, thing_id in _references(entry):
                wanted.setdefault(kind, set()).add(thing_id)
        self._known = {kind: _load(kind, sorted(ids)) for kind, ids in wanted.items()}

    def get(self, kind: str, thing_id: int | None) -> str:
        """Its name today; empty when it is gone, or is an item the reader may not read."""
        return "" if thing_id is None else self._known.get(_KINDS.get(kind, kind), {}).get(thing_id, "")

    def shown(self, kind: str, thing_id: int) -> str:
        """Its name, or the kind and the id behind it when there is none to show."""
        name = self.get(kind, thing_id)
        if name:
            return name
        values = {"kind": name_of_kind(kind), "number": digits(thing_id)}
        if _KINDS.get(kind, kind) == "item":
            return gettext("%(kind)s no. %(number)s (gone, or not open to you)", **values)
        return gettext("%(kind)s no. %(number)s (gone)", **values)

    def subject(self, entry: AuditEntry) -> tuple[str, str]:
        """What the act was done to, in words, and the address of its page (empty: none)."""
        kind, subject_id = entry.subject_type, entry.subject_id
        if subject_id is not None and (self.get(kind, subject_id) or kind in ("item", *_KINDS)):
            shown = self.shown(kind, subject_id)
            if kind in ("goal", "strategy"):
                shown = f"{name_of_kind(kind)} {digits(entry.details.get('line', subject_id))}: {shown}"
            is_closed = kind in ("item", *_KINDS) and not self.get(kind, subject_id)
            return shown, "" if is_closed else _address(kind, subject_id, entry.details)
        # A posting, a membership, a token: named for its person; a comment, a file: for the item it belongs to.
        for among in ("person", "item"):
            other = entry.details.get(among)
            if isinstance(other, int):
                shown = self.shown(among, other)
                if among == "item":
                    shown = f"{name_of_kind(kind)} · {shown}"
                return shown, _address(among, other, {}) if among == "item" or self.get(among, other) else ""
        return (name_of_kind(kind), "") if subject_id is None else (self.shown(kind, subject_id), "")

    def details(self, entry: AuditEntry) -> list[tuple[str, str]]:
        """(what it is, its value) of what was noted with the act, in words."""
        return [(name_of_value(key), self._value(entry, key, value)) for key, value in entry.details.items()]

    def _value(self, entry: AuditEntry, key: str, value: Any) -> str:
        kind = _kind_of(entry, key)
        if kind and isinstance(value, int):
            return self.shown(kind, value)
        if key in _DAYS and isinstance(value, str):
            return _day(value)
        if key == "fiscal_year" and isinstance(value, int):
            return digits(value)
        if key == "page" and isinstance(value, str):
            return name_of_page(value)
        if isinstance(value, dict):
            return ", ".join(
                f"{name_of_value(name)} {self._value(entry, name, one)}" for name, one in value.items()
            )
        if isinstance(value, list):
            return ", ".join(self._word(one) for one in value) or "–"
        return self._word(value)

    def _word(self, value: Any) -> str:
        if value is None:
            return "–"
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, int | float):
            return number(value)
        return self._audience(str(value)) or name_of_value(str(value))

    def _audience(self, token: str) -> str:
        if token == PUBLIC:
            return gettext("the public")
        kind, _, code = token.partition(":")
        if kind == "role" and code in ROLES:
            return gettext(ROLES[code])  # type: ignore[index] # codes are strings too
        reference = _of_token(token)
        if reference is None:
            return ""
        shown = self.shown(*reference)
        return gettext("everybody in %(organisation)s", organisation=shown) if kind == "org" else shown


def _load(kind: str, ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), _MOST_AT_ONCE):
        some = ids[start : start + _MOST_AT_ONCE]
        if kind == "person":
            people = session.scalars(select(Person).where(Person.id.in_(some)))
            found.update((person.id, person.name) for person in people)
        elif kind == "item":
            # A title may be for other eyes: the log shows those that its reader may read.
            titles = named_to(current_person()).where(Item.id.in_(some))
            found.update(
                (row[0], row[1]) for row in session.execute(titles.with_only_columns(Item.id, Item.title))
            )
        elif kind in _MODELS:
            model, attribute = _MODELS[kind]
            things = session.scalars(select(model).where(model.id.in_(some)))
            found.update((thing.id, in_language(thing, attribute)) for thing in things)
    return found


def _references(entry: AuditEntry) -> Iterator[Reference]:
    if entry.actor_id is not None:
        yield "person", entry.actor_id
    if entry.subject_id is not None:
        yield _KINDS.get(entry.subject_type, entry.subject_type), entry.subject_id
    for key, value in entry.details.items():
        kind = _kind_of(entry, key)
        if kind and isinstance(value, int):
            yield kind, value
        for one in value if isinstance(value, list) else (value,):
            reference = _of_token(one) if isinstance(one, str) else None
            if reference is not None:
                yield reference


def _kind_of(entry: AuditEntry, key: str) -> str:
    if entry.action == "unit.move" and key in ("before", "after"):
        return "unit"
    return _REFERRING.get(key, "")


def _of_token(token: str) -> Reference | None:
    kind, _, thing_id = token.partition(":")
    number = whole_number(thing_id)
    if kind not in ("org", "unit", "group", "person") or number is None:
        return None
    return "unit" if kind == "org" else kind, number


def _day(text: str) -> str:
    try:
        return show_date(date.fromisoformat(text))
    except ValueError:
        return text


def _address(kind: str, thing_id: int, details: dict[str, Any]) -> str:
    if kind in ("goal", "strategy"):
        kind, thing_id = "plan", details.get("plan", 0)
    match _KINDS.get(kind, kind):
        case "person":
            return url_for("admin.show_person", person_id=thing_id)
        case "unit":
            return url_for("admin.show_unit", unit_id=thing_id)
        case "position":
            return url_for("admin.show_position", position_id=thing_id)
        case "group":
            return url_for("admin.show_group", group_id=thing_id)
        case "item":  # the page itself asks whether this admin may read it
            return url_for("items.show_item", item_id=thing_id)
        case "training":
            return url_for("training.show_training", training_id=thing_id)
        case "plan":
            return url_for("plan.show_plan", plan_id=thing_id)
    return ""
