"""Colleagues: the directory, a profile, one's own page."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from portal.db import session
from portal.paths import STATIC
from portal.people.models import Person, Rank, RoleName
from portal.people.registering import deactivate
from portal.people.sign_in_models import SignIn
from portal.profiles.browsers import name_of_browser
from tests.making import (
    PASSWORD,
    act_for,
    join,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)


def test_the_directory_and_profiles_are_for_colleagues_only(client):
    person = make_person("พิมพ์ใจ", phone="0-0000-0120").id
    for url in ("/people", "/people.xlsx", f"/people/{person}", "/me"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "0-0000-0120" not in answer.text


def test_a_colleague_is_found_by_part_of_the_name_and_by_unit(login_as):
    finance = make_unit("กองคลัง")
    make_person("พิมพ์ใจ", last_name="เงินวิจิตร", unit=finance)
    make_person("วิชัย", last_name="แสงดี")
    finance_id = finance.id
    browser = login_as(make_person("มาลี"))
    assert "พิมพ์ใจ" in browser.get("/people?q=วิจิตร").text
    assert "วิชัย" not in browser.get("/people?q=วิจิตร").text
    assert "วิชัย" not in browser.get(f"/people?unit={finance_id}").text
    assert browser.get("/people?q=นางสาวพิมพ์ใจ").text.count("เงินวิจิตร") == 1
    rows = list(
        openpyxl.load_workbook(io.BytesIO(browser.get(f"/people.xlsx?unit={finance_id}").data)).active.values
    )
    assert [row[0] for row in rows[1:]] == ["นางสาวพิมพ์ใจ เงินวิจิตร"]


def test_who_has_left_is_not_in_the_directory_but_the_profile_stands_without_contact(login_as):
    gone = make_person("คงเดช", phone="0-0000-0999")
    deactivate(gone, by=None)
    session.commit()
    gone_id = gone.id
    browser = login_as(make_person("มาลี"))
    assert "คงเดช" not in browser.get("/people?state=all").text
    page = browser.get(f"/people/{gone_id}")
    assert page.status_code == 200
    assert "คงเดช" in page.text
    assert "0-0000-0999" not in page.text


def test_a_profile_shows_post_unit_contact_roles_groups_and_chain(login_as):
    division = make_unit("กองคลัง")
    head = make_position(division, "ผู้อำนวยการกองคลัง", rank=Rank.HEAD)
    act_for(make_person("อนงค์"), head)
    person = make_person("พิมพ์ใจ", unit=division, phone="0-0000-0120", roles=(RoleName.NOTE_TAKER,))
    join(person, make_group("คณะทำงานประปา"))
    person_id = person.id
    page = login_as(make_person("มาลี")).get(f"/people/{person_id}").text
    for shown in ("นักวิชาการเงินและบัญชี", "กองคลัง", "0-0000-0120", "คณะทำงานประปา", "ผู้อำนวยการกองคลัง", "อนงค์"):
        assert shown in page
    assert f"/admin/people/{person_id}" not in page


@pytest.mark.parametrize("url", ["/people/999", "/people/99999999999", "/people/0"])
def test_a_profile_of_nobody_is_not_there(url, login_as):
    assert login_as(make_person()).get(url).status_code == 404


def test_the_systems_account_has_no_profile(login_as):
    system = Person(
        username="system", first_name="ระบบ", is_system=True, organisation_id=make_organisation().id
    )
    session.add(system)
    session.commit()
    system_id = system.id
    browser = login_as(make_person())
    assert browser.get(f"/people/{system_id}").status_code == 404
    assert ">ระบบ<" not in browser.get("/people").text


def test_everybody_edits_his_own_contact_language_and_numerals_and_nothing_else(login_as):
    me = make_person("มาลี", username="malee")
    my_id, browser = me.id, login_as(me)
    data = {
        "phone": "081-000-0000",
        "email": "Malee@Example.org",
        "language": "en",
        "numerals": "thai",
        "current": PASSWORD,
        "username": "boss",
    }
    assert browser.post("/me", data=data).status_code == 302
    session.expire_all()
    saved = session.get(Person, my_id)
    assert (saved.phone, saved.email, saved.language, saved.numerals) == (
        "081-000-0000",
        "malee@example.org",
        "en",
        "thai",
    )
    assert saved.username == "malee"
    page = browser.get("/me").text
    assert '<html lang="en"' in page
    assert "Saved." in page, "confirmed in the language that was chosen"


def test_lists_in_articles_are_numbered_as_the_reader_writes_numbers(login_as):
    browser = login_as(make_person("มาลี", numerals="thai"))
    assert '<html lang="th" class="thai-numerals">' in browser.get("/me").text
    assert (
        ".thai-numerals .prose ol { list-style-type: thai; }" in (STATIC / "css/components.css").read_text()
    )
    assert "thai-numerals" not in login_as(make_person("ปรีชา", numerals="arabic")).get("/me").text


def test_an_address_that_is_taken_is_said_beside_its_field_and_what_was_typed_stays(login_as):
    make_person(email="taken@example.org")
    browser = login_as(make_person("มาลี"))
    for email in ("taken@example.org", "no address"):
        answer = browser.post(
            "/me",
            data={
                "phone": "081-222-3333",
                "email": email,
                "current": PASSWORD,
                "language": "",
                "numerals": "",
            },
        )
        assert answer.status_code == 422
        assert email in answer.text
        assert "081-222-3333" in answer.text


def test_ones_browsers_are_listed_and_signed_out_together(login_as):
    me = make_person("มาลี")
    first, second = login_as(me), login_as(me)
    page = first.get("/me").text
    assert page.count("Werkzeug") == 0
    assert len(session.scalars(select(SignIn)).all()) == 2
    first.post("/sign-out-everywhere")
    assert second.get("/me").status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome · Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/76.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.0", ""),
    ],
)
def test_a_browser_is_told_by_a_name_its_owner_knows(user_agent, name):
    assert name_of_browser(user_agent) == name


@pytest.mark.parametrize("url", ["/people", "/me"])
def test_a_page_asks_as_much_of_the_database_with_many_people_as_with_few(url, login_as, count_queries):
    unit = make_unit()
    browser = login_as(make_person())

    def asked() -> int:
        with count_queries() as statements:
            assert browser.get(url).status_code == 200
        return len(statements)

    make_person("ก", unit=unit)
    few = asked()
    for number in range(12):
        make_person(f"คน {number}", unit=make_unit(f"กอง {number}"))
    assert asked() <= few
    assert few <= 16


def test_a_profile_asks_as_much_with_a_long_chain_as_with_a_short_one(login_as, count_queries):
    unit = make_unit("กอง 0")
    person = make_person("ก", unit=unit)
    make_position(unit, "หัวหน้า 0", rank=Rank.HEAD)
    for number in range(1, 6):
        unit = make_unit(f"กอง {number}", unit)
        make_position(unit, f"หัวหน้า {number}", rank=Rank.HEAD)
    deep = make_person("ข", unit=unit)
    ids = person.id, deep.id
    browser = login_as(make_person("ค"))

    def asked(person_id: int) -> int:
        with count_queries() as statements:
            assert browser.get(f"/people/{person_id}").status_code == 200
        return len(statements)

    asked(ids[0])  # what every page reads is remembered from here on
    assert asked(ids[1]) <= asked(ids[0])
