"""Questions that ask to do something lead to the page where it is done, and nobody to a page that is closed to him."""

from datetime import timedelta

import pytest
import regex

from portal.people.models import GroupKind, Rank
from portal.search.actions import ACTIONS, MOST, offers_for
from portal.search.query import SearchQuery
from portal.thai.dates import bangkok_today
from portal.training.models import Discharge
from tests.making import make_asset, make_group, make_organisation, make_person, make_plan, make_unit
from tests.training.filing import owe
from tests.training.making import make_participation, make_training


@pytest.fixture
def offered(app):
    make_organisation()

    def ask(text, person, **more):
        return offers_for(SearchQuery(text=text, **more), person)

    with app.test_request_context():
        yield ask


def titles(offers):
    return [offer.title for offer in offers]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        # As people type them: from the list of queries that the field gave.
        ("รายงานผลการอบรมภายใน 15 วัน", "เขียนรายงานการฝึกอบรม"),
        ("แบบรายงานผลการฝึกอบรม", "เขียนรายงานการฝึกอบรม"),
        ("บันทึกข้อมูลอบรมในเว็ปไซค์", "บันทึกการไปอบรม"),
        ("สรุปผลการอบรมทั้งปี 2566", "สรุปตัวเลขการฝึกอบรม"),
        ("7 ขั้นตอน KM", "ขั้นตอนการจัดการความรู้ทั้ง 7 ทีละขั้น"),
        ("เขียนรายงานการฝึกอบรม", "เขียนรายงานการฝึกอบรม"),
        ("training report", "เขียนรายงานการฝึกอบรม"),
        ("แผนปีนี้", "แผน KM ปี"),
        ("แผน KM", "แผน KM ปี"),
        ("Knowledge Management Plan", "แผน KM ปี"),
        ("งานของฉัน", "กำหนดส่งของฉัน"),
        ("deadline", "กำหนดส่งของฉัน"),
        ("เขียน คู่มือ", "เขียนความรู้เรื่องใหม่"),
        ("ทะเบียนอบรม", "ทะเบียนการพัฒนาบุคลากร"),
        ("วันหยุด", "วันหยุด"),
        ("ปฏิทิน", "กำหนดส่งของฉันในปฏิทิน"),
        ("เปลี่ยนรหัสผ่าน", "เปลี่ยนรหัสผ่าน"),
    ],
)
def test_whoever_asks_to_do_something_is_offered_it_first(offered, text, title):
    assert titles(offered(text, make_person()))[0].startswith(title)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ภาษีที่ดิน",
        "ระเบียบงานสารบรรณ ฉบับที่ 4",
        "สำนัก กอง ที่ยังไม่ส่งแผน",
        "รายงานผลต่อนายก ปีละ 1 ครั้ง",
        "เขียนรายงานการอบรม " * 20,
    ],
)
def test_other_questions_and_long_ones_offer_nothing(offered, text):
    assert offered(text, make_person()) == []
    assert offered("แผนปีนี้", make_person(), page=2) == []  # they stand above the first results


def test_the_report_that_is_due_first_stands_in_the_line(offered):
    person = make_person()
    soon, late = (make_training(title) for title in ("เรื่องที่ใกล้", "เรื่องที่เลย"))
    for training, days in ((soon, 2), (late, -4)):
        owe(make_participation(person, training), due=bangkok_today() + timedelta(days=days))
    offer = offered("ส่งรายงานอบรม", person)[0]
    assert (offer.title, offer.button) == ("รายงานของคุณ: เรื่องที่เลย", "เขียนรายงาน")
    assert (offer.tag, offer.state) == ("เกินกำหนด 4 วัน", "late")
    assert offered("ส่งรายงานอบรม", make_person())[0].title == "เขียนรายงานการฝึกอบรม"
    assert "2 เรื่อง" in offered("กำหนดส่ง", person)[0].note


def test_what_is_to_be_recorded_leads_to_its_form(offered):
    person = make_person()
    going = make_participation(person)
    owe(going, Discharge.RECORD)
    assert offered("บันทึกข้อมูลอบรม", person)[0].url == f"/training/{going.training_id}/record/{going.id}"


def test_who_has_not_reported_is_asked_by_those_who_may_see_it(offered):
    unit = make_unit("กองคลัง")
    head = make_person("สมศรี", unit=unit, rank=Rank.HEAD)
    team = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    for person in (head, team):
        assert titles(offered("ใครยังไม่ส่งรายงาน", person))[0] == "ใครยังไม่ส่งรายงาน"
    assert "ใครยังไม่ส่งรายงาน" not in titles(offered("ใครยังไม่ส่งรายงาน", make_person(unit=unit)))


def test_a_plan_is_made_by_those_who_may(offered):
    team = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    assert "จัดทำแผน" in titles(offered("ทำแผน KM", team))
    assert "จัดทำแผน" not in titles(offered("ทำแผน KM", make_person()))


def test_the_public_is_offered_what_is_public(offered):
    asked = [way.replace("+", "") for action in ACTIONS for way in action.asks]
    assert {offer.url for text in asked for offer in offered(text, None)} == {
        "/password/forgotten",
        "/steps/KM1",
    }


@pytest.mark.parametrize("who", ["staff", "head", "team"])
def test_every_page_that_is_offered_opens(app, offered, login_as, who):
    make_plan()
    team = make_group("คณะทำงาน KM", GroupKind.KM_TEAM)
    person = make_person(
        rank=Rank.HEAD if who == "head" else Rank.STAFF, groups=(team,) if who == "team" else ()
    )
    owe(make_participation(person))
    browser = login_as(person)
    opened = {}
    for text in [way.replace("+", "") for action in ACTIONS for way in action.asks]:
        offers = offered(text, person)
        assert len(offers) <= MOST
        for offer in offers:
            if offer.url not in opened:
                method = "GET" if offer.sends is None else "POST"
                opened[offer.url] = browser.open(offer.url, method=method, data=offer.sends).status_code
    assert len(opened) > 10
    assert set(opened.values()) <= {200, 302}


def test_the_page_shows_them_above_what_was_found(login_as):
    asset = make_asset("คู่มือเขียนรายงานการอบรม", "อบรม")
    person = make_person()
    owe(make_participation(person, make_training("การจัดทำแผน")))
    page = login_as(person).get("/search?q=รายงานการอบรม").text
    assert page.index("รายงานของคุณ: การจัดทำแผน") < page.index(f"/knowledge/{asset.id}")
    form = regex.search(r'<form method="post" action="(/training/[^"]+)">(.*?)</form>', page, regex.DOTALL)
    assert 'name="csrf_token"' in form[2]
    assert 'class="offer"' not in login_as(person).get("/search?q=ประปา").text
