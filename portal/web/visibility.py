"""The second stop of every request: is this thing open to the person, and may he do this?"""

from typing import Any, Protocol, TypeVar

from flask import abort
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm.interfaces import ORMOption

from portal.db import session
from portal.errors import NotHere, Refused
from portal.web.numbers import LARGEST

Thing = TypeVar("Thing", covariant=True)


class Kind(Protocol[Thing]):
    """A mapped class that says to whom its things are open; every list and every page of them starts there."""

    def visible_to(self, person: Any, /) -> Select[Thing]: ...


def current_person() -> Any:
    """The person signed in, or None for the public."""
    user = current_user._get_current_object()  # the proxy asks anew for each attribute
    return user.person if user.is_authenticated else None


def get_visible(
    kind: Kind[Thing], thing_id: int, *options: ORMOption, locked: bool = False, merged: bool = False
) -> Thing:
    """The thing with that id if it is open to the person; NotHere when it is hidden or missing, without telling which.

    `locked`: nobody else changes it till the request has ended; for what is compared before it is replaced. What was
    merged into another has no pages of its own any more; `merged` is for those that lead on.
    """
    if not 0 < thing_id <= LARGEST:
        raise NotHere
    query = kind.visible_to(current_person()).filter_by(id=thing_id).options(*options)
    # In the order in which `lock` holds what one class has in two tables: the other way round two would wait for each other.
    if locked:
        query = query.with_for_update(of=query.column_descriptions[0]["entity"])
    thing = session.scalar(query)
    if thing is None or (not merged and getattr(thing, "is_merged", False)):
        raise NotHere
    return thing


def require(allowed: bool) -> None:
    """Go on only when a rule said yes. Somebody who is not signed in is sent to do so, others are refused."""
    if allowed:
        return
    if not current_user.is_authenticated:
        abort(401)
    raise Refused
