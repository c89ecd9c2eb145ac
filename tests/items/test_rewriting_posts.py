"""Writing a post anew: former texts are kept, two windows collide, quotations stay as they are."""

import pytest

from portal.communities.carrying import merge_thread, move_thread, split_thread
from portal.communities.joining import belong
from portal.communities.talking import lock_thread, reply
from portal.communities.thread_models import ThreadKind
from portal.db import session
from portal.items import audience
from portal.items.permissions import can_rewrite, can_rewrite_of
from portal.items.posting import hide_post, quoted, rewrite_post, versions_of, write_post
from portal.items.reading import versions_read_by
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.making import make_asset, make_organisation, make_person, make_unit
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


@pytest.fixture
def thread(malee):
    return make_thread(by=malee)


def opened_with(page):
    return page.partition('name="opened_with"')[2].partition('value="')[2].partition('"')[0]


def test_what_was_changed_stays_to_be_read_by_all_who_read_the_post(malee, thread, login_as):
    post = reply(thread, by=malee, text="สามวัน")
    session.commit()
    somchai = make_person("สมชาย")
    browser = login_as(malee)
    form = browser.get(f"/posts/{post.id}/edit").text
    browser.post(f"/posts/{post.id}/edit", data={"text": "ห้าวัน", "opened_with": opened_with(form)})
    assert [text for _, text, _ in versions_of(post)] == ["ห้าวัน", "สามวัน"]
    page = login_as(somchai).get(f"/threads/{thread.id}").text
    assert "ห้าวัน" in page
    assert f"/posts/{post.id}/history" in page
    history = login_as(somchai).get(f"/posts/{post.id}/history").text
    assert "สาม" in history
    assert "ห้า" in history


def test_saving_what_stands_there_already_is_no_version(malee, thread):
    post = reply(thread, by=malee, text="สามวัน")
    rewrite_post(post, by=malee, text=" สามวัน ")
    session.commit()
    assert post.rewritten_at is None
    assert len(versions_of(post)) == 1


def test_from_two_windows_the_second_sees_both_texts_and_overwrites_nothing(malee, thread, login_as):
    post = reply(thread, by=malee, text="สามวัน")
    session.commit()
    browser = login_as(malee)
    key = opened_with(browser.get(f"/posts/{post.id}/edit").text)
    browser.post(f"/posts/{post.id}/edit", data={"text": "ห้าวัน", "opened_with": key})
    second = browser.post(f"/posts/{post.id}/edit", data={"text": "เจ็ดวัน", "opened_with": key})
    assert second.status_code in (409, 422)
    assert "ห้าวัน" in second.text
    assert "เจ็ดวัน" in second.text
    session.refresh(post)
    assert post.text == "ห้าวัน"


def test_what_does_not_say_what_stood_there_overwrites_nothing_unseen(malee, thread, login_as):
    post = reply(thread, by=malee, text="สามวัน")
    session.commit()
    browser = login_as(malee)
    answer = browser.post(f"/posts/{post.id}/edit", data={"text": "ห้าวัน"})
    assert answer.status_code == 409
    assert "สามวัน" in answer.text
    opening = browser.post(f"/threads/{thread.id}/edit", data={"title": "ใหม่", "text": "ห้าวัน"})
    assert opening.status_code == 409
    session.expire_all()
    assert post.text == "สามวัน"
    assert thread.revision_number == 1
    sent = {"text": "ห้าวัน", "opened_with": opened_with(answer.text)}
    assert browser.post(f"/posts/{post.id}/edit", data=sent).status_code == 302


def test_only_its_writer_writes_it_anew_and_not_when_it_is_hidden_or_the_thread_locked(
    malee, thread, login_as
):
    somchai = make_person("สมชาย")
    belong(thread.community, somchai, by=somchai)
    post = reply(thread, by=somchai, text="สามวัน")
    session.commit()
    assert can_rewrite(somchai, post)
    assert not can_rewrite(malee, post)
    assert login_as(malee).get(f"/posts/{post.id}/edit").status_code == 403
    assert can_rewrite_of(somchai, thread, [post]) == {1}
    lock_thread(thread, by=malee, why="จบแล้ว")
    session.commit()
    assert not can_rewrite(somchai, post)
    browser = login_as(somchai)
    assert browser.post(f"/posts/{post.id}/edit", data={"text": "ใหม่"}).status_code == 403


def test_the_address_of_a_post_leads_to_where_it_stands_for_who_reads_it(malee, login_as):
    thread = make_thread(community=make_community(openness=Openness.CLOSED, by=malee))
    post = reply(thread, by=malee, text="เรื่องภายใน")
    session.commit()
    assert login_as(malee).get(f"/posts/{post.id}").location == f"/threads/{thread.id}?post=1#post-1"
    stranger = login_as(make_person("คนนอก"))
    for address in ("", "/edit", "/history"):
        assert stranger.get(f"/posts/{post.id}{address}").status_code == 404
    assert stranger.get("/posts/999999999999").status_code == 404


def test_a_post_is_quoted_with_who_said_it_and_the_way_back_and_hiding_it_leaves_no_hole(
    malee, thread, login_as
):
    post = reply(thread, by=malee, text="สามวัน\n\nนับวันทำการ")
    session.commit()
    somchai = make_person("สมชาย")
    belong(thread.community, somchai, by=somchai)
    session.commit()
    browser = login_as(somchai)
    box = browser.get(f"/threads/{thread.id}?post=1&quote=1").text
    assert f"(/posts/{post.id}):" in box
    browser.post(f"/threads/{thread.id}/replies", data={"text": quoted(post) + "ใช่เลย", "send_key": "q"})
    page = browser.get(f"/threads/{thread.id}?page=1").text
    assert "<blockquote>" in page
    assert f'href="/posts/{post.id}"' in page
    hide_post(post, by=malee, reason="ผิด")
    session.commit()
    page = browser.get(f"/threads/{thread.id}?page=1").text
    assert page.count("นับวันทำการ") == 1  # in the quotation, which is a copy
    assert browser.get(f"/threads/{thread.id}?quote=1").text.count("นับวันทำการ") == 1  # it is quoted no more


def test_a_comment_on_an_item_is_quoted_and_written_anew_the_same_way(malee, login_as):
    asset = make_asset(author=malee, readers="organisation")
    post = write_post(asset, by=malee, text="ควรเพิ่มแบบฟอร์ม")
    session.commit()
    browser = login_as(malee)
    assert "ควรเพิ่มแบบฟอร์ม" in browser.get(f"/posts/{post.id}/edit").text
    assert f"(/posts/{post.id}):" in browser.get(f"/knowledge/{asset.id}?quote=1").text


def test_what_was_hidden_while_one_wrote_is_not_written_anew(malee, thread, login_as):
    somchai = make_person("สมชาย")
    belong(thread.community, somchai, by=somchai)
    post = reply(thread, by=somchai, text="สามวัน")
    session.commit()
    browser = login_as(somchai)
    key = opened_with(browser.get(f"/posts/{post.id}/edit").text)
    hide_post(post, by=malee, reason="ผิด")
    session.commit()
    answer = browser.post(f"/posts/{post.id}/edit", data={"text": "ห้าวัน", "opened_with": key})
    assert answer.status_code == 403
    session.refresh(post)
    assert post.text == "สามวัน"


def read_by(person, post):
    return [text for _, text, _ in versions_read_by(person, post)]


def test_what_was_taken_out_before_the_thread_was_moved_is_not_read_by_those_to_whom_it_was_moved(
    malee, login_as
):
    """Seen: the history of a post showed others what had been said in the community that it came from."""
    source, target = make_community("วงเดิม", by=malee), make_community("วงใหม่", by=malee)
    thread = make_thread(community=source, by=malee)
    somchai = make_person("สมชาย")
    for community in (source, target):
        belong(community, somchai, by=somchai)
    post = reply(thread, by=somchai, text="เบอร์โทร 081")
    for text in ("สามวัน", "สี่วัน"):
        rewrite_post(post, by=somchai, text=text)
        session.commit()
    move_thread(thread, target, by=malee, why="เรื่องของวงนี้")
    session.commit()
    rewrite_post(post, by=somchai, text="ห้าวัน")
    session.commit()
    assert read_by(somchai, post) == ["ห้าวัน", "สี่วัน", "สามวัน", "เบอร์โทร 081"], "his own"
    reader = make_person("มานี")
    assert read_by(reader, post) == read_by(malee, post) == ["ห้าวัน", "สี่วัน"]
    page = login_as(reader).get(f"/posts/{post.id}/history").text
    assert "สี่" in page
    assert "081" not in page
    assert "สามวัน" not in page
    assert "081" in login_as(somchai).get(f"/posts/{post.id}/history").text


@pytest.mark.parametrize("act", ["merged", "split"])
def test_the_same_after_it_was_merged_into_another_thread_or_split_off(malee, act):
    source, target = make_community("วงเดิม", by=malee), make_community("วงใหม่", by=malee)
    thread, other = make_thread(community=source, by=malee), make_thread("อีกเรื่อง", community=target)
    somchai = make_person("สมชาย")
    belong(source, somchai, by=somchai)
    post = reply(thread, by=somchai, text="เบอร์โทร 081")
    rewrite_post(post, by=somchai, text="สามวัน")
    session.commit()
    move_thread(thread, target, by=malee, why="เรื่องของวงนี้")
    session.commit()
    if act == "merged":
        merge_thread(thread, other, by=malee, why="เรื่องเดียวกัน")
    else:
        split_thread(
            thread, [1], by=malee, why="ยาว", title="แยกแล้ว", text="เรื่องนี้", kind=ThreadKind.DISCUSSION
        )
    session.commit()
    session.refresh(post)
    assert post.item_id != thread.id
    assert read_by(make_person("มานี"), post) == ["สามวัน"]


def test_what_was_taken_out_of_a_comment_before_its_item_was_opened_to_more_stays_with_those_it_was_meant_for(
    malee,
):
    unit = make_unit("กองคลัง")
    clerk = make_person("สมศรี", unit=unit)
    asset = make_asset(author=clerk, unit=unit)
    audience.open_to(asset, audience.tokens_for("unit", asset), by=clerk)
    post = write_post(asset, by=clerk, text="เฉพาะในกอง")
    rewrite_post(post, by=clerk, text="ทั่วไป")
    session.commit()
    colleague = make_person("ปิติ", unit=unit)
    assert read_by(colleague, post) == ["ทั่วไป", "เฉพาะในกอง"]
    audience.open_to(asset, audience.tokens_for("organisation", asset), by=clerk)
    session.commit()
    assert read_by(malee, post) == ["ทั่วไป"]
    assert read_by(clerk, post) == ["ทั่วไป", "เฉพาะในกอง"]
