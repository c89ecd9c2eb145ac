"""The words that mean the same: as the portal brings them, and as the KM team saved them."""

import threading

import pytest

from portal.db import session, transaction
from portal.errors import NotHere
from portal.search import ambiguous
from portal.search.analysis import analyse
from portal.search.models import ThesaurusVersion
from portal.search.question import Reason
from portal.search.thesaurus import Group, Thesaurus, key_of, read, shipped, write
from portal.search.thesaurus_versions import (
    newest_number,
    save_version,
    text_of,
    the_thesaurus,
    version,
    versions,
)
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def senses_of(typed, thesaurus=None):
    return {
        (sense.group.canonical, sense.kind)
        for sense in (thesaurus or read(shipped())).senses(key_of(analyse(typed)))
    }


@pytest.mark.parametrize(
    ("typed", "canonical", "kind"),
    [
        ("อบต.", "องค์การบริหารส่วนตำบล", Reason.ABBREVIATION),
        ("อบต", "องค์การบริหารส่วนตำบล", Reason.ABBREVIATION),
        ("อ.บ.ต.", "องค์การบริหารส่วนตำบล", Reason.ABBREVIATION),
        ("อ บ ต", "องค์การบริหารส่วนตำบล", Reason.ABBREVIATION),
        ("องค์การบริหารส่วนตำบล", "องค์การบริหารส่วนตำบล", None),
        ("เว็ปไซค์", "เว็บไซต์", Reason.MISSPELLING),
        ("tambon administrative organization", "องค์การบริหารส่วนตำบล", Reason.ENGLISH),
        ("Web board", "กระดานสนทนา", Reason.ENGLISH),
        ("WEBBOARD", "กระดานสนทนา", Reason.ENGLISH),
    ],
)
def test_a_word_is_known_however_it_is_written(typed, canonical, kind):
    assert (canonical, kind) in senses_of(typed)


def test_a_word_that_means_two_things_by_design_has_both():
    assert {canonical for canonical, _ in senses_of("ปลัด")} == {"ปลัดองค์การบริหารส่วนตำบล", "ปลัดเทศบาล"}


def test_no_abbreviation_of_several_meanings_stands_in_the_plain_list():
    listed = [text for group in read(shipped()).groups for kind in Reason for text in group.variants(kind)]
    assert listed
    assert [text for text in listed if ambiguous.is_ambiguous(text)] == []


def test_every_name_of_the_shipped_list_says_something():
    for group in read(shipped()).groups:
        for text in (group.canonical, *(text for kind in Reason for text in group.variants(kind))):
            assert analyse(text), text


def test_what_is_written_is_read_again():
    thesaurus = read(shipped())
    assert read(write(thesaurus.groups)).groups == thesaurus.groups


def test_an_abbreviation_that_is_a_word_without_its_dots_needs_them_unless_it_is_listed_without():
    thesaurus = Thesaurus(
        [Group("เทศบาลนคร", abbreviation=("ทน.",)), Group("เทศบาลเมือง", abbreviation=("ทม.", "ทม"))]
    )
    assert [sense.needs_dot for sense in thesaurus.senses("ทน")] == [True]
    assert [sense.needs_dot for sense in thesaurus.senses("ทม")] == [False]


def test_an_empty_thesaurus_knows_nothing():
    assert Thesaurus().senses("อบต") == ()
    assert Thesaurus().misspelt.search("เว็ปไซค์") is None


# ---- versions ----

SMALL = "canonical,kind,variants\nโดรน,synonym,อากาศยานไร้คนขับ\n"


@pytest.mark.usefixtures("app")
def test_the_file_holds_till_somebody_saves_another():
    assert newest_number() == 0
    assert versions() == []
    assert the_thesaurus().groups == read(shipped()).groups
    with pytest.raises(NotHere):
        version(0)
    make_organisation()
    saved = save_version(SMALL, by=make_person(), note="เพิ่มโดรน")
    session.commit()
    assert saved.number == newest_number() == 1
    assert [group.canonical for group in the_thesaurus().groups] == ["โดรน"]
    assert text_of(1) == SMALL
    assert text_of(0) == shipped()
    assert [(one.number, one.note) for one in versions()] == [(1, "เพิ่มโดรน")]


@pytest.mark.usefixtures("app")
def test_what_one_process_saves_holds_in_the_next_without_a_restart():
    make_organisation()
    person = make_person()
    session.commit()
    assert the_thesaurus() is the_thesaurus()  # remembered
    before = the_thesaurus()

    def elsewhere():
        with transaction() as own:
            own.add(ThesaurusVersion(number=1, saved_by_id=person.id, text=SMALL))

    other = threading.Thread(target=elsewhere)
    session.commit()
    other.start()
    other.join()
    session.rollback()
    assert the_thesaurus() is not before
    assert the_thesaurus().senses(key_of(analyse("อากาศยานไร้คนขับ")))


@pytest.mark.usefixtures("app")
def test_a_question_asks_for_the_thesaurus_only_by_its_stamp(count_queries):
    the_thesaurus()
    session.rollback()
    with count_queries() as statements:
        the_thesaurus()
    assert len(statements) == 1
    assert "stamp" in statements[0]
