"""The feed of a community: under a secret address, with what its owner may read at that moment, and nothing else."""

from xml.etree import ElementTree

import pytest

from portal.communities.joining import belong, leave
from portal.communities.talking import reply
from portal.db import now, session
from portal.items.posting import hide_post
from portal.notices.preferring import make_feeds, person_of_feed, remove_feeds
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.making import make_admin, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


@pytest.fixture
def community(malee):
    return make_community("เรื่องภายใน", openness=Openness.CLOSED, by=malee)


def feed_of(person, community):
    secret = make_feeds(person)
    session.commit()
    return f"/feeds/{secret}/communities/{community.id}.atom"


def test_the_feed_holds_threads_and_replies_newest_first_without_hidden_ones(malee, community, client):
    thread = make_thread("ถาม <b>& ตอบ</b>", community=community, text="วงเงิน **สี่แสน**")
    reply(thread, by=malee, text="ได้")
    hide_post(reply(thread, by=malee, text="ลบแล้ว"), by=malee, reason="")
    session.commit()
    answer = client.get(feed_of(malee, community))
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)  # noqa: S314 - what the portal itself wrote
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["ตอบ: ถาม <b>& ตอบ</b>", "ถาม <b>& ตอบ</b>"]
    assert "วงเงิน สี่แสน" in answer.text
    assert "ลบแล้ว" not in answer.text
    assert feed.findtext(f"{ATOM}title") == "เรื่องภายใน"
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert all(link.startswith("http") for link in links)


def test_who_leaves_the_community_or_the_office_has_no_feed_any_more(malee, community, client):
    somchai = make_person("สมชาย")
    belong(community, somchai, by=malee)
    address = feed_of(somchai, community)
    assert client.get(address).status_code == 200
    leave(community, somchai, by=somchai)
    session.commit()
    assert client.get(address).status_code == 404
    belong(community, somchai, by=malee)
    somchai.deactivated_at = now()
    session.commit()
    assert client.get(address).status_code == 404


def test_a_new_address_ends_the_one_before_and_a_removed_one_opens_nothing(malee, community, client):
    first, second = feed_of(malee, community), feed_of(malee, community)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    remove_feeds(malee)
    session.commit()
    assert client.get(second).status_code == 404
    assert person_of_feed("x") is None


def test_a_planner_who_knows_that_it_is_there_does_not_read_its_feed(community, client):
    admin = make_admin()
    assert client.get(feed_of(admin, community)).status_code == 404


def test_the_addresses_are_shown_once_one_of_each_of_my_communities(malee, community, login_as, client):
    browser = login_as(malee)
    page = browser.post("/me/feeds").text
    address = page.partition("/feeds/")[2].partition('"')[0]
    assert client.get(f"/feeds/{address}").status_code == 200
    assert "/feeds/" not in browser.get("/me").text.replace("/me/feeds", "")
