"""What becomes of a text when its thread is moved, merged, hidden or left while somebody writes: it goes to nobody who was not
there when the form was shown, and it is not lost."""

import pytest
from sqlalchemy import select

from portal.communities.carrying import merge_thread, move_thread
from portal.communities.joining import belong, leave
from portal.communities.poll_models import Poll
from portal.communities.polling import start_poll
from portal.communities.talking import OpeningHidden, ThreadMoved, reply
from portal.communities.thread_models import Thread, ThreadKind
from portal.db import session, transaction
from portal.items.hiding import hide_opening
from portal.items.models import Post
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.items.test_at_the_same_moment import both
from tests.items.test_rewriting_posts import opened_with
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES

TURNS = 5
LONG = "เขียนไว้นานมาก\nสองบรรทัด"


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


@pytest.fixture
def community(malee):
    return make_community(by=malee)


@pytest.fixture
def closed(malee):
    return make_community("วงปิด", openness=Openness.CLOSED, by=malee)


@pytest.fixture
def somchai(community):
    person = make_person("สมชาย")
    belong(community, person, by=person)
    session.commit()
    return person


@pytest.fixture
def thread(community, somchai):
    return make_thread(community=community, by=somchai)


def meant_for(page):
    return page.partition('name="meant_for"')[2].partition('value="')[2].partition('"')[0]


def moved(thread, target, by):
    with_threads = session.get(Thread, thread.id)
    move_thread(with_threads, target, by=by, why="เรื่องของวงนี้")
    session.commit()


def texts():
    return session.scalars(select(Post.text).order_by(Post.id)).all()


def test_a_reply_typed_for_some_is_not_stored_among_others_to_whom_the_thread_was_moved(
    malee, somchai, closed, thread, login_as
):
    belong(closed, somchai, by=malee)
    session.commit()
    browser = login_as(somchai)
    shown = meant_for(browser.get(f"/threads/{thread.id}").text)
    moved(thread, closed, malee)
    sent = {"text": LONG, "send_key": "k", "meant_for": shown}
    answer = browser.post(f"/threads/{thread.id}/replies", data=sent)
    assert answer.status_code == 422
    assert LONG in answer.text
    assert "ดูก่อนว่าตอนนี้ใครอ่านได้" in answer.text
    assert texts() == []
    sent["meant_for"] = meant_for(answer.text)
    assert browser.post(f"/threads/{thread.id}/replies", data=sent).status_code == 302
    assert texts() == [LONG]


def test_neither_a_post_nor_an_opening_text_nor_a_poll_is_written_for_others_than_was_shown(
    malee, somchai, closed, thread, login_as
):
    belong(closed, somchai, by=malee)
    post = reply(thread, by=somchai, text="สั้น")
    session.commit()
    browser = login_as(somchai)
    addresses = (f"/posts/{post.id}/edit", f"/threads/{thread.id}/edit", f"/threads/{thread.id}/polls/new")
    pages = {address: browser.get(address).text for address in addresses}
    moved(thread, closed, malee)
    typed = {"text": LONG, "title": "ใหม่", "question": LONG, "options": "ก\nข", "send_key": "k"}
    for address, page in pages.items():
        sent = typed | {"meant_for": meant_for(page), "opened_with": opened_with(page)}
        assert sent["meant_for"], address
        answer = browser.post(address, data=sent)
        assert answer.status_code == 422, address
        assert "สองบรรทัด" in answer.text, address
    session.expire_all()
    assert texts() == ["สั้น"]
    assert session.scalars(select(Poll)).all() == []
    assert thread.revision_number == 1


def test_what_was_typed_for_a_thread_one_does_not_read_any_more_is_given_back_on_a_page_that_tells_nothing(
    malee, somchai, closed, login_as
):
    thread = make_thread("เรื่องที่ย้ายไป", community=make_community("วงเดิม", by=malee))
    belong(thread.community, somchai, by=somchai)
    session.commit()
    browser = login_as(somchai)
    shown = meant_for(browser.get(f"/threads/{thread.id}").text)
    sent = {"text": LONG, "send_key": "k", "meant_for": shown}
    moved(thread, closed, malee)
    gone = browser.post(f"/threads/{thread.id}/replies", data=sent)
    never = browser.post("/threads/99999/replies", data=sent)
    for answer in (gone, never):
        assert answer.status_code == 404
        assert f">{LONG}</textarea>" in answer.text
        assert "เรื่องที่ย้ายไป" not in answer.text
    without_number = [
        page.text.partition("<main")[2].partition("ถ้าติดต่อขอความช่วยเหลือ")[0].partition("<code>")[0]
        for page in (gone, never)
    ]
    assert without_number[0] == without_number[1]
    assert texts() == []


def test_who_left_meanwhile_finds_his_text_in_the_box_where_he_still_reads(
    community, somchai, thread, login_as
):
    browser = login_as(somchai)
    shown = meant_for(browser.get(f"/threads/{thread.id}").text)
    leave(community, somchai, by=somchai)
    session.commit()
    sent = {"text": LONG, "send_key": "k", "meant_for": shown}
    answer = browser.post(f"/threads/{thread.id}/replies", data=sent)
    assert answer.status_code == 403
    assert f"{LONG}</textarea>" in answer.text
    assert f"/communities/{community.id}/join" in answer.text
    assert texts() == []


def test_what_was_typed_under_a_text_that_was_hidden_meanwhile_stands_in_the_box(
    malee, somchai, thread, login_as
):
    browser = login_as(somchai)
    browser.get(f"/threads/{thread.id}")
    hide_opening(thread, by=malee, reason="ข้อมูลส่วนบุคคล")
    session.commit()
    answer = browser.post(f"/threads/{thread.id}/replies", data={"text": LONG, "send_key": "k"})
    assert answer.status_code == 422
    assert f"{LONG}</textarea>" in answer.text
    assert texts() == []


def test_what_one_may_not_write_any_more_is_given_back_on_other_pages_too(
    community, somchai, thread, login_as
):
    post = reply(thread, by=somchai, text="สั้น")
    session.commit()
    browser = login_as(somchai)
    leave(community, somchai, by=somchai)
    session.commit()
    for address in (f"/threads/{thread.id}/edit", f"/threads/{thread.id}/polls/new"):
        answer = browser.post(address, data={"title": "ก", "text": LONG, "question": "ก", "options": LONG})
        assert answer.status_code == 403, address
        assert f">{LONG}</textarea>" in answer.text, address
    assert post.text == "สั้น"


def test_another_site_gets_nothing_of_it_and_a_button_gives_nothing_back(somchai, login_as):
    browser = login_as(somchai)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = browser.post("/threads/99999/replies", data={"text": LONG}, headers=foreign)
    assert LONG not in answer.text
    assert "textarea" not in browser.post("/items/99999/reactions", data={"word": "thanks:12"}).text


def ask(thread, by):
    start_poll(thread, by=by, question="วันไหน", options=["ก", "ข"])


def answer_it(thread, by):
    reply(thread, by=by, text=LONG)


@pytest.mark.parametrize("act", [ask, answer_it])
def test_what_is_sent_at_the_moment_of_a_move_does_not_come_into_the_thread(somchai, closed, thread, act):
    number, target = thread.id, closed.id
    session.commit()
    assert thread.community_id != target  # read before the other one moves it
    with transaction() as own:
        own.get(Thread, number).community_id = target
    with pytest.raises(ThreadMoved):
        act(thread, somchai)
    session.rollback()
    assert session.scalars(select(Poll)).all() == []
    assert texts() == []


def test_what_is_sent_at_the_moment_of_a_hiding_or_a_merge_is_told_which_it_was(
    malee, somchai, community, thread
):
    other = make_thread("อีกเรื่อง", community=community)
    hide_opening(thread, by=malee, reason="ข้อมูลส่วนบุคคล")
    merge_thread(other, make_thread("เรื่องเดียวกัน", community=community), by=malee, why="ซ้ำ")
    session.commit()
    for one, refusal in ((thread, OpeningHidden), (other, ThreadMoved)):
        with pytest.raises(refusal):
            ask(one, somchai)
        session.rollback()


def test_who_writes_and_who_moves_at_one_moment_do_not_wait_for_each_other(
    app, malee, somchai, community, closed, login_as
):
    """Seen on PostgreSQL: a deadlock, answered with 503, in one of three."""
    belong(closed, somchai, by=malee)
    session.commit()
    for turn in range(TURNS):
        thread = make_thread(f"เรื่องที่ {turn}", community=community, by=somchai, kind=ThreadKind.DISCUSSION)
        post = reply(thread, by=somchai, text="สั้น")
        session.commit()
        page = login_as(somchai).get(f"/threads/{thread.id}/edit").text
        edit = {"title": "ใหม่", "text": LONG, "opened_with": opened_with(page)}
        rewritten = login_as(somchai).get(f"/posts/{post.id}/edit").text
        answers = both(
            app,
            somchai,
            login_as,
            (f"/threads/{thread.id}/edit", edit),
            (f"/threads/{thread.id}/replies", {"text": LONG, "send_key": f"k{turn}"}),
            (f"/posts/{post.id}/edit", {"text": LONG, "opened_with": opened_with(rewritten)}),
        )
        assert answers == [302, 302, 302]


def test_who_writes_anew_what_is_moved_at_that_moment_does_not_wait_for_who_moves_it(
    app, malee, community, closed, login_as
):
    for turn in range(TURNS):
        thread = make_thread(f"เรื่องที่ {turn}", community=community, by=malee, kind=ThreadKind.DISCUSSION)
        page = login_as(malee).get(f"/threads/{thread.id}/edit").text
        edit = {"title": "ใหม่", "text": LONG, "opened_with": opened_with(page)}
        edited, carried = both(
            app,
            malee,
            login_as,
            (f"/threads/{thread.id}/edit", edit),
            (f"/threads/{thread.id}/move", {"target": str(closed.id), "why": "เรื่องของวงนี้"}),
        )
        assert (edited, carried) == (302, 302)
