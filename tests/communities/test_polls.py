"""Polls in threads: one vote of each member, changeable till the end; how it stands is seen by who has voted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from portal.audit.models import AuditEntry
from portal.communities.carrying import merge_thread, move_thread
from portal.communities.joining import belong
from portal.communities.models import Community
from portal.communities.poll_models import Poll, PollOption, PollVote
from portal.communities.poll_permissions import can_ask, can_end, can_vote
from portal.communities.polling import (
    MOST_POLLS,
    ChooseOne,
    LastDayPassed,
    OptionsWrong,
    PollLocked,
    PollOver,
    TooManyPolls,
    end_poll,
    polls_of,
    start_poll,
    vote,
)
from portal.communities.talking import ThreadLocked, lift_lock, lock_thread
from portal.communities.thread_models import Thread
from portal.db import session
from portal.errors import Refused
from portal.items.hiding import hide_opening
from portal.people.models import Openness, Person
from portal.thai.dates import bangkok_today
from tests.communities.making import make_community, make_thread
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES

FORM = {"question": "ประชุมวันไหนดี", "options": "จันทร์\nอังคาร\n\nพุธ", "send_key": "k"}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


@pytest.fixture
def malee(town):
    return make_person("มาลี")


@pytest.fixture
def thread(malee):
    return make_thread(community=make_community(by=malee))


def member_of(thread, called="สมชาย"):
    person = make_person(called)
    belong(thread.community, person, by=person)
    session.commit()
    return person


def poll_in(thread, **more):
    given = {"question": "ประชุมวันไหนดี", "options": ["จันทร์", "อังคาร", "พุธ"]} | more
    poll = start_poll(thread, by=thread.author, **given)
    session.commit()
    return poll


def cast(poll, person, *places):
    vote(poll, [poll.options[place].id for place in places], by=person)
    session.commit()


def counts(poll, person):
    (shown,) = polls_of(poll.thread, person)
    return [one.count for one in shown.choices]


def test_one_person_has_one_vote_and_may_change_it(malee, thread):
    poll, somchai = poll_in(thread), member_of(thread)
    for place in (0, 2, 1):
        cast(poll, somchai, place)
    cast(poll, malee, 1)
    assert counts(poll, somchai) == [0, 2, 0]
    (shown,) = polls_of(thread, somchai)
    assert (shown.voters, [one.is_mine for one in shown.choices]) == (2, [False, True, False])
    assert [one.share for one in shown.choices] == [0, 100, 0]
    with pytest.raises(ChooseOne):
        cast(poll, somchai, 0, 1)
    with pytest.raises(ChooseOne):
        vote(poll, [99_999], by=somchai)


def test_where_several_may_be_chosen_voters_are_counted_once(malee, thread):
    poll = poll_in(thread, takes_several=True)
    cast(poll, malee, 0, 1)
    cast(poll, member_of(thread), 1)
    (shown,) = polls_of(thread, malee)
    assert ([one.count for one in shown.choices], shown.voters) == ([1, 2, 0], 2)
    assert [one.share for one in shown.choices] == [50, 100, 0]


def test_how_it_stands_is_seen_after_voting_and_by_all_at_the_end(malee, thread):
    poll, somchai, reader = poll_in(thread), member_of(thread), make_person("คนอื่น")
    cast(poll, malee, 0)
    assert polls_of(thread, malee)[0].voters == 1
    for person in (somchai, reader):
        assert polls_of(thread, person)[0].voters is None
        assert counts(poll, person) == [0, 0, 0]
    end_poll(poll, by=malee)
    session.commit()
    for person in (malee, somchai, reader):
        assert counts(poll, person) == [1, 0, 0]
    with pytest.raises(PollOver):
        cast(poll, somchai, 1)


def test_names_are_shown_only_where_that_was_said_before(malee, thread, login_as):
    somchai = member_of(thread)
    for is_named in (False, True):
        poll = poll_in(thread, is_named=is_named)
        page = login_as(malee).get(f"/threads/{thread.id}").text
        assert ("ทุกคนที่อ่านกระทู้เห็นว่าใครเลือกอะไร" if is_named else "คนอื่นไม่เห็นว่าคุณเลือกอะไร") in page
        cast(poll, somchai, 1)
        cast(poll, malee, 0)
        shown = polls_of(thread, malee)[-1]
        assert [somchai.name in one.names for one in shown.choices] == [False, is_named, False]
    said = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("poll."))).all()
    assert said == ["poll.start", "poll.start"], "what somebody chose stands in no log"


def test_a_poll_ends_with_its_last_day_in_bangkok(malee, thread):
    poll = poll_in(thread, last_day=bangkok_today())
    assert can_vote(malee, poll)
    poll.last_day = bangkok_today() - timedelta(days=1)
    session.commit()
    assert not can_vote(malee, poll)
    with pytest.raises(PollOver):
        cast(poll, malee, 0)
    with pytest.raises(LastDayPassed):
        poll_in(thread, last_day=bangkok_today() - timedelta(days=1))


def test_nobody_votes_in_a_locked_thread_till_it_is_unlocked(malee, thread):
    poll = poll_in(thread)
    lock_thread(thread, by=malee, why="พอแล้ว")
    session.commit()
    assert not can_vote(malee, poll)
    with pytest.raises(PollLocked):
        cast(poll, malee, 0)
    with pytest.raises(ThreadLocked):
        poll_in(thread)
    lift_lock(thread, by=malee)
    session.commit()
    cast(poll, malee, 0)
    assert counts(poll, malee) == [1, 0, 0]


def test_a_lock_shows_nobody_how_it_stands(malee, thread):
    """Seen: a facilitator locked the thread, looked, unlocked it, and voted."""
    poll, somchai, reader = poll_in(thread), member_of(thread), make_person("คนอื่น")
    cast(poll, somchai, 0)
    lock_thread(thread, by=malee, why="ขอดูหน่อย")
    session.commit()
    for person in (malee, reader):
        (shown,) = polls_of(thread, person)
        assert (shown.voters, shown.is_over, [one.count for one in shown.choices]) == (None, False, [0, 0, 0])
    assert polls_of(thread, somchai)[0].voters == 1, "who has voted sees it on"
    end_poll(poll, by=malee)
    session.commit()
    assert polls_of(thread, reader)[0].voters == 1, "a locked thread is no reason never to learn how it ended"


def meanwhile(app, do):
    """Done by somebody else after this session has read the poll."""
    session.commit()

    def alone():
        with app.test_request_context():
            do()
            session.commit()
            session.remove()

    with ThreadPoolExecutor(1) as other:
        other.submit(alone).result()


def test_who_votes_while_a_moderator_takes_the_poll_away_is_told_that_it_is_gone(
    malee, thread, login_as, monkeypatch
):
    poll = start_poll(thread, by=thread.author, question="ใครโง่", options=["ดำ", "แดง"])
    session.commit()
    number, option = poll.id, poll.options[0].id

    def taken_away_meanwhile(_thread):
        session.execute(delete(PollOption).where(PollOption.poll_id == number))
        session.execute(delete(Poll).where(Poll.id == number))

    monkeypatch.setattr("portal.communities.polling.lock", taken_away_meanwhile)
    answer = login_as(malee).post(f"/polls/{number}/vote", data={"option": str(option)})
    assert answer.status_code in (302, 404)


def test_who_does_not_read_where_the_thread_was_moved_meanwhile_votes_no_more(app, malee, thread):
    poll, somchai = poll_in(thread), member_of(thread)
    narrower = make_community("วงที่ต้องขอเข้า", openness=Openness.ON_REQUEST, by=malee)
    assert can_vote(somchai, poll)
    ids = (thread.id, narrower.id, malee.id)

    def move():
        here, target, by = (
            session.get(kind, one) for kind, one in zip((Thread, Community, Person), ids, strict=True)
        )
        move_thread(here, target, by=by, why="ที่นั่นเหมาะกว่า")

    meanwhile(app, move)
    with pytest.raises(Refused):
        vote(poll, [poll.options[0].id], by=somchai)
    with pytest.raises(Refused):
        end_poll(poll, by=somchai)
    cast(poll, malee, 0)


def test_a_vote_minds_the_lock_of_the_thread_into_which_its_own_was_merged_meanwhile(app, malee, thread):
    poll, other = poll_in(thread), make_thread("อีกกระทู้", community=thread.community)
    assert can_vote(malee, poll)
    ids = (thread.id, other.id, malee.id)

    def merge():
        here, into, by = (
            session.get(kind, one) for kind, one in zip((Thread, Thread, Person), ids, strict=True)
        )
        merge_thread(here, into, by=by, why="ซ้ำ")
        lock_thread(into, by=by, why="จบแล้ว")

    meanwhile(app, merge)
    with pytest.raises(PollLocked):
        vote(poll, [poll.options[0].id], by=malee)
    assert poll.thread_id == other.id


def test_who_began_the_thread_or_leads_asks_and_every_member_votes(malee, thread):
    asking, somchai, stranger = member_of(thread, "วีระ"), member_of(thread), make_person("คนอื่น")
    own = make_thread("ของวีระ", community=thread.community, by=asking)
    poll = poll_in(own)
    for person, asks, votes, ends in (
        (asking, True, True, True),
        (malee, True, True, True),
        (somchai, False, True, False),
        (stranger, False, False, False),
        (None, False, False, False),
    ):
        assert (can_ask(person, own), can_vote(person, poll), can_end(person, poll)) == (asks, votes, ends)


@pytest.mark.parametrize(
    "options", [[], ["หนึ่ง"], ["ซ้ำ", " ซ้ำ "], [" ", "\u200b", "หนึ่ง"], [str(number) for number in range(11)]]
)
def test_a_poll_has_two_to_ten_answers_and_none_twice(thread, options):
    with pytest.raises(OptionsWrong):
        poll_in(thread, options=options)


def test_there_are_five_polls_in_a_thread_at_most_and_sending_twice_is_one(thread):
    assert poll_in(thread, send_key="k1").id == poll_in(thread, send_key="k1").id
    for _ in range(MOST_POLLS - 1):
        poll_in(thread)
    with pytest.raises(TooManyPolls):
        poll_in(thread)


def test_votes_of_many_at_once_are_counted_right(app, thread):
    poll = poll_in(thread)
    people = [member_of(thread, f"คนที่ {number}").id for number in range(5)]
    number, options = poll.id, [one.id for one in poll.options]

    def do(one):
        with app.test_request_context():
            vote(session.get(Poll, number), [options[one % 3]], by=session.get(Person, people[one % 5]))
            session.commit()
            session.remove()

    with ThreadPoolExecutor(5) as crowd:
        list(crowd.map(do, range(30)))
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(PollVote)) == 5
    assert sum(counts(poll, session.get(Person, people[0]))) == 5


def test_two_windows_of_one_person_make_one_vote(app, thread):
    poll = poll_in(thread)
    number, options, by = poll.id, [one.id for one in poll.options], member_of(thread).id

    def do(one):
        with app.test_request_context():
            vote(session.get(Poll, number), [options[one % 3]], by=session.get(Person, by))
            session.commit()
            session.remove()

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(do, range(12)))
    assert session.scalar(select(func.count()).select_from(PollVote)) == 1


def test_polls_go_along_when_their_thread_is_merged(malee, thread):
    poll, other = poll_in(thread), make_thread("อีกกระทู้", community=thread.community)
    cast(poll, malee, 0)
    merge_thread(thread, other, by=malee, why="ซ้ำ")
    session.commit()
    session.expire_all()
    (shown,) = polls_of(other, malee)
    assert (shown.poll.id, shown.voters) == (poll.id, 1)


def test_it_is_asked_and_voted_on_without_script(malee, thread, login_as):
    browser, other = login_as(malee), member_of(thread)
    address = f"/threads/{thread.id}/polls/new"
    assert browser.post(address, data=FORM | {"options": "หนึ่งข้อ"}).status_code == 422
    for _ in range(2):  # a double click
        assert browser.post(address, data=FORM).location == f"/threads/{thread.id}#polls"
    poll = session.scalars(select(Poll)).one()
    assert [one.text for one in poll.options] == ["จันทร์", "อังคาร", "พุธ"]
    voter = login_as(other)
    page = voter.get(f"/threads/{thread.id}").text
    assert page.count('type="radio" name="option"') == 3
    assert "คะแนน ·" not in page
    voter.post(f"/polls/{poll.id}/vote", data={})
    assert "เลือกคำตอบก่อน" in voter.get(f"/threads/{thread.id}").text
    voter.post(f"/polls/{poll.id}/vote", data={"option": poll.options[1].id})
    page = voter.get(f"/threads/{thread.id}").text
    assert "ลงคะแนนแล้ว" in page
    assert "คุณเลือก" in page
    login_as(malee).post(f"/polls/{poll.id}/end")
    late = login_as(other)
    late.post(f"/polls/{poll.id}/vote", data={"option": poll.options[0].id})
    assert "แบบสำรวจปิดแล้ว" in late.get(f"/threads/{thread.id}").text
    assert "แบบสำรวจความเห็น" not in login_as(make_person("คนอื่น")).get(f"/threads/{thread.id}").text


def test_a_poll_of_a_closed_community_looks_like_none_at_all(malee, login_as):
    poll = poll_in(make_thread(community=make_community("วงปิด", openness=Openness.CLOSED, by=malee)))
    browser = login_as(make_person("คนอื่น"))
    for path in (f"/polls/{poll.id}/vote", f"/polls/{poll.id}/end", "/polls/99999/vote"):
        assert browser.post(path, data={"option": poll.options[0].id}).status_code == 404


def test_script_in_a_poll_never_runs(malee, thread, login_as):
    evil = "<script>alert(1)</script>"
    poll_in(thread, question=evil, options=[evil, f"{evil}2"], is_named=True)
    assert "<script>alert" not in login_as(malee).get(f"/threads/{thread.id}").text


def test_a_thread_with_many_polls_takes_as_many_queries_as_with_one(malee, thread, login_as, count_queries):
    browser = login_as(malee)

    def queries():
        browser.get(f"/threads/{thread.id}")
        with count_queries() as statements:
            browser.get(f"/threads/{thread.id}")
        return len(statements)

    cast(poll_in(thread, is_named=True), malee, 0)
    one = queries()
    for _ in range(MOST_POLLS - 1):
        cast(poll_in(thread, is_named=True), malee, 0)
    cast(session.scalars(select(Poll)).first(), member_of(thread), 1)
    assert queries() == one


def test_polls_are_hidden_with_the_text_that_opens_their_thread(malee, login_as):
    community = make_community(by=malee)
    thread = make_thread(community=community, by=make_person("คนถาม"))
    poll = poll_in(thread, question="คำด่าในโพล")
    member = member_of(thread)
    assert "คำด่าในโพล" in login_as(member).get(f"/threads/{thread.id}").text
    hide_opening(thread, by=malee, reason="ด่า")
    session.commit()
    browser = login_as(member)
    assert "คำด่าในโพล" not in browser.get(f"/threads/{thread.id}").text
    assert browser.post(f"/polls/{poll.id}/vote", data={"option": "1"}).status_code == 404
    assert "คำด่าในโพล" in login_as(malee).get(f"/threads/{thread.id}").text, "who decides reads it"


def test_a_member_who_may_not_ask_is_not_let_in_by_a_lock(malee, login_as):
    thread = make_thread(by=malee)
    somchai = make_person("สมชาย")
    belong(thread.community, somchai, by=somchai)
    lock_thread(thread, by=malee, why="จบแล้ว")
    session.commit()
    assert login_as(somchai).get(f"/threads/{thread.id}/polls/new").status_code == 403
    assert login_as(malee).get(f"/threads/{thread.id}/polls/new").status_code == 200
