"""Calling a meeting, changing and calling it off, saying whether one comes: as people do it in a browser."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.communities.joining import belong, leave
from portal.db import now, session
from portal.items.models import Revision
from portal.meetings.models import Event, EventAnswer, EventCancellation, EventDuty, EventKind, EventPart
from portal.people.models import Openness
from portal.thai.dates import BANGKOK, bangkok_today
from tests.communities.making import make_community
from tests.making import make_goal, make_organisation, make_person, make_unit
from tests.meetings.making import give_part, make_event


def typed(**changes):
    """The form of a meeting next week, filled as a clerk fills it."""
    day = bangkok_today() + timedelta(days=7)
    return {
        "kind": "talk_circle",
        "title": "วงเล่าเรื่องน้ำท่วม",
        "day": f"{day.day}/{day.month}/{day.year + 543}",
        "begins": "๙.๓๐ น.",
        "ends": "12:00",
        "last_day": "",
        "place": "ห้องประชุมชั้นสอง",
        "link": "",
        "text": "เล่าคนละสิบนาที",
        "unit": "",
        "step": "",
        "goal": "",
        "send_key": "k1",
    } | changes


@pytest.fixture
def writer(app):
    make_organisation()
    return make_person("สมพงษ์")


def test_a_clerk_calls_a_talk_circle_in_bangkok_time(writer, login_as):
    answer = login_as(writer).post("/meetings/new", data=typed(), follow_redirects=True)
    assert "นัดแล้ว" in answer.text
    event = session.scalars(select(Event)).one()
    assert event.starts_at.astimezone(BANGKOK).strftime("%H:%M") == "09:30"
    assert event.ends_at - event.starts_at == timedelta(hours=2, minutes=30)
    assert event.is_published
    assert [row.step for row in event.fulfilments] == ["KM6"]
    assert event.doing(EventDuty.ORGANISER) == {writer.id}


def test_a_double_click_calls_one_meeting(writer, login_as):
    browser = login_as(writer)
    for _ in range(2):
        assert browser.post("/meetings/new", data=typed()).status_code == 302
    assert session.scalar(select(func.count()).select_from(Event)) == 1


def test_a_key_that_was_used_for_another_community_calls_a_meeting_of_its_own(writer, login_as):
    browser = login_as(writer)
    group = make_community(by=writer).group_id
    for query in ("", f"?group={group}", ""):
        browser.post(f"/meetings/new{query}", data=typed())
    assert session.scalars(select(Event.group_id).order_by(Event.id)).all() == [None, group]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends": "9.00"}, "เวลาเลิกอยู่ก่อนเวลาเริ่ม"),
        ({"ends": "9.30"}, "เวลาเลิกอยู่ก่อนเวลาเริ่ม"),
        ({"day": "1/10/33"}, "หมายถึงปีใด"),
        ({"day": "เมื่อวานซืน"}, "อ่านเป็นวันที่ไม่ได้"),
        ({"begins": "25.00"}, "อ่านเป็นเวลาไม่ได้"),
        ({"link": "javascript:alert(1)"}, "ลิงก์ต้องขึ้นต้นด้วย"),
        ({"link": "java\tscript:alert(1)"}, "ลิงก์ต้องขึ้นต้นด้วย"),
        ({"link": "//evil.example"}, "ลิงก์ต้องขึ้นต้นด้วย"),
        ({"link": "ftp://files.example"}, "ลิงก์ต้องขึ้นต้นด้วย"),
        ({"link": 'https://evil.example/" onclick="x'}, "ลิงก์ต้องขึ้นต้นด้วย"),
        ({"title": "น" * 400}, "400"),
        ({"title": " "}, "ตั้งชื่อ"),
        ({"place": "", "link": ""}, "ระบุว่าจัดที่ไหน"),
        ({"day": "1/1/2650"}, "ห่างจากปัจจุบันเกินสิบปี"),
        ({"last_day": "1/1/2650"}, "ไม่เกินหนึ่งเดือน"),
        ({"kind": "party"}, "เลือก"),
        ({"goal": "999"}, "เลือก"),
    ],
)
def test_what_can_not_be_is_refused_and_stays_in_the_form(writer, login_as, changes, said):
    answer = login_as(writer).post("/meetings/new", data=typed(**changes))
    assert answer.status_code == 422
    assert said in answer.text or "choice" in answer.text
    assert "เล่าคนละสิบนาที" in answer.text
    assert session.scalars(select(Event)).all() == []


def test_script_in_any_field_is_shown_as_letters(writer, login_as):
    bad = "<script>alert(1)</script>"
    browser = login_as(writer)
    page = browser.post(
        "/meetings/new", data=typed(title=bad, place=bad, text=bad), follow_redirects=True
    ).text
    assert "<script>alert" not in page
    assert "<script>alert" not in browser.get("/meetings").text


def test_a_member_calls_his_community_and_nobody_else_does(writer, login_as):
    closed = make_community(openness=Openness.CLOSED, by=writer)
    stranger = make_person("สมชาย")
    group_id = closed.group_id
    assert login_as(stranger).get(f"/meetings/new?group={group_id}").status_code == 404
    assert login_as(stranger).get("/meetings/new?group=99999").status_code == 404
    answer = login_as(writer).post(f"/meetings/new?group={group_id}", data=typed(), follow_redirects=True)
    assert closed.name in answer.text
    event = session.scalars(select(Event)).one()
    assert [row.token for row in event.audience] == [f"group:{group_id}"]
    assert login_as(stranger).get(f"/meetings/{event.id}").status_code == 404
    assert closed.name not in login_as(stranger).get("/meetings").text


def test_changing_the_time_is_a_revision_and_two_who_write_at_once_see_both_texts(writer, login_as):
    event = make_event(by=writer, starts_in=timedelta(days=3))
    other = make_person("มาลี")
    give_part(event, other, EventDuty.ORGANISER)
    browser, second = login_as(writer), login_as(other)
    opened = _opened_with(second.get(f"/meetings/{event.id}/edit").text)
    mine = _opened_with(browser.get(f"/meetings/{event.id}/edit").text)
    assert (
        browser.post(f"/meetings/{event.id}/edit", data=typed(title="ชื่อใหม่", opened_with=mine)).status_code
        == 302
    )
    answer = second.post(f"/meetings/{event.id}/edit", data=typed(title="ชื่ออื่น", opened_with=opened))
    assert answer.status_code == 409
    assert "ชื่อใหม่" in answer.text
    assert "ชื่ออื่น" in answer.text
    assert session.scalar(select(func.count()).where(Revision.item_id == event.id)) == 2


def _opened_with(page):
    return page.split('name="opened_with"')[1].split('value="')[1].split('"')[0]


def test_who_comes_says_so_and_may_change_his_mind(writer, login_as):
    event = make_event(by=writer, starts_in=timedelta(days=3))
    comer = make_person("มาลี")
    browser = login_as(comer)
    for coming in ("yes", "yes", "no"):
        browser.post(f"/meetings/{event.id}/answer", data={"coming": coming})
    assert [row.is_coming for row in session.scalars(select(EventAnswer))] == [False]
    assert browser.post(f"/meetings/{event.id}/answer", data={"coming": "perhaps"}).status_code == 422


def test_nobody_says_that_he_comes_to_what_is_over_or_called_off(writer, login_as):
    over = make_event(by=writer, starts_in=timedelta(days=-3))
    comer = make_person("มาลี")
    assert login_as(comer).post(f"/meetings/{over.id}/answer", data={"coming": "yes"}).status_code == 403


def test_what_is_called_off_says_why_by_whom_and_only_once(writer, login_as):
    event = make_event(by=writer, starts_in=timedelta(days=3))
    browser = login_as(writer)
    assert browser.post(f"/meetings/{event.id}/cancel", data={"why": ""}).status_code == 422
    page = browser.post(f"/meetings/{event.id}/cancel", data={"why": "วิทยากรป่วย"}, follow_redirects=True).text
    assert "วิทยากรป่วย" in page
    assert writer.name in page
    assert browser.post(f"/meetings/{event.id}/cancel", data={"why": "อีกครั้ง"}).status_code == 403
    assert browser.get(f"/meetings/{event.id}/edit").status_code == 403
    assert session.scalars(select(EventCancellation)).one().cancelled_by_id == writer.id


def test_a_meeting_that_took_place_is_not_called_off(writer, login_as):
    event = make_event(by=writer, present=(writer,))
    assert login_as(writer).post(f"/meetings/{event.id}/cancel", data={"why": "x"}).status_code == 403


def test_the_last_organiser_does_not_leave_it_alone(writer, login_as):
    event = make_event(by=writer)
    part = session.scalars(select(EventPart)).one()
    answer = login_as(writer).post(f"/meetings/{event.id}/parts/{part.id}/end")
    assert answer.status_code == 409
    assert session.scalars(select(EventPart)).all()


def test_parts_are_given_to_who_sees_the_meeting(writer, login_as):
    closed = make_community(openness=Openness.CLOSED, by=writer)
    event, stranger, member = (
        make_event(by=writer, community=closed),
        make_person("สมชาย"),
        make_person("มาลี"),
    )
    belong(closed, member, by=writer)
    session.commit()
    browser = login_as(writer)
    refused = browser.post(
        f"/meetings/{event.id}/parts", data={"person": stranger.name, "duty": "note_taker"}
    )
    assert refused.status_code == 422
    for _ in range(2):
        browser.post(f"/meetings/{event.id}/parts", data={"person": member.name, "duty": "note_taker"})
    assert event.doing(EventDuty.NOTE_TAKER) == {member.id}
    leave(closed, member, by=member)
    session.commit()
    assert login_as(member).get(f"/meetings/{event.id}/notes").status_code == 404


def test_the_list_is_narrowed_and_taken_home(writer, login_as):
    unit = make_unit("กองช่าง")
    coming = make_event("วงเล่าของกองช่าง", by=writer, starts_in=timedelta(days=3), unit_id=unit.id)
    past = make_event("คลินิกเรื่องพัสดุ", by=writer, kind=EventKind.CLINIC, starts_in=timedelta(days=-3))
    held = make_event("ตลาดนัดปีนี้", by=writer, starts_in=timedelta(days=-2), present=(writer,))
    browser = login_as(writer)
    assert _titles(browser, "/meetings", coming, past, held) == [coming.title]
    assert _titles(browser, "/meetings?when=past", coming, past, held) == [past.title, held.title]
    assert _titles(browser, "/meetings?when=held", coming, past, held) == [held.title]
    assert _titles(browser, "/meetings?when=past&kind=clinic", coming, past, held) == [past.title]
    assert _titles(browser, f"/meetings?unit={unit.id}", coming, past, held) == [coming.title]
    assert _titles(browser, "/meetings?year=2500", coming, past, held) == []
    assert browser.get("/meetings?when=x&kind=x&unit=x&group=99999999999&year=x&page=x").status_code == 200
    assert browser.get("/meetings/list.xlsx?when=past").mimetype.endswith("sheet")


def _titles(browser, path, *events):
    page = browser.get(path).text
    return [event.title for event in events if event.title in page]


def test_the_calendar_file_carries_time_place_and_number_of_changes(writer, login_as):
    event = make_event(by=writer, starts_in=timedelta(days=3), link="https://meet.example/abc")
    text = login_as(writer).get(f"/meetings/{event.id}/calendar.ics").text
    start = event.starts_at.strftime("%Y%m%dT%H%M%SZ")
    assert f"DTSTART:{start}" in text
    assert "STATUS:CONFIRMED" in text
    assert f"UID:event-{event.id}@portal.invalid" in text
    assert "LOCATION:" in text


def test_the_first_page_shows_what_one_means_to_come_to(writer, login_as):
    event = make_event(by=writer, starts_in=timedelta(days=3))
    comer = make_person("มาลี")
    browser = login_as(comer)
    assert event.title not in browser.get("/").text
    browser.post(f"/meetings/{event.id}/answer", data={"coming": "yes"})
    assert event.title in browser.get("/").text


def test_the_communitys_page_shows_its_meetings_to_who_reads_there(writer, login_as):
    community = make_community(openness=Openness.ON_REQUEST, by=writer)
    event = make_event(by=writer, community=community, starts_in=timedelta(days=3))
    page = f"/communities/{community.id}"
    assert event.title in login_as(writer).get(page).text
    assert event.title not in login_as(make_person("สมชาย")).get(page).text


def test_a_goal_is_tied_and_the_step_chosen(writer, login_as):
    goal = make_goal()
    login_as(writer).post("/meetings/new", data=typed(step="KM7", goal=str(goal.id)))
    event = session.scalars(select(Event)).one()
    assert [(row.step, row.goal_id) for row in event.fulfilments] == [("KM7", goal.id)]


def test_a_page_costs_the_same_with_many_who_were_there(writer, login_as, count_queries):
    few = make_event(by=writer, present=(writer,))
    many = make_event(by=writer, present=tuple(make_person(f"คนที่{n}") for n in range(12)))
    browser = login_as(writer)
    browser.get(f"/meetings/{few.id}")
    counts = []
    for event in (few, many):
        with count_queries() as statements:
            assert browser.get(f"/meetings/{event.id}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_it_is_over_when_it_ends():
    moment = now()
    event = Event(starts_at=moment - timedelta(hours=2), ends_at=moment)
    assert event.is_over(moment)
    assert not event.is_over(moment - timedelta(seconds=1))
