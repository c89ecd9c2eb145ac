"""Two towns with everything in them, one in which all that people wrote is English, one in which it is Thai.

What a page shows beside their words is the portal's own, so a letter of the other language gives a missing translation
away. `EXAMPLES` says with which arguments each route is opened; a route with parameters and no example fails the crawl.
"""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from portal import db, templating, translating
from portal.app import create_app
from portal.config import Settings
from portal.db import session
from portal.items.models import Origin
from portal.items.posting import hide_post, write_post
from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.knowledge.publishing import retire
from portal.knowledge.writing import save
from portal.people.models import GroupKind, Person, Rank, RoleName
from portal.people.passwords import make_link
from portal.plan.models import Goal, Plan, Strategy
from portal.plan.running import this_fiscal_year
from portal.thai.numerals import Numerals
from tests.making import (
    PASSWORD,
    act_for,
    grant_role,
    join,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)

EMBLEM = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\x9d\xb5\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass(frozen=True)
class Wording:
    """What the people of a town write, in one language."""

    town: str
    unit: str
    work: str
    prefix: str
    last_name: str
    names: dict[str, str]
    post: str
    head: str
    group: str
    plan: str
    strategy: str
    goal: str
    measured: str
    title: str
    text: str
    note: str
    tag: str
    comment: str
    reason: str
    contact: str
    file: str


ENGLISH = Wording(
    town="Quiet River Town",
    unit="Finance Division",
    work="Revenue",
    prefix="Ms.",
    last_name="Calm",
    names={"staff": "Mary", "km_team": "Nora", "admin": "Alice"},
    post="Revenue officer",
    head="Head of Finance",
    group="Team of the river",
    plan="What we want to know",
    strategy="Able people",
    goal="A manual in every unit",
    measured="Manuals that are in use",
    title="Collecting the land tax",
    text="## Before noon\n\nCount the money twice.\n\n| Form | Where |\n|---|---|\n| Land | Desk |\n\n"
    "## After noon\n\n* Lock the box\n* Sign the book\n\n### When it rains\n\nStay inside.\n",
    note="Clearer words",
    tag="tax",
    comment="Tried it, works.",
    reason="Written twice",
    contact="Ask at the front desk",
    file="receipt.png",
)
THAI = Wording(
    town="เทศบาลตำบลริมน้ำเงียบ",
    unit="กองคลัง",
    work="งานพัฒนารายได้",
    prefix="นางสาว",
    last_name="ใจเย็น",
    names={"staff": "มาลี", "km_team": "นารี", "admin": "ธิดา"},
    post="นักวิชาการจัดเก็บรายได้",
    head="ผู้อำนวยการกองคลัง",
    group="คณะทำงานริมน้ำ",
    plan="เรื่องที่เราอยากรู้",
    strategy="พัฒนาบุคลากร",
    goal="คู่มือครบทุกส่วนราชการ",
    measured="คู่มือที่ใช้งานอยู่",
    title="การรับชำระภาษีที่ดิน",
    text="## ก่อนเที่ยง\n\nนับเงินสองรอบ\n\n| แบบ | ที่ยื่น |\n|---|---|\n| ที่ดิน | โต๊ะหน้า |\n\n"
    "## หลังเที่ยง\n\n* ปิดกล่อง\n* ลงชื่อในสมุด\n\n### เมื่อฝนตก\n\nอยู่ข้างใน\n",
    note="ใช้คำที่ชัดขึ้น",
    tag="ภาษี",
    comment="ลองทำแล้ว ได้ผล",
    reason="เขียนซ้ำ",
    contact="สอบถามที่โต๊ะหน้า",
    file="ใบเสร็จ.png",
)
CAST = ("visitor", "staff", "km_team", "admin")


@dataclass
class Town:
    """A portal with a town in it. `cast` are the people who open pages; ids name an example of each thing."""

    app: Flask
    words: Wording
    cast: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def browser_of(self, who: str) -> FlaskClient:
        """A browser in which one of the cast is signed in, through the page; `visitor` is not."""
        browser = self.app.test_client()
        if who != "visitor":
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/sign-in").text)
            assert token is not None
            answer = browser.post(
                "/sign-in",
                data={
                    "account": self.cast[who].username,
                    "password": PASSWORD,
                    "csrf_token": html.unescape(token[1]),
                },
            )
            assert answer.status_code == 302, answer.text
        return browser


@contextmanager
def town(place: Path, empty_database: bytes, words: Wording, **decisions: Any) -> Iterator[Town]:
    """A portal of its own below `place`, with forms protected as in use."""
    place.mkdir(parents=True)
    (place / "portal.db").write_bytes(empty_database)
    app = create_app(
        Settings.from_environment(
            {
                "PORTAL_DATABASE_URL": f"sqlite:///{place / 'portal.db'}",
                "PORTAL_FILES_DIR": str(place / "files"),
                "PORTAL_SEARCH_INDEX_DIR": str(place / "index"),
                "PORTAL_LOG_DIR": str(place / "logs"),
                "PORTAL_SECRET_KEY": "tests only",
            }
        ),
        testing=True,
    )
    translating.speak("th")
    with app.app_context():
        found = Town(app, words)
        _settle(found, decisions)
    try:
        yield found
    finally:
        templating.numerals.set(Numerals.ARABIC)  # what the last request chose stays with the thread
        db.session.remove()
        db.bound_engine().dispose()


def _settle(town: Town, decisions: dict[str, Any]) -> None:
    words = town.words
    organisation = make_organisation(words.town, contact=words.contact, **decisions)
    unit = make_unit(words.unit)
    work = make_unit(words.work, parent=unit)
    people = {"prefix": words.prefix, "last_name": words.last_name}
    for who, name in words.names.items():
        town.cast[who] = make_person(name, username=f"{who.replace('_', '')}", unit=work, **people)
    staff, admin = town.cast["staff"], town.cast["admin"]
    staff.email, staff.phone = "staff@example.org", ""
    for person in town.cast.values():
        person.postings[0].position.title = words.post
    grant_role(admin, RoleName.ADMIN)
    grant_role(staff, RoleName.PRACTITIONER)
    group = make_group(words.group, GroupKind.KM_TEAM)
    join(town.cast["km_team"], group)
    head = make_position(unit, words.head, rank=Rank.HEAD)
    act_for(town.cast["km_team"], head)
    plan = Plan(
        organisation_id=organisation.id,
        unit_id=organisation.id,
        fiscal_year=this_fiscal_year(),
        title=words.plan,
        strategies=[Strategy(number=1, title=words.strategy)],
        goals=[Goal(number=1, title=words.goal, measurable_unit=words.measured)],
    )
    plan.goals[0].strategy = plan.strategies[0]
    session.add(plan)
    session.commit()
    asset = make_asset(
        words.title,
        words.text,
        author=staff,
        unit=work,
        readers="public",
        steps=((plan.goals[0].id, "KM3"), (None, "CM2")),
        tags=(words.tag,),
    )
    save(
        asset,
        by=staff,
        title=words.title,
        text=words.text + words.note,
        kind=AssetKind.MANUAL,
        knowledge=KnowledgeForm.TACIT,
        tags=(words.tag,),
        note=words.note,
    )
    # A draft and a retired one of each of the cast who writes, so that every state of the page is looked at.
    drafts = {
        who: make_asset(words.title, words.text, author=town.cast[who], published=False) for who in town.cast
    }
    gone = make_asset(words.title, words.text, author=staff, kind=AssetKind.STORY)
    retire(gone, by=staff)
    grown = make_asset(words.title, words.text, author=staff, kind=AssetKind.QA, readers="unit", unit=work)
    session.add(Origin(item_id=grown.id, from_item_id=asset.id, excerpt=words.note))
    posts = [write_post(asset, by=person, text=words.comment, send_key=None) for person in town.cast.values()]
    hide_post(write_post(asset, by=staff, text=words.comment, send_key=None), by=staff, reason=words.reason)
    session.commit()
    town.ids.update(
        organisation=organisation.id,
        unit=unit.id,
        work=work.id,
        staff=staff.id,
        group=group.id,
        head=head.id,
        plan=plan.id,
        year=plan.fiscal_year,
        goal=plan.goals[0].id,
        asset=asset.id,
        drafts={who: draft.id for who, draft in drafts.items()},
        retired=gone.id,
        grown=grown.id,
        post=posts[0].id,
        secret=make_link(town.cast["km_team"], by=admin),
    )
    session.commit()


# Route -> the sets of arguments it is opened with. What is no parameter of the route goes into the query string.
Arguments = dict[str, Any]
EXAMPLES: dict[str, Callable[[Town], list[Arguments]]] = {
    "drafts.show": lambda town: [{"form": "knowledge-new"}],
    "evidence.show_coverage": lambda town: [{"plan_id": town.ids["plan"]}],
    "home.edit_site_page": lambda town: [{"slug": "contact"}],
    "home.show_site_page": lambda town: [
        {"slug": slug} for slug in ("privacy", "cookies", "policy", "contact")
    ],
    "items.hide": lambda town: [{"post_id": town.ids["post"]}],
    "items.show_item": lambda town: [{"item_id": town.ids["asset"]}],
    "knowledge.download_text": lambda town: [{"asset_id": town.ids["asset"]}],
    "knowledge.edit_asset": lambda town: [
        {"asset_id": town.ids["asset"]},
        *({"asset_id": draft} for draft in town.ids["drafts"].values()),
    ],
    "knowledge.list_assets": lambda town: [
        {},
        {
            "kind": "manual",
            "unit": town.ids["unit"],
            "step": "KM3",
            "goal": town.ids["goal"],
            "order": "title",
        },
        {"kind": "minutes"},
    ],
    "knowledge.show_asset": lambda town: [
        {"asset_id": town.ids["asset"]},
        {"asset_id": town.ids["retired"]},
        {"asset_id": town.ids["grown"]},
        *({"asset_id": draft} for draft in town.ids["drafts"].values()),
    ],
    "knowledge.show_history": lambda town: [{"asset_id": town.ids["asset"]}],
    "knowledge.show_revision": lambda town: [{"asset_id": town.ids["asset"], "number": n} for n in (1, 2)],
    "knowledge.write_asset": lambda town: [{}, {"from": town.ids["asset"]}],
    "people.set_password": lambda town: [{"secret": town.ids["secret"]}],
    "plan.edit_plan": lambda town: [{"plan_id": town.ids["plan"]}],
    "plan.show_plan": lambda town: [{"plan_id": town.ids["plan"]}],
    "plan.show_step": lambda town: [{"code": code} for code in ("KM7", "CM4")],
    "plan.show_year": lambda town: [{"year": town.ids["year"]}],
    "search.results": lambda town: [
        {},
        {"q": town.words.tag},
        {"q": town.words.tag * 3},
        {"q": town.words.tag, "kind": "story"},
    ],
}
