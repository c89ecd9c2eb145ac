"""The pages of what follows a training."""

import re
from datetime import timedelta

import pytest

from portal.db import session
from portal.documents.sheets import read_table
from portal.drafts.keeping import keep, kept
from portal.people.models import Rank, RoleName
from portal.thai.dates import bangkok_today
from portal.training.after import interviews_of, note_interview, review_of, review_work, use_of
from portal.training.report_models import Respondent, Used
from tests.making import make_organisation, make_person, make_unit
from tests.training.making import make_participation, make_training

TODAY = bangkok_today()


@pytest.fixture
def head(app):
    return make_person("สมศรี", unit=make_unit("กองคลัง"), rank=Rank.HEAD)


@pytest.fixture
def person(head):
    return make_person("สมพงษ์", unit=head.postings[0].position.unit)


@pytest.fixture
def participation(person):
    training = make_training("ระเบียบพัสดุ", returned=TODAY - timedelta(days=100), entered_by=person)
    return make_participation(person, training)


def url(participation, part=""):
    return f"/training/participations/{participation.id}/after{part}"


def opened(page):
    """The digest under which the review form of the page was opened."""
    return re.search(r'name="opened_with"[^>]*value="([^"]+)"', page.text)[1]


def points(*lines, **more):
    fields = {}
    for place, (what, before, after) in enumerate(lines):
        fields[f"points-{place}-what"] = what
        for name, mark in (("before", before), ("after", after)):
            if mark is not None:
                fields[f"points-{place}-{name}"] = str(mark)
    return {"words": "", **fields, **more}


def test_the_head_marks_the_work_and_the_person_reads_it(login_as, head, person, participation):
    browser = login_as(head)
    page = browser.get(url(participation))
    sent = points(("ตรวจรับพัสดุ", 2, 4), words="ตรวจเองได้แล้ว", opened_with=opened(page))
    answer = browser.post(url(participation, "/review"), data=sent)
    assert (answer.status_code, answer.location) == (302, url(participation) + "#after-review")
    shown = login_as(person).get(url(participation)).text
    for text in ("ตรวจรับพัสดุ", "ทำได้เมื่อมีคนช่วย", "ทำได้ดี", "ตรวจเองได้แล้ว", "สมศรี"):
        assert text in shown
    assert "/review" not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (points(), "เขียนงานที่ดูอย่างน้อยหนึ่งข้อ"),
        (points(("", 2, 4)), "เขียนด้วยว่าให้คะแนนงานใด"),
        (points(("ตรวจรับ", 2, None)), "เลือกคะแนน"),
        (points(("ตรวจรับ", 2, 9)), "เลือกคะแนน"),
        (points(("ตรวจรับ", "สอง", 3)), "เลือกคะแนน"),
        (points(("ก" * 201, 2, 3)), "ไม่เกิน 200"),
    ],
)
def test_a_review_that_says_too_little_comes_back_with_what_was_typed(
    login_as, head, participation, sent, said
):
    browser = login_as(head)
    sent = {**sent, "words": "คำที่พิมพ์ไว้", "opened_with": opened(browser.get(url(participation)))}
    answer = browser.post(url(participation, "/review"), data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "คำที่พิมพ์ไว้" in answer.text
    assert review_of(participation) is None


def test_a_point_is_taken_out_by_emptying_its_name(login_as, head, participation):
    review_work(participation, by=head, points=[("ก", 1, 2), ("ข", 2, 3)])
    session.commit()
    browser = login_as(head)
    sent = points(("", 1, 2), ("ข", 2, 4), opened_with=opened(browser.get(url(participation))))
    assert browser.post(url(participation, "/review"), data=sent).status_code == 302
    assert [(one.what, one.after) for one in review_of(participation).points] == [("ข", 4)]


def test_the_second_to_save_a_review_is_told_and_sees_both(login_as, head, participation):
    other = make_person("นารี", roles=(RoleName.DATA_ASSISTANT,))
    browser = login_as(head)
    mine = points(("ตรวจรับ", 2, 4), words="ของฉัน", opened_with=opened(browser.get(url(participation))))
    review_work(participation, by=other, points=[("ตรวจรับ", 2, 3)], words="ของเขา")
    session.commit()
    answer = browser.post(url(participation, "/review"), data=mine)
    assert answer.status_code == 409
    for text in ("ของฉัน", "ของเขา", "นารี"):
        assert text in answer.text
    assert review_of(participation).words == "ของเขา"
    again = browser.post(url(participation, "/review"), data={**mine, "opened_with": opened(answer)})
    assert again.status_code == 302
    session.expire_all()
    assert review_of(participation).words == "ของฉัน"


def test_an_interview_is_noted_with_a_day_as_people_write_it(login_as, head, participation):
    browser = login_as(head)
    held = TODAY - timedelta(days=1)
    sent = {
        "respondent": "colleague",
        "respondent_name": "มาลี",
        "held_on": f"{held.day}/{held.month}/{held.year + 543}",
        "told": "ตอบคำถามได้ทันที",
    }
    assert browser.post(url(participation, "/interviews"), data=sent).status_code == 302
    assert [(one.respondent, one.held_on) for one in interviews_of(participation)] == [
        (Respondent.COLLEAGUE, held)
    ]
    assert "ตอบคำถามได้ทันที" in browser.get(url(participation)).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"respondent": ""}, "เลือกว่าสัมภาษณ์ใคร"),
        ({"respondent": "mayor"}, "ผู้ให้สัมภาษณ์"),
        ({"held_on": "เมื่อวาน"}, "วันที่"),
        ({"held_on": "1/1/2599"}, "ยังมาไม่ถึง"),
        ({"held_on": "1/1/2560"}, "ก่อนกลับจากอบรม"),
        ({"told": ""}, "เขียนคำให้สัมภาษณ์"),
    ],
)
def test_an_interview_that_can_t_be_comes_back_with_what_was_typed(
    login_as, head, participation, changed, said
):
    sent = {
        "respondent": "colleague",
        "respondent_name": "ชื่อที่พิมพ์ไว้",
        "held_on": f"{TODAY.day}/{TODAY.month}/{TODAY.year + 543}",
        "told": "ดีขึ้น",
        **changed,
    }
    answer = login_as(head).post(url(participation, "/interviews"), data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "ชื่อที่พิมพ์ไว้" in answer.text
    assert interviews_of(participation) == []


def test_what_colleagues_said_is_never_shown_to_the_person(login_as, head, person, participation):
    note_interview(
        participation,
        by=head,
        respondent=Respondent.COLLEAGUE,
        held_on=TODAY,
        words="คำที่พูดกันเอง",
        respondent_name="มาลี",
    )
    session.commit()
    page = login_as(person).get(url(participation)).text
    assert "คำที่พูดกันเอง" not in page
    assert "มาลี" not in page
    assert "คำที่พูดกันเอง" in login_as(head).get(url(participation)).text


def test_an_interview_noted_by_mistake_is_deleted(login_as, head, participation):
    one = note_interview(participation, by=head, respondent=Respondent.COLLEAGUE, held_on=TODAY, words="ผิดคน")
    session.commit()
    browser, address = login_as(head), url(participation, f"/interviews/{one.id}/take-back")
    assert browser.post(address).status_code == 302
    assert interviews_of(participation) == []
    assert browser.post(address).status_code == 404


def test_the_interview_of_another_participation_is_not_reached_through_this_one(
    login_as, head, person, participation
):
    other = make_participation(person, make_training(entered_by=person))
    one = note_interview(other, by=head, respondent=Respondent.COLLEAGUE, held_on=TODAY, words="ดี")
    session.commit()
    answer = login_as(head).post(url(participation, f"/interviews/{one.id}/take-back"))
    assert answer.status_code == 404
    assert interviews_of(other) == [one]


def test_the_person_says_whether_he_used_it_and_is_asked_no_more(login_as, person, participation):
    browser = login_as(person)
    assert "ระเบียบพัสดุ" in browser.get("/training/after").text
    sent = {
        "used": "partly",
        "used_words": "ใช้กับงานจ้างเล็ก ๆ",
        "opened_with": opened(browser.get(url(participation))),
    }
    assert browser.post(url(participation, "/use"), data=sent).status_code == 302
    assert use_of(participation).used == Used.PARTLY
    assert "ระเบียบพัสดุ" not in browser.get("/training/after").text


def test_an_answer_without_a_choice_comes_back_with_its_words(login_as, person, participation):
    browser = login_as(person)
    sent = {"used_words": "คำที่พิมพ์ไว้", "opened_with": opened(browser.get(url(participation)))}
    answer = browser.post(url(participation, "/use"), data=sent)
    assert answer.status_code == 422
    assert "เลือกหนึ่งในสี่ข้อ" in answer.text
    assert "คำที่พิมพ์ไว้" in answer.text


def test_the_draft_is_gone_when_the_form_is_saved(login_as, person, participation):
    name = f"after-{participation.id}-use"
    keep(person, name, {"used": ["yes"]})
    session.commit()
    browser = login_as(person)
    sent = {"used": "yes", "opened_with": opened(browser.get(url(participation)))}
    browser.post(url(participation, "/use"), data=sent)
    assert kept(person, name) is None


def test_the_first_page_says_what_is_asked_till_it_is_answered(login_as, head, person, participation):
    assert "ถามหลังกลับจากอบรม 90 วัน" in login_as(person).get("/").text
    assert "งานของผู้ใต้บังคับบัญชา" in login_as(head).get("/").text
    review_work(participation, by=head, points=[("ก", 1, 2)])
    session.commit()
    assert "ถามหลังกลับจากอบรม" not in login_as(head).get("/").text


def test_before_the_return_the_page_says_from_when(login_as, person):
    training = make_training(returned=TODAY + timedelta(days=3), entered_by=person)
    page = login_as(person).get(url(make_participation(person, training)))
    assert "ยังไม่ถึงเวลาติดตามผล" in page.text
    assert "<form" not in page.text.split('id="after-review"')[1].split("</main>")[0]


def test_who_oversees_sees_the_figures_and_takes_the_list_home(login_as, head, person, participation):
    review_work(participation, by=head, points=[("ก", 1, 3), ("ข", 2, 3)], words="=HYPERLINK(1)")
    note_interview(participation, by=head, respondent=Respondent.COLLEAGUE, held_on=TODAY, words="ดี")
    session.commit()
    browser = login_as(make_person("นารี", roles=(RoleName.DATA_ASSISTANT,)))
    from_year = f"?year={participation.training.return_date.year + 543}"
    pages = [browser.get(f"/training/after{query}").text for query in ("", from_year)]
    assert any("สมพงษ์" in page for page in pages)
    assert "ผลหลังการอบรม" in pages[0]
    assert "ผลหลังการอบรม" not in login_as(head).get("/training/after").text
    rows = []
    for query in ("", from_year):
        table = read_table(browser.get(f"/training/after.xlsx{query}").data, "หลังอบรม.xlsx")
        rows += [row for row in table.rows if "สมพงษ์" in str(row)]
    assert len(rows) >= 1
    assert "=HYPERLINK(1)" in str(rows[0])


@pytest.mark.parametrize("query", ["?year=x", "?year=1", "?unit=999999", "?page=99999999999", "?unit=-1"])
def test_an_odd_filter_is_answered(login_as, app, query):
    browser = login_as(make_person(roles=(RoleName.DATA_ASSISTANT,)))
    assert browser.get(f"/training/after{query}").status_code == 200
    assert make_organisation()
