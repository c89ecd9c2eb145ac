"""The first run: an organisation of each kind stands with its highest posts, units, groups and first admin."""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.people.founding import (
    UNNAMED,
    AlreadyFounded,
    FirstAdmin,
    TooManyUnits,
    UnitNameTooLong,
    found_organisation,
    is_bare,
    is_setup_code,
    make_admin,
    read_units,
    setup_code,
)
from portal.people.models import Group, GroupKind, OrganisationKind, Person, Position, Rank, Unit, UnitKind
from portal.people.organisation_tree import units_to_offer
from portal.people.passwords import PasswordTooWeak, check_password
from portal.people.permissions import is_admin
from portal.people.registering import BadUsername, deactivate
from portal.people.settings import settings_of, the_organisation
from portal.people.superiors import chain_above
from tests.making import PASSWORD, make_organisation, make_person

pytestmark = pytest.mark.usefixtures("app")

ADMIN = FirstAdmin("thida", PASSWORD, first_name="ธิดา", last_name="ใจดี", prefix="นางสาว")


def found(kind=OrganisationKind.SUBDISTRICT_MUNICIPALITY, units="กองคลัง\nกองช่าง", admin=ADMIN):
    founded = found_organisation(name="เทศบาลตำบลริมธาร", kind=kind, admin=admin, units=read_units(units))
    session.commit()
    return founded


def titles(rank):
    return list(session.scalars(select(Position.title).where(Position.rank == rank).order_by(Position.id)))


def test_a_town_stands_with_mayor_deputies_clerk_units_groups_and_an_admin():
    organisation, admin = found()
    assert organisation.path == f"/{organisation.id}/"
    assert settings_of(organisation.id).kind == OrganisationKind.SUBDISTRICT_MUNICIPALITY
    assert titles(Rank.CHIEF_EXECUTIVE) == ["นายกเทศมนตรี"]
    assert titles(Rank.DEPUTY_CHIEF_EXECUTIVE) == ["รองนายกเทศมนตรี (คนที่หนึ่ง)", "รองนายกเทศมนตรี (คนที่สอง)"]
    assert titles(Rank.PERMANENT_SECRETARY) == ["ปลัดเทศบาล"]
    assert titles(Rank.HEAD) == ["ผู้อำนวยการกองคลัง", "ผู้อำนวยการกองช่าง"]
    assert {group.kind for group in session.scalars(select(Group))} == {
        GroupKind.KM_TEAM,
        GroupKind.REVIEWERS,
    }
    assert is_admin(admin)
    assert check_password(admin, PASSWORD)


def test_the_chain_of_command_runs_from_the_first_day():
    found()
    head = session.scalar(select(Position).where(Position.title == "ผู้อำนวยการกองคลัง"))
    assert [position.title for position in chain_above(head)] == ["ปลัดเทศบาล", "นายกเทศมนตรี"]


@pytest.mark.parametrize(
    ("kind", "chief", "deputies", "secretary"),
    [
        (OrganisationKind.SUBDISTRICT_ADMINISTRATION, "นายกองค์การบริหารส่วนตำบล", 2, "ปลัดองค์การบริหารส่วนตำบล"),
        (OrganisationKind.TOWN_MUNICIPALITY, "นายกเทศมนตรี", 3, "ปลัดเทศบาล"),
        (OrganisationKind.CITY_MUNICIPALITY, "นายกเทศมนตรี", 4, "ปลัดเทศบาล"),
        (OrganisationKind.PROVINCIAL_ADMINISTRATION, "นายกองค์การบริหารส่วนจังหวัด", 2, "ปลัดองค์การบริหารส่วนจังหวัด"),
        (OrganisationKind.PROVINCE, "ผู้ว่าราชการจังหวัด", 2, None),
        (OrganisationKind.DEPARTMENT, "อธิบดี", 2, None),
        (OrganisationKind.OTHER, "ผู้บริหารสูงสุด", 1, None),
    ],
)
def test_each_kind_of_organisation_has_its_own_titles(kind, chief, deputies, secretary):
    found(kind)
    assert titles(Rank.CHIEF_EXECUTIVE) == [chief]
    assert len(titles(Rank.DEPUTY_CHIEF_EXECUTIVE)) == deputies
    assert titles(Rank.PERMANENT_SECRETARY) == ([secretary] if secretary else [])


def test_there_is_one_organisation():
    found()
    with pytest.raises(AlreadyFounded):
        found()


@pytest.mark.parametrize(
    ("admin", "error"),
    [
        (FirstAdmin("thida", "สั้น", first_name="ธิดา"), PasswordTooWeak),
        (FirstAdmin("ธิดา", PASSWORD, first_name="ธิดา"), BadUsername),
    ],
)
def test_a_refused_admin_leaves_no_organisation_behind(admin, error):
    with pytest.raises(error):
        found(admin=admin)
    session.rollback()
    assert the_organisation() is None
    assert session.scalars(select(Person)).all() == []


# ---- the units as typed


def test_units_are_read_from_lines_set_in_by_blanks_dashes_or_tabs():
    lines = read_units(
        "สำนักปลัดเทศบาล\n  ฝ่ายอำนวยการ\n    งานธุรการ\n\n๑. กองคลัง\n- งานการเงิน\n\tงานพัสดุ\n2) กองช่าง\nหน่วยตรวจสอบภายใน"
    )
    assert [(line.depth, line.name) for line in lines] == [
        (0, "สำนักปลัดเทศบาล"),
        (1, "ฝ่ายอำนวยการ"),
        (2, "งานธุรการ"),
        (0, "กองคลัง"),
        (1, "งานการเงิน"),
        (2, "งานพัสดุ"),
        (0, "กองช่าง"),
        (0, "หน่วยตรวจสอบภายใน"),
    ]
    assert [line.kind for line in lines[:4]] == [
        UnitKind.OFFICE,
        UnitKind.SECTION,
        UnitKind.WORK,
        UnitKind.DIVISION,
    ]


def test_units_stand_in_the_tree_as_they_were_typed():
    found(units="กองคลัง\n  ฝ่ายพัฒนารายได้\n    งานแผนที่ภาษี\nกองช่าง")
    units = {unit.name: unit for unit in session.scalars(select(Unit))}
    assert units["งานแผนที่ภาษี"].parent is units["ฝ่ายพัฒนารายได้"]
    assert units["กองช่าง"].parent is the_organisation()


def test_units_are_listed_in_the_order_in_which_they_were_typed():
    organisation, _admin = found(units="สำนักปลัด\nกองคลัง\n  งานพัสดุ\n  งานการเงิน\nกองช่าง\nกองการศึกษา")
    listed = [unit.name for unit in units_to_offer(organisation)]
    assert listed[1:] == ["สำนักปลัด", "กองคลัง", "งานพัสดุ", "งานการเงิน", "กองช่าง", "กองการศึกษา"]


def test_units_that_can_not_be_meant_are_refused_by_their_line():
    with pytest.raises(UnitNameTooLong) as caught:
        read_units("กองคลัง\n" + "ก" * 201)
    assert caught.value.values["line"] == 2
    with pytest.raises(TooManyUnits):
        read_units("\n".join(f"กอง {number}" for number in range(301)))
    with pytest.raises(TooManyUnits):
        read_units("\n".join(" " * depth + "หน่วย" for depth in range(7)))


# ---- the code and the command line


def test_the_set_up_code_follows_from_the_secret_key_and_is_typed_in_any_way(settings):
    code = setup_code(settings)
    assert code == setup_code(settings)
    assert is_setup_code(code, settings)
    assert is_setup_code(f"  {code.upper().replace('-', ' ')} ", settings)
    assert not is_setup_code("", settings)
    assert not is_setup_code(code[:-1], settings)


def test_an_admin_made_on_the_command_line_finds_a_bare_organisation_to_fill_in():
    person, is_new = make_admin("boss", PASSWORD)
    session.commit()
    assert is_new
    assert is_admin(person)
    organisation = the_organisation()
    assert organisation.name == UNNAMED
    assert is_bare(organisation)
    filled, admin = found(admin=person)
    assert filled is organisation
    assert admin is person
    assert filled.name == "เทศบาลตำบลริมธาร"
    assert not is_bare(organisation)


def test_the_command_line_takes_an_admin_back_whatever_became_of_him():
    make_organisation()
    person = make_person(username="boss")
    deactivate(person, by=None)
    session.commit()
    again, is_new = make_admin("boss", "รหัสผ่านใหม่ยาวๆ")
    session.commit()
    assert again is person
    assert not is_new
    assert person.is_active
    assert is_admin(person)
    assert check_password(person, "รหัสผ่านใหม่ยาวๆ")
