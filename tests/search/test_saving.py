"""Searches that somebody keeps, and the notices of what is new in them: once a day, and only of what he may see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from portal.db import now, session
from portal.items.models import Item
from portal.notice_words import SPEAKERS
from portal.notices.models import Notice
from portal.notices.reading import notices_of
from portal.people.models import Person
from portal.reminding import run_due
from portal.search.models import SavedSearch
from portal.search.query import SearchQuery
from portal.search.saving import (
    MOST_OF_ONE,
    TooManySaved,
    canonical,
    new_results,
    question_of,
    save,
    saved_searches_of,
    tell_of_new_results,
)
from tests.making import make_asset, make_person, make_unit
from tests.postgresql import BOTH_DATABASES

MORNING = datetime(2026, 11, 2, 1, tzinfo=UTC)  # eight in Bangkok
LATER = MORNING + timedelta(days=1)


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def reader(app):
    return make_person("มาลี")


def keep(text, person, **more):
    saved = save(SearchQuery.from_args({"q": text}), by=person, **{"wants_notice": True, **more})
    saved.seen_at = saved.told_at = datetime(2026, 10, 1, tzinfo=UTC)
    session.commit()
    return saved


def publish(title, at=MORNING, **more):
    return make_asset(title, "ประปา", at=at, **more)


def told(person_id, app):
    """What the person's notices say now, unread ones."""
    with app.test_request_context():
        person = session.get(Person, person_id)
        return [words.text for notice, words in notices_of(person, SPEAKERS) if notice.read_at is None]


def work(moment=LATER):
    done = tell_of_new_results(moment)
    session.commit()
    return done


def test_one_question_has_one_form_however_it_is_written():
    one = SearchQuery.from_args({"q": "ประปา", "kind": ["story", "manual"], "page": "3", "limit": "50"})
    other = SearchQuery.from_args({"kind": ["manual", "story"], "q": " ประปา "})
    assert canonical(one) == canonical(other)
    saved = SavedSearch(query=canonical(one))
    assert question_of(saved) == SearchQuery.from_args({"q": "ประปา", "kind": ["manual", "story"]})


def test_the_same_search_is_kept_once_and_fifty_at_most(reader):
    first = keep("ประปา", reader, name="น้ำ")
    assert keep("ประปา", reader).id == first.id
    assert first.name == "ประปา"
    for n in range(MOST_OF_ONE - 1):
        save(SearchQuery.from_args({"q": f"ประปา {n}"}), by=reader)
    with pytest.raises(TooManySaved):
        save(SearchQuery.from_args({"q": "อีกหนึ่ง"}), by=reader)
    assert len(saved_searches_of(reader)) == MOST_OF_ONE
    save(SearchQuery.from_args({"q": "อีกหนึ่ง"}), by=make_person("สมชาย"))


def test_a_letter_with_hundreds_of_marks_is_kept_as_far_as_there_is_room(reader):
    saved = save(SearchQuery(text="ประปา"), by=reader, name="ก" + "\u0e48" * 600)
    session.commit()
    assert saved.name == "ก" + "\u0e48" * 198 + "…"


def test_what_was_published_since_one_looked_is_new(reader):
    saved = keep("ประปา", reader)
    publish("คู่มือเก่า", at=datetime(2026, 9, 1, tzinfo=UTC))
    fresh = publish("คู่มือใหม่")
    make_asset("เรื่องอื่น", "ถนน", at=MORNING)
    assert [item.id for item in new_results(saved, reader)] == [fresh.id]


def test_the_owner_is_told_once_a_day_of_all_that_is_new(app, reader):
    saved, reader_id = keep("ประปา", reader, name="เรื่องน้ำ"), reader.id
    publish("คู่มือ ๑")
    assert work() == 1
    assert told(reader_id, app) == ["มีผลใหม่ 1 เรื่องใน “เรื่องน้ำ”"]
    publish("คู่มือ ๒", at=LATER)
    assert work(LATER + timedelta(hours=3)) == 0  # the same day in Bangkok
    assert work(LATER + timedelta(days=1)) == 1
    assert told(reader_id, app) == ["มีผลใหม่ 2 เรื่องใน “เรื่องน้ำ”"]  # one notice says all that is new
    assert work(LATER + timedelta(days=2)) == 0
    assert session.get(SavedSearch, saved.id).worked_on == date(2026, 11, 5)


def test_it_is_told_by_what_he_may_see_at_that_moment(app, reader):
    keep("ประปา", reader)
    reader_id, unit = reader.id, make_unit("กองคลัง")
    author = make_person("สมพงษ์", unit=unit)
    secret_id = publish("คู่มือลับ", author=author, unit=unit, readers="unit").id
    assert work() == 0
    open_id = publish("คู่มือเปิด").id
    assert work(LATER + timedelta(days=1)) == 1
    assert told(reader_id, app) == ["มีผลใหม่ 1 เรื่องใน “ประปา”"]
    assert secret_id not in session.scalars(select(Notice)).one().details["items"]
    closed = session.get(Item, open_id)
    closed.audience.clear()  # it is told no more, though the notice was written
    session.commit()
    assert told(reader_id, app) == []


def test_who_has_left_and_who_did_not_ask_are_told_nothing(app, reader):
    left = make_person("ลาออก")
    keep("ประปา", left)
    keep("ประปา", reader, wants_notice=False)
    left.deactivated_at = now()
    session.commit()
    publish("คู่มือใหม่")
    assert work() == 0
    assert session.scalars(select(Notice)).all() == []


def test_the_worker_does_it_among_its_reminders(app, settings, reader):
    keep("ประปา", reader)
    reader_id = reader.id
    publish("คู่มือใหม่")
    run_due(app, settings, LATER)
    assert told(reader_id, app) == ["มีผลใหม่ 1 เรื่องใน “ประปา”"]


def test_what_somebody_keeps_goes_with_his_account(reader):
    somebody = Person(username="somebody-else", first_name="ก", organisation_id=reader.organisation_id)
    session.add(somebody)
    session.flush()
    keep("ประปา", somebody)
    session.execute(delete(Person).where(Person.id == somebody.id), execution_options={"renewed": True})
    assert session.scalars(select(SavedSearch.id)).all() == []


def test_from_the_results_to_the_list_and_back(login_as, reader, app):
    browser, reader_id = login_as(reader), reader.id
    page = browser.get("/search?q=ประปา&kind=manual").text
    assert "บันทึกการค้นหานี้" in page
    query = canonical(SearchQuery.from_args({"q": "ประปา", "kind": "manual"}))
    assert f'value="{query.replace("&", "&amp;")}"' in page
    browser.post("/search/saved", data={"query": query, "name": "น้ำ", "notice": "1"})
    saved = session.scalars(select(SavedSearch)).one()
    saved_id = saved.id
    saved.seen_at = saved.told_at = datetime(2026, 10, 1, tzinfo=UTC)
    session.commit()
    publish("คู่มือใหม่")
    assert "มีใหม่ 1 เรื่องจากครั้งก่อน" in browser.get("/search/saved").text
    work()
    assert len(told(reader_id, app)) == 1
    answer = browser.get(f"/search/saved/{saved_id}")
    assert answer.location.startswith("/search?q=")
    assert "kind=manual" in answer.location
    assert "sort=newest" in answer.location
    assert "มีใหม่" not in browser.get("/search/saved").text
    assert told(reader_id, app) == []  # looking is reading
    browser.post(f"/search/saved/{saved_id}/notice")
    assert session.get(SavedSearch, saved_id, populate_existing=True).wants_notice is False
    browser.post(f"/search/saved/{saved_id}/delete")
    assert session.scalars(select(SavedSearch)).all() == []


def test_nobody_opens_or_deletes_what_somebody_else_keeps(login_as, reader, client):
    saved = keep("ประปา", reader)
    other = login_as(make_person("สมชาย"))
    assert other.get(f"/search/saved/{saved.id}").status_code == 404
    assert other.post(f"/search/saved/{saved.id}/delete").status_code == 404
    assert "ประปา" not in other.get("/search/saved").text
    assert "บันทึกการค้นหานี้" not in client.get("/search?q=ประปา").text
