"""Signs of life: who takes part, what waits for an answer, since when it is quiet; and who is told that a community sleeps."""

from datetime import timedelta

import pytest

from portal.communities.founding import close_down
from portal.communities.joining import belong, leave
from portal.communities.life import nudge_the_sleeping, signs_of
from portal.communities.listing import communities_of
from portal.communities.talking import accept_answer, reply
from portal.communities.thread_models import ThreadKind
from portal.db import now, session
from portal.items.posting import hide_post
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import GroupKind
from portal.people.settings import decide
from tests.communities.making import make_community, make_thread
from tests.making import make_group, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def after(days):
    return now() + timedelta(days=days)


def said_to(person):
    return [worded.text for _, worded in notices_of(person, SPEAKERS)]


def long_ago(community, days):
    """As if it had been founded, and all in it written, so many days ago."""
    community.founded_at -= timedelta(days=days)
    session.commit()


@pytest.mark.parametrize(("days", "is_asleep"), [(0, False), (29, False), (30, True), (400, True)])
def test_a_community_sleeps_when_nobody_has_written_for_thirty_days(town, days, is_asleep):
    community = make_community()
    make_thread(community=community)
    signs = signs_of([community], after(days))[community.id]
    assert (signs.days_quiet, signs.is_asleep) == (days, is_asleep)


def test_one_in_which_nobody_ever_wrote_is_counted_from_its_founding_and_one_that_ended_sleeps_not(town):
    community, ended = make_community(), make_community("ชุมชนที่จบแล้ว")
    close_down(ended, by=ended.founded_by)
    session.commit()
    signs = signs_of([community, ended], after(31))
    assert signs[community.id].is_asleep
    assert not signs[ended.id].is_asleep


def test_the_days_are_the_organisations(town):
    community = make_community()
    decide(town.id, community_sleeping_days=7, community_active_days=5)
    make_thread(community=community)
    session.commit()
    assert signs_of([community], after(7))[community.id].is_asleep
    assert signs_of([community], after(4))[community.id].active == 1
    assert signs_of([community], after(6))[community.id].active == 0


def test_active_is_who_wrote_and_it_is_said_how_much_is_the_facilitators_own(town):
    malee, somchai, silent = make_person("มาลี"), make_person("สมชาย"), make_person("ผู้อ่าน")
    community = make_community(by=malee)
    belong(community, silent, by=silent)
    thread = make_thread(community=community, by=somchai)
    for _ in range(2):
        reply(thread, by=malee, text="ตอบ")
    hide_post(reply(thread, by=silent, text="ลบ"), by=malee, reason="ผิดที่")
    session.commit()
    signs = signs_of([community])[community.id]
    assert (signs.active, signs.writings, signs.led, signs.share_of_facilitators) == (2, 3, 2, 67)
    later = signs_of([community], after(91))[community.id]
    assert (later.active, later.share_of_facilitators) == (0, None)


def test_questions_wait_till_an_answer_is_accepted_and_while_it_is_hidden(town):
    community = make_community()
    thread = make_thread(community=community)
    make_thread("คุย", community=community, kind=ThreadKind.DISCUSSION)
    assert signs_of([community])[community.id].unanswered == 1
    post = reply(thread, by=thread.author, text="ตอบ")
    accept_answer(thread, post, by=thread.author)
    session.commit()
    assert signs_of([community])[community.id].unanswered == 0
    hide_post(post, by=thread.author, reason="ผิด")
    session.commit()
    assert signs_of([community])[community.id].unanswered == 1


def test_the_facilitator_is_told_once_for_each_sleep_and_no_more_when_somebody_writes(town):
    malee = make_person("มาลี")
    community = make_community(by=malee)
    long_ago(community, 40)
    assert nudge_the_sleeping(now()) == 1
    assert nudge_the_sleeping(now()) == 0
    assert nudge_the_sleeping(after(1)) == 0, "the same sleep a day later"
    session.commit()
    assert said_to(malee) == [f"ไม่มีใครเขียนใน “{community.name}” มา 40 วันแล้ว คำถามเดียวก็ปลุกให้ตื่นได้"]
    make_thread(community=community)
    assert said_to(malee) == []
    assert nudge_the_sleeping(after(31)) == 1, "it fell asleep again"


def test_where_nobody_facilitates_those_who_plan_are_told(town):
    malee = make_person("มาลี")
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    community = make_community(by=malee)
    leave(community, malee, by=malee)
    long_ago(community, 40)
    nudge_the_sleeping(now())
    session.commit()
    assert len(said_to(naree)) == 1
    assert said_to(malee) == []


def test_the_km_team_sees_which_communities_sleep_and_others_do_not_ask(town, login_as):
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    sleeping, awake = make_community("ชุมชนที่หลับ"), make_community("ชุมชนที่ตื่น")
    make_thread(community=awake)
    long_ago(sleeping, 45)
    page = login_as(naree).get("/communities?state=asleep").text
    assert "หลับมา 45 วัน" in page
    assert "ชุมชนที่ตื่น" not in page
    everything = login_as(make_person("สมชาย")).get("/communities?state=asleep").text
    assert "ชุมชนที่ตื่น" in everything


def test_the_signs_of_many_communities_take_as_many_queries_as_of_one(town, count_queries):
    for number in range(12):
        make_thread(community=make_community(f"ชุมชนที่ {number}"))
    session.commit()
    communities = [one.community for one in communities_of(make_person("สมชาย"))]
    with count_queries() as few:
        signs_of(communities[:1])
    with count_queries() as many:
        assert len(signs_of(communities)) == 12
    assert len(many) == len(few) == 5
