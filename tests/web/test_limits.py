"""Nobody asks so often that others wait: what is counted, what the refusal says, and who is never touched."""

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import db, translating
from portal.app import create_app
from portal.config import BadSetting, Rate, Settings
from portal.db import session
from portal.items.models import Post
from portal.web.limits import Counted
from tests.conftest import Browser
from tests.making import PASSWORD, make_admin, make_asset, make_organisation, make_person

FIGURES = {"default": 12, "search": 3, "write": 4, "upload": 2, "sign_in": 3}
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(settings, monkeypatch):
    """The portal as it is served, with small figures, in the middle of a minute that does not end in mid-test."""
    monkeypatch.setattr("portal.web.limits.time", SimpleNamespace(time=lambda: 1_000.0))
    limits = {name: Rate(most, 60) for name, most in FIGURES.items()}
    app = create_app(replace(settings, limits=limits))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    translating.speak("th")
    with app.app_context():
        yield app
    app.extensions["readings"].flush()
    db.session.remove()
    db.bound_engine().dispose()


def statuses(times, ask):
    return [ask().status_code for _ in range(times)]


def test_who_sends_too_many_forms_is_asked_to_wait_and_finds_what_he_typed(login_as):
    asset = make_asset()
    browser = login_as(make_person())
    for _ in range(FIGURES["write"]):
        browser.post(f"/items/{asset.id}/comments", data={"text": "ทันเวลา"})
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "มาช้าไปหน่อย"}, headers=FROM_HERE)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "ใช้งานถี่เกินไป" in answer.text
    assert re.search(r"ใช้ได้อีกครั้งใน.*วินาที", answer.text)
    assert "มาช้าไปหน่อย" in answer.text
    assert f'action="/items/{asset.id}/comments"' in answer.text
    assert {post.text for post in session.scalars(select(Post))} == {"ทันเวลา"}


@pytest.mark.parametrize(
    "address",
    ["/admin/people/new", "/admin/settings", "/plans/new", "/me", "/drafts/knowledge-new", "/site/contact/edit",
     "/knowledge/new", "/password", "/sign-out-everywhere", "/nothing/is/here"],
)  # fmt: skip
def test_the_limit_holds_for_every_form_wherever_it_is_sent(address, login_as):
    browser = login_as(make_admin())
    for _ in range(FIGURES["write"]):
        browser.post("/knowledge/preview", data={"text": "ข้อความ"})
    assert browser.post(address, data={"text": "ข้อความ"}).status_code == 429


def test_forms_are_counted_together_and_for_each_person_alone(login_as):
    one, other = login_as(make_person()), login_as(make_person())
    sent = ["/me", "/knowledge/preview", "/drafts/a", "/language", "/me"]
    assert [one.post(url).status_code == 429 for url in sent] == [False, False, False, False, True]
    assert other.post("/knowledge/preview").status_code == 200


def test_a_reader_who_only_reads_is_not_touched_by_the_limit_for_forms(login_as):
    asset = make_asset()
    browser = login_as(make_person())
    statuses(FIGURES["write"] + 1, lambda: browser.post("/knowledge/preview"))
    assert browser.get(f"/knowledge/{asset.id}").status_code == 200


@pytest.mark.parametrize("address", ["/search?q=ภาษี", "/api/v1/search?q=ภาษี"])
def test_searching_has_a_limit_of_its_own_on_the_page_and_in_the_api(address, client):
    make_organisation()
    assert statuses(4, lambda: client.get(address)) == [200, 200, 200, 429]
    assert client.get("/").status_code == 200


def test_a_program_is_told_in_json_and_when_to_come_again(client):
    make_organisation()
    statuses(3, lambda: client.get("/api/v1/search?q=ภาษี"))
    answer = client.get("/api/v1/search?q=ภาษี")
    assert (answer.status_code, answer.json["status"]) == (429, 429)
    assert int(answer.headers["Retry-After"]) > 0
    assert "วินาที" in answer.json["error"]


def test_a_wrong_token_is_counted_too(client):
    make_organisation()
    guess = {"Authorization": "Bearer km_guessed"}
    answers = statuses(FIGURES["search"] + 1, lambda: client.get("/api/v1/search?q=a", headers=guess))
    assert answers == [401] * FIGURES["search"] + [429]


@pytest.mark.parametrize(
    ("address", "field"), [("/files", "file"), ("/admin/import", "file"), ("/admin/settings", "emblem")]
)
def test_files_are_counted_wherever_they_are_sent(address, field, login_as):
    browser = login_as(make_admin())

    def send():
        return browser.post(address, data={field: (io.BytesIO(b"text"), "บันทึก.txt")})

    assert statuses(3, send)[-1] == 429
    assert browser.post("/knowledge/preview").status_code == 200


def test_of_files_each_counts_however_many_come_in_one_form(login_as):
    """Twenty photographs in one form cost most of a minute, and sixty forms a minute were allowed."""
    browser = login_as(make_person())
    files = [(io.BytesIO(b"text"), f"{number}.txt") for number in range(FIGURES["upload"] + 1)]
    assert browser.post("/files", data={"file": files}).status_code == 429
    assert browser.post("/knowledge/preview", data={"text": "ข้อความ"}).status_code == 200


def test_signing_in_is_limited_for_an_address_and_the_page_says_when_it_goes_on(client):
    person = make_person(username="malee")
    form = {"account": "malee", "password": "ไม่ใช่รหัสนี้"}
    assert statuses(3, lambda: client.post("/sign-in", data=form)) == [422, 422, 422]
    answer = client.post(
        "/sign-in", data={"account": person.username, "password": PASSWORD}, headers=FROM_HERE
    )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert PASSWORD not in answer.text


def test_what_a_browser_sends_after_its_session_ended_does_not_keep_the_office_from_signing_in(app):
    """The scripts of forgotten pages go on saving drafts; a whole office may share one address."""
    make_person(username="malee")
    forgotten = app.test_client()
    statuses(FIGURES["write"] + 2, lambda: forgotten.post("/drafts/knowledge-new", json={"fields": {}}))
    answer = app.test_client().post("/sign-in", data={"account": "malee", "password": PASSWORD})
    assert answer.status_code == 302


def test_pages_have_a_limit_too_also_those_that_are_not_there(client):
    make_organisation()
    assert statuses(FIGURES["default"] + 1, lambda: client.get("/nothing"))[-2:] == [404, 429]
    answer = client.get("/knowledge")
    assert answer.status_code == 429
    assert 'href="/knowledge"' in answer.text, "the way to try again"


def test_what_belongs_to_a_page_and_what_a_monitor_asks_is_not_counted(client):
    make_organisation()
    assert set(statuses(30, lambda: client.get("/healthz"))) == {200}
    assert set(statuses(30, lambda: client.get("/static/fonts/OFL.txt"))) == {200}
    assert client.get("/").status_code == 200


def test_who_waited_may_ask_again_and_nobody_waits_longer_than_said(monkeypatch):
    moment = 1000.0
    monkeypatch.setattr("portal.web.limits.time", SimpleNamespace(time=lambda: moment))
    counted = Counted(Rate(2, 60))
    assert [counted.count("person 1") for _ in range(3)] == [0, 0, 20]
    assert counted.count("person 2") == 0
    moment = 1020.0
    assert counted.count("person 1") == 0


def test_a_figure_that_can_t_be_read_is_named_at_the_start(place):
    environ = {"PORTAL_SECRET_KEY": "x", "PORTAL_LIMIT_SEARCH": "many"}
    with pytest.raises(BadSetting, match="PORTAL_LIMIT_SEARCH must be a figure like 600 per minute"):
        Settings.from_environment(environ)


def test_suggestions_while_typing_keep_nobody_from_searching(client):
    make_organisation()
    assert set(statuses(FIGURES["search"] + 2, lambda: client.get("/search/suggestions?q=ประปา"))) == {200}
    assert client.get("/search?q=ประปา").status_code == 200
