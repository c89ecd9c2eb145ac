"""Lists of people as offices keep them: what each row would do, what is refused and why, all or nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.documents.columns import Listed, NothingInList
from portal.documents.sheets import Row, Table, read_table
from portal.people.import_plan import ImportPlan, Outcome, PlannedRow
from portal.people.importing import NothingToDo, carry_out, plan_import
from portal.people.list_columns import NoHeader, read_people
from portal.people.models import Category, Person, Position, Posting, Rank
from portal.people.registering import deactivate
from portal.people.superiors import holder_on
from portal.people.thai_names import split_name
from portal.thai.dates import bangkok_today
from portal.translating import speaking
from tests.making import make_admin, make_organisation, make_person, make_position, make_unit

pytestmark = pytest.mark.usefixtures("app")


def listed(*lines: str) -> Listed:
    """A list written with commas, its header first."""
    return read_people(Table(tuple(Row(n, tuple(line.split(","))) for n, line in enumerate(lines, start=1))))


def planned(*lines: str) -> ImportPlan:
    return plan_import(listed(*lines), make_organisation())


def row(*lines: str) -> PlannedRow:
    (only,) = planned(*lines).rows
    return only


def reasons(*lines: str) -> str:
    return " ".join(str(reason) for line in planned(*lines).rows for reason in line.reasons)


def take_in(*lines: str) -> Any:
    plan = planned(*lines)
    counts = carry_out(plan, make_organisation(), by=make_admin())
    session.commit()
    return counts


def people() -> list[Person]:
    return list(session.scalars(select(Person).order_by(Person.id)))


def by_name(first_name: str) -> Person:
    found = session.scalar(select(Person).where(Person.first_name == first_name))
    assert found is not None
    return found


# ---- the list itself


def test_the_header_is_found_below_a_title_and_is_passed_over_where_it_repeats():
    header = ("ลำดับ", "ชื่อ - สกุล", "สังกัด", "ขนาดรองเท้า")
    table = Table(
        (
            Row(1, ("รายชื่อพนักงาน", "", "", "")),
            Row(3, header),
            Row(4, ("1", "นางพิมพ์ใจ เงินวิจิตร", "", "38")),
            Row(5, header),
            Row(6, ("2", "นายวิชัย แสงสายดิน", "", "41")),
        )
    )
    found = read_people(table)
    assert [line.number for line in found.rows] == [4, 6]
    assert found.rows[0].cells == {"full_name": "นางพิมพ์ใจ เงินวิจิตร"}
    assert found.ignored == ("ขนาดรองเท้า",)


def test_a_list_without_names_is_told_what_it_lacks():
    with pytest.raises(NoHeader):
        listed("ตำแหน่ง,เงินเดือน", "ครู,15000")
    with pytest.raises(NothingInList):
        listed("ชื่อ,นามสกุล")


def test_english_headers_do_as_well():
    assert row("First name,Surname,E-mail", "Malee,Jaiyen,malee@example.org").outcome == Outcome.NEW


def test_one_header_over_three_columns_is_one_name():
    line = row("ชื่อ-สกุล,ชื่อ-สกุล,ชื่อ-สกุล", "นาง,พิมพ์ใจ,เงินวิจิตร")
    assert (line.values["prefix"], line.values["first_name"], line.values["last_name"]) == (
        "นาง",
        "พิมพ์ใจ",
        "เงินวิจิตร",
    )


def test_the_word_for_name_and_surname_is_the_surname_beside_a_name():
    line = row("ชื่อ,ชื่อสกุล", "พิมพ์ใจ,เงินวิจิตร")
    assert line.values["last_name"] == "เงินวิจิตร"


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("นางสาวมาลี ร่มไทรงาม", ("นางสาว", "มาลี", "ร่มไทรงาม")),
        ("น.ส. มาลี ร่มไทรงาม", ("น.ส.", "มาลี", "ร่มไทรงาม")),
        ("ว่าที่ ร.ต.หญิง มาลี ณ อยุธยา", ("ว่าที่ ร.ต.หญิง", "มาลี", "ณ อยุธยา")),
        ("จ่าเอกเดชา ฝายน้ำล้น", ("จ่าเอก", "เดชา", "ฝายน้ำล้น")),
        ("นายิกา ใจดี", ("", "นายิกา", "ใจดี")),
        ("เกรียงศักดิ์ นาคสายชล", ("", "เกรียงศักดิ์", "นาคสายชล")),
        ("นางสาว", ("", "นางสาว", "")),
    ],
)
def test_a_printed_name_is_taken_apart(printed, parts):
    assert split_name(printed) == parts


def test_a_list_survives_being_kept_between_preview_and_confirmation():
    before = listed("ชื่อ,นามสกุล,สี", "พิมพ์ใจ,เงินวิจิตร,แดง")
    assert Listed.unpacked(before.packed()) == before


# ---- what a row does


def test_a_new_colleague_gets_account_position_and_posting():
    unit = make_unit("กองคลัง")
    take_in(
        "คำนำหน้า,ชื่อ,นามสกุล,ชื่อผู้ใช้,อีเมล,โทรศัพท์,ประเภท,ส่วนราชการ,ตำแหน่ง,เลขที่ตำแหน่ง,หัวหน้า,ตั้งแต่วันที่,วันเกษียณ",
        "นาง,พิมพ์ใจ,เงินวิจิตร,pimjai,pimjai@example.org,812345678,พนักงานเทศบาล,กองคลัง,ผู้อำนวยการกองคลัง,04-01,ใช่,๑ ต.ค. ๒๕๖๕,30/9/2580",
    )
    person = by_name("พิมพ์ใจ")
    assert (person.username, person.email, person.phone) == ("pimjai", "pimjai@example.org", "0812345678")
    assert person.retirement_date == date(2037, 9, 30)
    assert person.password_hash is None
    position = person.postings[0].position
    assert (position.unit_id, position.rank, position.number) == (unit.id, Rank.HEAD, "04-01")
    assert person.postings[0].from_date == date(2022, 10, 1)
    assert holder_on(position, bangkok_today()) is person


def test_a_vacant_post_of_that_title_is_taken_before_a_new_one_is_made():
    unit = make_unit("กองช่าง")
    vacant = make_position(unit, "นายช่างโยธา")
    take_in(
        "ชื่อ,นามสกุล,ส่วนราชการ,ตำแหน่ง",
        "บุญเลิศ,ถนนยาวดี,กองช่าง,นายช่างโยธา",
        "ภาคภูมิ,คานคอดิน,กองช่าง,นายช่างโยธา",
    )
    assert by_name("บุญเลิศ").postings[0].position_id == vacant.id
    assert by_name("ภาคภูมิ").postings[0].position_id != vacant.id


def test_a_title_that_stands_in_one_unit_only_needs_no_unit():
    mayor = make_position(make_organisation(), "นายกเทศมนตรี", rank=Rank.CHIEF_EXECUTIVE)
    line = row("ชื่อ,นามสกุล,ประเภท,ตำแหน่ง", "วิโรจน์,ธารสกุลวงศ์,ฝ่ายการเมือง,นายกเทศมนตรี")
    assert line.placing is not None
    assert line.placing.position is mayor
    assert line.values["category"] == Category.ELECTED


def test_the_same_list_again_changes_nothing():
    make_unit("กองคลัง")
    lines = ("ชื่อ,นามสกุล,อีเมล,ส่วนราชการ,ตำแหน่ง", "พิมพ์ใจ,เงินวิจิตร,pim@example.org,กองคลัง,นักวิชาการคลัง")
    take_in(*lines)
    again = planned(*lines)
    assert [line.outcome for line in again.rows] == [Outcome.SAME]
    with pytest.raises(NothingToDo):
        carry_out(again, make_organisation(), by=make_admin())


def test_a_row_changes_what_it_names_and_an_empty_cell_nothing():
    person = make_person("พิมพ์ใจ", last_name="เงินวิจิตร", username="pimjai", phone="1", email="a@example.org")
    line = row("ชื่อ,นามสกุล,ชื่อผู้ใช้,อีเมล,โทรศัพท์", "พิมพ์ใจ,ทองคำ,pimjai,,0-0000-0120")
    assert line.person is person
    assert line.outcome == Outcome.CHANGE
    assert sorted(line.changes) == ["last_name", "phone"]


def test_who_moves_leaves_the_old_post_the_day_before():
    make_unit("กองคลัง")
    person = make_person("วิชัย", last_name="แสงสายดิน", unit=make_unit("กองช่าง"))
    old = person.postings[0]
    take_in("ชื่อ,นามสกุล,ส่วนราชการ,ตำแหน่ง,ตั้งแต่", "วิชัย,แสงสายดิน,กองคลัง,นักวิชาการคลัง,1 พ.ย. 2569")
    session.expire_all()
    assert old.to_date == date(2026, 10, 31)
    assert {posting.from_date for posting in person.postings if posting.to_date is None} == {
        date(2026, 11, 1)
    }


def test_two_people_of_one_name_are_not_taken_for_one():
    make_person("สมชาย", last_name="ใจดี", email="one@example.org")
    line = row("ชื่อ,นามสกุล,อีเมล", "สมชาย,ใจดี,two@example.org")
    assert line.outcome == Outcome.NEW


def test_who_has_neither_user_name_nor_address_gets_a_number():
    plan = planned("ชื่อ,นามสกุล", "ก,ข", "ค,ง")
    assert [line.values["username"] for line in plan.rows] == ["user0001", "user0002"]


def test_a_user_name_comes_from_the_address():
    line = row("ชื่อ,นามสกุล,อีเมล", "พิมพ์ใจ,เงินวิจิตร,Pimjai.N@example.org")
    assert line.values["username"] == "pimjai.n"


# ---- what is refused


@pytest.mark.parametrize(
    ("header", "line", "word"),
    [
        ("ชื่อ,นามสกุล", ",เงินวิจิตร", "name"),
        ("ชื่อ,อีเมล", "พิมพ์ใจ,pimjai", "e-mail"),
        ("ชื่อ,ชื่อผู้ใช้", "พิมพ์ใจ,พิมพ์ใจ", "user name"),
        ("ชื่อ,ส่วนราชการ,ตำแหน่ง", "พิมพ์ใจ,กองคลังงง,ครู", "กองคลัง"),
        ("ชื่อ,ส่วนราชการ,ตำแหน่ง", "พิมพ์ใจ,สำนักงานใหญ่ลอนดอน,ครู", "สำนักงานใหญ่ลอนดอน"),
        ("ชื่อ,ส่วนราชการ", "พิมพ์ใจ,กองคลัง", "position"),
        ("ชื่อ,ตำแหน่ง", "พิมพ์ใจ,ครู", "unit"),
        ("ชื่อ,วันเกษียณ", "พิมพ์ใจ,เร็วๆ นี้", "เร็วๆ นี้"),
        ("ชื่อ,ประเภท", "พิมพ์ใจ,มนุษย์ต่างดาว", "มนุษย์ต่างดาว"),
        ("ชื่อ,โทรศัพท์", "พิมพ์ใจ," + "9" * 61, "60"),
        ("ชื่อ,ชื่อผู้ใช้", "พิมพ์ใจ,ตัวอย่าง", "example"),
    ],
)
def test_a_row_is_refused_with_its_reason(header, line, word, in_english):
    make_unit("กองคลัง")
    assert word in reasons(header, line)


@pytest.fixture
def in_english() -> Any:

    with speaking("en"):
        yield


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        (
            "ชื่อ,อีเมล,ชื่อผู้ใช้",
            "พิมพ์ใจ,pimjai,พิมพ์ใจ",
            ["อีเมล “pimjai”: ข้อความนี้ไม่ใช่อีเมล", "ชื่อผู้ใช้ “พิมพ์ใจ”: "],
        ),
        (
            "ชื่อ,ส่วนราชการ,ตำแหน่ง",
            "พิมพ์ใจ,กองทัพบกภาคที่ ๔,",
            ["ตำแหน่ง: ระบุส่วนราชการแต่ไม่ได้ระบุตำแหน่ง", "ส่วนราชการ “กองทัพบกภาคที่ ๔”: "],
        ),
        (
            "ชื่อ,วันเกษียณ,ประเภท,ส่วนราชการ,ตำแหน่ง,ตั้งแต่",
            ",เร็วๆ นี้,มนุษย์ต่างดาว,ไม่มีจริง,ครู,วันดี",
            [
                "ชื่อ: ไม่มีชื่อ",
                "ประเภท “มนุษย์ต่างดาว”: ",
                "วันพ้นจากราชการ “เร็วๆ นี้”: ",
                "ส่วนราชการ “ไม่มีจริง”: ",
                "ดำรงตำแหน่งตั้งแต่ “วันดี”: ",
            ],
        ),
    ],
)
def test_every_reason_of_a_row_is_told_with_its_column_and_what_was_typed(header, line, told):
    make_unit("กองคลัง")
    found = [str(reason) for reason in row(header, line).reasons]
    assert len(found) == len(told)
    for words, reason in zip(told, found, strict=True):
        assert reason.startswith(words)


def test_who_moves_is_told_with_the_last_day_in_the_old_post():
    make_unit("กองคลัง")
    make_person("วิชัย", last_name="แสงสายดิน", unit=make_unit("กองช่าง"))
    plan = planned("ชื่อ,นามสกุล,ส่วนราชการ,ตำแหน่ง,ตั้งแต่", "วิชัย,แสงสายดิน,กองคลัง,นักวิชาการคลัง,1 พ.ย. 2569")
    (left,) = plan.rows[0].placing.leaves
    assert (left.title, left.unit.name, left.last_day) == (
        "นักวิชาการเงินและบัญชี",
        "กองช่าง",
        date(2026, 10, 31),
    )
    assert plan.moving == 1


def test_the_second_of_two_equal_rows_is_refused():
    plan = planned(
        "ชื่อ,นามสกุล,ชื่อผู้ใช้,อีเมล", "ก,ข,same,a@example.org", "ค,ง,same,b@example.org", "จ,ฉ,other,a@example.org"
    )
    assert [line.outcome for line in plan.rows] == [Outcome.NEW, Outcome.REFUSED, Outcome.REFUSED]


def test_the_same_person_twice_is_refused_the_second_time():
    make_person(username="pimjai")
    plan = planned("ชื่อ,ชื่อผู้ใช้,โทรศัพท์", "พิมพ์ใจ,pimjai,1", "พิมพ์ใจ,pimjai,2")
    assert [line.outcome for line in plan.rows] == [Outcome.CHANGE, Outcome.REFUSED]


def test_who_has_left_is_not_brought_back_by_a_list():
    deactivate(make_person(username="gone"), by=None)
    session.commit()
    assert row("ชื่อ,ชื่อผู้ใช้", "ก,gone").outcome == Outcome.REFUSED


def test_a_position_number_that_somebody_holds_is_refused():
    unit = make_unit("กองคลัง")
    make_person(unit=unit).postings[0].position.number = "04-01"
    session.commit()
    line = row("ชื่อ,ส่วนราชการ,ตำแหน่ง,เลขที่ตำแหน่ง", "ก,กองคลัง,นักวิชาการคลัง,04-01")
    assert line.outcome == Outcome.REFUSED


def test_a_unit_gets_one_head_from_a_list():
    make_unit("กองคลัง")
    plan = planned(
        "ชื่อ,ส่วนราชการ,ตำแหน่ง,หัวหน้า", "ก,กองคลัง,ผู้อำนวยการ,ใช่", "ข,กองคลัง,ผู้อำนวยการร่วม,ใช่", "ค,กองคลัง,ผู้ช่วย,ไม่"
    )
    assert [line.outcome for line in plan.rows] == [Outcome.NEW, Outcome.REFUSED, Outcome.NEW]


def test_a_post_that_began_later_is_not_written_over():
    person = make_person(username="pim", unit=make_unit("กองช่าง"))
    person.postings[0].from_date = bangkok_today() + timedelta(days=10)
    session.commit()
    make_unit("กองคลัง")
    assert row("ชื่อ,ชื่อผู้ใช้,ส่วนราชการ,ตำแหน่ง", "ก,pim,กองคลัง,ครู").outcome == Outcome.REFUSED


def test_a_formula_without_result_refuses_its_row_only():
    table = Table((Row(1, ("ชื่อ", "อีเมล")), Row(2, ("ก", ""), frozenset({1})), Row(3, ("ข", ""))))
    plan = plan_import(read_people(table), make_organisation())
    assert [line.outcome for line in plan.rows] == [Outcome.REFUSED, Outcome.NEW]


def test_refused_rows_are_left_out_and_the_others_go_in():
    counts = take_in("ชื่อ,นามสกุล,อีเมล", "ก,ข,a@example.org", "ค,ง,no address")
    assert (counts[Outcome.NEW], counts[Outcome.REFUSED]) == (1, 1)
    assert session.scalar(select(func.count()).select_from(Person).where(Person.first_name == "ค")) == 0


# ---- the whole


def test_a_plan_changes_nothing_until_it_is_carried_out():
    make_unit("กองคลัง")
    before = len(people())
    planned("ชื่อ,ส่วนราชการ,ตำแหน่ง", "ก,กองคลัง,ครู")
    session.commit()
    assert len(people()) == before
    assert session.scalars(select(Position)).all() == []
    assert session.scalars(select(Posting)).all() == []


def test_the_plan_of_a_changed_organisation_is_another_plan():
    lines = ("ชื่อ,นามสกุล,ส่วนราชการ,ตำแหน่ง", "ก,ข,กองคลัง,ครู")
    unit = make_unit("กองคลัง")
    first = planned(*lines).fingerprint
    assert planned(*lines).fingerprint == first
    make_position(unit, "ครู")
    assert planned(*lines).fingerprint != first


def test_a_long_list_is_planned_and_taken_in_with_few_queries(count_queries):
    make_unit("กองคลัง")
    organisation, admin = make_organisation(), make_admin()
    rows = [f"ชื่อ{number},สกุล{number},กองคลัง,ตำแหน่ง{number}" for number in range(300)]
    people_list = listed("ชื่อ,นามสกุล,ส่วนราชการ,ตำแหน่ง", *rows)
    with count_queries() as statements:
        plan = plan_import(people_list, organisation)
    assert len(statements) <= 6
    with count_queries() as statements:
        carry_out(plan, organisation, by=admin)
        session.commit()
    assert len([line for line in statements if line.startswith("SELECT")]) <= 3
    entries = session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "person.create")
    )
    assert entries == 300


def test_a_csv_in_tis_620_with_semicolons_comes_in():
    make_unit("กองคลัง")
    text = "คำนำหน้า;ชื่อ;นามสกุล;สังกัด;ตำแหน่ง\r\nนาง;พิมพ์ใจ;เงินวิจิตร;กองคลัง;นักวิชาการคลัง\r\nนาย;วิชัย;แสงดี;กองคลัง;นิติกร\r\n"
    people_list = read_people(read_table(text.encode("tis-620"), "รายชื่อ.csv"))
    plan = plan_import(people_list, make_organisation())
    assert [line.name for line in plan.rows] == ["พิมพ์ใจ เงินวิจิตร", "วิชัย แสงดี"]
    assert plan.counts[Outcome.NEW] == 2
