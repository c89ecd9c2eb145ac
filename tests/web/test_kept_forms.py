"""Nothing typed is lost: a form that came too late is offered again, in the words of its page."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete, select, update

from portal.db import now, session
from portal.drafts.models import Draft
from portal.items.models import Post
from portal.knowledge.models import KnowledgeAsset
from portal.people.sign_in_models import SignIn
from portal.people.signing_in import IDLE
from portal.translating import gettext
from portal.web import kept_forms
from portal.web.form_labels import entries_of
from portal.web.page_names import ADMINISTRATION, NAMES, name_of_page
from tests.knowledge.test_writing_assets import draft_key, form
from tests.making import PASSWORD, make_asset, make_organisation, make_person


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def sign_out_elsewhere():
    session.execute(delete(SignIn))
    session.commit()


def let_the_session_end():
    session.execute(update(SignIn).values(last_seen_at=now() - IDLE - timedelta(minutes=1)))
    session.commit()


def sign_in_again(browser, person, page):
    kept = re.search(r'name="kept"[^>]*value="([^"]*)"', page)
    next_page = re.search(r'name="next"[^>]*value="([^"]*)"', page)
    data = {
        "account": person.username,
        "password": PASSWORD,
        "kept": kept[1] if kept else "",
        "next": next_page[1] if next_page else "",
    }
    return browser.post("/sign-in", data=data)


def shown(page):
    """The fields of the form that is offered again: name, value or words."""
    return page.split("</h1>")[1].split('class="actions"')[0]


@pytest.mark.parametrize("ended", [sign_out_elsewhere, let_the_session_end])
def test_an_article_sent_after_the_session_ended_is_offered_again_after_signing_in(login_as, ended):
    person = make_person()
    browser = login_as(person)
    key = draft_key(browser.get("/knowledge/new").text)
    browser.post(f"/drafts/knowledge-new-{key}", json={"fields": {"text": "ครึ่งเรื่อง"}})
    ended()
    answer = browser.post("/knowledge/new", data=form(draft=key))
    assert answer.status_code == 401
    page = sign_in_again(browser, person, answer.text).text
    assert "ยื่นแบบ **ภ.ป.1** ภายในเดือนมีนาคม" in page
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', shown(page)))
    assert sent["draft"] == key
    assert session.scalars(select(Draft.form)).all() == [f"knowledge-new-{key}"], (
        "still kept, nothing arrived"
    )
    browser.post("/knowledge/new", data={**form(), **sent})
    assert session.scalars(select(KnowledgeAsset.title)).all() == ["คู่มือรับชำระภาษีป้าย"]
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("ended", [sign_out_elsewhere, let_the_session_end])
def test_a_comment_sent_after_the_session_ended_is_offered_again_after_signing_in(login_as, ended):
    person, asset = make_person(), make_asset()
    browser = login_as(person)
    ended()
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ใช้ได้จริงครับ", "send_key": "k1"})
    page = sign_in_again(browser, person, answer.text).text
    assert "ใช้ได้จริงครับ" in page
    assert f'action="/items/{asset.id}/comments"' in page
    browser.post(f"/items/{asset.id}/comments", data={"text": "ใช้ได้จริงครับ", "send_key": "k1"})
    assert session.scalars(select(Post.text)).all() == ["ใช้ได้จริงครับ"]


def test_what_is_too_long_to_wait_behind_the_sign_in_waits_as_a_draft_to_which_one_is_led_back(
    login_as, monkeypatch
):
    monkeypatch.setattr(kept_forms, "MOST", 10)
    person = make_person()
    browser = login_as(person)
    key = draft_key(browser.get("/knowledge/new").text)
    typed = {"title": "ยาว", "text": "ข้อความยาวมาก " * 100}
    browser.post(f"/drafts/knowledge-new-{key}", json={"fields": typed})
    sign_out_elsewhere()
    came_from = {"Referer": f"http://localhost/knowledge/new?draft={key}"}
    answer = browser.post("/knowledge/new", data=form(draft=key, **typed), headers=came_from)
    assert answer.location == f"/sign-in?next=/knowledge/new?draft%3D{key}"
    led = sign_in_again(browser, person, browser.get(answer.location).text)
    assert led.location == f"/knowledge/new?draft={key}"
    assert typed["text"] in browser.get(led.location).text


def test_nobody_is_led_to_another_site_after_signing_in(login_as):
    person, asset = make_person(), make_asset()
    browser = login_as(person)
    sign_out_elsewhere()
    headers = {"Referer": "http://evil.example/x?y=1", "Sec-Fetch-Site": "cross-site"}
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ก"}, headers=headers)
    assert answer.location == "/sign-in?next="


def test_what_was_typed_at_a_browser_signed_out_elsewhere_is_offered_to_nobody_else(login_as):
    asset, other = make_asset(), make_person("สมชาย")
    browser = login_as(make_person("มาลี"))
    sign_out_elsewhere()
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ของมาลีเท่านั้น"})
    assert sign_in_again(browser, other, answer.text).status_code == 302


def test_a_form_offered_again_speaks_of_its_fields_as_its_page_does(login_as):
    person = make_person()
    browser = login_as(person)
    let_the_session_end()
    answer = browser.post("/knowledge/new", data=form(kind="story", audience="unit", origin="7"))
    offered = shown(sign_in_again(browser, person, answer.text).text)
    words = re.sub(r"<[^>]+>", " ", offered)
    for label in ("ชื่อเรื่อง", "เนื้อหา", "ประเภท", "เรื่องเล่า", "ใครอ่านได้", "ขั้นตอน"):
        assert label in words, label
    for code in ("fulfilments", "audience", "base_revision", "origin", "action", "story", "send_key"):
        assert code not in words, code
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', offered))
    assert {name: sent[name] for name in ("kind", "audience", "origin", "action")} == {
        "kind": "story",
        "audience": "unit",
        "origin": "7",
        "action": "publish",
    }


def test_a_form_offered_again_is_in_english_for_who_reads_english(app, login_as):
    browser = login_as(make_person(language="en"))
    asset = make_asset()
    app.config["WTF_CSRF_ENABLED"] = True
    page = browser.post(f"/items/{asset.id}/comments", data={"text": "It helped.", "send_key": "k"}).text
    assert "Your comment" in page


def test_what_was_typed_into_an_unknown_form_is_shown_too(app):
    entries = entries_of([("ไม่รู้จัก", "ข้อความ")])
    assert [(entry.value, entry.label) for entry in entries] == [("ข้อความ", "สิ่งที่คุณพิมพ์")]


def test_a_browser_that_says_nonsense_about_where_it_comes_from_is_sent_to_sign_in(client):
    make_organisation()
    answer = client.post("/knowledge/new", headers={"Referer": "http://[bad"})
    assert answer.status_code in (302, 401)


def token(page):
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def leave(browser):
    """Sign out in another tab of the same browser."""
    assert browser.post("/sign-out", data={"csrf_token": token(browser.get("/").text)}).status_code == 302


def send_late(browser, asset, token_of_page, text="ของมาลีเท่านั้น"):
    data = {"text": text, "csrf_token": token_of_page}
    return browser.post(f"/items/{asset.id}/comments", data=data, headers=HERE)


HERE = {"Sec-Fetch-Site": "same-origin"}


def sign_in_with(browser, person, page):
    data = {
        name: unescape(value)
        for name, value in re.findall(r'name="(kept|next|csrf_token)"[^>]*value="([^"]*)"', page)
    }
    return browser.post(
        "/sign-in", data={**data, "account": person.username, "password": PASSWORD}, headers=HERE
    )


def test_a_form_sent_after_signing_out_in_another_tab_is_kept_for_its_writer(app, login_as):
    app.config["WTF_CSRF_ENABLED"] = True
    person, asset = make_person("มาลี"), make_asset()
    browser = app.test_client()
    sign_in_with(browser, person, browser.get("/sign-in").text)
    of_page = token(browser.get(f"/knowledge/{asset.id}").text)
    leave(browser)
    answer = send_late(browser, asset, of_page)
    assert answer.status_code == 401
    assert "สิ่งที่พิมพ์ไว้ยังอยู่ครบ" in answer.text
    page = sign_in_with(browser, person, answer.text).text
    assert "ของมาลีเท่านั้น" in page
    assert 'href="/sign-in"' not in page, "signed in, and the page says so"
    assert 'action="/sign-out"' in page


def test_a_form_sent_after_signing_out_in_another_tab_is_offered_to_nobody_else(app):
    app.config["WTF_CSRF_ENABLED"] = True
    person, other, asset = make_person("มาลี"), make_person("สมชาย"), make_asset()
    browser = app.test_client()
    sign_in_with(browser, person, browser.get("/sign-in").text)
    of_page = token(browser.get(f"/knowledge/{asset.id}").text)
    leave(browser)
    answer = send_late(browser, asset, of_page)
    assert sign_in_with(browser, other, answer.text).status_code == 302
    # And when he is signed in before the form is sent, it waits for its writer.
    answer = send_late(browser, asset, of_page)
    assert answer.status_code == 401
    assert "ของมาลีเท่านั้น" not in answer.text
    assert "มีผู้อื่นเข้าสู่ระบบ" in answer.text
    assert "ของมาลีเท่านั้น" in sign_in_with(browser, person, answer.text).text
    assert session.scalars(select(SignIn.person_id)).all() == [person.id]


@pytest.mark.parametrize("forged", ["", "x", "1-" + "a" * 40, "IjEtYWFhIg.aaaa.bbbb"])
def test_a_token_that_is_not_ours_names_nobody(app, forged):
    app.config["WTF_CSRF_ENABLED"] = True
    make_person("มาลี")
    answer = send_late(app.test_client(), make_asset(), forged)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/knowledge/7/edit", NAMES["knowledge.edit_asset"]),
        ("/items/7/comments", NAMES["items.comment"]),
        ("/plans/1/edit", NAMES["plan.edit_plan"]),
        ("/plans/new", NAMES["plan.make_plan"]),
        ("/admin/units/new", ADMINISTRATION),
        ("/no/such/page", "The page on which you typed it"),
        ("/sign-out", "The page on which you typed it"),
    ],
)
def test_where_a_form_goes_is_said_in_words(app, path, name):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert name_of_page(path) == gettext(name)


def test_every_page_that_has_a_name_is_there(app):
    assert set(NAMES) <= set(app.view_functions)


def test_the_page_that_offers_a_form_again_shows_no_address(login_as):
    person, asset = make_person(), make_asset()
    browser = login_as(person)
    let_the_session_end()
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ก"})
    page = sign_in_again(browser, person, answer.text).text
    assert f">/items/{asset.id}/comments<" not in page
    assert "ความเห็นในคลังความรู้" in page
