"""The links of the main navigation, in the order people need them; a link to a closed page is not shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from portal.templating import page_url
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
    ("training.my_trainings", N_("Training"), "/training", False),
    ("communities.list_communities", N_("Communities"), "/communities", False),
    ("meetings.list_meetings", N_("Meetings"), "/meetings", False),
    ("plan.list_plans", N_("KM plan"), "/plans", False),
    ("profiles.list_people", N_("People"), "/people", False),
)


# Addresses that stand elsewhere than the part they belong to.
BELONGING = {"/threads": "/communities", "/experts": "/people", "/awards": "/people"}


def place() -> str:
    """The part of the site this page belongs to, as the first part of its addresses; empty for none of them."""
    if request.path == "/":
        return "/"
    known = {prefix: prefix for _, _, prefix, _ in ENTRIES[1:]} | BELONGING
    return next((known[prefix] for prefix in known if request.path.startswith(prefix)), "")


def links() -> list[Link]:
    return list(_links()) if request else []


def _links() -> Iterator[Link]:
    signed_in, here = current_person() is not None, place()
    for endpoint, label, prefix, is_open in ENTRIES:
        if is_open or signed_in:
            yield Link(gettext(label), page_url(endpoint), prefix == here)
