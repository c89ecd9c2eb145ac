"""The plan of a year, its goals, and the coverage map that fills itself."""

import re

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.evidence.coverage import coverage_of
from portal.people.models import GroupKind, RoleName
from portal.plan.models import Goal, Plan
from portal.plan.permissions import can_plan, can_see_plan
from portal.plan.planning import withdraw_line
from portal.plan.steps import CHANGE_ELEMENTS, KM_STEPS, STEPS
from tests.making import make_asset, make_group, make_organisation, make_person, make_plan


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def planner():
    return make_person("ณัฐ", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))


def form(**changes):
    fields = {
        "title": "แผนการจัดการความรู้ ๒๕๗๐",
        "title_en": "",
        "fiscal_year": "2570",
        "kind": "plan",
        "strategies-0-title": "พัฒนาคน",
        "goals-0-title": "คู่มือครบทุกงาน",
        "goals-0-measurable_unit": "ร้อยละของงานที่มีคู่มือ",
        "goals-0-strategy": "1",
    }
    return {**fields, **changes}


def test_there_are_seven_steps_and_six_elements_in_both_languages():
    assert [step.code for step in KM_STEPS] == [f"KM{n}" for n in range(1, 8)]
    assert [step.code for step in CHANGE_ELEMENTS] == [f"CM{n}" for n in range(1, 7)]
    for step in STEPS.values():
        for words in (step.th, step.en):
            assert words.name
            assert words.question
            assert len(words.activities) == 3


def test_the_km_team_makes_the_plan_of_the_year(login_as):
    answer = login_as(planner()).post("/plans/new", data=form())
    plan = session.scalars(select(Plan)).one()
    assert answer.location == f"/plans/{plan.id}"
    assert plan.goals[0].strategy.title == "พัฒนาคน"
    assert login_as(make_person()).get("/plan/2570").location == f"/plans/{plan.id}"


def test_others_read_the_plan_and_do_not_change_it(login_as, client):
    plan = make_plan()
    browser = login_as(make_person())
    assert browser.get(f"/plans/{plan.id}").status_code == 200
    assert browser.get(f"/plans/{plan.id}/edit").status_code == 403
    assert browser.post("/plans/new", data=form()).status_code == 403
    assert client.get(f"/plans/{plan.id}").location.startswith("/sign-in")


def test_rule_and_query_of_plans_agree():
    plan, withdrawn = make_plan(), make_plan(2569)
    withdrawn.withdrawn_at = plan.created_at
    session.commit()
    people = [None, make_person(), make_person(deactivated_at=plan.created_at)]
    for person in people:
        for one in (plan, withdrawn):
            assert can_see_plan(person, one) == (one in session.scalars(Plan.visible_to(person)).all())


def test_who_plans():
    assert can_plan(planner())
    assert can_plan(make_person(roles=(RoleName.CKO,)))
    assert can_plan(make_person(roles=(RoleName.ADMIN,)))
    assert not can_plan(make_person())
    assert not can_plan(None)


@pytest.mark.parametrize("line", ["goals-0-title", "strategies-0-title"])
def test_emptying_a_line_takes_nothing_out_of_the_plan_and_is_said_beside_it(login_as, line):
    plan = make_plan(goals=2)
    answer = login_as(planner()).post(
        f"/plans/{plan.id}/edit", data=form(**{"goals-1-title": "เป้าหมายที่ 2", line: " "})
    )
    assert answer.status_code == 422
    assert f'id="{line}-error"' in answer.text
    assert "ถอนออก" in answer.text
    session.expire_all()
    plan = session.get(Plan, plan.id)
    assert len(plan.present_goals) == 2
    assert len(plan.present_strategies) == 1


def test_a_form_that_was_sent_without_a_line_does_not_take_it_out(login_as):
    plan = make_plan(goals=2)
    answer = login_as(planner()).post(f"/plans/{plan.id}/edit", data=form())
    assert answer.status_code == 422
    session.expire_all()
    assert len(session.get(Plan, plan.id).present_goals) == 2


def test_a_goal_is_withdrawn_by_an_act_that_asks_and_can_be_brought_back(login_as):
    plan = make_plan(goals=2)
    goal = plan.goals[0]
    make_asset(steps=((goal.id, "KM3"),))
    make_asset(steps=((goal.id, "KM3"), (goal.id, "KM6")))
    browser = login_as(planner())
    address = f"/plans/{plan.id}/goals/1/withdraw"
    assert address in browser.get(f"/plans/{plan.id}").text
    question = browser.get(address).text
    assert "มีเรื่องที่ผูกกับเป้าหมายนี้ 2 เรื่อง" in question
    assert session.get(Goal, goal.id).withdrawn_at is None
    assert browser.post(address).status_code == 302
    session.expire_all()
    assert [row.goal.number for row in coverage_of(session.get(Plan, plan.id), None).rows] == [2]
    assert "ถอนออกแล้ว" in browser.get(f"/plans/{plan.id}").text
    assert browser.post(f"/plans/{plan.id}/goals/1/bring-back").status_code == 302
    session.expire_all()
    assert len(session.get(Plan, plan.id).present_goals) == 2
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(act.action, act.subject_id, act.details) for act in acts if act.subject_type == "goal"] == [
        ("goal.withdraw", goal.id, {"plan": plan.id, "line": 1}),
        ("goal.bring_back", goal.id, {"plan": plan.id, "line": 1}),
    ]


def test_goals_serve_a_strategy_again_when_it_is_brought_back(login_as):
    plan = make_plan()
    goal = plan.goals[0]
    goal.strategy = plan.strategies[0]
    session.commit()
    browser = login_as(planner())
    assert "1 เป้าหมาย" in browser.get(f"/plans/{plan.id}/strategies/1/withdraw").text
    browser.post(f"/plans/{plan.id}/strategies/1/withdraw")
    assert "สนับสนุนประเด็นยุทธศาสตร์ที่" not in browser.get(f"/plans/{plan.id}").text
    saved = form(**{"strategies-0-title": "", "goals-0-strategy": ""})
    page = browser.get(f"/plans/{plan.id}/edit").text
    saved["opened_with"] = re.search(r'name="opened_with"[^>]*value="([^"]+)"', page)[1]
    assert browser.post(f"/plans/{plan.id}/edit", data=saved).status_code == 302
    browser.post(f"/plans/{plan.id}/strategies/1/bring-back")
    assert "สนับสนุนประเด็นยุทธศาสตร์ที่ 1" in browser.get(f"/plans/{plan.id}").text


def test_nothing_is_written_on_the_place_of_a_withdrawn_goal(login_as):
    plan = make_plan(goals=2)
    withdraw_line(plan.goals[0], by=make_person())
    session.commit()
    answer = login_as(planner()).post(
        f"/plans/{plan.id}/edit", data=form(**{"goals-0-title": "เรื่องใหม่", "goals-1-title": "เป้าหมายที่ 2"})
    )
    assert answer.status_code in (409, 422)
    session.expire_all()
    assert session.get(Goal, plan.goals[0].id).withdrawn_at is not None


def test_only_planners_withdraw_and_bring_back(login_as):
    plan = make_plan()
    browser = login_as(make_person())
    assert browser.get(f"/plans/{plan.id}/goals/1/withdraw").status_code == 403
    assert browser.post(f"/plans/{plan.id}/goals/1/withdraw").status_code == 403
    assert browser.post(f"/plans/{plan.id}/goals/1/bring-back").status_code == 403
    assert "withdraw" not in browser.get(f"/plans/{plan.id}").text
    assert login_as(planner()).get(f"/plans/{plan.id}/goals/7/withdraw").status_code == 404


def test_a_year_of_the_common_era_is_understood_and_said(login_as):
    browser = login_as(planner())
    browser.post("/plans/new", data=form(fiscal_year="๒๐๒๖"))
    plan = session.scalars(select(Plan)).one()
    assert plan.fiscal_year == 2569
    page = browser.get(f"/plans/{plan.id}").text
    assert "ค.ศ. 2026" in page
    assert "พ.ศ. 2569" in page


def test_the_name_of_a_plan_is_called_so(login_as):
    assert "ชื่อแผน" in login_as(planner()).get("/plans/new").text


def test_one_more_line_is_added_without_losing_what_was_typed(login_as):
    answer = login_as(planner()).post("/plans/new", data=form(action="more"))
    assert "คู่มือครบทุกงาน" in answer.text
    assert 'name="goals-1-title"' in answer.text
    assert session.scalars(select(Plan)).all() == []


@pytest.mark.parametrize(("field", "value"), [("title", ""), ("fiscal_year", "202"), ("fiscal_year", "ปีหน้า")])
def test_a_plan_that_cannot_be_is_answered_with_everything_typed(login_as, field, value):
    answer = login_as(planner()).post("/plans/new", data=form(**{field: value}))
    assert answer.status_code == 422
    assert "ร้อยละของงานที่มีคู่มือ" in answer.text
