"""What a meeting says of itself is reported and hidden like the text that opens a thread."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items.hiding import unhide_opening
from portal.items.posting import write_post
from portal.meetings.listing import visible_events
from portal.moderation.models import Reason, Report
from portal.moderation.permissions import can_decide, can_hide_opening, can_report
from portal.moderation.queue import reports_for
from portal.moderation.reporting import report
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import Openness
from tests.indexing import index_all
from tests.making import make_organisation
from tests.meetings.making import make_event, make_note
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES

SAID = {
    "title": "ประชุมแฉนายดำ",
    "text": "เลขบัตรของนายดำ",
    "place": "บ้านนายดำ",
    "link": "https://lap.example/dam",
}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def called_by_author(cast, openness):
    community = cast.community if openness else None
    return make_event(by=cast.author, community=community, starts_in=timedelta(days=1), **SAID)


@pytest.mark.parametrize("openness", [None, *Openness])
def test_who_reads_a_meeting_reports_it_and_who_keeps_order_there_decides(town, openness):
    cast = make_cast(openness or Openness.OPEN)
    event = called_by_author(cast, openness)
    reading = {"facilitator", "sponsor", "member"}
    planning = {"km_team", "admin"}
    if openness in (None, Openness.OPEN):
        reading |= {"stranger", *planning}
    keeping = {"facilitator", "sponsor"} if openness else set()
    keeping |= planning & reading
    made = report(event, None, by=cast.member, reason=Reason.PRIVATE)
    session.commit()
    for name, person in cast.all().items():
        assert can_report(person, event) is (name in reading), name
        assert can_hide_opening(person, event) is (name in keeping), name
        assert can_decide(person, made) is (name in keeping), name
        assert (made in session.scalars(reports_for(person)).all()) is (name in keeping), name


def test_reported_and_hidden_its_words_are_read_by_nobody_else_and_shown_again(town, login_as, settings):
    cast = make_cast(Openness.OPEN)
    event = called_by_author(cast, Openness.OPEN)
    write_post(event, by=cast.member, text="ไม่ควรเขียนแบบนี้")
    session.commit()
    page = f"/meetings/{event.id}"
    member = login_as(cast.member)
    assert f"/items/{event.id}/report" in member.get(page).text
    assert member.post(f"/items/{event.id}/report", data={"reason": "private"}).status_code == 302
    case = session.scalars(select(Report.id)).one()
    form = {"outcome": "act", "hide": "y", "why": "มีข้อมูลส่วนบุคคล"}
    assert login_as(cast.facilitator).post(f"/moderation/cases/{case}", data=form).status_code == 302
    index_all(settings)
    for address in (
        page,
        "/meetings",
        "/",
        f"/communities/{cast.community.id}",
        "/search?q=แฉนายดำ",
        "/notices",
    ):
        text = member.get(address).text.replace('value="แฉนายดำ"', "").split("<main")[-1]
        for words in ("นายดำ</", "เลขบัตรของนายดำ", "บ้านนายดำ", "lap.example"):
            assert words not in text, (address, words)
    assert "มีข้อมูลส่วนบุคคล" in member.get(page).text
    assert "ไม่ควรเขียนแบบนี้" in member.get(page).text, "what was commented stays"
    for paper in ("calendar.ics", "minutes.pdf", "attendance.pdf"):
        assert member.get(f"{page}/{paper}").status_code == 404, paper
    assert event not in session.scalars(visible_events(cast.member)).all()
    for person in (cast.author, cast.facilitator):
        assert "บ้านนายดำ" in login_as(person).get(page).text
    told = [words.text for _, words in notices_of(cast.author, SPEAKERS)]
    assert "“ประชุมแฉนายดำ” ของคุณถูกซ่อน: มีข้อมูลส่วนบุคคล" in told
    unhide_opening(event, by=cast.facilitator)
    session.commit()
    assert "เลขบัตรของนายดำ" in member.get(page).text


def test_notes_that_were_open_stay_readable_under_a_hidden_invitation(town, login_as):
    cast = make_cast(Openness.OPEN)
    event = make_event(by=cast.author, community=cast.community, **SAID)
    make_note(event, "บทเรียนเรื่องน้ำ", by=cast.author)
    login_as(cast.author).post(f"/meetings/{event.id}/notes/release")
    browser = login_as(cast.facilitator)
    assert f"/items/{event.id}/hide" in browser.get(f"/meetings/{event.id}").text
    assert browser.post(f"/items/{event.id}/hide", data={"reason": "ข้อมูลส่วนบุคคล"}).status_code == 302
    page = login_as(cast.member).get(f"/meetings/{event.id}").text
    assert "บทเรียนเรื่องน้ำ" in page
    assert "บ้านนายดำ" not in page
