"""The coverage map: a number is how many items the list behind it shows, for whoever looks."""

import re
from datetime import UTC, datetime, time
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.evidence.coverage import coverage_of, evidence_by_goal
from portal.knowledge.listing import AssetFilter, find
from portal.paths import STATIC
from portal.people.models import RoleName
from portal.plan.running import this_fiscal_year
from portal.plan.steps import STEPS
from portal.thai.dates import fiscal_year_dates
from portal.thai.numerals import to_arabic_digits
from tests.making import make_asset, make_organisation, make_person, make_plan, make_unit

LAST_YEAR = datetime.combine(fiscal_year_dates(this_fiscal_year() - 1)[1], time(12), UTC)


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


@pytest.fixture
def plan():
    return make_plan(goals=2)


@pytest.fixture
def store(plan):
    """Items of every kind of tie and openness."""
    works, finance = make_unit("กองช่าง"), make_unit("กองคลัง")
    first, second = plan.goals
    make_asset("เปิดเผย", readers="public", steps=((first.id, "KM3"), (first.id, "KM6"), (None, "KM3")))
    make_asset("ทั้งองค์กร", steps=((first.id, "KM3"), (second.id, "KM3")))
    make_asset("ของกองช่าง", unit=works, readers="unit", steps=((first.id, "KM3"), (None, "CM2")))
    make_asset("ของกองคลัง", unit=finance, readers="unit", steps=((second.id, "CM6"), (None, "KM1")))
    make_asset("ไม่ผูก", steps=((None, "KM3"), (None, "KM7")))
    make_asset("ปีก่อน", steps=((None, "KM3"),), at=LAST_YEAR)
    make_asset("ปีก่อนแต่ผูก", steps=((first.id, "KM1"),), at=LAST_YEAR)
    make_asset("ยังร่าง", published=False, steps=((first.id, "KM3"), (None, "KM3")))
    return {"works": works, "finance": finance}


def people(store):
    return [
        make_person("มาลี"),
        make_person("วิชัย", unit=store["works"]),
        make_person("สมพงษ์", unit=store["finance"]),
        make_person("ธิดา", roles=(RoleName.ADMIN,)),
    ]


def numbers_with_links(page):
    """(the number, the query of the list it leads to) of every cell of a map."""
    cells = re.findall(r'<a class="cell [^"]*" href="([^"]+)".*?<span class="cell-count">(.*?)</span>', page)
    for href, count in cells:
        yield int(to_arabic_digits(count.replace("–", "0"))), dict(parse_qsl(urlsplit(unescape(href)).query))


def test_the_map_counts_published_items_by_goal_and_step(login_as, plan):
    first, second = plan.goals
    make_asset(steps=((first.id, "KM3"), (first.id, "KM6")))
    make_asset(steps=((first.id, "KM3"),))
    make_asset(steps=((second.id, "CM2"),), published=False)
    person = make_person()
    coverage = coverage_of(plan, person)
    assert coverage.rows[0].counts["KM3"] == 2
    assert coverage.rows[0].counts["KM6"] == 1
    assert coverage.rows[1].items == 0
    assert coverage.items == 2
    assert coverage.empty_cells == 24
    page = login_as(person).get(f"/plans/{plan.id}/coverage").text
    assert f"/knowledge?goal={first.id}&amp;step=KM3" in page


def test_a_number_on_the_map_never_tells_of_a_hidden_item():
    plan = make_plan()
    works = make_unit("กองช่าง")
    make_asset(unit=works, readers="unit", steps=((plan.goals[0].id, "KM3"),))
    assert coverage_of(plan, make_person(unit=make_unit("กองคลัง"))).rows[0].counts["KM3"] == 0
    assert coverage_of(plan, make_person(unit=works)).rows[0].counts["KM3"] == 1


def test_each_cell_leads_to_what_is_counted(login_as):
    plan = make_plan()
    make_asset("อยู่ในช่อง", steps=((plan.goals[0].id, "KM3"),))
    make_asset("ไม่อยู่ในช่อง", steps=((None, "KM3"),))
    page = login_as(make_person()).get(f"/knowledge?goal={plan.goals[0].id}&step=KM3").text
    assert "อยู่ในช่อง" in page
    assert "ไม่อยู่ในช่อง" not in page


def test_every_number_is_what_the_list_behind_it_shows_to_whoever_looks(login_as, plan, store):
    seen = set()
    for person in people(store):
        cells = list(numbers_with_links(login_as(person).get(f"/plans/{plan.id}/coverage").text))
        assert len(cells) == 3 * len(STEPS)
        for count, query in cells:
            assert find(AssetFilter.from_args(query), person).total == count, (person.first_name, query)
        seen.add(tuple(count for count, _ in cells))
    assert len(seen) > 2, "people with different rights see different numbers"


def test_what_serves_a_step_without_a_goal_has_a_row_of_its_own(login_as, plan, store):
    at_large = coverage_of(plan, make_person()).at_large
    assert at_large.goal is None
    assert {code: count for code, count in at_large.counts.items() if count} == {"KM3": 2, "KM7": 1}
    page = login_as(make_person()).get(f"/plans/{plan.id}/coverage").text
    assert "ไม่ผูกกับเป้าหมาย" in page
    assert f"goal=none&amp;year={plan.fiscal_year}&amp;step=KM3" in page


def test_a_step_at_large_is_served_in_the_year_in_which_the_item_was_published(plan, store):
    before = make_plan(plan.fiscal_year - 1)
    assert coverage_of(before, make_person()).at_large.items == 1
    assert coverage_of(plan, make_person()).at_large.items == 2


def test_an_item_counts_once_a_row_however_many_steps_it_serves(plan, store):
    coverage = coverage_of(plan, make_person())
    first = coverage.rows[0]
    assert sum(first.counts.values()) == 4
    assert first.items == 3
    assert (
        coverage.items == 4
    )  # three of the first goal and the one that is tied to none; the second shares its one


def test_the_first_page_says_the_same_numbers_as_the_map(login_as, plan, store):
    for person in people(store):
        coverage = coverage_of(plan, person)
        rows = [(row.goal, row.items) for row in (*coverage.rows, coverage.at_large)]
        assert evidence_by_goal(plan, person) == rows
    assert len({items for _, items in rows}) > 1
    page = login_as(person).get("/").text
    shown = re.findall(r"หลักฐาน (\S+) เรื่อง", page)
    assert [int(to_arabic_digits(count)) for count in shown] == [count for _, count in rows]


def test_a_plan_without_goals_still_shows_what_serves_a_step(login_as):
    plan = make_plan(goals=0)
    browser = login_as(make_person())
    assert "แผนนี้ยังไม่มีเป้าหมาย" in browser.get(f"/plans/{plan.id}/coverage").text
    make_asset("ไม่ผูก", steps=((None, "KM3"),))
    page = browser.get(f"/plans/{plan.id}/coverage").text
    assert "แผนนี้ยังไม่มีเป้าหมาย" in page
    assert [count for count, _ in numbers_with_links(page) if count] == [1]


def test_the_list_behind_the_row_says_what_it_is_narrowed_to_and_keeps_it(login_as, plan, store):
    page = login_as(make_person()).get("/knowledge?goal=none&step=KM3").text
    assert "แสดงเฉพาะเรื่องที่ไม่ผูกกับเป้าหมาย" in page
    assert '<input type="hidden" name="goal" value="none">' in page
    assert AssetFilter.from_args({"goal": "none"}).as_args() == {"goal": "none"}


def test_a_cell_says_what_is_true_and_the_sum_whose_it_is(login_as, plan, store):
    page = login_as(make_person()).get(f"/plans/{plan.id}/coverage").text
    assert "มีหลักฐาน" in page
    assert "กำลังทำ" not in page
    assert "นับเฉพาะเรื่องที่คุณเปิดอ่านได้" in page


def test_the_map_is_printed_as_a_table_on_a_wide_page(login_as, plan):
    page = login_as(make_person()).get(f"/plans/{plan.id}/coverage").text
    assert '<main id="content" tabindex="-1" class="wide-on-paper">' in page
    assert "size: A4 landscape" in (STATIC / "css" / "print.css").read_text()
    assert "@media screen and (max-width: 900px) {\n  .map," in (STATIC / "css" / "pictures.css").read_text()
