"""A report on a training is found by what the training is called and by who held it, by those who may read that."""

import pytest

from portal.items.audience import open_to
from portal.people.audiences import PUBLIC
from portal.search.query import SearchQuery
from portal.search.searching import search
from portal.training.endorsing import endorse
from portal.training.entering import change_training
from portal.training.facts import TrainingFacts
from tests.making import make_person
from tests.training.town import handed_in_by, make_town


@pytest.fixture
def report(app, settle):
    town = make_town()
    written = handed_in_by(town.writer, title="หลักสูตรนักบินอากาศยาน", organiser="วิทยาลัยการบินนครสวรรค์")
    for superior in (town.section_head, town.division_head, town.clerk, town.mayor):
        endorse(written, by=superior, opinion="")
    settle()
    return written


def found(text, person):
    return [result.item.id for result in search(SearchQuery(text=text), person).results]


def renamed(training, **changes):
    told = {name: getattr(training, name) for name in ("start_date", "end_date", "kind", "hours", "place")}
    return TrainingFacts(**{**told, "title": training.title, "organiser": training.organiser, **changes})


def test_who_held_the_training_finds_the_report(report):
    assert found("วิทยาลัยการบินนครสวรรค์", make_person()) == [report.id]
    assert found("นักบินอากาศยาน", make_person()) == [report.id]
    assert found("วิทยาลัยการบินนครสวรรค์", None) == []


def test_a_training_that_was_put_right_since_is_found_by_its_new_name_too(report, settle):
    facts = renamed(report.training, title="หลักสูตรโดรนพ่นยา", organiser="มหาวิทยาลัยเกษตร")
    change_training(report.training, facts, by=make_person())
    settle()
    reader = make_person()
    assert found("โดรนพ่นยา", reader) == [report.id]
    assert found("มหาวิทยาลัยเกษตร", reader) == [report.id]
    assert found("นักบินอากาศยาน", reader) == [report.id]


def test_a_name_that_only_the_register_shows_finds_nothing_for_the_public(report, settle):
    open_to(report, [PUBLIC], by=report.author)
    facts = renamed(report.training, title="หลักสูตรโดรนพ่นยา")
    change_training(report.training, facts, by=make_person())
    settle()
    assert found("วิทยาลัยการบินนครสวรรค์", None) == [report.id]
    assert found("โดรนพ่นยา", None) == []
