"""A comment is kept on the server while one types it, and leaves there only when it has arrived."""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.drafts.models import Draft
from portal.items.models import Post
from portal.items.publishing import retire
from tests.making import make_asset, make_organisation, make_person


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def drafts():
    session.expire_all()
    return list(session.scalars(select(Draft.form)))


def test_the_form_of_a_comment_keeps_a_draft_of_its_own_for_each_item(login_as):
    one, other = make_asset(), make_asset()
    browser = login_as(make_person())
    for asset in (one, other):
        assert f'data-draft-url="/drafts/comment-{asset.id}"' in browser.get(f"/knowledge/{asset.id}").text


def test_the_draft_is_gone_when_the_comment_has_arrived(login_as):
    asset, browser = make_asset(), login_as(make_person())
    browser.post(f"/drafts/comment-{asset.id}", json={"fields": {"text": "ใช้ได้จริง"}})
    browser.post(f"/items/{asset.id}/comments", data={"text": "ใช้ได้จริง", "send_key": "k1"})
    assert session.scalars(select(Post.text)).one() == "ใช้ได้จริง"
    assert drafts() == []


@pytest.mark.parametrize("text", ["", "   ", "ยาว" * 10_000])
def test_the_draft_stays_when_the_comment_could_not_be_taken(login_as, text):
    asset, browser = make_asset(), login_as(make_person())
    browser.post(f"/drafts/comment-{asset.id}", json={"fields": {"text": "ค้างไว้"}})
    browser.post(f"/items/{asset.id}/comments", data={"text": text})
    assert drafts() == [f"comment-{asset.id}"]


def test_the_draft_stays_when_the_item_was_closed_to_comments_meanwhile(login_as):
    author = make_person()
    asset, browser = make_asset(author=author), login_as(make_person())
    browser.post(f"/drafts/comment-{asset.id}", json={"fields": {"text": "ค้างไว้"}})
    retire(asset, by=author)
    assert browser.post(f"/items/{asset.id}/comments", data={"text": "ค้างไว้"}).status_code == 403
    assert drafts() == [f"comment-{asset.id}"]


def test_only_the_writer_is_told_with_which_key_his_comment_was_sent(login_as):
    asset, writer = make_asset(), login_as(make_person())
    writer.post(f"/items/{asset.id}/comments", data={"text": "ดี", "send_key": "k-123"})
    assert 'data-send-key="k-123"' in writer.get(f"/knowledge/{asset.id}").text
    assert "k-123" not in login_as(make_person()).get(f"/knowledge/{asset.id}").text


def test_who_writes_on_finds_the_box_filled_and_nobody_else_does(login_as):
    asset, writer = make_asset(), login_as(make_person())
    writer.post(f"/drafts/comment-{asset.id}", json={"fields": {"text": "ครึ่งความเห็น <b>"}})
    leads = writer.get(f"/items/{asset.id}?draft=1").location
    assert "ครึ่งความเห็น &lt;b&gt;" in writer.get(leads).text
    assert "ครึ่งความเห็น" not in writer.get(f"/knowledge/{asset.id}").text
    assert "ครึ่งความเห็น" not in login_as(make_person()).get(leads).text
    writer.post(f"/drafts/comment-{asset.id}", json={"fields": {"text": ["ไม่ใช่ข้อความ"]}})
    assert writer.get(leads).status_code == 200
