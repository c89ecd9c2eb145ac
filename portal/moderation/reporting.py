"""Reporting a text to those who keep order there."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.communities.poll_models import Poll
from portal.db import lock, session
from portal.errors import BadInput, Conflict, TooOften
from portal.items.models import Item, Post
from portal.items.order_models import HeldText
from portal.items.rates import A_DAY, one_after_the_other, refuse_over
from portal.moderation.models import About, Reason, Report
from portal.moderation.permissions import (
    communities_of_item,
    communities_with,
    decides_on,
    keepers_of,
    planning,
)
from portal.notices.telling import Kind, tell, tell_of_more
from portal.people.models import Group, Person, Unit
from portal.people.settings import settings_of
from portal.thai.repair import repair
from portal.translating import N_

REPORTED: Final = Kind("moderation.reported", N_("Reports to look at"))
HELD: Final = Kind("moderation.held", N_("Texts to read first"))


class ReportedAlready(Conflict):
    message = N_("You have reported this already. You are told as soon as somebody has looked at it.")


class SayWhat(BadInput):
    message = N_("Say in a sentence what is wrong with it.")


class TooManyReports(TooOften):
    message = N_(
        "You have reported %(most)s texts within a day. The next report can be sent at %(again)s; what you wrote is kept."
    )


def report(
    item: Item,
    post: Post | None,
    *,
    by: Person,
    reason: Reason,
    words: str = "",
    used_by_id: int | None = None,
    poll: Poll | None = None,
) -> Report:
    """Tell who keeps order there. `used_by_id`: it is about the line in which that person says how he used the text; `poll`: about
    that one. ReportedAlready, SayWhat, TooManyReports.

    The audit log, which the admin reads, does not name who reported: the row does, for those who decide.
    """
    words = repair(words).strip()
    if reason == Reason.OTHER and not words:
        raise SayWhat
    one_after_the_other(by)
    if post is not None:
        # It may have gone to another thread just now; what is reported of it goes along from here on.
        lock(post)
        item = session.get_one(Item, post.item_id)
    mine = select(Report.reported_at).where(Report.reporter_id == by.id)
    refuse_over(settings_of(by.organisation_id).reports_per_day, mine, 1, A_DAY, TooManyReports)
    reported = Report(
        reporter_id=by.id,
        author_id=used_by_id or (poll.made_by_id if poll is not None else (post or item).author_id),
        about=About.USED if used_by_id else About.POLL if poll is not None else About.TEXT,
        poll_id=poll.id if poll is not None else None,
        item=item,
        post=post,
        reason=reason,
        words=words,
    )
    try:
        with session.begin_nested():
            session.add(reported)
    except IntegrityError as error:  # from two windows, or a double click
        raise ReportedAlready from error
    told = deciders_on(item, None, reported.author_id, item.organisation_id)
    _tell(told, REPORTED, item.organisation_id, f"report:{reported.id}")
    return reported


def tell_of_held(held: HeldText) -> None:
    """Tell who keeps order there that a text waits; several while one has not looked are one notice."""
    author = session.get_one(Person, held.author_id)
    item = session.get(Item, held.item_id) if held.item_id is not None else None
    group = session.get(Group, held.group_id) if held.group_id is not None else None
    told = deciders_on(item, group, author.id, author.organisation_id)
    _tell(told, HELD, author.organisation_id, f"held:{held.id}")


def deciders_on(item: Item | None, group: Group | None, author_id: int, organisation_id: int) -> set[int]:
    """The ids of those who are told: of what is open to a community who leads it; of all else, and where nobody does, those of
    whom decide who plan."""
    communities = (
        communities_of_item(item) if item is not None else communities_with([group.id if group else 0])
    )
    led = {one for community in communities for one in keepers_of(community)} - {author_id}
    return led or {one.id for one in planning(organisation_id) if decides_on(one, item, group, author_id)}


def _tell(people: set[int], kind: Kind, organisation_id: int, key: str) -> None:
    organisation = session.get_one(Unit, organisation_id)
    tell(people - tell_of_more(people, kind, organisation), kind, organisation, key=key)
