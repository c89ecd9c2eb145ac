"""A question that nobody has answered for days is offered to a few who may know, and whose words became knowledge is told.

A community stands below the search and can't look for people; so it is done here, above both and above who knows what.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.communities.thread_models import Thread
from portal.communities.threads import is_unanswered
from portal.db import insert_into, read_only, session
from portal.expertise.finding import people_for
from portal.items.models import Item, ItemState, Origin, Post, Subscription
from portal.items.suspending import is_suspended
from portal.lifting.models import OfferedQuestion
from portal.notices.telling import Kind, tell
from portal.people.models import Unit
from portal.people.settings import settings_of
from portal.translating import N_

OFFERED: Final = Kind("lifting.offered", N_("A question you may know something about"))
BECAME: Final = Kind("lifting.became", N_("Your words became knowledge"))
MOST_OFFERED_TO: Final = 5
MOST_AT_ONCE: Final = 10  # questions in one round: each is a search
TOO_OLD: Final = timedelta(days=90)  # what waited so long before there were offers stays as it is
TOLD_WITHIN: Final = timedelta(days=7)


def offer_unanswered(moment: datetime) -> int:
    """Offer each question without an answer, once, when it has waited for the organisation's days; answers how many people
    were told. Not to who asked, nor to who muted the thread or its community, may not read it, or may not write now."""
    # Without the write lock: a search may wait for the index, which is written meanwhile.
    read_only()
    experts: dict[int, list[int]] = {}
    for organisation_id in session.scalars(select(Unit.id).where(Unit.parent_id.is_(None))).all():
        for thread in session.scalars(_to_be_offered(organisation_id, moment)).all():
            goes_on = thread.lock is None and not thread.community.is_closed_down
            experts[thread.id] = _who_may_know(thread) if goes_on else []
    session.remove()
    done = 0
    for thread_id, people in experts.items():
        offered = insert_into(OfferedQuestion.__table__).values(thread_id=thread_id, at=moment)
        # Another worker may have done it meanwhile.
        if session.execute(offered.on_conflict_do_nothing()).rowcount and people:  # type: ignore[attr-defined]
            done += tell(people, OFFERED, session.get_one(Thread, thread_id), key=f"offered:{thread_id}")
    return done


def _to_be_offered(organisation_id: int, moment: datetime) -> Select[Thread]:
    waited = moment - timedelta(days=settings_of(organisation_id).community_unanswered_days)
    return (
        select(Thread)
        .where(
            Thread.organisation_id == organisation_id,
            Thread.state == ItemState.PUBLISHED,
            Thread.published_at <= waited,
            Thread.published_at > moment - TOO_OLD,
            is_unanswered(),
            Thread.id.not_in(select(OfferedQuestion.thread_id)),
        )
        .order_by(Thread.published_at)
        .limit(MOST_AT_ONCE)
    )


def _who_may_know(thread: Thread) -> list[int]:
    """At most MOST_OFFERED_TO persons who contributed something to the question's topic or can be asked about it, best first;
    only of those who read the thread, and as any of its readers searches: what he may not see speaks for nobody."""
    muted = session.scalars(
        select(Subscription.person_id).where(Subscription.item_id == thread.id, Subscription.muted)
    )
    unwilling = {thread.author_id, *muted, *thread.not_to_be_told()}
    experts = people_for(thread.title, readers_of=thread, without=unwilling)
    able = (one for one in experts if not one.has_only_asked and not is_suspended(one.person, thread))
    return [one.person.id for one in able][:MOST_OFFERED_TO]


def tell_whose_words_became_knowledge(moment: datetime) -> int:
    """Tell who wrote what was lifted, once the asset made of it is published; answers how many. Who published it knows."""
    source = aliased(Item, flat=True)
    rows = session.execute(
        select(Item, func.coalesce(Post.author_id, source.author_id))
        .join(Origin, Origin.item_id == Item.id)
        .join(source, source.id == Origin.from_item_id)
        .join(Thread.__table__, Thread.__table__.c.id == source.id)
        .outerjoin(Post, Post.id == Origin.from_post_id)
        .where(Item.state == ItemState.PUBLISHED, Item.published_at > moment - TOLD_WITHIN)
        .order_by(Item.id)
    ).all()
    authors: dict[int, tuple[Item, set[int]]] = {}
    for asset, author_id in rows:
        authors.setdefault(asset.id, (asset, set()))[1].add(author_id)
    return sum(
        tell(people - {asset.author_id}, BECAME, asset, key=f"became:{asset.id}")
        for asset, people in authors.values()
    )
