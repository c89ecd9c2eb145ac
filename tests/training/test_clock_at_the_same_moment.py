"""Two at the very same moment: a duty is closed once, and none is made by holidays that are just being changed."""

import threading
from datetime import date

import pytest
from sqlalchemy import select

from portal.db import session
from portal.people.models import Person, RoleName, Unit
from portal.training.calendar_keeping import add_holiday
from portal.training.duties import DutyClosed, discharge, exempt, make_duties
from portal.training.models import Discharge, Duty, DutyChange, Participation
from portal.training.rules import ship_rules
from tests.making import make_admin, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES
from tests.training.making import make_participation, make_training

TURNS = 8


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def at_once(app, *acts):
    """Each in a transaction of its own, begun together; answers what they answered, or the refusal."""
    session.commit()
    session.remove()
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        with app.app_context():
            start.wait()
            try:
                answers[place] = act()
                session.commit()
            except DutyClosed as error:
                answers[place] = error
            finally:
                session.remove()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_duty_that_two_close_is_closed_by_one_of_them(app):
    for _ in range(TURNS):
        keeper, person = make_person(roles=(RoleName.DATA_ASSISTANT,)), make_person("มาลี")
        participation = make_participation(person, make_training(returned=date(2026, 3, 27)))
        report = make_duties(participation)[0]
        keeper_id, person_id, participation_id, duty_id = keeper.id, person.id, participation.id, report.id

        def hand_in(participation_id=participation_id, person_id=person_id):
            went = session.get_one(Participation, participation_id)
            return len(discharge(went, Discharge.REPORT, by=session.get_one(Person, person_id)))

        def release(duty_id=duty_id, keeper_id=keeper_id):
            exempt(session.get_one(Duty, duty_id), by=session.get_one(Person, keeper_id), reason="โอนย้าย")
            return 1

        answers = at_once(app, hand_in, release)
        assert sorted(1 if answer == 1 else 0 for answer in answers) == [0, 1]
        duty = session.get_one(Duty, duty_id)
        assert (duty.on_time is None) == (answers[1] == 1)
        assert len(session.scalars(select(DutyChange).where(DutyChange.duty_id == duty_id)).all()) == (
            answers[1] == 1
        )


def test_no_duty_is_made_by_holidays_that_are_being_changed(app):
    organisation = make_organisation(holiday_policy="next_working_day")
    ship_rules(organisation.id)
    organisation_id, keeper_id = organisation.id, make_admin().id
    for turn in range(TURNS):
        off = date(2027, 6, 7 + turn)  # the days on end make each turn move what is due
        participation_id = make_participation(
            make_person("มาลี"), make_training(returned=date(2027, 5, 23))
        ).id

        def enter(participation_id=participation_id):
            return make_duties(session.get_one(Participation, participation_id)) and None

        def change(off=off):
            organisation = session.get_one(Unit, organisation_id)
            add_holiday(organisation, off, by=session.get_one(Person, keeper_id), name="วันหยุดพิเศษ")

        at_once(app, enter, change)
        due = set(session.scalars(select(Duty.due_on)))
        assert len(due) == 1
        assert due.pop() > off


def test_two_first_trainings_put_the_rules_in_once(app):
    make_organisation()
    ids = [make_participation(make_person(name)).id for name in ("มาลี", "สมศรี")]

    def enter(participation_id):
        return lambda: len(make_duties(session.get_one(Participation, participation_id)))

    assert at_once(app, *map(enter, ids)) == [2, 2]
    assert len(session.scalars(select(Duty)).all()) == 4
