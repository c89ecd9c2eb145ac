"""The KM step is proposed by the kind of the text, and is the writer's own as soon as he chooses one; a goal is proposed
only where there is a reason."""

import re

import pytest

from portal.db import now, session
from portal.plan.running import this_fiscal_year
from tests.knowledge.test_writing_assets import form, the_asset
from tests.making import make_asset, make_organisation, make_person, make_plan, make_unit


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def steps_of(asset):
    return [row.step for row in asset.fulfilments]


def step_shown(page):
    select = page.split('name="fulfilments-0-step"')[1].split("</select>")[0]
    return re.search(r'selected value="([^"]*)"', select)[1]


def proposed(page):
    return re.search(r'name="proposed"[^>]*value="([^"]*)"', page)[1]


def test_the_form_says_what_it_proposed(login_as):
    page = login_as(make_person()).get("/knowledge/new").text
    assert (step_shown(page), proposed(page)) == ("KM3", "KM3")


@pytest.mark.parametrize(
    ("kind", "step"), [("story", "KM6"), ("lesson_learned", "KM7"), ("qa", "KM5"), ("manual", "KM3")]
)
def test_a_step_that_was_only_proposed_follows_the_kind_without_script(login_as, kind, step):
    login_as(make_person()).post("/knowledge/new", data=form(kind=kind, proposed="KM3"))
    assert steps_of(the_asset()) == [step]


def test_a_step_the_writer_chose_stays_whatever_the_kind(login_as):
    data = form(kind="story", proposed="KM3", **{"fulfilments-0-step": "KM2"})
    login_as(make_person()).post("/knowledge/new", data=data)
    assert steps_of(the_asset()) == ["KM2"]


def test_a_step_the_writer_chose_is_not_followed_up_when_the_form_is_shown_again(login_as):
    browser = login_as(make_person())
    page = browser.post("/knowledge/new", data=form(kind="story", title="", proposed="")).text
    assert (step_shown(page), proposed(page)) == ("KM3", "")
    page = browser.post("/knowledge/new", data=form(kind="story", title="", proposed="KM3")).text
    assert (step_shown(page), proposed(page)) == ("KM6", "KM6")


def test_a_draft_saved_without_a_step_gets_the_usual_one(login_as):
    browser = login_as(make_person())
    browser.post("/knowledge/new", data=form(kind="story", action="save", **{"fulfilments-0-step": ""}))
    assert steps_of(the_asset()) == ["KM6"]


def test_publishing_without_a_step_proposes_one_and_publishes_nothing(login_as):
    browser = login_as(make_person())
    answer = browser.post("/knowledge/new", data=form(kind="story", **{"fulfilments-0-step": ""}))
    assert answer.status_code == 422
    assert step_shown(answer.text) == "KM6"


def test_the_steps_of_a_text_that_is_edited_are_its_own(login_as):
    author = make_person()
    asset = make_asset(author=author, steps=((None, "KM3"),))
    browser = login_as(author)
    assert 'name="proposed"' not in browser.get(f"/knowledge/{asset.id}/edit").text
    browser.post(f"/knowledge/{asset.id}/edit", data=form(kind="story", base_revision="1", action="save"))
    assert steps_of(the_asset()) == ["KM3"]


@pytest.mark.parametrize("kind", ["", "no such kind", "__class__"])
def test_a_kind_that_is_none_is_refused_without_harm(login_as, kind):
    answer = login_as(make_person()).post("/knowledge/new", data=form(kind=kind, proposed="KM3"))
    assert answer.status_code == 422


def test_a_draft_that_is_gone_on_with_keeps_what_was_chosen(login_as):
    browser = login_as(make_person())
    for step, still_proposed in (("KM3", ""), ("KM6", "KM6")):
        fields = {"kind": "story", "fulfilments-0-step": step}
        browser.post(f"/drafts/knowledge-new-{'c' * 16}", json={"fields": fields})
        page = browser.get(f"/knowledge/new?draft={'c' * 16}").text
        assert (step_shown(page), proposed(page)) == (step, still_proposed)


def goal_shown(browser):
    select = browser.get("/knowledge/new").text.split('name="fulfilments-0-goal"')[1].split("</select>")[0]
    return re.search(r'selected value="([^"]*)"', select)[1]


def test_no_goal_is_chosen_before_anything_is_written_whatever_the_unit_did_last(login_as):
    goals = make_plan(goals=2).goals
    unit = make_unit("กองคลัง")
    make_asset(unit=unit, author=make_person(unit=unit), steps=((goals[1].id, "KM3"),))
    assert goal_shown(login_as(make_person(unit=unit))) == ""


def test_the_only_goal_of_the_year_is_proposed(login_as):
    goals = make_plan(goals=2).goals
    goals[0].withdrawn_at = now()
    make_plan(fiscal_year=this_fiscal_year() - 1, goals=3)
    assert goal_shown(login_as(make_person())) == str(goals[1].id)


def test_the_goal_that_the_writer_chose_last_himself_is_proposed(login_as):
    goals, author = make_plan(goals=3).goals, make_person()
    make_asset(author=author, steps=((goals[1].id, "KM3"),))
    browser = login_as(author)
    assert goal_shown(browser) == str(goals[1].id)
    goals[1].withdrawn_at = now()
    session.commit()
    assert goal_shown(browser) == ""
    make_asset(author=author, steps=((goals[2].id, "KM6"), (goals[0].id, "KM2")), published=False)
    assert goal_shown(browser) == str(goals[2].id)
    make_asset(author=author)
    assert goal_shown(browser) == "", "last he chose none"


def test_a_goal_of_an_earlier_year_is_not_proposed_though_it_was_chosen_last(login_as):
    make_plan(goals=2)
    author = make_person()
    before = make_plan(fiscal_year=this_fiscal_year() - 1, goals=2).goals[0]
    make_asset(author=author, steps=((before.id, "KM3"),))
    assert goal_shown(login_as(author)) == ""
