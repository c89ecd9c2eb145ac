"""Who may see a person: the colleagues. The rule, the query, the page and the lists agree."""

import pytest

from portal.db import now, session
from portal.people.listing import PeopleFilter, State, find_all_people, find_people, people_to_offer
from portal.people.models import Category, Person, RoleName, Unit, UnitKind
from portal.people.permissions import can_see_profile
from tests.making import make_asset, make_organisation, make_person, make_unit
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def somebody_elsewhere():
    """A member of staff of another organisation; the interface shows one, the rules hold for several."""
    make_organisation()
    other = Unit(kind=UnitKind.ORGANISATION, name="เทศบาลอื่น", code="OTHER", path="/9/")
    session.add(other)
    session.flush()
    other.organisation_id = other.id
    person = Person(username="elsewhere", first_name="อารี", organisation_id=other.id, category=Category.STAFF)
    session.add(person)
    session.commit()
    return person


@pytest.fixture
def cast(app):
    return {
        "visitor": None,
        "colleague": make_person("มาลี", unit=make_unit("กองคลัง")),
        "admin": make_person("ธิดา", roles=(RoleName.ADMIN,)),
        "left": make_person("วิชัย", deactivated_at=now()),
        "system": make_person("ระบบ", is_system=True),
        "elsewhere": somebody_elsewhere(),
    }


# Who sees whom: colleagues each other, also who has left; nobody the system's account, nobody across organisations.
SEEN = {
    "visitor": set(),
    "colleague": {"colleague", "admin", "left"},
    "admin": {"colleague", "admin", "left"},
    "left": set(),
    "elsewhere": {"elsewhere"},
}


@pytest.mark.parametrize("who", SEEN)
def test_the_rule_and_the_query_agree_on_who_sees_whom(cast, who):
    others = {name: person for name, person in cast.items() if person is not None}
    assert {name for name, other in others.items() if can_see_profile(cast[who], other)} == SEEN[who]
    rows = session.scalars(Person.visible_to(cast[who])).all()
    assert {name for name, other in others.items() if other in rows} == SEEN[who]


def test_the_page_and_the_lists_show_those_and_nobody_else(cast, login_as):
    browser = login_as(cast["colleague"])
    for name, other in cast.items():
        if other is not None:
            status = browser.get(f"/people/{other.id}").status_code
            assert status == (200 if name in SEEN["colleague"] else 404), name
    everybody = PeopleFilter(state=State.ALL)
    seen = {cast[name].id for name in SEEN["colleague"]}
    assert {one.id for one in find_people(everybody, cast["colleague"]).people} == seen
    assert {one.id for one in find_all_people(everybody, cast["colleague"]).people} == seen
    assert {one.id for one in people_to_offer(cast["colleague"])} == seen - {cast["left"].id}
    assert find_people(everybody, None).total == 0


def test_the_public_sees_no_person_beside_a_public_text(cast, client):
    asset = make_asset(author=cast["colleague"], readers="public")
    assert "มาลี" not in client.get(f"/knowledge/{asset.id}").text
    assert client.get("/people").status_code == 302


def test_the_admin_gets_nobody_of_elsewhere_and_not_the_system_s_account(cast, login_as):
    browser = login_as(cast["admin"])
    assert browser.get(f"/admin/people/{cast['left'].id}").status_code == 200
    for name in ("elsewhere", "system"):
        assert browser.get(f"/admin/people/{cast[name].id}").status_code == 404
        assert browser.post(f"/admin/people/{cast[name].id}/link").status_code == 404
