"""The KM team keeps the words of the search: looks, changes, tries out, saves, goes back."""

import io
import re

import pytest

from portal.people.models import GroupKind
from portal.search import previewing
from portal.search.analysis import analyse
from portal.search.previewing import preview, queries_to_try
from portal.search.query import SearchQuery
from portal.search.results import Asker
from portal.search.searching import search_as
from portal.search.thesaurus import Group, Thesaurus, key_of, read, shipped, write
from portal.search.thesaurus_versions import newest_number, save_version, the_thesaurus, version
from tests.making import make_admin, make_asset, make_group, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def team(app):
    return make_group("คณะทำงาน KM", GroupKind.KM_TEAM)


@pytest.fixture
def nattaya(team):
    return make_person("ณัฐยา", groups=(team,))


DRONE = {"canonical": "โดรน", "synonym": "อากาศยานไร้คนขับ\r\n\r\n ก้อนบิน ", "english": "drone"}


def seen_in(page):
    return re.search(r'name="seen"[^>]*value="(\d+)"', page.text)[1]


def save(browser, **fields):
    page = browser.get("/search/synonyms/preview")
    return browser.post("/search/synonyms/preview", data={"seen": seen_in(page), **fields})


def means(typed, canonical):
    return canonical in [sense.group.canonical for sense in the_thesaurus().senses(key_of(analyse(typed)))]


def test_who_adds_a_group_sees_what_it_does_and_then_it_holds(login_as, nattaya):
    browser = login_as(nattaya)
    answer = browser.post("/search/synonyms/edit", data=DRONE)
    assert answer.location == "/search/synonyms/preview"
    assert not means("ก้อนบิน", "โดรน")  # looked at, not saved
    page = browser.get("/search/synonyms/preview")
    assert "ก้อนบิน" in page.text
    answer = save(browser, note="คนในกองช่างเรียกอย่างนี้")
    assert answer.location == "/search/synonyms"
    assert means("ก้อนบิน", "โดรน")
    saved = version(newest_number())
    assert (saved.number, saved.saved_by_id, saved.note) == (1, nattaya.id, "คนในกองช่างเรียกอย่างนี้")
    assert read(saved.text).group("โดรน") == Group(
        "โดรน", synonym=("อากาศยานไร้คนขับ", "ก้อนบิน"), english=("drone",)
    )


def test_a_group_is_found_changed_renamed_and_removed(login_as, nattaya):
    browser = login_as(nattaya)
    assert "เว็บไซต์" in browser.get("/search/synonyms?q=เว็ปไซค์").text
    assert "ไม่มีกลุ่มใดมีคำนี้" in browser.get("/search/synonyms?q=ฮิปโปโปเตมัส").text
    page = browser.get("/search/synonyms/edit?name=เว็บไซต์")
    assert "เว็ปไซค์" in page.text
    opened = re.search(r'name="opened_with"[^>]*value="([^"]*)"', page.text)[1]
    browser.post(
        "/search/synonyms/edit?name=เว็บไซต์",
        data={"canonical": "เว็บ", "synonym": "เว็บไซต์", "opened_with": opened},
    )
    browser.post("/search/synonyms/remove", data={"name": "โดรน"})  # is not there: nothing happens
    browser.post("/search/synonyms/remove", data={"name": "บล็อก"})
    listed = browser.get("/search/synonyms").text
    assert "3" in listed  # two of the renamed, one that goes
    save(browser)
    groups = {group.canonical for group in the_thesaurus().groups}
    assert "เว็บ" in groups
    assert {"เว็บไซต์", "บล็อก"}.isdisjoint(groups)


def test_a_faulty_group_comes_back_as_it_was_typed_and_says_where(login_as, nattaya):
    browser = login_as(nattaya)
    answer = browser.post("/search/synonyms/edit", data={"canonical": "โดรน", "abbreviation": "ก.พ.\nอจ."})
    assert answer.status_code == 422
    assert "หลายความหมาย" in answer.text
    assert "อจ." in answer.text
    alone = browser.post("/search/synonyms/edit", data={"canonical": "โดรน"})
    assert "อย่างน้อยหนึ่งคำ" in alone.text
    taken = browser.post("/search/synonyms/edit", data={"canonical": "เว็บไซต์", "synonym": "หน้าเว็บ"})
    assert "มีกลุ่มชื่อนี้อยู่แล้ว" in taken.text


def test_a_table_is_taken_in_as_a_whole_and_taken_home(login_as, nattaya):
    browser = login_as(nattaya)
    table = shipped() + "โดรน,synonym,อากาศยานไร้คนขับ\n"
    answer = browser.post(
        "/search/synonyms/table", data={"file": (io.BytesIO(table.encode("cp874", "replace")), "คำ.csv")}
    )
    assert answer.location == "/search/synonyms/preview"
    save(browser)
    assert means("อากาศยานไร้คนขับ", "โดรน")
    home = browser.get("/search/synonyms/versions/1.csv")
    assert home.data.decode("utf-8-sig") == version(1).text
    assert browser.get("/search/synonyms/versions/0.csv").data.decode("utf-8-sig") == shipped()


def test_a_faulty_table_changes_nothing_and_stands_in_the_box_to_be_mended(login_as, nattaya):
    browser = login_as(nattaya)
    table = "canonical,kind,variants\nโดรน,ชื่อเล่น,ก้อนบิน\nฝาย,english,weir\n"
    answer = browser.post("/search/synonyms/table", data={"file": (io.BytesIO(table.encode()), "คำ.csv")})
    assert answer.status_code == 422
    assert "ชื่อเล่น" in answer.text
    assert "ฝาย,english,weir" in answer.text
    pasted = browser.post("/search/synonyms/table", data={"text": "โดรน คือ อากาศยาน"})
    assert pasted.status_code == 422
    assert "โดรน คือ อากาศยาน" in pasted.text
    assert browser.get("/search/synonyms/preview").location == "/search/synonyms"


def test_the_new_words_are_the_first_questions_that_a_change_is_tried_on(login_as, nattaya):
    before, after = Group("โดรน", synonym=("อากาศยาน",)), Group("โดรน", synonym=("อากาศยาน", "ก้อนบิน"))
    assert queries_to_try([(before, after)])[:2] == ["ก้อนบิน", "โดรน"]
    assert queries_to_try([(None, before)])[:2] == ["โดรน", "อากาศยาน"]
    assert queries_to_try([(before, None)]) == queries_to_try()
    many = [(None, Group(f"คำ{n}", synonym=(f"อื่น{n}",))) for n in range(300)]
    assert set(queries_to_try()[:50]) <= set(
        queries_to_try(many)
    )  # what is asked most is tried whatever comes in
    browser = login_as(nattaya)
    browser.post("/search/synonyms/edit", data=DRONE)
    assert (
        'href="/search?q=%E0%B9%82%E0%B8%94%E0%B8%A3%E0%B8%99"'
        in browser.get("/search/synonyms/preview").text
    )


def test_changes_wait_for_their_person_alone_and_are_put_away(login_as, nattaya, team):
    browser, other = login_as(nattaya), login_as(make_person("พิมพ์ใจ", groups=(team,)))
    browser.post("/search/synonyms/edit", data=DRONE)
    assert "โดรน" in browser.get("/search/synonyms?q=โดรน").text
    assert "ไม่มีกลุ่มใดมีคำนี้" in other.get("/search/synonyms?q=โดรน").text
    browser.post("/search/synonyms/discard")
    assert browser.get("/search/synonyms/preview").location == "/search/synonyms"
    assert newest_number() == 0


def test_the_second_of_two_savers_is_told_and_nothing_is_lost(login_as, nattaya, team):
    first, second = login_as(nattaya), login_as(make_person("พิมพ์ใจ", groups=(team,)))
    first.post("/search/synonyms/edit", data=DRONE)
    second.post("/search/synonyms/edit", data={"canonical": "โดรน", "english": "UAV"})
    seen = seen_in(second.get("/search/synonyms/preview"))
    assert save(first).status_code == 302
    answer = second.post("/search/synonyms/preview", data={"seen": seen, "note": "ของฉัน"})
    assert answer.status_code == 409
    assert "ณัฐยา" in answer.text
    assert "มีผู้อื่นแก้ “โดรน” ด้วย" in answer.text
    assert "ก้อนบิน" in answer.text  # theirs, to be compared
    assert "ของฉัน" in answer.text
    assert newest_number() == 1
    assert second.post("/search/synonyms/preview", data={"seen": seen_in(answer)}).status_code == 302
    assert the_thesaurus().group("โดรน").english == ("UAV",)


def test_who_opened_a_group_that_another_changed_meanwhile_sees_both_texts(login_as, nattaya, team):
    second = login_as(make_person("พิมพ์ใจ", groups=(team,)))
    page = second.get("/search/synonyms/edit?name=เว็บไซต์")
    opened = re.search(r'name="opened_with"[^>]*value="([^"]*)"', page.text)[1]
    save_version(write([Group("เว็บไซต์", synonym=("หน้าเว็บ",))]), by=nattaya, note="")
    answer = second.post(
        "/search/synonyms/edit?name=เว็บไซต์",
        data={"canonical": "เว็บไซต์", "synonym": "เว็บเทศบาล", "opened_with": opened},
    )
    assert answer.status_code == 409
    assert "หน้าเว็บ" in answer.text
    assert "เว็บเทศบาล" in answer.text


def test_a_version_is_looked_at_and_taken_up_again(login_as, nattaya):
    browser = login_as(nattaya)
    browser.post("/search/synonyms/edit", data=DRONE)
    save(browser, note="เพิ่มโดรน")
    assert "เพิ่มโดรน" in browser.get("/search/synonyms/versions").text
    assert "ก้อนบิน" in browser.get("/search/synonyms/versions/1").text
    assert browser.get("/search/synonyms/versions/0").status_code == 200
    assert browser.get("/search/synonyms/versions/2").status_code == 404
    browser.post("/search/synonyms/versions/0/restore")
    save(browser)
    assert not means("ก้อนบิน", "โดรน")
    assert (version(2).restores, newest_number()) == (0, 2)
    same = browser.post("/search/synonyms/versions/0/restore")
    assert same.location == "/search/synonyms/versions"


def test_nobody_but_the_km_team_and_the_admin_keeps_the_words(login_as, client, team):
    make_organisation()
    for person, status in ((make_person(), 403), (make_admin(), 200)):
        assert login_as(person).get("/search/synonyms").status_code == status
    assert client.get("/search/synonyms").status_code == 302


# ---- what a change does to questions ----


def test_only_questions_that_are_read_otherwise_are_shown_with_what_comes_and_goes(app, monkeypatch):
    make_organisation()
    found = {name: make_asset(name) for name in ("เดิม", "ใหม่")}
    before, after = Thesaurus(), Thesaurus([Group("โดรน", synonym=("ก้อนบิน",))])
    asker = Asker.of(make_person())

    def find(query, asker, *, thesaurus=None):
        """A search that finds another thing with the new words."""
        title = "ใหม่" if thesaurus is after else "เดิม"
        return search_as(SearchQuery(text=title), asker)

    monkeypatch.setattr(previewing, "search_as", find)
    (effect,) = preview(["ขออนุญาตก้อนบิน", "ขยะ"], before, after, asker)
    assert effect.text == "ขออนุญาตก้อนบิน"
    assert (effect.added, effect.removed) == ((("ก้อนบิน", "โดรน"),), ())
    assert [result.item.id for result in effect.came_in] == [found["ใหม่"].id]
    assert [result.item.id for result in effect.left] == [found["เดิม"].id]
    (back,) = preview(["ขออนุญาตก้อนบิน"], after, before, asker)
    assert back.removed == (("ก้อนบิน", "โดรน"),)


def test_beyond_a_number_of_questions_only_the_words_are_compared(app, monkeypatch):
    make_organisation()
    monkeypatch.setattr(previewing, "MOST_ASKED", 1)
    after = Thesaurus([Group("โดรน", synonym=("ก้อนบิน",))])
    effects = preview(["ก้อนบิน", "เช่าก้อนบิน"], Thesaurus(), after, Asker.of(make_person()))
    assert [effect.was_asked for effect in effects] == [True, False]


@pytest.mark.usefixtures("app")
def test_there_are_questions_to_try_before_anybody_asked():
    assert "รายงานผลการอบรมภายใน 15 วัน" in queries_to_try()
