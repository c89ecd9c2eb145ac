"""The links of the main navigation, in the order people need them; a link to a closed page is not shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for

from portal.translating import N_, gettext
from portal.web.visibility import current_person


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool


# endpoint, label, first part of the addresses under it, open to the public
ENTRIES = (
    ("home.first_page", N_("Home"), "/", True),
    ("knowledge.list_assets", N_("Knowledge store"), "/knowledge", True),
    ("plan.list_plans", N_("KM plan"), "/plans", False),
    ("profiles.list_people", N_("People"), "/people", False),
)


def links() -> list[Link]:
    return list(_links()) if request else []


def _links() -> Iterator[Link]:
    signed_in = current_person() is not None
    for endpoint, label, prefix, is_open in ENTRIES:
        if is_open or signed_in:
            here = request.path == "/" if prefix == "/" else request.path.startswith(prefix)
            yield Link(gettext(label), url_for(endpoint), here)
