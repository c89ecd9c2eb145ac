"""Who may do what with meetings: the table of docs/permissions.md, each line as rule, query and page."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.communities.founding import close_down
from portal.communities.joining import belong, leave
from portal.db import session
from portal.items.models import Item
from portal.items.permissions import can_see
from portal.meetings.announcing import cancel
from portal.meetings.models import Event, EventDuty
from portal.meetings.permissions import (
    can_answer,
    can_cancel,
    can_check_in,
    can_edit_event,
    can_hold_event,
    can_keep_list,
    can_run,
    can_see_notes,
    can_take_notes,
    visible_notes,
)
from portal.people.models import GroupKind, Openness, RoleName
from tests.communities.making import make_community
from tests.making import make_group, make_organisation, make_person
from tests.meetings.making import give_part, make_event, make_note
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def sees(person, event):
    """By rule and query, which must agree."""
    rule = can_see(person, event)
    assert (event in session.scalars(Event.visible_to(person)).all()) is rule
    assert (event.id in session.scalars(Item.visible_to(person).with_only_columns(Item.id)).all()) is rule
    return rule


@pytest.mark.parametrize("openness", [None, *Openness])
def test_who_sees_a_meeting_is_who_reads_in_its_community_or_everybody_here(town, login_as, client, openness):
    community = make_community(openness=openness) if openness else None
    event = make_event(by=community.founded_by if community else None, community=community)
    member, stranger = make_person("มาลี"), make_person("สมชาย")
    planner = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    if community:
        belong(community, member, by=member)
        session.commit()
    is_open = openness in (None, Openness.OPEN)
    for person, expected in ((event.author, True), (member, True), (stranger, is_open), (planner, is_open)):
        assert sees(person, event) is expected
        assert login_as(person).get(f"/meetings/{event.id}").status_code == (200 if expected else 404)
        assert (event.title in login_as(person).get("/meetings").text) is expected
    assert not sees(None, event)
    assert client.get(f"/meetings/{event.id}").status_code in (302, 404)


def test_who_runs_it_takes_notes_and_keeps_the_list(town):
    event, taker, certifier, reader = (
        make_event(),
        make_person("ลิขิต"),
        make_person("รับรอง"),
        make_person("มาลี"),
    )
    planner = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    give_part(event, taker)
    give_part(event, certifier, EventDuty.CERTIFIER)
    rules = (can_run, can_edit_event, can_take_notes, can_keep_list)
    for person, allowed in (
        (event.author, (True, True, True, True)),
        (planner, (True, True, True, True)),
        (taker, (False, False, True, True)),
        (certifier, (False, False, False, False)),
        (reader, (False, False, False, False)),
        (None, (False, False, False, False)),
    ):
        assert tuple(rule(person, event) for rule in rules) == allowed


def test_planners_run_nothing_in_communities_they_do_not_read(town):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(by=closed.founded_by, community=closed)
    make_note(event)
    chief = make_person("เอื้อ", roles=(RoleName.CKO,))
    admin = make_person("ธิดา", roles=(RoleName.ADMIN,))
    for person in (chief, admin):
        assert not can_run(person, event)
        assert not can_see_notes(person, event)
        assert session.scalars(visible_notes(person)).all() == []


def test_notes_are_seen_by_rule_as_by_query(town):
    event, taker, reader = make_event(), make_person("ลิขิต"), make_person("มาลี")
    row = make_note(event)
    give_part(event, taker)
    planner = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    for person in (event.author, taker, reader, planner, None):
        assert (row in session.scalars(visible_notes(person)).all()) is can_see_notes(person, event)


def test_notes_of_what_was_called_off_are_seen_by_nobody_as_rule_and_query(town):
    event, taker = make_event(), make_person("ลิขิต")
    row = make_note(event)
    give_part(event, taker)
    planner = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    cancel(event, by=event.author, why="ฝนตก")
    session.commit()
    for person in (event.author, taker, planner):
        assert not can_see_notes(person, event)
        assert row not in session.scalars(visible_notes(person)).all()


def test_an_organiser_who_left_the_community_or_the_organisation_runs_nothing(town):
    community = make_community(openness=Openness.ON_REQUEST)
    organiser = make_person("มาลี")
    belong(community, organiser, by=organiser)
    event = make_event(by=organiser, community=community)
    assert can_run(organiser, event)
    leave(community, organiser, by=organiser)
    session.commit()
    assert not can_run(organiser, event)
    gone = make_event("ของผู้ที่ลาออก")
    gone.author.deactivated_at = gone.created_at
    session.commit()
    assert not can_run(gone.author, gone)


def test_a_community_that_has_ended_shows_its_meetings_to_nobody_and_calls_none(town):
    community = make_community()
    event = make_event(by=community.founded_by, community=community)
    close_down(community, by=community.founded_by)
    session.commit()
    assert not sees(community.founded_by, event)
    assert not can_hold_event(community.founded_by, community.group)


def test_a_meeting_is_called_by_every_colleague_for_a_community_by_its_members(town):
    closed, colleague = make_community(openness=Openness.CLOSED), make_person("มาลี")
    assert can_hold_event(colleague)
    assert not can_hold_event(None)
    assert not can_hold_event(colleague, closed.group)
    assert can_hold_event(closed.founded_by, closed.group)
    assert not can_hold_event(colleague, make_group("คณะทำงาน"))  # a committee is no community


def test_who_answers_and_checks_in_sees_the_meeting(town):
    closed = make_community(openness=Openness.CLOSED)
    event = make_event(by=closed.founded_by, community=closed, starts_in=timedelta(days=1))
    stranger = make_person("สมชาย")
    for rule in (can_answer, can_check_in):
        assert rule(closed.founded_by, event)
        assert not rule(stranger, event)
        assert not rule(None, event)


def test_what_took_place_is_called_off_by_nobody(town):
    event = make_event()
    assert can_cancel(event.author, event)
    held = make_event(present=(event.author,))
    assert not can_cancel(held.author, held)


def test_an_open_community_that_is_closed_takes_its_meetings_along(town):
    community, stranger = make_community(), make_person("สมชาย")
    event = make_event(by=community.founded_by, community=community)
    assert sees(stranger, event)
    community.group.openness = Openness.CLOSED
    session.commit()
    assert not sees(stranger, event)


def test_the_part_in_a_meeting_opens_nothing(town):
    closed, stranger = make_community(openness=Openness.CLOSED), make_person("สมชาย")
    event = make_event(by=closed.founded_by, community=closed)
    give_part(event, stranger)
    assert not sees(stranger, event)
    assert not can_take_notes(stranger, event)
    assert session.scalars(visible_notes(stranger)).all() == []
    assert session.scalars(select(Event).where(Event.id == event.id)).one().doing(EventDuty.NOTE_TAKER)
