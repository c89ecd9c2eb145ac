"""What is searched for is counted without persons, kept for 90 days, and shown to those who keep the words."""

import io
import re
import threading
import time
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal import counting
from portal.config import Settings
from portal.db import session
from portal.people.models import GroupKind
from portal.search import insight
from portal.search.indexing import index_pending
from portal.search.insight import (
    AskedCounter,
    Of,
    asked_and_found,
    asked_words,
    forget_old_questions,
    kept_words,
    totals,
)
from portal.search.models import AskedBy, AskedQuery
from portal.search.opened import ShownResults
from portal.search.previewing import queries_to_try
from portal.thai.dates import bangkok_today
from portal.working import tidy
from tests.making import make_admin, make_asset, make_group, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def nattaya(app):
    return make_person("ณัฐยา", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))


def rows():
    """What stands in the table; the transaction ends, so that whoever writes need not wait for the test."""
    session.rollback()
    found = session.scalars(select(AskedQuery)).all()
    session.rollback()
    return {row.words: (row.asked, row.not_found, row.clicks, row.ranks) for row in found}


def make_asked(words, asked=2, nothing=0, clicks=0, ranks=0, days_ago=0, people=2):
    day = bangkok_today() - timedelta(days=days_ago)
    session.add(AskedQuery(day=day, words=words, asked=asked, not_found=nothing, clicks=clicks, ranks=ranks))
    for number in range(people):
        known = session.get(AskedBy, (words, str(number)))
        session.add(known or AskedBy(words=words, asker=str(number), last_on=day))
    session.commit()


def later(monkeypatch, days):
    """From now on it is so many days later."""
    monkeypatch.setattr(insight, "bangkok_today", lambda: bangkok_today() + timedelta(days=days))


# ---- counting ----


def test_a_search_counts_once_a_day_for_each_who_asks_whether_it_found_something_or_not(app, login_as):
    make_asset("คู่มือรับชำระภาษีที่ดิน")
    index_pending(app.config["SETTINGS"])
    malee, wirot = login_as(make_person("มาลี")), login_as(make_person("วิโรจน์"))
    for browser in (malee, malee, wirot):
        assert browser.get("/search?q=ภาษีที่ดิน").status_code == 200
        browser.get("/search?q=๒๔ ฮิปโป")
    assert rows() == {}  # a page view writes nothing
    app.extensions["asked"].flush()
    assert rows() == {"ภาษีที่ดิน": (2, 0, 0, 0), "24 ฮิปโป": (2, 2, 0, 0)}
    malee.get("/search?q=ภาษีที่ดิน")
    app.extensions["asked"].flush()
    assert rows()["ภาษีที่ดิน"] == (2, 0, 0, 0)


def test_turning_pages_choosing_filters_the_api_and_citizens_are_not_counted(app, login_as, client):
    malee = login_as(make_person("มาลี"))
    for address in (
        "/search?q=ภาษี&page=2",
        "/search?q=ภาษี&kind=manual",
        "/api/v1/search?q=ภาษี",
        "/search",
        "/search?kind=manual",
    ):
        malee.get(address)
    client.get("/search?q=ภาษี")
    assert app.extensions["asked"].flush() == 0


def shown_to(app, person, question="ภาษี", ranks=range(1, 11)):
    with app.app_context():
        return ShownResults(person.id, question, ranks).sealed()


def test_an_opened_result_is_counted_with_its_place_once(app, login_as, client):
    person = make_person("มาลี")
    malee, shown = login_as(person), shown_to(app, person)
    for rank in ("3", "3", "๑", "0", "-1", "x", "11", "999999"):
        assert malee.post("/search/opened", data={"shown": shown, "rank": rank}).status_code == 204
    assert client.post("/search/opened", data={"shown": shown, "rank": "1"}).status_code == 302
    app.extensions["asked"].flush()
    assert rows() == {"ภาษี": (0, 0, 2, 4)}


def test_a_question_that_the_person_was_shown_nothing_for_is_not_counted_as_opened(
    app, login_as, monkeypatch
):
    malee, wirot = make_person("มาลี"), make_person("วิโรจน์")
    browser = login_as(malee)
    told = [
        {"question": "คำที่แต่งขึ้น"},
        {"shown": "คำที่แต่งขึ้น"},
        {"shown": shown_to(app, malee)[:-1]},
        {"shown": shown_to(app, wirot)},
    ]
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: datetime.now(UTC).timestamp() - 25 * 3600)
        told.append({"shown": shown_to(app, malee)})
    for fields in told:
        assert browser.post("/search/opened", data={**fields, "rank": "1"}).status_code == 204
    assert app.extensions["asked"].flush() == 0


def test_the_list_of_results_carries_what_tells_that_it_was_shown(app, login_as):
    make_asset("คู่มือรับชำระภาษีที่ดิน")
    index_pending(app.config["SETTINGS"])
    malee = login_as(make_person("มาลี"))
    shown = re.search(r'data-shown="([^"]+)"', malee.get("/search?q=ภาษีที่ดิน").text)[1]
    for rank in ("1", "2"):  # there is no second result
        malee.post("/search/opened", data={"shown": shown, "rank": rank})
    app.extensions["asked"].flush()
    assert rows() == {"ภาษีที่ดิน": (1, 0, 1, 1)}


def test_a_telling_without_its_token_is_refused(app, login_as):
    person = make_person("มาลี")
    malee, shown = login_as(person), shown_to(app, person)
    app.config["WTF_CSRF_ENABLED"] = True
    malee.post("/search/opened", data={"shown": shown, "rank": "1"})
    assert app.extensions["asked"].flush() == 0


@pytest.mark.parametrize(
    "question",
    [
        "1-2345-67890-12-3",
        "บัตร ๑๒๓๔๕๖๗๘๙๐๑๒๓",
        "โทร 081 234 5678",
        "02-123-4567",
        "somchai@example.go.th",
        "ก" * 121,
        "   ",
    ],
)
def test_numbers_and_addresses_of_people_are_not_kept(question):
    assert kept_words(question) == ""


@pytest.mark.parametrize(
    "question", ["ที่ มท 0808.2/ว 1234", "แผนพัฒนา 2566-2570", "1,200 บาท", "ระเบียบพัสดุ 2560"]
)
def test_years_sums_and_letter_numbers_are_kept(question):
    assert kept_words(question)


def test_a_question_that_names_a_person_of_the_organisation_is_not_kept(app):
    make_person("สมหญิง", last_name="ใจเย็น")
    asked = app.extensions["asked"]
    for question in ("นางสาวสมหญิง ใจเย็น", "สมหญิงใจเย็น ลา", "น้ำใจเย็น"):
        asked.note_asked(1, question, found_nothing=False)
    asked.flush()
    assert set(rows()) == {"น้ำใจเย็น"}


@pytest.mark.usefixtures("app")
def test_what_one_person_asks_on_two_days_and_in_two_processes_is_shown_to_nobody(monkeypatch):
    one, other = AskedCounter("secret", 3600), AskedCounter("secret", 3600)
    one.note_asked(1, "ย้ายบ้าน", found_nothing=True)
    later(monkeypatch, 1)
    for counter in (one, other):
        for _ in range(5):
            counter.note_asked(1, "ย้ายบ้าน", found_nothing=True)
            counter.note_click(1, "ย้ายบ้าน", 1)
    session.commit()
    assert all(counter.flush() for counter in (one, other))
    assert totals(30).asked == 3
    assert asked_words(30) == []
    assert totals(30).once == 1
    session.commit()
    other.note_asked(2, "ย้ายบ้าน", found_nothing=True)
    other.flush()
    assert [line.words for line in asked_words(30)] == ["ย้ายบ้าน"]


@pytest.mark.usefixtures("app")
def test_both_must_have_asked_within_the_period():
    make_asked("ภาษี", asked=3, people=1)
    session.add(AskedBy(words="ภาษี", asker="another", last_on=bangkok_today() - timedelta(days=10)))
    session.commit()
    assert asked_words(7) == []
    assert [line.words for line in asked_words(30)] == ["ภาษี"]


@pytest.mark.usefixtures("app")
def test_what_one_person_asks_time_and_again_is_not_offered_to_others():
    make_asked("ภาษีที่ดิน", asked=9, clicks=9, ranks=9, people=1)
    make_asked("ภาษีป้าย", asked=9, clicks=9, ranks=9)
    assert asked_and_found("ภาษี", 5) == ["ภาษีป้าย"]


@pytest.mark.usefixtures("app")
def test_who_asked_can_not_be_told_without_the_secret_nor_from_one_question_to_the_next():
    ours, theirs = AskedCounter("secret", 3600), AskedCounter("another secret", 3600)
    for counter in (ours, theirs):
        counter.note_asked(1, "ภาษี", found_nothing=False)
        counter.note_asked(1, "ขยะ", found_nothing=False)
        session.commit()
        counter.flush()
    kept = session.scalars(select(AskedBy.asker)).all()
    assert len(set(kept)) == len(kept) == 4
    assert all(len(asker) == 32 for asker in kept)


def test_what_is_kept_holds_no_person_no_address_and_no_hour():
    assert set(AskedBy.__table__.columns.keys()) == {"words", "asker", "last_on"}
    assert "DATE" in str(AskedBy.__table__.c.last_on.type)
    assert set(AskedQuery.__table__.columns.keys()) == {
        "day",
        "words",
        "asked",
        "not_found",
        "clicks",
        "ranks",
    }
    assert "DATE" in str(AskedQuery.__table__.c.day.type)


def test_two_processes_add_up(app):
    make_person()
    one, other = AskedCounter("secret", 3600), AskedCounter("secret", 3600)
    one.note_asked(1, "ภาษี", found_nothing=False)
    other.note_asked(2, "ภาษี", found_nothing=True)
    other.note_asked(2, "ขยะ", found_nothing=True)
    session.commit()
    for counter in (one, other):
        assert counter.flush() > 0
    assert rows() == {"ภาษี": (2, 1, 0, 0), "ขยะ": (1, 1, 0, 0)}


def test_counts_survive_a_database_that_is_away(app, monkeypatch):
    asked = app.extensions["asked"]
    asked.note_asked(1, "ภาษี", found_nothing=False)

    def away():
        raise OperationalError("", {}, Exception("away"))

    with monkeypatch.context() as patched:
        patched.setattr(counting, "transaction", away)
        assert asked.flush() == 0
    session.commit()
    assert asked.flush() == 1


def test_many_threads_count_without_losing_any(app):
    asked = AskedCounter("secret", 3600)
    threads = [
        threading.Thread(
            target=lambda who=who: [asked.note_asked(who, f"คำ{n}", found_nothing=False) for n in range(50)]
        )
        for who in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.commit()
    assert asked.flush() == 8 * 50
    assert session.scalar(select(func.sum(AskedQuery.asked))) == 8 * 50


# ---- kept for a time ----


@pytest.mark.usefixtures("app")
def test_after_ninety_days_it_is_forgotten():
    make_asked("วันนี้")
    make_asked("ยังอยู่", days_ago=89)
    make_asked("นานแล้ว", days_ago=90)
    assert forget_old_questions() == 1
    session.commit()
    assert set(rows()) == {"วันนี้", "ยังอยู่"}
    assert set(session.scalars(select(AskedBy.words))) == {"วันนี้", "ยังอยู่"}


def test_the_worker_forgets_by_itself(app):
    make_person()
    make_asked("นานแล้ว", days_ago=120)
    settings: Settings = app.config["SETTINGS"]
    tidy(settings)
    assert rows() == {}


# ---- shown ----


@pytest.mark.usefixtures("app")
def test_what_is_asked_most_what_is_not_found_and_what_nobody_opens():
    make_asked("ภาษี", asked=5, clicks=4, ranks=6)
    make_asked("ภาษี", asked=1, clicks=0, days_ago=10)
    make_asked("โดรน", asked=4, nothing=4)
    make_asked("ขยะ", asked=3)
    make_asked("ชื่อใครคนหนึ่ง", asked=1, people=1)
    assert [(line.words, line.asked, line.mean_rank) for line in asked_words(30)] == [
        ("ภาษี", 6, 1.5),
        ("โดรน", 4, None),
        ("ขยะ", 3, None),
    ]
    assert asked_words(7)[0].asked == 5
    assert [line.words for line in asked_words(30, Of.NOT_FOUND)] == ["โดรน"]
    assert [line.words for line in asked_words(30, Of.NOT_OPENED)] == ["ขยะ"]
    whole = totals(30)
    assert (whole.asked, whole.not_found, whole.clicks, whole.once) == (14, 4, 4, 1)


def test_the_km_team_sees_it_and_takes_it_home(login_as, nattaya):
    make_asked("โดรน", asked=4, nothing=4)
    make_asked("คำลับเฉพาะ", asked=4, people=1)
    browser = login_as(nattaya)
    page = browser.get("/search/insight?of=not-found&days=7").text
    assert 'href="/search?q=%E0%B9%82%E0%B8%94%E0%B8%A3%E0%B8%99"' in page
    assert "คำลับเฉพาะ" not in page
    for address in ("/search/insight", "/search/insight?days=12345&of=whatever"):
        assert "โดรน" in browser.get(address).text
    home = browser.get("/search/insight.xlsx?of=not-found")
    sheet = openpyxl.load_workbook(io.BytesIO(home.data)).active
    assert [cell.value for cell in sheet[2]][:3] == ["โดรน", 4, 4]


def test_nobody_else_does(login_as, client):
    assert login_as(make_person()).get("/search/insight").status_code == 403
    assert login_as(make_person()).get("/search/insight.xlsx").status_code == 403
    assert login_as(make_admin()).get("/search/insight").status_code == 200
    assert client.get("/search/insight").status_code == 302


def test_the_way_there_stands_on_the_search_page_for_who_may(login_as, nattaya):
    assert "/search/insight" in login_as(nattaya).get("/search?q=ภาษี").text
    assert "/search/insight" not in login_as(make_person()).get("/search?q=ภาษี").text


@pytest.mark.usefixtures("app")
def test_a_change_of_the_words_is_tried_on_what_is_asked_most_here():
    make_asked("โดรนพ่นยา", asked=9)
    assert queries_to_try()[0] == "โดรนพ่นยา"
