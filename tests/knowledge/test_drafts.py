"""What is typed and not sent yet: every text has its own draft, found again where it was left."""

import re

import pytest
from sqlalchemy import select

from portal.db import session
from portal.drafts.models import Draft
from portal.knowledge.writing import save
from tests.knowledge.test_writing_assets import draft_key, form
from tests.making import make_asset, make_organisation, make_person, make_unit


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


def unfinished(browser):
    page = browser.get("/").text
    return page.split('id="unfinished"')[1].split("</section>")[0] if 'id="unfinished"' in page else ""


def test_the_first_page_leads_on_to_what_was_left_unfinished(login_as):
    author = make_person()
    mine = make_asset("คู่มือที่เผยแพร่แล้ว", author=author)
    draft = make_asset("ร่างคู่มือ", author=author, published=False)
    others = make_asset("เรื่องของเพื่อน")
    browser = login_as(author)
    type_into(browser, "a" * 16, title="", text="เริ่มเรื่องไว้ครึ่งหนึ่ง")
    for form_name in (f"knowledge-{mine.id}", f"knowledge-{draft.id}", f"comment-{others.id}"):
        browser.post(f"/drafts/{form_name}", json={"fields": {"text": "ค้างไว้"}})
    shown = unfinished(browser)
    for address in (
        f"/knowledge/new?draft={'a' * 16}",
        f"/knowledge/{mine.id}/edit?draft=1",
        f"/knowledge/{draft.id}/edit?draft=1",
        f"/items/{others.id}?draft=1#comments",
    ):
        assert f'href="{address}"' in shown
    for words in ("เริ่มเรื่องไว้ครึ่งหนึ่ง", "คู่มือที่เผยแพร่แล้ว", "ร่างคู่มือ", "เรื่องของเพื่อน"):
        assert words in shown
    assert shown.count("<li") == 4, "a draft with unsent changes is one line"


def test_who_left_nothing_unfinished_is_shown_nothing(login_as, client):
    other = make_person()
    make_asset("ร่างของคนอื่น", author=other, published=False)
    type_into(login_as(other), "a" * 16, title="พิมพ์ค้างของคนอื่น")
    assert unfinished(login_as(make_person())) == ""
    assert unfinished(client) == ""


def test_what_was_not_sent_is_thrown_away_with_a_button_of_the_page(login_as):
    browser = login_as(make_person())
    type_into(browser, "a" * 16, title="ไม่เอาแล้ว")
    assert f'action="/drafts/knowledge-new-{"a" * 16}/discard"' in unfinished(browser)
    assert browser.post(f"/drafts/knowledge-new-{'a' * 16}/discard").location == "/"
    assert drafts() == []
    assert unfinished(browser) == ""


def test_who_begins_a_new_text_is_reminded_of_those_he_began_before(login_as):
    browser = login_as(make_person())
    type_into(browser, "a" * 16, title="เรื่องที่เริ่มไว้เมื่อวาน")
    page = browser.get("/knowledge/new").text
    assert "เรื่องที่เริ่มไว้เมื่อวาน" in page
    assert f'href="/knowledge/new?draft={"a" * 16}"' in page
    assert 'id="begun"' not in browser.get(f"/knowledge/new?draft={'a' * 16}").text


def test_throwing_away_reaches_ones_own_only_and_leads_to_no_other_site(login_as):
    type_into(login_as(make_person()), "a" * 16, title="ของคนแรก")
    answer = login_as(make_person()).post(
        f"/drafts/knowledge-new-{'a' * 16}/discard", data={"next": "https://example.com/"}
    )
    assert answer.location == "/"
    assert drafts() == [f"knowledge-new-{'a' * 16}"]


def test_what_was_typed_about_something_that_is_closed_now_does_not_tell_of_it(login_as):
    hidden = make_asset("ลับมาก", unit=make_unit("กองช่าง"), readers="unit")
    browser = login_as(make_person(unit=make_unit("กองคลัง")))
    browser.post(f"/drafts/comment-{hidden.id}", json={"fields": {"text": "ความเห็น"}})
    assert "ลับมาก" not in browser.get("/").text


def test_the_first_page_costs_the_same_number_of_queries_however_much_is_unfinished(login_as, count_queries):
    author = make_person()
    browser = login_as(author)
    make_asset(author=author, published=False)
    type_into(browser, "a" * 16, title="หนึ่ง")
    browser.post(f"/drafts/comment-{make_asset().id}", json={"fields": {"text": "ก"}})
    with count_queries() as few:
        browser.get("/")
    for n in range(8):
        make_asset(author=author, published=False)
        type_into(browser, f"{n:016x}", title="อีก")
        browser.post(f"/drafts/comment-{make_asset().id}", json={"fields": {"text": "ก"}})
    with count_queries() as many:
        browser.get("/")
    assert len(many) <= len(few) + 1


def test_the_origin_of_a_text_is_kept_with_its_draft(login_as):
    story = make_asset("เรื่องเล่าน้ำท่วมตลาด")
    browser = login_as(make_person())
    type_into(browser, "b" * 16, title="ขุมความรู้", origin=str(story.id))
    page = browser.get(f"/knowledge/new?draft={'b' * 16}").text
    assert re.search(rf'name="origin"[^>]*value="{story.id}"', page)


def test_half_a_letter_of_another_alphabet_is_refused_and_the_first_page_stays_whole(login_as):
    browser = login_as(make_person())
    answer = browser.post("/drafts/knowledge-new-0123456789abcdef", json={"fields": {"title": "\ud800"}})
    assert answer.status_code in (400, 422)
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "changes", [{"action": "preview"}, {"title": "", "action": "publish"}, {"kind": "none of ours"}]
)
def test_what_is_sent_and_not_stored_is_kept_as_a_draft_also_without_script(login_as, changes):
    browser = login_as(make_person())
    key = draft_key(browser.get("/knowledge/new").text)
    browser.post("/knowledge/new", data=form(draft=key, text="พิมพ์ทั้งเช้า", **changes))
    assert drafts() == [f"knowledge-new-{key}"]
    assert f'href="/knowledge/new?draft={key}"' in unfinished(browser)
    assert "พิมพ์ทั้งเช้า" in browser.get(f"/knowledge/new?draft={key}").text
    browser.post("/knowledge/new", data=form(draft=key, text="พิมพ์ทั้งเช้า"))
    assert drafts() == [], "stored now"


def test_the_preview_of_changes_is_kept_and_gone_on_with_without_script(login_as):
    author = make_person()
    asset = make_asset("คู่มือ", author=author)
    browser = login_as(author)
    data = form(title="คู่มือ", text="แก้ใหม่", action="preview", base_revision="1")
    browser.post(f"/knowledge/{asset.id}/edit", data=data)
    assert drafts() == [f"knowledge-{asset.id}"]
    address = f"/knowledge/{asset.id}/edit?draft=1"
    assert f'href="{address}"' in unfinished(browser)
    page = browser.get(address).text
    assert "แก้ใหม่" in page
    assert "แก้ใหม่" not in browser.get(f"/knowledge/{asset.id}/edit").text
    browser.post(f"/knowledge/{asset.id}/edit", data={**data, "action": "save"})
    assert drafts() == []


def test_what_is_too_long_to_be_stored_is_shown_and_kept(login_as):
    browser = login_as(make_person())
    key = draft_key(browser.get("/knowledge/new").text)
    answer = browser.post("/knowledge/new", data=form(draft=key, text="ยาว" * 1_100_000))
    assert answer.status_code in (413, 422)
    assert drafts() == []


def test_changes_gone_on_with_are_still_changes_of_the_revision_they_were_begun_with(login_as):
    author = make_person()
    asset = make_asset("คู่มือ", author=author)
    browser = login_as(author)
    data = form(title="คู่มือ", action="save", base_revision="1")
    browser.post(f"/knowledge/{asset.id}/edit", data={**data, "text": "ของฉัน", "action": "preview"})
    session.rollback()
    save(asset, by=author, title="คู่มือ", text="ของเพื่อน", kind=asset.kind, knowledge=asset.knowledge)
    session.commit()
    page = browser.get(f"/knowledge/{asset.id}/edit?draft=1").text
    assert re.search(r'name="base_revision"[^>]*value="1"', page)
    assert "ของฉัน" in page


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("| ก | ข |\n| --- | --- |\n| 1 | 2 |", "ก ข"),
        ("| ก | ข |", "ก ข"),
        ("## **หัวข้อ** แรก\n\nต่อ", "หัวข้อ แรก"),
        ("- [ลิงก์](https://example.com) หนึ่ง\n- สอง", "ลิงก์ หนึ่ง"),
        ("\n\n---\n\nบรรทัดแรก\nบรรทัดสอง", "บรรทัดแรก"),
        ("***", ""),
        ("> [ชูใจ มีสุข](/posts/9):\n>\n> ข้อความเดิม\n\nเห็นด้วย เพราะ", "เห็นด้วย เพราะ"),
        ("> [ชูใจ มีสุข](/posts/9):\n>\n> ข้อความเดิม", "ชูใจ มีสุข:"),
        ("```python\nx = 1\n```\nวิธีคิด", "x = 1"),
    ],
)
def test_an_untitled_text_is_named_by_its_first_line_without_signs(text, name):
    assert Draft(form="x", fields={"title": " ", "text": text}).title == name
