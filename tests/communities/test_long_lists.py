"""A thousand members, a thousand communities: lists are read page by page, and names are searched for."""

import pytest

from portal.communities.joining import belong, take_part
from portal.communities.listing import A_PAGE, communities_of, members_of, people_of
from portal.communities.models import Community, Part
from portal.db import session
from portal.people.models import Group, GroupKind, GroupMembership, Openness, Person
from portal.thai.dates import bangkok_today
from tests.communities.making import make_community
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


@pytest.fixture
def malee(town):
    return make_person("มาลี")


def fill(community, many):
    people = [
        Person(
            organisation_id=community.organisation_id,
            username=f"member{number}",
            first_name=f"สมาชิก{number:04}",
            last_name="ใจดี",
        )
        for number in range(many)
    ]
    session.add_all(people)
    session.flush()
    session.add_all(
        GroupMembership(group_id=community.group_id, person_id=one.id, from_date=bangkok_today())
        for one in people
    )
    session.commit()
    return people


def found(many, by):
    groups = [
        Group(
            organisation_id=by.organisation_id,
            kind=GroupKind.COMMUNITY,
            name=f"ชุมชน{number:04}",
            purpose="แลกเปลี่ยนเรื่องประปา" if number == 7 else "แลกเปลี่ยน",
            openness=Openness.OPEN,
        )
        for number in range(many)
    ]
    session.add_all(groups)
    session.flush()
    session.add_all(
        Community(organisation_id=by.organisation_id, group_id=one.id, founded_by_id=by.id) for one in groups
    )
    session.commit()


def test_members_stand_on_pages_who_does_something_first(malee):
    community = make_community(by=malee)
    people = fill(community, 2 * A_PAGE)
    take_part(community, people[-1], Part.NOTE_TAKER, by=malee)
    session.commit()
    pages = [members_of(community, page=number) for number in (1, 2, 3, 4)]
    assert [len(one.members) for one in pages] == [A_PAGE, A_PAGE, 1, 0]
    assert pages[0].total == 2 * A_PAGE + 1
    assert [one.person for one in pages[0].members[:3]] == [malee, people[-1], people[0]]
    everyone = [one.person.id for page in pages for one in page.members]
    assert len(set(everyone)) == len(everyone) == 2 * A_PAGE + 1
    assert len(session.scalars(people_of(community)).all()) == 2 * A_PAGE + 1


def test_a_member_is_found_by_what_he_is_called(malee, login_as):
    community = make_community(by=malee)
    fill(community, A_PAGE + 1)
    browser = login_as(malee)
    address = f"/communities/{community.id}/members"
    assert "สมาชิก0050 ใจดี</a>" not in browser.get(address).text
    page = browser.get(f"{address}?q=สมาชิก0050 ใจดี").text
    assert "สมาชิก0050 ใจดี</a>" in page
    assert "สมาชิก0049 ใจดี</a>" not in page
    assert "ไม่มีสมาชิกชื่อนี้" in browser.get(f"{address}?q=50%25_").text
    assert browser.get(f"{address}?q={'ก' * 5000}&page=๙๙๙").status_code == 200


def test_a_short_list_of_members_asks_nothing(malee, login_as):
    community = make_community(by=malee)
    assert 'id="member-q"' not in login_as(malee).get(f"/communities/{community.id}/members").text


def test_communities_stand_on_pages_ones_own_first_and_are_found_by_name_and_purpose(malee, login_as):
    found(A_PAGE + 10, malee)
    own = make_community("ฮ ชุมชนของฉัน", by=malee)
    first, second = (communities_of(malee, page=number) for number in (1, 2))
    assert first[0].community == own
    assert (len(first), len(second)) == (A_PAGE, 11)
    assert not {one.community.id for one in first} & {one.community.id for one in second}
    browser = login_as(malee)
    assert "ชุมชน0007" in browser.get("/communities?q=ประปา").text
    assert "ชุมชน0008" not in browser.get("/communities?q=ประปา").text
    assert "ไม่มีชุมชนชื่อนี้" in browser.get("/communities?q=ไม่มีจริง").text
    assert "ชุมชน0058" in browser.get("/communities?page=2").text
    assert browser.get("/communities?page=99").status_code == 200


def test_closed_communities_are_in_no_search_of_a_stranger(malee, login_as):
    make_community("วงลับ", openness=Openness.CLOSED, by=malee)
    assert "วงลับ" in login_as(malee).get("/communities?q=วงลับ").text
    assert "วงลับ</a>" not in login_as(make_person("คนอื่น")).get("/communities?q=วงลับ").text


def test_a_thousand_take_as_many_queries_as_a_hundred(malee, login_as, count_queries):
    community, browser = make_community(by=malee), login_as(malee)
    fill(community, A_PAGE + 10)
    found(A_PAGE + 10, malee)

    def queries(path):
        browser.get(path)
        with count_queries() as statements:
            assert browser.get(path).status_code == 200
        return len(statements)

    paths = (
        f"/communities/{community.id}/members",
        f"/communities/{community.id}/members?page=2",
        "/communities",
    )
    few = [queries(path) for path in paths]
    for number in range(1000):
        session.add(
            Person(
                organisation_id=malee.organisation_id,
                username=f"more{number}",
                first_name=f"เพิ่ม{number}",
            )
        )
    session.flush()
    more = session.query(Person).where(Person.username.startswith("more")).all()
    session.add_all(
        GroupMembership(group_id=community.group_id, person_id=one.id, from_date=bangkok_today())
        for one in more
    )
    session.commit()
    assert [queries(path) for path in paths] == few
    belong(community, make_person("ใหม่"), by=malee)
