"""The คุณลิขิต notes who said what; the notes are opened by one act, found by the search, and become texts of the store."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.communities.joining import belong, leave
from portal.db import session
from portal.items.models import Origin
from portal.knowledge.models import KnowledgeAsset
from portal.meetings.announcing import cancel
from portal.meetings.models import Event, EventDuty, EventNote, NoteSort
from portal.meetings.noting import (
    GoneMeanwhile,
    Noted,
    NothingNoted,
    delete_note,
    note,
    notes_read_by,
    release_notes,
    rewrite,
)
from portal.meetings.permissions import can_see_notes, can_take_notes
from portal.people.models import Openness, Person
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.communities.making import make_community
from tests.documents.reading_pdf import pages_of, squeezed
from tests.indexing import index_all
from tests.making import make_organisation, make_person
from tests.meetings.making import give_part, make_event, make_note
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def typed(**changes):
    return {
        "sort": "told",
        "text": "น้ำมาเร็วกว่าที่คิด",
        "said_by": "",
        "said_by_name": "",
        "send_key": "n1",
    } | changes


def test_a_note_taker_notes_what_a_colleague_told_and_a_double_click_is_one_note(town, login_as):
    teller = make_person("มาลี")
    event, taker = make_event(present=(teller,)), make_person("ลิขิต")
    give_part(event, taker)
    browser = login_as(taker)
    for _ in range(2):
        answer = browser.post(f"/meetings/{event.id}/notes", data=typed(said_by=str(teller.id)))
        assert answer.status_code == 302
    (row,) = session.scalars(select(EventNote)).all()
    assert (row.number, row.sort, row.said_by_whom) == (1, NoteSort.STORY, teller.name)


def test_a_guest_is_named_by_choice_or_by_typing(town, login_as):
    event = make_event()
    browser = login_as(event.author)
    browser.post(f"/meetings/{event.id}/guests", data={"name": "ป้าแดง", "from_where": ""})
    browser.post(f"/meetings/{event.id}/notes", data=typed(said_by="guest:ป้าแดง"))
    browser.post(f"/meetings/{event.id}/notes", data=typed(said_by_name="ลุงดำ", send_key="n2"))
    names = [row.said_by_whom for row in session.scalars(select(EventNote).order_by(EventNote.number))]
    assert names == ["ป้าแดง", "ลุงดำ"]
    assert browser.post(f"/meetings/{event.id}/notes", data=typed(said_by="guest:ใครก็ไม่รู้")).status_code == 422


@pytest.mark.parametrize(
    "changes", [{"text": ""}, {"text": "ก" * 20_001}, {"sort": "gossip"}, {"said_by": "99999"}]
)
def test_a_bad_note_is_refused(town, login_as, changes):
    event = make_event()
    assert (
        login_as(event.author).post(f"/meetings/{event.id}/notes", data=typed(**changes)).status_code == 422
    )
    assert session.scalars(select(EventNote)).all() == []


def test_script_in_a_note_is_shown_as_letters(town, login_as):
    event = make_event()
    browser = login_as(event.author)
    bad = "<script>alert(1)</script>"
    browser.post(f"/meetings/{event.id}/notes", data=typed(text=bad, said_by_name=bad))
    release_notes(event, by=event.author)
    session.commit()
    for path in ("", "/notes"):
        assert "<script>alert" not in browser.get(f"/meetings/{event.id}{path}").text


def test_till_they_are_opened_only_those_who_take_them_read_the_notes(town, login_as, settings):
    event = make_event()
    row = make_note(event, "ปลากระป๋องตราเรือใบ")
    reader, taker, planner = make_person("มาลี"), make_person("ลิขิต"), event.author
    give_part(event, taker)
    index_all(settings)
    for person, reads in ((reader, False), (taker, True), (planner, True), (None, False)):
        assert can_see_notes(person, event) is reads
        assert (row in notes_read_by(person, event)) is reads
    assert "ปลากระป๋อง" not in login_as(reader).get(f"/meetings/{event.id}").text
    assert found(reader, "ปลากระป๋องตราเรือใบ") == []
    assert found(taker, "ปลากระป๋องตราเรือใบ") == []  # one index for all: what is not open is in it for nobody
    release_notes(event, by=taker)
    session.commit()
    index_all(settings)
    assert can_see_notes(reader, event)
    assert notes_read_by(reader, event) == [row]
    assert "ปลากระป๋อง" in login_as(reader).get(f"/meetings/{event.id}").text
    (hit,) = search(SearchQuery(text="ปลากระป๋องตราเรือใบ"), reader).results
    assert hit.quote.anchor == "note-1"


def found(person, words):
    return [one.item.id for one in search(SearchQuery(text=words), person).results]


def test_of_a_closed_community_nobody_else_finds_title_agenda_notes_or_place(town, settings, login_as):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(
        "วงลับเรื่องเรือใบ", by=closed.founded_by, community=closed, text="วาระปลาทูเค็ม", place="ใต้ต้นก้ามปู"
    )
    make_note(event, "น้ำปลาร้าหก")
    release_notes(event, by=event.author)
    session.commit()
    index_all(settings)
    member, stranger = closed.founded_by, make_person("สมชาย")
    for words in ("วงลับเรื่องเรือใบ", "วาระปลาทูเค็ม", "น้ำปลาร้าหก", "ใต้ต้นก้ามปู"):
        assert found(member, words) == [event.id]
        assert found(stranger, words) == []
        assert found(None, words) == []
    browser = login_as(stranger)
    for path in (
        "",
        "/notes",
        "/minutes.pdf",
        "/attendance.pdf",
        "/attendance.xlsx",
        "/calendar.ics",
        "/code",
    ):
        assert browser.get(f"/meetings/{event.id}{path}").status_code == 404


def test_who_left_the_community_takes_and_reads_no_notes_any_more(town):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(by=closed.founded_by, community=closed)
    taker = make_person("ลิขิต")
    belong(closed, taker, by=taker)
    give_part(event, taker)
    assert can_take_notes(taker, event)
    leave(closed, taker, by=taker)
    session.commit()
    assert not can_take_notes(taker, event)
    assert notes_read_by(taker, event) == []


def test_two_who_put_one_note_right_see_both_texts(town, login_as):
    event = make_event()
    row, other = make_note(event), make_person("มาลี")
    give_part(event, other, EventDuty.ORGANISER)
    first, second = login_as(event.author), login_as(other)
    path = f"/meetings/{event.id}/notes/{row.number}/edit"
    opened = [_opened_with(browser.get(path).text) for browser in (first, second)]
    assert first.post(path, data=typed(text="หนึ่ง", opened_with=opened[0])).status_code == 302
    answer = second.post(path, data=typed(text="สอง", opened_with=opened[1]))
    assert answer.status_code == 409
    assert "หนึ่ง" in answer.text
    assert "สอง" in answer.text


def _opened_with(page):
    return re.search(r'name="opened_with"[^>]*value="([^"]*)"', page)[1]


def test_a_note_deleted_meanwhile_is_not_written_anew(town):
    event = make_event()
    row = make_note(event)
    delete_note(event, row, by=event.author)
    delete_note(event, row, by=event.author)
    with pytest.raises(GoneMeanwhile):
        rewrite(event, row, Noted(NoteSort.LESSON, "อีกครั้ง"), by=event.author)


def test_many_who_note_at_the_same_moment_get_numbers_of_their_own(town, app: Flask):
    event = make_event()
    session.commit()

    def write(number):
        with app.test_request_context():
            try:
                here = session.get_one(Event, event.id)
                note(here, Noted(NoteSort.LESSON, f"ข้อ {number}"), by=session.get_one(Person, here.author_id))
                session.commit()
            finally:
                session.remove()

    with ThreadPoolExecutor(5) as many:
        list(many.map(write, range(15)))
    numbers = session.scalars(select(EventNote.number).order_by(EventNote.number)).all()
    assert numbers == list(range(1, 16))


def test_nothing_is_opened_before_something_is_noted_and_opening_twice_is_once(town):
    event = make_event()
    with pytest.raises(NothingNoted):
        release_notes(event, by=event.author)
    make_note(event)
    release_notes(event, by=event.author)
    release_notes(event, by=event.author)
    assert event.release is not None


def test_what_was_called_off_is_noted_by_nobody(town):
    event = make_event(starts_in=timedelta(days=2))
    cancel(event, by=event.author, why="ฝนตก")
    assert not can_take_notes(event.author, event)


def test_chosen_notes_become_a_text_of_the_store_that_knows_where_it_comes_from(town, login_as):
    event = make_event()
    make_note(event, "ย้ายแฟ้มขึ้นชั้นสอง", guest="ป้าแดง")
    make_note(event, "อย่าลืมกุญแจ", sort=NoteSort.LESSON)
    make_note(event, "ไม่เอาข้อนี้", sort=NoteSort.DECISION)
    browser = login_as(event.author)
    answer = browser.post(f"/meetings/{event.id}/asset", data={"note": ["1", "2", "x", "99"]})
    page = browser.get(answer.headers["Location"]).text
    assert "ย้ายแฟ้มขึ้นชั้นสอง" in page
    assert "– ป้าแดง" in page
    assert "ไม่เอาข้อนี้" not in page
    draft = re.search(r'name="draft"[^>]*value="([^"]+)"', page)[1]
    browser.post(
        "/knowledge/new",
        data={
            "title": "น้ำท่วม",
            "text": "ย้ายแฟ้มขึ้นชั้นสอง",
            "kind": "nugget",
            "knowledge": "tacit",
            "audience": "organisation",
            "origin": str(event.id),
            "fulfilments-0-step": "KM4",
            "draft": draft,
            "action": "publish",
        },
    )
    asset = session.scalars(select(KnowledgeAsset)).one()
    assert [(row.item_id, row.from_item_id) for row in session.scalars(select(Origin))] == [
        (asset.id, event.id)
    ]
    assert "น้ำท่วม" in browser.get(f"/meetings/{event.id}").text
    assert event.title in browser.get(f"/knowledge/{asset.id}").text


def test_from_notes_that_are_not_open_nobody_else_begins_a_text(town, login_as):
    event = make_event()
    make_note(event, "ยังไม่เปิด")
    assert (
        login_as(make_person("มาลี")).post(f"/meetings/{event.id}/asset", data={"note": "1"}).status_code
        == 403
    )


def test_the_minutes_name_those_present_agenda_notes_recorder_and_certifier(town, login_as):
    teller, taker, chief = make_person("มาลี"), make_person("ลิขิต"), make_person("รับรอง")
    event = make_event("ประชุมคณะทำงาน", text="## เรื่องแจ้ง\n\nน้ำท่วม | แล้ง", present=(teller,))
    give_part(event, taker)
    give_part(event, chief, EventDuty.CERTIFIER)
    make_note(event, "แบ่งกลุ่มย่อยตามผู้รับผิดชอบ", sort=NoteSort.DECISION, said_by=teller)
    make_note(event, "เล่าเรื่องป้าแดง", guest="ป้าแดง")
    release_notes(event, by=taker)
    session.commit()
    text = squeezed(" ".join(pages_of(login_as(teller).get(f"/meetings/{event.id}/minutes.pdf").data)))
    for words in (
        "บันทึกการประชุม",
        "ผู้มาประชุม",
        "เรื่องแจ้ง",
        "มติและเรื่องที่ต้องทำต่อ",
        "แบ่งกลุ่มย่อยตามผู้รับผิดชอบ",
        "ผู้จดบันทึกการประชุม",
        "ผู้รับรองบันทึกการประชุม",
        "ลิขิต",
        "รับรอง",
        "ป้าแดง",
    ):
        assert squeezed(words) in text, words


def test_who_may_not_read_the_notes_yet_gets_no_minutes(town, login_as):
    event = make_event()
    make_note(event, "ปลากระป๋องตราเรือใบ")
    browser = login_as(make_person("มาลี"))
    assert browser.get(f"/meetings/{event.id}/minutes.pdf").status_code == 403
    assert "minutes.pdf" not in browser.get(f"/meetings/{event.id}").text
    own = squeezed(" ".join(pages_of(login_as(event.author).get(f"/meetings/{event.id}/minutes.pdf").data)))
    assert squeezed("ปลากระป๋องตราเรือใบ") in own
