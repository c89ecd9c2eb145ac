"""On the first page: what is unread in my communities."""

from flask import render_template

from portal.communities.hearing import unread_of
from portal.people.audiences import memberships_of
from portal.people.models import Person

MOST_SHOWN = 4


def card(person: Person | None) -> str:
    """The section as HTML; empty for the public, for who belongs to none, and where nothing is unread."""
    if person is None or not memberships_of(person):
        return ""
    found = unread_of(person, most=MOST_SHOWN)
    return render_template("communities/first_page.html", found=found) if found.unread else ""
