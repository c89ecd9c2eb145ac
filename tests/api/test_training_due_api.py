"""The due dates for programs, as the organisation counts them."""

from datetime import date

import pytest

from portal.db import session
from portal.training.calendar_keeping import add_holiday
from portal.training.rules import open_rules, ship_rules
from portal.training.ruling import RuleText, change_rule
from tests.making import make_admin, make_organisation

# The table of the field: returned > strict > lenient > the last working day before.
VECTORS = """
2025-10-01 2025-10-16 2025-10-16 2025-10-16
2026-03-27 2026-04-11 2026-04-16 2026-04-10
2026-03-31 2026-04-15 2026-04-16 2026-04-10
2026-04-17 2026-05-02 2026-05-05 2026-05-01
2026-05-16 2026-05-31 2026-06-02 2026-05-29
2026-07-15 2026-07-30 2026-07-31 2026-07-27
2026-10-08 2026-10-23 2026-10-26 2026-10-22
2026-11-20 2026-12-05 2026-12-08 2026-12-04
2026-12-16 2026-12-31 2027-01-04 2026-12-30
2027-02-06 2027-02-21 2027-02-23 2027-02-19
2027-09-16 2027-10-01 2027-10-01 2027-10-01
"""


@pytest.fixture
def organisation(app):
    return make_organisation()


def ask(client, returned):
    return client.get("/api/v1/training/due", query_string={"returned": returned})


@pytest.mark.parametrize("vector", VECTORS.split("\n")[1:-1])
def test_the_dates_are_answered_without_a_token(vector, client, organisation):
    returned, strict, lenient, remind_by = vector.split()
    assert ask(client, returned).json == {"strict": strict, "lenient": lenient, "remind_by": remind_by}


def test_a_year_of_the_buddhist_era_is_taken_for_what_it_is(client, organisation):
    assert ask(client, "2569-03-27").json == ask(client, "2026-03-27").json
    assert ask(client, "2567-02-29").json == ask(client, "2024-02-29").json, "a leap year in both"


@pytest.mark.parametrize(
    "returned",
    ["", "yesterday", "27/03/2569", "2026-02-30", "2026-13-01", "2200-01-01", "0001-01-01", "2026-3-27", "๒๕๖๙-๐๓-๒๗", "9999-12-31", "2026-03-27 "],
)  # fmt: skip
def test_what_is_no_day_is_refused_in_json_with_an_example(returned, client, organisation):
    answer = ask(client, returned)
    assert answer.status_code == 422
    assert answer.json["status"] == 422
    assert "2026-03-27" in answer.json["error"]


def test_no_day_and_two_days_are_refused(client, organisation):
    for query in ("", "?returned=2026-03-27&returned=2026-03-28", "?return=2026-03-27"):
        assert client.get(f"/api/v1/training/due{query}").status_code == 422


def test_the_organisations_own_days_and_holidays_are_counted(client, organisation):
    admin = make_admin()
    ship_rules(organisation.id)
    add_holiday(organisation, date(2026, 4, 16), by=admin, name="วันหยุดพิเศษ")
    session.commit()
    assert ask(client, "2026-03-27").json["lenient"] == "2026-04-17"
    rule = next(rule for rule in open_rules(organisation.id) if rule.code == "report")
    change_rule(rule, RuleText(name="รายงาน", days=30), by=admin)
    session.commit()
    assert ask(client, "2026-03-27").json["strict"] == "2026-04-26"


def test_a_wrong_token_is_refused(client, organisation):
    answer = client.get(
        "/api/v1/training/due?returned=2026-03-27", headers={"Authorization": "Bearer nonsense"}
    )
    assert answer.status_code == 401


def test_the_description_tells_the_fields(client, organisation):
    description = client.get("/api/v1/openapi.json").json
    schema = description["components"]["schemas"]["DueDates"]
    assert set(ask(client, "2026-03-27").json) == set(schema["properties"]) == set(schema["required"])
    (parameter,) = description["paths"]["/training/due"]["get"]["parameters"]
    assert parameter["required"] is True
