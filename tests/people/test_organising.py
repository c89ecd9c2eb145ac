"""The tree of units and its positions: what may be changed, what is refused and why."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.people.audiences import tokens_of, unit_token
from portal.people.models import Rank, Unit, UnitKind
from portal.people.organisation_tree import units_to_offer
from portal.people.organising import (
    CodeTaken,
    OrganisationStays,
    PositionInUse,
    RankBelongsAbove,
    RankTaken,
    SuperiorUnfit,
    UnitClosed,
    UnitInUse,
    UnitWouldLoop,
    abolish_position,
    close_unit,
    create_position,
    create_unit,
    edit_position,
    edit_unit,
    move_unit,
    reopen_position,
    reopen_unit,
)
from portal.people.superiors import ChainLoops, superior_of
from tests.making import make_organisation, make_person, make_position, make_unit

pytestmark = pytest.mark.usefixtures("app")


def acts() -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_new_unit_stands_below_its_parent_and_gets_the_next_free_code():
    division = create_unit(make_organisation(), by=None, kind=UnitKind.DIVISION, name="กองช่าง")
    section = create_unit(division, by=None, kind=UnitKind.SECTION, name="ฝ่ายแบบแผน")
    assert section.ancestor_ids == [make_organisation().id, division.id, section.id]
    assert division.code
    assert division.code != section.code
    assert acts() == ["unit.create", "unit.create"]


def test_a_code_belongs_to_one_unit():
    root = make_organisation()
    create_unit(root, by=None, kind=UnitKind.DIVISION, name="กองคลัง", code="FIN")
    with pytest.raises(CodeTaken):
        create_unit(root, by=None, kind=UnitKind.DIVISION, name="กองช่าง", code="FIN")


def test_saving_a_unit_unchanged_leaves_no_trace():
    unit = make_unit("กองคลัง")
    edit_unit(unit, by=None, kind=unit.kind, name=unit.name, name_en="", short_name="", code=unit.code)
    assert acts() == []
    edit_unit(unit, by=None, kind=unit.kind, name="กองการคลัง", name_en="", short_name="", code=unit.code)
    assert unit.name == "กองการคลัง"
    assert acts() == ["unit.edit"]


@pytest.mark.parametrize("below", [0, 1, 2])
def test_a_unit_is_not_put_below_itself(below):
    division = make_unit("กองคลัง")
    section = make_unit("ฝ่ายพัฒนารายได้", division)
    work = make_unit("งานแผนที่ภาษี", section)
    with pytest.raises(UnitWouldLoop):
        move_unit(division, [division, section, work][below], by=None)


def test_all_below_moves_along_and_people_see_what_their_new_unit_sees():
    finance, works = make_unit("กองคลัง"), make_unit("กองช่าง")
    section = make_unit("ฝ่ายพัฒนารายได้", finance)
    work = make_unit("งานแผนที่ภาษี", section)
    surveyor = make_person(unit=work)
    move_unit(section, works, by=None)
    session.commit()
    assert work.ancestor_ids == [make_organisation().id, works.id, section.id, work.id]
    assert unit_token(works.id) in tokens_of(surveyor)
    assert unit_token(finance.id) not in tokens_of(surveyor)


def test_a_unit_whose_number_begins_alike_stays_where_it_is():
    """/1/4/ is no prefix of /1/40/: the slashes matter."""
    root = make_organisation()
    units = [make_unit(f"กอง {number}") for number in range(12)]
    children = {unit.id: make_unit("งาน", unit) for unit in units}
    first = units[0]
    move_unit(first, units[-1], by=None)
    session.commit()
    for unit in units[1:]:
        assert children[unit.id].path == f"/{root.id}/{unit.id}/{children[unit.id].id}/"


def test_the_organisation_itself_is_neither_moved_nor_closed():
    root, unit = make_organisation(), make_unit()
    with pytest.raises(OrganisationStays):
        move_unit(root, unit, by=None)
    with pytest.raises(OrganisationStays):
        close_unit(root, by=None)


def test_a_unit_with_open_posts_or_units_is_not_closed_and_they_are_named():
    division = make_unit("กองคลัง")
    make_unit("ฝ่ายพัฒนารายได้", division)
    make_position(division, "นักวิชาการคลัง")
    with pytest.raises(UnitInUse) as caught:
        close_unit(division, by=None)
    assert "ฝ่ายพัฒนารายได้" in str(caught.value.values["open"])
    assert "นักวิชาการคลัง" in str(caught.value.values["open"])
    assert division.closed_on is None


def test_an_emptied_unit_closes_and_takes_nothing_in_until_it_is_open_again():
    division = make_unit("กองคลัง")
    close_unit(division, by=None)
    with pytest.raises(UnitClosed):
        create_unit(division, by=None, kind=UnitKind.WORK, name="งาน")
    with pytest.raises(UnitClosed):
        create_position(division, by=None, title="นักวิชาการคลัง")
    reopen_unit(division, by=None)
    assert create_position(division, by=None, title="นักวิชาการคลัง").unit_id == division.id


def test_a_unit_has_one_head_and_the_organisation_one_mayor():
    root, division = make_organisation(), make_unit()
    create_position(division, by=None, title="ผู้อำนวยการกองคลัง", rank=Rank.HEAD)
    create_position(root, by=None, title="นายกเทศมนตรี", rank=Rank.CHIEF_EXECUTIVE)
    with pytest.raises(RankTaken):
        create_position(division, by=None, title="ผู้อำนวยการอีกคน", rank=Rank.HEAD)
    with pytest.raises(RankTaken):
        create_position(root, by=None, title="นายกอีกคน", rank=Rank.CHIEF_EXECUTIVE)


def test_deputies_may_be_several_but_stand_above_the_units():
    root = make_organisation()
    for title in ("รองนายก (คนที่หนึ่ง)", "รองนายก (คนที่สอง)"):
        create_position(root, by=None, title=title, rank=Rank.DEPUTY_CHIEF_EXECUTIVE)
    with pytest.raises(RankBelongsAbove):
        create_position(make_unit(), by=None, title="รองนายก", rank=Rank.DEPUTY_CHIEF_EXECUTIVE)


def change(position, **values):
    before = {
        "unit": session.get(Unit, position.unit_id),
        "title": position.title,
        "title_en": position.title_en,
        "number": position.number,
        "rank": position.rank,
        "superior": position.superior,
    }
    edit_position(position, by=None, **{**before, **values})


def test_a_superior_of_ones_own_is_taken_unless_it_makes_a_circle():
    division = make_unit("กองคลัง")
    head = make_position(division, "ผู้อำนวยการกองคลัง", rank=Rank.HEAD)
    accountant = make_position(division, "นักวิชาการเงินและบัญชี")
    deputy = make_position(make_organisation(), "รองปลัด", rank=Rank.DEPUTY_PERMANENT_SECRETARY)
    change(head, superior=deputy)
    session.commit()
    assert superior_of(head) is deputy
    with pytest.raises(ChainLoops):
        change(deputy, superior=accountant)
    assert deputy.superior_id is None
    with pytest.raises(SuperiorUnfit):
        change(head, superior=head)


def test_moving_a_unit_that_would_close_a_circle_is_refused():
    outer, inner = make_unit("สำนักปลัด"), make_unit("กองคลัง")
    outer_head = make_position(outer, "หัวหน้าสำนักปลัด", rank=Rank.HEAD)
    inner_head = make_position(inner, "ผู้อำนวยการกองคลัง", rank=Rank.HEAD)
    change(outer_head, superior=inner_head)
    session.commit()
    with pytest.raises(ChainLoops):
        move_unit(inner, outer, by=None)
    assert inner.parent_id == make_organisation().id


def test_a_post_is_not_abolished_while_somebody_holds_it_or_reports_to_it():
    division = make_unit("กองคลัง")
    head = make_person("พิมพ์ใจ", unit=division, rank=Rank.HEAD).postings[0].position
    clerk = make_position(division, "ธุรการ")
    reporting = make_position(division, "นักการ", superior_id=clerk.id)
    with pytest.raises(PositionInUse) as caught:
        abolish_position(head, by=None)
    assert "พิมพ์ใจ" in str(caught.value.values["reasons"])
    with pytest.raises(PositionInUse) as caught:
        abolish_position(clerk, by=None)
    assert "นักการ" in str(caught.value.values["reasons"])
    change(reporting, superior=None)
    abolish_position(clerk, by=None)
    assert clerk.abolished_on is not None


def test_an_abolished_head_comes_back_only_while_its_place_is_free():
    division = make_unit("กองคลัง")
    head = create_position(division, by=None, title="ผู้อำนวยการกองคลัง", rank=Rank.HEAD)
    abolish_position(head, by=None)
    successor = create_position(division, by=None, title="ผู้อำนวยการกองการคลัง", rank=Rank.HEAD)
    with pytest.raises(RankTaken):
        reopen_position(head, by=None)
    abolish_position(successor, by=None)
    reopen_position(head, by=None)
    assert head.abolished_on is None


def test_who_changed_what_is_in_the_audit_log():
    admin, division = make_person("ธิดา"), make_unit("กองคลัง")
    clerk = create_position(division, by=admin, title="ธุรการ")
    change(clerk, title="เจ้าพนักงานธุรการ")
    created = session.scalar(select(AuditEntry).where(AuditEntry.action == "position.create"))
    assert (created.actor_id, created.subject_type, created.subject_id) == (admin.id, "position", clerk.id)
    edited = session.scalar(select(AuditEntry).where(AuditEntry.action == "position.edit"))
    assert edited.details == {"fields": ["title"]}


# ---- the official order


def names(organisation):
    return [unit.name for unit in units_to_offer(organisation)][1:]


def test_while_nothing_was_decided_the_office_of_the_clerk_stands_first():
    organisation = make_organisation()
    for name in ("กองช่าง", "กองคลัง", "สำนักปลัดเทศบาล"):
        make_unit(name)
    assert names(organisation) == ["สำนักปลัดเทศบาล", "กองคลัง", "กองช่าง"]


def test_a_unit_is_put_at_a_place_and_the_others_move_up():
    organisation = make_organisation()
    audit = make_unit("หน่วยตรวจสอบภายใน")
    for name in ("กองช่าง", "กองคลัง"):
        make_unit(name)
    as_it_is = {"kind": audit.kind, "name": audit.name, "name_en": "", "short_name": "", "code": audit.code}
    edit_unit(audit, by=None, place=1, **as_it_is)
    session.commit()
    assert names(organisation) == ["หน่วยตรวจสอบภายใน", "กองคลัง", "กองช่าง"]
    edit_unit(audit, by=None, place=2, **as_it_is)
    edit_unit(audit, by=None, place=2, **as_it_is)
    session.commit()
    assert names(organisation) == ["กองคลัง", "หน่วยตรวจสอบภายใน", "กองช่าง"]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "unit.edit")).all()
    assert [entry.details for entry in entries] == [{"fields": ["place"]}] * 2


def test_a_new_unit_stands_behind_those_that_have_a_place():
    organisation = make_organisation()
    make_unit("กองช่าง", place=1)
    make_unit("กองคลัง", place=2)
    create_unit(organisation, by=None, kind=UnitKind.DIVISION, name="กองการศึกษา")
    assert names(organisation) == ["กองช่าง", "กองคลัง", "กองการศึกษา"]
