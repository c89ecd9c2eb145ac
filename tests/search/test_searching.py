"""What people find: by any way of writing, only what is theirs, and what was published a moment ago."""

import threading
import time

import pytest
from sqlalchemy import delete, select

from portal.db import session
from portal.items import audience
from portal.items.models import Fulfilment
from portal.items.permissions import can_see
from portal.items.publishing import changed
from portal.knowledge.models import AssetKind
from portal.people.models import Person
from portal.search.indexing import index_pending
from portal.search.query import SearchQuery
from portal.search.searching import search
from portal.thai import repair
from tests.making import make_asset, make_group, make_person, make_plan, make_unit

OLD_GLYPHS = "บุคลากรได\uf70bรับการพัฒนาศักยภาพทุกคน"


@pytest.fixture
def staff(app):
    return make_person("มาลี")


def titles(text, person, **args):
    found = search(SearchQuery.from_args({"q": text, "limit": "100", **args}), person)
    return [result.item.title for result in found.results]


def counts(text, person, facet, **args):
    found = search(SearchQuery.from_args({"q": text, **args}), person)
    return {option.value: option.count for one in found.facets if one.name == facet for option in one.options}


# ---- by any way of writing ----


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("ส่งรายงานภายใน ๑๕ วัน", "15 วัน"),
        ("ตาม พ.ร.บ. เทศบาล", "พรบ"),
        ("ซ่อมท่อน้ำประปา", "ท่อน\u0e4d\u0e49าประปา"),
        ("ใช้เครื่องมือ Google Forms", "google FORMS"),
    ],
)
def test_a_text_is_found_however_it_is_typed(staff, settle, text, question):
    make_asset("เรื่องหนึ่ง", text)
    make_asset("เรื่องอื่น", "ไม่มีอะไรเกี่ยวข้อง")
    settle()
    assert titles(question, staff) == ["เรื่องหนึ่ง"]


def test_a_word_inside_a_long_text_is_found_and_quoted(staff, settle):
    make_asset(
        "คู่มือกองทุน",
        "# บทนำ\n\n" + "ความเป็นมา " * 200 + "\n\n## การขอรับเงิน\n\nผู้สูงอายุยื่นคำขอรับเบี้ยยังชีพที่งานพัฒนาชุมชน",
    )
    settle()
    (result,) = search(SearchQuery.from_args({"q": "ขอรับเบี้ยยังชีพ"}), staff).results
    assert "เบี้ยยังชีพ" in "".join(text for text, is_marked in result.quote.snippet if is_marked)
    assert result.quote.heading == "การขอรับเงิน"
    assert result.quote.anchor


def store_as_it_came(text):
    """Text in the store as an older version of the door let it in: unrepaired."""
    asset = make_asset("แผนการจัดการความรู้", "ร่าง")
    asset.revisions[-1].text = text
    session.commit()
    return asset


def test_a_passage_in_old_glyphs_is_found_and_reads_right(staff, settle):
    store_as_it_came(OLD_GLYPHS)
    settle()
    (result,) = search(SearchQuery.from_args({"q": "ได้รับการพัฒนาศักยภาพ"}), staff).results
    assert "ได้รับการพัฒนาศักยภาพ" in "".join(text for text, _ in result.quote.snippet)


def test_without_the_glyph_map_that_passage_is_not_found(staff, settle, monkeypatch):
    monkeypatch.setattr(repair, "LEGACY_GLYPHS", {})
    store_as_it_came("ได\uf70bรับ")
    settle()
    assert titles("ได้รับ", staff) == []


# ---- only what is theirs ----


def restrict(asset, tokens):
    audience.open_to(asset, tokens)
    changed(asset)
    session.commit()


@pytest.mark.parametrize("indexed", [True, False])
def test_a_restricted_item_shows_in_no_result_number_or_filter(staff, settle, indexed):
    hidden_unit = make_unit("กองลับ")
    open_asset = make_asset("คู่มือประปา", "เรื่องประปา")
    closed = make_asset(
        "แผนลับประปา", "รหัสประปา", unit=hidden_unit, kind=AssetKind.STORY, steps=((None, "KM7"),)
    )
    settle()
    restrict(closed, [f"unit:{hidden_unit.id}"])
    if indexed:
        settle()  # else the worker is behind, or dead: the index still says that it is open
    found = search(SearchQuery.from_args({"q": "ประปา"}), staff)
    assert [result.item.id for result in found.results] == [open_asset.id]
    assert found.total == 1
    assert counts("ประปา", staff, "kind") == {"manual": 1}
    assert counts("ประปา", staff, "step") == {"KM3": 1}
    assert str(hidden_unit.id) not in counts("ประปา", staff, "unit")
    assert titles("รหัส", staff) == []
    member = make_person("วิชัย", unit=hidden_unit)
    assert "แผนลับประปา" in titles("ประปา", member)


def test_search_and_rule_agree_for_everybody(settle):
    units = [make_unit("กองคลัง"), make_unit("กองช่าง")]
    group = make_group()
    people = [make_person(unit=unit) for unit in units] + [make_person(groups=(group,)), None]
    author = make_person("ผู้เขียน")
    assets = [
        make_asset(f"คู่มือ {readers} {unit.id}", "เรื่องประปา", author=author, unit=unit, readers=readers)
        for unit in units
        for readers in ("organisation", "unit", "public")
    ]
    for_group = make_asset("คู่มือคณะทำงาน", "เรื่องประปา", author=author)
    restrict(for_group, [f"group:{group.id}"])
    settle()
    for person in people:
        allowed = {asset.title for asset in [*assets, for_group] if can_see(person, asset)}
        assert set(titles("ประปา", person)) == allowed


def test_a_filter_opens_no_door(staff, settle):
    unit = make_unit("กองลับ")
    make_asset("แผนลับ", "รหัสประปา", unit=unit, readers="unit")
    settle()
    for args in (
        {"unit": str(unit.id)},
        {"kind": "manual"},
        {"step": "KM3"},
        {"sort": "newest"},
        {"year": "2569"},
    ):
        assert titles("", staff, **args) == []
        assert titles("ประปา", staff, **args) == []


def test_the_public_finds_what_is_public_and_learns_of_no_goal(settle):
    goal = make_plan().goals[0]
    make_asset("คู่มือประชาชน", "ขอใช้ประปา", readers="public", steps=((goal.id, "KM5"),))
    make_asset("คู่มือภายใน", "ซ่อมท่อประปา")
    settle()
    found = search(SearchQuery.from_args({"q": "ประปา", "goal": str(goal.id)}), None)
    assert [result.item.title for result in found.results] == ["คู่มือประชาชน"]
    assert "goal" not in {facet.name for facet in found.facets}


def test_drafts_are_found_by_nobody_not_even_their_author(settle):
    author = make_person()
    make_asset("ร่างคู่มือประปา", author=author, published=False)
    settle()
    assert titles("ประปา", author) == []


# ---- a moment ago ----


def test_a_search_waits_for_what_was_just_published(app, staff, settle, settings, login_as):
    make_asset("คู่มือเก่า", "เรื่องประปา")
    settle()
    browser = login_as(staff)
    make_asset("คู่มือใหม่", "เรื่องประปา")
    app.extensions["search"].patience = 30.0  # however slow this machine is, it waits

    def worker():
        time.sleep(0.05)
        index_pending(settings)

    helper = threading.Thread(target=worker)
    helper.start()
    try:
        found = browser.get("/api/v1/search?q=ประปา").json
    finally:
        helper.join()
    assert {result["title"] for result in found["results"]} == {"คู่มือเก่า", "คู่มือใหม่"}


def test_without_a_worker_a_search_waits_a_moment_only_and_answers(app, staff, settle):
    make_asset("คู่มือเก่า", "เรื่องประปา")
    settle()
    app.extensions["search"].patience = 0.05
    make_asset("คู่มือใหม่", "เรื่องประปา")
    assert titles("ประปา", staff) == ["คู่มือเก่า"]


# ---- filters and pages ----


def test_filters_narrow_and_their_own_counts_stay(staff, settle):
    goal = make_plan(goals=2).goals[1]
    unit = make_unit("กองช่าง")
    make_asset("คู่มือประปา", "ประปา", kind=AssetKind.MANUAL, unit=unit, steps=((goal.id, "KM6"), (None, "CM2")))
    make_asset("เรื่องเล่าประปา", "ประปา", kind=AssetKind.STORY)
    settle()
    for args in (
        {"kind": "manual"},
        {"step": "KM6"},
        {"step": "CM2"},
        {"goal": str(goal.id)},
        {"unit": str(unit.id)},
    ):
        assert titles("ประปา", staff, **args) == ["คู่มือประปา"]
    assert counts("ประปา", staff, "kind", kind="manual") == {"manual": 1, "story": 1}
    assert counts("ประปา", staff, "step", kind="story") == {"KM3": 1}
    assert counts("ประปา", staff, "kind", kind="qa") == {"manual": 1, "story": 1, "qa": 0}


def test_pages_hold_everything_once(staff, settle):
    author = make_person()
    wanted = {make_asset(f"คู่มือประปา {n}", "ประปา", author=author).title for n in range(23)}
    settle()
    found = [title for page in "123" for title in titles("ประปา", staff, limit="10", page=page)]
    assert (len(found), set(found)) == (23, wanted)
    assert titles("ประปา", staff, limit="10", page="4") == []
    assert search(SearchQuery.from_args({"q": "ประปา"}), staff).pages == 3


def test_a_search_costs_the_same_few_queries_with_one_result_or_ten(staff, settle, count_queries, database):
    author = make_person()
    make_asset("คู่มือประปา", "ประปา", author=author)
    make_plan()
    settle()

    def asked(word: str, count: int) -> list[str]:
        for _ in range(2):  # what every page reads is remembered the second time
            session.expunge_all()
            session.commit()
            person = session.scalar(select(Person).where(Person.id == staff.id))
            with count_queries() as statements:
                assert len(titles(word, person)) == count
        return statements

    few = asked("ประปา", 1)
    for n in range(12):
        make_asset(f"คู่มือถนน {n}", "ถนน", author=author, unit=make_unit(f"กอง {n}"))
    settle()
    many = asked("ถนน", 12)
    assert len(many) == len(few)
    # Of the index its state; of the asker his audiences, the words, and what holds them; and which words he sees.
    in_the_index = 6 if database == "postgresql" else 0
    assert len(few) <= 4 + in_the_index, "\n".join(few)


# ---- without the index ----


def test_while_there_is_no_index_the_database_answers_by_the_same_rules(app, staff, settle):
    goal = make_plan().goals[0]
    make_asset("คู่มือประปา", "เรื่องท่อแตกภายใน ๑๕ วัน", steps=((goal.id, "KM6"),))
    make_asset("คู่มือถนน", "ประปาอยู่ใต้ถนน", kind=AssetKind.STORY)
    make_asset("แผนลับประปา", "รหัสประปา", unit=make_unit("กองลับ"), readers="unit")
    make_asset("ร่างประปา", published=False)
    assert app.extensions["search_state"]() == "rebuilding"
    found = search(SearchQuery.from_args({"q": "ประปา"}), staff)
    assert [result.item.title for result in found.results] == ["คู่มือประปา", "คู่มือถนน"]
    assert (found.total, found.is_rebuilding) == (2, True)
    assert titles("15 วัน", staff) == ["คู่มือประปา"]
    assert titles("ประปา", staff, goal=str(goal.id)) == ["คู่มือประปา"]
    assert titles("ประปา", staff, kind="story") == ["คู่มือถนน"]
    assert titles("100%_", staff) == []
    settle()
    assert app.extensions["search_state"]() == "ready"
    assert titles("ประปา", staff) == ["คู่มือประปา", "คู่มือถนน"]


@pytest.mark.sqlite  # the index in a folder
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_reader_who_meets_a_damaged_index_gets_an_answer_and_it_is_built_anew(app, staff, settle):
    make_asset("คู่มือประปา", "ประปา")
    settle()
    engine = app.extensions["search"]
    for segment in engine.finder.index.serving.glob("*.seg"):
        segment.write_bytes(segment.read_bytes()[:50])
    assert titles("ประปา", staff) == ["คู่มือประปา"]
    assert engine.state() == "rebuilding"
    settle()
    assert engine.state() == "ready"
    assert titles("ประปา", staff) == ["คู่มือประปา"]


def test_every_goal_of_a_result_was_counted_once(staff, settle):
    plan = make_plan(goals=2)
    asset = make_asset(
        "คู่มือประปา", steps=((plan.goals[0].id, "KM6"), (plan.goals[0].id, "KM7"), (plan.goals[1].id, "KM6"))
    )
    settle()
    assert counts("ประปา", staff, "goal") == {str(goal.id): 1 for goal in plan.goals}
    session.execute(
        delete(Fulfilment).where(Fulfilment.item_id == asset.id, Fulfilment.goal_id == plan.goals[1].id),
        execution_options={"renewed": True},
    )
    session.expire_all()
    changed(asset)
    settle()
    assert counts("ประปา", staff, "goal") == {str(plan.goals[0].id): 1}


# ---- units ----


def test_a_unit_means_itself_and_those_below_it_in_the_filter_and_in_the_count(staff, settle):
    division = make_unit("กองช่าง")
    work = make_unit("งานสาธารณูปโภค", division)
    for title, unit in (("ถนนของกอง", division), ("ถนนของงาน", work), ("ถนนของที่อื่น", make_unit("กองคลัง"))):
        make_asset(title, "ถนน", unit=unit)
    settle()
    found = search(SearchQuery.from_args({"q": "ถนน"}), staff)
    counts = {
        option.label: option.count
        for facet in found.facets
        if facet.name == "unit"
        for option in facet.options
    }
    assert counts == {"กองช่าง": 2, "งานสาธารณูปโภค": 1, "กองคลัง": 1}
    for unit, wanted in ((division, {"ถนนของกอง", "ถนนของงาน"}), (work, {"ถนนของงาน"})):
        assert set(titles("ถนน", staff, unit=str(unit.id))) == wanted


def test_without_the_index_a_unit_means_the_same(app, staff):
    division = make_unit("กองช่าง")
    make_asset("ถนนของงาน", "ถนน", unit=make_unit("งานสาธารณูปโภค", division))
    assert titles("ถนน", staff, unit=str(division.id)) == ["ถนนของงาน"]


# ---- phrases and what may not occur ----


def test_a_phrase_is_found_where_it_stands_together_however_it_is_spaced(staff, settle):
    make_asset("คู่มือหนึ่ง", "วิธีเบิกค่าเช่าบ้านของข้าราชการ")
    make_asset("คู่มือสอง", "ค่าอาหาร และเช่าบ้าน วิธีเบิก")
    settle()
    assert titles('"เบิก ค่าเช่าบ้าน"', staff) == ["คู่มือหนึ่ง"]
    assert titles('เบิก -"ค่าเช่าบ้าน"', staff) == ["คู่มือสอง"]
    assert titles("เบิก -อาหาร", staff) == ["คู่มือหนึ่ง"]


def test_a_phrase_that_stands_nowhere_is_looked_for_word_by_word_and_that_is_said(staff, settle):
    make_asset("คู่มือหนึ่ง", "วิธีเบิกค่าเช่าบ้าน")
    settle()
    found = search(SearchQuery.from_args({"q": '"บ้านเช่าราคาเบิก"'}), staff)
    assert found.phrases_apart
    assert [result.item.title for result in found.results] == ["คู่มือหนึ่ง"]


def test_a_closed_phrase_tells_the_asker_nothing(staff, settle):
    make_asset("แผนลับ", "รหัสประปาอยู่ใต้โต๊ะ", unit=make_unit("กองลับ"), readers="unit")
    make_asset("คู่มือ", "รหัสของโต๊ะ ประปา")
    settle()
    closed, nowhere = (
        search(SearchQuery.from_args({"q": f'"{phrase}"'}), staff)
        for phrase in ("รหัสประปาอยู่ใต้โต๊ะ", "รหัสประปาลอยเหนือโต๊ะ")
    )
    assert closed.phrases_apart
    assert nowhere.phrases_apart
    assert [one.item.title for one in closed.results] == [one.item.title for one in nowhere.results]


# ---- what may have been meant ----


def test_a_word_of_closed_items_only_is_as_unknown_as_one_that_nobody_wrote(staff, settle):
    make_asset("คู่มือสาธารณสุข", "เรื่องสาธารณสุข")
    make_asset("แผนลับ", "สาธารณศุข", unit=make_unit("กองลับ"), readers="unit")
    settle()
    closed, nowhere = (
        search(SearchQuery.from_args({"q": word}), staff).did_you_mean for word in ("สาธารณศุข", "สาธารนสุข")
    )
    assert closed == nowhere == "สาธารณสุข"


def test_which_spelling_is_offered_does_not_tell_what_others_wrote(staff, settle):
    make_asset("เรื่องหนึ่ง", "banana banano")
    make_asset("เรื่องสอง", "banana")
    settle()
    asked = SearchQuery.from_args({"q": "bananx"})
    assert search(asked, staff).did_you_mean == "banana"
    unit = make_unit("กองลับ")
    for number in range(5):
        make_asset(f"ลับ {number}", "banano", unit=unit, readers="unit")
    for letter in "bcdefghijklmnpqrstuvwyz":  # as near, and more than one would look at
        make_asset(f"ลับ {letter}", " ".join([f"banan{letter}"] * 3), unit=unit, readers="unit")
    settle()
    assert search(asked, staff).did_you_mean == "banana"


def test_an_index_of_an_older_analysis_answers_without_a_word_about_rebuilding(staff, settle, monkeypatch):
    make_asset("คู่มือประปา", "ประปา")
    settle()
    monkeypatch.setattr("portal.search.embedded.index.ANALYSIS_VERSION", 999)
    found = search(SearchQuery.from_args({"q": "ประปา"}), staff)
    assert (found.total, found.is_rebuilding) == (1, False)


# ---- nothing of what is closed shows, not even in numbers ----


def answer(text, person):
    """All that an asker learns, scores and marks too."""
    found = search(SearchQuery.from_args({"q": text, "limit": "100"}), person)
    lines = [
        (result.item.id, result.score, result.quote.title, result.quote.snippet)
        for result in (*found.results, *found.near)
    ]
    facets = [(facet.name, option.value, option.count) for facet in found.facets for option in facet.options]
    return found.total, lines, facets, found.did_you_mean, found.expanded


def test_an_answer_is_the_same_to_the_letter_whether_a_closed_item_exists_or_not(staff, settle, monkeypatch):
    monkeypatch.setattr("portal.search.searching.liking", lambda _published, _readers: 0.5)
    for n in range(12):
        make_asset(f"คู่มือเบิกจ่าย {n}", "วิธีเบิกเงิน " + "ประปา " * (n % 3) + "ร้องเรียน")
    settle()
    questions = [
        f"{visible} {guess}"
        for visible in ("คู่มือเบิกจ่าย 3", "เบิกเงิน", "")
        for guess in ("ฟ้าทะลายโจร", "500000", "ร้องเรียม", '"เงินใต้โต๊ะ"', "-ฟ้าทะลายโจร", "ทะลา")
    ]
    before = {text: answer(text, staff) for text in questions}
    unit = make_unit("กองลับ")
    make_asset("ฟ้าทะลายโจร ๕๐๐,๐๐๐ บาท", "เงินใต้โต๊ะ ร้องเรียม ทะลาย", unit=unit, readers="unit")
    settle()
    assert answer("ฟ้าทะลายโจร", make_person("วิชัย", unit=unit))[0] == 1
    assert {text: answer(text, staff) for text in questions} == before


def test_many_phrases_cost_no_more_than_a_few(staff, settle, count_queries, database):
    most = 20 if database == "postgresql" else 14  # there the index is asked by queries, too
    for n in range(8):
        make_asset(f"คู่มือ {n}", "การเบิกเงิน ที่ทำการ")
    settle()
    for text in ('"!" ' * 74, '-"! " ' * 50, '"ที่" ' * 50, '"การ" ' * 50, '"การเบิก" -"เงินเดือน" ' * 12):
        with count_queries() as statements:
            titles(text, staff)
        assert len(statements) <= most, text


def test_one_group_of_letters_in_common_is_not_the_whole_question(staff, settle):
    make_asset("การยืมเครื่องเสียง", "ระเบียบ")
    make_asset("ประกาศ", "อบต. แจ้งประชาชน")
    settle()
    assert titles("องค์การบริหารส่วนตำบล", staff)[0] == "ประกาศ"
    assert search(SearchQuery.from_args({"q": "องค์การบริหารส่วนตำบล"}), staff).total == 1


def test_without_the_index_what_holds_the_question_word_for_word_stands_first(app, staff):
    make_asset("คู่มือ จอ 360", "ถ้าพบใบกำกับปลอมข๑๒ให้แจ้ง")
    make_asset("คู่มือ จอ 1280 ใบกำกับ", "ถ้าพบใบกำกับปลอมก๑๒ให้แจ้ง ของใคร")
    assert titles("ใบกำกับปลอมข๑๒", staff)[0] == "คู่มือ จอ 360"


def test_every_word_that_may_not_occur_is_heeded_however_many_there_are(staff, settle):
    for word in ("ก่อสร้าง", "ประปา", "ถนน", "ไฟฟ้า", "ขยะ", "ตลาด", "โรงเรียน"):
        make_asset(f"คู่มือ{word}", "วิธีเบิกเงิน")
    settle()
    assert titles("เบิกเงิน -ก่อสร้าง -ประปา -ถนน -ไฟฟ้า -ขยะ -ตลาด", staff) == ["คู่มือโรงเรียน"]


def test_an_exact_title_stands_first_also_when_the_question_is_taken_exactly(staff, settle):
    make_asset("ระเบียบพัสดุฉบับยาว", "ระเบียบพัสดุ " * 30)
    make_asset("ระเบียบพัสดุ", "อื่น ๆ")
    settle()
    assert titles("ระเบียบพัสดุ", staff, exact="1")[0] == "ระเบียบพัสดุ"


def absent(text, person, **filters):
    found = search(SearchQuery(text=text, **filters), person)
    return found.absent.words, found.absent.numbers


def test_a_word_that_stands_nowhere_is_named_beside_what_was_found_for_the_rest(staff, settle):
    make_asset("ขอใบอนุญาตก่อสร้าง", "ยื่นคำขอใบอนุญาตที่กองช่าง")
    settle()
    assert absent("ขอใบอนุญาต โดรน", staff) == (("โดรน",), ())
    assert absent("ขอใบอนุญาตโดรน", staff) == (("โดรน",), ())
    assert absent("ขอใบอนุญาต โดรน", staff, exact=True) == (("โดรน",), ())
    assert absent("ขอใบอนุญาต", staff) == ((), ())
    assert absent("โดรน", staff) == ((), ())  # nothing was found: that is said already
    assert absent("", staff) == ((), ())


def test_pieces_of_a_word_that_nobody_knows_are_named_as_one(staff, settle):
    make_asset("ขอใบอนุญาตก่อสร้าง")
    settle()
    assert absent("ใบอนุญาต ซิกกูแรต", staff) == (("ซิกกูแรต",), ())


def test_what_stands_under_another_name_or_is_offered_rightly_spelt_is_not_absent(staff, settle):
    make_asset("องค์การบริหารส่วนตำบลกับใบอนุญาต", "งบประมาณ")
    settle()
    assert absent("อบต. ใบอนุญาต", staff) == ((), ())
    assert absent("ใบอนุญาต งบประมาน", staff) == ((), ())
    assert absent("งบประมาน โดรน", staff) == (("โดรน",), ())


def test_a_word_that_is_only_cut_otherwise_where_it_stands_is_not_absent(staff, settle):
    make_asset("เวลาเปิดน้ำของประปาหมู่บ้าน", "ขอใบอนุญาตก่อสร้าง")
    settle()
    assert absent("ประปา น้ำ", staff) == ((), ())
    assert absent("ประปา ใบอนุญาต", staff) == ((), ())


def test_a_word_of_closed_items_only_is_absent_for_whoever_may_not_see_them(staff, settle):
    author = make_person("สมพงษ์", unit=make_unit("กองช่าง"))
    unit = author.postings[0].position.unit
    make_asset("ขอใบอนุญาตก่อสร้าง")
    make_asset("โดรนของกองช่าง", author=author, unit=unit, readers="unit")
    settle()
    assert absent("ใบอนุญาต โดรน", staff) == (("โดรน",), ())
    assert absent("ใบอนุญาต โดรน", author) == ((), ())


def test_a_letter_number_that_stands_nowhere_is_named(staff, settle):
    make_asset("หนังสือ มท 0808.2/ว 1234 เรื่องการเบิกจ่าย", "ตามมาตรา 9 แห่งพระราชบัญญัติ")
    settle()
    assert absent("หนังสือ มท 0808.2/ว 9999", staff) == ((), ("มท 0808.2/ว 9999",))
    assert absent("หนังสือ มท ๐๘๐๘.๒/ว ๑๒๓๔", staff) == ((), ())
    assert absent("เบิกจ่าย ว 9999", staff) == ((), ("ว 9999",))
    assert absent("เบิกจ่าย ว 1234", staff) == ((), ())
    assert absent("พระราชบัญญัติ มาตรา 112", staff) == ((), ("มาตรา 112",))
