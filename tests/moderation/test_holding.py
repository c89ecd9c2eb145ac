"""A text waits till a moderator has read it: others don't see it, count it or hear of it, then it stands there like any."""

import io

import pytest
from sqlalchemy import select

from portal.communities.carrying import merge_thread, move_thread
from portal.communities.joining import belong, leave
from portal.communities.talking import reply
from portal.communities.thread_models import Thread, ThreadKind
from portal.db import session
from portal.files.storing import receive
from portal.items.attaching import address_of, attach, can_fetch, visible_attachments
from portal.items.listed_words import list_words
from portal.items.minding import MustBeRead, ReadFirstOnly, admit, admit_thread
from portal.items.models import Post
from portal.items.order_models import Because, Handling, HeldText
from portal.items.posting import rewrite_post, write_post
from portal.moderation.deciding import DecidedAlready
from portal.moderation.letting_through import NoPlaceAnyMore, let_through, turn_down
from portal.moderation.models import Reason
from portal.moderation.permissions import can_decide_held, can_see_held
from portal.moderation.queue import held_for, waiting_elsewhere
from portal.moderation.reporting import report
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import Openness
from portal.people.settings import decide
from tests.communities.making import make_community, make_thread
from tests.indexing import index_all
from tests.look.worlds import picture
from tests.making import make_asset, make_organisation, make_person
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES

TEXT = "ปลากระป๋องตราเรือใบ"


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def held_by(cast, *, text=TEXT, key="k1"):
    """A member, who is new, replies."""
    decide(cast.community.organisation_id, held_first_posts=2)
    held = admit(cast.thread, text, by=cast.newcomer, send_key=key)
    session.commit()
    return held


def make_new_cast(openness=Openness.OPEN):
    """The cast with a member who has written nothing yet."""
    cast = make_cast(openness)
    cast.newcomer = make_person("ใหม่")
    belong(cast.community, cast.newcomer, by=cast.newcomer)
    session.commit()
    return cast


def texts_of(person):
    return [words.text for _, words in notices_of(person, SPEAKERS)]


@pytest.mark.parametrize("openness", Openness)
def test_only_its_writer_and_who_keeps_order_see_a_text_that_waits(login_as, town, openness):
    cast = make_new_cast(openness)
    held = held_by(cast)
    assert held.because == Because.NEW
    deciding = {"facilitator", "sponsor"} | ({"km_team", "admin"} if openness == Openness.OPEN else set())
    for name, person in cast.all().items():
        assert can_decide_held(person, held) is (name in deciding), name
        assert (held in session.scalars(held_for(person)).all()) is (name in deciding), name
        if person is not None:
            page = login_as(person).get(f"/threads/{cast.thread.id}").text
            assert (TEXT in page) is (name in deciding), name
            assert (TEXT in login_as(person).get(f"/moderation/held/{held.id}").text) is (name in deciding)
    own = login_as(cast.newcomer)
    page = own.get(f"/threads/{cast.thread.id}").text
    assert TEXT in page
    assert "รอผู้ดูแล" in page
    assert TEXT in own.get("/moderation/mine").text
    assert own.get(f"/moderation/held/{held.id}").status_code == 404
    if openness != Openness.OPEN:
        assert [one.waiting for one in waiting_elsewhere(cast.admin)] == [1]


def test_nobody_counts_finds_or_hears_of_it_till_it_is_let_through(login_as, town, settings):
    cast = make_new_cast()
    held = held_by(cast)
    index_all(settings)
    assert session.scalars(select(Post.number).where(Post.item_id == cast.thread.id)).all() == [1]
    session.refresh(cast.thread)
    assert cast.thread.replies == 1
    reader = login_as(cast.stranger)
    assert f"/threads/{cast.thread.id}" not in reader.get(f"/search?q={TEXT}").text
    assert not any("ใหม่" in text for text in texts_of(cast.member))
    assert texts_of(cast.facilitator) == ["มี 1 ข้อความรอให้คุณอ่านก่อน"]
    answer = login_as(cast.facilitator).post(f"/moderation/held/{held.id}", data={"outcome": "let_through"})
    assert answer.location == "/moderation"
    post = session.scalars(select(Post).where(Post.author_id == cast.newcomer.id)).one()
    assert (post.number, post.text, post.send_key) == (2, TEXT, "k1")
    session.refresh(cast.thread)
    assert cast.thread.replies == 2
    assert TEXT in reader.get(f"/threads/{cast.thread.id}").text
    assert any("ใหม่" in text for text in texts_of(cast.member)), "who follows is told now"
    assert any("ข้อความของคุณผ่านแล้ว" in text for text in texts_of(cast.newcomer))
    assert texts_of(cast.facilitator) == [], "nothing waits any more"
    with pytest.raises(DecidedAlready):
        let_through(held, by=cast.sponsor)


def test_what_waits_and_what_was_reported_lead_to_their_place_while_one_reads_there(login_as, town):
    cast = make_new_cast(Openness.CLOSED)
    held_by(cast)
    begun = admit_thread(
        cast.community.group, "กระทู้ใหม่", "เนื้อความ", by=cast.newcomer, kind=ThreadKind.QUESTION, send_key="k2"
    )
    report(cast.thread, cast.post, by=cast.newcomer, reason=Reason.RUDE)
    session.commit()
    browser = login_as(cast.newcomer)
    page = browser.get("/moderation/mine").text
    for address in (
        f"/threads/{cast.thread.id}#held",
        f"/communities/{cast.community.id}",
        f"/threads/{cast.thread.id}?post=1#post-1",
    ):
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200
    turn_down(begun, by=cast.facilitator, why="ซ้ำ")
    session.commit()
    assert f'href="/communities/{cast.community.id}"' in browser.get("/moderation/mine").text
    leave(cast.community, cast.newcomer, by=cast.newcomer)
    session.commit()
    page = browser.get("/moderation/mine").text
    assert f"/threads/{cast.thread.id}" not in page
    assert f"/communities/{cast.community.id}" not in page


def test_turned_down_its_writer_keeps_it_and_is_told_why(login_as, town):
    cast = make_new_cast()
    held = held_by(cast)
    browser = login_as(cast.sponsor)
    address = f"/moderation/held/{held.id}"
    assert browser.post(address, data={"outcome": "turn_down", "why": ""}).status_code == 422
    browser.post(address, data={"outcome": "turn_down", "why": "<script>โฆษณา</script>"})
    own = login_as(cast.newcomer)
    page = own.get("/moderation/mine").text
    assert TEXT in page
    assert "&lt;script&gt;โฆษณา" in page
    assert "<script>โฆษณา" not in page
    assert TEXT not in own.get(f"/threads/{cast.thread.id}").text
    assert any("ข้อความของคุณไม่ผ่าน" in text for text in texts_of(cast.newcomer))
    answer = browser.post(address, data={"outcome": "let_through"})
    assert answer.status_code == 422
    assert "ตัดสินเรื่องนี้ไปแล้ว" in answer.text


def test_at_each_door_the_first_texts_wait_and_the_later_ones_do_not(login_as, town):
    cast = make_new_cast()
    decide(town.id, held_first_posts=2)
    asset = make_asset()
    browser = login_as(cast.newcomer)
    answer = browser.post(f"/threads/{cast.thread.id}/replies", data={"text": "หนึ่ง", "send_key": "a"})
    assert answer.location == f"/threads/{cast.thread.id}#held"
    browser.post(f"/items/{asset.id}/comments", data={"text": "สอง", "send_key": "b"})
    browser.post(
        f"/communities/{cast.community.id}/threads/new",
        data={"kind": "question", "title": "สาม", "text": "ถาม", "send_key": "c"},
    )
    waiting = session.scalars(select(HeldText).order_by(HeldText.id)).all()
    assert [one.text for one in waiting] == ["หนึ่ง", "สอง", "ถาม"]
    assert session.scalars(select(Post).where(Post.author_id == cast.newcomer.id)).all() == []
    assert "สาม" in browser.get(f"/communities/{cast.community.id}").text
    assert "สาม" not in login_as(cast.stranger).get(f"/communities/{cast.community.id}").text
    assert "สอง" in browser.get(f"/knowledge/{asset.id}").text
    assert "สอง" not in login_as(cast.member).get(f"/knowledge/{asset.id}").text
    for one in waiting:
        let_through(one, by=cast.admin)
    session.commit()
    thread = session.scalars(select(Thread).where(Thread.title == "สาม")).one()
    assert thread.is_published
    assert thread.author_id == cast.newcomer.id
    assert "สอง" in login_as(cast.member).get(f"/knowledge/{asset.id}").text
    answer = browser.post(f"/threads/{cast.thread.id}/replies", data={"text": "สี่", "send_key": "d"})
    assert answer.location == f"/threads/{cast.thread.id}?post=3#post-3", "he is not new any more"


def test_a_double_click_is_one_text_that_waits_also_after_it_was_let_through(login_as, town):
    cast = make_new_cast()
    decide(town.id, held_first_posts=1)
    browser = login_as(cast.newcomer)
    for _ in range(2):
        browser.post(f"/threads/{cast.thread.id}/replies", data={"text": TEXT, "send_key": "k"})
    (held,) = session.scalars(select(HeldText)).all()
    let_through(held, by=cast.facilitator)
    session.commit()
    browser.post(f"/threads/{cast.thread.id}/replies", data={"text": TEXT, "send_key": "k"})
    assert len(session.scalars(select(Post).where(Post.author_id == cast.newcomer.id)).all()) == 1


def test_by_default_nothing_waits_and_of_who_keeps_order_never(login_as, town):
    cast = make_new_cast()
    assert admit(cast.thread, TEXT, by=cast.newcomer) is None
    decide(town.id, held_first_posts=5)
    for person in (cast.facilitator, cast.sponsor, cast.km_team, cast.admin):
        assert admit(cast.thread, TEXT, by=person) is None
    assert admit(make_asset(), TEXT, by=cast.facilitator) is not None, "there he keeps no order"


def test_past_the_doors_nothing_that_must_wait_is_stored(town):
    cast = make_new_cast()
    decide(town.id, held_first_posts=1)
    with pytest.raises(MustBeRead):
        write_post(cast.thread, by=cast.newcomer, text=TEXT)
    with pytest.raises(MustBeRead):
        reply(cast.thread, by=cast.newcomer, text=TEXT)


def test_what_was_let_through_is_not_made_another_text_meanwhile(town):
    cast = make_new_cast()
    held = held_by(cast)
    let_through(held, by=cast.facilitator)
    session.commit()
    with pytest.raises(ReadFirstOnly):
        rewrite_post(held.post, by=cast.newcomer, text="โฆษณา")


def test_who_has_left_or_finds_the_thread_locked_is_let_through_no_more(town):
    cast = make_new_cast(Openness.CLOSED)
    held = held_by(cast)
    leave(cast.community, cast.newcomer, by=cast.newcomer)
    session.commit()
    assert not can_see_held(cast.newcomer, held), "who leaves loses his own as well"
    with pytest.raises(NoPlaceAnyMore):
        let_through(held, by=cast.facilitator)


def test_of_a_text_that_waits_the_pictures_are_seen_by_who_decides_and_by_nobody_else(town, settings):
    cast = make_new_cast()
    with receive(io.BytesIO(picture()), "ภาพ.png", settings=settings) as received:
        shown = attach(received, by=cast.newcomer, settings=settings)
    held = held_by(cast, text=f"![ภาพ]({address_of(shown)})")

    def seen_by():
        found = {name for name, one in cast.all().items() if can_fetch(one, shown)}
        for name, person in cast.all().items():
            assert (shown in session.scalars(visible_attachments(person)).all()) is (name in found), name
        return found

    assert can_fetch(cast.newcomer, shown)
    assert seen_by() == {"facilitator", "sponsor", "km_team", "admin"}
    let_through(held, by=cast.facilitator)
    session.commit()
    assert seen_by() == set(cast.all()) - {"public"}
    other = held_by(cast, key="k2")
    assert other is not None
    turn_down(other, by=cast.facilitator, why="ซ้ำ")


def test_a_text_that_is_sent_again_after_it_was_not_let_through_brings_its_picture_along(town, settings):
    cast = make_new_cast()
    with receive(io.BytesIO(picture()), "ภาพ.png", settings=settings) as received:
        shown = attach(received, by=cast.newcomer, settings=settings)
    turn_down(held_by(cast, text=f"![ภาพ]({address_of(shown)})"), by=cast.facilitator, why="ขออีกครั้ง")
    session.commit()
    assert not can_fetch(cast.facilitator, shown)
    held_by(cast, text=f"อีกครั้ง ![ภาพ]({address_of(shown)})", key="k2")
    session.commit()
    assert can_fetch(cast.facilitator, shown)


def test_in_a_community_without_anybody_to_keep_order_the_admin_decides(town):
    cast = make_new_cast(Openness.CLOSED)
    held = held_by(cast)
    for one in (cast.facilitator, cast.sponsor):
        leave(cast.community, one, by=one)
    session.commit()
    for name, person in cast.all().items():
        assert can_decide_held(person, held) is (name == "admin"), name
        assert (held in session.scalars(held_for(person)).all()) is (name == "admin"), name


def test_a_listed_word_lets_a_text_wait(login_as, town):
    cast = make_new_cast()
    list_words(town.id, Handling.HOLD, "ปลากระป๋อง")
    session.commit()
    browser = login_as(cast.member)
    browser.post(f"/threads/{cast.thread.id}/replies", data={"text": TEXT})
    (held,) = session.scalars(select(HeldText)).all()
    assert held.because == Because.WORD
    page = login_as(cast.facilitator).get(f"/moderation/held/{held.id}").text
    assert "ปลากระป๋อง</span>" in page


def test_a_text_that_waits_goes_back_to_its_author_when_its_thread_is_moved(login_as, town):
    cast = make_new_cast()
    held = held_by(cast)
    keeper = make_person("ผู้ดูแลที่ใหม่")
    closed = make_community("ชุมชนปิด", openness=Openness.CLOSED, by=keeper)
    belong(closed, cast.facilitator, by=cast.facilitator)
    session.commit()
    move_thread(cast.thread, closed, by=cast.facilitator, why="คนละเรื่อง")
    session.commit()
    session.expire_all()
    page = login_as(keeper).get(f"/moderation/held/{held.id}")
    assert (page.status_code, TEXT in page.text) == (404, False)
    assert TEXT not in login_as(keeper).get(f"/threads/{cast.thread.id}").text
    assert TEXT not in login_as(keeper).get("/moderation").text
    assert not can_see_held(keeper, held)
    mine = login_as(cast.newcomer).get("/moderation/mine").text
    assert TEXT in mine
    assert "ชุมชนปิด" not in mine
    assert any("กระทู้" in text and "ย้าย" in text for text in texts_of(cast.newcomer))
    with pytest.raises(DecidedAlready):
        let_through(held, by=cast.sponsor)


def test_a_text_that_waits_goes_along_when_its_thread_is_merged(town):
    cast = make_new_cast()
    held = held_by(cast)
    other = make_thread("อีกเรื่อง", community=cast.community, by=cast.facilitator)
    merge_thread(cast.thread, other, by=cast.facilitator, why="ซ้ำ")
    session.commit()
    session.expire_all()
    assert (held.item_id, held.post_id, held.decided_at) == (other.id, None, None)
    assert held in session.scalars(held_for(cast.facilitator)).all()
    let_through(held, by=cast.facilitator)
    session.commit()
    assert (held.post.item_id, held.post.text) == (other.id, TEXT)
