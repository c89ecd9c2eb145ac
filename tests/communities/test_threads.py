"""Members ask, answer and tell; who may read the community says, and nothing that was typed is lost."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from portal.communities.founding import close_down
from portal.communities.joining import belong, leave
from portal.communities.polling import start_poll
from portal.communities.talking import (
    LockedAlready,
    ThreadLocked,
    accept_answer,
    lift_lock,
    lock_thread,
    reply,
    start_thread,
    take_back_answer,
)
from portal.communities.thread_models import Thread, ThreadKind
from portal.communities.thread_permissions import (
    can_accept_answer,
    can_announce,
    can_lock,
    can_reply,
    can_start_thread,
)
from portal.communities.threads import POSTS_A_PAGE, page_of_post, posts_on, threads_of
from portal.db import SEND_KEY_LENGTH, now, session
from portal.files.storing import receive
from portal.items.attaching import address_of, attach
from portal.items.minding import admit, admit_thread
from portal.items.models import Item, Post
from portal.items.permissions import can_comment, can_see
from portal.items.posting import EmptyPost, hide_post
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.audiences import group_token
from portal.people.models import Openness, Person
from portal.people.settings import decide
from portal.people.tokens import make_token
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.communities.making import make_community, make_thread
from tests.indexing import index_all
from tests.look.worlds import picture
from tests.making import make_asset, make_goal, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def test_a_thread_fulfils_what_its_community_serves_and_is_open_to_its_token(town):
    community = make_community()
    thread = make_thread(community=community)
    assert thread.is_published
    assert [(row.goal_id, row.step) for row in thread.fulfilments] == [(None, "KM6")]
    assert group_token(community.group_id) in {row.token for row in thread.audience}


@pytest.mark.parametrize("openness", Openness)
def test_who_reads_a_thread_is_who_reads_in_its_community(town, settings, openness):
    community = make_community(openness=openness)
    thread = make_thread("ปลากระป๋องตราเรือใบ", community=community)
    member, stranger = make_person("มาลี"), make_person("สมชาย")
    belong(community, member, by=member)
    session.commit()
    index_all(settings)
    for person, reads in ((member, True), (stranger, openness == Openness.OPEN), (None, False)):
        assert can_see(person, thread) is reads
        assert (thread in session.scalars(Thread.visible_to(person)).all()) is reads
        assert (
            thread.id in session.scalars(Item.visible_to(person).with_only_columns(Item.id)).all()
        ) is reads
        assert threads_of(community, person).total == (1 if reads else 0)
        found = search(SearchQuery.from_args({"q": "ปลากระป๋องตราเรือใบ"}), person)
        assert [one.item.id for one in found.results] == ([thread.id] if reads else [])


def test_a_thread_is_found_by_its_kind_in_words(town, settings):
    thread = make_thread("ปลากระป๋องตราเรือใบ", kind=ThreadKind.TOLD_STORY)
    index_all(settings)
    found = search(SearchQuery.from_args({"q": "ปลากระป๋อง ประเภท:เรื่องเล่าจากงาน"}), thread.author)
    assert [one.item.id for one in found.results] == [thread.id]
    assert [facet.options[0].label for facet in found.facets if facet.name == "kind"] == ["เรื่องเล่าจากงาน"]


def test_who_leaves_a_closed_community_no_longer_reads_his_own_threads(town):
    community, somchai = make_community(openness=Openness.CLOSED), make_person("สมชาย")
    thread = make_thread(community=community, by=somchai)
    assert can_see(somchai, thread)
    leave(community, somchai, by=somchai)
    session.commit()
    assert not can_see(somchai, thread)
    assert session.scalars(Thread.visible_to(somchai)).all() == []


def test_every_member_starts_threads_and_who_leads_announces(town):
    community, somchai, stranger = make_community(), make_person("สมชาย"), make_person("คนอื่น")
    belong(community, somchai, by=somchai)
    session.commit()
    assert can_start_thread(somchai, community)
    assert not can_announce(somchai, community)
    assert can_announce(community.founded_by, community)
    assert not can_start_thread(stranger, community)
    close_down(community, by=community.founded_by)
    session.commit()
    assert not can_start_thread(community.founded_by, community)


def test_colleagues_read_an_open_community_and_members_reply(town):
    community = make_community()
    thread, stranger, somchai = make_thread(community=community), make_person("คนอื่น"), make_person("สมชาย")
    belong(community, somchai, by=somchai)
    session.commit()
    assert can_see(stranger, thread)
    assert not can_reply(stranger, thread)
    assert not can_comment(stranger, thread), "comments are another door to the same thing"
    assert not can_comment(somchai, thread)
    assert can_reply(somchai, thread)


def test_replies_are_numbered_and_move_the_thread_to_the_top(town):
    community = make_community()
    old, new = make_thread("เก่า", community=community), make_thread("ใหม่", community=community)
    assert [one.title for one in threads_of(community, old.author).threads] == ["ใหม่", "เก่า"]
    for number in (1, 2):
        assert reply(old, by=old.author, text=f"คำตอบที่ {number}").number == number
        session.commit()
    assert old.replies == 2
    assert [one.title for one in threads_of(community, new.author).threads] == ["เก่า", "ใหม่"]


def test_sending_twice_is_one_thread_and_one_reply(town):
    community = make_community()
    by = community.founded_by
    first, second = (
        start_thread(community, by=by, kind=ThreadKind.DISCUSSION, title="คุย", text="กัน", send_key="k1")
        for _ in range(2)
    )
    assert first.id == second.id
    one, other = (reply(first, by=by, text="ตอบ", send_key="k2") for _ in range(2))
    assert one.id == other.id
    assert first.replies == 1


def test_replies_of_many_at_once_are_none_lost_and_none_twice(app, town):
    community = make_community()
    thread = make_thread(community=community)
    people = [make_person(f"คนที่ {number}") for number in range(4)]
    for person in people:
        belong(community, person, by=person)
    session.commit()
    thread_id, ids = thread.id, [person.id for person in people]

    def write(number):
        with app.app_context():
            person = session.get(Person, ids[number % 4])
            reply(session.get(Thread, thread_id), by=person, text=f"คำตอบที่ {number}", send_key=f"key{number}")
            session.commit()
            session.remove()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(write, range(20)))
    session.expire_all()
    numbers = session.scalars(
        select(Post.number).where(Post.item_id == thread_id).order_by(Post.number)
    ).all()
    assert numbers == list(range(1, 21))
    assert session.get(Thread, thread_id).replies == 20


@pytest.mark.parametrize(("title", "text"), [("", "x"), ("x", " "), ("\u200b", "x")])
def test_an_empty_thread_is_refused(town, title, text):
    community = make_community()
    with pytest.raises(EmptyPost):
        start_thread(community, by=community.founded_by, kind=ThreadKind.QUESTION, title=title, text=text)


def test_who_follows_is_told_of_replies_once_till_he_looks(town):
    community, somchai = make_community(), make_person("สมชาย")
    thread = make_thread(community=community)
    belong(community, somchai, by=somchai)
    for number in range(5):
        reply(thread, by=somchai, text=f"คำตอบที่ {number}")
    session.commit()
    told = [worded.text for _, worded in notices_of(thread.author, SPEAKERS)]
    assert len(told) == 1
    assert thread.title in told[0]


def test_who_asked_or_who_facilitates_accepts_an_answer_and_another_may_take_its_place(town):
    community, asking, helping = make_community(), make_person("มาลี"), make_person("สมชาย")
    thread = make_thread(community=community, by=asking)
    belong(community, helping, by=helping)
    first, second = (reply(thread, by=helping, text=text) for text in ("ได้", "ได้ ถ้าส่งของครบ"))
    session.commit()
    assert can_accept_answer(asking, thread, first)
    assert can_accept_answer(community.founded_by, thread, first)
    assert not can_accept_answer(helping, thread, first)
    accept_answer(thread, first, by=asking)
    accept_answer(thread, second, by=asking)
    session.commit()
    assert thread.answer.post_id == second.id
    assert threads_of(community, asking, unanswered=True).total == 0
    take_back_answer(thread, first, by=asking)
    assert thread.answer.post_id == second.id, "another one was accepted meanwhile"
    take_back_answer(thread, second, by=asking)
    session.commit()
    assert thread.answer is None
    assert threads_of(community, asking, unanswered=True).total == 1


def test_only_questions_are_answered_and_hidden_replies_answer_nothing(town):
    community = make_community()
    by = community.founded_by
    talk = make_thread(community=community, kind=ThreadKind.DISCUSSION)
    assert not can_accept_answer(by, talk, reply(talk, by=by, text="คุย"))
    question = make_thread(community=community)
    post = reply(question, by=by, text="ตอบ")
    hide_post(post, by=by, reason="ผิด")
    session.commit()
    assert not can_accept_answer(by, question, post)
    assert not can_accept_answer(by, talk, post)


def test_a_locked_thread_takes_no_reply_till_it_is_unlocked(town):
    community, somchai = make_community(), make_person("สมชาย")
    thread = make_thread(community=community)
    belong(community, somchai, by=somchai)
    session.commit()
    assert can_lock(community.founded_by, thread)
    assert not can_lock(somchai, thread)
    lock_thread(thread, by=community.founded_by, why="ตอบครบแล้ว")
    session.commit()
    assert (thread.lock.why, thread.lock.locked_by) == ("ตอบครบแล้ว", community.founded_by)
    assert not can_reply(somchai, thread)
    with pytest.raises(ThreadLocked):
        reply(thread, by=somchai, text="ยังไม่จบ")
    with pytest.raises(LockedAlready):
        lock_thread(thread, by=community.founded_by, why="อีกที")
    lift_lock(thread, by=community.founded_by)
    session.commit()
    assert can_reply(somchai, thread)
    assert len(thread.locks) == 1, "who locked it and why is kept"


def test_a_long_thread_is_read_page_by_page(town, count_queries):
    thread = make_thread()
    for number in range(2 * POSTS_A_PAGE + 1):
        reply(thread, by=thread.author, text=f"คำตอบที่ {number}")
    session.commit()
    assert [len(posts_on(thread, page)) for page in (1, 2, 3, 4)] == [POSTS_A_PAGE, POSTS_A_PAGE, 1, 0]
    assert page_of_post(POSTS_A_PAGE) == 1
    assert page_of_post(POSTS_A_PAGE + 1) == 2
    with count_queries() as statements:
        posts_on(thread, 3)
    assert len(statements) == 1


def test_a_hidden_answer_answers_nothing(town):
    thread = make_thread()
    post = reply(thread, by=thread.author, text="ตอบ")
    accept_answer(thread, post, by=thread.author)
    hide_post(post, by=thread.author, reason="ผิด")
    session.commit()
    assert not thread.is_answered
    assert threads_of(thread.community, thread.author, unanswered=True).total == 1


def test_a_notice_of_a_reply_leads_to_the_page_on_which_it_stands(town):
    community, somchai = make_community(), make_person("สมชาย")
    thread = make_thread(community=community)
    belong(community, somchai, by=somchai)
    for number in range(POSTS_A_PAGE):
        reply(thread, by=thread.author, text=f"คำตอบที่ {number}")
    reply(thread, by=somchai, text="คำตอบสุดท้าย")
    session.commit()
    (told,) = (worded.url for _, worded in notices_of(thread.author, SPEAKERS))
    assert told == f"/threads/{thread.id}?post={POSTS_A_PAGE + 1}#post-{POSTS_A_PAGE + 1}"


def test_a_picture_in_a_closed_thread_is_open_to_members_and_to_nobody_else(town, settings, login_as, client):
    community, somchai = make_community(openness=Openness.CLOSED), make_person("สมชาย")
    thread = make_thread(community=community, by=somchai)
    with receive(io.BytesIO(picture()), "ภาพ.png", settings=settings) as received:
        attached = attach(received, by=somchai, settings=settings)
    reply(thread, by=somchai, text=f"![ภาพ]({address_of(attached)})")
    session.commit()
    address, stranger = f"/files/{attached.id}/x.png", make_person("คนอื่น")
    assert login_as(community.founded_by).get(address).status_code == 200
    assert login_as(stranger).get(address).status_code == 404
    assert client.get(address).status_code in (302, 404)
    leave(community, somchai, by=somchai)
    session.commit()
    assert login_as(somchai).get(address).status_code == 404


def test_a_closed_thread_is_found_through_the_api_by_members_alone(town, settings, client):
    community, stranger = make_community(openness=Openness.CLOSED), make_person("คนอื่น")
    thread = make_thread("ปลากระป๋องตราเรือใบ", community=community)
    index_all(settings)
    for person, total in ((thread.author, 1), (stranger, 0)):
        token = make_token(person)
        session.commit()
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/v1/search?q=ปลากระป๋องตราเรือใบ", headers=headers).json["total"] == total
    assert client.get("/api/v1/search?q=ปลากระป๋องตราเรือใบ").json["total"] == 0


def test_a_thread_of_a_community_whose_goal_was_withdrawn_serves_the_step_alone(app):
    goal = make_goal()
    community = make_community()
    community.goal_id = goal.id
    goal.withdrawn_at = now()
    session.commit()
    assert [row.goal_id for row in make_thread(community=community).fulfilments] == [None]


def test_a_key_that_was_used_in_another_thread_says_nothing_here(town, login_as):
    community, member = make_community(), make_person("มานี")
    belong(community, member, by=member)
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    for place in range(5):
        reply(one, by=member, text=f"ตอบ {place}", send_key=f"k{place}")
    session.commit()
    answer = login_as(member).post(f"/threads/{other.id}/replies", data={"text": "สวัสดี", "send_key": "k4"})
    assert answer.location.endswith(f"/threads/{other.id}?post=1#post-1")
    session.expire_all()
    assert (one.replies, other.replies) == (5, 1)
    assert session.scalars(select(Post.text).where(Post.item_id == other.id)).all() == ["สวัสดี"]
    decide(other.organisation_id, held_first_posts=50)
    held = admit(one, "รออยู่", by=member, send_key="h1")
    elsewhere = admit(other, "รอที่อื่น", by=member, send_key="h1")
    assert (held.item_id, elsewhere.item_id, elsewhere.text) == (one.id, other.id, "รอที่อื่น")
    assert admit(one, "รออยู่", by=member, send_key="h1") is held


def test_a_key_that_was_used_in_another_community_begins_a_thread_of_its_own(town, login_as):
    """Seen: the answer was the thread of the first community, and what was written for the second was gone."""
    member = make_person("มานี")
    here, there = make_community("วงหนึ่ง", by=member), make_community("วงสอง", by=member)
    typed = {"kind": "question", "title": "ถาม", "text": "อย่างไร", "send_key": "k1"}
    browser = login_as(member)
    for community in (here, there, here):
        browser.post(f"/communities/{community.id}/threads/new", data=typed)
    found = session.scalars(select(Thread).order_by(Thread.id)).all()
    assert [one.community_id for one in found] == [here.id, there.id]
    polls = [
        start_poll(one, by=member, question="วันไหน", options=["จันทร์", "พุธ"], send_key="p1") for one in found
    ]
    assert [poll.thread_id for poll in polls] == [one.id for one in found]
    newcomer = make_person("ใหม่")
    for community in (here, there):
        belong(community, newcomer, by=newcomer)
    decide(here.organisation_id, held_first_posts=50)
    session.commit()
    held = [
        admit_thread(one.group, "ถาม", "รออยู่", by=newcomer, kind=ThreadKind.QUESTION, send_key="h1")
        for one in (here, there)
    ]
    assert [one.group_id for one in held] == [here.group_id, there.group_id]


def test_a_key_longer_than_any_form_makes_is_no_trouble(town, login_as):
    member = make_person("มานี")
    community = make_community(by=member)
    typed = {"kind": "question", "title": "ถาม", "text": "อย่างไร", "send_key": "k" * 500}
    browser = login_as(member)
    for _ in range(2):
        assert browser.post(f"/communities/{community.id}/threads/new", data=typed).status_code == 302
    (thread,) = session.scalars(select(Thread)).all()
    browser.post(f"/items/{make_asset().id}/comments", data={"text": "ดี", "send_key": "c" * 500})
    assert session.scalar(select(Post.text)) == "ดี"
    assert len(thread.send_key) == SEND_KEY_LENGTH
