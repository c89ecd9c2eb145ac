"""What a member hears of a community: unread, watching, muting; and who left hears nothing."""

import pytest
from flask import current_app
from sqlalchemy import select

from portal.communities.hearing import (
    NEW_TALK,
    choose_level,
    count_unread,
    unread_among,
    unread_of,
)
from portal.communities.joining import belong, leave
from portal.communities.models import Level
from portal.communities.talking import reply
from portal.db import session
from portal.items.following import COMMENT, unfollow
from portal.items.posting import hide_post, post_numbered
from portal.items.talk_models import LastRead
from portal.notice_words import SPEAKERS
from portal.notices.models import Notice
from portal.notices.reading import notices_of
from portal.notices.reading import read_all as read_all_notices
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def asking(app):
    with app.test_request_context():
        yield


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


@pytest.fixture
def community(malee):
    return make_community(by=malee)


@pytest.fixture
def somchai(community):
    person = make_person("สมชาย")
    belong(community, person, by=person)
    session.commit()
    return person


def unread(person):
    return [(one.thread.title, one.posts) for one in unread_of(person).unread]


def looked():
    """What was opened is noted a second later."""
    current_app.extensions["last_readings"].flush()
    session.expire_all()


def test_what_stood_there_when_one_joined_is_read_and_what_comes_after_is_not(malee, community, login_as):
    make_thread("เก่า", community=community)
    somchai = make_person("สมชาย")
    belong(community, somchai, by=somchai)
    session.commit()
    assert unread(somchai) == []
    new = make_thread("ใหม่", community=community)
    reply(new, by=malee, text="หนึ่ง")
    session.commit()
    assert unread(somchai) == [("ใหม่", 2)]  # its own text, and a reply
    assert count_unread(somchai) == {community.id: 1}
    assert "ใหม่" in login_as(somchai).get("/communities/unread").text
    assert "ใหม่" in login_as(somchai).get("/").text


def test_what_one_has_opened_is_read_up_to_there(malee, community, somchai, login_as):
    thread = make_thread("ถาม", community=community)
    for _ in range(60):
        reply(thread, by=malee, text="ตอบ")
    session.commit()
    browser = login_as(somchai)
    assert browser.get(f"/threads/{thread.id}").status_code == 200  # never opened: from its beginning
    looked()
    assert unread(somchai) == [("ถาม", 10)]
    answer = browser.get(f"/threads/{thread.id}")
    assert answer.location == f"/threads/{thread.id}?post=51#post-51"
    page = browser.get(answer.location).text
    assert page.index("unread-from") < page.index('id="post-51"')
    looked()
    assert unread(somchai) == []
    browser.get(f"/threads/{thread.id}?page=1")  # going back does not make it unread
    looked()
    assert session.scalars(select(LastRead.number).where(LastRead.person_id == somchai.id)).all() == [60]


def test_one_s_own_reply_is_not_unread_once_its_page_was_shown(malee, community, somchai, login_as):
    thread = make_thread("ถาม", community=community)
    browser = login_as(somchai)
    address = browser.post(f"/threads/{thread.id}/replies", data={"text": "ตอบ", "send_key": "k"}).location
    browser.get(address)
    looked()
    assert unread(somchai) == []


def test_what_one_writes_oneself_is_read_and_what_stands_before_it_only_if_it_was(
    malee, community, somchai, login_as
):
    thread = make_thread("ถาม", community=community)
    assert unread(malee) == []  # who asks has read the question
    reply(thread, by=malee, text="เพิ่มเติม")
    session.commit()
    assert unread(malee) == []
    reply(thread, by=somchai, text="ตอบ")
    session.commit()
    assert unread(somchai) == [("ถาม", 3)]  # he never opened it
    page = login_as(malee).get(f"/threads/{thread.id}?page=1").text
    assert page.index('id="post-1"') < page.index("unread-from") < page.index('id="post-2"')
    assert "unread-from" not in login_as(somchai).get(f"/threads/{thread.id}?post=2").text


def test_what_was_typed_is_still_in_the_box_after_any_other_button(malee, community, somchai, login_as):
    thread = make_thread("ถาม", community=community)
    browser = login_as(somchai)
    browser.post(f"/drafts/reply-{thread.id}", json={"fields": {"text": "ยังพิมพ์ไม่จบ"}})
    browser.post(f"/items/{thread.id}/reactions", data={"word": "agree:0"})
    assert "ยังพิมพ์ไม่จบ" in browser.get(f"/threads/{thread.id}").text


def test_all_is_marked_as_read_with_one_button(malee, community, somchai, login_as):
    for title in ("หนึ่ง", "สอง"):
        make_thread(title, community=community)
    login_as(somchai).post(f"/communities/{community.id}/read")
    assert unread(somchai) == []
    thread = make_thread("สาม", community=community)
    assert unread_among([thread], somchai) == {thread.id: 1}


def test_what_is_muted_is_never_unread_and_tells_nothing(malee, community, somchai):
    thread = make_thread("ถาม", community=community)
    reply(thread, by=somchai, text="ฉันติดตาม")
    session.commit()
    unfollow(thread, somchai)
    session.commit()
    assert unread(somchai) == []
    other = make_thread("อื่น", community=community)
    reply(other, by=somchai, text="ฉันติดตาม")
    choose_level(community, somchai, Level.MUTE)
    session.commit()
    reply(other, by=malee, text="@สมชาย ตอบแล้ว")
    session.commit()
    assert unread(somchai) == []
    assert notices_of(somchai, SPEAKERS) == []


def test_who_watches_hears_of_all_and_forty_posts_in_an_hour_are_one_notice(malee, community, somchai):
    choose_level(community, somchai, Level.WATCH)
    thread = make_thread("ถาม", community=community)
    for _ in range(39):
        reply(thread, by=malee, text="ตอบ")
    session.commit()
    ((notice, words),) = notices_of(somchai, SPEAKERS)
    assert notice.kind == NEW_TALK.code
    assert "40" in words.text
    hide_post(post_numbered(thread, 1), by=malee, reason="")
    session.commit()
    assert "39" in notices_of(somchai, SPEAKERS)[0][1].text


def test_forty_replies_to_a_thread_one_follows_are_one_notice(malee, community, somchai):
    thread = make_thread("ถาม", community=community)
    reply(thread, by=somchai, text="ติดตาม")
    for _ in range(40):
        reply(thread, by=malee, text="ตอบ")
    session.commit()
    ((notice, words),) = notices_of(somchai, SPEAKERS)
    assert notice.kind == COMMENT.code
    assert "คำตอบใหม่ 40 ข้อความ" in words.text


def test_who_leaves_hears_nothing_any_more(malee, login_as):
    community = make_community("เรื่องภายใน", openness=Openness.CLOSED, by=malee)
    somchai = make_person("สมชาย")
    belong(community, somchai, by=malee)
    choose_level(community, somchai, Level.WATCH)
    thread = make_thread("ลับมาก", community=community)
    assert unread(somchai) == [("ลับมาก", 1)]
    leave(community, somchai, by=somchai)
    session.commit()
    assert unread(somchai) == []
    assert notices_of(somchai, SPEAKERS) == []
    reply(thread, by=malee, text="ต่อ")
    session.commit()
    assert (
        len(session.scalars(select(Notice).where(Notice.person_id == somchai.id)).all()) == 1
    )  # the old one
    for address in (f"/communities/{community.id}/read", f"/communities/{community.id}/level"):
        assert login_as(somchai).post(address, data={"level": "watch"}).status_code == 404


def test_a_level_nobody_offers_is_refused(somchai, community, login_as):
    assert (
        login_as(somchai).post(f"/communities/{community.id}/level", data={"level": "all"}).status_code == 422
    )


def test_the_unread_list_costs_the_same_number_of_queries_however_full(
    malee, community, somchai, login_as, count_queries
):
    browser = login_as(somchai)
    counts = []
    for many in (1, 25):
        for number in range(many):
            make_thread(f"ถาม {number}", community=community)
        browser.get("/communities/unread")
        with count_queries() as statements:
            assert browser.get("/communities/unread").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_who_watches_hears_nothing_of_a_thread_he_muted(malee, community, somchai):
    choose_level(community, somchai, Level.WATCH)
    thread = make_thread("ถาม", community=community)
    read_them(somchai)
    unfollow(thread, somchai)
    reply(thread, by=malee, text="ตอบ")
    session.commit()
    assert all(notice.read_at for notice, _ in notices_of(somchai, SPEAKERS))


def read_them(person):
    read_all_notices(person, SPEAKERS)
    session.commit()
