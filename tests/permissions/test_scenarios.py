"""Who sees what: each scenario is asserted as rule, query, page, search, file and API at once.

A second table names, for every route of the portal, what a visitor, a colleague and an admin get; a route that is in
no table fails the suite.
"""

import io
from dataclasses import dataclass

import pytest
from PIL import Image
from sqlalchemy import select

from portal.db import now, session
from portal.items.models import Attachment, Item
from portal.items.permissions import can_see
from portal.knowledge.models import KnowledgeAsset
from portal.people.audiences import holds_one_of
from portal.people.models import Person, Rank, RoleName
from portal.people.tokens import make_token
from portal.search.indexing import ensure_index, index_pending
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.comparing import without_tokens
from tests.making import (
    act_for,
    join,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)
from tests.postgresql import BOTH_DATABASES

WORD = "ปลากระป๋องตราเรือใบ"  # in the restricted text and nowhere else


@dataclass
class Scene:
    """An asset, its picture, and the people around it."""

    asset: KnowledgeAsset
    people: dict


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def index(settings):
    """Brings the index up to date, as the worker would."""
    ensure_index(settings)

    def bring_up_to_date():
        while index_pending(settings):
            pass

    return bring_up_to_date


def scene(readers, *, published=True):
    organisation = make_organisation()
    finance, works = make_unit("กองคลัง"), make_unit("กองช่าง")
    tax = make_unit("ฝ่ายพัฒนารายได้", parent=finance)
    author = make_person("สมพงษ์", unit=finance)
    people = {
        "visitor": None,
        "author": author,
        "colleague of the unit": make_person("มาลี", unit=finance),
        "colleague in a unit below": make_person("วันดี", unit=tax),
        "colleague of another unit": make_person("สมชาย", unit=works),
        "head of another unit": make_person("ช่างใหญ่", unit=works, rank=Rank.HEAD),
        "mayor": make_person("นายก", unit=organisation, rank=Rank.CHIEF_EXECUTIVE),
        "admin": make_person("ธิดา", unit=works, roles=(RoleName.ADMIN,)),
        "who has left": make_person("ลาออก", unit=finance),
        "who acts in another unit": make_person("รักษาการ", unit=works),
    }
    act_for(people["who acts in another unit"], make_position(finance, rank=Rank.STAFF))
    join(people["colleague of another unit"], make_group("กลุ่มอื่น"))
    people["who has left"].deactivated_at = now()
    asset = make_asset(
        f"เรื่องของ{WORD}",
        f"ข้อความ {WORD} อยู่ตรงนี้",
        author=author,
        unit=finance,
        readers=readers,
        published=published,
    )
    return Scene(asset, people)


EVERYBODY = {
    "visitor", "author", "colleague of the unit", "colleague in a unit below", "colleague of another unit",
    "head of another unit", "mayor", "admin", "who has left", "who acts in another unit",
}  # fmt: skip
STAFF = EVERYBODY - {"visitor", "who has left"}
UNIT = {"author", "colleague of the unit", "colleague in a unit below", "mayor", "who acts in another unit"}

SCENARIOS = [
    ("a public asset is read by everybody", "public", True, EVERYBODY),
    ("an asset of the organisation is read by its staff", "organisation", True, STAFF),
    ("an asset of a unit is read by the unit, those below and those above", "unit", True, UNIT),
    ("a draft is its author's alone, whoever it is meant for", "public", False, {"author"}),
]


@pytest.mark.parametrize(
    ("name", "readers", "published", "seen_by"), SCENARIOS, ids=[row[0] for row in SCENARIOS]
)
def test_rule_query_page_search_file_and_api_agree(app, login_as, index, name, readers, published, seen_by):
    stage = scene(readers, published=published)
    browsers = {
        who: app.test_client() if person is None or not person.is_active else login_as(person)
        for who, person in stage.people.items()
    }
    picture = attach_picture(browsers["author"], stage.asset)
    tokens = {who: make_token(person) for who, person in stage.people.items() if person is not None}
    session.commit()
    index()
    for who, person in stage.people.items():
        sees = who in seen_by
        asset = session.get(KnowledgeAsset, stage.asset.id)
        assert can_see(person, asset) == sees, f"rule: {who}"
        if person is not None and person.is_active:
            holders = select(Person).where(holds_one_of(row.token for row in asset.audience))
            assert (person in session.scalars(holders).all()) == sees, f"query of its readers: {who}"
        assert (asset in session.scalars(Item.visible_to(person)).all()) == sees, f"query: {who}"
        page = browsers[who].get(f"/knowledge/{asset.id}")
        assert page.status_code == (200 if sees else 404), f"page: {who}"
        assert (WORD in page.text) == sees, f"page text: {who}"
        listed = browsers[who].get("/knowledge").text
        assert (WORD in listed) == (sees and published), f"list: {who}"
        assert (WORD in browsers[who].get("/").text) == (sees and (published or who == "author")), (
            f"first page: {who}"
        )
        file = browsers[who].get(f"/files/{picture}")
        assert file.status_code == (200 if sees else 404), f"file: {who}"
        found = search(SearchQuery.from_args({"q": WORD}), person)
        assert (asset.id in [result.item.id for result in found.results]) == (sees and published), (
            f"search: {who}"
        )
        assert bool(found.total) == (sees and published), f"count: {who}"
        answer = browsers[who].get(f"/search?q={WORD}")
        assert (f"/knowledge/{asset.id}" in answer.text) == (sees and published), f"search page: {who}"
        header = {"Authorization": f"Bearer {tokens[who]}"} if who in tokens else {}
        api = app.test_client().get(f"/api/v1/search?q={WORD}", headers=header)
        if person is not None and not person.is_active:
            assert api.json.get("total", 0) == (1 if sees and published else 0) or api.status_code == 401
        else:
            assert (api.json["total"] == 1) == (sees and published), f"API: {who}"


def attach_picture(browser, asset):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    picture.seek(0)
    answer = browser.post(
        "/files",
        data={"file": (picture, "ภาพประกอบ.png"), "item_id": asset.id},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code in (200, 201), answer.text
    return session.scalars(select(Attachment.id).where(Attachment.item_id == asset.id)).one()


def test_hidden_and_missing_look_the_same(client):
    stage = scene("unit")
    hidden, missing = client.get(f"/knowledge/{stage.asset.id}"), client.get("/knowledge/999999")
    assert hidden.status_code == missing.status_code == 404
    assert without_numbers(hidden.text) == without_numbers(missing.text)


def without_numbers(page):
    return "".join(char for char in without_tokens(page) if not char.isdigit() and char not in "abcdef")


def test_somebody_who_is_moved_loses_access_with_the_day(login_as):
    stage = scene("unit")
    person = stage.people["colleague of the unit"]
    browser = login_as(person)
    assert browser.get(f"/knowledge/{stage.asset.id}").status_code == 200
    posting = person.postings[0]
    posting.position_id = make_position(make_unit("กองใหม่")).id
    session.commit()
    assert browser.get(f"/knowledge/{stage.asset.id}").status_code == 404
