"""The first-run page: everything leads to it until the organisation is there, and nothing after."""

import io
from typing import Any

import pytest
from PIL import Image

from portal.db import session
from portal.people.founding import make_admin, setup_code
from portal.people.settings import settings_of, the_organisation
from tests.making import PASSWORD, make_organisation


def typed(settings: Any, **changes: Any) -> dict[str, Any]:
    return {
        "code": setup_code(settings),
        "name": "องค์การบริหารส่วนตำบลทดสอบ",
        "kind": "subdistrict_administration",
        "language": "th",
        "numerals": "thai",
        "contact": "",
        "units": "สำนักปลัด\nกองคลัง\n  งานการเงิน",
        "prefix": "นาย",
        "first_name": "สมศักดิ์",
        "last_name": "ดูแลดี",
        "username": "somsak",
        "email": "",
        "password": PASSWORD,
        "again": PASSWORD,
        **changes,
    }


@pytest.mark.parametrize("url", ["/", "/sign-in", "/knowledge", "/admin", "/people/3", "/search?q=ก"])
def test_an_empty_portal_leads_to_the_first_run_page(url, client):
    answer = client.get(url, follow_redirects=True)
    assert answer.request.path == "/setup"
    assert answer.status_code == 200


def test_programs_are_told_that_the_portal_is_not_set_up(client):
    assert client.get("/api/v1/search?q=x").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_the_portal_is_set_up_and_its_first_admin_is_signed_in(client, settings):
    answer = client.post("/setup", data=typed(settings))
    assert answer.status_code == 302, answer.text
    assert client.get(answer.location).status_code == 200
    assert the_organisation().name == "องค์การบริหารส่วนตำบลทดสอบ"
    assert settings_of(the_organisation().id).numerals == "thai"
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", data=typed(settings)).status_code == 404


def test_an_emblem_may_be_sent_along(client, settings):
    drawn = io.BytesIO()
    Image.new("RGB", (50, 50), "navy").save(drawn, "PNG")
    drawn.seek(0)
    assert client.post("/setup", data=typed(settings, emblem=(drawn, "ตรา.png"))).status_code == 302
    assert client.get("/emblem").status_code == 200


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"code": "aaaa-bbbb-cccc"}, "สมศักดิ์"),
        ({"again": "อีกอย่างหนึ่งเลย"}, "สมศักดิ์"),
        ({"password": "สั้น", "again": "สั้น"}, "สมศักดิ์"),
        ({"username": "สมศักดิ์"}, "งานการเงิน"),
        ({"name": ""}, "งานการเงิน"),
        ({"units": "ก" * 201}, "ก" * 201),
        ({"email": "somsak"}, "งานการเงิน"),
        ({"kind": "kingdom"}, "งานการเงิน"),
    ],
    ids=["code", "passwords differ", "weak", "user name", "no name", "long unit", "e-mail", "kind"],
)
def test_what_can_not_be_used_is_said_and_nothing_typed_is_lost(change, kept, client, settings):
    answer = client.post("/setup", data=typed(settings, **change))
    assert answer.status_code == 422
    assert kept in answer.text
    assert "form-errors" in answer.text
    assert the_organisation() is None


def test_everything_that_can_not_be_used_is_said_at_once(client, settings):
    wrong = typed(
        settings,
        code="aaaa-bbbb-cccc",
        name="",
        username="สมศักดิ์",
        email="somsak",
        password="สั้น",
        again="ยาว",
        units="ก" * 201,
    )
    page = client.post("/setup", data=wrong).text
    for name in ("code", "name", "username", "email", "password", "again", "units"):
        assert f'id="{name}-error"' in page, name


def test_guessing_the_code_is_braked(client, settings):
    for _ in range(5):
        assert client.post("/setup", data=typed(settings, code="aaaa-bbbb-cccc")).status_code == 422
    answer = client.post("/setup", data=typed(settings))
    assert answer.status_code == 422
    assert the_organisation() is None


def test_with_an_organisation_there_is_no_first_run_page(client):
    make_organisation()
    assert client.get("/setup").status_code == 404


def test_the_admin_of_the_command_line_fills_in_what_he_began(client, login_as, settings):
    person, _ = make_admin("boss", PASSWORD)
    session.commit()
    assert client.get("/setup").status_code == 404
    browser = login_as(person)
    assert "/setup" in browser.get("/admin").text
    data = typed(settings)
    for name in ("code", "first_name", "username", "password", "again"):
        del data[name]
    assert browser.post("/setup", data=data).status_code == 302
    assert the_organisation().name == "องค์การบริหารส่วนตำบลทดสอบ"
    assert browser.get("/setup").status_code == 404
