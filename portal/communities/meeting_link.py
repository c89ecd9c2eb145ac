"""On the page of a meeting: the way to the community that meets."""

from flask import render_template

from portal.communities.listing import community_of
from portal.meetings.models import Event


def link_of_event(event: Event) -> str:
    """The fragment; empty for a meeting of the whole organisation."""
    community = community_of(event.group) if event.group is not None else None
    return render_template("communities/meeting_link.html", community=community) if community else ""
