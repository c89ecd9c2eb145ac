"""Who is told of meetings, once each, in words as long as he may know; and the meetings in his calendar."""

from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.communities.hearing import choose_level
from portal.communities.joining import belong, leave
from portal.communities.models import Level
from portal.db import now, session
from portal.items.posting import write_post
from portal.meetings.announcing import Invitation, cancel, change
from portal.meetings.attending import answer
from portal.meetings.models import Event, EventKind
from portal.meetings.telling import remind_of_tomorrow
from portal.notice_words import CALENDARS, SPEAKERS
from portal.notices.calendar import calendar_of
from portal.notices.models import Notice
from portal.notices.reading import notices_of
from portal.people.models import Openness
from portal.thai.dates import BANGKOK, bangkok_today
from tests.communities.making import make_community
from tests.making import make_organisation, make_person
from tests.meetings.making import give_part, make_event
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app: Flask):
    with app.test_request_context():
        yield make_organisation()


def said_to(person):
    session.commit()
    return [words.text for _, words in notices_of(person, SPEAKERS)]


def codes_of(person):
    return [row.kind for row in session.scalars(select(Notice).where(Notice.person_id == person.id))]


def tomorrow(hour: int) -> datetime:
    return datetime.combine(bangkok_today() + timedelta(days=1), time(hour), BANGKOK)


def moved(event, **changes):
    values = {
        "kind": EventKind(event.kind),
        "title": event.title,
        "text": "",
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "place": event.place,
    } | changes
    return Invitation(**values)


def test_members_are_told_that_their_community_meets_and_nobody_else(town):
    community, member, stranger = (
        make_community(openness=Openness.CLOSED),
        make_person("มาลี"),
        make_person("สมชาย"),
    )
    belong(community, member, by=member)
    event = make_event(by=community.founded_by, community=community, starts_in=timedelta(days=3))
    assert any(event.title in text and community.name in text for text in said_to(member))
    assert not said_to(stranger)
    assert "meetings.invited" not in codes_of(community.founded_by)


def test_who_muted_the_community_is_told_of_no_meeting_but_of_what_becomes_of_one_he_comes_to(town):
    community, member = make_community(), make_person("มาลี")
    belong(community, member, by=member)
    choose_level(community, member, Level.MUTE)
    event = make_event(by=community.founded_by, community=community, starts_in=timedelta(days=3))
    write_post(event, by=member, text="ไปด้วย")
    write_post(event, by=community.founded_by, text="ยินดีค่ะ")
    assert said_to(member) == []
    answer(event, member, is_coming=True)
    change(event, moved(event, place="ห้องใหญ่"), by=community.founded_by)
    assert any(event.title in text for text in said_to(member))
    choose_level(community, member, Level.FOLLOW)
    make_event("ครั้งหน้า", by=community.founded_by, community=community, starts_in=timedelta(days=9))
    assert "meetings.invited" in codes_of(member)


def test_who_left_reads_the_invitation_no_more(town):
    community, member = make_community(openness=Openness.CLOSED), make_person("มาลี")
    belong(community, member, by=member)
    make_event(by=community.founded_by, community=community, starts_in=timedelta(days=3))
    leave(community, member, by=member)
    assert said_to(member) == []


def test_of_what_is_entered_afterwards_nobody_is_told(town):
    community, member = make_community(), make_person("มาลี")
    belong(community, member, by=member)
    make_event(by=community.founded_by, community=community, starts_in=timedelta(days=-3))
    assert said_to(member) == []


def test_a_meeting_of_the_organisation_floods_nobody(town):
    colleague = make_person("มาลี")
    make_event(starts_in=timedelta(days=3))
    assert said_to(colleague) == []


def test_who_comes_is_told_of_another_time_once_with_the_newest(town):
    event, comer, other = make_event(starts_in=timedelta(days=3)), make_person("มาลี"), make_person("สมชาย")
    answer(event, comer, is_coming=True)
    answer(event, other, is_coming=False)
    change(event, moved(event, title="ชื่อใหม่"), by=event.author)
    assert said_to(comer) == []  # another title is no other time
    change(event, moved(event, place="ใต้ต้นไม้"), by=event.author)
    change(event, moved(event, place="ริมน้ำ"), by=event.author)
    (text,) = said_to(comer)
    assert "ริมน้ำ" in text
    assert said_to(other) == []
    assert said_to(event.author) == []


def test_who_comes_is_told_why_it_is_called_off_and_of_nothing_before(town):
    event, comer = make_event(starts_in=timedelta(days=3)), make_person("มาลี")
    answer(event, comer, is_coming=True)
    change(event, moved(event, place="ริมน้ำ"), by=event.author)
    cancel(event, by=event.author, why="วิทยากรป่วย")
    (text,) = said_to(comer)
    assert "วิทยากรป่วย" in text


def test_who_comes_is_reminded_on_the_day_before_and_once(town):
    event = make_event(starts_at=tomorrow(9))
    comer, absent, taker = make_person("มาลี"), make_person("สมชาย"), make_person("ลิขิต")
    answer(event, comer, is_coming=True)
    answer(event, absent, is_coming=False)
    give_part(event, taker)
    for _ in range(2):
        remind_of_tomorrow(now())
    session.commit()
    assert codes_of(comer) == ["meetings.tomorrow"]
    assert codes_of(absent) == []
    assert set(codes_of(taker)) == {"meetings.given_part", "meetings.tomorrow"}
    assert event.title in said_to(comer)[0]


def test_nobody_is_reminded_two_days_before_on_the_day_itself_or_of_what_was_called_off(town):
    comer = make_person("มาลี")
    for event in (
        make_event(starts_at=tomorrow(9) + timedelta(days=1)),
        make_event(starts_at=datetime.combine(bangkok_today(), time(23, 58), BANGKOK)),
    ):
        answer(event, comer, is_coming=True) if not event.is_over(now()) else None
    off = make_event(starts_at=tomorrow(9))
    answer(off, comer, is_coming=True)
    cancel(off, by=off.author, why="ฝนตก")
    remind_of_tomorrow(now())
    assert "meetings.tomorrow" not in codes_of(comer)


def test_it_is_tomorrow_in_bangkok_not_in_greenwich(town):
    event = make_event(starts_at=tomorrow(1))
    at_noon = datetime.combine(bangkok_today(), time(12), BANGKOK)
    assert remind_of_tomorrow(at_noon) == 1
    session.rollback()
    assert remind_of_tomorrow(at_noon - timedelta(days=1)) == 0
    assert event.day == bangkok_today() + timedelta(days=1)


def test_the_own_calendar_holds_what_one_comes_to_with_its_hours_and_nothing_called_off(town):
    event, other, off = (make_event(title, starts_in=timedelta(days=3)) for title in ("มา", "ไม่มา", "ยกเลิก"))
    comer = make_person("มาลี")
    answer(event, comer, is_coming=True)
    answer(other, comer, is_coming=False)
    answer(off, comer, is_coming=True)
    cancel(off, by=off.author, why="ฝนตก")
    session.commit()
    calendar = calendar_of(comer, CALENDARS, "เทศบาล").decode()
    assert f"UID:event-{event.id}@" in calendar
    assert f"DTSTART:{event.starts_at:%Y%m%dT%H%M%SZ}" in calendar
    assert f"event-{other.id}@" not in calendar
    assert f"event-{off.id}@" not in calendar


def test_who_left_the_community_has_its_meetings_in_his_calendar_no_more(town):
    community, member = make_community(openness=Openness.CLOSED), make_person("มาลี")
    belong(community, member, by=member)
    event = make_event(by=community.founded_by, community=community, starts_in=timedelta(days=3))
    answer(event, member, is_coming=True)
    session.commit()
    assert f"event-{event.id}@" in calendar_of(member, CALENDARS, "เทศบาล").decode()
    leave(community, member, by=member)
    session.commit()
    assert "event-" not in calendar_of(member, CALENDARS, "เทศบาล").decode()
    assert session.get(Event, event.id) is not None
