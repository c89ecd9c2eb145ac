"""The store as a list: what somebody may see, by kind, unit, step and fiscal year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import session
from portal.items.models import Fulfilment, Item, ItemState
from portal.knowledge.kinds import STORE_KINDS
from portal.people.models import Person, Unit
from portal.plan.steps import STEPS
from portal.thai.dates import BANGKOK, fiscal_year, fiscal_year_dates
from portal.web.numbers import whole_number

PAGE_SIZE = 20
# What the store holds; what people discuss and where they meet have lists of their own.
IN_THE_STORE = ("knowledge_asset", "training_report")
ORDERS = ("new", "title")
NO_GOAL = "none"


@dataclass(frozen=True)
class AssetFilter:
    """What the list is narrowed to; made from any query string, what makes no sense in it is left out."""

    kind: str = ""
    unit_id: int | None = None
    step: str = ""
    goal_id: int | None = None
    without_goal: bool = False  # what serves a step and is tied to no goal
    fiscal_year: int | None = None
    order: str = "new"
    page: int = 1

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "AssetFilter":
        order = args.get("order", "new")
        return cls(
            kind=args.get("kind", "") if args.get("kind", "") in STORE_KINDS else "",
            unit_id=whole_number(args.get("unit")),
            step=args.get("step", "") if args.get("step", "") in STEPS else "",
            goal_id=whole_number(args.get("goal")),
            without_goal=args.get("goal") == NO_GOAL,
            fiscal_year=whole_number(args.get("year"), least=2400, most=2700),
            order=order if order in ORDERS else "new",
            page=whole_number(args.get("page"), most=100_000) or 1,
        )

    def as_args(self, **changes: object) -> dict[str, object]:
        """The query string of this filter with some changes, empty parts left out."""
        args: dict[str, object] = {
            "kind": self.kind,
            "unit": self.unit_id,
            "step": self.step,
            "goal": NO_GOAL if self.without_goal else self.goal_id,
            "year": self.fiscal_year,
            "order": self.order if self.order != "new" else "",
            "page": self.page if self.page > 1 else "",
        }
        return {name: value for name, value in {**args, **changes}.items() if value}


@dataclass(frozen=True)
class FoundAssets:
    items: list[Item]
    total: int
    pages: int


def find(wanted: AssetFilter, person: Person | None) -> FoundAssets:
    """One page of what is published and open to the person, newest (or Thai dictionary order) first."""
    matching = _matching(wanted, person)
    total = session.scalar(select(func.count()).select_from(matching.order_by(None).subquery())) or 0
    rows = session.scalars(
        _ordered(matching, wanted.order)
        .options(*FOR_LISTS)
        .limit(PAGE_SIZE)
        .offset((wanted.page - 1) * PAGE_SIZE)
    ).all()
    return FoundAssets(list(rows), total, max(1, -(-total // PAGE_SIZE)))


def find_all(wanted: AssetFilter, person: Person | None, most: int = 10_000) -> list[Item]:
    """Every asset of the filter, for taking the list home."""
    return list(
        session.scalars(_ordered(_matching(wanted, person), wanted.order).options(*FOR_LISTS).limit(most))
    )


# What a line of any list shows, so that a page costs the same number of queries with one line or twenty.
FOR_LISTS = (
    joinedload(Item.author),
    joinedload(Item.unit),
    selectinload(Item.fulfilments).joinedload(Fulfilment.goal),
)


def years_with_assets(person: Person | None) -> list[int]:
    """The fiscal years, newest first, from which the person sees something; for the list's filter."""
    first, last = session.execute(
        published_assets(person).with_only_columns(func.min(Item.published_at), func.max(Item.published_at))
    ).one()
    if first is None or last is None:
        return []
    newest, oldest = (fiscal_year(moment.astimezone(BANGKOK).date()) for moment in (last, first))
    return list(range(newest, oldest - 1, -1))


def published_assets(person: Person | None) -> Select[Item]:
    """What the person finds in the store; every list of it and every count starts from here."""
    return Item.visible_to(person).where(Item.type.in_(IN_THE_STORE), Item.state == ItemState.PUBLISHED)


def _matching(wanted: AssetFilter, person: Person | None) -> Select[Item]:
    query = published_assets(person)
    if wanted.kind:
        query = query.where(Item.kind == wanted.kind)
    if wanted.unit_id:
        path = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        below = select(Unit.id).where(Unit.path.startswith(path))
        query = query.where(Item.unit_id.in_(below))
    if wanted.step or wanted.goal_id or wanted.without_goal:
        ties = select(Fulfilment.item_id)
        if wanted.step:
            ties = ties.where(Fulfilment.step == wanted.step)
        if wanted.goal_id:
            ties = ties.where(Fulfilment.goal_id == wanted.goal_id)
        if wanted.without_goal:
            ties = ties.where(Fulfilment.goal_id.is_(None))
        query = query.where(Item.id.in_(ties))
    if wanted.fiscal_year:
        first, last = fiscal_year_moments(wanted.fiscal_year)
        query = query.where(Item.published_at >= first, Item.published_at < last)
    return query


def fiscal_year_moments(year: int) -> tuple[datetime, datetime]:
    """(first moment, first moment after) of the fiscal year in Bangkok."""
    first, last = fiscal_year_dates(year)
    return (
        datetime.combine(first, time.min, BANGKOK),
        datetime.combine(last + timedelta(days=1), time.min, BANGKOK),
    )


def _ordered(query: Select[Item], order: str) -> Select[Item]:
    if order == "title":
        return query.order_by(Item.sort_key, Item.id)
    return query.order_by(Item.published_at.desc(), Item.id.desc())
