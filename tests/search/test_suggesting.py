"""What is offered while one types: only what the one who types may see."""

import pytest

from portal.db import now, session
from portal.search import suggesting
from portal.search.actions import Offer
from portal.search.indexing import index_pending
from portal.search.models import AskedBy, AskedQuery
from portal.search.question import MOST_BEGINNINGS
from portal.search.suggesting import SuggestionKind, suggest
from portal.templating import page_url
from portal.thai.dates import bangkok_today
from tests.making import make_asset, make_person, make_unit
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def texts(suggestions, kind=None):
    return [one.text for one in suggestions if kind in (None, one.kind)]


@pytest.fixture
def asker(app):
    with app.test_request_context():
        yield make_person("มาลี")


def test_titles_are_offered_that_begin_so_first_then_the_newest(asker):
    for title in ("ขั้นตอนงานประปา", "ประปาหมู่บ้าน", "งานประปาและไฟฟ้า"):
        make_asset(title)
    assert texts(suggest("ประปา", asker)) == ["ประปาหมู่บ้าน", "งานประปาและไฟฟ้า", "ขั้นตอนงานประปา"]
    assert texts(suggest("งาน ไฟฟ้า", asker)) == ["งานประปาและไฟฟ้า"]


def test_numerals_of_both_kinds_and_wild_cards_are_letters(asker):
    make_asset("แผนปี ๒๕๗๐")
    make_asset("ส่วนลด 100%")
    assert texts(suggest("2570", asker)) == ["แผนปี ๒๕๗๐"]
    assert texts(suggest("๑๐๐", asker)) == ["ส่วนลด 100%"]
    assert texts(suggest("%%", asker)) == []


def test_a_title_is_offered_to_its_readers_only(asker):
    author = make_person("สมพงษ์", unit=make_unit("กองคลัง"))
    make_asset("คู่มือลับของกองคลัง", author=author, unit=author.postings[0].position.unit, readers="unit")
    make_asset("คู่มือที่ยังร่างอยู่", author=asker, published=False)
    make_asset("คู่มือภายใน")
    make_asset("คู่มือประชาชน", readers="public")
    session.commit()
    assert set(texts(suggest("คู่มือ", asker))) == {"คู่มือภายใน", "คู่มือประชาชน"}
    assert texts(suggest("คู่มือ", None)) == ["คู่มือประชาชน"]
    assert "คู่มือลับของกองคลัง" in texts(suggest("คู่มือ", author))


def test_titles_that_others_closed_leave_room_for_the_one_that_begins_so(asker, settings):
    unit = make_unit("กองลับ")
    letters = "abcdefghijklmnopqrst"
    for begin in letters[: MOST_BEGINNINGS // len(letters)]:
        make_asset(" ".join(f"bc{begin}{end}" for end in letters), unit=unit, readers="unit")
    make_asset("bczz")
    session.commit()
    while index_pending(settings):
        pass
    assert texts(suggest("bc", asker)) == ["bczz"]


def test_colleagues_are_offered_to_colleagues_who_are_here(asker):
    make_person("สมชาย", prefix="นาย", last_name="ขยัน")
    make_person("สมชาย", last_name="ลาออก").deactivated_at = now()
    session.commit()
    assert texts(suggest("สมชาย", asker), SuggestionKind.PERSON) == ["นายสมชาย ขยัน"]
    assert suggest("สมชาย", None) == []


def test_past_queries_come_first_and_room_is_left_for_the_rest(asker, monkeypatch):
    for n in range(20):
        make_asset(f"ประปา {n}")
    monkeypatch.setattr(suggesting, "_asked_before", lambda typed, _who: [f"{typed} แตก", f"{typed} ไม่ไหล"])
    found = suggest("ประปา", asker, limit=6)
    assert texts(found, SuggestionKind.QUERY) == ["ประปา แตก", "ประปา ไม่ไหล"]
    assert found[0].url.startswith("/search?q=")
    assert len(found) == 6


@pytest.mark.parametrize("typed", ["", " ", "ก", "ที่", "\x00", "ก" * 100_000, "(" * 3000])
def test_too_little_is_answered_with_nothing_and_too_much_with_no_error(asker, typed):
    make_asset("ที่ดิน")
    assert suggest(typed, asker) == []


def test_the_address_answers_everybody_with_what_is_open_to_him(client, login_as):
    asset = make_asset("คู่มือภายใน")
    public = make_asset("คู่มือประชาชน", readers="public")
    offered = {"text": "คู่มือประชาชน", "url": f"/knowledge/{public.id}", "kind": "item", "note": "คู่มือ"}
    assert client.get("/search/suggestions?q=คู่มือ").json == {"suggestions": [offered]}
    answer = login_as(make_person()).get("/search/suggestions?q=คู่มือ")
    assert {one["url"] for one in answer.json["suggestions"]} == {
        f"/knowledge/{asset.id}",
        f"/knowledge/{public.id}",
    }
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_colleagues_asked_and_opened_is_offered_unless_it_names_what_is_closed(app, asker, settings):
    author = make_person("สมพงษ์", unit=make_unit("กองคลัง"))
    make_asset("แผนลับสุดยอด", author=author, unit=author.postings[0].position.unit, readers="unit")
    make_asset("แผนประปา")
    for words, clicks in (("แผนประปา", 5), ("แผนลับสุดยอด", 6), ("แผนที่ไม่มีใครเปิด", 0)):
        session.add(
            AskedQuery(day=bangkok_today(), words=words, asked=9, not_found=0, clicks=clicks, ranks=clicks)
        )
        session.add_all(AskedBy(words=words, asker=one, last_on=bangkok_today()) for one in ("one", "two"))
    session.commit()
    while index_pending(settings):
        pass
    assert texts(suggest("แผน", asker), SuggestionKind.QUERY) == ["แผนประปา"]
    assert texts(suggest("แผน", None)) == []


def test_with_the_index_the_same_titles_are_offered(app, asker, settings):
    for title in ("ขั้นตอนงานประปา", "ประปาหมู่บ้าน", "งานประปาและไฟฟ้า"):
        make_asset(title)
    session.commit()
    while index_pending(settings):
        pass
    assert texts(suggest("ประปา", asker)) == ["ประปาหมู่บ้าน", "งานประปาและไฟฟ้า", "ขั้นตอนงานประปา"]
    assert texts(suggest("งาน ไฟฟ้า", asker)) == ["งานประปาและไฟฟ้า"]
    assert texts(suggest("ปร", asker))[0] == "ประปาหมู่บ้าน"  # two letters: a word of the title begins so


@pytest.mark.parametrize("typed", ["เขียนราย", "เขียนรายงาน", "เขียน รายงาน", "write rep"])
def test_what_one_begins_to_ask_for_is_offered_as_what_can_be_done(asker, typed):
    found = suggest(typed, asker)
    assert found[0].kind == SuggestionKind.ACTION
    assert found[0].text == "เขียนรายงานการฝึกอบรม"
    assert suggest(typed, None) == []


@pytest.mark.parametrize("typed", ["ขี", "เข", "แผ"])
def test_two_letters_ask_for_nothing_to_be_done(asker, typed):
    assert texts(suggest(typed, asker), SuggestionKind.ACTION) == []


def test_what_is_done_by_a_button_is_offered_with_the_page_where_the_button_is(asker, monkeypatch):
    offer = Offer("รายงานของคุณ", "เขียน", "/reports/new", sends={"term": ""})
    monkeypatch.setattr(suggesting, "offers_begun", lambda *_: [offer])
    assert suggest("เขียนรายงาน", asker)[0].url == page_url("search.results", q="เขียนรายงาน")


def test_units_are_offered_to_colleagues_by_each_of_their_names(asker):
    finance = make_unit("กองคลัง", short_name="คลัง", name_en="Finance Division")
    make_unit("กองช่าง")
    make_unit("กองคลังเก่า").closed_on = bangkok_today()
    session.commit()
    for typed in ("กองค", "คลัง", "finance"):
        found = suggest(typed, asker)
        assert texts(found, SuggestionKind.UNIT) == ["กองคลัง"], typed
        assert found[0].url == f"/search?unit={finance.id}"
    assert suggest("กองค", None) == []


@pytest.mark.parametrize("typed", ["8^j,nvx", "8^j,nv xit"])
def test_what_is_typed_in_the_wrong_layout_is_offered_as_it_was_meant(asker, typed):
    make_asset("คู่มือประปา", readers="public")
    for person in (asker, None):
        assert texts(suggest(typed, person)) == ["คู่มือประปา"]


@pytest.mark.parametrize("typed", ["คูมือ", "คูมือป", "คู่มือประป่า"])
def test_a_missing_tone_finds_the_title_and_no_closed_one(asker, settings, typed):
    make_asset("คู่มือประปา")
    author = make_person("สมพงษ์", unit=make_unit("ฝ่ายลับ"))
    make_asset("คู่มือประปาลับ", author=author, unit=author.postings[0].position.unit, readers="unit")
    session.commit()
    while index_pending(settings):
        pass
    assert texts(suggest(typed, asker)) == ["คู่มือประปา"]
    assert suggest(typed, None) == []


def test_what_fits_as_it_was_typed_is_not_taken_for_a_mistake(asker, monkeypatch):
    make_asset("คู่มือประปา")
    monkeypatch.setattr(suggesting, "found_items", None)
    monkeypatch.setattr(suggesting, "as_typed_on_the_other", None)
    assert texts(suggest("คู่มือ", asker)) == ["คู่มือประปา"]
