"""A number that comes from outside is read in one way, and nothing that comes is an error."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.db import session
from portal.plan.models import Plan
from portal.plan.running import this_fiscal_year
from portal.thai.numerals import to_thai_digits
from portal.web.numbers import LARGEST, whole_number
from tests.making import make_admin, make_asset, make_organisation, make_plan

PORTAL = Path(__file__).resolve().parents[2] / "portal"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("๑๒", 12),
        ("๒๕70", 2570),
        ("007", 7),
        (str(LARGEST), LARGEST),
        (str(LARGEST + 1), None),
        ("9" * 5000, None),
        ("0", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("1e3", None),
        ("1_000", None),
        ("²", None),
        ("٣", None),
        ("หนึ่ง", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_number_is_what_a_clerk_types_as_one(text, number):
    assert whole_number(text) == number


def test_a_number_that_is_too_large_can_be_the_largest():
    assert whole_number("9" * 5000, most=100, at_most=True) == 100
    assert whole_number("๙๙๙", most=100, at_most=True) == 100
    assert whole_number("-1", most=100, at_most=True) is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_within_bounds_or_none(text):
    number = whole_number(text, 5, 50)
    assert number is None or 5 <= number <= 50


ODD = ("-1", "0", "9" * 40, "²", "๙๙๙๙๙๙๙๙๙๙๙๙", "abc", "1 OR 1=1", "")


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_number_in_an_address_is_left_out(app, login_as, odd):
    make_asset()
    browser = login_as(make_admin())
    for page, names in (
        ("/knowledge", ("unit", "goal", "year", "page")),
        ("/people", ("unit", "page")),
        ("/search", ("unit", "goal", "year", "page", "limit")),
        ("/admin/positions", ("unit",)),
        ("/admin/positions/new", ("unit",)),
        ("/admin/units/new", ("parent",)),
        ("/admin/mails", ("page",)),
        ("/admin/audit", ("person", "id", "page")),
    ):
        for name in names:
            answer = browser.get(page, query_string={name: odd})
            assert answer.status_code == 200, (page, name, answer.status_code)


def test_a_year_in_thai_digits_narrows_the_list_like_any_other(app, login_as):
    make_asset("เรื่องของปีนี้")
    browser = login_as(make_admin())
    assert "เรื่องของปีนี้" in browser.get(f"/knowledge?year={to_thai_digits(str(this_fiscal_year()))}").text
    assert "เรื่องของปีนี้" not in browser.get("/knowledge?year=๒๔๙๙").text


@pytest.mark.parametrize("typed", ["๒๕๗๑", " 2571 "])
def test_the_fiscal_year_of_a_plan_is_typed_in_either_numerals(app, login_as, typed):
    make_organisation()
    plan = make_plan()
    lines = {"strategies-0-title": "พัฒนาบุคลากร", "goals-0-title": "เป้าหมาย"}
    data = {"title": "แผน", "kind": "plan", "fiscal_year": typed, **lines}
    assert login_as(make_admin()).post(f"/plans/{plan.id}/edit", data=data).status_code == 302
    session.expire_all()
    assert session.get(Plan, plan.id).fiscal_year == 2571


@pytest.mark.parametrize("odd", [*ODD, "9" * 5000, "1_000"])
def test_an_odd_number_in_a_form_is_answered_beside_it(app, login_as, odd):
    make_organisation()
    browser = login_as(make_admin())
    plan = {"title": "แผน", "kind": "plan", "goals-0-title": "เป้าหมาย"}
    assert browser.post("/plans/new", data={**plan, "fiscal_year": odd}).status_code == 422
    unit = {"name": "กองคลัง", "kind": "division", "parent": odd}
    assert browser.post("/admin/units/new", data=unit).status_code == 422
    assert browser.get("/files/new", query_string={"item": odd}).status_code == (404 if odd else 200)


@pytest.mark.parametrize(
    "room", ["admin", "api", "evidence", "home", "items", "knowledge", "plan", "profiles", "web"]
)
def test_no_page_reads_numbers_in_its_own_way(room):
    for path in (PORTAL / room).glob("*.py"):
        if path.name != "numbers.py":
            assert not re.search(
                r"\bint\([^)]*(form|args|request|\.data)|\.is(digit|decimal)\(", path.read_text()
            ), path
