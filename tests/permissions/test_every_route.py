"""Every route of the portal, and what four people get from it around an asset that is open to one unit only.

A route that is in no table fails the suite: whoever adds one says here who may.
"""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items.models import Attachment, Post
from portal.people.models import RoleName
from portal.plan.steps import STEPS
from tests.making import make_asset, make_organisation, make_person, make_plan, make_unit
from tests.permissions.test_scenarios import attach_picture
from tests.postgresql import BOTH_DATABASES

OPEN, SIGN_IN, HIDDEN, REFUSED = "open", "sign-in", "hidden", "refused"
CAST = ("visitor", "outsider", "author", "admin")
# The admin is an outsider to the unit: administering people does not open their texts.
EVERYBODY = (OPEN, OPEN, OPEN, OPEN)
STAFF = (SIGN_IN, OPEN, OPEN, OPEN)
READERS = (SIGN_IN, HIDDEN, OPEN, HIDDEN)
READERS_AND_PUBLIC_DOOR = (HIDDEN, HIDDEN, OPEN, HIDDEN)
PLANNERS = (SIGN_IN, REFUSED, REFUSED, OPEN)
ADMINS = (SIGN_IN, REFUSED, REFUSED, OPEN)

ROUTES = {
    "api.openapi": EVERYBODY,
    "api.search": EVERYBODY,
    "attachments.choose": STAFF,
    "attachments.fetch": READERS_AND_PUBLIC_DOOR,
    "attachments.take_away": READERS,
    "attachments.upload": STAFF,
    "drafts.drop": STAFF,
    "drafts.save": STAFF,
    "drafts.show": STAFF,
    "drafts.throw_away": STAFF,
    "evidence.show_coverage": STAFF,
    "home.edit_site_page": ADMINS,
    "home.first_page": EVERYBODY,
    "home.show_emblem": (HIDDEN, HIDDEN, HIDDEN, HIDDEN),  # none was chosen
    "home.show_site_page": EVERYBODY,
    "items.comment": READERS,
    "items.hide": READERS,
    "items.show_item": READERS_AND_PUBLIC_DOOR,
    "knowledge.begin_from_file": STAFF,
    "knowledge.delete_asset": (SIGN_IN, HIDDEN, REFUSED, HIDDEN),  # published things are never deleted
    "knowledge.download_list": STAFF,
    "knowledge.download_text": READERS,
    "knowledge.edit_asset": READERS,
    "knowledge.list_assets": EVERYBODY,
    "knowledge.preview": STAFF,
    "knowledge.publish_asset": READERS,
    "knowledge.retire_asset": READERS,
    "knowledge.show_asset": READERS_AND_PUBLIC_DOOR,
    "knowledge.show_history": READERS,
    "knowledge.show_revision": READERS,
    "knowledge.write_asset": STAFF,
    "people.change_password": STAFF,
    "people.forgotten_password": EVERYBODY,
    "people.set_password": EVERYBODY,  # the secret decides; a wrong one says so
    "people.sign_in": EVERYBODY,
    "people.sign_out": STAFF,
    "people.sign_out_everywhere": STAFF,
    "plan.edit_plan": PLANNERS,
    "plan.list_plans": STAFF,
    "plan.make_plan": PLANNERS,
    "plan.show_plan": STAFF,
    "plan.show_step": EVERYBODY,
    "plan.show_year": STAFF,
    "profiles.download_people": STAFF,
    "profiles.list_people": STAFF,
    "profiles.my_page": STAFF,
    "profiles.show_person": STAFF,
    "search.results": EVERYBODY,
    "setup.first_run": (HIDDEN, HIDDEN, HIDDEN, HIDDEN),  # the organisation is there
    "web.choose_language": EVERYBODY,
    "web.health": EVERYBODY,
    "web.understand_date": STAFF,
}
ROOMS = {"admin": ADMINS}


ENDS_THE_SESSION = {"people.sign_out", "people.sign_out_everywhere", "people.sign_in"}


def expected(endpoint):
    return ROUTES.get(endpoint) or ROOMS.get(endpoint.split(".")[0])


def test_every_route_says_who_may(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert [endpoint for endpoint in sorted(endpoints) if expected(endpoint) is None] == []
    assert set(ROUTES) - endpoints == set(), "a route that is gone stands in the table"


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.mark.parametrize("who", CAST)
def test_every_route_gives_everybody_what_the_table_says(app, login_as, who):
    make_organisation()
    unit = make_unit("กองคลัง")
    people = {
        "visitor": None,
        "outsider": make_person(unit=make_unit("กองช่าง")),
        "author": make_person(unit=unit),
        "admin": make_person(unit=make_unit("กองสวัสดิการสังคม"), roles=(RoleName.ADMIN,)),
    }
    spare = make_person("คนที่ถูกย้าย", unit=unit)  # the admin's acts are tried on him
    posting_id, position_id = spare.postings[0].id, spare.postings[0].position_id
    plan = make_plan(2570)
    author = login_as(people["author"])
    wrong, browser = [], None
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if rule.endpoint == "static":
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            asset = make_asset(author=people["author"], unit=unit, readers="unit")
            if browser is None:
                browser = login_as(people[who]) if people[who] else app.test_client()
            ids = {
                "asset_id": asset.id,
                "item_id": asset.id,
                "attachment_id": attachment_of(asset, author, rule),
                "post_id": post_of(asset, author, rule),
                "plan_id": plan.id,
                "person_id": spare.id,
                "unit_id": unit.id,
                "position_id": position_id,
                "posting_id": posting_id,
                "number": 1,
                "year": 2570,
                "name": "ภาพ.png",
                "slug": "privacy" if rule.endpoint.startswith("home.") else "x",
                "code": next(iter(STEPS)),
                "form": "knowledge-new-0123456789abcdef",
                "secret": "wrong",
            }
            values = {name: ids.get(name, 1) for name in rule.arguments}
            got = category(browser.open(rule.build(values)[1], method=method))
            if rule.endpoint in ENDS_THE_SESSION:
                browser, author = None, login_as(people["author"])
            allowed = {expected(rule.endpoint)[CAST.index(who)]}
            if rule.endpoint.startswith("admin.") and allowed != {SIGN_IN}:
                allowed.add(HIDDEN)  # for what is not there, like the first mail
            if got not in allowed:
                wrong.append(f"{method} {rule.rule}: {got}, not {' or '.join(sorted(allowed))}")
    assert wrong == []


def category(answer):
    """What the answer means to the person; "open" is also a form that was sent back for being empty."""
    if answer.status_code == 401 or (answer.status_code == 302 and answer.location.startswith("/sign-in?")):
        return SIGN_IN
    if answer.status_code in (403, 404):
        return REFUSED if answer.status_code == 403 else HIDDEN
    assert answer.status_code < 500, answer.text
    return OPEN


def attachment_of(asset, author, rule):
    if "attachment_id" not in rule.arguments:
        return 0
    return attach_picture(author, asset) or session.scalars(select(Attachment.id)).first()


def post_of(asset, author, rule):
    if "post_id" not in rule.arguments:
        return 0
    author.post(f"/items/{asset.id}/comments", data={"text": "ความเห็น"})
    return session.scalars(select(Post.id).where(Post.item_id == asset.id)).one()
