"""One's days in one's own calendar, under an address that is a secret."""

import re
from datetime import date

import icalendar
import pytest
from sqlalchemy import select

from portal.db import now, session
from portal.home import notice_views
from portal.notices.calendar import Event
from portal.notices.models import CalendarFeed
from tests.making import make_organisation, make_person

ADDRESS = re.compile(r"http://localhost(/calendar/[\w-]{43}\.ics)")


@pytest.fixture
def days(monkeypatch):
    """What a domain puts into calendars: by person id."""
    events = {}
    monkeypatch.setattr(notice_views, "CALENDARS", (lambda person: events.get(person.id, []),))
    return events


def make_address(browser):
    return ADDRESS.search(browser.post("/me/calendar").text)[1]


def events_at(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return icalendar.Calendar.from_ical(answer.get_data()).walk("VEVENT")


def test_ones_days_are_read_by_a_calendar_program(login_as, client, days):
    me, other = make_person("มาลี"), make_person("สมชาย")
    summary = "ครบกำหนดรายงานผล: “การจัดทำแผนพัฒนาท้องถิ่น; ฉบับที่ ๒, ทบทวน” " + "ยาว" * 60
    days[me.id] = [
        Event("duty-12", date(2026, 12, 9), summary, "เหลือ 3 วัน\nเขียนในระบบ", "https://km.town.example/x")
    ]
    days[other.id] = [Event("duty-13", date(2026, 12, 9), "ของคนอื่น")]
    (event,) = events_at(client, make_address(login_as(me)))
    assert str(event["summary"]) == summary
    assert str(event["description"]) == "เหลือ 3 วัน\nเขียนในระบบ"
    assert str(event["url"]) == "https://km.town.example/x"
    assert event["dtstart"].dt == date(2026, 12, 9)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event["dtend"].dt == date(2026, 12, 10)
    assert event["uid"] == "duty-12@portal.invalid"
    assert event["dtstamp"].dt.tzinfo is not None


def test_a_title_adds_no_line_to_the_calendar(login_as, client, days):
    me = make_person()
    days[me.id] = [Event("a", date(2026, 12, 9), "ก\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:ปลอม")]
    assert len(events_at(client, make_address(login_as(me)))) == 1


def test_the_calendar_is_named_and_kept_by_nobody_between(login_as, client, days):
    make_organisation("เทศบาลตำบลริมน้ำ")
    answer = client.get(make_address(login_as(make_person())))
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "private, no-store"
    calendar = icalendar.Calendar.from_ical(answer.get_data())
    assert "เทศบาลตำบลริมน้ำ" in calendar["x-wr-calname"]
    assert calendar.walk("VEVENT") == []


def test_the_address_is_shown_once_and_only_its_hash_is_kept(login_as):
    browser = login_as(make_person())
    address = make_address(browser)
    assert not ADDRESS.search(browser.get("/me").text)
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in session.scalars(select(CalendarFeed.secret_hash)).all()


def test_a_new_address_ends_the_old_one_and_removing_ends_both(login_as, client, days):
    browser = login_as(make_person())
    old, new = make_address(browser), make_address(browser)
    assert [client.get(address).status_code for address in (old, new)] == [404, 200]
    browser.post("/me/calendar/remove")
    assert client.get(new).status_code == 404
    browser.post("/me/calendar/remove")  # twice does no harm
    assert "สร้างที่อยู่ลับ" in browser.get("/me").text


def test_who_has_left_has_no_calendar_and_the_answer_is_that_of_an_unknown_address(login_as, client, days):
    me = make_person()
    address = make_address(login_as(me))
    me.deactivated_at = now()
    session.commit()
    gone, never = client.get(address), client.get("/calendar/" + "x" * 43 + ".ics")
    assert gone.status_code == never.status_code == 404

    def bare(answer):
        return re.sub(r"[\w.-]{40,}|[0-9a-f]{12}", "", answer.text)

    assert bare(gone) == bare(never)


def test_the_words_are_in_the_persons_language_whoever_asks(login_as, client, days):
    english = client.get(make_address(login_as(make_person("Mary", language="en"))))
    assert "Knowledge base of" in icalendar.Calendar.from_ical(english.get_data())["x-wr-calname"]


def test_the_secret_is_not_in_the_access_log(login_as, client, days, settings):
    address = make_address(login_as(make_person()))
    client.get(address)
    logged = "".join(path.read_text() for path in settings.log_dir.glob("*.log"))
    assert "/calendar/….ics" in logged
    assert address not in logged
