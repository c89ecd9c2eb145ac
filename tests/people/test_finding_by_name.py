"""Choosing one of thousands of colleagues by typing a name; and asking of thousands who holds what something is open to."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import now, session
from portal.people.audiences import group_token, holds_one_of, tokens_of
from portal.people.by_name import NobodyCalledSo, SeveralCalledSo, people_to_offer_for, the_one_called
from portal.people.models import GroupKind, Openness, Person, Rank, RoleName
from portal.thai.dates import bangkok_today
from tests.making import (
    act_for,
    join,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def called(first, last="", **more):
    person = make_person(first, **more)
    person.last_name = last
    session.commit()
    return person


def test_one_is_found_as_people_write_names(town):
    somchai = called("สมชาย", "ใจดี")
    called("สมชาติ", "ใจดี")
    for typed in (
        "สมชาย ใจดี", " สมชาย  ใจดี ", "นายสมชาย ใจดี", "นาย สมชาย ใจดี", "สมชาย", "สมชาย ใจ",
        somchai.username, somchai.username.upper(), f"นายสมชาย ใจดี ({somchai.username})", "สมชาย\u200b ใจดี",
    ):  # fmt: skip
        assert the_one_called(typed, select(Person)) == somchai, typed


def test_whoever_is_not_alone_of_the_name_is_asked_for_and_can_be_told_apart(town):
    one, other = called("สมชาย", "ใจดี"), called("สมชาย", "ใจดี")
    for typed in ("สมชาย", "สมชาย ใจดี"):
        with pytest.raises(SeveralCalledSo) as refusal:
            the_one_called(typed, select(Person))
        assert all(person.username in refusal.value.values["names"] for person in (one, other))
    offered = people_to_offer_for("สมชาย", select(Person))
    assert [the_one_called(line["text"], select(Person)) for line in offered] == [one, other]


def test_a_whole_name_goes_before_names_that_begin_so(town):
    short, _ = called("วันดี", "มีสุข"), called("วันดี", "มีสุขสม")
    assert the_one_called("วันดี มีสุข", select(Person)) == short


@pytest.mark.parametrize(
    "typed", ["", " ", "ไม่มีใคร", "%", "()", "(", ")", "a" * 5000, "'; DROP TABLE person"]
)
def test_nobody_is_found_by_what_is_no_name(town, typed):
    called("สมชาย", "ใจดี")
    with pytest.raises(NobodyCalledSo):
        the_one_called(typed, select(Person))


def test_nobody_is_found_outside_those_who_may_be_chosen(town):
    somchai, wandee = called("สมชาย"), called("วันดี")
    among = select(Person).where(Person.id == wandee.id)
    with pytest.raises(NobodyCalledSo):
        the_one_called(somchai.username, among)
    assert people_to_offer_for("", among)[0]["note"] == wandee.username


def test_the_query_of_who_holds_a_token_agrees_with_what_each_person_holds(town):
    finance, works = make_unit("กองคลัง"), make_unit("กองช่าง")
    below = make_unit("ฝ่ายรายได้", parent=finance)
    opened, closed, ended = (make_group(name, GroupKind.COMMUNITY) for name in ("เปิด", "ปิด", "เลิกแล้ว"))
    opened.openness, closed.openness, ended.openness = Openness.OPEN, Openness.CLOSED, Openness.OPEN
    ended.closed_on = bangkok_today() - timedelta(days=1)
    people = [
        make_person("คลัง", unit=finance),
        make_person("รายได้", unit=below),
        make_person("หัวหน้าคลัง", unit=finance, rank=Rank.HEAD),
        make_person("นายก", unit=town, rank=Rank.CHIEF_EXECUTIVE),
        make_person("ช่าง", unit=works, roles=(RoleName.ADMIN,), groups=(closed, ended)),
        make_person("รักษาการ", unit=works),
        make_person("เคยอยู่"),
        make_person("ลาออก", unit=finance, groups=(closed,)),
    ]
    act_for(people[5], make_position(below, rank=Rank.STAFF))
    join(
        people[6],
        closed,
        to_date=bangkok_today() - timedelta(days=1),
        from_date=bangkok_today() - timedelta(days=9),
    )
    people[7].deactivated_at = now()
    session.commit()
    tokens = {group_token(ended.id), group_token(closed.id)}.union(*(tokens_of(one) for one in people))
    assert {token.split(":")[0] for token in tokens} == {
        "public", "org", "unit", "position", "group", "person", "role",
    }  # fmt: skip
    for token in tokens:
        held = {one.first_name for one in people if one.is_active and token in tokens_of(one)}
        found = session.scalars(select(Person).where(holds_one_of({token}))).all()
        assert {one.first_name for one in found} == held, token


def test_offering_names_costs_one_query_however_many_bear_them(town, login_as, count_queries):
    malee = called("มาลี")
    browser = login_as(malee)

    def queries():
        browser.get("/people/to-call?q=สม")
        with count_queries() as statements:
            assert browser.get("/people/to-call?q=สม").status_code == 200
        return len(statements)

    called("สมชาย")
    one = queries()
    for number in range(12):
        called("สมหมาย", f"คนที่ {number}")
    assert queries() == one
