"""What a filter means that somebody typed: the names people use, in both languages, and nothing for who may not know."""

import pytest

from portal.db import now, session
from portal.knowledge.models import AssetKind
from portal.people.audiences import tokens_of
from portal.search.facets import chips
from portal.search.filtering import complaints, understand
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.making import make_asset, make_goal, make_organisation, make_person, make_unit
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def asker(app):
    return make_person("มาลี")


def meaning(text, person):
    return understand(SearchQuery(text=text), tokens_of(person)).filters


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("ประเภท:คู่มือ", {"kind": {"manual"}}),
        ("kind:Manual", {"kind": {"manual"}}),
        ("type:best_practice", {"kind": {"best_practice"}}),
        ('ประเภท:"best practice"', {"kind": {"best_practice"}}),
        ("ประเภท:แนวปฏิบัติ", {"kind": {"best_practice"}}),  # a part of the name that is long enough
        ("ประเภท:รายงานการฝึกอบรม", {"kind": {"training_report"}}),
        ("ปี:2566", {"year": {"2566"}}),
        ("ปี:๒๕๖๖", {"year": {"2566"}}),
        ("ปี:66", {"year": {"2566"}}),
        ("year:2023", {"year": {"2566"}}),
        ("year:FY2023", {"year": {"2566"}}),
        ("ปีงบ:FY23", {"year": {"2566"}}),
        ("ปีงบ:FY66", {"year": {"2566"}}),
        ("ปี:พ.ศ.2566", {"year": {"2566"}}),
        ("ปี:2565-2567,", {"year": {"2565", "2566", "2567"}}),
        ("ขั้นตอน:6", {"step": {"KM6"}}),
        ("ขั้นตอน:๖", {"step": {"KM6"}}),
        ("step:cm2", {"step": {"CM2"}}),
        ("ขั้นตอน:การบ่งชี้ความรู้", {"step": {"KM1"}}),
        ("ประเภท:คู่มือ ประเภท:เรื่องเล่า", {"kind": {"manual", "story"}}),
    ],
)
def test_values_are_known_by_the_names_people_give_them(asker, text, filters):
    assert meaning(text, asker) == filters


def test_units_are_known_by_name_short_name_and_code(asker):
    finance = make_unit("กองคลัง", short_name="คลัง", code="กค.", name_en="Finance Division")
    make_unit("กองช่าง")
    for text in ("หน่วย:กองคลัง", 'unit:"กอง คลัง"', "หน่วยงาน:คลัง", "หน่วย:กค", 'unit:"finance division"'):
        assert meaning(text, asker) == {"unit": {str(finance.id)}}, text


def test_people_are_known_by_their_names_those_who_have_left_too(asker):
    somchai = make_person("สมชาย", last_name="รักงาน", prefix="นาย")
    somchai.deactivated_at = now()
    other = make_person("สมชาย", last_name="ขยัน")
    assert meaning("โดย:สมชาย", asker) == {"author": {str(somchai.id), str(other.id)}}
    assert meaning('by:"นายสมชาย รักงาน"', asker) == {"author": {str(somchai.id)}}


def test_nobody_is_found_by_the_name_of_his_account(asker):
    make_person("สมชาย", username="s.rakngan")
    for text in ("โดย:s.rakngan", "by:rakngan"):
        assert meaning(text, asker) == {}


def test_a_name_is_told_of_colleagues_and_of_who_wrote_what_the_asker_may_read(asker):
    colleague = make_person("สมชาย")
    author, unknown = make_person("วิชัย", is_system=True), make_person("ประยุทธ", is_system=True)
    make_asset("คู่มือประปา", "ประปา", readers="public", author=author)
    make_asset("คู่มือลับ", "ลับ", author=unknown, unit=make_unit("กองช่าง"), readers="unit")
    query = SearchQuery(authors=(colleague.id, author.id, unknown.id, 987654))
    assert [chip.label for chip in chips(query, asker)] == [
        f"ผู้เขียน: {colleague.name}",
        f"ผู้เขียน: {author.name}",
    ]


def test_goals_are_known_by_number_and_by_their_words(asker):
    goal = make_goal("คู่มือครบทุกส่วนราชการ")
    for text in ("เป้าหมาย:1", "เป้าหมาย:๑", "goal:คู่มือครบ"):
        assert meaning(text, asker) == {"goal": {str(goal.id)}}, text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("หน่วย:กองสวน ประปา", "ไม่รู้จักหน่วยงาน “กองสวน”"),
        ("ประเภท:แผ่นพับ ประปา", "ไม่มีประเภท “แผ่นพับ”"),
        ("ปี:6667 ประปา", "“6667” ไม่ใช่ปี"),
        ("ปี:2500-2699 ประปา", "“2500-2699” ไม่ใช่ปี"),
        ("ขั้นตอน:9 ประปา", "ไม่มีขั้นตอน"),
        ("โดย:ไม่มีใคร ประปา", "ไม่พบบุคลากรชื่อ “ไม่มีใคร”"),
        ("เป้าหมาย:99 ประปา", "ไม่พบเป้าหมาย “99”"),
        ("-ประเภท:คู่มือ ประปา", "“-ประเภท:คู่มือ”"),
    ],
)
def test_what_nobody_knows_is_said_in_a_sentence_and_searched_as_words(asker, text, complaint):
    make_organisation()
    query = understand(SearchQuery(text=text), tokens_of(asker))
    assert query.filters == {}
    assert complaint in " ".join(complaints(query))
    assert [one.typed.value for one in query.understood] == [
        value for value in query.sought.split()[1:] if value
    ]


def test_the_public_can_ask_neither_for_people_nor_for_goals(app):
    make_goal("คู่มือครบทุกส่วนราชการ")
    author = make_person("สมชาย")
    make_asset("คู่มือประปา", "ประปา", readers="public", author=author)
    assert meaning("โดย:สมชาย เป้าหมาย:1 ประเภท:คู่มือ", None) == {"kind": {"manual"}}
    # What it asks for in the address is not heard either: whether something is left would tell who wrote it.
    assert search(SearchQuery(text="ประปา", authors=(author.id + 1,)), None).total == 1


def titles(text, person, **more):
    return [result.item.title for result in search(SearchQuery(text=text, **more), person).results]


def test_phrases_and_what_may_not_occur_are_heeded(asker):
    make_asset("แผนพัฒนาสี่ปี", "แผนพัฒนาท้องถิ่น พ.ศ. ๒๕๖๖")
    make_asset("ร่างแผนพัฒนา", "แผนพัฒนาสี่ปี ฉบับร่าง")
    make_asset("สี่ปีของแผน", "พัฒนากันต่อไป")
    session.commit()
    assert set(titles('"แผนพัฒนาสี่ปี"', asker)) == {"แผนพัฒนาสี่ปี", "ร่างแผนพัฒนา"}
    assert titles('"แผนพัฒนาสี่ปี" -ร่าง', asker) == ["แผนพัฒนาสี่ปี"]
    assert titles('แผน "พ.ศ. 2566"', asker) == ["แผนพัฒนาสี่ปี"]
    assert set(titles("-ร่าง", asker)) == {"แผนพัฒนาสี่ปี", "สี่ปีของแผน"}


def test_typed_filters_join_those_of_the_address(asker):
    somchai = make_person("สมชาย")
    make_asset("คู่มือประปา", "ประปา", author=somchai)
    make_asset("เรื่องเล่าประปา", "ประปา", kind=AssetKind.STORY)
    assert titles("ประปา ประเภท:คู่มือ", asker) == ["คู่มือประปา"]
    assert len(titles("ประปา ประเภท:คู่มือ", asker, kinds=("story",))) == 2
    assert titles("ประเภท:เรื่องเล่า", asker) == ["เรื่องเล่าประปา"]
    assert titles("โดย:สมชาย ประปา", asker) == ["คู่มือประปา"]
    assert titles("ประปา", asker, authors=(somchai.id,)) == ["คู่มือประปา"]
    assert titles("ประปา ประเภท:คู่มือ โดย:มาลี", asker) == []


def test_results_can_be_put_in_order_by_day_and_by_title(asker):
    for title in ("ขั้นตอนประปา", "เกมประปา", "คู่มือประปา"):
        make_asset(title, "ประปา")
    in_order = ["เกมประปา", "ขั้นตอนประปา", "คู่มือประปา"]
    assert titles("ประปา", asker, sort="title") == in_order
    assert titles("ประปา", asker, sort="oldest") == ["ขั้นตอนประปา", "เกมประปา", "คู่มือประปา"]
    assert titles("ประปา", asker, sort="newest") == ["คู่มือประปา", "เกมประปา", "ขั้นตอนประปา"]
