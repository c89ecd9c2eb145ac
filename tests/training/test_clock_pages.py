"""The pages of rules, holidays and duties: read by everybody, kept by the KM team and the admin, nothing typed is lost."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.people.models import GroupKind, RoleName
from portal.people.settings import decide, settings_of
from portal.thai.dates import bangkok_today
from portal.training.duties import discharge, make_duties
from portal.training.holidays import holidays_of_year, years_kept
from portal.training.models import Discharge, Duty, DutyRule, Holiday
from portal.training.rules import ship_rules
from tests.making import make_admin, make_group, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES
from tests.training.making import make_participation, make_training
from tests.web.test_saved_meanwhile import typed_in


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def organisation(app):
    organisation = make_organisation(holiday_policy="next_working_day")
    ship_rules(organisation.id)
    session.commit()
    return organisation


@pytest.fixture
def keeper(organisation, login_as):
    return login_as(make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),)))


@pytest.fixture
def clerk(organisation, login_as):
    return login_as(make_person("สมชาย"))


def owing(returned=date(2026, 3, 27), person=None):
    """The report somebody owes; in 2026 it is due on 16 April, behind Songkran."""
    participation = make_participation(person or make_person("มาลี"), make_training(returned=returned))
    duties = make_duties(participation)
    session.commit()
    return next(duty for duty in duties if duty.discharged_by == Discharge.REPORT)


def rule_called(code):
    return session.scalars(select(DutyRule).where(DutyRule.code == code)).one()


def confirmed(page):
    """What the page that asks first sends again."""
    return dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.partition("<main")[2])
    )


# -- holidays --


def test_everybody_reads_the_holidays_and_only_keepers_change_them(clerk, keeper):
    for browser in (clerk, keeper):
        page = browser.get("/training/holidays?year=2569").text
        assert "วันสงกรานต์" in page
        assert "วันแรงงาน" not in page
    assert "เพิ่มวันหยุด" not in clerk.get("/training/holidays?year=2569").text
    assert clerk.post("/training/holidays", data={"day": "2/1/2570", "name": "ก"}).status_code == 403
    assert clerk.post("/training/holidays/2026-04-13/remove").status_code == 403


@pytest.mark.parametrize(
    ("year", "status"), [("2026", 200), ("2569", 200), ("๒๕๖๙", 200), ("1", 404), ("x", 200)]
)
def test_the_year_of_the_page_is_understood_in_both_eras(year, status, clerk):
    assert clerk.get(f"/training/holidays?year={year}").status_code == status


def test_the_first_change_makes_the_year_the_organisations_own(keeper, organisation):
    assert years_kept(organisation.id, 2000, 2100) == set()
    answer = keeper.post(
        "/training/holidays", data={"day": "2 ม.ค. 2570", "name": "วันหยุดพิเศษ", "name_en": ""}
    )
    assert answer.status_code == 302
    assert years_kept(organisation.id, 2000, 2100) == {2027}
    assert session.get(Holiday, (organisation.id, date(2027, 1, 2))).name == "วันหยุดพิเศษ"
    assert len(holidays_of_year(organisation.id, 2027)) == 23
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "holiday.add")).one()
    assert noted.details == {"on": "2027-01-02"}


def test_what_was_taken_out_is_offered_and_does_not_come_back_by_itself(keeper, organisation):
    assert keeper.post("/training/holidays/2027-05-20/remove").status_code == 302
    page = keeper.get("/training/holidays?year=2570").text
    offered = page.partition("มีในวันหยุดราชการ")[2]
    assert "วันวิสาขบูชา" in offered
    assert date(2027, 5, 20) not in holidays_of_year(organisation.id, 2027)
    sent = {"day": "2027-05-20", "name": "วันวิสาขบูชา", "name_en": "Visakha Bucha"}
    assert keeper.post("/training/holidays", data=sent).status_code == 302
    assert date(2027, 5, 20) in holidays_of_year(organisation.id, 2027)


def test_before_due_dates_move_the_page_shows_which_and_asks(keeper, organisation):
    duty = owing()
    typed = {"day": "16/4/2569", "name": "วันหยุดเพิ่มเติม <b>", "name_en": ""}
    asked = keeper.post("/training/holidays", data=typed)
    assert asked.status_code == 200
    assert "มาลี" in asked.text
    assert "16 เม.ย. 2569 → 17 เม.ย. 2569" in asked.text
    assert "<b>" not in asked.text.partition("<main")[2]
    assert years_kept(organisation.id, 2000, 2100) == set(), "nothing was changed so far"
    assert session.get(Duty, duty.id).due_on == date(2026, 4, 16)
    answer = keeper.post("/training/holidays", data=typed | {"confirmed": "1"}, follow_redirects=True)
    assert "วันครบกำหนดเลื่อน 2 รายการ" in answer.text
    assert session.get(Duty, duty.id).due_on == date(2026, 4, 17)
    taken = keeper.post("/training/holidays/2026-04-16/remove")
    assert "17 เม.ย. 2569 → 16 เม.ย. 2569" in taken.text
    assert keeper.post("/training/holidays/2026-04-16/remove", data={"confirmed": "1"}).status_code == 302
    assert session.get(Duty, duty.id).due_on == date(2026, 4, 16)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "13/4/2569", "name": "ซ้ำ"}, "เป็นวันหยุดอยู่แล้ว: วันสงกรานต์"),
        ({"day": "31/2/2569", "name": "ไม่มีวันนี้"}, "อ่านเป็นวันที่ไม่ได้"),
        ({"day": "1 ต.ค.", "name": "ไม่มีปี"}, "หมายถึงปีใด"),
        ({"day": "1/10/2690", "name": "ไกลเกิน"}, "ตั้งแต่ปี 2543 ถึง 2643"),
        ({"day": "1/10/2569", "name": "ก" * 201}, "201"),
        ({"day": "", "name": "ไม่มีวัน"}, "วันที่"),
    ],
)
def test_bad_input_is_told_and_stays_in_the_form(typed, said, keeper):
    answer = keeper.post("/training/holidays", data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed["name"]}"' in answer.text


def test_a_holiday_is_renamed_and_two_who_do_it_are_told(keeper, login_as, organisation):
    url = "/training/holidays/2026-04-13/edit"
    mine = typed_in(keeper.get(url).text)
    other = login_as(make_admin())
    assert other.post(url, data=typed_in(other.get(url).text) | {"name": "สงกรานต์วันแรก"}).status_code == 302
    answer = keeper.post(url, data=mine | {"name": "มหาสงกรานต์"})
    assert answer.status_code == 409
    assert "สงกรานต์วันแรก" in answer.text
    assert holidays_of_year(organisation.id, 2026)[date(2026, 4, 13)].name == "สงกรานต์วันแรก"


@pytest.mark.parametrize("day", ["2026-04-12", "nonsense", "2026-4-13", "0000-01-01", "9999-12-31"])
def test_a_day_that_is_no_holiday_is_not_there(day, keeper):
    assert keeper.get(f"/training/holidays/{day}/edit").status_code == 404
    assert keeper.post(f"/training/holidays/{day}/remove").status_code == 404


# -- rules and counting --


def test_everybody_reads_what_is_asked_and_where_it_comes_from(clerk):
    page = clerk.get("/training/rules").text
    assert "ภายใน 15 วันหลังวันกลับ" in page
    assert "ปากน้ำท่าเรือ" in page
    assert "ไม่ใช่กฎหมาย" in page
    assert "ข้อเสนอของระบบนี้เอง" in page
    assert "เพิ่มข้อกำหนด" not in page


def test_before_the_first_training_the_rules_that_will_hold_are_shown(login_as):
    page = login_as(make_person()).get("/training/rules").text
    assert "รายงานผลการฝึกอบรม" in page
    assert session.scalars(select(DutyRule)).all() == []


NEW_RULE = {
    "name": "เบิกค่าใช้จ่าย",
    "days": "๖๐",
    "covers": "outside",
    "discharged_by": "by_hand",
    "returns_from": "1/3/2569",
    "source": "ระเบียบ มท. 2557",
}


def test_a_rule_of_ones_own_is_added_and_asks_at_once(keeper):
    duty = owing()
    answer = keeper.post("/training/rules/new", data=NEW_RULE, follow_redirects=True)
    assert "เริ่มใช้ “เบิกค่าใช้จ่าย” แล้ว" in answer.text
    assert "มีผู้ที่ต้องทำแล้ว 1 คน" in answer.text
    owed = session.scalars(
        select(Duty).where(Duty.participation_id == duty.participation_id, Duty.rule_days == 60)
    ).one()
    assert owed.strict_on == date(2026, 5, 26)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"days": "0"}, "days"), ({"days": "400"}, "days"), ({"days": "สิบ"}, "days"), ({"name": " "}, "name"),
     ({"covers": "somebody"}, "covers"), ({"discharged_by": "interim"}, "discharged_by"), ({"returns_from": "x"}, "returns_from")],
)  # fmt: skip
def test_a_rule_that_can_not_be_is_refused_and_nothing_typed_is_lost(changes, field, keeper):
    answer = keeper.post("/training/rules/new", data=NEW_RULE | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "ระเบียบ มท. 2557" in answer.text
    assert len(session.scalars(select(DutyRule)).all()) == 3


def test_other_days_of_a_shipped_rule_move_open_duties_after_asking(keeper):
    duty, rule = owing(), rule_called("report")
    url = f"/training/rules/{rule.id}/edit"
    typed = typed_in(keeper.get(url).text) | {"days": "30"}
    asked = keeper.post(url, data=typed)
    assert "16 เม.ย. 2569 → 27 เม.ย. 2569" in asked.text
    assert rule_called("report").days == 15
    assert keeper.post(url, data=typed | {"confirmed": "1"}).status_code == 302
    assert (rule_called("report").days, rule_called("report").code) == (30, "report")
    assert session.get(Duty, duty.id).due_on == date(2026, 4, 27)


def test_only_the_interim_rule_has_terms(keeper):
    assert 'name="every_months"' in keeper.get(f"/training/rules/{rule_called('interim').id}/edit").text
    assert 'name="every_months"' not in keeper.get(f"/training/rules/{rule_called('report').id}/edit").text


def test_a_rule_is_ended_with_an_exemption_only_for_a_reason_and_taken_up_again(keeper):
    duty, rule = owing(), rule_called("report")
    url = f"/training/rules/{rule.id}/end"
    assert "ยังมีผู้ค้างอยู่ 1 คน" in keeper.get(url).text
    answer = keeper.post(url, data={"exempts": "y", "reason": " "})
    assert answer.status_code == 422
    assert rule_called("report").ended_at is None
    assert keeper.post(url, data={"exempts": "y", "reason": "เปลี่ยนระเบียบ"}).status_code == 302
    assert rule_called("report").ended_at is not None
    assert session.get(Duty, duty.id).on_time is None
    assert session.get(Duty, duty.id).closed_at is not None
    assert keeper.post(f"/training/rules/{rule.id}/resume").status_code == 302
    assert rule_called("report").ended_at is None


def test_the_policy_is_decided_after_seeing_what_moves(keeper, organisation):
    duty = owing()
    typed = typed_in(keeper.get("/training/rules/counting").text) | {
        "holiday_policy": "strict",
        "follow_up_days": "60",
    }
    asked = keeper.post("/training/rules/counting", data=typed)
    assert "16 เม.ย. 2569 → 11 เม.ย. 2569" in asked.text
    assert settings_of(organisation.id).holiday_policy == "next_working_day"
    assert keeper.post("/training/rules/counting", data=typed | {"confirmed": "1"}).status_code == 302
    decisions = settings_of(organisation.id)
    assert (decisions.holiday_policy, decisions.follow_up_days) == ("strict", 60)
    assert session.get(Duty, duty.id).due_on == date(2026, 4, 11)


@pytest.mark.parametrize(
    "changes", [{"holiday_policy": "sometimes"}, {"follow_up_days": "0"}, {"follow_up_days": ""}]
)
def test_no_other_policy_is_stored(changes, keeper, organisation):
    typed = typed_in(keeper.get("/training/rules/counting").text)
    assert keeper.post("/training/rules/counting", data=typed | changes).status_code == 422
    assert settings_of(organisation.id).holiday_policy == "next_working_day"


# -- one duty --


@pytest.fixture
def assistant(organisation, login_as):
    return login_as(make_person("วิภา", roles=(RoleName.DATA_ASSISTANT,)))


def test_a_duty_tells_how_it_was_counted(organisation, login_as):
    duty = owing()
    page = login_as(duty.person).get(f"/training/duties/{duty.id}").text
    assert "วันพฤหัสบดีที่ 16 เมษายน 2569" in page
    assert "วันเสาร์ที่ 11 เมษายน 2569" in page
    assert page.count("วันสงกรานต์") == 3
    assert "เลื่อนไปวันทำการถัดไป" in page
    assert "ปากน้ำท่าเรือ" in page
    assert "ขยายกำหนด" not in page, "nobody changes his own"


def test_days_left_and_late_are_said_in_words_and_drawn(assistant):
    decide(make_organisation().id, holiday_policy="strict")
    today = bangkok_today()
    for returned, words in ((today, "เหลือ 15 วัน"), (today - timedelta(days=12), "เหลือ 3 วัน"),
                            (today - timedelta(days=15), "ครบกำหนดวันนี้"), (today - timedelta(days=17), "เกินกำหนด 2 วัน")):  # fmt: skip
        tag = re.search(
            r'<span class="tag[^"]*">(.*?)</span>',
            assistant.get(f"/training/duties/{owing(returned).id}").text,
            re.S,
        )[1]
        assert words in tag
        assert "<svg" in tag


def test_others_of_the_staff_do_not_see_a_duty(clerk):
    assert clerk.get(f"/training/duties/{owing().id}").status_code == 404


def test_who_keeps_the_register_extends_and_exempts_with_a_reason_that_all_see(assistant):
    duty = owing()
    url = f"/training/duties/{duty.id}"
    assert (
        assistant.post(
            f"{url}/extend", data={"extend-until": "1 พ.ค. 2569", "extend-reason": "ลาคลอด"}
        ).status_code
        == 302
    )
    page = assistant.get(url).text
    assert "วันศุกร์ที่ 1 พฤษภาคม 2569" in page
    assert "ลาคลอด" in page
    assert "วิภา" in page
    assert assistant.post(f"{url}/exempt", data={"exempt-reason": "โอนย้าย"}).status_code == 302
    page = assistant.get(url).text
    assert "ได้รับยกเว้น" in page
    assert "โอนย้าย" in page
    assert 'name="extend-until"' not in page
    answer = assistant.post(f"{url}/extend", data={"extend-until": "1/6/2569", "extend-reason": "อีกครั้ง"})
    assert answer.status_code == 409
    assert "อีกครั้ง" in answer.text, "what was typed is offered to take away"


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("extend", {"extend-until": "1/4/2569", "extend-reason": "เหตุผลที่พิมพ์"}),
        ("extend", {"extend-until": "", "extend-reason": "เหตุผลที่พิมพ์"}),
        ("extend", {"extend-until": "1/5/2569", "extend-reason": ""}),
        ("exempt", {"exempt-reason": " "}),
        ("exempt", {"exempt-reason": "ก" * 501}),
        ("done", {"done-on": "1/4/2569"}),
    ],
)
def test_without_a_reason_or_with_an_earlier_day_nothing_changes(act, typed, assistant):
    duty = owing()
    answer = assistant.post(f"/training/duties/{duty.id}/{act}", data=typed)
    assert answer.status_code == 422 if act != "done" else 409
    assert all(value in answer.text for value in typed.values() if len(value) < 100)
    assert session.get(Duty, duty.id).closed_at is None
    assert session.get(Duty, duty.id).due_on == date(2026, 4, 16)


def test_nobody_changes_his_own_duty_even_who_keeps_the_register(organisation, login_as):
    assistant = make_person("วิภา", roles=(RoleName.DATA_ASSISTANT,))
    duty, browser = owing(person=assistant), login_as(assistant)
    for act in ("exempt", "extend", "done"):
        assert browser.post(f"/training/duties/{duty.id}/{act}").status_code == 403


def test_what_is_done_by_hand_is_noted_on_its_page(keeper, assistant):
    keeper.post("/training/rules/new", data=NEW_RULE)
    owing()
    claim = session.scalars(select(Duty).where(Duty.discharged_by == Discharge.BY_HAND)).one()
    url = f"/training/duties/{claim.id}"
    refused = assistant.post(f"{url}/done", data={"done-on": "31/12/2580"})
    assert refused.status_code == 422
    assert 'value="31/12/2580"' in refused.text
    assert assistant.post(f"{url}/done", data={"done-on": "26/5/2569"}).status_code == 302
    done = session.get(Duty, claim.id)
    assert done.on_time is True
    assert "ทันกำหนด" in assistant.get(url).text


def test_a_group_hands_in_together_and_each_has_his_own_duty(organisation):
    training = make_training(returned=date(2026, 3, 27))
    went = [make_participation(make_person(name), training) for name in ("มาลี", "สมศรี")]
    for participation in went:
        make_duties(participation)
    for participation in went:
        (closed,) = discharge(participation, Discharge.REPORT, by=went[0].person)
        assert closed.closed_by_id == went[0].person_id
