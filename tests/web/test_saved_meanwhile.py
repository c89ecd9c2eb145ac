"""Two people open the same form: the second to save is told, sees both texts, and nothing is overwritten or lost."""

import re
import threading
from html import unescape

import pytest
from sqlalchemy import select

from portal.db import session
from portal.home.models import SitePage
from portal.people.models import Group
from portal.people.settings import settings_of
from portal.plan.models import Goal, Plan, Strategy
from tests.making import make_admin, make_group, make_organisation, make_plan
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


@pytest.fixture
def first(login_as):
    return login_as(make_admin("ธิดา"))


@pytest.fixture
def second(login_as):
    return login_as(make_admin("วิชัย"))


def typed_in(page):
    """What the page's own form would send, as a browser reads it."""
    forms = re.findall(r"<form class=\"form.*?</form>", page, re.S)
    form = max(forms, key=lambda one: ("opened_with" in one, len(one)))
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name = re.search(r'type="(\w+)"', tag), re.search(r'name="([^"]+)"', tag)
        if name and (kind is None or kind[1] in ("text", "hidden", "number")):
            value = re.search(r'value="([^"]*)"', tag)
            fields[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = unescape(text).removeprefix("\r\n").removeprefix("\n")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        fields[name] = unescape(chosen[1]) if chosen else ""
    return fields


def shown_beside(page):
    """The texts that stand beside each other, without markup."""
    return [unescape(text).strip() for text in re.findall(r'<div class="difference">(.*?)</div>', page, re.S)]


def test_the_second_to_save_a_page_at_the_foot_sees_both_texts_and_overwrites_nothing(first, second):
    mine, theirs = (typed_in(browser.get("/site/contact/edit").text) for browser in (second, first))
    assert first.post("/site/contact/edit", data={**theirs, "text": "โทร ๐๒"}).status_code == 302
    answer = second.post("/site/contact/edit", data={**mine, "text": "ศาลากลาง ชั้น ๑\r\nห้อง ๑๐๑"})
    assert answer.status_code == 409
    assert "ธิดา" in answer.text
    assert shown_beside(answer.text)[:2] == ["โทร ๐๒", "ศาลากลาง ชั้น ๑\nห้อง ๑๐๑"]
    assert session.scalars(select(SitePage)).one().text == "โทร ๐๒"
    again = typed_in(answer.text)
    assert again["text"].splitlines() == ["ศาลากลาง ชั้น ๑", "ห้อง ๑๐๑"]
    assert second.post("/site/contact/edit", data=again).status_code == 302
    assert session.scalars(select(SitePage)).one().text == "ศาลากลาง ชั้น ๑\nห้อง ๑๐๑"


def test_whoever_saves_alone_is_not_disturbed(first):
    for text in ("หนึ่ง", "สอง"):
        page = typed_in(first.get("/site/contact/edit").text)
        assert first.post("/site/contact/edit", data={**page, "text": text}).status_code == 302
    assert session.scalars(select(SitePage)).one().text == "สอง"


def test_two_who_typed_the_same_are_of_one_mind(first, second):
    mine, theirs = (typed_in(browser.get("/site/contact/edit").text) for browser in (second, first))
    first.post("/site/contact/edit", data={**theirs, "text": "โทร ๐๒"})
    assert second.post("/site/contact/edit", data={**mine, "text": "โทร ๐๒"}).status_code == 302


def test_the_second_to_save_a_plan_sees_each_field_in_which_they_differ(first, second):
    plan = make_plan(goals=2)
    address = f"/plans/{plan.id}/edit"
    mine, theirs = (typed_in(browser.get(address).text) for browser in (second, first))
    assert first.post(address, data={**theirs, "goals-1-title": "ของธิดา"}).status_code == 302
    answer = second.post(address, data={**mine, "goals-1-title": "ของวิชัย", "title": "แผนใหม่"})
    assert answer.status_code == 409
    assert shown_beside(answer.text)[:2] == ["แผนการจัดการความรู้", "แผนใหม่"]
    assert {"ของธิดา", "ของวิชัย"} <= set(shown_beside(answer.text))
    assert "เป้าหมาย 2 · " in answer.text
    assert session.scalars(select(Goal.title).where(Goal.number == 2)).one() == "ของธิดา"
    assert second.post(address, data=typed_in(answer.text)).status_code == 302
    assert session.scalars(select(Goal.title).where(Goal.number == 2)).one() == "ของวิชัย"


def test_lines_that_the_first_added_stay_when_the_second_saves_after_looking(first, second):
    plan = make_plan()
    address = f"/plans/{plan.id}/edit"
    mine, theirs = (typed_in(browser.get(address).text) for browser in (second, first))
    more = {"strategies-1-title": "ยุทธศาสตร์ที่เพิ่ม", "goals-1-title": "เป้าหมายที่เพิ่ม", "goals-1-strategy": "2"}
    assert first.post(address, data={**theirs, **more}).status_code == 302
    answer = second.post(address, data={**mine, "title": "แผนใหม่"})
    again = typed_in(answer.text)
    assert again["goals-1-title"] == "เป้าหมายที่เพิ่ม"
    assert again["goals-2-title"] == ""
    assert second.post(address, data=again).status_code == 302
    session.expire_all()
    assert session.get(Plan, plan.id).title == "แผนใหม่"
    assert session.scalars(select(Strategy.title).order_by(Strategy.number)).all()[1] == "ยุทธศาสตร์ที่เพิ่ม"
    assert session.scalars(select(Goal).where(Goal.number == 2)).one().strategy.number == 2


def test_one_more_line_does_not_forget_what_the_form_was_opened_with(first, second):
    plan = make_plan()
    address = f"/plans/{plan.id}/edit"
    mine, theirs = (typed_in(browser.get(address).text) for browser in (second, first))
    first.post(address, data={**theirs, "title": "ของธิดา"})
    longer = typed_in(second.post(address, data={**mine, "action": "more"}).text)
    assert second.post(address, data={**longer, "title": "ของวิชัย"}).status_code == 409


def test_the_settings_of_the_organisation_are_not_overwritten_unseen(first, second, organisation):
    mine, theirs = (typed_in(browser.get("/admin/settings").text) for browser in (second, first))
    assert first.post("/admin/settings", data={**theirs, "contact": "ห้อง ๑"}).status_code == 302
    answer = second.post("/admin/settings", data={**mine, "contact": "ห้อง ๒"})
    assert answer.status_code == 409
    assert {"ห้อง ๑", "ห้อง ๒"} <= set(shown_beside(answer.text))
    assert settings_of(organisation.id).contact == "ห้อง ๑"


def test_what_a_group_is_for_is_not_overwritten_unseen(first, second):
    group = make_group("คณะทำงาน")
    address = f"/admin/groups/{group.id}"
    mine, theirs = (typed_in(browser.get(address).text) for browser in (second, first))
    assert first.post(address, data={**theirs, "name": "คณะทำงาน", "purpose": "ก"}).status_code == 302
    answer = second.post(address, data={**mine, "name": "คณะทำงาน", "purpose": "ข"})
    assert answer.status_code == 409
    assert session.scalars(select(Group.purpose)).one() == "ก"


@pytest.mark.parametrize("database", BOTH_DATABASES)
def test_of_two_who_save_a_plan_at_the_very_same_moment_one_is_told(app, first, second):
    plan = make_plan()
    address = f"/plans/{plan.id}/edit"
    forms = [(browser, typed_in(browser.get(address).text)) for browser in (first, second)]
    session.commit()
    start, answers = threading.Barrier(2), []

    def save(browser, form, title):
        start.wait()
        answers.append(browser.post(address, data={**form, "title": title}).status_code)

    threads = [threading.Thread(target=save, args=(*one, f"ฉบับ {n}")) for n, one in enumerate(forms)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]


def test_a_text_that_the_second_left_alone_becomes_the_newer_one_in_his_form(first, second):
    mine, theirs = (typed_in(browser.get("/site/contact/edit").text) for browser in (second, first))
    first.post("/site/contact/edit", data={**theirs, "text": "โทร ๐๒"})
    answer = second.post("/site/contact/edit", data={**mine, "text_en": "Call 02"})
    assert answer.status_code == 409
    again = typed_in(answer.text)
    assert (again["text"], again["text_en"]) == ("โทร ๐๒", "Call 02")
    assert second.post("/site/contact/edit", data=again).status_code == 302
    page = session.scalar(select(SitePage).where(SitePage.slug == "contact"))
    assert (page.text, page.text_en) == ("โทร ๐๒", "Call 02")


def test_a_form_that_sends_nonsense_about_what_it_was_opened_with_overwrites_nothing(first, second):
    mine, theirs = (typed_in(browser.get("/site/contact/edit").text) for browser in (second, first))
    first.post("/site/contact/edit", data={**theirs, "text": "โทร ๐๒"})
    for nonsense in ("", ";", ";text", ";text:", ":::;;;", "x;text_en:"):
        answer = second.post("/site/contact/edit", data={**mine, "text": "อื่น", "opened_with": nonsense})
        assert answer.status_code == 409, nonsense
