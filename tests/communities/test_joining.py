"""Joining is voluntary and one click, leaving too; who asks to be let in hears what became of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.communities.belonging import present_parts
from portal.communities.founding import (
    About,
    NameTaken,
    close_down,
    edit_community,
    found_community,
    open_again,
)
from portal.communities.joining import (
    AskedAlready,
    DecidedAlready,
    NotAMember,
    ask_to_join,
    belong,
    give_up_part,
    leave,
    let_in,
    take_part,
    turn_down,
)
from portal.communities.listing import communities_of, members_of, request_of, requests_to
from portal.communities.models import Community, JoinRequest, Part
from portal.communities.permissions import can_bring_in, can_lead, can_see_members, is_member
from portal.db import session
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.appointing import GroupClosed
from portal.people.audiences import group_token, tokens_of
from portal.people.models import GroupKind, GroupMembership, Openness
from portal.people.registering import deactivate
from portal.thai.dates import bangkok_today
from tests.communities.making import make_community
from tests.making import join, make_admin, make_group, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def said_to(person):
    return [worded.text for _, worded in notices_of(person, SPEAKERS)]


def test_who_founds_a_community_is_its_first_member_and_facilitates_it(town):
    malee = make_person("มาลี")
    community = make_community(by=malee)
    assert [one.person for one in members_of(community).members] == [malee]
    assert [(one.person_id, one.part) for one in community.parts] == [(malee.id, Part.FACILITATOR)]
    assert can_lead(malee, community)


def test_joining_twice_is_joining_once(town):
    community, somchai = make_community(), make_person("สมชาย")
    belong(community, somchai, by=somchai)
    belong(community, somchai, by=somchai)
    session.commit()
    assert is_member(somchai, community)
    rows = select(func.count()).where(GroupMembership.person_id == somchai.id)
    assert session.scalar(rows) == 1


def test_two_clicks_at_the_same_moment_are_one_membership(app, town):
    community, somchai = make_community(), make_person("สมชาย")
    community_id, person_id = community.id, somchai.id
    session.commit()

    def click(_number):
        with app.app_context():
            person = session.get(type(somchai), person_id)
            belong(session.get(Community, community_id), person, by=person)
            session.commit()
            session.remove()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(click, range(4)))
    session.expire_all()
    rows = select(func.count()).where(GroupMembership.person_id == person_id)
    assert session.scalar(rows) == 1


@pytest.mark.parametrize("days_ago", [0, 1, 400])
def test_who_leaves_sees_nothing_of_it_from_that_moment(town, days_ago):
    community, somchai = make_community(openness=Openness.CLOSED), make_person("สมชาย")
    join(somchai, community.group, from_date=bangkok_today() - timedelta(days=days_ago))
    take_part(community, somchai, Part.NOTE_TAKER, by=somchai)
    session.commit()
    assert group_token(community.group_id) in tokens_of(somchai)
    leave(community, somchai, by=somchai)
    session.commit()
    assert group_token(community.group_id) not in tokens_of(somchai)
    assert not is_member(somchai, community)
    assert somchai.id not in {one.person_id for one in community.parts}
    assert community not in session.scalars(Community.visible_to(somchai)).all()


def test_who_left_may_come_back(town):
    community, somchai = make_community(), make_person("สมชาย")
    for _ in range(2):
        belong(community, somchai, by=somchai)
        session.commit()
        assert is_member(somchai, community)
        leave(community, somchai, by=somchai)
        session.commit()
        assert not is_member(somchai, community)


def test_those_who_facilitate_are_told_of_a_request_and_who_asked_of_the_answer(town):
    malee, somchai = make_person("มาลี"), make_person("สมชาย")
    community = make_community(openness=Openness.ON_REQUEST, by=malee)
    request = ask_to_join(community, somchai, "ทำงานพัสดุมาสามปี")
    session.commit()
    assert said_to(malee) == [f"{somchai.name} ขอเข้าร่วม “{community.name}”"]
    assert requests_to(community) == [request]
    assert request_of(somchai, community) == request
    let_in(request, by=malee)
    session.commit()
    assert is_member(somchai, community)
    assert said_to(malee) == []
    assert said_to(somchai) == [f"คุณเป็นสมาชิก “{community.name}” แล้ว"]
    assert requests_to(community) == []


def test_who_is_turned_down_is_told_and_may_ask_again(town):
    malee, somchai = make_person("มาลี"), make_person("สมชาย")
    community = make_community(openness=Openness.ON_REQUEST, by=malee)
    turn_down(ask_to_join(community, somchai), by=malee)
    session.commit()
    assert said_to(somchai) == [f"คำขอเข้าร่วม “{community.name}” ของคุณไม่ได้รับการตอบรับ"]
    assert not is_member(somchai, community)
    ask_to_join(community, somchai)
    session.commit()
    assert len(requests_to(community)) == 1


def test_one_request_waits_at_a_time_and_is_decided_once(town):
    community, somchai = make_community(openness=Openness.ON_REQUEST), make_person("สมชาย")
    request = ask_to_join(community, somchai)
    with pytest.raises(AskedAlready):
        ask_to_join(community, somchai)
    let_in(request, by=community.founded_by)
    with pytest.raises(DecidedAlready):
        turn_down(request, by=community.founded_by)
    assert session.scalar(select(func.count()).select_from(JoinRequest)) == 1


def test_who_came_in_another_way_waits_for_nobodys_answer(town):
    malee, somchai = make_person("มาลี"), make_person("สมชาย")
    community = make_community(openness=Openness.ON_REQUEST, by=malee)
    ask_to_join(community, somchai)
    belong(community, somchai, by=malee)
    session.commit()
    assert requests_to(community) == []
    assert said_to(malee) == []


def test_only_members_take_something_on_and_are_told(town):
    community, somchai = make_community(), make_person("สมชาย")
    with pytest.raises(NotAMember):
        take_part(community, somchai, Part.SPONSOR, by=community.founded_by)
    belong(community, somchai, by=somchai)
    take_part(community, somchai, Part.SPONSOR, by=community.founded_by)
    take_part(community, somchai, Part.SPONSOR, by=community.founded_by)
    session.commit()
    assert said_to(somchai) == [f"คุณเป็นคุณเอื้อของ “{community.name}” แล้ว"]
    taken = [one for one in community.parts if one.person_id == somchai.id]
    assert len(taken) == 1
    give_up_part(taken[0], by=somchai)
    session.commit()
    assert said_to(somchai) == []


def test_a_community_without_a_facilitator_is_looked_after_by_those_who_plan(town):
    malee = make_person("มาลี")
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    community = make_community(by=malee)
    assert not can_lead(naree, community)
    leave(community, malee, by=malee)
    session.commit()
    assert can_lead(naree, community)
    assert not can_lead(malee, community)


def test_those_who_plan_do_not_get_into_a_closed_community_that_nobody_facilitates(town):
    malee, somchai = make_person("มาลี"), make_person("สมชาย")
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    community = make_community(openness=Openness.CLOSED, by=malee)
    belong(community, somchai, by=malee)
    leave(community, malee, by=malee)
    session.commit()
    assert not can_lead(naree, community)
    assert not can_bring_in(naree, community)
    assert not can_see_members(naree, community)
    assert can_lead(somchai, community), "its members look after it"


def test_a_facilitator_who_leaves_the_organisation_leads_no_more_and_is_named_no_more(town):
    malee, admin = make_person("มาลี"), make_admin()
    community = make_community(by=malee)
    deactivate(malee, by=admin)
    session.commit()
    assert can_lead(admin, community)
    assert [one.facilitators for one in communities_of(admin)] == [()]
    assert present_parts([community.id]) == []


def test_where_nobody_facilitates_those_who_plan_are_told_of_a_request(town):
    malee, somchai = make_person("มาลี"), make_person("สมชาย")
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    community = make_community(openness=Openness.ON_REQUEST, by=malee)
    leave(community, malee, by=malee)
    ask_to_join(community, somchai)
    session.commit()
    assert said_to(naree) == [f"{somchai.name} ขอเข้าร่วม “{community.name}”"]


def test_a_community_is_not_opened_again_beside_another_of_its_name(town):
    first = make_community("ชุมชนช่าง")
    close_down(first, by=first.founded_by)
    make_community("ชุมชนช่าง")
    with pytest.raises(NameTaken):
        open_again(first, by=first.founded_by)


def test_nobody_joins_what_has_ended(town):
    community, somchai = make_community(), make_person("สมชาย")
    close_down(community, by=community.founded_by)
    session.commit()
    with pytest.raises(GroupClosed):
        belong(community, somchai, by=somchai)
    assert not is_member(community.founded_by, community)
    assert communities_of(somchai) == []
    assert [one.community for one in communities_of(somchai, closed_down=True)] == [community]


def test_two_open_communities_bear_two_names_and_a_closed_one_gives_nothing_away(town):
    make_community("ชุมชนช่าง", openness=Openness.CLOSED)
    somchai = make_person("สมชาย")
    about = About(name="ชุมชนช่าง", purpose="ถนนดี", openness=Openness.OPEN)
    second = found_community(town, about, by=somchai)
    with pytest.raises(NameTaken):
        found_community(town, about, by=somchai)
    edit_community(second, about, by=somchai)  # its own name is not taken


def test_ones_own_communities_stand_first_and_all_of_them_take_as_many_queries(town, count_queries):
    somchai = make_person("สมชาย")
    for number in range(3):
        make_community(f"ชุมชนที่ {number}")
    mine = make_community("ฮ. ชุมชนท้ายสุด", by=somchai)
    session.commit()
    with count_queries() as few:
        assert next(one.community.name for one in communities_of(somchai)) == mine.name
    for number in range(3, 30):
        make_community(f"ชุมชนที่ {number}")
    session.commit()
    with count_queries() as many:
        assert len(communities_of(somchai)) == 31
    assert len(many) == len(few)
