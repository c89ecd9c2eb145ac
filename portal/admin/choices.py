"""Filling the choices of the forms: units as a tree, posts by unit, people by name."""

from collections.abc import Mapping
from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.people.listing import people_to_offer
from portal.people.models import Position, Unit
from portal.people.organisation_tree import units_to_offer
from portal.people.superiors import NOBODY, incumbents_on
from portal.templating import in_language
from portal.thai.dates import bangkok_today
from portal.translating import gettext
from portal.web.visibility import current_person


def offer_names(field: Any, names: Mapping[Any, str]) -> None:
    """The codes with their names in the reader's language."""
    field.choices = {str(code): gettext(name) for code, name in names.items()}


def offer_units(field: Any, *, but_below: Unit | None = None) -> None:
    """The open units, set in by their depth; without a unit and all below it when it is to be moved."""
    field.choices = {
        str(unit.id): "– " * (len(unit.ancestor_ids) - 1) + in_language(unit, "name")
        for unit in units_to_offer(g.organisation)
        if but_below is None or but_below.id not in unit.ancestor_ids
    }


def offer_positions(field: Any, *, blank: str = "", but: Position | None = None) -> None:
    """The open posts, grouped by unit in the order of the tree."""
    by_unit: dict[int, list[Position]] = {}
    positions = session.scalars(
        select(Position)
        .where(Position.organisation_id == g.organisation.id, Position.abolished_on.is_(None))
        .options(joinedload(Position.unit))
        .order_by(Position.sort_key)
    )
    for position in positions:
        if but is None or position.id != but.id:
            by_unit.setdefault(position.unit_id, []).append(position)
    choices: dict[str, str | dict[str, str]] = {"": blank or "–"}
    for unit in units_to_offer(g.organisation):
        if unit.id in by_unit:
            label = "– " * (len(unit.ancestor_ids) - 1) + in_language(unit, "name")
            # Two units of one name in two branches must not fall together.
            while label in choices:
                label += " "
            choices[label] = {
                str(position.id): " ".join(part for part in (in_language(position), position.number) if part)
                for position in by_unit[unit.id]
            }
    field.choices = choices


def offer_posts(field: Any) -> None:
    """The open posts for giving one to somebody: vacant ones first, each with its unit and who holds it today."""
    order = {unit.id: place for place, unit in enumerate(units_to_offer(g.organisation))}
    positions = sorted(
        session.scalars(
            select(Position)
            .where(Position.organisation_id == g.organisation.id, Position.abolished_on.is_(None))
            .options(joinedload(Position.unit))
        ),
        key=lambda position: (order.get(position.unit_id, len(order)), position.sort_key, position.id),
    )
    incumbents = incumbents_on((position.id for position in positions), bangkok_today())
    vacant: dict[str, str] = {}
    held: dict[str, str] = {}
    for position in positions:
        holder = incumbents.get(position.id, NOBODY).holder
        title = " ".join(part for part in (in_language(position), position.number) if part)
        state = gettext("vacant") if holder is None else f"{holder.first_name} {holder.last_name}".strip()
        among = vacant if holder is None else held
        among[str(position.id)] = " · ".join((title, in_language(position.unit, "name"), state))
    field.choices = {"": "–"} | {
        label: posts
        for label, posts in ((gettext("Vacant"), vacant), (gettext("Held by somebody"), held))
        if posts
    }


def offer_people(field: Any) -> None:
    """Everybody who is here."""
    field.choices = {"": "–"} | {
        str(person.id): f"{person.first_name} {person.last_name} ({person.username})"
        for person in people_to_offer(current_person())
    }
