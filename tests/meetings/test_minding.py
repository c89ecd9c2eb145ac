"""What is minded of a meeting and its notes as of every other text: suspensions, listed words, how much one sends; and what
the notes show stays as closed as they are."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.communities.joining import belong
from portal.db import now, session
from portal.files.storing import receive
from portal.items.attaching import address_of, attach, can_fetch, forget_attachments, visible_attachments
from portal.items.listed_words import list_words
from portal.items.models import Attachment
from portal.items.order_models import Handling
from portal.items.revising import save_revision
from portal.meetings.announcing import cancel
from portal.meetings.listing import COMING, HELD, PAST, EventFilter, find
from portal.meetings.models import Event, EventNote
from portal.meetings.noting import release_notes
from portal.meetings.permissions import can_cancel, can_run
from portal.moderation.suspending import suspend
from portal.people.models import Openness
from portal.thai.dates import BANGKOK
from tests.communities.making import make_community
from tests.files import material
from tests.making import make_organisation, make_person
from tests.meetings.making import give_part, make_event, make_note
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


@pytest.fixture
def cast(town):
    return make_cast()


def called(**changes):
    day = (now() + timedelta(days=3)).astimezone(BANGKOK)
    return {
        "kind": "talk_circle",
        "title": "คุยกันเรื่องแผน",
        "day": f"{day.day}/{day.month}/{day.year + 543}",
        "begins": "9.00",
        "ends": "10.00",
        "place": "ห้องประชุม",
        "text": "เล่าคนละสิบนาที",
    } | changes


def noted(**changes):
    return {
        "sort": "told",
        "text": "น้ำมาเร็วกว่าที่คิด",
        "said_by": "",
        "said_by_name": "",
        "send_key": "n1",
    } | changes


def sent_by(person, settings, data=material.PDF):
    with receive(
        io.BytesIO(data), "ภาพ.pdf" if data == material.PDF else "ภาพ.txt", settings=settings
    ) as received:
        attachment = attach(received, by=person, settings=settings)
    session.commit()
    return attachment


def fetches(person, attachment):
    """By rule and query, which must agree."""
    session.expire_all()
    attachment = session.get(Attachment, attachment.id)
    rule = can_fetch(person, attachment)
    assert (attachment in session.scalars(visible_attachments(person)).all()) is rule
    return rule


# Who is suspended


def test_who_is_suspended_in_a_community_calls_none_of_its_meetings_and_notes_nothing_there(cast, login_as):
    event = make_event(by=cast.author, community=cast.community)
    row = make_note(event)
    suspend(cast.author, cast.community.group, 7, by=cast.km_team, why="หยาบคาย")
    session.commit()
    browser = login_as(cast.author)
    doors = {
        f"/meetings/new?group={cast.community.group_id}": called(),
        f"/meetings/{event.id}/edit": called(version="1"),
        f"/meetings/{event.id}/cancel": {"why": "ไม่ว่าง"},
        f"/meetings/{event.id}/notes": noted(),
        f"/meetings/{event.id}/notes/{row.number}/edit": noted(text="แก้แล้ว"),
        f"/meetings/{event.id}/notes/release": {},
    }
    for door, typed in doors.items():
        answer = browser.post(door, data=typed)
        assert (door, answer.status_code) == (door, 403)
        assert "หยาบคาย" in answer.text
    session.expire_all()
    assert len(session.scalars(select(Event)).all()) == len(session.scalars(select(EventNote)).all()) == 1
    assert session.get(Event, event.id).release is None
    assert browser.post("/meetings/new", data=called()).status_code == 302  # of the organisation he calls one


# Listed words and how much


@pytest.mark.parametrize("handling", list(Handling))
def test_a_listed_word_is_refused_in_a_meeting_and_in_a_note(town, login_as, handling):
    event = make_event()
    list_words(town.id, handling, "ควาย")
    session.commit()
    browser = login_as(event.author)
    for door, typed in (
        ("/meetings/new", called(title="วงของควาย")),
        ("/meetings/new", called(text="ไอ้ควาย")),
        (f"/meetings/{event.id}/edit", called(text="ไอ้ควาย")),
        (f"/meetings/{event.id}/notes", noted(text="ไอ้ควาย")),
        (f"/meetings/{event.id}/notes", noted(said_by_name="ควาย")),
        (f"/meetings/{event.id}/cancel", {"why": "ไอ้ควาย"}),
    ):
        answer = browser.post(door, data=typed)
        assert (typed, answer.status_code) == (typed, 422)
        assert "ควาย" in answer.text
    assert len(session.scalars(select(Event)).all()) == 1
    assert session.scalars(select(EventNote)).all() == []


def test_who_calls_many_meetings_within_an_hour_is_asked_to_wait(town, login_as):
    browser = login_as(make_person("สมชาย"))
    answers = [browser.post("/meetings/new", data=called(send_key=f"k{n}")).status_code for n in range(31)]
    assert answers == [302] * 30 + [429]
    assert browser.post("/meetings/new", data=called(send_key="k29")).status_code == 302  # a double click


# Who keeps order


def test_who_looks_after_the_community_calls_its_meetings_off_and_runs_none(cast, login_as):
    ours = make_event(by=cast.author, community=cast.community, starts_in=timedelta(days=1))
    elsewhere = make_event(by=cast.author, starts_in=timedelta(days=1))
    for person in (cast.facilitator, cast.sponsor):
        assert can_cancel(person, ours)
        assert not can_cancel(person, elsewhere)
        assert not can_run(person, ours)
    assert not can_cancel(cast.member, ours)
    browser = login_as(cast.facilitator)
    assert f"/meetings/{ours.id}/cancel" in browser.get(f"/meetings/{ours.id}").text
    assert browser.post(f"/meetings/{ours.id}/cancel", data={"why": "ไม่ใช่เรื่องของชุมชน"}).status_code == 302
    session.expire_all()
    assert session.get(Event, ours.id).is_cancelled


# Files of notes


def test_what_a_note_shows_is_its_uploaders_alone_till_the_notes_are_opened(town, login_as, settings):
    event, reader = make_event(), make_person("มาลี")
    file = sent_by(event.author, settings)
    note = make_note(event, f"ดู [ภาพ]({address_of(file)})")
    assert fetches(event.author, file)
    assert not fetches(reader, file)
    assert "ภาพ.pdf" not in login_as(reader).get(f"/meetings/{event.id}").text
    release_notes(event, by=event.author)
    session.commit()
    assert fetches(reader, file)
    later = sent_by(event.author, settings, b"later")
    login_as(event.author).post(
        f"/meetings/{event.id}/notes/{note.number}/edit", data=noted(text=f"[ภาพ]({address_of(later)})")
    )
    assert fetches(reader, later)


def test_opening_the_notes_opens_no_file_of_somebody_who_did_not_write_them(town, settings):
    event, taker = make_event(), make_person("ลิขิต")
    give_part(event, taker)
    file = sent_by(event.author, settings)
    make_note(event, f"[ภาพ]({address_of(file)})", by=taker)
    release_notes(event, by=event.author)
    session.commit()
    assert not fetches(taker, file)


def test_a_file_in_a_note_that_waits_is_kept_however_long(town, settings):
    event = make_event()
    shown, loose = sent_by(event.author, settings), sent_by(event.author, settings, b"loose")
    make_note(event, f"[ภาพ]({address_of(shown)})")
    for one in (shown, loose):
        one.uploaded_at = now() - timedelta(days=40)
    session.commit()
    assert forget_attachments() == 1
    session.expire_all()
    assert [one.id for one in session.query(Attachment)] == [shown.id]


# Titles, lists, pages


def test_a_title_is_one_line_and_papers_of_an_old_one_with_several_are_made(town, login_as):
    event = make_event("วงเล่า\r\nเรื่องน้ำท่วม")
    assert event.title == "วงเล่า เรื่องน้ำท่วม"
    save_revision(event, by=event.author, title="หนึ่ง\n สอง", text="")
    assert event.title == "หนึ่ง สอง"
    event.title = "หนึ่ง\r\nสอง"  # as it was stored before
    session.commit()
    browser = login_as(event.author)
    for paper in ("minutes.pdf", "attendance.pdf", "sheet.pdf"):
        assert browser.get(f"/meetings/{event.id}/{paper}").status_code == 200


def test_what_was_called_off_is_not_coming(town):
    event, coming = make_event("ยกเลิก", starts_in=timedelta(days=1)), make_event(starts_in=timedelta(days=2))
    over = make_event("ผ่านไป", starts_in=timedelta(days=-2))
    cancel(event, by=event.author, why="ห้องไม่ว่าง")
    session.commit()
    listed = {when: find(EventFilter(when=when), event.author).events for when in (COMING, PAST, HELD)}
    assert listed == {COMING: [coming], PAST: [event, over], HELD: []}


def test_a_note_bears_the_key_of_the_form_that_sent_it_for_its_writer_alone(town, login_as):
    event, taker = make_event(), make_person("ลิขิต")
    give_part(event, taker)
    login_as(taker).post(f"/meetings/{event.id}/notes", data=noted(send_key="key-of-a-note"))
    assert 'data-send-key="key-of-a-note"' in login_as(taker).get(f"/meetings/{event.id}/notes").text
    assert "key-of-a-note" not in login_as(event.author).get(f"/meetings/{event.id}/notes").text


def test_the_sum_of_the_figures_says_of_what_it_is_on_a_phone_too(town, login_as):
    event = make_event(present=(make_person("มาลี"),))
    page = login_as(event.author).get("/meetings/figures").text
    foot = page[page.index("<tfoot") : page.index("</tfoot>")]
    assert foot.count("data-label=") == 4


# Leaving


@pytest.mark.parametrize("openness", list(Openness))
def test_the_only_facilitator_is_told_what_leaving_means_and_no_way_back_is_promised(
    town, login_as, openness
):
    community, member = make_community(openness=openness), make_person("มาลี")
    belong(community, member, by=member)
    session.commit()
    facilitator = community.founded_by
    alone, other = (login_as(one).get(f"/communities/{community.id}").text for one in (facilitator, member))
    assert "คุณเป็นคุณอำนวยคนเดียวของชุมชนนี้" in alone
    assert "คุณเป็นคุณอำนวยคนเดียวของชุมชนนี้" not in other
    assert ("กลับมาเข้าร่วมใหม่ได้ทุกเมื่อ" in other) is (openness == Openness.OPEN)
