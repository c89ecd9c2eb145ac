"""Knowledge that is wanted: asked for once however many need it, answered by the KM team, told to all who need it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from portal.db import now, session
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import GroupKind
from portal.plan.models import KnowledgeNeed, NeedState, NeedVoice
from portal.plan.needs import (
    NeedClosed,
    NothingAskedFor,
    NothingSaid,
    ReasonMissing,
    answer,
    ask_for,
    asked_for_already,
    decline,
    needs_of,
    say_me_too,
)
from portal.plan.permissions import can_ask_for_knowledge, can_close_need, can_join_need, can_see_need
from tests.making import make_asset, make_group, make_person, make_unit
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def team(app):
    return make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))


@pytest.fixture
def need(app):
    found = ask_for("  วิธีซ่อม  ถนนลูกรัง ", by=make_person("มาลี"), note="ใช้เขียนแผน")
    session.commit()
    return found


def test_the_same_words_are_one_need_with_more_voices(need):
    again = ask_for("วิธีซ่อม ถนนลูกรัง", by=make_person("สมชาย"))
    assert again.id == need.id
    say_me_too(need, by=need.asked_by)  # who asked counts already
    assert need.words == "วิธีซ่อม ถนนลูกรัง"
    assert session.scalar(select(func.count()).select_from(NeedVoice)) == 2


@pytest.mark.parametrize("words", ["วิธีซ่อมถนนลูกรัง", "“วิธีซ่อม” ถนนลูกรัง?", "วิธีซ่อม ถนน-ลูกรัง"])
def test_who_asks_the_same_with_other_blanks_and_signs_joins_the_need(need, words):
    somchai = make_person("สมชาย")
    seen = asked_for_already(words, somchai)
    assert (seen.need.id, seen.people, seen.is_mine) == (need.id, 1, False)
    assert ask_for(words, by=somchai).id == need.id
    session.commit()
    seen = asked_for_already(words, somchai)
    assert (seen.people, seen.is_mine) == (2, True)


def test_a_need_is_known_again_by_colleagues_as_long_as_it_is_open(need, team):
    assert asked_for_already("วิธีซ่อมถนน", team) is None
    assert asked_for_already("", team) is None
    assert asked_for_already(need.words, None) is None
    answer(need, by=team, reply="ถามกองช่าง")
    session.commit()
    assert asked_for_already(need.words, team) is None


def test_words_that_grow_when_they_are_compared_are_asked_for_once(need):
    words = "ก" + "\ufc5e" * 299  # each becomes two marks on one letter
    first = ask_for(words, by=make_person("วิชัย"))
    session.commit()
    assert ask_for(words, by=make_person("สุดา")).id == first.id


def test_numerals_make_no_other_need(need):
    asked = ask_for("แผนปี ๒๕๗๐", by=need.asked_by)
    assert asked_for_already("แผนปี 2570", need.asked_by).need.id == asked.id


def test_two_clicks_at_one_moment_count_once(need):
    person, need_id = make_person("สมชาย"), need.id
    session.commit()

    def click(_):
        say_me_too(session.get(KnowledgeNeed, need_id), by=person)
        session.commit()
        session.remove()

    with ThreadPoolExecutor(4) as clicks:
        list(clicks.map(click, range(8)))
    assert session.scalar(select(func.count()).select_from(NeedVoice)) == 2


def test_the_most_wanted_come_first_and_closed_ones_stand_apart(need, team):
    person = make_person("สมชาย")
    other = ask_for("คู่มือประปา", by=person)
    for name in ("ก", "ข", "ค"):
        say_me_too(need, by=make_person(name))
    newest = ask_for("คู่มือไฟฟ้า", by=person)
    session.flush()
    found, total = needs_of(person, NeedState.OPEN, start=0, count=10)
    assert ([one.id for one in found], total) == ([need.id, newest.id, other.id], 3)
    decline(other, by=team, reply="มีในคู่มือเดิมแล้ว")
    assert [one.id for one in needs_of(person, NeedState.DECLINED, start=0, count=10)[0]] == [other.id]
    assert needs_of(person, NeedState.OPEN, start=1, count=1) == ([newest], 2)


def said_to(person):
    return [words.text for _, words in notices_of(person, SPEAKERS)]


def test_all_who_need_it_are_told_of_the_answer_and_led_to_it(app, need, team):
    too = make_person("สมชาย")
    say_me_too(need, by=too)
    say_me_too(need, by=team)
    asset = make_asset("คู่มือซ่อมถนน")
    answer(need, by=team, item_id=asset.id)
    session.commit()
    with app.test_request_context():
        for person in (need.asked_by, too):
            ((_, words),) = notices_of(person, SPEAKERS)
            assert words.text == "“วิธีซ่อม ถนนลูกรัง” ที่คุณต้องการมีคำตอบแล้วใน “คู่มือซ่อมถนน”"
            assert words.url == f"/knowledge/{asset.id}"
        assert said_to(team) == []  # who answers knows


def test_the_title_of_an_answer_that_is_closed_to_him_is_not_told(app, need, team):
    unit = make_unit("กองคลัง")
    secret = make_asset("คู่มือลับ", author=make_person("สมพงษ์", unit=unit), unit=unit, readers="unit")
    answer(need, by=team, item_id=secret.id)
    session.commit()
    with app.test_request_context():
        assert said_to(need.asked_by) == ["“วิธีซ่อม ถนนลูกรัง” ที่คุณต้องการมีคำตอบแล้ว"]


def test_a_need_is_closed_once_and_with_words(need, team):
    for close in (lambda: answer(need, by=team, reply=" "), lambda: decline(need, by=team, reply="")):
        with pytest.raises((NothingSaid, ReasonMissing)):
            close()
    assert need.state == NeedState.OPEN
    answer(need, by=team, reply="ถามที่กองช่าง")
    for late in (lambda: decline(need, by=team, reply="ไม่"), lambda: say_me_too(need, by=make_person("ก"))):
        with pytest.raises(NeedClosed):
            late()
    with pytest.raises(NothingAskedFor):
        ask_for("  ", by=team)
    again = ask_for(need.words, by=make_person("ข"))  # the answer did not help him
    assert again.id != need.id


def test_rule_and_query_agree_on_who_sees_and_closes(need, team):
    left = make_person("ลาออก")
    left.deactivated_at = now()
    session.commit()
    for person, sees, closes in (
        (None, False, False),
        (left, False, False),
        (make_person("ก"), True, False),
        (team, True, True),
    ):
        assert can_see_need(person, need) is sees
        assert (need in session.scalars(KnowledgeNeed.visible_to(person)).all()) is sees
        assert can_join_need(person, need) is can_ask_for_knowledge(person) is sees
        assert can_close_need(person, need) is closes
    decline(need, by=team, reply="ไม่")
    assert not can_close_need(team, need)


def test_from_nothing_found_to_the_answer(login_as, client, team, app):
    """The way through the pages: a search without results, the list, one more who needs it, the answer."""
    malee, browser = make_person("มาลี"), None
    browser = login_as(malee)
    page = browser.get("/search?q=กขคงจ").text
    assert "เราต้องการความรู้นี้" in page
    assert "เราต้องการความรู้นี้" not in client.get("/search?q=กขคงจ").text
    browser.post("/plan/needs", data={"words": "กขคงจ", "note": "ใช้จริง"})
    need = session.scalars(select(KnowledgeNeed)).one()
    assert "ใช้จริง" in browser.get("/plan/needs").text
    colleague = login_as(make_person("สมชาย"))
    colleague.post(f"/plan/needs/{need.id}/me-too")
    assert "มีผู้ต้องการ 2 คน" in colleague.get("/plan/needs").text
    assert f"/plan/needs/{need.id}/close" not in colleague.get("/plan/needs").text
    assert colleague.post(f"/plan/needs/{need.id}/close", data={"reply": "ไม่"}).status_code == 403
    answering = login_as(team)
    asset = make_asset("คู่มือ กขคงจ")
    draft = make_asset("ร่าง", published=False)
    for wrong in (
        {},
        {"item": "ไม่ใช่เลข"},
        {"item": "999999"},
        {"item": f"/knowledge/{draft.id}"},
        {"reply": "", "outcome": "declined"},
    ):
        assert answering.post(f"/plan/needs/{need.id}/close", data=wrong).status_code == 422, wrong
    address = f"https://example.go.th:8000/knowledge/{asset.id}/คู่มือ-2569#บท-3"
    answering.post(f"/plan/needs/{need.id}/close", data={"item": address})
    assert "คู่มือ กขคงจ" in browser.get("/plan/needs?state=answered").text
    assert "มีคำตอบแล้วใน “คู่มือ กขคงจ”" in browser.get("/notices").text
