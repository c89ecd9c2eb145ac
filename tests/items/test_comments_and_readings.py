"""Comments on items, and how often an item was read."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from portal import counting
from portal.audit.models import AuditEntry
from portal.db import session
from portal.items.models import Post, Reading
from portal.items.publishing import merge_into
from portal.items.readings import readings_of
from portal.people.models import RoleName
from tests.making import make_asset, make_organisation, make_person, make_unit

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 9) Chrome/76 Mobile"}


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def flushed(app):
    """What the counter writes, with the test's own transaction out of its way."""
    session.commit()
    return app.extensions["readings"].flush()


def test_a_colleague_comments_and_everybody_who_reads_sees_it(login_as):
    asset = make_asset()
    answer = login_as(make_person("วันดี")).post(
        f"/items/{asset.id}/comments", data={"text": "ใช้ได้จริง **ขอบคุณ**"}
    )
    assert answer.location == f"/knowledge/{asset.id}#post-1"
    page = login_as(make_person()).get(f"/knowledge/{asset.id}").text
    assert "<strong>ขอบคุณ</strong>" in page
    assert "วันดี" in page


def test_a_double_click_on_send_is_one_comment(login_as):
    asset = make_asset()
    browser = login_as(make_person())
    for _ in range(2):
        browser.post(f"/items/{asset.id}/comments", data={"text": "ครั้งเดียว", "send_key": "k1"})
    assert session.scalar(select(func.count()).select_from(Post)) == 1


@pytest.mark.parametrize("text", ["", "   \n "])
def test_an_empty_comment_leads_back_to_the_article_and_says_why(login_as, text):
    asset = make_asset()
    browser = login_as(make_person())
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": text}, follow_redirects=True)
    assert answer.request.path == f"/knowledge/{asset.id}"
    assert "โปรดเขียน" in answer.text or "เขียน" in answer.text.split("messages")[1][:400]
    assert session.scalar(select(func.count()).select_from(Post)) == 0


def test_an_endless_comment_is_answered_with_what_was_typed(login_as):
    asset, text = make_asset(), "ย" * 20_001
    answer = login_as(make_person()).post(f"/items/{asset.id}/comments", data={"text": text})
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Post)) == 0
    assert text.strip()[:300] in answer.text


def test_nobody_comments_on_what_he_may_not_read(login_as, client):
    asset = make_asset(unit=make_unit("กองช่าง"), readers="unit")
    outsider = login_as(make_person(unit=make_unit("กองคลัง")))
    assert outsider.post(f"/items/{asset.id}/comments", data={"text": "แอบดู"}).status_code == 404
    public = make_asset(readers="public")
    answer = client.post(f"/items/{public.id}/comments", data={"text": "คนผ่านทาง"})
    assert answer.location.startswith("/sign-in")
    assert session.scalar(select(func.count()).select_from(Post)) == 0


def test_a_hidden_comment_leaves_a_stub_and_no_word_of_it(login_as):
    asset = make_asset()
    author = make_person()
    browser = login_as(author)
    browser.post(f"/items/{asset.id}/comments", data={"text": "เบอร์โทรส่วนตัวของเพื่อน"})
    post = session.scalars(select(Post)).one()
    assert login_as(make_person()).post(f"/posts/{post.id}/hide", data={"reason": "x"}).status_code == 403
    assert browser.post(f"/posts/{post.id}/hide", data={"reason": "มีข้อมูลส่วนบุคคล"}).status_code == 302
    page = login_as(make_person()).get(f"/knowledge/{asset.id}").text
    assert "เบอร์โทรส่วนตัวของเพื่อน" not in page
    assert "มีข้อมูลส่วนบุคคล" in page
    assert "post.hide" in session.scalars(select(AuditEntry.action)).all()


def test_an_admin_hides_any_comment_and_others_do_not_reach_it(login_as):
    asset = make_asset()
    login_as(make_person()).post(f"/items/{asset.id}/comments", data={"text": "ไม่เหมาะสม"})
    post = session.scalars(select(Post)).one()
    admin = login_as(make_person(roles=(RoleName.ADMIN,)))
    assert admin.post(f"/posts/{post.id}/hide", data={"reason": "หยาบคาย"}).status_code == 302
    assert login_as(make_person()).get(f"/posts/{post.id}/hide").status_code == 404


def test_readings_count_people_and_visits_without_the_author_and_robots(app, login_as, client):
    author = make_person()
    asset = make_asset(author=author, readers="public")
    one, other = login_as(make_person()), login_as(make_person())
    for browser in (one, one, other, client, login_as(author)):
        browser.get(f"/knowledge/{asset.id}", headers=PHONE)
    client.get(f"/knowledge/{asset.id}", headers={"User-Agent": "Googlebot/2.1"})
    assert session.scalar(select(func.count()).select_from(Reading)) == 0, "not one write per view"
    assert flushed(app) == 4
    assert readings_of(asset) == (3, 4)
    one.get(f"/knowledge/{asset.id}", headers=PHONE)
    flushed(app)
    session.expire_all()
    assert readings_of(asset) == (3, 5)


def test_a_reading_does_not_tell_who_read(app, login_as):
    asset = make_asset()
    person = make_person()
    login_as(person).get(f"/knowledge/{asset.id}", headers=PHONE)
    flushed(app)
    reader = session.scalars(select(Reading.reader)).one()
    assert person.username not in reader
    assert len(reader) == 32


def test_readings_survive_a_database_that_is_away(app, login_as, monkeypatch):
    asset = make_asset()
    login_as(make_person()).get(f"/knowledge/{asset.id}", headers=PHONE)
    session.execute(update(Reading).values(visits=0))
    session.commit()

    def broken():
        raise SQLAlchemyError("away")

    with monkeypatch.context() as patched:
        patched.setattr(counting, "transaction", broken)
        assert flushed(app) == 0
    assert flushed(app) == 1


def test_a_merged_item_leads_to_the_other_for_ever(login_as):
    author = make_person()
    old, new = make_asset("เก่า", author=author), make_asset("ใหม่", author=author)
    merge_into(old, new, by=author)
    session.commit()
    browser = login_as(make_person())
    assert browser.get(f"/knowledge/{old.id}", follow_redirects=True).request.path == f"/knowledge/{new.id}"
    assert browser.get(f"/items/{old.id}").location == f"/knowledge/{new.id}"


def test_citizens_read_the_text_but_neither_names_nor_what_colleagues_said(client, login_as):
    asset = make_asset(readers="public", author=make_person("สมพงษ์"))
    login_as(make_person("วันดี")).post(f"/items/{asset.id}/comments", data={"text": "คุยกันเองในสำนักงาน"})
    for page in (
        client.get(f"/knowledge/{asset.id}").text,
        client.get("/knowledge").text,
        client.get("/").text,
    ):
        assert asset.title in page
        assert "สมพงษ์" not in page
        assert "วันดี" not in page
        assert "คุยกันเองในสำนักงาน" not in page
