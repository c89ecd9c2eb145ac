"""A hundred texts wait: they are read page by page, and a page asks the database as little as for one."""

import pytest

from portal.db import now, session
from portal.items.models import Post
from portal.items.order_models import Because, HeldText
from portal.moderation.models import Reason, Report
from portal.moderation.queue import A_PAGE, MOST_ON_A_PAGE, cases_for, held_texts_for, suspensions_listed
from portal.moderation.reporting import report, tell_of_held
from portal.moderation.suspending import suspend
from portal.people.models import Openness
from tests.communities.making import make_thread
from tests.making import make_organisation
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def fill(cast, many):
    """So many texts of the author reported and waiting, each reported one in a thread of its own, and as many suspensions."""
    for number in range(many):
        thread = make_thread(f"กระทู้ที่ {number}", community=cast.community, by=cast.member)
        post = Post(
            item_id=thread.id, number=1, author_id=cast.author.id, text="คำ", html="คำ", renderer_version=1
        )
        session.add(post)
        session.flush()
        session.add(
            Report(
                reporter_id=cast.member.id,
                author_id=cast.author.id,
                item=thread,
                post=post,
                reason=Reason.RUDE,
            )
        )
        for place in (thread.id, cast.thread.id):
            session.add(HeldText(author_id=cast.author.id, item_id=place, text="รอ", because=Because.NEW))
        suspend(cast.author, cast.community.group, 7, by=cast.facilitator, why="เหตุ")
    session.commit()


def addresses(cast):
    return (
        "/moderation",
        f"/threads/{cast.thread.id}",
        f"/communities/{cast.community.id}",
        "/moderation/mine",
    )


def test_pages_of_moderators_ask_as_little_for_a_hundred_texts_as_for_one(town, login_as, count_queries):
    cast = make_cast()
    report(cast.thread, cast.post, by=cast.member, reason=Reason.RUDE)
    fill(cast, 1)
    tell_of_held(session.query(HeldText).first())
    session.commit()
    people = {
        name: login_as(getattr(cast, name))
        for name in ("facilitator", "km_team", "admin", "author", "member")
    }

    def asked():
        counts = {}
        for name, browser in people.items():
            for address in addresses(cast):
                browser.get(address)  # what is remembered is remembered
                with count_queries() as statements:
                    assert browser.get(address).status_code == 200
                counts[name, address] = len(statements)
        return counts

    few = asked()
    fill(cast, 99)
    many = asked()
    assert {place: count for place, count in many.items() if count > few[place]} == {}


def test_each_list_of_the_queue_has_its_own_pages(town, login_as):
    cast = make_cast()
    fill(cast, A_PAGE + 1)
    browser = login_as(cast.facilitator)
    first = browser.get("/moderation").text
    assert "กระทู้ที่ 0<" in first
    assert f"กระทู้ที่ {A_PAGE}<" not in first.split('id="held"')[0]
    for name, last in (("page", 2), ("held", 3), ("suspended", 2)):
        assert f"/moderation?{name}={last}#{name}" in first
        assert browser.get(f"/moderation?{name}={last}").status_code == 200
    assert f"กระทู้ที่ {A_PAGE}<" in browser.get("/moderation?page=2").text
    for listed, total in ((cases_for, 31), (held_texts_for, 62), (suspensions_listed, 31)):
        pages = [listed(cast.facilitator, page=number) for number in (1, 2, 3)]
        assert {many for _, many in pages} == {total}
        assert sum(len(rows) for rows, _ in pages) == total
    empty = browser.get("/moderation?page=9&held=9&suspended=9")
    assert empty.status_code == 200
    assert "ไม่มีข้อความรอคุณตัดสิน" not in empty.text, "they stand on other pages"


def test_of_many_texts_that_wait_on_one_thread_its_page_shows_some_and_leads_to_the_rest(town, login_as):
    cast = make_cast()
    fill(cast, MOST_ON_A_PAGE + 1)
    page = login_as(cast.facilitator).get(f"/threads/{cast.thread.id}").text
    assert page.count("/moderation/held/") == MOST_ON_A_PAGE
    assert "/moderation#held" in page
    assert "/moderation#held" not in login_as(cast.author).get(f"/threads/{cast.thread.id}").text


def test_the_admin_who_may_not_read_there_sees_no_title_however_many_wait(town, login_as):
    cast = make_cast(Openness.CLOSED)
    fill(cast, 3)
    for person in (cast.facilitator, cast.sponsor):
        person.deactivated_at = now()
    session.commit()
    page = login_as(cast.admin).get("/moderation").text
    assert page.count("/moderation/cases/") == 3
    assert "กระทู้ที่" not in page
