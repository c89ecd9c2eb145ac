"""Only what took place counts, each colleague once, and no number tells of a closed community."""

from datetime import timedelta

import pytest

from portal.communities.joining import belong
from portal.db import now, session
from portal.evidence.coverage import coverage_of, evidence_by_goal
from portal.meetings.announcing import cancel
from portal.meetings.attending import note_guest
from portal.meetings.counting import events_held, figures_of, people_who_attended
from portal.meetings.models import EventKind
from portal.meetings.noting import release_notes
from portal.people.models import Openness
from portal.thai.dates import bangkok_day, fiscal_year
from tests.communities.making import make_community
from tests.making import make_organisation, make_person, make_plan, make_unit
from tests.meetings.making import make_event, make_note
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def year_of(event):
    return fiscal_year(bangkok_day(event.starts_at))


def test_only_what_took_place_counts(town):
    reader, year = make_person("มาลี"), fiscal_year(bangkok_day(now()))
    make_event("ไม่มีใครมา", starts_in=timedelta(hours=-3))
    coming = make_event("ยังไม่ถึง", starts_in=timedelta(days=2))
    off = make_event("ยกเลิก", starts_in=timedelta(days=1))
    cancel(off, by=off.author, why="ฝนตก")
    noted = make_event("มีบันทึก")
    make_note(noted)
    assert events_held(reader, year) == 0
    release_notes(noted, by=noted.author)
    make_event("มีคนมา", present=(reader,))
    session.commit()
    assert events_held(reader, year) == 2
    assert coming.title


def test_a_colleague_counts_once_among_the_people_and_each_time_among_the_attendances(town):
    one, other = make_person("มาลี"), make_person("สมชาย")
    first = make_event(present=(one, other))
    make_event(kind=EventKind.CLINIC, present=(one,))
    note_guest(first, "ป้าแดง", by=first.author)
    session.commit()
    year = year_of(first)
    whole = figures_of(one, year).whole
    assert (whole.events, whole.people, whole.guests, whole.times) == (2, 2, 1, 4)
    assert people_who_attended(one, year) == 2
    assert people_who_attended(one, year, kinds=[EventKind.CLINIC]) == 1
    kinds = figures_of(one, year).kinds
    assert [kinds[kind].events for kind in (EventKind.TALK_CIRCLE, EventKind.CLINIC, EventKind.MEETING)] == [
        1,
        1,
        0,
    ]


def test_no_number_tells_of_a_closed_community(town):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(by=closed.founded_by, community=closed, present=(closed.founded_by,))
    stranger, year = make_person("สมชาย"), year_of(event)
    assert events_held(closed.founded_by, year) == 1
    assert events_held(stranger, year) == people_who_attended(stranger, year) == 0
    assert figures_of(stranger, year).units == {}
    belong(closed, stranger, by=closed.founded_by)
    session.commit()
    assert events_held(stranger, year) == 1


def test_figures_are_of_a_fiscal_year_and_of_a_unit_with_those_below(town):
    unit = make_unit("กองช่าง")
    below = make_unit("งานโยธา", parent=unit)
    reader = make_person("มาลี")
    event = make_event(unit_id=below.id, present=(reader,))
    make_event("เมื่อปีก่อน", starts_in=timedelta(days=-400), present=(reader,))
    year = year_of(event)
    assert figures_of(reader, year, unit).whole.events == 1
    assert figures_of(reader, year, make_unit("กองคลัง")).whole.events == 0
    assert figures_of(reader, year).whole.events == 1
    assert list(figures_of(reader, year).units) == [below.id]


def test_the_figures_page_leads_to_as_many_meetings_as_it_says(town, login_as):
    reader = make_person("มาลี")
    event = make_event("วงที่จัดแล้ว", present=(reader,))
    browser = login_as(reader)
    page = browser.get("/meetings/figures").text
    assert "วงเล่า" in page
    assert event.title in browser.get(f"/meetings?when=held&kind=talk_circle&year={year_of(event)}").text
    assert browser.get("/meetings/figures.xlsx").mimetype.endswith("sheet")
    assert browser.get("/meetings/figures?year=2500").status_code == 200


def test_the_plan_shows_meetings_held_as_evidence_and_the_list_behind_has_as_many(town, login_as):
    plan, reader = make_plan(goals=2), make_person("มาลี")
    goal = plan.goals[0]
    held = make_event("จัดแล้ว", goal_id=goal.id, step="KM6", present=(reader,))
    make_event("ยังไม่มีใครมา", goal_id=goal.id, step="KM6", starts_in=timedelta(hours=-3))
    coverage = coverage_of(plan, reader)
    assert coverage.meetings.rows[0].counts["KM6"] == 1
    assert coverage.rows[0].counts["KM6"] == 0  # the store's own number is that of the store's list
    assert coverage.empty_cells == 2 * 13 - 1
    assert dict(evidence_by_goal(plan, reader))[goal] == 1
    page = login_as(reader).get(f"/meetings?when=held&goal={goal.id}&step=KM6").text
    assert held.title in page
    assert "ยังไม่มีใครมา" not in page
    assert f"goal={goal.id}" in login_as(reader).get(f"/plans/{plan.id}/coverage").text
