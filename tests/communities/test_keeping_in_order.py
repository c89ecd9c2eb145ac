"""Who leads a community keeps its threads in order: pins, moves, merges and splits them; nothing is lost, and nobody reads more
than before."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.communities.carrying import (
    MoreOpen,
    NothingChosen,
    NotTogether,
    StandsElsewhere,
    merge_thread,
    move_thread,
    split_thread,
)
from portal.communities.joining import belong, leave
from portal.communities.keeping_models import ThreadAct
from portal.communities.keeping_permissions import (
    can_keep,
    can_move,
    can_move_to,
    communities_to_move_to,
)
from portal.communities.kept import address_after_merge, keeping_of
from portal.communities.models import Community
from portal.communities.pinning import (
    MOST_PINNED,
    PinnedAlready,
    TooManyPinned,
    lift_pin,
    pin_of,
    pin_thread,
)
from portal.communities.talking import ThreadMoved, accept_answer, reply
from portal.communities.thread_models import Thread, ThreadKind
from portal.communities.threads import posts_on, threads_of
from portal.db import Base, now, session
from portal.drafts.keeping import keep
from portal.drafts.models import Draft
from portal.errors import PortalError
from portal.files.storing import receive
from portal.items.attaching import address_of, attach, can_fetch
from portal.items.following import is_following, unfollow
from portal.items.hiding import hide_post
from portal.items.merged import known_as, where_they_went
from portal.items.models import Attachment, Item, Origin, Post
from portal.items.permissions import can_see, can_unhide
from portal.items.posting import post_numbered
from portal.items.reading import family_of
from portal.items.talk_models import Reaction, ReactionSort
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import Openness, Person
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.communities.making import make_community, make_thread
from tests.indexing import index_all
from tests.look.worlds import picture
from tests.making import make_asset, make_organisation, make_person
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


@pytest.fixture
def community(malee):
    return make_community(by=malee)


def talk(thread, many, *, by=None):
    posts = [
        reply(thread, by=by or thread.author, text=f"{thread.title} ตอบ {one}") for one in range(1, many + 1)
    ]
    session.commit()
    return posts


def numbers(thread):
    return session.execute(
        select(Post.number, Post.id).where(Post.item_id == thread.id).order_by(Post.number)
    ).all()


def said_to(person):
    return [(worded.text, worded.url) for _, worded in notices_of(person, SPEAKERS)]


def members_of_both(*communities, called="สมชาย"):
    person = make_person(called)
    for one in communities:
        belong(one, person, by=person)
    session.commit()
    return person


# Pins


def test_a_pinned_thread_stands_above_the_others_with_who_and_why(malee, community):
    old, new = make_thread("เก่า", community=community), make_thread("ใหม่", community=community)
    pin_thread(old, by=malee, why="กติกาของเรา")
    session.commit()
    page = threads_of(community, malee)
    assert ([one.title for one in page.pinned], [one.title for one in page.threads]) == (["เก่า"], ["ใหม่"])
    pin = keeping_of(old, [], malee).pin
    assert (pin.pinned_by, pin.why) == (malee, "กติกาของเรา")
    with pytest.raises(PinnedAlready):
        pin_thread(old, by=malee, why="อีกที")
    for _ in range(2):
        lift_pin(old, by=malee)
    session.commit()
    assert threads_of(community, malee).pinned == []
    assert [one.title for one in threads_of(community, malee).threads] == ["ใหม่", "เก่า"]
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == old.id)).all()
    assert (acts.count("thread.pin"), acts.count("thread.lift_pin")) == (1, 1)
    assert new.id


def test_pinned_threads_are_shown_by_kind_like_the_others_and_on_the_first_page_alone(malee, community):
    thread = make_thread(community=community, kind=ThreadKind.QUESTION)
    pin_thread(thread, by=malee, why="อ่านก่อน")
    session.commit()
    assert threads_of(community, malee, kind=ThreadKind.QUESTION).pinned == [thread]
    assert threads_of(community, malee, kind=ThreadKind.TOLD_STORY).pinned == []
    assert threads_of(community, malee, page=2).pinned == []


def test_at_most_five_are_pinned_also_by_two_at_once(app, malee, community):
    threads = [make_thread(f"กระทู้ {number}", community=community) for number in range(MOST_PINNED + 3)]
    for thread in threads[: MOST_PINNED - 1]:
        pin_thread(thread, by=malee, why="สำคัญ")
    session.commit()
    ids, by = [thread.id for thread in threads[MOST_PINNED - 1 :]], malee.id

    def pin(thread_id):
        with app.test_request_context():
            try:
                pin_thread(session.get(Thread, thread_id), by=session.get(Person, by), why="สำคัญ")
                session.commit()
                return "pinned"
            except TooManyPinned:
                session.rollback()
                return "too many"
            finally:
                session.remove()

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(pin, ids)) == ["pinned"] + ["too many"] * 3
    assert len(threads_of(community, malee).pinned) == MOST_PINNED


# Who may


def test_who_leads_keeps_the_threads_and_nobody_else(malee, community):
    member, stranger = members_of_both(community), make_person("คนอื่น")
    thread = make_thread(community=community, by=member)
    for person, may in ((malee, True), (member, False), (stranger, False), (None, False)):
        assert can_keep(person, thread) is may
        assert can_move(person, thread) is may


@pytest.mark.parametrize("target_is", Openness)
@pytest.mark.parametrize("source_is", Openness)
def test_a_thread_never_goes_to_where_more_people_read(malee, source_is, target_is):
    source, target = (
        make_community(name, openness=one, by=malee)
        for name, one in (("ต้นทาง", source_is), ("ปลายทาง", target_is))
    )
    thread = make_thread(community=source)
    order = list(Openness)
    allowed = source_is != Openness.CLOSED and order.index(target_is) >= order.index(source_is)
    assert can_move_to(malee, thread, target) is allowed
    offered = session.scalars(communities_to_move_to(malee, thread)).all() if can_move(malee, thread) else []
    assert (target in offered) is allowed, "the rule and the query agree"
    if not allowed:
        with pytest.raises(MoreOpen):
            move_thread(thread, target, by=malee, why="ผิดที่")


@pytest.mark.parametrize("target_is", [Openness.ON_REQUEST, Openness.CLOSED])
def test_from_a_community_on_request_a_thread_goes_only_where_everybody_could_read_it_before(
    malee, target_is
):
    """Seen: talk that was moved to a smaller but other circle, which had never been let in."""
    source = make_community("ต้นทาง", openness=Openness.ON_REQUEST, by=malee)
    target = make_community("ปลายทาง", openness=target_is, by=malee)
    thread = make_thread(community=source)
    outsider = members_of_both(target)

    def offered():
        return target in session.scalars(communities_to_move_to(malee, thread)).all()

    assert not can_move_to(malee, thread, target)
    assert not offered()
    with pytest.raises(MoreOpen):
        move_thread(thread, target, by=malee, why="ผิดที่")
    session.rollback()
    belong(source, outsider, by=malee)
    session.commit()
    assert can_move_to(malee, thread, target)
    assert offered()
    leave(source, outsider, by=outsider)
    outsider.deactivated_at = now()
    session.commit()
    assert can_move_to(malee, thread, target), "who has left the organisation reads nowhere"
    assert offered()
    move_thread(thread, target, by=malee, why="เรื่องของวงนี้")
    assert thread.community == target


def test_a_thread_goes_only_where_its_mover_is_a_member(malee, community):
    elsewhere = make_community("ชุมชนอื่น", by=make_person("ธิดา"))
    thread = make_thread(community=community)
    assert not can_move_to(malee, thread, elsewhere)
    belong(elsewhere, malee, by=malee)
    session.commit()
    assert can_move_to(malee, thread, elsewhere)
    assert not can_move_to(malee, thread, community)


# Moves


def test_who_does_not_read_there_loses_a_moved_thread_everywhere_at_once(
    town, malee, community, settings, login_as
):
    closed = make_community("วงปิด", openness=Openness.CLOSED, by=malee)
    somchai, insider = members_of_both(community), members_of_both(closed, called="สมหญิง")
    thread = make_thread("ปลากระป๋องตราเรือใบ", community=community, by=somchai)
    with receive(io.BytesIO(picture()), "ภาพ.png", settings=settings) as received:
        attached = attach(received, by=malee, settings=settings)
    reply(thread, by=malee, text=f"![ภาพ]({address_of(attached)})")
    session.commit()
    assert said_to(somchai)
    index_all(settings)
    query = SearchQuery.from_args({"q": "ปลากระป๋องตราเรือใบ"})
    assert search(query, somchai).results
    move_thread(thread, closed, by=malee, why="มีชื่อผู้ป่วย")
    session.commit()
    index_all(settings)
    session.expire_all()
    for person, reads in ((somchai, False), (insider, True), (malee, True), (None, False)):
        assert can_see(person, thread) is reads
        assert (thread in session.scalars(Thread.visible_to(person)).all()) is reads
        assert can_fetch(person, session.get(Attachment, attached.id)) is reads
        assert bool(search(query, person).results) is reads
        if person is not None:
            browser = login_as(person)
            assert browser.get(f"/threads/{thread.id}").status_code == (200 if reads else 404)
            assert browser.get(f"/items/{thread.id}").status_code == (302 if reads else 404)
            assert browser.get(f"/files/{attached.id}").status_code == (200 if reads else 404)
    assert said_to(somchai) == [], (
        "neither what he was told before nor that it was moved: he may not know where it is"
    )
    assert threads_of(community, somchai).total == 0
    assert [one.id for one in threads_of(closed, insider).threads] == [thread.id]


def test_a_moved_thread_fulfils_what_its_new_community_serves_and_says_where_it_was(malee, community):
    target = make_community("ชุมชนอื่น", by=malee)
    target.step = "KM3"
    thread = make_thread(community=community, by=members_of_both(community, target))
    pin_thread(thread, by=malee, why="สำคัญ")
    move_thread(thread, target, by=malee, why="เรื่องพัสดุ")
    session.commit()
    assert [(row.goal_id, row.step) for row in thread.fulfilments] == [(None, "KM3")]
    assert pin_of(thread) is None, "what stands above there, those there say"
    (told,) = keeping_of(thread, [], thread.author).acts
    assert (told.where, told.act.why, told.act.by) == (community.name, "เรื่องพัสดุ", malee)
    assert "เรื่องพัสดุ" in said_to(thread.author)[0][0]
    assert (
        session.scalars(select(AuditEntry).where(AuditEntry.action == "thread.move")).one().actor_id
        == malee.id
    )


def test_who_writes_when_the_thread_is_just_moved_does_not_write_to_others(malee, community):
    target, member = make_community("ชุมชนอื่น", by=malee), members_of_both(community)
    thread = make_thread(community=community)
    with session.no_autoflush:
        thread.community  # noqa: B018 - as it was when his page was made
        session.execute(Thread.__table__.update().values(community_id=target.id))
        with pytest.raises(ThreadMoved):
            reply(thread, by=member, text="แทรก")


# Merges


def test_a_merged_thread_stands_at_the_end_of_the_other_and_its_address_leads_there(
    malee, community, login_as
):
    asking = members_of_both(community)
    one, other = make_thread("หนึ่ง", community=community, by=asking), make_thread("สอง", community=community)
    kept, moving = talk(other, 2), talk(one, 3)
    ids = [post.id for post in moving]
    merge_thread(one, other, by=malee, why="ถามซ้ำ")
    session.commit()
    session.expire_all()
    assert [row.number for row in numbers(other)] == [1, 2, 3, 4, 5, 6]
    assert [row.id for row in numbers(other)][:2] == [post.id for post in kept]
    assert [row.id for row in numbers(other)][3:] == ids, "posts keep their ids"
    opening = session.scalars(select(Post).where(Post.item_id == other.id, Post.number == 3)).one()
    assert (opening.author_id, opening.posted_at) == (asking.id, one.published_at)
    assert "หนึ่ง" in opening.text
    assert (other.replies, one.is_published) == (6, False)
    assert threads_of(community, malee).threads == [other]
    browser = login_as(asking)
    assert browser.get(f"/threads/{one.id}").location == f"/threads/{other.id}?post=3#post-3"
    assert browser.get(f"/threads/{one.id}?post=2").location == f"/threads/{other.id}?post=5#post-5"
    assert browser.get(f"/items/{one.id}").location == f"/threads/{other.id}"
    page = browser.get(f"/threads/{other.id}").text
    assert "“หนึ่ง”" in page
    assert "ถามซ้ำ" in page
    assert page.index('id="post-2"') < page.rindex("ถามซ้ำ") < page.index('id="post-3"')
    assert reply(other, by=malee, text="ต่อ").number == 7
    assert any("ถามซ้ำ" in text for text, _ in said_to(asking))


def test_what_hangs_on_posts_goes_along(malee, community, settings):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    somchai = members_of_both(community)
    with receive(io.BytesIO(picture()), "ภาพ.png", settings=settings) as received:
        attached = attach(received, by=somchai, settings=settings)
    post = reply(one, by=somchai, text=f"# ข้อแรก\n\n![ภาพ]({address_of(attached)})")
    accept_answer(one, post, by=malee)
    session.add_all(
        (
            Reaction(item_id=one.id, post_id=post.id, person_id=malee.id, sort=ReactionSort.THANKS),
            Reaction(item_id=one.id, post_id=None, person_id=somchai.id, sort=ReactionSort.AGREE),
        )
    )
    asset = make_asset(author=malee)
    session.add_all(
        (
            Origin(item_id=asset.id, from_item_id=one.id, from_post_id=post.id),
            Origin(item_id=asset.id, from_item_id=one.id),
        )
    )
    follower, deaf = members_of_both(community, called="วีระ"), members_of_both(community, called="เงียบ")
    reply(one, by=follower, text="ตาม")
    reply(one, by=deaf, text="ไม่ตาม")
    unfollow(one, deaf)
    session.commit()
    merge_thread(one, other, by=malee, why="ถามซ้ำ")
    session.commit()
    session.expire_all()
    assert session.get(Attachment, attached.id).item_id == other.id
    opening, answer = (
        session.scalars(select(Post).where(Post.item_id == other.id, Post.number == n)).one() for n in (1, 2)
    )
    assert answer.id == post.id
    assert 'id="p2-' in answer.html, "headings are named after the number the post has now"
    assert (other.answer.post_id, one.answer) == (post.id, None)
    assert set(session.execute(select(Reaction.item_id, Reaction.post_id)).all()) == {
        (other.id, post.id),
        (other.id, opening.id),
    }
    assert set(session.execute(select(Origin.from_item_id, Origin.from_post_id)).all()) == {
        (other.id, post.id),
        (other.id, opening.id),
    }
    assert is_following(follower, other)
    assert not is_following(deaf, other)


def test_every_table_that_names_a_post_names_its_item_too_or_follows_the_post(town):
    """What names a post alone follows it; what names both is moved in `carrying`. Whoever adds a table with another name for
    the item finds out here."""
    follows = {"accepted_answer", "former_text", "post_stub"}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "post" and table.name not in follows:
                beside = key.parent.name.replace("post", "item")
                items = [
                    one.parent.name
                    for one in table.foreign_keys
                    if one.column.table.name in ("item", "thread")
                ]
                assert not items or beside in items, f"{table.name} names a post and its item as {items}"


def test_only_threads_of_one_community_are_merged_and_none_with_itself(malee, community):
    thread, elsewhere = (
        make_thread(community=community),
        make_thread(community=make_community("อื่น", by=malee)),
    )
    for into in (thread, elsewhere):
        with pytest.raises(NotTogether):
            merge_thread(thread, into, by=malee, why="ลอง")


def test_a_chain_of_merges_leads_to_the_last_and_is_moved_as_one(malee, community, login_as):
    first, second, third = (make_thread(title, community=community) for title in ("ก", "ข", "ค"))
    merge_thread(first, second, by=malee, why="หนึ่ง")
    merge_thread(second, third, by=malee, why="สอง")
    session.commit()
    browser = login_as(malee)
    assert browser.get(f"/threads/{first.id}", follow_redirects=True).request.path == f"/threads/{third.id}"
    assert address_after_merge(third) == ""
    closed = make_community("วงปิด", openness=Openness.CLOSED, by=malee)
    move_thread(third, closed, by=malee, why="ลับ")
    session.commit()
    outside = make_person("คนนอก")
    for one in (first, second, third):
        assert not can_see(outside, one)
        assert login_as(outside).get(f"/threads/{one.id}").status_code == 404


def test_a_reply_to_a_thread_that_was_just_merged_stands_where_the_talk_goes_on(malee, community, login_as):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    merge_thread(one, other, by=malee, why="ถามซ้ำ")
    session.commit()
    answer = login_as(malee).post(
        f"/threads/{one.id}/replies", data={"text": "เขียนไว้ก่อนรวม", "send_key": "k"}
    )
    assert answer.location == f"/threads/{other.id}?post=2#post-2"
    assert session.scalars(select(Post).where(Post.text == "เขียนไว้ก่อนรวม")).one().item_id == other.id


def test_a_reply_that_was_begun_goes_on_where_its_thread_was_merged(malee, community, login_as):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    somchai, wandee = members_of_both(community), members_of_both(community, called="วันดี")
    keep(somchai, f"reply-{one.id}", {"text": "พิมพ์ค้างไว้"})
    for thread in (one, other):
        keep(wandee, f"reply-{thread.id}", {"text": f"ค้างใน{thread.title}"})
    session.commit()
    merge_thread(one, other, by=malee, why="ถามซ้ำ")
    session.commit()
    assert "พิมพ์ค้างไว้" in login_as(somchai).get(f"/threads/{other.id}").text
    assert "ค้างในสอง" in login_as(wandee).get(f"/threads/{other.id}").text
    assert session.get(Draft, (wandee.id, f"reply-{one.id}")) is not None, "nothing is lost"


def in_a_crowd(app, acts):
    """What becomes of these acts at the same moment: a name of an error, or "done"."""

    def do(act):
        with app.test_request_context():
            try:
                act()
                session.commit()
                return "done"
            except PortalError as error:
                session.rollback()
                return type(error).__name__
            finally:
                session.remove()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return sorted(crowd.map(do, acts))


def test_two_who_merge_two_threads_crosswise_at_once_make_one_of_them(app, malee, community):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    talk(one, 2), talk(other, 2)
    a, b, by = one.id, other.id, malee.id

    def merge(first, second):
        merge_thread(
            session.get(Thread, first), session.get(Thread, second), by=session.get(Person, by), why="ซ้ำ"
        )

    done = in_a_crowd(app, [lambda: merge(a, b), lambda: merge(b, a), lambda: merge(a, b)])
    assert done == ["StandsElsewhere", "StandsElsewhere", "done"]
    session.expire_all()
    (left,) = threads_of(community, malee).threads
    assert [row.number for row in numbers(left)] == [1, 2, 3, 4, 5]


def test_replies_while_a_thread_is_merged_are_none_lost(app, malee, community):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    talk(one, 2)
    a, b, by = one.id, other.id, malee.id
    kept = []

    def write(thread_id, number):
        reply(
            session.get(Thread, thread_id),
            by=session.get(Person, by),
            text=f"พร้อมกัน {number}",
            send_key=f"k{number}",
        )
        session.commit()
        kept.append(number)

    acts = [lambda n=n: write((a, b)[n % 2], n) for n in range(6)]
    acts.insert(
        3,
        lambda: merge_thread(
            session.get(Thread, a), session.get(Thread, b), by=session.get(Person, by), why="ซ้ำ"
        ),
    )
    done = in_a_crowd(app, acts)
    assert set(done) <= {"done", "ThreadMoved"}
    session.expire_all()
    texts = session.scalars(select(Post.text).where(Post.item_id == b)).all()
    assert sorted(text for text in texts if text.startswith("พร้อมกัน")) == sorted(f"พร้อมกัน {n}" for n in kept)
    there = [row.number for row in numbers(other)]
    assert there == list(range(1, len(there) + 1))
    assert session.get(Thread, b).replies == len(there)


# Splits


def test_replies_become_a_thread_of_their_own_and_old_addresses_lead_on(malee, community, login_as):
    asking, helping = members_of_both(community), members_of_both(community, called="วีระ")
    thread = make_thread("หนึ่ง", community=community, by=asking)
    posts = talk(thread, 5, by=helping)
    ids = [post.id for post in posts]
    accept_answer(thread, posts[3], by=asking)
    session.commit()
    new = split_thread(
        thread, {2, 4}, by=malee, why="คนละเรื่อง", title="สอง", text="แยกมา", kind=ThreadKind.QUESTION
    )
    session.commit()
    session.expire_all()
    assert [(row.number, row.id) for row in numbers(new)] == [(1, ids[1]), (2, ids[3])]
    assert [row.number for row in numbers(thread)] == [1, 2, 3, 4, 5], "numbers have no gap"
    assert (new.replies, new.author, new.last_posted_at) == (2, malee, posts[3].posted_at)
    assert (thread.answer, new.answer.post_id) == (None, ids[3])
    assert is_following(helping, new)
    browser = login_as(asking)
    page = browser.get(f"/threads/{thread.id}").text
    assert f"/threads/{new.id}?post=1#post-1" in page
    assert "คนละเรื่อง" in page
    assert "หนึ่ง ตอบ 2" not in page
    assert "หนึ่ง ตอบ 3" in page
    assert "คนละเรื่อง" in browser.get(f"/threads/{new.id}").text
    assert reply(thread, by=malee, text="ต่อ").number == 6
    assert "คนละเรื่อง" in " ".join(text for text, _ in said_to(helping))


def test_a_reply_that_was_split_twice_is_found_from_both_its_old_places(malee, community):
    thread = make_thread("หนึ่ง", community=community)
    talk(thread, 2)
    given = {"by": malee, "why": "แยก", "text": "แยกมา", "kind": ThreadKind.DISCUSSION}
    second = split_thread(thread, {1, 2}, title="สอง", **given)
    third = split_thread(second, {2}, title="สาม", **given)
    session.commit()
    session.expire_all()
    gone = keeping_of(thread, posts_on(thread, 1), malee).gone
    assert [title for title, _ in gone.values()] == ["สอง", "สาม"]
    assert list(gone.values())[1][1] == f"/threads/{third.id}?post=1#post-1"
    with pytest.raises(NothingChosen):
        split_thread(thread, {1, 2, 99}, title="ว่าง", **given)


def test_of_a_reply_that_went_where_one_does_not_read_nothing_is_told(malee, community):
    closed = make_community("วงปิด", openness=Openness.CLOSED, by=malee)
    thread, reader = make_thread("หนึ่ง", community=community), make_person("คนอื่น")
    talk(thread, 1)
    new = split_thread(
        thread, {1}, by=malee, why="ลับ", title="เรื่องลับมาก", text="แยกมา", kind=ThreadKind.DISCUSSION
    )
    move_thread(new, closed, by=malee, why="ลับ")
    session.commit()
    session.expire_all()
    keeping = keeping_of(thread, posts_on(thread, 1), reader)
    assert list(keeping.gone.values()) == [("", "")]
    assert [(one.where, one.url) for one in keeping.acts] == [("", "")]


def test_two_who_split_the_same_replies_at_once_split_them_once(app, malee, community):
    thread = make_thread("หนึ่ง", community=community)
    talk(thread, 3)
    number, by = thread.id, malee.id

    def split(title):
        split_thread(
            session.get(Thread, number),
            {1, 2},
            by=session.get(Person, by),
            why="แยก",
            title=title,
            text="แยกมา",
            kind=ThreadKind.DISCUSSION,
        )

    done = in_a_crowd(app, [lambda: split("สอง"), lambda: split("สาม")])
    assert done == ["NothingChosen", "done"]
    session.expire_all()
    assert threads_of(community, malee).total == 2
    assert session.query(ThreadAct).count() == 1


def test_what_somebody_had_read_he_has_read_where_it_stands_now(malee, community):
    from_items = make_thread("หนึ่ง", community=community)
    talk(from_items, 4)
    reader = members_of_both(community)
    session.execute(
        Base.metadata.tables["last_read"].insert(),
        [
            {
                "item_id": from_items.id,
                "person_id": reader.id,
                "number": 3,
                "read_at": from_items.last_posted_at,
            }
        ],
    )
    new = split_thread(
        from_items, {2, 4}, by=malee, why="แยก", title="สอง", text="แยกมา", kind=ThreadKind.DISCUSSION
    )
    session.commit()
    read = Base.metadata.tables["last_read"]
    his = select(read.c.number).where(read.c.item_id == new.id, read.c.person_id == reader.id)
    assert session.scalar(his) == 1


def test_who_left_in_between_finds_nothing_of_it(malee):
    closed = make_community("วงปิด", openness=Openness.CLOSED, by=malee)
    somchai = members_of_both(closed)
    thread = make_thread("หนึ่ง", community=closed, by=somchai)
    talk(thread, 2, by=somchai)
    new = split_thread(
        thread, {1}, by=malee, why="แยก", title="สอง", text="แยกมา", kind=ThreadKind.DISCUSSION
    )
    leave(closed, somchai, by=somchai)
    session.commit()
    assert said_to(somchai) == []
    assert not can_see(somchai, new)
    assert session.scalars(Item.visible_to(somchai).where(Item.id == new.id)).first() is None
    assert isinstance(closed, Community)


def test_a_thread_that_was_merged_is_neither_moved_nor_split_nor_merged_again(malee, community):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    target = make_community("อื่น", by=malee)
    merge_thread(one, other, by=malee, why="ซ้ำ")
    session.commit()
    with pytest.raises(StandsElsewhere):
        move_thread(one, target, by=malee, why="ย้าย")
    with pytest.raises(StandsElsewhere):
        merge_thread(one, other, by=malee, why="ซ้ำ")
    with pytest.raises(StandsElsewhere):
        split_thread(one, {1}, by=malee, why="แยก", title="ก", text="ข", kind=ThreadKind.DISCUSSION)
    assert not can_keep(malee, one)


# The pages


def test_threads_are_kept_in_order_without_script(malee, community, login_as):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    talk(one, 3)
    target = make_community("อื่น", by=malee)
    browser = login_as(malee)
    page = browser.get(f"/threads/{one.id}").text
    for act in ("pin", "move", "merge", "split"):
        assert f"/threads/{one.id}/{act}" in page
        assert browser.get(f"/threads/{one.id}/{act}").status_code == 200
    assert browser.post(f"/threads/{one.id}/pin", data={"why": ""}).status_code == 422
    browser.post(f"/threads/{one.id}/pin", data={"why": "อ่านก่อน"})
    assert "อ่านก่อน" in browser.get(f"/threads/{one.id}").text
    assert "ปักหมุด" in browser.get(f"/communities/{community.id}").text
    browser.post(f"/threads/{one.id}/unpin")
    split = {"title": "สาม", "kind": "discussion", "text": "แยกมา", "why": "คนละเรื่อง"}
    for wrong in ({}, {"more": "๙๙"}, {"more": "สองสาม"}, {"more": "1-9999"}):
        assert browser.post(f"/threads/{one.id}/split", data=split | wrong).status_code in (422, 409)
    answer = browser.post(f"/threads/{one.id}/split", data=split | {"chosen": "1", "more": "๒-๓"})
    new = int(answer.location.rpartition("/")[2])
    assert session.get(Thread, new).replies == 3
    merge = {"into": f"http://portal/threads/{other.id}?post=1#post-1", "why": "ซ้ำ"}
    asked = browser.post(f"/threads/{one.id}/merge", data=merge)
    assert asked.status_code == 200
    assert f'value="{other.id}"' in asked.text
    assert session.get(Thread, one.id).is_published, "it was only asked whether this one is meant"
    for wrong in ("", "ไม่มีเลข", str(one.id), "99999999999", str(make_thread(community=target).id)):
        assert browser.post(f"/threads/{one.id}/merge", data=merge | {"into": wrong}).status_code == 422
    done = browser.post(f"/threads/{one.id}/merge", data=merge | {"sure": str(other.id)})
    assert done.location == f"/threads/{other.id}?post=1#post-1"
    browser.post(f"/threads/{other.id}/move", data={"target": str(target.id), "why": "ผิดที่"})
    session.expire_all()
    assert session.get(Thread, other.id).community_id == target.id
    assert "ผิดที่" in browser.get(f"/threads/{other.id}").text


def test_the_doors_of_keeping_are_closed_to_members_and_hidden_from_strangers(malee, login_as):
    closed = make_community("วงปิด", openness=Openness.CLOSED, by=malee)
    member, thread = members_of_both(closed), make_thread(community=closed)
    for act in ("pin", "move", "merge", "split"):
        assert login_as(member).get(f"/threads/{thread.id}/{act}").status_code == 403
        assert login_as(make_person("คนอื่น")).get(f"/threads/{thread.id}/{act}").status_code == 404


def test_script_in_a_reason_or_a_title_never_runs(malee, community, login_as):
    evil = "<script>alert(1)</script>"
    one, other = make_thread(evil, community=community), make_thread("สอง", community=community)
    talk(one, 2)
    pin_thread(other, by=malee, why=evil)
    merge_thread(one, other, by=malee, why=evil)
    split_thread(other, {2}, by=malee, why=evil, title=evil, text=evil, kind=ThreadKind.DISCUSSION)
    session.commit()
    browser = login_as(malee)
    for path in (f"/threads/{other.id}", f"/threads/{other.id}/split", f"/threads/{other.id}/merge"):
        assert "<script>alert" not in browser.get(path).text


# The search


def test_replies_are_found_where_they_stand_now(malee, community, settings):
    one, other = make_thread("หนึ่ง", community=community), make_thread("สอง", community=community)
    for text in ("ปั๊มหอยโข่งเสียงดัง", "มิเตอร์น้ำหมุนกลับ"):
        reply(one, by=malee, text=text)
    session.commit()

    def found(words):
        index_all(settings)
        session.expire_all()
        return [result.item.id for result in search(SearchQuery.from_args({"q": words}), malee).results]

    assert found("ปั๊มหอยโข่ง") == [one.id]
    new = split_thread(
        one, {1}, by=malee, why="คนละเรื่อง", title="สาม", text="แยกมา", kind=ThreadKind.DISCUSSION
    )
    session.commit()
    assert found("ปั๊มหอยโข่ง") == [new.id]
    merge_thread(one, other, by=malee, why="ซ้ำ")
    session.commit()
    assert found("มิเตอร์น้ำหมุนกลับ") == [other.id]
    closed = make_community("วงปิด", openness=Openness.CLOSED, by=malee)
    move_thread(other, closed, by=malee, why="ลับ")
    session.commit()
    assert found("มิเตอร์น้ำหมุนกลับ") == [other.id]
    stranger = SearchQuery.from_args({"q": "มิเตอร์น้ำหมุนกลับ"})
    assert not search(stranger, make_person("คนอื่น")).results


# Where order is kept


def test_a_merged_thread_has_no_pages_of_its_own_any_more(malee, community, login_as):
    author, reader = members_of_both(community), members_of_both(community, called="วีระ")
    one = make_thread("ชื่อด่า", community=community, by=author, text="เนื้อด่า")
    other = make_thread("สอง", community=community, by=malee)
    reply(other, by=malee, text=f"ดู [#{one.id}](/items/{one.id})")
    merge_thread(one, other, by=malee, why="ซ้ำ")
    session.commit()
    opening = session.scalar(select(Post).where(Post.item_id == other.id, Post.number == 2))
    hide_post(opening, by=malee, reason="ด่า")
    session.commit()
    for person in (reader, author, malee):
        browser = login_as(person)
        for page in ("history", "edit", "lock", "lift", "polls/new", "split", "move", "merge"):
            assert browser.get(f"/threads/{one.id}/{page}").status_code == 404, page
        for page in ("report", "hide", "used", "family", "people"):
            assert browser.get(f"/items/{one.id}/{page}").status_code == 404, page
        assert browser.post(f"/items/{one.id}/unhide").status_code == 404
        assert browser.post(f"/items/{one.id}/reactions", data={"word": "thanks:0"}).status_code == 404
        assert browser.post(f"/items/{one.id}/follow").status_code == 404
        assert browser.get(f"/threads/{one.id}").location.endswith(f"/threads/{other.id}?post=2#post-2")
        assert browser.get(f"/items/{one.id}").location == f"/threads/{other.id}"
    page = login_as(reader).get(f"/threads/{other.id}").text
    assert "ชื่อด่า" not in page
    assert "เนื้อด่า" not in page


def test_with_the_line_that_a_split_leaves_nobody_does_anything(malee, community, login_as):
    thread = make_thread("หนึ่ง", community=community)
    talk(thread, 1, by=members_of_both(community))
    split_thread(thread, {1}, by=malee, why="แยก", title="สอง", text="แยกมา", kind=ThreadKind.DISCUSSION)
    session.commit()
    stub = session.scalar(select(Post).where(Post.item_id == thread.id, Post.number == 1))
    assert not can_unhide(malee, stub)
    for person in (malee, members_of_both(community, called="วีระ")):
        browser = login_as(person)
        for page in ("", "/edit", "/history", "/hide", "/hidden", "/report"):
            assert browser.get(f"/posts/{stub.id}{page}").status_code == 404, page
        for act in ("unhide", "hide", "edit", "report"):
            data = {"text": "ใหม่", "reason": "rude"}
            assert browser.post(f"/posts/{stub.id}/{act}", data=data).status_code == 404, act
        reacting = browser.post(f"/items/{thread.id}/reactions", data={"word": f"thanks:{stub.number}"})
        assert reacting.status_code == 404
        assert "[นาง" not in browser.get(f"/threads/{thread.id}?quote={stub.number}").text
    session.expire_all()
    assert (stub.hidden_at is not None, stub.text) == (True, "")


def test_the_title_of_what_was_merged_and_hidden_there_stands_nowhere(malee, community, login_as):
    """Seen: in old notices, in families, and where replies had been split off before."""
    author, called = members_of_both(community), members_of_both(community, called="วีระ")
    start = make_thread("เริ่มที่นี่", community=community)
    talk(start, 1, by=called)
    bad = split_thread(
        start, {1}, by=malee, why="แยก", title="ชื่อด่า", text="@วีระ เนื้อด่า", kind=ThreadKind.DISCUSSION
    )
    asset = make_asset("ขุม", author=author)
    session.add(Origin(item_id=asset.id, from_item_id=bad.id))
    session.commit()

    def told():
        return " ".join(words.text for _, words in notices_of(called, SPEAKERS))

    def family():
        return [one.title for one in family_of(asset, called)[0]]

    assert told().count("ชื่อด่า") == 2, "called there, and his reply was split off"
    assert "ชื่อด่า" in keeping_of(start, posts_on(start, 1), called).acts[0].where
    into = make_thread("ปลายทาง", community=community)
    act = merge_thread(bad, into, by=malee, why="ซ้ำ")
    session.commit()
    hide_post(post_numbered(into, act.first), by=malee, reason="ด่า")
    session.commit()
    assert "ชื่อด่า" not in told()
    assert "ปลายทาง" in told(), "where the replies went that were split off"
    assert family() == ["ปลายทาง"]
    assert "ชื่อด่า" not in login_as(called).get(f"/threads/{start.id}").text
    assert "ชื่อด่า" not in login_as(called).get(f"/knowledge/{asset.id}").text


def test_what_was_merged_several_times_is_found_by_its_first_address(malee, community, login_as):
    one, other, last = (make_thread(title, community=community) for title in ("หนึ่ง", "สอง", "สาม"))
    merge_thread(one, other, by=malee, why="ซ้ำ")
    merge_thread(other, last, by=malee, why="ซ้ำ")
    session.commit()
    assert login_as(malee).get(f"/items/{one.id}").location == f"/threads/{last.id}"
    assert where_they_went([one.id, other.id, last.id]) == {one.id: last.id, other.id: last.id}
    assert known_as([last.id]) == dict.fromkeys((one.id, other.id, last.id), last.id)
