"""The plan of a year, its goals, and the coverage map that fills itself."""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.evidence.coverage import coverage_of
from portal.people.models import GroupKind, RoleName
from portal.plan.models import Goal, Plan
from portal.plan.permissions import can_plan, can_see_plan
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


def test_a_goal_that_is_taken_out_keeps_its_evidence(login_as):
    plan = make_plan(goals=2)
    goal = plan.goals[0]
    make_asset(steps=((goal.id, "KM3"),))
    login_as(planner()).post(
        f"/plans/{plan.id}/edit", data=form(**{"goals-0-title": "", "goals-1-title": "เป้าหมายที่ 2"})
    )
    session.expire_all()
    assert session.get(Goal, goal.id).withdrawn_at is not None
    assert [row.goal.number for row in coverage_of(session.get(Plan, plan.id), None).rows] == [2]


def test_one_more_line_is_added_without_losing_what_was_typed(login_as):
    answer = login_as(planner()).post("/plans/new", data=form(action="more"))
    assert "คู่มือครบทุกงาน" in answer.text
    assert 'name="goals-1-title"' in answer.text
    assert session.scalars(select(Plan)).all() == []


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("fiscal_year", "2026"), ("fiscal_year", "ปีหน้า")]
)
def test_a_plan_that_cannot_be_is_answered_with_everything_typed(login_as, field, value):
    answer = login_as(planner()).post("/plans/new", data=form(**{field: value}))
    assert answer.status_code == 422
    assert "ร้อยละของงานที่มีคู่มือ" in answer.text


def test_a_strategy_that_goals_serve_can_be_taken_out(login_as):
    plan = make_plan()
    plan.goals[0].strategy = plan.strategies[0]
    session.commit()
    answer = login_as(planner()).post(
        f"/plans/{plan.id}/edit", data=form(**{"strategies-0-title": "", "goals-0-strategy": ""})
    )
    assert answer.status_code == 302
    session.expire_all()
    assert session.get(Goal, plan.goals[0].id).strategy is None
