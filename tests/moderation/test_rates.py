"""How much one person may send in a time, as the organisation decided, whichever process is asked; nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal import db
from portal.communities.carrying import split_thread
from portal.communities.joining import belong
from portal.communities.talking import reply
from portal.communities.thread_models import ThreadKind
from portal.db import session
from portal.items.minding import admit
from portal.items.models import Item, Post
from portal.items.order_models import HeldText
from portal.items.posting import write_post
from portal.items.rates import CalledTooMany, TooManyPosts
from portal.people.models import Person
from portal.people.settings import decide, settings_of
from tests.communities.making import make_thread
from tests.making import make_asset, make_organisation, make_person
from tests.meetings.making import make_event
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def test_a_thread_sent_twice_is_not_over_the_limit_the_second_time(town, login_as):
    cast = make_cast()
    decide(town.id, posts_per_hour=1)
    session.commit()
    browser = login_as(cast.sponsor)
    form = {"title": "ขอถาม", "text": "ทำอย่างไร", "kind": "question", "send_key": "k1"}
    address = f"/communities/{cast.community.id}/threads/new"
    first, second = browser.post(address, data=form), browser.post(address, data=form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert browser.post(address, data=form | {"send_key": "k2"}).status_code == 429


def test_the_figures_are_sane_till_the_organisation_decides_otherwise(town):
    decisions = settings_of(town.id)
    assert (decisions.posts_per_hour, decisions.mentions_per_hour, decisions.reports_per_day) == (30, 50, 10)


def test_one_more_is_refused_with_the_text_and_the_time_at_every_door(login_as, town):
    decide(town.id, posts_per_hour=2)
    cast = make_cast()  # in which the author has replied, the member begun a thread
    browser = login_as(cast.member)
    asset = make_asset()
    assert browser.post(f"/threads/{cast.thread.id}/replies", data={"text": "สอง"}).status_code == 302
    doors = {
        f"/threads/{cast.thread.id}/replies": {"text": "ข้อความที่พิมพ์ไว้"},
        f"/items/{asset.id}/comments": {"text": "ข้อความที่พิมพ์ไว้"},
        f"/communities/{cast.community.id}/threads/new": {
            "kind": "question",
            "title": "ถาม",
            "text": "ข้อความที่พิมพ์ไว้",
        },
    }
    for address, form in doors.items():
        answer = browser.post(address, data=form)
        assert answer.status_code == 429, address
        assert "คุณส่งข้อความครบ 2 ข้อความในหนึ่งชั่วโมงแล้ว" in answer.text, address
        assert "ข้อความที่พิมพ์ไว้" in answer.text, address
    assert session.scalar(select(func.count(Post.id)).where(Post.author_id == cast.member.id)) == 1
    for post in session.scalars(select(Post)):
        post.posted_at -= timedelta(hours=1)
    session.commit()
    assert browser.post(f"/threads/{cast.thread.id}/replies", data={"text": "ต่อ"}).status_code == 302


def test_it_is_said_when_the_next_one_can_be_sent(town):
    decide(town.id, posts_per_hour=2)
    cast = make_cast()
    post = write_post(cast.thread, by=cast.author, text="สอง")
    session.flush()
    post.posted_at -= timedelta(minutes=50)
    session.commit()
    with pytest.raises(TooManyPosts) as refused:
        admit(cast.thread, "สาม", by=cast.author)
    assert 500 < refused.value.wait <= 600


def test_what_waits_counts_and_sending_twice_does_not(town):
    decide(town.id, posts_per_hour=2, held_first_posts=3)
    cast = make_cast_of_newcomer(town)
    for key in ("a", "a", "b"):
        assert admit(cast.thread, "รอ", by=cast.newcomer, send_key=key) is not None
    with pytest.raises(TooManyPosts):
        admit(cast.thread, "รอ", by=cast.newcomer, send_key="c")
    assert session.scalar(select(func.count(HeldText.id))) == 2


def make_cast_of_newcomer(town):
    decide(town.id, held_first_posts=0)
    cast = make_cast()
    cast.newcomer = make_person("ใหม่")
    decide(town.id, held_first_posts=3)
    return cast


def test_mentions_are_counted_by_whom_they_call(login_as, town):
    decide(town.id, mentions_per_hour=3)
    cast = make_cast()
    people = [make_person(f"คนที่{n}", last_name=f"นามสกุล{n}") for n in range(4)]
    session.commit()
    three = " ".join(f"[@ก](/people/{one.id})" for one in people[:3])
    browser = login_as(cast.member)
    assert browser.post(f"/threads/{cast.thread.id}/replies", data={"text": three}).status_code == 302
    form = {"text": f"[@ก](/people/{people[3].id}) ช่วยดู"}
    answer = browser.post(f"/threads/{cast.thread.id}/replies", data=form)
    assert answer.status_code == 429
    assert "ช่วยดู" in answer.text
    assert "กล่าวถึงเพื่อนร่วมงานได้ไม่เกิน 3 คน" in answer.text
    assert browser.post(f"/threads/{cast.thread.id}/replies", data={"text": "ไม่เรียกใคร"}).status_code == 302
    with pytest.raises(CalledTooMany):
        admit(cast.thread, " ".join(f"[@ก](/people/{one.id})" for one in people), by=cast.author)


def test_two_windows_at_the_same_moment_are_counted_one_by_one(town):
    decide(town.id, posts_per_hour=2)
    cast = make_cast()
    item_id, author_id = cast.thread.id, cast.author.id  # who has written one
    session.commit()
    db.session.remove()
    together = Barrier(4)

    def send(number: int) -> str:
        try:
            together.wait(10)
            author, item = session.get_one(Person, author_id), session.get_one(Item, item_id)
            admit(item, f"ข้อความ {number}", by=author)
            db.lock(item)
            write_post(item, by=author, text=f"ข้อความ {number}")
            session.commit()
        except TooManyPosts:
            return "refused"
        else:
            return "sent"
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as windows:
        assert sorted(windows.map(send, range(4))) == ["refused", "refused", "refused", "sent"]
    assert session.scalar(select(func.count(Post.id)).where(Post.author_id == author_id)) == 2


def test_writing_anew_counts_as_a_text_and_calls_only_whom_it_had_not_called(town, login_as):
    decide(town.id, posts_per_hour=4, mentions_per_hour=2)
    malee = make_person("มาลี")
    people = [make_person(f"คน{sign}", username=f"p{number}") for number, sign in enumerate("กขคง")]
    post = write_post(make_asset(author=malee), by=malee, text=f"@{people[0].username}")
    session.commit()
    browser = login_as(malee)

    def anew(text):
        form = browser.get(f"/posts/{post.id}/edit").text
        key = form.partition('name="opened_with"')[2].partition('value="')[2].partition('"')[0]
        return browser.post(f"/posts/{post.id}/edit", data={"text": text, "opened_with": key})

    assert anew("@p0 @p1").status_code == 302
    refused = anew("@p0 @p1 @p2")
    assert "กล่าวถึง" in refused.text
    assert "@p2" in refused.text
    assert anew("@p0 @p1 สอง").status_code == 302
    assert anew("@p0 @p1 สาม").status_code == 302
    assert anew("@p0 @p1 สี่").status_code != 302  # the fifth text within the hour


def form_of(page, **more):
    """What its form holds, as the browser sends it back, with what is typed now."""
    key = page.partition('name="opened_with"')[2].partition('value="')[2].partition('"')[0]
    return {**more, "opened_with": key}


def test_changing_an_opening_text_a_meeting_or_asking_in_a_poll_is_a_text_as_writing_anew_is(town, login_as):
    cast = make_cast()
    event = make_event(by=cast.member, starts_in=timedelta(days=2))
    day, times = event.day.isoformat(), {"begins": "09:00", "ends": "11:00"}
    said = {"kind": "talk_circle", "title": "วงเล่า", "day": day, **times, "place": "ห้องประชุม", "step": "KM6"}
    thread, meeting = f"/threads/{cast.thread.id}/edit", f"/meetings/{event.id}/edit"
    poll = f"/threads/{cast.thread.id}/polls/new"
    browser = login_as(cast.member)
    decide(town.id, posts_per_hour=5)  # two he has sent: the thread and the meeting
    for number in (1, 2):
        form = form_of(browser.get(thread).text, title="ชื่อ", text=f"แก้ครั้งที่ {number}")
        assert browser.post(thread, data=form).status_code == 302
    assert (
        browser.post(poll, data={"question": "วันไหน", "options": "ก\nข", "send_key": "k"}).status_code == 302
    )
    assert (
        browser.post(poll, data={"question": "วันไหน", "options": "ก\nข", "send_key": "k"}).status_code == 302
    )
    for address, form in (
        (thread, form_of(browser.get(thread).text, title="ชื่อ", text="คำที่พิมพ์ไว้")),
        (meeting, form_of(browser.get(meeting).text, **said, text="คำที่พิมพ์ไว้")),
        (poll, {"question": "คำที่พิมพ์ไว้", "options": "ก\nข", "send_key": "l"}),
    ):
        answer = browser.post(address, data=form)
        assert answer.status_code == 429, address
        assert "คำที่พิมพ์ไว้" in answer.text, address
    decide(town.id, posts_per_hour=6)
    form = form_of(browser.get(meeting).text, **said, text="วาระใหม่")
    assert browser.post(meeting, data=form).status_code == 302
    form = form_of(browser.get(meeting).text, **said, text="วาระใหม่กว่า")
    assert browser.post(meeting, data=form).status_code == 429


def test_who_splits_a_thread_has_not_sent_what_keeps_the_place_of_the_replies(town):
    decide(town.id, posts_per_hour=3)
    malee, somchai = make_person("มาลี"), make_person("สมชาย")
    thread = make_thread(by=malee)
    belong(thread.community, somchai, by=somchai)
    for number in range(5):
        reply(thread, by=somchai, text=f"ตอบ {number}")
    split_thread(
        thread, {1, 2, 3, 4}, by=malee, why="แยก", title="อีกเรื่อง", text="แยกมา", kind=ThreadKind.DISCUSSION
    )
    session.commit()
    assert admit(thread, "ขอบคุณ", by=malee) is None  # two threads so far, and this
