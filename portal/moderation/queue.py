"""What waits for a moderator, oldest first; how much waits where he may not look; and what somebody sees of his own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Select, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from portal.communities.models import Community
from portal.db import now, session
from portal.items.held_files import groups_looked_after
from portal.items.models import Item, ItemAudience, Post
from portal.items.order_models import HeldText, Suspension
from portal.items.suspending import is_suspended_everywhere
from portal.markup.rendering import render
from portal.moderation.models import Caution, Report
from portal.moderation.permissions import groups_read, is_decided_by
from portal.people.models import Person
from portal.plan.permissions import can_plan
from portal.remembering import Remembered

A_PAGE: Final = 30
SHOWN_BEFORE: Final = 2  # posts before the reported one
OWN_SHOWN_FOR: Final = timedelta(days=365)
MOST_OWN: Final = 50
MOST_ON_A_PAGE: Final = 20  # of what waits, on the page of an item; the queue has the rest
Row = TypeVar("Row", HeldText, Suspension)
# What the reports of one text, line or poll have in common.
SAME_TEXT: Final = (Report.item_id, Report.post_id, Report.author_id, Report.about, Report.poll_id)
WITH_PLACE: Final = (joinedload(Report.item), joinedload(Report.post).joinedload(Post.item))


@dataclass(frozen=True)
class Case:
    """A text that was reported: by how many, the first report of it and when."""

    report: Report
    reports: int
    since: datetime


@dataclass(frozen=True)
class Elsewhere:
    """So many texts wait in a community where others decide, the oldest since when."""

    community: Community
    waiting: int
    since: datetime


def reports_for(person: Person | None) -> Select[Report]:
    """The open reports about which the person decides."""
    return select(Report).where(
        Report.decided_at.is_(None),
        is_decided_by(person, item_id=Report.item_id, author_id=Report.author_id),
    )


def reports_seen_by(person: Person | None) -> Select[Report]:
    """The same with those that are decided, which may be looked up."""
    return select(Report).where(is_decided_by(person, item_id=Report.item_id, author_id=Report.author_id))


def held_for(person: Person | None) -> Select[HeldText]:
    """The texts that wait for the person to read them first."""
    return held_seen_by(person).where(HeldText.decided_at.is_(None))


def held_seen_by(person: Person | None) -> Select[HeldText]:
    """The same with those that are decided."""
    return select(HeldText).where(
        is_decided_by(
            person, item_id=HeldText.item_id, author_id=HeldText.author_id, group_id=HeldText.group_id
        )
    )


def cases_for(person: Person | None, *, page: int = 1) -> tuple[list[Case], int]:
    """One page of the texts that were reported, the longest waiting first, and how many there are in all."""
    waiting = reports_for(person).subquery()
    grouped = (
        select(
            func.min(waiting.c.id).label("first"),
            func.count().label("reports"),
            func.min(waiting.c.reported_at).label("since"),
        )
        .group_by(*(waiting.c[one.key] for one in SAME_TEXT))
        .subquery()
    )
    rows = session.execute(
        select(grouped.c.first, grouped.c.reports, grouped.c.since)
        .order_by(grouped.c.since, grouped.c.first)
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    ).all()
    found = {
        one.id: one
        for one in session.scalars(
            select(Report)
            .where(Report.id.in_([row[0] for row in rows]))
            .options(joinedload(Report.author), *WITH_PLACE)
        )
    }
    return [Case(found[first], reports, since) for first, reports, since in rows], count_cases_for(person)


def count_cases_for(person: Person | None) -> int:
    """How many reported texts wait for the person."""
    reported = reports_for(person).with_only_columns(*SAME_TEXT).distinct().subquery()
    return session.scalar(select(func.count()).select_from(reported)) or 0


def held_texts_for(person: Person | None, *, page: int = 1) -> tuple[list[HeldText], int]:
    """One page of the texts that wait, the longest waiting first, and how many there are in all."""
    waiting = (
        held_for(person)
        .options(joinedload(HeldText.author), joinedload(HeldText.item), joinedload(HeldText.group))
        .order_by(HeldText.held_at, HeldText.id)
    )
    return _page_of(waiting, page), count_held_for(person)


def count_held_for(person: Person | None) -> int:
    """How many texts wait for the person to read them first."""
    held = held_for(person).with_only_columns(HeldText.id).subquery()
    return session.scalar(select(func.count()).select_from(held)) or 0


def waiting_for(person: Person | None) -> int:
    """How many texts wait for the person: reported ones and held ones."""
    return count_cases_for(person) + count_held_for(person)


def places_read(person: Person | None, items: Iterable[Item | None]) -> frozenset[int]:
    """The ids of those of the items that the person reads, in one query."""
    ids = {item.id for item in items if item is not None}
    return frozenset(
        session.scalars(Item.visible_to(person).where(Item.id.in_(ids)).with_only_columns(Item.id))
    )


def _page_of(rows: Select[Row], page: int) -> list[Row]:
    return list(session.scalars(rows.limit(A_PAGE).offset((page - 1) * A_PAGE)))


def waiting_elsewhere(person: Person | None) -> list[Elsewhere]:
    """For those who plan: the communities they don't read in and where something waits. Neither what, nor by whom, nor about
    whom; what the person wrote himself is not counted."""
    if person is None or not can_plan(person):
        return []
    token = literal("group:").concat(cast(Community.group_id, String))
    reported = (
        select(Community.id.label("community"), Report.reported_at.label("at"))
        .join(ItemAudience, ItemAudience.token == token)
        .join(Report, ItemAudience.item_id == Report.item_id)
        .where(Report.decided_at.is_(None), Report.author_id != person.id)
        .where(~is_decided_by(person, item_id=Report.item_id, author_id=Report.author_id))
    )
    held = (
        select(Community.id, HeldText.held_at)
        .join(HeldText, HeldText.group_id == Community.group_id)
        .where(HeldText.decided_at.is_(None), HeldText.item_id.is_(None), HeldText.author_id != person.id)
        .where(
            ~is_decided_by(
                person, item_id=HeldText.item_id, author_id=HeldText.author_id, group_id=HeldText.group_id
            )
        )
    )
    held_replies = (
        select(Community.id, HeldText.held_at)
        .join(ItemAudience, ItemAudience.token == token)
        .join(HeldText, HeldText.item_id == ItemAudience.item_id)
        .where(HeldText.decided_at.is_(None), HeldText.author_id != person.id)
        .where(~is_decided_by(person, item_id=HeldText.item_id, author_id=HeldText.author_id))
    )
    waiting = reported.union_all(held, held_replies).subquery()
    counts = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(waiting.c.community, func.count(), func.min(waiting.c.at)).group_by(waiting.c.community)
        )
    }
    known = session.scalars(Community.visible_to(person).where(Community.id.in_(counts)))
    found = [Elsewhere(one, *counts[one.id]) for one in known]
    return sorted(found, key=lambda one: one.since)


def reports_of_same_text(reported: Report) -> Sequence[Report]:
    """All reports of the text that are open, or were decided together with this one; the first first."""
    same = (
        select(Report)
        .where(reported.of_same_text())
        .options(joinedload(Report.reporter), joinedload(Report.decided_by))
        .order_by(Report.reported_at, Report.id)
    )
    same = same.where(Report.decided_at.is_(None) == (reported.decided_at is None))
    return session.scalars(same).all()


def posts_before(post: Post) -> list[Post]:
    """What was said just before it, so that it can be understood; hidden ones are left out."""
    before = session.scalars(
        select(Post)
        .where(Post.item_id == post.item_id, Post.number < post.number, Post.hidden_at.is_(None))
        .options(joinedload(Post.author))
        .order_by(Post.number.desc())
        .limit(SHOWN_BEFORE)
    ).all()
    return list(reversed(before))


def cautions_seen_by(person: Person | None, about: Person) -> list[Caution]:
    """How often and why somebody was warned, as far as the person keeps order there."""
    return list(
        session.scalars(
            select(Caution)
            .where(Caution.person_id == about.id)
            .where(is_decided_by(person, item_id=Caution.item_id, author_id=Caution.person_id))
            .options(joinedload(Caution.by))
            .order_by(Caution.at.desc())
            .limit(MOST_OWN)
        )
    )


def suspensions_for(person: Person | None) -> Select[Suspension]:
    """The suspensions that hold and that the person may lift."""
    if person is None or not person.is_active:
        return select(Suspension).where(literal(False))
    places = [Suspension.group_id.in_(groups_looked_after(person))]
    if can_plan(person) and not is_suspended_everywhere(person):
        places.append(Suspension.group_id.is_(None))
    return select(Suspension).where(
        or_(*places),
        Suspension.lifted_at.is_(None),
        Suspension.until_at > now(),
        Suspension.person_id != person.id,
        Suspension.person.has(Person.organisation_id == person.organisation_id),
    )


def suspensions_listed(person: Person | None, *, page: int = 1) -> tuple[list[Suspension], int]:
    """One page of them, those that end first first, and how many there are in all."""
    holding = suspensions_for(person)
    total = session.scalar(select(func.count()).select_from(holding.subquery())) or 0
    shown = holding.options(joinedload(Suspension.person), joinedload(Suspension.group))
    return _page_of(shown.order_by(Suspension.until_at, Suspension.id), page), total


def held_on(item: Item, person: Person) -> list[HeldText]:
    """The texts that wait to stand on the item, the longest waiting first and MOST_ON_A_PAGE at most, as far as the person
    sees them: his own, and those about which he decides."""
    if not _anything_waits_on(item):
        return []
    decides = is_decided_by(person, item_id=HeldText.item_id, author_id=HeldText.author_id)
    return list(
        session.scalars(
            select(HeldText)
            .where(HeldText.item_id == item.id, HeldText.decided_at.is_(None))
            .where(or_(HeldText.author_id == person.id, decides))
            .options(joinedload(HeldText.author))
            .order_by(HeldText.held_at, HeldText.id)
            .limit(MOST_ON_A_PAGE)
        )
    )


def _anything_waits_on(item: Item) -> bool:
    """Whether any text waits there, whoever may see it; asked for on every page of an item, and nearly always False."""
    waits = exists().where(HeldText.item_id == item.id, HeldText.decided_at.is_(None))
    return _WAITS.get(session(), f"item:{item.id}", item.id, lambda: bool(session.scalar(select(waits))))


_WAITS: Final = Remembered[int, bool](most=20_000)


def threads_held_in(community: Community, person: Person) -> list[HeldText]:
    """The person's own threads that wait to begin in the community."""
    return list(
        session.scalars(
            select(HeldText)
            .where(HeldText.group_id == community.group_id, HeldText.author_id == person.id)
            .where(HeldText.decided_at.is_(None), HeldText.item_id.is_(None))
            .order_by(HeldText.held_at, HeldText.id)
            .limit(MOST_ON_A_PAGE)
        )
    )


def own_held(person: Person) -> list[HeldText]:
    """What of the person's waits or was not let through, newest first, where he still reads what it was meant for."""
    reads = Item.visible_to(person).where(Item.id == HeldText.item_id).exists()
    return list(
        session.scalars(
            select(HeldText)
            .where(HeldText.author_id == person.id, HeldText.held_at > now() - OWN_SHOWN_FOR)
            .where(func.coalesce(HeldText.is_let_through, literal(False)).is_(False))
            .where(or_(reads, and_(HeldText.item_id.is_(None), HeldText.group_id.in_(groups_read(person)))))
            .options(joinedload(HeldText.item))
            .order_by(HeldText.held_at.desc())
            .limit(MOST_OWN)
        )
    )


def html_of_held(held: HeldText) -> str:
    """The text as it is read below a heading, beside others."""
    return render(held.text, heading_offset=2, anchor_prefix=f"held{held.id}-").html


def own_reports(person: Person) -> list[Report]:
    """What the person reported, newest first, and what became of it, where he still reads."""
    reads = Item.visible_to(person).where(Item.id == Report.item_id).exists()
    return list(
        session.scalars(
            select(Report)
            .where(Report.reporter_id == person.id, Report.reported_at > now() - OWN_SHOWN_FOR, reads)
            .options(*WITH_PLACE)
            .order_by(Report.reported_at.desc())
            .limit(MOST_OWN)
        )
    )


def own_cautions(person: Person) -> list[Caution]:
    """What the person was warned of, newest first."""
    return list(
        session.scalars(
            select(Caution)
            .where(Caution.person_id == person.id)
            .options(joinedload(Caution.by), joinedload(Caution.item))
            .order_by(Caution.at.desc())
            .limit(MOST_OWN)
        )
    )


def own_suspensions(person: Person) -> list[Suspension]:
    """When and where the person might not write, newest first."""
    return list(
        session.scalars(
            select(Suspension)
            .where(Suspension.person_id == person.id)
            .options(joinedload(Suspension.by), joinedload(Suspension.group))
            .order_by(Suspension.from_at.desc())
            .limit(MOST_OWN)
        )
    )
