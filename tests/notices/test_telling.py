"""A notice is told once, is its reader's alone, and is worded when it is read: what was closed meanwhile leaks nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.db import now, session
from portal.notices.models import Notice, Travel
from portal.notices.reading import notices_of, read_all, unread_of
from portal.notices.telling import forget_old_notices, take_back, tell
from portal.notices.wording import Speaker
from portal.people.audiences import group_token
from portal.people.models import GroupMembership
from tests.making import join, make_group, make_person
from tests.notices.conftest import KINDS, words_of_tests
from tests.postgresql import BOTH_DATABASES

KIND = KINDS[Travel.AT_ONCE_OR_DAILY]
SPEAKERS = {KIND.code: Speaker(KIND, words_of_tests)}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def texts_for(person):
    return [words.text for _, words in notices_of(person, SPEAKERS)]


def test_nobody_is_told_twice_under_one_key(app):
    somchai, malee = make_person("สมชาย"), make_person("มาลี")
    assert tell([somchai.id], KIND, somchai, key="duty:12:due-7") == 1
    assert tell([somchai.id, malee.id, malee.id], KIND, somchai, key="duty:12:due-7") == 1
    assert tell([somchai.id], KIND, somchai, key="duty:12:due-3") == 1
    session.commit()
    assert session.scalar(select(func.count()).select_from(Notice)) == 3


def test_what_is_told_of_a_change_that_was_taken_back_was_never_told(app):
    person = make_person()
    tell([person.id], KIND, person, key="หนึ่ง")
    session.rollback()
    assert notices_of(person, SPEAKERS) == []
    assert unread_of(person, SPEAKERS) == 0


def test_two_workers_that_remind_at_the_same_moment_make_one_notice(app):
    person = make_person()
    person_id, both = person.id, threading.Barrier(2)
    session.remove()

    def remind():
        both.wait()
        try:
            told = tell([person_id], KIND, person, key="duty:12:due-7")
            session.commit()
            return told
        finally:
            session.remove()

    with ThreadPoolExecutor(2) as workers:
        done = [one.result() for one in [workers.submit(remind) for _ in range(2)]]
    assert sorted(done) == [0, 1]
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_many_people_are_told_at_once(app):
    people = [make_person(f"คนที่ {n}").id for n in range(3)]
    assert tell(people * 100, KIND, make_person(), key="หนึ่ง") == 3


def test_a_notice_is_shown_only_while_its_reader_holds_the_token(app):
    person, group = make_person(), make_group()
    membership = join(person, group)
    tell([person.id], KIND, person, key="หนึ่ง", token=group_token(group.id))
    session.commit()
    assert texts_for(person) == ["เรื่อง หนึ่ง"]
    assert unread_of(person, SPEAKERS) == 1
    session.delete(session.get(GroupMembership, membership.id))
    session.commit()
    assert texts_for(person) == []
    assert unread_of(person, SPEAKERS) == 0


def test_a_notice_without_words_is_neither_listed_nor_counted(app):
    person = make_person()
    tell([person.id], KIND, person, key="หนึ่ง", closed=True)
    tell([person.id], KINDS[Travel.NEVER], person, key="ของห้องที่ไม่มีแล้ว")
    session.commit()
    assert texts_for(person) == []
    assert unread_of(person, SPEAKERS) == 0


def test_a_notice_is_nobody_elses(app):
    person, other = make_person(), make_person()
    tell([person.id], KIND, person, key="หนึ่ง")
    session.commit()
    assert texts_for(other) == []
    assert unread_of(other, SPEAKERS) == 0


def test_unread_ones_stand_first_and_newest_first(app):
    person = make_person()
    for key in ("หนึ่ง", "สอง", "สาม"):
        tell([person.id], KIND, person, key=key)
        session.commit()
    newest = session.scalars(select(Notice).where(Notice.key == "สาม")).one()
    newest.read_at = now()
    session.commit()
    assert texts_for(person) == ["เรื่อง สอง", "เรื่อง หนึ่ง", "เรื่อง สาม"]


def test_reading_all_leaves_what_is_closed_unread(app):
    person = make_person()
    tell([person.id], KIND, person, key="หนึ่ง")
    tell([person.id], KIND, person, key="ปิด", closed=True)
    session.commit()
    assert read_all(person, SPEAKERS) == 1
    session.commit()
    session.expire_all()
    assert [one.key for one in session.scalars(select(Notice).where(Notice.read_at.is_(None)))] == ["ปิด"]
    assert unread_of(person, SPEAKERS) == 0


def test_what_was_done_is_asked_for_no_more(app):
    person, subject = make_person(), make_person()
    tell([person.id], KIND, subject, key="หนึ่ง")
    tell([person.id], KIND, person, key="สอง")
    session.commit()
    take_back(KIND, subject)
    session.commit()
    assert texts_for(person) == ["เรื่อง สอง"]


def test_read_ones_go_after_half_a_year_and_all_after_a_year_and_a_month(app):
    person = make_person()
    ages = {"อ่านนานแล้ว": (200, 181), "เพิ่งอ่าน": (200, 179), "ไม่เคยอ่าน": (399, None), "เก่าเกิน": (401, None)}
    for key, (made, read) in ages.items():
        tell([person.id], KIND, person, key=key)
        session.execute(
            update(Notice)
            .where(Notice.key == key)
            .values(made_at=now() - timedelta(days=made), read_at=read and now() - timedelta(days=read)),
            execution_options={"renewed": True},
        )
    session.commit()
    assert forget_old_notices() == 2
    session.commit()
    assert {one.key for one in session.scalars(select(Notice))} == {"เพิ่งอ่าน", "ไม่เคยอ่าน"}
