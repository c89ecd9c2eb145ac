"""The report goes up the chain of command to the mayor (document 001, section 17, rule 1)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.items.models import ItemState
from portal.items.permissions import can_see
from portal.people.models import GroupRole, Person, Rank
from portal.thai.dates import bangkok_today
from portal.training.asking import can_decide, step_waiting, waiting_for
from portal.training.endorsing import (
    CommentMissing,
    NotOnItsWay,
    NotYours,
    ReportersOwn,
    endorse,
    reassign,
    send_back,
)
from portal.training.entering import ReasonMissing
from portal.training.report_models import ReportStage, StepState, TrainingReport
from portal.training.reporting import agree, cover, write
from portal.training.routing import (
    CHAIN_LOOPS,
    EMPTY_POST,
    HELD_BY_REPORTER,
    KM_TEAM_FILES,
    NO_POSITION,
    route_of,
)
from tests.making import act_for, join, make_person, make_position
from tests.training.making import make_participation
from tests.training.town import PARTS, begun_by, hand_in, handed_in_by, leave_post, make_town, position_of


@pytest.fixture
def town(app):
    return make_town()


def way(report):
    return [(step.position_id, step.state) for step in report.endorsements if step.round == report.round]


def asked_now(report):
    step = step_waiting(report)
    people = session.scalars(select(Person)).all()
    return {person for person in people if can_decide(person, step, bangkok_today())}


def test_a_report_goes_through_section_division_clerk_and_mayor(town):
    report = handed_in_by(town.writer)
    for superior in (town.section_head, town.division_head, town.clerk, town.mayor):
        assert asked_now(report) == {superior}
        assert [step.report_id for step in waiting_for(superior, bangkok_today())] == [report.id]
        endorse(report, by=superior, opinion=f"เห็นชอบ {superior.first_name}")
    assert report.stage == ReportStage.FILED
    assert report.state == ItemState.PUBLISHED
    assert [step.opinion for step in report.endorsements] == [
        "เห็นชอบ วิชัย",
        "เห็นชอบ สุดา",
        "เห็นชอบ ประเสริฐ",
        "เห็นชอบ วิโรจน์",
    ]


def test_it_is_published_only_after_the_last_endorsement(town):
    report = handed_in_by(town.writer)
    colleague = make_person("เพื่อน")
    for superior in (town.section_head, town.division_head, town.clerk):
        endorse(report, by=superior, opinion="")
        assert report.state == ItemState.DRAFT
        assert not can_see(colleague, report)
    endorse(report, by=town.mayor, opinion="")
    assert can_see(colleague, report)


def test_a_level_the_author_holds_himself_is_left_out(town):
    report = handed_in_by(town.division_head)
    assert asked_now(report) == {town.clerk}


def test_a_level_in_which_the_author_acts_today_is_left_out(town):
    leave_post(town.division_head)
    act_for(town.section_head, position_of(town.division_head))
    route = route_of(town.section_head, {town.section_head.id}, bangkok_today())
    assert [level.note for level in route.levels] == [HELD_BY_REPORTER, "", ""]
    report = handed_in_by(town.section_head)
    assert asked_now(report) == {town.clerk}


def test_whoever_acts_today_is_asked_and_the_step_says_so(town):
    deputy = make_person("รองปลัด", unit=town.organisation, rank=Rank.DEPUTY_PERMANENT_SECRETARY)
    act_for(deputy, position_of(town.section_head), order_number="คำสั่งที่ 12/2569")
    report = handed_in_by(town.writer)
    assert asked_now(report) == {deputy}
    step = endorse(report, by=deputy, opinion="ดี")[0]
    assert (step.is_acting, step.order_number) == (True, "คำสั่งที่ 12/2569")
    assert step.person_name == deputy.name
    assert step.position_title == position_of(town.section_head).title


def test_an_acting_order_that_ended_yesterday_asks_the_holder_again(town):
    deputy = make_person("รองปลัด")
    act_for(
        deputy,
        position_of(town.section_head),
        from_date=bangkok_today() - timedelta(days=9),
        to_date=bangkok_today() - timedelta(days=1),
    )
    report = handed_in_by(town.writer)
    assert asked_now(report) == {town.section_head}


def test_a_deputy_mayor_stands_in_the_way_where_he_was_chosen_as_superior(town):
    deputy = make_person("รองนายก", unit=town.organisation, rank=Rank.DEPUTY_CHIEF_EXECUTIVE)
    position_of(town.clerk).superior_id = position_of(deputy).id
    session.commit()
    route = route_of(town.writer, {town.writer.id}, bangkok_today())
    assert [level.incumbents.in_charge for level in route.levels] == [
        town.section_head,
        town.division_head,
        town.clerk,
        deputy,
        town.mayor,
    ]


def test_an_empty_post_is_said_and_whoever_comes_to_hold_it_finds_the_report(town):
    leave_post(town.section_head)
    route = route_of(town.writer, {town.writer.id}, bangkok_today())
    assert route.levels[0].note == EMPTY_POST
    report = handed_in_by(town.writer)
    assert asked_now(report) == set()
    act_for(town.km_head, position_of(town.section_head))
    assert asked_now(report) == {town.km_head}


def test_the_km_team_names_somebody_for_an_empty_post_and_it_is_logged(town):
    leave_post(town.section_head)
    report = handed_in_by(town.writer)
    reassign(report, town.division_head, by=town.km_head, reason="ตำแหน่งว่าง")
    session.commit()
    assert asked_now(report) == {town.division_head}
    step = report.endorsements[0]
    assert (step.assigned_by_id, step.assigned_reason) == (town.km_head.id, "ตำแหน่งว่าง")
    logged = session.scalar(select(AuditEntry).where(AuditEntry.action == "report.reassign"))
    assert logged.details == {"level": 1, "to": town.division_head.id}


def test_somebody_named_for_a_superior_on_leave_decides_in_his_place(town):
    report = handed_in_by(town.writer)
    reassign(report, town.km_head, by=town.km_head, reason="ลาพักผ่อน")
    assert asked_now(report) == {town.km_head}
    with pytest.raises(NotYours):
        endorse(report, by=town.section_head, opinion="")
    step = endorse(report, by=town.km_head, opinion="")[0]
    assert not step.is_acting
    assert can_see(town.km_head, report)


def test_a_reporter_can_not_be_named_for_his_own_report(town):
    report = handed_in_by(town.writer)
    with pytest.raises(ReportersOwn):
        reassign(report, town.writer, by=town.km_head, reason="ไม่มีคน")


def test_naming_somebody_needs_a_reason(town):
    report = handed_in_by(town.writer)
    with pytest.raises(ReasonMissing):
        reassign(report, town.km_head, by=town.km_head, reason="  ")


def test_a_chain_that_loops_is_said_and_the_km_team_names_who_endorses(town):
    position_of(town.division_head).superior_id = position_of(town.section_head).id
    session.commit()
    route = route_of(town.writer, {town.writer.id}, bangkok_today())
    assert [level.note for level in route.levels] == [CHAIN_LOOPS, ""]
    report = handed_in_by(town.writer)
    assert report.submitted_at is not None  # the fifteen days do not wait for the chain to be mended
    assert asked_now(report) == set()
    reassign(report, town.clerk, by=town.km_head, reason="สายบังคับบัญชาวน")
    endorse(report, by=town.clerk, opinion="")
    assert asked_now(report) == {town.mayor}


def test_who_holds_no_post_is_helped_by_the_km_team(town):
    leave_post(town.writer)
    route = route_of(town.writer, {town.writer.id}, bangkok_today())
    assert route.levels[0].note == NO_POSITION


def test_the_mayor_s_own_report_is_filed_by_the_head_of_the_km_team(town):
    route = route_of(town.mayor, {town.mayor.id}, bangkok_today())
    assert route.levels[0].note == KM_TEAM_FILES
    report = handed_in_by(town.mayor)
    assert asked_now(report) == {town.km_head}
    done = endorse(report, by=town.km_head, opinion="")
    assert done[0].state == StepState.FILED
    assert report.is_published


def test_a_mayor_who_heads_the_km_team_has_his_report_filed_by_another_member(town):
    secretary = make_person("เลขา")
    join(secretary, town.km_team, GroupRole.SECRETARY)
    join(town.mayor, town.km_team, GroupRole.HEAD)
    for membership in town.km_head.memberships:
        membership.to_date = bangkok_today() - timedelta(days=1)
    session.commit()
    report = handed_in_by(town.mayor)
    assert asked_now(report) == {secretary}


def test_nobody_endorses_his_own_report_even_if_he_came_to_hold_the_post_meanwhile(town):
    report = handed_in_by(town.writer)
    act_for(town.writer, position_of(town.section_head))
    assert asked_now(report) == set()
    assert waiting_for(town.writer, bangkok_today()) == []
    with pytest.raises(NotYours):
        endorse(report, by=town.writer, opinion="")


def test_a_level_that_a_reporter_came_to_hold_is_left_out_when_the_report_gets_there(town):
    report = handed_in_by(town.writer)
    leave_post(town.division_head)
    act_for(town.writer, position_of(town.division_head))
    endorse(report, by=town.section_head, opinion="")
    assert asked_now(report) == {town.clerk}
    assert report.endorsements[1].state == StepState.SKIPPED


def test_one_who_holds_two_levels_in_a_row_endorses_once(town):
    leave_post(town.division_head)
    act_for(town.section_head, position_of(town.division_head))
    report = handed_in_by(town.writer)
    done = endorse(report, by=town.section_head, opinion="ดี")
    assert [step.is_acting for step in done] == [False, True]
    assert asked_now(report) == {town.clerk}


def test_a_stranger_can_not_endorse(town):
    report = handed_in_by(town.writer)
    for person in (town.clerk, town.km_head, make_person("คนนอก")):
        with pytest.raises(NotYours):
            endorse(report, by=person, opinion="")


def test_a_returned_report_says_why_and_keeps_its_first_day(town):
    report = handed_in_by(town.writer)
    first = report.submitted_at
    endorse(report, by=town.section_head, opinion="")
    with pytest.raises(CommentMissing):
        send_back(report, by=town.division_head, comment=" ")
    send_back(report, by=town.division_head, comment="เพิ่มแบบ ผ.03")
    assert report.stage == ReportStage.RETURNED
    assert [state for _, state in way(report)] == ["endorsed", "returned", "superseded", "superseded"]
    hand_in(report, by=town.writer)
    assert (report.submitted_at, report.on_time, report.round) == (first, True, 2)
    assert asked_now(report) == {town.section_head}


def test_what_is_on_its_way_can_not_be_changed_and_what_was_returned_can(town):
    report = handed_in_by(town.writer)
    assert report.writer_ids == set()
    send_back(report, by=town.section_head, comment="แก้")
    assert report.writer_ids == {town.writer.id}


def test_two_superiors_can_not_decide_one_step_twice(town):
    report = handed_in_by(town.writer)
    send_back(report, by=town.section_head, comment="แก้")
    with pytest.raises(NotOnItsWay):
        endorse(report, by=town.section_head, opinion="")


def test_steps_keep_names_and_titles_when_people_move_on(town):
    report = handed_in_by(town.writer)
    step = endorse(report, by=town.section_head, opinion="ดี")[0]
    title = step.position_title
    position_of(town.section_head).title = "หัวหน้าฝ่ายอื่น"
    town.section_head.last_name = "นามสกุลใหม่"
    session.commit()
    session.expire_all()
    kept = session.get(TrainingReport, report.id).endorsements[0]
    assert kept.position_title == title
    assert "นามสกุลใหม่" not in kept.person_name


def test_on_its_way_it_is_read_by_reporters_chain_and_km_team_and_by_nobody_else(town):
    report = handed_in_by(town.writer)
    readers = {town.writer, town.section_head, town.division_head, town.clerk, town.mayor, town.km_head}
    stranger = make_person("คนนอก", unit=town.section)
    for person in readers:
        assert can_see(person, report), person.first_name
        assert report.id in session.scalars(
            TrainingReport.visible_to(person).with_only_columns(TrainingReport.id)
        )
    assert not can_see(stranger, report)
    assert (
        report.id
        not in session.scalars(TrainingReport.visible_to(stranger).with_only_columns(TrainingReport.id)).all()
    )


def test_a_draft_is_read_by_its_reporters_alone(town):
    report = begun_by(town.writer)
    for person in (town.section_head, town.mayor, town.km_head):
        assert not can_see(person, report)


def test_a_level_of_a_member_of_the_group_is_left_out_too(town):
    report = begun_by(town.writer)
    also = make_participation(town.section_head, report.training)
    cover(report, [also], by=town.writer)
    agree(report, also.person)
    write(report, PARTS, by=town.writer)
    hand_in(report, by=town.writer)
    assert asked_now(report) == {town.division_head}


def test_a_position_made_superior_later_does_not_change_a_way_already_begun(town):
    report = handed_in_by(town.writer)
    other = make_position(town.division, title="ที่ปรึกษา")
    position_of(town.writer).superior_id = other.id
    session.commit()
    assert asked_now(report) == {town.section_head}
