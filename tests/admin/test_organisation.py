"""The administration of units, positions, groups and settings: pages that do what the rules say, and tell when they don't."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.mail.writing import write
from portal.people.models import Group, GroupMembership, Person, Position, Posting, Rank, Unit
from portal.people.settings import settings_of, the_organisation
from portal.thai.dates import bangkok_today
from tests.making import (
    join,
    make_admin,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)


@pytest.fixture
def admin(app: Any) -> Person:
    return make_admin()


@pytest.fixture
def browser(admin: Person, login_as: Any) -> Any:
    return login_as(admin)


def table(answer: Any) -> list[tuple[Any, ...]]:
    """The rows of a downloaded XLSX."""
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)


def one(kind: Any, **values: Any) -> Any:
    found = session.scalar(select(kind).filter_by(**values))
    assert found is not None
    return found


# ---- who may


def test_everybody_else_is_kept_out_of_every_page(app, client, login_as, admin):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin.")]
    staff = login_as(make_person())
    assert len(rules) > 40
    for rule in rules:
        url = rule.rule
        for argument in rule.arguments:
            url = url.replace(f"<int:{argument}>", "1")
        method = "GET" if "GET" in rule.methods else "POST"
        assert staff.open(url, method=method).status_code == 403, url
        assert client.open(url, method=method).status_code in (302, 401), url


# ---- units


def test_a_unit_is_added_below_another_and_stands_in_the_tree(browser):
    parent = make_unit("กองคลัง").id
    answer = browser.post(
        "/admin/units/new",
        data={
            "name": "ฝ่ายพัฒนารายได้",
            "name_en": "",
            "short_name": "ฝพร.",
            "code": "",
            "kind": "section",
            "parent": parent,
        },
    )
    assert answer.status_code == 302
    unit = one(Unit, name="ฝ่ายพัฒนารายได้")
    assert unit.parent_id == parent
    assert "ฝ่ายพัฒนารายได้" in browser.get("/admin/units").text


def test_a_refused_unit_keeps_what_was_typed(browser):
    unit = make_unit("กองคลัง", code="FIN").id
    typed = {"name": "กองช่างใหม่เอี่ยม", "kind": "division", "code": "FIN", "parent": the_organisation().id}
    answer = browser.post("/admin/units/new", data=typed)
    assert answer.status_code == 422
    assert "กองช่างใหม่เอี่ยม" in answer.text
    assert "กองคลัง" in answer.text
    answer = browser.post(f"/admin/units/{unit}", data={"name": "", "kind": "division", "code": "FIN"})
    assert answer.status_code == 422
    assert session.get(Unit, unit).name == "กองคลัง"


def test_a_unit_is_not_moved_below_itself(browser):
    division = make_unit("กองคลัง")
    section = make_unit("ฝ่ายพัฒนารายได้", division)
    ids = division.id, section.id
    answer = browser.post(f"/admin/units/{ids[0]}/move", data={"parent": ids[1]})
    assert answer.status_code == 422
    assert session.get(Unit, ids[0]).parent_id == the_organisation().id


def test_a_unit_moves_closes_and_opens_again(browser):
    finance, works = make_unit("กองคลัง").id, make_unit("กองช่าง").id
    browser.post(f"/admin/units/{finance}/move", data={"parent": works})
    assert session.get(Unit, finance).parent_id == works
    assert browser.post(f"/admin/units/{works}/close").status_code == 422
    browser.post(f"/admin/units/{finance}/close")
    assert session.get(Unit, finance).closed_on == bangkok_today()
    assert "กองคลัง" in browser.get("/admin/units").text
    browser.post(f"/admin/units/{finance}/reopen")
    session.expire_all()
    assert session.get(Unit, finance).closed_on is None


def test_units_are_taken_home_as_a_table(browser):
    make_unit("=กองคลัง", code="FIN")
    rows = table(browser.get("/admin/units.xlsx"))
    assert ("FIN", "=กองคลัง") in [row[:2] for row in rows]


def test_a_unit_of_nowhere_is_not_there(browser):
    for url in ("/admin/units/999", "/admin/units/99999999999", "/admin/positions/999", "/admin/groups/999"):
        assert browser.get(url).status_code == 404


# ---- positions


def test_the_list_of_positions_shows_holder_acting_superior_and_what_is_vacant(browser):
    division = make_unit("กองคลัง")
    make_person("พิมพ์ใจ", unit=division, rank=Rank.HEAD)
    vacant = make_position(division, "นักวิชาการคลัง")
    make_position(make_unit("กองช่าง"), "นายช่างโยธา")
    division_id, vacant_title = division.id, vacant.title
    text = browser.get(f"/admin/positions?unit={division_id}").text
    assert "พิมพ์ใจ" in text
    assert "นายช่างโยธา" not in text
    only_vacant = browser.get("/admin/positions?only=vacant").text
    assert vacant_title in only_vacant
    assert "พิมพ์ใจ" not in only_vacant
    rows = table(browser.get(f"/admin/positions.xlsx?unit={division_id}"))
    assert {row[1] for row in rows[1:]} == {"นักวิชาการเงินและบัญชี", "นักวิชาการคลัง"}


def test_a_position_is_made_given_a_superior_and_abolished(browser):
    division = make_unit("กองคลัง").id
    deputy = make_position(make_organisation(), "รองปลัดเทศบาล", rank=Rank.DEPUTY_PERMANENT_SECRETARY).id
    browser.post(
        "/admin/positions/new",
        data={"title": "ผู้อำนวยการกองคลัง", "unit": division, "rank": "head", "superior": ""},
    )
    head = one(Position, title="ผู้อำนวยการกองคลัง")
    browser.post(
        f"/admin/positions/{head.id}",
        data={"title": "ผู้อำนวยการกองคลัง", "unit": division, "rank": "head", "superior": deputy},
    )
    session.expire_all()
    assert head.superior_id == deputy
    loop = browser.post(
        f"/admin/positions/{deputy}",
        data={
            "title": "รองปลัดเทศบาล",
            "unit": the_organisation().id,
            "rank": "deputy_permanent_secretary",
            "superior": head.id,
        },
    )
    assert loop.status_code == 422
    assert "ผู้อำนวยการกองคลัง" in loop.text
    assert browser.post(f"/admin/positions/{deputy}/abolish").status_code == 422
    assert browser.post(f"/admin/positions/{head.id}/abolish").status_code == 302
    assert browser.get(f"/admin/positions/{head.id}").status_code == 200
    assert browser.post(f"/admin/positions/{head.id}/reopen").status_code == 302


def test_somebody_is_appointed_from_the_position_and_an_overlap_is_said(browser):
    position = make_position(make_unit()).id
    first, second = make_person("อนงค์"), make_person("วิชัย")
    ids = first.id, second.id
    data = {"holder-person": ids[0], "holder-from_date": "๑ ต.ค. ๒๕๖๙", "holder-leaves_others": "y"}
    assert browser.post(f"/admin/positions/{position}/holder", data=data).status_code == 302
    held = one(Posting, position_id=position)
    assert (held.person_id, held.from_date.isoformat()) == (ids[0], "2026-10-01")
    answer = browser.post(
        f"/admin/positions/{position}/holder", data={"holder-person": ids[1], "holder-from_date": "5/10/2569"}
    )
    assert answer.status_code == 422
    assert "อนงค์" in answer.text
    assert "5/10/2569" in answer.text


def test_a_day_that_can_not_be_read_is_asked_about_and_stays_in_the_field(browser):
    position, person = make_position(make_unit()).id, make_person().id
    answer = browser.post(
        f"/admin/positions/{position}/holder", data={"holder-person": person, "holder-from_date": "เมื่อวานซืน"}
    )
    assert answer.status_code == 422
    assert "เมื่อวานซืน" in answer.text


# ---- groups


def test_a_group_gets_members_with_days(browser):
    browser.post("/admin/groups/new", data={"name": "คณะทำงานประปา", "kind": "working_group", "purpose": ""})
    group = one(Group, name="คณะทำงานประปา").id
    person = make_person("มาโนช").id
    data = {"member-person": person, "member-role": "head", "member-from_date": "1/10/2569"}
    assert browser.post(f"/admin/groups/{group}/members", data=data).status_code == 302
    assert browser.post(f"/admin/groups/{group}/members", data=data).status_code == 422
    membership = one(GroupMembership, group_id=group).id
    browser.post(
        f"/admin/memberships/{membership}",
        data={"role": "member", "from_date": "1/10/2569", "to_date": "30/9/2570"},
    )
    session.expire_all()
    assert one(GroupMembership, group_id=group).to_date.isoformat() == "2027-09-30"
    assert "มาโนช" in browser.get(f"/admin/groups/{group}").text
    rows = table(browser.get("/admin/groups.xlsx"))
    assert rows[1][0] == "คณะทำงานประปา"
    browser.post(f"/admin/groups/{group}/close")
    session.expire_all()
    assert session.get(Group, group).closed_on is not None
    browser.post(f"/admin/groups/{group}/reopen")
    session.expire_all()
    assert session.get(Group, group).closed_on is None


def test_the_place_of_a_unit_is_a_number_in_its_form(browser):
    first, second = make_unit("กองคลัง"), make_unit("กองช่าง")
    data = {"name": "กองช่าง", "code": second.code, "kind": "division", "place": "๑"}
    assert browser.post(f"/admin/units/{second.id}", data=data).status_code == 302
    page = browser.get("/admin/units").text
    assert page.index(f'id="unit-{second.id}"') < page.index(f'id="unit-{first.id}"')
    assert browser.post(f"/admin/units/{second.id}", data=data | {"place": "0"}).status_code == 422


# ---- settings


def settings_data(**changes: Any) -> dict[str, Any]:
    return {
        "name": "เทศบาลตำบลทดสอบ",
        "name_en": "",
        "short_name": "",
        "kind": "subdistrict_municipality",
        "language": "th",
        "numerals": "thai",
        "contact": "ห้องสารสนเทศ",
        **changes,
    }


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(drawn, "PNG")
    return drawn.getvalue()


def test_the_organisation_is_renamed_and_decides(browser):
    organisation = the_organisation().id
    browser.post("/admin/settings", data=settings_data(name="เทศบาลตำบลใหม่"))
    assert session.get(Unit, organisation).name == "เทศบาลตำบลใหม่"
    assert settings_of(organisation).numerals == "thai"
    assert "เทศบาลตำบลใหม่" in browser.get("/admin").text
    acts = set(session.scalars(select(AuditEntry.action)))
    assert {"organisation.rename", "organisation.decide"} <= acts


def test_the_emblem_is_a_picture_that_everybody_sees(browser, client):
    answer = browser.post("/admin/settings", data=settings_data(emblem=(io.BytesIO(picture()), "ตรา.png")))
    assert answer.status_code == 302, answer.text
    assert client.get("/emblem").mimetype == "image/png"
    answer = browser.post("/admin/settings", data=settings_data(emblem=(io.BytesIO(b"%PDF-1.7"), "ตรา.png")))
    assert answer.status_code == 422
    assert client.get("/emblem").status_code == 200
    browser.post("/admin/settings", data=settings_data(remove_emblem="y"))
    assert client.get("/emblem").status_code == 404


def test_a_new_language_is_confirmed_in_that_language(browser):
    browser.post("/admin/settings", data=settings_data(language="en"))
    assert "Saved." in browser.get("/admin/settings").text


def test_what_is_for_developers_does_not_stand_on_the_overview(browser):
    address = "/admin/components"
    assert address not in browser.get("/admin").text
    assert address in browser.get("/admin/settings").text


# ---- mails and the log


def test_a_mail_with_a_secret_is_listed_without_it(browser):
    write("pim@example.org", "ตั้งรหัสผ่านใหม่", "https://example.org/password/set/กุญแจลับ", holds_secret=True)
    write("pim@example.org", "ข่าวประจำสัปดาห์", "เนื้อหาที่อ่านได้")
    session.commit()
    listed = browser.get("/admin/mails").text
    assert "ตั้งรหัสผ่านใหม่" in listed
    assert "กุญแจลับ" not in browser.get("/admin/mails/1").text
    assert "เนื้อหาที่อ่านได้" in browser.get("/admin/mails/2").text
    assert all("กุญแจลับ" not in str(row) for row in table(browser.get("/admin/mails.xlsx")))


def test_the_log_tells_who_did_what_and_is_narrowed_by_person_act_and_day(browser, admin):
    admin_id = admin.id
    browser.post("/admin/groups/new", data={"name": "คณะทำงานประปา", "kind": "working_group"})
    today = bangkok_today()
    page = browser.get(f"/admin/audit?person={admin_id}&action=group.create&first={today.isoformat()}").text
    assert "คณะทำงานประปา" in page
    assert "ธิดา" in page
    yesterday = (today - timedelta(days=1)).isoformat()
    assert "คณะทำงานประปา" not in browser.get(f"/admin/audit?last={yesterday}").text
    assert "วันที่สวยงาม" in browser.get("/admin/audit?first=วันที่สวยงาม").text
    assert any("คณะทำงานประปา" in row for row in table(browser.get("/admin/audit.xlsx")))


def test_an_act_without_a_name_does_not_break_the_log(browser, admin):
    session.add(
        AuditEntry(
            actor_id=None, action="future.act", subject_type="future", subject_id=7, details={"x": [1, None]}
        )
    )
    session.commit()
    assert "future.act" in browser.get("/admin/audit").text


# ---- the whole


@pytest.mark.parametrize(
    "url", ["/admin", "/admin/units", "/admin/positions", "/admin/people", "/admin/groups", "/admin/audit"]
)
def test_a_page_asks_as_much_of_the_database_with_many_rows_as_with_few(url, browser, count_queries):
    def grow(number: int) -> None:
        for place in range(number):
            unit = make_unit(f"กอง {place}")
            person = make_person(f"คน {place}", unit=unit, rank=Rank.HEAD)
            join(person, make_group(f"กลุ่ม {place}"))

    def asked() -> int:
        with count_queries() as statements:
            assert browser.get(url).status_code == 200
        return len(statements)

    grow(2)
    few = asked()
    grow(8)
    assert asked() <= few
    assert few <= 16


def test_the_overview_says_what_is_still_to_do(browser):
    page = browser.get("/admin").text
    assert "/admin/import" in page
    assert browser.get("/admin/components").status_code == 200
