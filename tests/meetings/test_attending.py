"""Checking in with a phone, by list and online: everybody once, at the right time, with the right code, by who sees it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.communities.joining import belong
from portal.db import now, session
from portal.meetings import check_in_codes
from portal.meetings.announcing import Invitation, cancel, change, make_new_code
from portal.meetings.attending import (
    NotHeld,
    NotInvited,
    NotOpenYet,
    OverAlready,
    check_in,
    note_guest,
    note_present,
    present_at,
    still_to_note,
    strike,
)
from portal.meetings.check_in_codes import WrongCode, code_of, mind_code
from portal.meetings.models import Attendance, Event, EventKind, How
from portal.people.models import Openness, Person
from tests.communities.making import make_community
from tests.documents.reading_pdf import pages_of
from tests.making import make_organisation, make_person
from tests.meetings.making import make_event
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def scanned(event, browser):
    """The path that the QR picture on the organiser's page leads to."""
    page = browser.get(f"/meetings/{event.id}/code").text
    return re.search(r"http://localhost(/meetings/\d+/check-in/[^\"]+)", page)[1]


def test_a_phone_that_scans_the_code_puts_its_owner_on_the_list_once(town, login_as):
    event = make_event()
    path = scanned(event, login_as(event.author))
    comer = make_person("มาลี")
    browser = login_as(comer)
    assert "ฉันมาแล้ว" in browser.get(path).text
    assert present_at(event) == []  # looking alone notes nobody
    for _ in range(2):
        assert browser.post(path).status_code == 302
    assert [(one.person_id, one.how) for one in present_at(event)] == [(comer.id, How.QR)]
    assert "คุณลงชื่อแล้ว" in browser.get(path).text


def test_who_is_not_signed_in_signs_in_first_and_comes_back(town, client, login_as):
    event = make_event()
    path = scanned(event, login_as(event.author))
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]
    assert "check-in" in answer.headers["Location"]
    assert present_at(event) == []


def test_the_code_of_another_meeting_an_older_one_and_an_invented_one_are_refused(town, login_as):
    event, other = make_event("หนึ่ง"), make_event("สอง")
    browser = login_as(make_person("มาลี"))
    codes = [code_of(other), code_of(event), "x", "x.y", "ก" * 50]
    make_new_code(event, by=event.author)
    session.commit()
    for code in codes:
        with pytest.raises(WrongCode):
            mind_code(event, code)
        answer = browser.post(f"/meetings/{event.id}/check-in/{code}")
        assert answer.status_code == 422
        assert "รหัสนี้ไม่ใช่ของนัดนี้" in answer.text
    assert present_at(event) == []
    assert browser.post(f"/meetings/{event.id}/check-in/{code_of(event)}").status_code == 302


def test_to_a_meeting_one_may_not_see_nobody_checks_in_whatever_his_code(town, login_as):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(by=closed.founded_by, community=closed, link="https://meet.example/a")
    stranger = login_as(make_person("สมชาย"))
    for path in (f"/meetings/{event.id}/check-in/{code_of(event)}", f"/meetings/{event.id}/check-in"):
        assert stranger.post(path).status_code == 404
    assert stranger.get(f"/meetings/{event.id}/check-in/{code_of(event)}").status_code == 404
    assert present_at(event) == []


@pytest.mark.parametrize(
    ("starts_in", "refusal"),
    [
        (timedelta(minutes=61), NotOpenYet),
        (timedelta(minutes=59), None),
        (timedelta(hours=-2, minutes=-59), None),
        (timedelta(hours=-3, minutes=-1), OverAlready),
    ],
)
def test_checking_in_is_open_from_an_hour_before_till_an_hour_after(town, starts_in, refusal):
    event, person = make_event(starts_in=starts_in), make_person("มาลี")
    if refusal is None:
        assert check_in(event, person, How.QR)
    else:
        with pytest.raises(refusal):
            check_in(event, person, How.QR)


def test_who_is_on_the_list_is_not_told_that_it_is_over(town):
    event, person = make_event(), make_person("มาลี")
    assert check_in(event, person, How.QR)
    assert not check_in(event, person, How.QR, now() + timedelta(days=1))


def test_nobody_is_noted_at_what_was_called_off(town):
    event, person = make_event(), make_person("มาลี")
    cancel(event, by=event.author, why="ฝนตก")
    for act in (
        lambda: check_in(event, person, How.QR),
        lambda: note_present(event, [person.id], by=event.author),
        lambda: note_guest(event, "ป้าแดง", by=event.author),
    ):
        with pytest.raises(NotHeld):
            act()


def test_without_a_code_one_checks_in_only_where_there_is_a_link(town, login_as):
    here, online = make_event(), make_event("ออนไลน์", link="https://meet.example/a")
    comer = make_person("มาลี")
    browser = login_as(comer)
    assert browser.post(f"/meetings/{here.id}/check-in").status_code == 403
    assert browser.post(f"/meetings/{online.id}/check-in").status_code == 302
    assert [one.how for one in present_at(online)] == [How.ONLINE]


def test_twenty_who_scan_at_the_same_moment_and_one_who_presses_ten_times_are_there_once_each(
    town, app: Flask
):
    event = make_event()
    ids = [make_person(f"คนที่{number}").id for number in range(5)]
    session.commit()

    def press(person_id):
        with app.test_request_context():
            try:
                check_in(session.get_one(Event, event.id), session.get_one(Person, person_id), How.QR)
                session.commit()
            finally:
                session.remove()

    with ThreadPoolExecutor(6) as many:
        list(many.map(press, ids * 4))
    session.expire_all()
    assert sorted(one.person_id for one in present_at(event)) == sorted(ids)


def test_the_organiser_ticks_colleagues_and_writes_guests_once_each(town, login_as):
    event, comer = make_event(), make_person("มาลี")
    browser = login_as(event.author)
    browser.post(f"/meetings/{event.id}/attendance", data={"person": [comer.id, comer.id]})
    for _ in range(2):
        browser.post(f"/meetings/{event.id}/guests", data={"name": "ป้าแดง", "from_where": "อบต.ข้างๆ"})
    rows = present_at(event)
    assert [(one.name, one.how, one.guest_from) for one in rows] == [
        (comer.name, How.LIST, ""),
        ("ป้าแดง", How.LIST, "อบต.ข้างๆ"),
    ]
    assert browser.post(f"/meetings/{event.id}/guests", data={"name": " "}).status_code == 422
    browser.post(f"/meetings/{event.id}/attendance/{rows[0].id}/strike")
    assert [one.name for one in present_at(event)] == ["ป้าแดง"]


def test_the_list_takes_only_who_sees_the_meeting(town):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(by=closed.founded_by, community=closed)
    stranger, member = make_person("สมชาย"), make_person("มาลี")
    belong(closed, member, by=member)
    with pytest.raises(NotInvited):
        note_present(event, [stranger.id], by=event.author)
    assert note_present(event, [member.id], by=event.author) == 1
    assert stranger not in still_to_note(event, "สมชาย")


def test_a_line_of_another_meetings_list_is_not_struck_through_this_one(town, login_as):
    mine, other = make_event(), make_event("อื่น", present=(make_person("มาลี"),))
    row = session.scalars(select(Attendance)).one()
    path = f"/meetings/{mine.id}/attendance/{row.id}/strike"
    assert login_as(mine.author).post(path).status_code == 404
    assert present_at(other)


def test_striking_twice_is_nothing_new(town):
    event = make_event(present=(make_person("มาลี"),))
    (row,) = present_at(event)
    strike(event, row, by=event.author)
    strike(event, row, by=event.author)
    assert present_at(event) == []


def test_nobody_is_noted_long_before_it_begins(town):
    event = make_event(starts_in=timedelta(days=2))
    with pytest.raises(NotOpenYet):
        note_present(event, [event.author_id], by=event.author)


def test_the_window_follows_a_change_of_time_and_the_printed_code_still_holds(town):
    event, person = make_event(starts_in=timedelta(days=2)), make_person("มาลี")
    code = code_of(event)
    begins = now()
    later = Invitation(
        kind=EventKind.TALK_CIRCLE,
        title=event.title,
        text="",
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
        place=event.place,
    )
    change(event, later, by=event.author)
    mind_code(event, code)
    assert check_in(event, person, How.QR)


def test_the_sheet_to_sign_names_who_is_expected_and_leaves_room(town, login_as):
    event, comer = make_event(starts_in=timedelta(days=2)), make_person("มาลี")
    login_as(comer).post(f"/meetings/{event.id}/answer", data={"coming": "yes"})
    absent = make_person("ปิติ")
    login_as(absent).post(f"/meetings/{event.id}/answer", data={"coming": "no"})
    answer = login_as(event.author).get(f"/meetings/{event.id}/sheet.pdf")
    text = " ".join(pages_of(answer.data))
    assert answer.mimetype == "application/pdf"
    assert "มาลี" in text
    assert "ปิติ" not in text
    assert "ลายมือชื่อ" in text
    assert login_as(make_person("สมชาย")).get(f"/meetings/{event.id}/sheet.pdf").status_code == 403


def test_the_list_goes_home_as_pdf_and_workbook(town, login_as):
    event = make_event(present=(make_person("มาลี"),))
    note_guest(event, "ป้าแดง", "กลุ่มแม่บ้าน", by=event.author)
    browser = login_as(make_person("สมชาย"))
    text = " ".join(pages_of(browser.get(f"/meetings/{event.id}/attendance.pdf").data))
    assert "มาลี" in text
    assert "ป้าแดง" in text
    assert browser.get(f"/meetings/{event.id}/attendance.xlsx").status_code == 200


def test_the_picture_is_a_code_that_a_phone_reads(town):
    picture = check_in_codes.drawn("https://portal.example/meetings/1/check-in/abc")
    assert picture.side >= 25
    assert picture.path.startswith("M4 4h1v1h-1z")  # the corner by which it is found, inside its white edge
    assert re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", picture.path)
