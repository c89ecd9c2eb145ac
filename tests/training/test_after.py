"""After the training: rules 4 and 5 of the town's document, section 17, and whether it is used."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import now, session
from portal.errors import BadInput
from portal.people.models import GroupKind, Rank, RoleName
from portal.thai.dates import bangkok_today, fiscal_year
from portal.training.above import all_above, right_above, right_below
from portal.training.after import (
    DayAhead,
    DayBeforeReturn,
    NothingReviewed,
    OffTheScale,
    answer_use,
    interviews_of,
    note_interview,
    review_of,
    review_work,
    take_back_interview,
    use_of,
)
from portal.training.after_figures import after_figures, follow_ups
from portal.training.after_permissions import (
    After,
    can_answer_use,
    can_interview,
    can_review,
    can_see_after,
    can_see_interviews,
    can_take_back_interview,
)
from portal.training.after_questions import Asks, asked_of, count_asked
from portal.training.report_models import Respondent, Used, WorkPoint
from tests.making import (
    act_for,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)
from tests.postgresql import BOTH_DATABASES
from tests.training.making import make_participation, make_training

TODAY = bangkok_today()


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    """A division with its head and a clerk below the permanent secretary and the mayor."""
    organisation = make_organisation()
    finance = make_unit("กองคลัง")
    return {
        "mayor": make_person("นายก", unit=organisation, rank=Rank.CHIEF_EXECUTIVE),
        "clerk": make_person("ปลัด", unit=organisation, rank=Rank.PERMANENT_SECRETARY),
        "head": make_person("สมศรี", unit=finance, rank=Rank.HEAD),
        "person": make_person("สมพงษ์", unit=finance),
        "colleague": make_person("มาลี", unit=finance),
        "other head": make_person("ช่างใหญ่", unit=make_unit("กองช่าง"), rank=Rank.HEAD),
        "km team": make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),)),
        "executive": make_person("รองนายก", roles=(RoleName.EXECUTIVE,)),
    }


def back(days, person, **more):
    """A participation of the person in a training from which he returned so many days ago."""
    training = make_training(returned=TODAY - timedelta(days=days), entered_by=person, **more)
    return make_participation(person, training)


def asked(person, today=None):
    return [(one.asks, one.participation.id) for one in asked_of(person, today)]


# ---- what is asked


def test_ninety_days_after_the_return_the_person_is_asked_whether_he_used_it(town):
    participation = back(90, town["person"])
    assert asked(town["person"]) == [(Asks.USE, participation.id)]
    assert asked_of(town["person"])[0].since == TODAY
    assert asked(town["person"], TODAY - timedelta(days=1)) == []


def test_ninety_days_after_the_return_his_head_is_asked_about_the_work_and_nobody_else(town):
    participation = back(90, town["person"])
    assert asked(town["head"]) == [(Asks.REVIEW, participation.id)]
    for who in ("mayor", "clerk", "colleague", "other head", "km team", "executive"):
        assert asked(town[who]) == []


def test_an_organisation_decides_after_how_many_days_it_asks(town):
    participation = back(30, town["person"])
    assert asked(town["person"]) == []
    make_organisation(follow_up_days=30)
    assert asked(town["person"]) == [(Asks.USE, participation.id)]


def test_what_was_answered_is_asked_no_more(town):
    participation = back(100, town["person"])
    answer_use(participation, by=town["person"], used=Used.YES)
    review_work(participation, by=town["head"], points=[("รับชำระภาษี", 2, 4)])
    session.commit()
    assert asked(town["person"]) == asked(town["head"]) == []


def test_a_question_left_open_for_a_year_is_asked_no_more(town):
    last, gone = back(90 + 364, town["person"]), back(90 + 365, town["person"])
    assert asked(town["person"]) == [(Asks.USE, last.id)]
    assert can_answer_use(town["person"], gone)


def test_nothing_is_asked_of_a_training_that_was_cancelled_or_of_who_did_not_go(town):
    cancelled, withdrawn = back(100, town["person"]), back(100, town["person"])
    cancelled.training.cancelled_at = withdrawn.withdrawn_at = now()
    session.commit()
    assert asked(town["person"]) == asked(town["head"]) == []


def test_nobody_is_asked_about_somebody_who_has_left(town):
    back(100, town["person"])
    town["person"].deactivated_at = now() - timedelta(days=2)
    session.commit()
    assert asked(town["head"]) == asked(town["person"]) == []


def test_whoever_acts_for_the_head_on_that_day_is_asked_in_his_place(town):
    participation = back(100, town["person"])
    act_for(town["other head"], town["head"].postings[0].position)
    assert asked(town["other head"]) == [(Asks.REVIEW, participation.id)]
    assert asked(town["head"]) == []


def test_when_the_head_s_post_is_empty_the_next_one_up_is_asked(town):
    participation = back(100, town["person"])
    town["head"].postings[0].to_date = TODAY - timedelta(days=1)
    session.commit()
    assert asked(town["clerk"]) == [(Asks.REVIEW, participation.id)]


def test_who_acts_for_his_own_head_is_asked_about_by_the_next_one_up(town):
    participation = back(100, town["person"])
    act_for(town["person"], town["head"].postings[0].position)
    assert asked(town["clerk"]) == [(Asks.REVIEW, participation.id)]
    assert asked(town["person"]) == [(Asks.USE, participation.id)]


def test_his_present_superior_is_asked_when_somebody_moved(town):
    participation = back(100, town["person"])
    position = town["person"].postings[0].position
    position.unit_id = town["other head"].postings[0].position.unit_id
    session.commit()
    assert asked(town["other head"]) == [(Asks.REVIEW, participation.id)]
    assert asked(town["head"]) == []


def test_nobody_stands_above_the_mayor(town):
    back(100, town["mayor"])
    assert right_above(town["mayor"], TODAY) == frozenset()
    assert all_above(town["person"], TODAY) == {town[who].id for who in ("head", "clerk", "mayor")}
    assert right_below(town["head"], TODAY) == {town["person"].id, town["colleague"].id}


def test_a_superior_of_two_hundred_is_answered_in_a_handful_of_queries(town, count_queries):
    training = make_training(returned=TODAY - timedelta(days=100))
    for _ in range(200):
        make_participation(make_person(unit=town["head"].postings[0].position.unit), training)
    with count_queries() as statements:
        questions = asked_of(town["head"])
        assert len({one.participation.person.name for one in questions}) == 1
    assert len(questions) == 200
    assert len(statements) <= 10  # once a day, and when something about people changed
    with count_queries() as statements:
        assert count_asked(town["head"]).reviews == 200
    assert len(statements) <= 4


# ---- what is put on record


def test_a_head_records_up_to_five_points_of_work_before_and_after_and_words(town):
    participation = back(100, town["person"])
    review_work(
        participation,
        by=town["head"],
        points=[("รับชำระภาษี", 2, 4), ("ตอบข้อหารือ", 1, 3)],
        words="ทำเองได้แล้ว",
    )
    session.commit()
    session.expire_all()
    review = review_of(participation)
    assert [(point.place, point.what, point.before, point.after) for point in review.points] == [
        (1, "รับชำระภาษี", 2, 4),
        (2, "ตอบข้อหารือ", 1, 3),
    ]
    assert (review.words, review.by.id) == ("ทำเองได้แล้ว", town["head"].id)
    assert review.by_title == town["head"].postings[0].position.title


def test_a_review_written_anew_replaces_its_points_and_bears_the_last_writer(town):
    participation = back(100, town["person"])
    review_work(participation, by=town["head"], points=[("ก", 1, 2), ("ข", 1, 2), ("ค", 1, 2)])
    session.commit()
    review_work(participation, by=town["clerk"], points=[("ข", 1, 5)])
    session.commit()
    session.expire_all()
    assert [(point.place, point.what, point.after) for point in review_of(participation).points] == [
        (1, "ข", 5)
    ]
    assert review_of(participation).by.id == town["clerk"].id
    assert len(session.scalars(select(WorkPoint)).all()) == 1


@pytest.mark.parametrize(
    ("points", "error"),
    [
        ([], NothingReviewed),
        ([("ก", 0, 3)], OffTheScale),
        ([("ก", 3, 6)], OffTheScale),
        ([("ก", 3, 3)] * 6, OffTheScale),
    ],
)
def test_a_review_of_nothing_or_off_the_scale_is_refused(town, points, error):
    with pytest.raises(error):
        review_work(back(100, town["person"]), by=town["head"], points=points)


def test_an_interview_names_the_kind_of_respondent_and_perhaps_nobody(town):
    participation = back(10, town["person"])
    note_interview(
        participation,
        by=town["km team"],
        respondent=Respondent.SUBORDINATE,
        held_on=TODAY,
        words="สอนงานเก่งขึ้น",
    )
    session.commit()
    (interview,) = interviews_of(participation)
    assert (interview.respondent, interview.respondent_name) == (Respondent.SUBORDINATE, "")


def test_the_same_interview_sent_twice_is_one(town):
    participation = back(10, town["person"])
    for _ in range(2):
        note_interview(
            participation,
            by=town["head"],
            respondent=Respondent.COLLEAGUE,
            held_on=TODAY,
            words="เร็วขึ้น",
        )
    session.commit()
    assert len(interviews_of(participation)) == 1


def test_an_interview_is_held_between_the_return_and_today(town):
    participation = back(10, town["person"])
    words = {"by": town["head"], "respondent": Respondent.COLLEAGUE, "words": "ดี"}
    with pytest.raises(DayAhead):
        note_interview(participation, held_on=TODAY + timedelta(days=1), **words)
    with pytest.raises(DayBeforeReturn):
        note_interview(participation, held_on=TODAY - timedelta(days=11), **words)
    with pytest.raises(BadInput):
        note_interview(participation, held_on=TODAY, **{**words, "words": ""})


def test_not_yet_may_become_yes(town):
    participation = back(100, town["person"])
    answer_use(participation, by=town["person"], used=Used.NOT_YET, words="ยังไม่มีเครื่องพิมพ์")
    answer_use(participation, by=town["person"], used=Used.YES, words="ใช้แล้ว")
    session.commit()
    assert (use_of(participation).used, use_of(participation).words) == (Used.YES, "ใช้แล้ว")


def test_every_act_stands_in_the_audit_log_without_what_was_said(town):
    participation = back(100, town["person"])
    review_work(participation, by=town["head"], points=[("ก", 1, 2)], words="คำลับ")
    interview = note_interview(
        participation, by=town["head"], respondent=Respondent.COLLEAGUE, held_on=TODAY, words="คำลับ"
    )
    session.flush()
    take_back_interview(interview, by=town["head"])
    answer_use(participation, by=town["person"], used=Used.YES, words="คำลับ")
    session.commit()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        f"participation.{act}"
        for act in ("review_work", "note_interview", "take_back_interview", "answer_use")
    ]
    assert all(entry.details == {"person": town["person"].id} for entry in entries)


# ---- who may

# page, review and interview, answer, read interviews
MAY = {
    "person": (True, False, True, False),
    "head": (True, True, False, True),
    "clerk": (True, True, False, True),
    "mayor": (True, True, False, True),
    "km team": (True, True, False, True),
    "executive": (True, False, False, True),
    "colleague": (False, False, False, False),
    "other head": (False, False, False, False),
}


def rules(person, participation):
    allowed = can_review(person, participation)
    assert can_interview(person, participation) == allowed
    return (
        can_see_after(person, participation),
        allowed,
        can_answer_use(person, participation),
        can_see_interviews(person, participation),
    )


def sees(person, participation):
    query = After.visible_to(person).filter_by(id=participation.id)
    return session.scalar(query) is not None


@pytest.mark.parametrize("who", MAY)
def test_who_may_look_review_answer_and_read_interviews(town, who):
    participation = back(100, town["person"])
    assert rules(town[who], participation) == MAY[who]
    assert sees(town[who], participation) == MAY[who][0]


def test_nobody_may_anything_of_it_who_is_not_signed_in(town):
    participation = back(100, town["person"])
    assert rules(None, participation) == (False,) * 4
    assert not sees(None, participation)


def test_rule_and_query_agree_for_everybody_about_everybody(town):
    for one in town.values():
        participation = back(100, one)
        for person in town.values():
            assert sees(person, participation) == can_see_after(person, participation)


def test_before_the_return_nobody_writes_anything(town):
    participation = back(-1, town["person"])
    for who in MAY:
        assert not can_review(town[who], participation)
        assert not can_answer_use(town[who], participation)


def test_those_who_keep_the_register_do_not_judge_their_own_work_nor_read_what_was_said_of_it(town):
    participation = back(100, town["km team"])
    assert rules(town["km team"], participation) == (True, False, True, False)


def test_nobody_judges_his_own_superior_though_he_leads_the_unit(town):
    participation = back(100, town["mayor"])
    assert rules(town["clerk"], participation) == (False,) * 4
    assert not sees(town["clerk"], participation)


def test_a_superior_outside_the_unit_s_line_sees_and_reviews(town):
    """Somebody decided that this post reports to another one."""
    participation = back(100, town["person"])
    town["person"].postings[0].position.superior_id = town["colleague"].postings[0].position_id
    session.commit()
    assert rules(town["colleague"], participation) == (True, True, False, True)
    assert sees(town["colleague"], participation)


def test_an_interview_is_taken_back_by_who_noted_it_or_who_keeps_the_register(town):
    participation = back(100, town["person"])
    interview = note_interview(
        participation, by=town["head"], respondent=Respondent.COLLEAGUE, held_on=TODAY, words="ดี"
    )
    session.commit()
    may = {who: can_take_back_interview(town[who], interview) for who in town}
    assert {who for who, allowed in may.items() if allowed} == {"head", "km team"}


def test_a_chain_that_runs_in_a_circle_asks_somebody_or_nobody_and_ends(town):
    one, other = make_position(title="ก"), make_position(title="ข")
    one.superior_id, other.superior_id = other.id, one.id
    town["person"].postings[0].position.superior_id = one.id
    session.commit()
    assert right_above(town["person"], TODAY) == frozenset()


# ---- the figures


def test_the_figures_count_each_thing_apart(town):
    year = fiscal_year(TODAY - timedelta(days=1))
    make_organisation(follow_up_days=1)
    one, two = back(1, town["person"]), back(1, town["colleague"])
    back(0, town["person"])  # today: returned, not asked yet; in another year on 1 October only
    review_work(one, by=town["head"], points=[("ก", 1, 3), ("ข", 2, 3)])
    review_work(two, by=town["head"], points=[("ค", 3, 3)])
    for respondent in (Respondent.COLLEAGUE, Respondent.SUPERIOR):
        note_interview(one, by=town["head"], respondent=respondent, held_on=TODAY, words="ดี")
    answer_use(one, by=town["person"], used=Used.PARTLY)
    session.commit()
    figures = after_figures(make_organisation().id, year)
    assert (figures.asked, figures.reviewed, figures.points, figures.before, figures.after) == (2, 2, 3, 2, 3)
    assert (figures.interviewed, figures.answered) == (1, 1)
    assert figures.interviews == {
        Respondent.SUPERIOR: 1,
        Respondent.SUBORDINATE: 0,
        Respondent.COLLEAGUE: 1,
    }
    assert figures.used == {Used.YES: 0, Used.PARTLY: 1, Used.NOT_YET: 0, Used.NO: 0}


def test_the_figures_of_a_year_without_trainings_are_nothing(town):
    figures = after_figures(make_organisation().id, 2560)
    assert (figures.returned, figures.asked, figures.before, figures.answered) == (0, 0, None, 0)


def test_the_figures_of_some_units_leave_the_others_out(town):
    back(1, town["person"])
    back(1, town["other head"])
    organisation, year = make_organisation().id, fiscal_year(TODAY - timedelta(days=1))
    unit = town["head"].postings[0].position.unit_id
    assert after_figures(organisation, year).returned == 2
    assert after_figures(organisation, year, [unit]).returned == 1
    assert [line.participation.person_id for line in follow_ups(organisation, year, [unit])] == [
        town["person"].id
    ]


def test_the_list_asks_as_little_for_many_as_for_few(town, count_queries):
    organisation, asked_for = make_organisation().id, []
    for count in (1, 12):
        for _ in range(count):
            participation = back(1, make_person(unit=make_unit()))
            review_work(participation, by=town["head"], points=[("ก", 1, 2)])
        session.commit()
        session.expire_all()
        with count_queries() as statements:
            lines = follow_ups(organisation, fiscal_year(TODAY - timedelta(days=1)), most=10)
            assert [line.participation.unit.name + line.review.by.name for line in lines]
        asked_for.append(len(statements))
    assert asked_for[0] == asked_for[1] <= 5
