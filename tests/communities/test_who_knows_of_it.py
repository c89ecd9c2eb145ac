"""Who knows of a community, who belongs to it and who reads what is open to it: rule, query, page, profile and token agree."""

import re

import pytest
from sqlalchemy.exc import IntegrityError

from portal.communities.listing import communities_of
from portal.communities.models import Community
from portal.communities.permissions import (
    can_ask_to_join,
    can_join,
    can_see_community,
    can_see_members,
)
from portal.db import session
from portal.items import audience
from portal.items.models import Item
from portal.people.audiences import group_token, tokens_of
from portal.people.models import GroupKind, Openness, RoleName
from portal.people.registering import deactivate
from tests.communities.making import make_community
from tests.making import join, make_asset, make_group, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES

NAME = "ชุมชนเรือใบ"
# who → openness of the community: knows of it, sees its members, reads what is open to it
KNOWS = {
    "visitor": {Openness.OPEN: "", Openness.ON_REQUEST: "", Openness.CLOSED: ""},
    "colleague": {Openness.OPEN: "kmr", Openness.ON_REQUEST: "km", Openness.CLOSED: ""},
    "member": {Openness.OPEN: "kmr", Openness.ON_REQUEST: "kmr", Openness.CLOSED: "kmr"},
    "km_team": {Openness.OPEN: "kmr", Openness.ON_REQUEST: "km", Openness.CLOSED: "k"},
    "admin": {Openness.OPEN: "kmr", Openness.ON_REQUEST: "km", Openness.CLOSED: "k"},
    "who left the town": {Openness.OPEN: "", Openness.ON_REQUEST: "", Openness.CLOSED: ""},
}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def people(app):
    make_organisation()
    gone = make_person("ลาออก")
    people = {
        "visitor": None,
        "colleague": make_person("สมชาย"),
        "member": make_person("มาลี"),
        "km_team": make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),)),
        "admin": make_person("ธิดา", roles=(RoleName.ADMIN,)),
        "who left the town": gone,
    }
    deactivate(gone, by=people["admin"])
    session.commit()
    return people


@pytest.fixture(params=Openness)
def community(request, people):
    made = make_community(NAME, openness=request.param)
    join(people["member"], made.group)
    return made


@pytest.mark.parametrize("who", KNOWS)
def test_rule_query_list_token_and_texts_agree(community, people, who):
    person, may = people[who], KNOWS[who][community.group.openness]
    asset = make_asset("เรื่องในชุมชน", author=community.founded_by)
    audience.open_to(asset, [group_token(community.group_id)], by=community.founded_by)
    session.commit()
    assert can_see_community(person, community) is ("k" in may)
    assert (community in session.scalars(Community.visible_to(person)).all()) is ("k" in may)
    assert [one.community for one in communities_of(person)] == ([community] if "k" in may else [])
    assert can_see_members(person, community) is ("m" in may)
    assert (group_token(community.group_id) in tokens_of(person)) is ("r" in may)
    seen = session.scalars(Item.visible_to(person).where(Item.id == asset.id)).all()
    assert bool(seen) is ("r" in may)


@pytest.mark.parametrize("who", [who for who in KNOWS if who not in ("visitor", "who left the town")])
def test_the_pages_show_what_the_rules_say(community, people, login_as, who):
    person, may = people[who], KNOWS[who][community.group.openness]
    browser = login_as(person)
    assert (NAME in browser.get("/communities").text) is ("k" in may)
    assert browser.get(f"/communities/{community.id}").status_code == (200 if "k" in may else 404)
    members = browser.get(f"/communities/{community.id}/members")
    assert members.status_code == (200 if "m" in may else 403 if "k" in may else 404)
    profile = browser.get(f"/people/{people['member'].id}").text
    assert (NAME in profile) is ("m" in may)


def test_a_closed_community_and_a_missing_one_look_the_same(people, login_as):
    hidden = make_community(NAME, openness=Openness.CLOSED)
    browser = login_as(people["colleague"])
    there, missing = browser.get(f"/communities/{hidden.id}"), browser.get("/communities/99999")
    assert there.status_code == missing.status_code == 404
    here, nowhere = f"/communities/{hidden.id}", "/communities/99999"

    def but_for_its_number(page, address):
        return re.sub(r'<code>\w+</code>|"[\w.-]{60,}"', "", page.text.replace(address, "#"))

    assert but_for_its_number(there, here) == but_for_its_number(missing, nowhere)


def test_nobody_who_is_not_signed_in_reads_any(community, client):
    for path in ("/communities", f"/communities/{community.id}", f"/communities/{community.id}/members"):
        assert client.get(path).location.startswith("/sign-in?")


@pytest.mark.parametrize("who", ["colleague", "km_team", "admin"])
def test_an_open_one_is_joined_another_asked_and_a_closed_one_neither(community, people, who):
    person, openness = people[who], community.group.openness
    assert can_join(person, community) is (openness == Openness.OPEN)
    assert can_ask_to_join(person, community) is (openness == Openness.ON_REQUEST)


def test_closing_an_open_community_takes_one_row_and_every_colleague_is_out_at_once(people):
    community, colleague = make_community(NAME), people["colleague"]
    assert group_token(community.group_id) in tokens_of(colleague)
    community.group.openness = Openness.ON_REQUEST
    session.commit()
    assert group_token(community.group_id) not in tokens_of(colleague)


def test_no_group_but_a_community_is_open_to_everybody(people):
    team = make_group("คณะทำงาน", GroupKind.WORKING_GROUP)
    assert team.openness == Openness.CLOSED
    assert group_token(team.id) not in tokens_of(people["colleague"])
    team.openness = Openness.OPEN
    with pytest.raises(IntegrityError, match="open_communities_only"):
        session.flush()
    session.rollback()


def test_the_administration_lists_no_community_and_opens_none(people, login_as):
    community = make_community(NAME, openness=Openness.CLOSED)
    browser = login_as(people["admin"])
    assert NAME not in browser.get("/admin/groups").text
    # The audit log leads there; what is known of a community stands on its own page.
    assert browser.get(f"/admin/groups/{community.group_id}").location == f"/communities/{community.id}"
    assert browser.post(f"/admin/groups/{community.group_id}").status_code == 404
    assert browser.post(f"/admin/groups/{community.group_id}/members").status_code == 404
    membership = community.group.memberships[0].id
    assert browser.get(f"/admin/memberships/{membership}").status_code == 404
    assert NAME not in browser.get(f"/admin/people/{community.founded_by_id}").text
