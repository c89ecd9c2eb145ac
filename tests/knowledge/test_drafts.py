"""What is typed and not sent yet: every text has its own draft, found again where it was left."""

import re

import pytest
from sqlalchemy import select

from portal.db import session
from portal.drafts.models import Draft
from tests.knowledge.test_writing_assets import draft_key, form
from tests.making import make_asset, make_organisation, make_person


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def type_into(browser, key, **fields):
    answer = browser.post(f"/drafts/knowledge-new-{key}", json={"fields": fields})
    assert answer.status_code == 200


def drafts():
    session.expire_all()
    return sorted(session.scalars(select(Draft.form)))


def test_two_new_texts_begun_in_two_tabs_do_not_share_a_draft(login_as):
    browser = login_as(make_person())
    one, other = draft_key(browser.get("/knowledge/new").text), draft_key(browser.get("/knowledge/new").text)
    assert one != other
    type_into(browser, one, title="เรื่องในแท็บแรก", text="ก")
    type_into(browser, other, title="เรื่องในแท็บที่สอง", text="ข")
    browser.post("/knowledge/new", data=form(draft=one))
    assert drafts() == [f"knowledge-new-{other}"]


def test_a_tab_that_is_loaded_again_finds_its_own_text_also_without_script(login_as):
    browser = login_as(make_person())
    key = draft_key(browser.get("/knowledge/new").text)
    typed = {
        "title": "ยังเขียนไม่เสร็จ",
        "text": "ครึ่งเรื่อง <b>",
        "kind": "story",
        "audience": ["public"],
        "fulfilments-0-step": "KM6",
        "fulfilments-3-step": "KM7",
    }
    type_into(browser, key, **typed)
    page = browser.get(f"/knowledge/new?draft={key}").text
    assert draft_key(page) == key
    assert "ครึ่งเรื่อง &lt;b&gt;" in page
    assert 'value="ยังเขียนไม่เสร็จ"' in page
    assert re.search(r'<option selected value="story"', page)
    assert re.search(r'value="public" checked', page)
    assert re.search(r'<option selected value="KM7"', page.split('name="fulfilments-3-step"')[1])
    assert f'data-draft-page="/knowledge/new?draft={key}"' in page


def test_a_form_shown_again_for_a_mistake_goes_on_with_the_same_draft(login_as):
    browser = login_as(make_person())
    key = draft_key(browser.get("/knowledge/new").text)
    assert draft_key(browser.post("/knowledge/new", data=form(title="", draft=key)).text) == key


@pytest.mark.parametrize("odd", ["", "x", "../../etc", "A" * 16, "0" * 17, "<script>"])
def test_a_key_that_is_none_of_ours_is_as_good_as_none(login_as, odd):
    answer = login_as(make_person()).get("/knowledge/new", query_string={"draft": odd})
    assert answer.status_code == 200
    assert draft_key(answer.text) != odd


@pytest.mark.parametrize(
    "odd",
    [{"title": 7}, {"title": []}, {"title": [None]}, {"text": {"a": 1}}, {"csrf_token": "x"}, {"no": "x"}],
)
def test_a_draft_that_holds_nonsense_does_no_harm(login_as, odd):
    browser = login_as(make_person())
    type_into(browser, "0" * 16, **odd)
    assert browser.get(f"/knowledge/new?draft={'0' * 16}").status_code == 200
    assert browser.get("/").status_code == 200


def test_nobody_goes_on_with_somebody_elses_draft(login_as):
    type_into(login_as(make_person()), "a" * 16, title="ความลับของมาลี")
    assert "ความลับของมาลี" not in login_as(make_person()).get(f"/knowledge/new?draft={'a' * 16}").text


def test_the_origin_of_a_text_is_kept_with_its_draft(login_as):
    story = make_asset("เรื่องเล่าน้ำท่วมตลาด")
    browser = login_as(make_person())
    type_into(browser, "b" * 16, title="ขุมความรู้", origin=str(story.id))
    page = browser.get(f"/knowledge/new?draft={'b' * 16}").text
    assert re.search(rf'name="origin"[^>]*value="{story.id}"', page)
