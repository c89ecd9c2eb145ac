"""The large community of `portal demo --large`: what the domains would have written, and pages that ask no more the larger it is."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from portal.communities.carrying import merge_thread
from portal.communities.life import signs_of
from portal.communities.models import Community
from portal.communities.talking import accept_answer, reply, take_back_answer
from portal.communities.thread_models import AcceptedAnswer, Thread, ThreadKind
from portal.communities.threads import POSTS_A_PAGE, THREADS_A_PAGE, posts_on, threads_of
from portal.db import session
from portal.demo import LARGE_FOUNDER, load_large_demo
from portal.demo_large import NotOfTheDemonstration, load_large
from portal.demo_texts import material
from portal.items.fulfilling import Fulfilment
from portal.items.models import Item, ItemState, Post, Revision
from portal.items.permissions import can_see
from portal.items.posting import hide_post
from portal.markup.rendering import render
from portal.people.settings import decide
from portal.search.checking import check
from portal.search.indexing import reindex
from tests.communities.making import make_community, make_thread
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
def chanida(town):
    return make_person("ชนิดา", username=LARGE_FOUNDER)


def large(chanida, threads, posts, members=12):
    community = load_large(make_organisation(), chanida, threads=threads, posts=posts, members=members)
    session.commit()
    return community


def test_it_has_as_much_as_was_asked_for_and_nothing_twice(town, chanida):
    community = large(chanida, 40, 400)
    threads = session.scalars(select(Thread).where(Thread.community_id == community.id)).all()
    assert len(threads) == 40
    assert sum(one.replies for one in threads) == 400
    assert session.scalar(select(func.count()).select_from(Post)) == 400
    for thread in threads:
        assert thread.is_published
        posts = session.scalars(select(Post).where(Post.item_id == thread.id).order_by(Post.number)).all()
        assert [post.number for post in posts] == list(range(1, thread.replies + 1))
        moments = [thread.published_at, *(post.posted_at for post in posts)]
        assert moments == sorted(moments)
        assert thread.last_posted_at == moments[-1]
        assert (thread.listed_as, thread.has_answer) == (thread.kind, thread.answer is not None)
    assert load_large(make_organisation(), chanida, threads=1, posts=1) is None, (
        "a second time nothing is added"
    )


def test_it_is_what_the_domain_would_have_written(town, chanida):
    community = large(chanida, 20, 100)
    made, written = threads_of(community, chanida).threads[0], make_thread(community=community)
    for column in (one.name for one in Item.__table__.columns):
        assert type(getattr(made, column)) is type(getattr(written, column)), column
    assert {row.token for row in made.audience} == {row.token for row in written.audience}
    assert [(row.goal_id, row.step) for row in made.fulfilments] == [
        (row.goal_id, row.step) for row in written.fulfilments
    ]
    revision = session.scalars(select(Revision).where(Revision.item_id == made.id)).one()
    assert (revision.title, revision.fields) == (made.title, {"kind": made.kind})
    for post in session.scalars(select(Post).limit(50)):
        assert post.html == render(post.text, heading_offset=2, anchor_prefix=f"p{post.number}-").html
    assert can_see(make_person("คนอื่น"), made)
    assert session.scalar(select(func.count()).select_from(Fulfilment)) >= 20
    assert reply(made, by=chanida, text="ต่อ").number == made.replies


def test_the_same_texts_come_each_time(town, chanida):
    def texts_of(community):
        threads = select(Thread.id).where(Thread.community_id == community.id)
        titles = session.scalars(select(Item.title).where(Item.id.in_(threads)).order_by(Item.id)).all()
        posts = select(Post.text).where(Post.item_id.in_(threads)).order_by(Post.item_id, Post.number)
        return titles, session.scalars(posts).all()

    first = large(chanida, 10, 60, members=0)
    first.group.name = "เดิม"
    session.commit()
    assert texts_of(large(chanida, 10, 60, members=0)) == texts_of(first)
    assert len(material().paragraphs) > 50


def test_after_it_was_added_the_index_is_made_and_holds_its_replies(town, chanida, settings):
    """It once kept the write lock of SQLite, for which the index then waited in vain."""
    decide(town.id, demo=True)
    session.commit()
    load_large_demo(threads=5, posts=20, members=3)
    assert reindex(settings) >= 5
    assert check(settings).all == set()


def test_it_is_added_to_a_demonstration_only(town, chanida):
    with pytest.raises(NotOfTheDemonstration):
        load_large_demo(threads=1, posts=1, members=1)
    decide(town.id, demo=True)
    session.commit()
    seen = []
    said = load_large_demo(lambda done, whole: seen.append((done, whole)), threads=5, posts=20, members=3)
    assert "5 threads, 20 replies" in said
    assert seen[-1] == (25, 25)
    assert "nothing added" in load_large_demo(threads=5, posts=20, members=3)


def test_pages_ask_no_more_of_a_large_community_than_of_a_small_one(
    town, chanida, login_as, count_queries, monkeypatch
):
    # How many threads there are is asked anew each minute: none begins in mid-test.
    monkeypatch.setattr("portal.communities.threads.time", SimpleNamespace(monotonic=lambda: 0.0))
    browser = login_as(chanida)

    def queries(path):
        browser.get(path)
        with count_queries() as statements:
            assert browser.get(path).status_code == 200, path
        return len(statements)

    def pages(community):
        long = session.scalars(
            select(Thread).where(Thread.community_id == community.id).order_by(Thread.replies.desc())
        ).first()
        number = long.id
        return [
            queries(path)
            for path in (
                f"/communities/{community.id}",
                f"/communities/{community.id}?page=2",
                f"/communities/{community.id}?show=unanswered",
                f"/threads/{number}",
                "/communities",
                "/communities/unread",
            )
        ]

    small = pages(large(chanida, THREADS_A_PAGE + 5, 3 * POSTS_A_PAGE))
    session.scalars(select(Community)).one().group.name = "เดิม"
    session.commit()
    second = load_large(make_organisation(), chanida, threads=300, posts=3_000, members=0)
    session.commit()
    assert pages(second) == small
    assert max(small) <= 20


def test_what_a_thread_keeps_beside_its_state_is_true_whatever_happens(town, chanida):
    community = make_community(by=chanida)
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)

    def is_true():
        session.flush()
        session.expire_all()
        for thread in session.scalars(select(Thread)):
            assert thread.listed_as == (thread.kind if thread.state == ItemState.PUBLISHED else None)
            answered = session.get(AcceptedAnswer, thread.id) is not None
            assert thread.has_answer is answered

    is_true()
    post = reply(one, by=chanida, text="ตอบ")
    accept_answer(one, post, by=chanida)
    is_true()
    assert threads_of(community, chanida, unanswered=True).threads == [other]
    hide_post(post, by=chanida, reason="ผิด")
    session.flush()
    assert threads_of(community, chanida, unanswered=True).total == 2
    assert signs_of([community])[community.id].unanswered == 2
    take_back_answer(one, post, by=chanida)
    is_true()
    accept_answer(one, reply(one, by=chanida, text="อีก"), by=chanida)
    merge_thread(one, other, by=chanida, why="ซ้ำ")
    is_true()
    session.refresh(other)
    assert (other.has_answer, one.listed_as) == (True, None)
    other.kind = ThreadKind.DISCUSSION
    is_true()


def test_a_page_far_down_holds_what_it_should(town, chanida):
    community = large(chanida, 3 * THREADS_A_PAGE + 1, 200)
    found = [threads_of(community, chanida, page=number).threads for number in (1, 2, 3, 4, 5)]
    assert [len(page) for page in found] == [THREADS_A_PAGE] * 3 + [1, 0]
    moments = [thread.last_posted_at for page in found for thread in page]
    assert moments == sorted(moments, reverse=True)
    assert posts_on(found[3][0], 99) == []
