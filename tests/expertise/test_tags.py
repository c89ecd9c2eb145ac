"""What one can be asked about: said by oneself, confirmed by colleagues."""

import pytest
from sqlalchemy import func, select

from portal.db import now, session
from portal.expertise.models import TAG_LENGTH, ExpertiseTag, TagConfirmation
from portal.expertise.permissions import can_confirm, can_look_for_people, can_see_tag, can_tag
from portal.expertise.tagging import (
    MOST_TAGS,
    EmptyTag,
    TagTooLong,
    TooManyTags,
    add_tag,
    confirm,
    remove_tag,
    subjects_named,
    tags_of,
    take_back_confirmation,
)
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def manee(app):
    make_organisation()
    return make_person("มานี")


def tags(person):
    return [one.tag for one in tags_of([person.id]).get(person.id, [])]


def confirmations():
    return session.scalar(select(func.count()).select_from(TagConfirmation))


@pytest.mark.parametrize("again", ["e-GP", " E GP ", "e–gp", "ｅ-ＧＰ", "E-GP!"])
def test_the_same_subject_in_another_spelling_is_one(manee, again):
    first = add_tag(manee, "e-GP")
    assert add_tag(manee, again) is first
    assert tags(manee) == ["e-GP"]


@pytest.mark.parametrize(
    ("once", "again"),
    [("พ.ร.บ. ข้อมูลข่าวสาร ๒๕๔๐", "พรบ ข้อมูลข่าวสาร 2540"), ("แผนที่ภาษี", "เเผนที่ ภาษี"), ("น้ำประปา", "นํ้าประปา")],
)
def test_digits_dots_and_marks_typed_otherwise_make_no_second_subject(manee, once, again):
    add_tag(manee, once)
    add_tag(manee, again)
    assert tags(manee) == [once]


def test_what_is_typed_is_repaired_and_stands_on_one_line(manee):
    assert add_tag(manee, "  เเผนที่\n ภาษี ").tag == "แผนที่ ภาษี"


@pytest.mark.parametrize("text", ["", "   ", "…", "!!!", "\u200b"])
def test_signs_alone_are_no_subject(manee, text):
    with pytest.raises(EmptyTag):
        add_tag(manee, text)


def test_a_sentence_is_too_long_and_what_fits_fits_the_column(manee):
    with pytest.raises(TagTooLong):
        add_tag(manee, "ก" * (TAG_LENGTH + 1))
    assert len(add_tag(manee, "ก" * TAG_LENGTH).tag) == TAG_LENGTH
    add_tag(manee, "\ufdfa" * TAG_LENGTH)  # one letter that is eighteen when compared
    session.commit()


def test_there_are_only_so_many_and_one_that_is_there_already_is_no_further_one(manee):
    for number in range(MOST_TAGS):
        add_tag(manee, f"เรื่องที่ {number}")
    add_tag(manee, "เรื่องที่ 0")
    with pytest.raises(TooManyTags):
        add_tag(manee, "อีกเรื่อง")
    assert len(tags(manee)) == MOST_TAGS


def test_a_colleague_confirms_once_and_takes_it_back(manee):
    tag, piti = add_tag(manee, "จัดซื้อ"), make_person("ปิติ")
    confirm(tag, by=piti)
    confirm(tag, by=piti)
    session.commit()
    (row,) = tag.confirmations
    assert (row.by, row.confirmed_at <= now()) == (piti, True)
    take_back_confirmation(tag, by=piti)
    take_back_confirmation(tag, by=piti)
    session.commit()
    assert tag.confirmations == []


def test_a_subject_that_is_removed_takes_its_confirmations_along(manee):
    tag = add_tag(manee, "จัดซื้อ")
    confirm(tag, by=make_person("ปิติ"))
    session.commit()
    remove_tag(tag)
    session.commit()
    assert confirmations() == 0
    assert add_tag(manee, "จัดซื้อ").confirmations == []


def test_what_most_confirm_comes_first(manee):
    add_tag(manee, "ก")
    confirm(add_tag(manee, "ข"), by=make_person("ปิติ"))
    session.commit()
    assert tags(manee) == ["ข", "ก"]


def test_who_may_say_and_confirm_what(manee):
    piti, gone = make_person("ปิติ"), make_person("ชูใจ")
    tag, left = add_tag(manee, "จัดซื้อ"), add_tag(gone, "ภาษี")
    gone.deactivated_at = now()
    session.commit()
    assert can_tag(manee, manee)
    assert not can_tag(piti, manee)
    assert not can_tag(None, manee)
    assert not can_tag(gone, gone)
    assert can_confirm(piti, tag)
    assert not can_confirm(manee, tag), "nobody confirms himself"
    assert not can_confirm(piti, left), "who has left is asked about nothing any more"
    assert not can_confirm(gone, tag)
    assert not can_confirm(None, tag)
    for person in (manee, piti, gone, None):
        assert can_look_for_people(person) == (person in (manee, piti))
        seen = set(session.scalars(ExpertiseTag.visible_to(person)))
        assert seen == {one for one in (tag, left) if can_see_tag(person, one)}
        assert bool(seen) == (person in (manee, piti))


def test_what_colleagues_can_be_asked_about_stands_in_thai_order_and_once_whatever_its_spelling(manee):
    piti, gone = make_person("ปิติ"), make_person("ชูใจ")
    for person, subject in ((manee, "เกม"), (piti, "กา"), (manee, "e-GP"), (piti, "E GP"), (gone, "โดรน")):
        add_tag(person, subject)
    gone.deactivated_at = now()
    session.commit()
    assert [(one.tag.upper()[:1], one.people) for one in subjects_named(manee)] == [
        ("E", 2),
        ("ก", 1),
        ("เ", 1),
    ]
    assert subjects_named(None) == []
