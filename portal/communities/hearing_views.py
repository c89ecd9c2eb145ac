"""What a member hears of communities: the unread list, watching and muting, and the feed."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.communities.feed import feed_of
from portal.communities.hearing import choose_level, read_all, unread_of
from portal.communities.models import Community, Level
from portal.communities.permissions import can_read, is_member
from portal.db import session
from portal.errors import BadInput, NotHere
from portal.notices.preferring import person_of_feed
from portal.notices.wording import as_read_by
from portal.people.models import Person
from portal.people.signing_in import public
from portal.translating import gettext
from portal.web.numbers import LARGEST, whole_number
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("hearing", __name__)


@bp.get("/communities/unread")
def list_unread() -> ResponseReturnValue:
    page = whole_number(request.args.get("page"), most=100_000) or 1
    return render_template(
        "communities/list_unread.html",
        found=unread_of(current_person(), page=page),
        page=page,
        url_of=lambda number: url_for("hearing.list_unread", page=number),
    )


@bp.post("/communities/<int:community_id>/read")
def mark_read(community_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    require(is_member(person, community))
    read_all(community, person)
    session.commit()
    flash(gettext("All of “%(name)s” is marked as read.", name=community.name), "success")
    return redirect(url_for("communities.show_community", community_id=community_id))


@bp.post("/communities/<int:community_id>/level")
def choose(community_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    require(is_member(person, community))
    level = request.form.get("level", "")
    if level not in set(Level):
        raise BadInput
    choose_level(community, person, Level(level))
    session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("communities.show_community", community_id=community_id))


@bp.get("/feeds/<secret>/communities/<int:community_id>.atom")
@public
def show_feed(secret: str, community_id: int) -> ResponseReturnValue:
    """For feed readers, which can't sign in: the secret says who reads, and what he may read is asked each time."""
    person = person_of_feed(secret)
    if person is None:
        raise NotHere
    community = _readable(community_id, person)
    with as_read_by(person):
        found = feed_of(
            community, person, request.url, current_app.config["SETTINGS"].base_url or request.url_root
        )
    return current_app.response_class(
        found,
        mimetype="application/atom+xml",
        headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"},
    )


def _readable(community_id: int, person: Person) -> Community:
    query = Community.visible_to(person).where(Community.id == community_id)
    community = session.scalar(query) if community_id <= LARGEST else None
    if community is None or not can_read(person, community):
        raise NotHere
    return community
