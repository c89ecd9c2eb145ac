"""The words of notices about communities, as long as their reader may still know."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.communities.life import shown_signs
from portal.communities.models import Community, CommunityPart, JoinRequest, Part
from portal.communities.naming import PARTS
from portal.communities.permissions import can_decide, can_lead, is_member
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.models import ItemState, Post
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.audiences import memberships_of
from portal.people.models import Person
from portal.templating import in_language, number, page_url
from portal.translating import gettext, ngettext


def asked_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Who asks to be let in; nothing once it is decided or the reader no longer lets people in."""
    requests = _requests(notices)
    found: dict[int, Worded | None] = {}
    for notice in notices:
        request = requests.get(notice.subject_id)
        if request is None or request.decided_at or not can_decide(person, request.community):
            continue
        text = gettext(
            "%(name)s asks to join “%(community)s”",
            name=request.person.name,
            community=in_language(request.community.group, "name"),
        )
        address = page_url("communities.list_members", community_id=request.community_id)
        found[notice.id] = Worded(text, address, gettext("Decide"))
    return found


def let_in_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What became of the own request, while the community may be known of."""
    requests = _requests(notices)
    known = _known({request.community_id for request in requests.values()}, person)
    found: dict[int, Worded | None] = {}
    for notice in notices:
        request = requests.get(notice.subject_id)
        if request is None or request.community_id not in known or request.person_id != person.id:
            continue
        name = in_language(request.community.group, "name")
        text = (
            gettext("You belong to “%(community)s” now", community=name)
            if request.is_accepted
            else gettext("Your request to join “%(community)s” was turned down", community=name)
        )
        address = page_url("communities.show_community", community_id=request.community_id)
        found[notice.id] = Worded(text, address)
    return found


def brought_in_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """To which community the reader was brought, while he belongs to it."""
    known = _known({notice.subject_id for notice in notices}, person)
    return {
        notice.id: Worded(
            gettext("You belong to “%(community)s” now", community=in_language(community.group, "name")),
            page_url("communities.show_community", community_id=community.id),
        )
        for notice in notices
        if (community := known.get(notice.subject_id)) is not None and is_member(person, community)
    }


def asleep_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """For how long nobody has written in a community that the reader looks after; nothing once somebody has."""
    known = _known({notice.subject_id for notice in notices}, person)
    signs = shown_signs(list(known.values()))
    found: dict[int, Worded | None] = {}
    for notice in notices:
        community = known.get(notice.subject_id)
        if community is None or not signs[community.id].is_asleep or not can_lead(person, community):
            continue
        days = signs[community.id].days_quiet
        text = ngettext(
            "Nobody has written in “%(community)s” for %(num)s day. One question wakes it.",
            "Nobody has written in “%(community)s” for %(num)s days. One question wakes it.",
            days,
            num=number(days),
            community=in_language(community.group, "name"),
        )
        address = page_url("communities.show_community", community_id=community.id)
        found[notice.id] = Worded(text, address)
    return found


def part_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What the reader was asked to do for a community, while he does it."""
    known = _known({notice.subject_id for notice in notices}, person)
    doing = {
        (one.community_id, str(one.part))
        for one in session.scalars(select(CommunityPart).where(CommunityPart.person_id == person.id))
    }
    found: dict[int, Worded | None] = {}
    for notice in notices:
        community, part = known.get(notice.subject_id), notice.details.get("part", "")
        if community is None or (community.id, part) not in doing:
            continue
        text = gettext(
            "You are %(part)s of “%(community)s” now",
            part=gettext(PARTS[Part(part)]),
            community=in_language(community.group, "name"),
        )
        found[notice.id] = Worded(text, page_url("communities.show_community", community_id=community.id))
    return found


def _requests(notices: list[Notice]) -> dict[int, JoinRequest]:
    ids = {notice.subject_id for notice in notices}
    rows = session.scalars(
        select(JoinRequest)
        .where(JoinRequest.id.in_(ids))
        .options(
            joinedload(JoinRequest.person),
            joinedload(JoinRequest.community).joinedload(Community.group),
        )
    )
    return {row.id: row for row in rows}


def _known(ids: set[int], person: Person) -> dict[int, Community]:
    return {one.id: one for one in session.scalars(Community.visible_to(person).where(Community.id.in_(ids)))}


def new_talk_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """How much others have written in the community since; nothing to who left it."""
    mine = memberships_of(person)
    known = _known({notice.subject_id for notice in notices}, person)
    found: dict[int, Worded | None] = {}
    for notice in notices:
        community = known.get(notice.subject_id)
        if community is None or community.group_id not in mine:
            continue
        written = _written_since(community, person, datetime.fromisoformat(notice.details["since"]))
        if written:
            text = ngettext(
                "%(num)s new post in “%(community)s”",
                "%(num)s new posts in “%(community)s”",
                written,
                num=number(written),
                community=in_language(community.group, "name"),
            )
            address = page_url("communities.show_community", community_id=community.id)
            found[notice.id] = Worded(text, address)
    return found


def _written_since(community: Community, person: Person, since: datetime) -> int:
    """Threads and replies of others that are to be seen."""
    started = session.scalar(
        select(func.count())
        .select_from(Thread)
        .where(Thread.community_id == community.id, Thread.state == ItemState.PUBLISHED)
        .where(Thread.published_at >= since, Thread.author_id != person.id)
    )
    replied = session.scalar(
        select(func.count())
        .select_from(Post)
        .join(Thread, Thread.id == Post.item_id)
        .where(Thread.community_id == community.id, Thread.last_posted_at >= since)
        .where(Post.posted_at >= since, Post.author_id != person.id, Post.hidden_at.is_(None))
    )
    return (started or 0) + (replied or 0)
