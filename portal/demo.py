"""The demonstration: the handbook, and an invented town with its people, plan and store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from portal.config import Settings
from portal.db import session
from portal.demo_communities import load_communities
from portal.demo_large import (
    MEMBERS,
    POSTS,
    THREADS,
    NotOfTheDemonstration,
    Progress,
    load_large,
)
from portal.demo_meetings import load_meetings
from portal.demo_recognition import load_awards, load_expertise
from portal.demo_trainings import load_trainings
from portal.knowledge.importing import import_paths
from portal.paths import CONTENT
from portal.people import passwords
from portal.people.models import (
    ActingAppointment,
    Category,
    Group,
    GroupKind,
    GroupMembership,
    GroupRole,
    Person,
    Position,
    Posting,
    Rank,
    RoleGrant,
    RoleName,
    Unit,
    UnitKind,
)
from portal.people.settings import decide, settings_of, the_organisation
from portal.plan.models import Goal, Plan, Strategy
from portal.search.indexing import ensure_index, index_pending
from portal.training.rules import ship_rules

LARGE_FOUNDER = "chanida"
DEMO_PASSWORD = "ปลาทูไทยใจดี"  # noqa: S105 - shown on the sign-in page of the demonstration, served on 127.0.0.1 only


def load_demo(settings: Settings, *, progress: bool = False) -> str:
    """Load the town and the handbook into an empty portal; answers one line of what was done."""
    if the_organisation() is not None:
        return "there is an organisation already, nothing loaded"
    town = yaml.safe_load((CONTENT / "demo" / "town.yaml").read_text(encoding="utf-8"))
    built = _Town(town)
    organisation = built.build()
    ship_rules(organisation.id)
    report = import_paths(
        [CONTENT / "handbook", CONTENT / "demo" / "assets"],
        publish=True,
        as_person=None,
        organisation=organisation,
    )
    trainings = load_trainings(organisation, built.people)
    load_communities(organisation, built.people, town["communities"])
    load_meetings(organisation, built.people)
    load_expertise(built.people, town["expertise"])
    load_awards(built.people, town["awards"])
    session.commit()
    ensure_index(settings)
    while index_pending(settings):
        pass
    return (
        f"loaded {organisation.name}: {len(town['people'])} people, {report.new} items, {trainings} trainings"
    )


def load_large_demo(
    progress: Progress | None = None, *, threads: int = THREADS, posts: int = POSTS, members: int = MEMBERS
) -> str:
    """Add the large community to a demonstration; answers one line of what was done. The index is not made anew here.
    NotOfTheDemonstration in any other portal."""
    organisation = the_organisation()
    if organisation is None or not settings_of(organisation.id).demo:
        raise NotOfTheDemonstration
    founder = session.query(Person).filter_by(username=LARGE_FOUNDER).one()
    made = load_large(organisation, founder, threads=threads, posts=posts, members=members, progress=progress)
    added = f"added {made.name}: {members} people, {threads} threads, {posts} replies" if made else ""
    session.commit()
    session.remove()  # what makes the index afterwards writes in transactions of its own
    return added or "the large community is there already, nothing added"


@dataclass(frozen=True)
class DemoAccount:
    """An account of the town that visitors of the demonstration may use."""

    username: str
    label: str
    label_en: str


@dataclass(frozen=True)
class DemoAccounts:
    """What the sign-in page shows in demo mode, and only there."""

    password: str
    accounts: tuple[DemoAccount, ...]


def furnish(organisation: Unit) -> None:
    """Put into a new organisation what ships: the rules about trainings, and the KM handbook in its store."""
    ship_rules(organisation.id)
    import_paths([CONTENT / "handbook"], publish=True, as_person=None, organisation=organisation)


def demo_accounts() -> DemoAccounts:
    """The accounts that town.yaml marks, with the password they share."""
    town = yaml.safe_load((CONTENT / "demo" / "town.yaml").read_text(encoding="utf-8"))
    return DemoAccounts(
        DEMO_PASSWORD,
        tuple(
            DemoAccount(
                person["username"], person["demo_account"]["label"], person["demo_account"]["label_en"]
            )
            for person in town["people"]
            if "demo_account" in person
        ),
    )


class _Town:
    """Builds the rows of town.yaml; records refer to each other by their keys."""

    def __init__(self, town: Mapping[str, Any]):
        self.town = town
        self.units: dict[str, Unit] = {}
        self.positions: dict[str, Position] = {}
        self.people: dict[str, Person] = {}

    def build(self) -> Unit:
        organisation = self._organisation()
        self._units(organisation)
        self._positions(organisation)
        self._people(organisation)
        self._acting()
        self._groups(organisation)
        self._plan(organisation)
        return organisation

    def _organisation(self) -> Unit:
        given = self.town["organisation"]
        root = Unit(
            kind=UnitKind.ORGANISATION,
            code=given["code"],
            name=given["name"],
            name_en=given["name_en"],
            short_name=given["short_name"],
        )
        session.add(root)
        session.flush()
        root.organisation_id, root.path = root.id, f"/{root.id}/"
        decide(root.id, kind=given["kind"], demo=True, **given.get("settings", {}))
        self.units[root.code] = root
        return root

    def _units(self, root: Unit) -> None:
        for place, given in enumerate(self.town["units"], 1):
            parent = self.units[given.get("parent", root.code)]
            unit = Unit(
                organisation_id=root.id,
                parent_id=parent.id,
                kind=UnitKind(given["kind"]),
                code=given["code"],
                name=given["name"],
                name_en=given["name_en"],
                short_name=given.get("short_name", ""),
                place=place,
            )
            session.add(unit)
            session.flush()
            unit.path = f"{parent.path}{unit.id}/"
            self.units[unit.code] = unit

    def _positions(self, root: Unit) -> None:
        for given in self.town["positions"]:
            level = given.get("level", "")
            # The lowest level of some careers is called as the post itself: ครู.
            title = " ".join(
                part for part in (given["title"], level if level != given["title"] else "") if part
            )
            self.positions[given["id"]] = position = Position(
                organisation_id=root.id,
                unit_id=self.units[given["unit"]].id,
                title=title,
                title_en=given.get("title_en", ""),
                rank=Rank(given["rank"]),
                number=given.get("number", ""),
            )
            session.add(position)
        session.flush()
        for given in self.town["positions"]:
            if "superior" in given:
                self.positions[given["id"]].superior_id = self.positions[given["superior"]].id

    def _people(self, root: Unit) -> None:
        somebody = Person(username="somebody")
        passwords.set_password(somebody, DEMO_PASSWORD)  # argon2 is slow on purpose: once for all
        roles_from = _day(self.town.get("roles_from"))
        for given in self.town["people"]:
            person = Person(
                organisation_id=root.id,
                username=given["username"],
                prefix=given["prefix"],
                first_name=given["first_name"],
                last_name=given["last_name"],
                category=Category(given["category"]),
                email=given.get("email"),
                phone=given.get("phone", ""),
                retirement_date=_day(given.get("retirement_date")),
                password_hash=somebody.password_hash,
            )
            session.add(person)
            session.flush()
            since = _day(given["from"]) or date(2020, 10, 1)
            session.add(
                Posting(
                    person_id=person.id, position_id=self.positions[given["position"]].id, from_date=since
                )
            )
            for role in given.get("roles", ()):
                begin = max(since, roles_from) if roles_from else since
                session.add(RoleGrant(person_id=person.id, role=RoleName(role), from_date=begin))
            self.people[person.username] = person

    def _acting(self) -> None:
        for given in self.town.get("acting", ()):
            session.add(
                ActingAppointment(
                    person_id=self.people[given["by"]].id,
                    position_id=self.positions[given["position"]].id,
                    from_date=_day(given["from"]),
                    to_date=_day(given.get("until")),
                    order_number=given.get("order", ""),
                )
            )

    def _groups(self, root: Unit) -> None:
        for given in self.town["groups"]:
            group = Group(
                organisation_id=root.id,
                kind=GroupKind(given["kind"]),
                name=given["name"],
                name_en=given.get("name_en", ""),
                purpose=given.get("purpose", ""),
            )
            session.add(group)
            session.flush()
            for member in given["members"]:
                session.add(
                    GroupMembership(
                        group_id=group.id,
                        person_id=self.people[member["username"]].id,
                        role=GroupRole(member.get("role", "member")),
                        from_date=_day(given["from"]),
                    )
                )

    def _plan(self, root: Unit) -> None:
        given = self.town["plan"]
        plan = Plan(
            organisation_id=root.id,
            unit_id=root.id,
            fiscal_year=given["fiscal_year"],
            title=given["title"],
            title_en=given.get("title_en", ""),
        )
        plan.strategies = [
            Strategy(number=one["number"], title=one["title"], title_en=one.get("title_en", ""))
            for one in given["strategies"]
        ]
        session.add(plan)
        session.flush()
        by_number = {strategy.number: strategy for strategy in plan.strategies}
        plan.goals = [
            Goal(
                number=one["number"],
                title=one["title"],
                title_en=one.get("title_en", ""),
                measurable_unit=one.get("measurable_unit", ""),
                strategy_id=by_number[one["strategy"]].id if "strategy" in one else None,
            )
            for one in given["goals"]
        ]
        session.flush()


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))
