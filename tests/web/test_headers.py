"""Every answer tells the browser to run nothing foreign and nothing inline, whatever became of the request.

That each route's answers do is asserted where each route is tried: tests/permissions/test_every_route.py.
"""

from dataclasses import replace

import pytest

from portal import db, translating
from portal.app import create_app
from portal.config import Rate
from portal.web.security import CONTENT_SECURITY_POLICY, HEADERS
from tests.conftest import Browser
from tests.look.pages import Page
from tests.making import PASSWORD, make_admin, make_asset, make_organisation, make_person


def unsafe_in(answer):
    """What the answer lacks of the headers, and what it asks the browser to run inline."""
    lacks = [name for name in HEADERS if name not in answer.headers]
    if answer.mimetype == "text/html":
        if answer.headers.get("Content-Security-Policy") != CONTENT_SECURITY_POLICY:
            lacks.append("the policy of pages")
        if answer.headers.get("Cache-Control") != "no-store":
            lacks.append("that a shared PC keeps no page")
        lacks += Page(answer.text).inline
    elif not any(kept in answer.headers.get("Cache-Control", "") for kept in ("no-store", "public")):
        lacks.append("that a shared PC keeps nothing that is not everybody's")
    return lacks


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


@pytest.fixture
def served(settings):
    """The portal as it is served: mistakes are answered, limits are on, people come over TLS."""

    def serve(**changes):
        limits = {**settings.limits, "search": Rate(1, 60)}
        app = create_app(
            replace(settings, **{"limits": limits, "secure_cookies": True, "max_upload": 1000, **changes})
        )
        app.test_client_class = Browser
        translating.speak("th")
        make_organisation()

        @app.get("/breaks")
        def breaks():
            raise ZeroDivisionError

        breaks.is_public = True
        return app

    yield serve
    db.session.remove()
    db.bound_engine().dispose()


def error_pages(client):
    """One answer for each way in which a request can come to nothing."""
    client.get("/search?q=a")
    yield 400, client.get("/knowledge/%00")
    yield 400, client.post("/sign-in", data={"account": "malee"})  # without its token
    yield 401, client.post("/knowledge/new", data={"title": "พิมพ์ไว้"})
    yield 404, client.get("/nothing")
    yield 405, client.get("/sign-out")
    yield 413, client.post("/sign-in", data={"account": "ก" * 1000})
    yield 429, client.get("/search?q=a")
    yield 500, client.get("/breaks")


def test_a_form_without_files_is_not_read_beyond_what_any_text_needs(served):
    """Forty megabytes of one field each cost seconds of work, before anybody had signed in."""
    client = served(max_upload=40 * 1024 * 1024).test_client()
    long = b"x=" + b"%E0" * (5 * 1024 * 1024)
    for address in ("/sign-in", "/drafts/knowledge-new", "/nothing"):
        answer = client.post(address, data=long, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 413, address
    assert (
        client.post("/sign-in", data=b"x=a", content_type="application/x-www-form-urlencoded").status_code
        == 400
    )


def test_every_error_page_carries_the_headers(served):
    app = served()
    seen = set()
    for status, answer in error_pages(app.test_client()):
        assert answer.status_code in (status, 302), (status, answer.status_code)
        assert unsafe_in(answer) == [], status
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        seen.add(answer.status_code)
    assert {400, 404, 405, 413, 429, 500} <= seen


def test_asked_for_under_a_foreign_name_the_answer_carries_them_too(served):
    client = served(base_url="https://km.example.go.th").test_client()
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert [name for name in HEADERS if name not in answer.headers] == []


def test_a_cookie_is_not_for_scripts_not_for_other_sites_and_over_tls_only(served):
    client = served().test_client()
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_cookie_of_a_portal_without_tls_travels_without(served):
    cookie = served(secure_cookies=False).test_client().get("/sign-in").headers["Set-Cookie"]
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


def test_what_belongs_to_a_page_is_kept_for_a_year_and_a_page_not_at_all(client):
    make_organisation()
    page = client.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    style = next(part for part in page.text.split('"') if part.startswith("/static/css/"))
    assert "immutable" in client.get(style).headers["Cache-Control"]


def test_a_form_that_comes_back_after_the_session_ended_carries_them(login_as):
    browser = login_as(make_person())
    asset = make_asset()
    browser.delete_cookie("portal")
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "พิมพ์ไว้"})
    assert answer.status_code in (302, 401)
    assert unsafe_in(answer) == []


def test_the_admins_pages_of_forms_sent_back_carry_them(login_as):
    browser = login_as(make_admin())
    for address in ("/admin/people/new", "/admin/units/new", "/me"):
        answer = browser.post(address, data={"email": "no address", "current": PASSWORD})
        assert answer.status_code == 422
        assert unsafe_in(answer) == []
