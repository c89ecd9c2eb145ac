"""What processes remember must never be older than the database, nor be somebody else's."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.db import session, transaction
from portal.items import audience
from portal.items.models import Post
from portal.items.posting import write_post
from portal.items.revising import save_revision
from portal.models import metadata
from portal.people.models import GroupMembership, Person, RoleGrant, RoleName, Unit
from portal.people.permissions import is_admin
from portal.plan.models import Goal
from portal.remembering import PEOPLE, Remembered, stamp_of
from portal.templating import page_url
from portal.thai.dates import bangkok_today
from portal.web import parts
from tests.making import (
    grant_role,
    join,
    make_admin,
    make_asset,
    make_goal,
    make_group,
    make_person,
    make_unit,
)
from tests.postgresql import BOTH_DATABASES

# Tables with an item_id whose rows no page of the item shows as its own.
WITH_NO_PAGE = {"sign_in", "sign_in_attempt", "one_time_link", "api_token"}
NO_PART_OF_THE_PAGE = {
    "reading",
    "imported_item",
    "search_text",
    "subscription",
    "knowledge_need",
    "index_entry",
    "mention",
    "last_read",
    "report",
    "caution",
}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def elsewhere(statement):
    """Another process changes something."""
    session.commit()
    with transaction() as own:
        own.execute(statement)


def test_a_renamed_colleague_is_renamed_on_every_page_at_once(login_as):
    author = make_person("สมศรี")
    asset = make_asset("คู่มือรับชำระภาษี", author=author)
    browser = login_as(make_person("มานพ"))
    assert "สมศรี" in browser.get(f"/knowledge/{asset.id}").text
    elsewhere(update(Person).where(Person.id == author.id).values(first_name="สมหญิง"))
    shown = browser.get(f"/knowledge/{asset.id}").text
    assert "สมหญิง" in shown
    assert "สมศรี" not in shown


def test_a_renamed_goal_is_renamed_on_the_pages_of_what_fulfils_it(login_as):
    goal = make_goal("คู่มือครบทุกกอง")
    reader = make_person("มานพ")
    asset = make_asset(author=make_person("สมศรี"), steps=((goal.id, "KM3"),))
    browser = login_as(reader)
    assert "คู่มือครบทุกกอง" in browser.get(f"/knowledge/{asset.id}").text
    elsewhere(update(Goal).where(Goal.id == goal.id).values(title="คู่มือครบทุกงาน"))
    assert "คู่มือครบทุกงาน" in browser.get(f"/knowledge/{asset.id}").text


def test_a_new_text_and_a_new_comment_are_there_with_the_next_reading(login_as):
    author = make_person("สมศรี")
    asset = make_asset("คู่มือ", "ข้อความเดิม", author=author)
    browser = login_as(make_person("มานพ"))
    assert "ข้อความเดิม" in browser.get(f"/knowledge/{asset.id}").text
    save_revision(asset, by=author, title="คู่มือ", text="ข้อความใหม่")
    write_post(asset, by=author, text="อ่านแล้วดีมาก")
    shown = browser.get(f"/knowledge/{asset.id}").text
    assert "ข้อความใหม่" in shown
    assert "ข้อความเดิม" not in shown
    assert "อ่านแล้วดีมาก" in shown


def test_who_leaves_a_group_no_longer_sees_what_it_reads(login_as):
    person, group = make_person("มานพ"), make_group("คณะทำงานลับ")
    membership = join(person, group)
    asset = make_asset(author=make_person("สมศรี"))
    audience.open_to(asset, [f"group:{group.id}"])
    browser = login_as(person)
    assert browser.get(f"/knowledge/{asset.id}").status_code == 200
    session.delete(session.get(GroupMembership, membership.id))
    assert browser.get(f"/knowledge/{asset.id}").status_code == 404


def test_an_admin_whose_role_ended_yesterday_finds_no_administration_on_the_page_today(login_as, monkeypatch):
    person = make_person("มานพ")
    grant_role(person, RoleName.ADMIN, to_date=bangkok_today())
    browser = login_as(person)
    assert 'href="/admin' in browser.get("/knowledge").text
    tomorrow = bangkok_today().replace(year=bangkok_today().year + 1)
    for module in ("portal.people.audiences", "portal.home.frame"):
        monkeypatch.setattr(f"{module}.bangkok_today", lambda: tomorrow)
    assert 'href="/admin' not in browser.get("/knowledge").text


def test_a_person_who_was_deactivated_is_signed_out_with_the_next_page(login_as):
    person = make_person("มานพ")
    browser = login_as(person)
    assert browser.get("/me").status_code == 200
    elsewhere(update(Person).where(Person.id == person.id).values(deactivated_at=person.created_at))
    assert browser.get("/me").status_code == 302


def test_one_readers_page_is_never_shown_to_another(login_as):
    author = make_person("สมศรี")
    asset = make_asset("คู่มือ", author=author)
    pages = {
        name: login_as(person).get(f"/knowledge/{asset.id}").text
        for name, person in (("author", author), ("reader", make_person("มานพ")), ("admin", make_admin()))
    }
    assert f"/knowledge/{asset.id}/edit" in pages["author"]
    assert f"/knowledge/{asset.id}/edit" not in pages["reader"]
    assert "/admin" not in pages["reader"]
    assert "/admin" in pages["admin"]
    assert "มานพ" not in pages["author"]


def test_each_answer_carries_its_own_tokens_and_no_mark(app, login_as):
    """The author's page has forms of every make: a comment, a question before retiring, the frame's."""
    author = make_person("สมศรี")
    asset = make_asset(author=author)
    browsers = [login_as(author) for _ in range(2)]
    app.config["WTF_CSRF_ENABLED"] = True
    shown = [browser.get(f"/knowledge/{asset.id}").text for browser in browsers]
    tokens = [set(re.findall('name="csrf_token" value="([^"]*)"', text)) for text in shown]
    keys = [re.findall('name="send_key" value="([^"]*)"', text) for text in shown]
    assert [len(found) for found in tokens] == [1, 1]
    assert tokens[0] != tokens[1]
    assert keys[0] != keys[1]
    for text in shown:
        assert text.count('name="csrf_token"') >= 4
        assert parts.place_of("csrf_token") not in text
        assert parts.place_of("send_key") not in text


def test_what_was_searched_for_stays_in_the_box_and_is_escaped(login_as):
    browser = login_as(make_person("มานพ"))
    assert 'value="ภาษี&#34;&gt;&lt;b&gt;"' in browser.get('/search?q=ภาษี"><b>').text
    assert "ภาษี&#34;" not in browser.get("/search?q=น้ำ").text


def test_what_was_not_committed_is_not_remembered(app):
    make_unit("กองคลัง")
    kept = Remembered[str, int](most=5)
    made = iter(range(10))

    def get():
        return kept.get(session(), PEOPLE, "number", lambda: next(made))

    assert [get(), get()] == [0, 0]
    session.add(Unit(kind="division", name="กองช่าง", code="X9"))
    session.flush()
    assert stamp_of(session(), PEOPLE) is None
    assert [get(), get()] == [1, 2]
    session.rollback()
    session.remove()
    assert get() == 0


def test_the_least_used_is_dropped_first(app):
    kept = Remembered[str, str](most=2)
    for key in ("ก", "ข", "ก", "ค"):
        kept.under("s", key, lambda key=key: key)
    assert kept.under("s", "ก", lambda: "made again") == "ก"
    assert kept.under("s", "ข", lambda: "made again") == "made again"


def test_every_table_says_what_changes_with_it():
    mappers = {mapper.local_table.name: mapper.class_ for mapper in Person.registry.mappers}
    for name, table in metadata.tables.items():
        if "item_id" in table.columns and name not in NO_PART_OF_THE_PAGE:
            assert "item:{0.item_id}" in mappers[name].renews, name
    for name, kind in mappers.items():
        if kind.__module__ == "portal.people.models" and name not in WITH_NO_PAGE:
            assert kind.renews == (PEOPLE,), name


def test_a_deleted_draft_is_not_shown_from_memory(login_as):
    author = make_person("สมศรี")
    asset_id = make_asset(author=author, published=False).id
    browser = login_as(author)
    assert browser.get(f"/knowledge/{asset_id}").status_code == 200
    assert browser.post(f"/knowledge/{asset_id}/delete").status_code == 302
    assert browser.get(f"/knowledge/{asset_id}").status_code == 404


def test_a_right_that_was_taken_back_before_it_was_committed_is_not_remembered(app):
    person = make_person("มานพ")
    person_id = person.id
    assert not is_admin(person)
    session.add(RoleGrant(person_id=person_id, role=RoleName.ADMIN, from_date=bangkok_today()))
    assert is_admin(person)  # asks, and so writes what is pending
    session.rollback()
    session.remove()
    assert not is_admin(session.get(Person, person_id))


def test_a_change_inside_savepoints_is_known_everywhere_after_the_commit(app):
    unit = make_unit("กองคลัง")
    before = stamp_of(session(), PEOPLE)
    unit.name = "กองคลังใหม่"
    with session.begin_nested() as outer:
        with session.begin_nested():
            session.add(Unit(kind="division", name="กองช่าง", code="X9"))
        outer.rollback()
    session.commit()
    assert stamp_of(session(), PEOPLE) != before


def test_statements_that_change_parts_of_items_unseen_are_refused(app):
    with pytest.raises(RuntimeError, match="can't be told"):
        session.execute(update(Post).values(text=""))


def test_what_weighs_too_much_is_not_kept_and_the_rest_stays_within_bounds():
    kept = Remembered[str, str](most=100, weigh=len)
    for key, text in (("ก", "x" * 9), ("ข", "x" * 11), ("ค", "x" * 9)):
        kept.under("s", key, lambda text=text: text)
    assert kept.kept("s", "กขค") == {"ก": "x" * 9, "ค": "x" * 9}
    for number in range(30):
        kept.under("s", str(number), lambda: "y" * 9)
    assert sum(map(len, kept.kept("s", ["ก", "ค", *map(str, range(30))]).values())) <= 100


def test_somebody_whose_posting_ended_no_longer_sees_his_former_unit(login_as):
    unit = make_unit("กองคลัง")
    person = make_person("มานพ", unit=unit)
    asset = make_asset(author=make_person("สมศรี", unit=unit), unit=unit, readers="unit")
    browser = login_as(person)
    assert browser.get(f"/knowledge/{asset.id}").status_code == 200
    person.postings[0].to_date = bangkok_today() - timedelta(days=1)
    person.postings[0].from_date = bangkok_today() - timedelta(days=2)
    assert browser.get(f"/knowledge/{asset.id}").status_code == 404


def test_a_whole_address_is_never_that_of_another_browsers_host(app):
    for host in ("one.example.org", "two.example.org"):
        with app.test_request_context("/", base_url=f"https://{host}/"):
            assert page_url("home.first_page", _external=True) == f"https://{host}/"
            assert page_url("home.first_page") == "/"
