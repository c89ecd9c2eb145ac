"""What stands on the pages of others about order: beside an opening text, where one writes, on a community's page."""

from typing import Any

from flask import render_template

from portal.communities.models import Community
from portal.communities.permissions import can_read
from portal.communities.thread_permissions import may_start_thread, suspension_in
from portal.items.models import Item
from portal.items.order_models import HeldText, is_opening_hidden
from portal.items.permissions import can_follow
from portal.items.suspending import suspension_on
from portal.moderation.permissions import (
    can_hide_opening,
    can_report,
    can_unhide_opening,
    keepers_of,
)
from portal.moderation.queue import MOST_ON_A_PAGE, held_on, html_of_held, threads_held_in, waiting_for
from portal.web.visibility import current_person


def opening_actions(item: Item) -> str:
    """Below the text that opens a thread: report it, or hide it and show it again."""
    person = current_person()
    return render_template(
        "moderation/opening_actions.html",
        item=item,
        reports=can_report(person, item),
        hides=can_hide_opening(person, item),
        unhides=is_opening_hidden(item) and can_unhide_opening(person, item),
    )


def posts_standing(item: Item) -> str:
    """Below posts: those that wait, as far as the reader sees them, and why he may not write."""
    person = current_person()
    if person is None or not person.is_active:
        return ""
    standing = suspension_on(person, item) if can_follow(person, item) else None
    waiting = held_on(item, person)
    if standing is None and not waiting:
        return ""
    # What is not his own he sees because he decides about it.
    held = [_shown(one, decides=one.author_id != person.id) for one in waiting]
    more = len(held) == MOST_ON_A_PAGE and any(one["decides"] for one in held)
    return render_template("moderation/standing.html", held=held, standing=standing, more=more)


def community_standing(community: Community) -> str:
    """On a community's page: the reader's own threads that wait, why he may not write, and what waits for him."""
    person = current_person()
    if not can_read(person, community):
        return ""
    standing = suspension_in(person, community) if may_start_thread(person, community) else None
    held = [_shown(one) for one in threads_held_in(community, person)]
    waiting = waiting_for(person) if person.id in keepers_of(community) else 0
    if standing is None and not held and not waiting:
        return ""
    return render_template("moderation/standing.html", held=held, standing=standing, waiting=waiting)


def own_page(_person: Any) -> str:
    """On one's own page, the way to what moderators decided about one, and to what waits for one to decide."""
    return render_template("moderation/own_page.html")


def _shown(held: HeldText, *, decides: bool = False) -> dict[str, Any]:
    return {"text": held, "html": html_of_held(held), "decides": decides}
