"""How much a database looks at for one page, counted in the instructions that SQLite runs: no more in a large community than in
a small one. The number of questions says nothing of a question that reads the whole store."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from portal.communities.models import Community
from portal.communities.thread_models import Thread, ThreadKind
from portal.db import bound_engine, session
from portal.demo_large import load_large
from portal.lifting.offering import OFFERED
from portal.notices.telling import tell
from tests.making import make_organisation
from tests.training.town import handed_in_by, make_town

pytestmark = pytest.mark.sqlite
AT_A_TIME = 10  # instructions


@contextmanager
def counted_work():
    """What the database does meanwhile, in tens of instructions."""
    done = [0]

    def count() -> int:
        done[0] += 1
        return 0

    def watch(connection, *_rest):
        connection.connection.dbapi_connection.set_progress_handler(count, AT_A_TIME)

    event.listen(bound_engine(), "before_cursor_execute", watch)
    try:
        yield done
    finally:
        event.remove(bound_engine(), "before_cursor_execute", watch)


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_town()


def test_a_page_has_the_database_look_at_no_more_in_a_large_community(town, login_as, monkeypatch):
    """Words of two notices once had it read all that was ever published: of a question that is offered, of a report that waits.
    The small one fills every page, and has as many unread threads as are counted."""
    # How many threads there are is asked anew each minute: none begins in mid-test.
    monkeypatch.setattr("portal.communities.threads.time", SimpleNamespace(monotonic=lambda: 0.0))
    reader = town.section_head
    handed_in_by(town.writer)
    session.commit()
    browser = login_as(reader)

    def add(threads, posts):
        community = load_large(make_organisation(), reader, threads=threads, posts=posts, members=0)
        asked = select(Thread).where(Thread.community_id == community.id, Thread.kind == ThreadKind.QUESTION)
        question = session.scalars(asked.where(Thread.has_answer.is_(False)).limit(1)).one()
        tell([reader.id], OFFERED, question, key=f"offered:{question.id}")
        session.commit()
        return community, question

    def work(community, question):
        found = {}
        for name, path in (
            ("community", f"/communities/{community.id}"),
            ("questions", f"/communities/{community.id}?show=unanswered"),
            ("thread", f"/threads/{question.id}"),
            ("communities", "/communities"),
            ("unread", "/communities/unread"),
            ("notices", "/notices"),
        ):
            browser.get(path)
            with counted_work() as done:
                assert browser.get(path).status_code == 200, path
            found[name] = done[0]
        return found

    small = work(*add(400, 800))
    session.scalars(select(Community)).one().group.name = "เดิม"
    session.commit()
    # Nine times as much. There are two communities and two notices now, and questions without an answer lie further apart.
    large = work(*add(3_200, 3_200))
    assert {name: large[name] for name in large if large[name] > small[name] * 2.2} == {}, (small, large)
