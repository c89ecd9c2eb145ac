"""From the search one gets to the people who may know: the task "start a thread", and one's communities where nothing was found."""

import pytest

from portal.communities.joining import belong
from portal.db import session
from portal.people.models import Openness
from portal.search.actions import offers_for
from portal.search.query import SearchQuery
from tests.communities.making import make_community
from tests.indexing import index_all
from tests.making import make_organisation, make_person


@pytest.fixture
def somchai(app, settings):
    with app.test_request_context():
        make_organisation()
        index_all(settings)
        yield make_person("สมชาย")


def offered(text, person):
    return [(one.title, one.url) for one in offers_for(SearchQuery(text=text), person)]


def test_who_belongs_to_one_community_starts_his_thread_there(somchai):
    community = make_community()
    belong(community, somchai, by=somchai)
    session.commit()
    assert offered("ตั้งกระทู้", somchai) == [("ตั้งกระทู้", f"/communities/{community.id}/threads/new")]


def test_who_belongs_to_several_chooses_and_who_belongs_to_none_looks_round(somchai):
    assert offered("ตั้งกระทู้", somchai) == [("ตั้งกระทู้", "/communities")]
    for name in ("ก", "ข"):
        belong(make_community(name), somchai, by=somchai)
    session.commit()
    assert offered("อยากตั้งกระทู้", somchai) == [("ตั้งกระทู้", "/communities?state=mine")]
    assert offered("ตั้งกระทู้", None) == []


def test_what_was_not_found_is_asked_in_ones_own_communities_with_the_words_typed(somchai, login_as):
    mine, other = make_community("ชุมชนของสมชาย"), make_community("ชุมชนอื่น", openness=Openness.CLOSED)
    belong(mine, somchai, by=somchai)
    session.commit()
    browser = login_as(somchai)
    page = browser.get("/search?q=ปลากระป๋องตราเรือใบ").text
    address = f"/communities/{mine.id}/threads/new?kind=question&amp;title="
    assert address in page
    assert other.name not in page
    form = browser.get(f"/communities/{mine.id}/threads/new?kind=question&title=ปลากระป๋อง").text
    assert 'value="ปลากระป๋อง"' in form


def test_the_public_and_who_belongs_to_no_community_are_offered_none(somchai, login_as, client):
    make_community()
    for browser in (client, login_as(somchai)):
        assert "/threads/new" not in browser.get("/search?q=ปลากระป๋องตราเรือใบ").text
