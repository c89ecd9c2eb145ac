"""The pages of threads: ask, reply, accept, lock; without script, and nothing typed is lost."""

import re

import pytest
from sqlalchemy import select

from portal.communities.joining import belong
from portal.communities.talking import accept_answer, lock_thread, reply
from portal.communities.thread_models import Thread, ThreadKind
from portal.communities.threads import POSTS_A_PAGE
from portal.db import session
from portal.items.models import Post
from portal.items.posting import hide_post
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.making import make_asset, make_organisation, make_person

FORM = {"kind": "question", "title": "ใช้ใบสั่งซื้อแทนสัญญาได้ไหม", "text": "วงเงินสี่แสนบาท", "send_key": "k"}


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


@pytest.fixture
def community(malee):
    return make_community(by=malee)


def test_a_question_is_asked_answered_and_the_answer_stands_on_top(malee, community, login_as):
    browser, somchai = login_as(malee), make_person("สมชาย")
    address = browser.post(f"/communities/{community.id}/threads/new", data=FORM).location
    thread = session.scalars(select(Thread)).one()
    assert address == f"/threads/{thread.id}"
    belong(community, somchai, by=somchai)
    session.commit()
    answer = login_as(somchai).post(f"{address}/replies", data={"text": "ได้ ถ้าส่งของครบ", "send_key": "r"})
    assert answer.location == f"{address}?post=1#post-1"
    assert "นี่คือคำตอบ" not in login_as(somchai).get(address).text
    assert "นี่คือคำตอบ" in browser.get(address).text
    for _ in range(2):  # a double click
        browser.post(f"{address}/answer/1")
    page = browser.get(address).text
    assert page.index("คำตอบที่เลือก") < page.index('id="post-1"')
    assert "มีคำตอบแล้ว" in browser.get(f"/communities/{community.id}").text
    browser.post(f"{address}/answer/1/take-back")
    assert 'id="answer"' not in browser.get(address).text


def test_an_answer_is_read_once_on_a_page_and_links_in_it_say_where_they_lead(malee, community, login_as):
    """Seen: the answer twice, one below the other, the upper one with numbers for links."""
    asset = make_asset("คู่มือตรวจรับ")
    thread = make_thread(community=community, by=malee)
    post = reply(
        thread, by=malee, text=f"ได้ **ถ้า**ส่งครบ ดู [#{asset.id}](/items/{asset.id})\n\n" + "ที่นี่ " * 200
    )
    accept_answer(thread, post, by=malee)
    session.commit()

    def top_and_rest():
        page = login_as(malee).get(f"/threads/{thread.id}?page=1").text
        return page.split('id="answer"')[1].split("</section>")[0], page.split('id="comments"')[1]

    top, rest = top_and_rest()
    assert f"ได้ ถ้าส่งครบ ดู #{asset.id}" in top
    assert 'href="#post-1"' in top
    assert "…" in top
    assert (top.count("ที่นี่") < 45, rest.count("ที่นี่")) == (True, 200)
    post.number = POSTS_A_PAGE + 1
    thread.replies = POSTS_A_PAGE + 1
    session.commit()
    top, rest = top_and_rest()
    assert (top.count("ที่นี่"), rest.count("ที่นี่")) == (200, 0)
    assert ">คู่มือตรวจรับ</a>" in top


@pytest.mark.parametrize("missing", ["title", "text", "kind"])
def test_a_thread_that_lacks_something_comes_back_with_what_was_typed(malee, community, login_as, missing):
    answer = login_as(malee).post(f"/communities/{community.id}/threads/new", data=FORM | {missing: ""})
    assert answer.status_code == 422
    for name in {"title", "text"} - {missing}:
        assert FORM[name] in answer.text
    assert session.scalars(select(Thread)).first() is None


def test_a_text_of_a_megabyte_is_refused_and_stays_in_the_box(malee, community, login_as):
    long = "ก" * 1_000_000
    answer = login_as(malee).post(f"/communities/{community.id}/threads/new", data=FORM | {"text": long})
    assert answer.status_code == 422
    assert long in answer.text
    assert session.scalars(select(Thread)).first() is None


def test_a_reply_to_a_thread_that_was_just_locked_keeps_its_text(malee, community, login_as):
    thread, somchai = make_thread(community=community), make_person("สมชาย")
    belong(community, somchai, by=somchai)
    session.commit()
    browser = login_as(somchai)
    browser.get(f"/threads/{thread.id}")
    lock_thread(thread, by=malee, why="ตอบครบแล้ว")
    session.commit()
    answer = browser.post(f"/threads/{thread.id}/replies", data={"text": "ข้อความที่เขียนไว้นาน", "send_key": "x"})
    assert answer.status_code in (409, 422)
    assert "ข้อความที่เขียนไว้นาน" in answer.text
    assert "กระทู้ถูกปิดไม่ให้ตอบระหว่างที่คุณเขียน" in answer.text
    assert session.scalars(select(Post)).first() is None


def test_the_reader_of_a_locked_thread_sees_by_whom_and_why(malee, community, login_as):
    thread = make_thread(community=community)
    browser = login_as(malee)
    assert browser.post(f"/threads/{thread.id}/lock", data={"why": ""}).status_code == 422
    browser.post(f"/threads/{thread.id}/lock", data={"why": "ตอบครบแล้ว"})
    page = login_as(make_person("สมชาย")).get(f"/threads/{thread.id}").text
    assert "ตอบครบแล้ว" in page
    assert malee.name in page
    browser.post(f"/threads/{thread.id}/unlock")
    assert "ตอบครบแล้ว" not in browser.get(f"/threads/{thread.id}").text


def test_who_is_no_member_reads_and_is_offered_to_join(malee, community, login_as):
    thread = make_thread(community=community)
    page = login_as(make_person("สมชาย")).get(f"/threads/{thread.id}").text
    assert "สมาชิกเป็นผู้ตอบ" in page
    assert "ส่งคำตอบ" not in page


def test_who_is_no_member_replies_through_no_door(malee, community, login_as):
    thread, browser = make_thread(community=community), login_as(make_person("สมชาย"))
    assert browser.post(f"/threads/{thread.id}/replies", data={"text": "แทรก"}).status_code == 403
    assert browser.post(f"/items/{thread.id}/comments", data={"text": "แทรก"}).status_code == 403
    lock_thread(thread, by=malee, why="พอแล้ว")
    session.commit()
    assert browser.post(f"/threads/{thread.id}/replies", data={"text": "แทรก"}).status_code == 403
    assert session.scalars(select(Post)).first() is None


def test_a_thread_of_a_closed_community_looks_like_none_at_all(malee, login_as):
    hidden = make_thread(community=make_community("ปิด", openness=Openness.CLOSED))
    browser = login_as(make_person("สมชาย"))
    for path in (
        "/threads/{}",
        "/items/{}",
        "/threads/{}/replies",
        "/threads/{}/answer/1",
        "/threads/{}/lock",
    ):
        method = browser.get if path in ("/threads/{}", "/items/{}") else browser.post
        there, missing = method(path.format(hidden.id)), method(path.format(99_999))
        assert there.status_code == missing.status_code == 404


def test_a_hidden_reply_leaves_a_stub_and_is_no_answer_any_more(malee, community, login_as):
    thread = make_thread(community=community)
    post = reply(thread, by=malee, text="รหัสผ่านของกองคลังคือ 1234")
    accept_answer(thread, post, by=malee)
    hide_post(post, by=malee, reason="ข้อมูลลับ")
    session.commit()
    page = login_as(make_person("สมชาย")).get(f"/threads/{thread.id}").text
    assert "1234" not in page
    assert "ข้อมูลลับ" in page
    assert 'id="answer"' not in page


def test_script_in_title_text_and_reply_never_runs(malee, community, login_as):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    thread = make_thread(evil, community=community, text=evil)
    reply(thread, by=malee, text=evil)
    session.commit()
    for path in (f"/threads/{thread.id}", f"/communities/{community.id}"):
        page = login_as(malee).get(path).text
        assert "<script>alert" not in page
        assert not re.search(r"<img[^>]+onerror", page)


def test_announcements_are_offered_to_who_leads(malee, community, login_as):
    somchai = make_person("สมชาย")
    belong(community, somchai, by=somchai)
    session.commit()
    address = f"/communities/{community.id}/threads/new"
    assert 'value="announcement"' in login_as(malee).get(address).text
    assert 'value="announcement"' not in login_as(somchai).get(address).text
    assert login_as(somchai).post(address, data=FORM | {"kind": "announcement"}).status_code == 422


def test_threads_are_shown_by_kind_and_unanswered_questions_apart(malee, community, login_as):
    make_thread("คำถามหนึ่ง", community=community)
    make_thread("เรื่องหนึ่ง", community=community, kind=ThreadKind.TOLD_STORY)
    browser = login_as(malee)
    address = f"/communities/{community.id}"
    assert "เรื่องหนึ่ง" not in browser.get(f"{address}?show=question").text
    assert "เรื่องหนึ่ง" in browser.get(f"{address}?show=told_story").text
    unanswered = browser.get(f"{address}?show=unanswered").text
    assert "คำถามหนึ่ง" in unanswered
    assert "เรื่องหนึ่ง" not in unanswered
    assert browser.get(f"{address}?show=nonsense&page=x").status_code == 200


def test_pages_take_as_many_queries_for_one_post_as_for_many(malee, community, login_as, count_queries):
    browser = login_as(malee)

    def queries(path):
        browser.get(path)
        with count_queries() as statements:
            assert browser.get(path).status_code == 200
        return len(statements)

    thread = make_thread(community=community)
    reply(thread, by=malee, text="ตอบ")
    first = make_person("คนแรก")
    belong(community, first, by=first)
    reply(thread, by=first, text="ตอบ")  # the bell has something to tell, as afterwards
    session.commit()
    few = queries(f"/threads/{thread.id}?page=1"), queries(f"/communities/{community.id}")
    people = [make_person(f"คนที่ {number}") for number in range(5)]
    for number in range(40):
        person = people[number % 5]
        belong(community, person, by=person)
        reply(thread, by=person, text=f"คำตอบที่ {number}")
        make_thread(f"กระทู้ที่ {number}", community=community, by=person)
    session.commit()
    assert (queries(f"/threads/{thread.id}?page=1"), queries(f"/communities/{community.id}")) == few


def test_a_thread_belongs_to_the_communities_in_the_navigation(malee, community, login_as):
    page = login_as(malee).get(f"/threads/{make_thread(community=community).id}").text
    assert re.search(r'<a href="/communities"[^>]*aria-current', page)
