"""Administering people: accounts, links, positions, roles, leaving."""

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from portal.db import session
from portal.people.models import ActingAppointment, Person, Posting, RoleGrant, RoleName
from portal.people.permissions import is_admin
from portal.people.registering import deactivate
from portal.thai.dates import bangkok_today
from tests.making import PASSWORD, make_admin, make_person, make_position, make_unit


@pytest.fixture
def admin(app: Any) -> Person:
    return make_admin()


@pytest.fixture
def browser(admin: Person, login_as: Any) -> Any:
    return login_as(admin)


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "prefix": "นาง",
        "first_name": "พิมพ์ใจ",
        "last_name": "เงินวิจิตร",
        "username": "pimjai",
        "email": "pimjai@example.org",
        "phone": "",
        "category": "staff",
        "retirement_date": "",
        **changes,
    }


def person_called(username: str) -> Person:
    found = session.scalar(select(Person).where(Person.username == username))
    assert found is not None
    return found


def test_a_new_colleague_gets_in_with_a_one_time_link_shown_once(browser, client):
    assert browser.post("/admin/people/new", data=typed()).status_code == 302
    person = person_called("pimjai").id
    page = browser.post(f"/admin/people/{person}/link").text
    link = re.search(r'value="(http[^"]*/password/set/[^"]+)"', page)
    assert link is not None
    assert "data-copy=" in page
    assert "/password/set/" not in browser.get(f"/admin/people/{person}").text
    path = link.group(1).split("localhost", 1)[1]
    answer = client.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    session.expire_all()
    assert person_called("pimjai").password_hash is not None
    assert client.get(path).status_code == 410


def test_a_name_that_is_taken_is_said_and_nothing_typed_is_lost(browser):
    browser.post("/admin/people/new", data=typed())
    answer = browser.post("/admin/people/new", data=typed(first_name="อีกคนหนึ่ง", email=""))
    assert answer.status_code == 422
    assert "อีกคนหนึ่ง" in answer.text
    assert "พิมพ์ใจ" in answer.text


def test_a_person_is_edited(browser):
    person = make_person(username="wichai").id
    assert (
        browser.post(f"/admin/people/{person}", data=typed(username="wichai", phone="081")).status_code == 302
    )
    session.expire_all()
    assert (person_called("wichai").first_name, person_called("wichai").phone) == ("พิมพ์ใจ", "081")
    answer = browser.post(f"/admin/people/{person}", data=typed(username="ไม่ได้"))
    assert answer.status_code == 422
    assert "ไม่ได้" in answer.text


def test_people_are_found_by_name_unit_and_state_in_dictionary_order(browser):
    finance = make_unit("กองคลัง")
    make_person("เกษม", last_name="ข", unit=finance)
    make_person("กนก", last_name="ข", unit=finance)
    make_person("ขจร", last_name="ข")
    gone = make_person("คงเดช", last_name="ข")
    deactivate(gone, by=None)
    session.commit()
    finance_id = finance.id
    page = browser.get(f"/admin/people?unit={finance_id}").text
    assert "ขจร" not in page
    assert page.index("กนก") < page.index("เกษม")
    assert "คงเดช" not in browser.get("/admin/people").text
    assert "คงเดช" in browser.get("/admin/people?state=left").text
    assert "เกษม" in browser.get("/admin/people?q=เกษ").text
    assert "กนก" not in browser.get("/admin/people?q=เกษ").text
    assert browser.get("/admin/people?q=%25&page=99999&unit=x&state=y").status_code == 200
    rows = list(
        openpyxl.load_workbook(
            io.BytesIO(browser.get(f"/admin/people.xlsx?unit={finance_id}").data)
        ).active.values
    )
    assert [row[1] for row in rows[1:]] == ["กนก", "เกษม"]


def test_a_position_is_given_and_its_days_are_changed(browser):
    person, position = make_person("วิชัย").id, make_position(make_unit(), "นิติกร").id
    data = {"posting-position": position, "posting-from_date": "1 ต.ค. 2569", "posting-leaves_others": "y"}
    assert browser.post(f"/admin/people/{person}/postings", data=data).status_code == 302
    posting = session.scalar(select(Posting).where(Posting.position_id == position))
    old = session.scalar(select(Posting).where(Posting.person_id == person, Posting.position_id != position))
    assert old.to_date.isoformat() == "2026-09-30"
    wrong = browser.post(
        f"/admin/postings/{posting.id}", data={"from_date": "1/10/2569", "to_date": "1/9/2569"}
    )
    assert wrong.status_code == 422
    browser.post(f"/admin/postings/{posting.id}", data={"from_date": "1/10/2569", "to_date": "30/9/2570"})
    session.expire_all()
    assert posting.to_date.isoformat() == "2027-09-30"
    browser.post(f"/admin/postings/{posting.id}/remove")
    assert session.scalar(select(Posting).where(Posting.position_id == position)) is None


def test_an_acting_appointment_names_its_order(browser):
    person, position = make_person("วิไล").id, make_position(make_unit(), "ผู้อำนวยการ").id
    data = {"acting-position": position, "acting-from_date": "1/10/2569", "acting-order_number": "512/2569"}
    assert browser.post(f"/admin/people/{person}/acting", data=data).status_code == 302
    appointment = session.scalar(select(ActingAppointment))
    assert appointment.order_number == "512/2569"
    assert "512/2569" in browser.get(f"/admin/people/{person}").text
    browser.post(f"/admin/acting/{appointment.id}", data={"from_date": "1/10/2569", "to_date": "5/10/2569"})
    session.expire_all()
    assert appointment.to_date.isoformat() == "2026-10-05"
    browser.post(f"/admin/acting/{appointment.id}/remove")
    assert session.scalar(select(ActingAppointment)) is None


def test_the_last_admin_can_not_take_himself_away(browser, admin):
    admin_id = admin.id
    grant = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == admin_id))
    assert browser.post(f"/admin/roles/{grant}/end").status_code == 422
    assert browser.post(f"/admin/people/{admin_id}/deactivate").status_code == 422
    session.expire_all()
    assert is_admin(session.get(Person, admin_id))


def test_an_admin_who_has_a_successor_may_go(browser, admin):
    admin_id, other = admin.id, make_person("วิทยา").id
    data = {"role-role": "admin", "role-from_date": bangkok_today().isoformat()}
    assert browser.post(f"/admin/people/{other}/roles", data=data).status_code == 302
    grant = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == admin_id))
    answer = browser.post(f"/admin/roles/{grant}/end")
    assert answer.location == "/"
    assert browser.get("/admin").status_code == 403


def test_who_is_let_go_can_not_sign_in_and_who_is_taken_back_chooses_a_password(browser, client):
    person = make_person(username="leaver").id
    browser.post(f"/admin/people/{person}/deactivate")
    assert client.post("/sign-in", data={"account": "leaver", "password": PASSWORD}).status_code == 422
    browser.post(f"/admin/people/{person}/reactivate")
    assert client.post("/sign-in", data={"account": "leaver", "password": PASSWORD}).status_code == 302
    assert client.get("/").location == "/password"


def test_a_new_password_can_be_demanded(browser, login_as):
    person = make_person()
    person_id, colleague = person.id, login_as(person)
    browser.post(f"/admin/people/{person_id}/must-change-password")
    assert colleague.get("/").location == "/password"


def test_links_for_a_whole_unit_are_handed_out_as_a_table(browser):
    finance = make_unit("กองคลัง")
    waiting = make_person("ใหม่", unit=finance)
    make_person("เก่า", unit=finance)
    waiting.password_hash = None
    session.commit()
    finance_id = finance.id
    assert "ใหม่" in browser.get("/admin/people?state=no_password").text
    answer = browser.post(f"/admin/people/links.xlsx?unit={finance_id}")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert [row[1] for row in rows[1:]] == ["นางสาวใหม่ ใจเย็น"]
    assert "/password/set/" in rows[1][3]
    assert browser.post("/admin/people/links.xlsx?q=เก่า").status_code == 422


def test_the_systems_own_account_is_not_administered(browser, admin):
    system = Person(
        username="system", first_name="ระบบ", is_system=True, organisation_id=admin.organisation_id
    )
    session.add(system)
    session.commit()
    system_id = system.id
    assert browser.get(f"/admin/people/{system_id}").status_code == 404
    assert browser.post(f"/admin/people/{system_id}/link").status_code == 404


def test_a_role_ends_at_once_and_is_remembered(browser):
    person = make_person(roles=(RoleName.FACILITATOR,)).id
    grant = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == person))
    browser.post(f"/admin/roles/{grant}/end")
    session.expire_all()
    assert session.get(RoleGrant, grant).to_date == bangkok_today() - timedelta(days=1)


def test_posts_are_offered_with_unit_and_holder_the_vacant_ones_first(browser):
    works, finance = make_unit("กองช่าง"), make_unit("กองคลัง")
    make_person("สมพงษ์", last_name="ทองดี", unit=finance)
    make_position(works, "นายช่างโยธา", number="05-01")
    person = make_person("พิมพ์ใจ")
    page = browser.get(f"/admin/people/{person.id}").text
    offered = page[page.index("<optgroup") :]
    vacant = offered.index("นายช่างโยธา 05-01 · กองช่าง · ว่าง")
    held = offered.index("นักวิชาการเงินและบัญชี · กองคลัง · สมพงษ์ ทองดี")
    assert offered.index('<optgroup label="ว่าง">') < vacant
    assert vacant < offered.index('<optgroup label="มีผู้ดำรงตำแหน่ง">') < held
