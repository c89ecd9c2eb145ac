"""Whoever follows an item hears of new comments: authors what they wrote, who commented what he commented on, and who asks to."""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items import audience
from portal.items.following import follow, is_following, unfollow
from portal.items.posting import hide_post, write_post
from portal.notice_words import SPEAKERS
from portal.notices.models import Notice, Way
from portal.notices.reading import notices_of, unread_of
from tests.making import make_asset, make_person, make_unit
from tests.notices.conftest import comment_at, mails, make_reader, morning
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def within_a_request(app):
    """Words lead to pages, whose addresses are made for a request."""
    with app.test_request_context():
        yield


def told(person):
    session.commit()
    return [words.text for _, words in notices_of(person, SPEAKERS)]


def test_an_author_is_told_of_a_comment_and_who_wrote_it_is_not(app):
    author, colleague = make_person("สมศรี"), make_person("มานพ")
    asset = make_asset("คู่มือรับชำระภาษี", author=author)
    post = write_post(asset, by=colleague, text="ลองทำแล้ว")
    assert told(author) == [f"{colleague.name} แสดงความเห็นใน “คู่มือรับชำระภาษี”"]
    assert told(colleague) == []
    assert notices_of(author, SPEAKERS)[0][1].url == f"/knowledge/{asset.id}#post-{post.number}"


def test_who_commented_is_told_of_the_answer_and_who_only_reads_is_not(app):
    author, colleague, reader = make_person("สมศรี"), make_person("มานพ"), make_person("ปิติ")
    asset = make_asset(author=author)
    write_post(asset, by=colleague, text="ทำอย่างไร")
    write_post(asset, by=author, text="ทำอย่างนี้")
    assert len(told(colleague)) == 1
    assert told(reader) == []


def test_several_comments_while_one_has_not_looked_are_one_notice_with_their_number(app):
    author = make_person("สมศรี")
    asset = make_asset("คู่มือ", author=author)
    for name in ("มานพ", "ปิติ", "ชูใจ"):
        write_post(asset, by=make_person(name), text="ลองทำแล้ว")
    assert told(author) == ["มีความเห็นใหม่ 3 รายการใน “คู่มือ”"]
    assert unread_of(author, SPEAKERS) == 1


def test_what_comes_after_one_looked_is_told_anew(app):
    author, colleague = make_person("สมศรี"), make_person("มานพ")
    asset = make_asset("คู่มือ", author=author)
    write_post(asset, by=colleague, text="หนึ่ง")
    write_post(asset, by=author, text="ขอบคุณ")  # who answers has read
    assert unread_of(author, SPEAKERS) == 0
    write_post(asset, by=colleague, text="สอง")
    session.commit()
    assert unread_of(author, SPEAKERS) == 1
    assert told(author)[0].startswith(colleague.name)


def test_following_is_chosen_and_ended_and_a_comment_does_not_begin_it_again(app):
    author, reader = make_person("สมศรี"), make_person("ปิติ")
    asset = make_asset(author=author)
    assert (is_following(author, asset), is_following(reader, asset)) == (True, False)
    follow(asset, reader)
    unfollow(asset, author)
    session.commit()
    assert (is_following(author, asset), is_following(reader, asset)) == (False, True)
    write_post(asset, by=make_person("มานพ"), text="หนึ่ง")
    assert told(author) == []
    assert len(told(reader)) == 1
    write_post(asset, by=author, text="สอง")
    session.commit()
    assert not is_following(author, asset)


def test_who_leaves_is_told_nothing(app):
    author, gone = make_person("สมศรี"), make_person("ปิติ")
    asset = make_asset(author=author)
    follow(asset, gone)
    gone.deactivated_at = morning()
    session.commit()
    write_post(asset, by=author, text="หนึ่ง")
    assert session.scalars(select(Notice).where(Notice.person_id == gone.id)).all() == []


def test_a_follower_to_whom_the_item_was_closed_hears_nothing_more(app, run):
    """He was told of a comment before, and is neither shown nor mailed it now; nor is he told of new ones."""
    unit = make_unit("กองคลัง")
    author, follower = make_person("สมศรี", unit=unit), make_reader("ปิติ", unit=make_unit("กองช่าง"))
    asset = make_asset("เงินเดือนผู้บริหาร", author=author, unit=unit)
    follow(asset, follower)
    comment_at(asset, author, morning(6))
    assert unread_of(follower, SPEAKERS) == 1
    audience.open_to(asset, audience.tokens_for("unit", asset))
    session.commit()
    assert unread_of(follower, SPEAKERS) == 0
    assert told(follower) == []
    comment_at(asset, author, morning(6), "ความลับ")
    assert told(follower) == []
    assert run(morning(8)) == 0
    assert mails() == []


def test_a_hidden_comment_is_told_of_no_more(app):
    author, colleague = make_person("สมศรี"), make_person("มานพ")
    asset = make_asset(author=author)
    post = write_post(asset, by=colleague, text="คำที่ไม่ควรเขียน")
    session.commit()
    assert unread_of(author, SPEAKERS) == 1
    hide_post(post, by=colleague, reason="พลั้งมือ")
    session.commit()
    assert unread_of(author, SPEAKERS) == 0
    assert told(author) == []


def test_a_notice_says_the_title_of_today(app):
    author = make_person("สมศรี")
    asset = make_asset("ชื่อเดิม", author=author)
    write_post(asset, by=make_person("มานพ"), text="หนึ่ง")
    asset.title = "ชื่อใหม่"
    assert "ชื่อใหม่" in told(author)[0]


def test_a_comment_is_mailed_as_its_reader_chose(app, run):
    author = make_reader("สมศรี", way=Way.AT_ONCE)
    asset = make_asset("คู่มือ <b>", author=author)
    comment_at(asset, make_person("มานพ"), morning(6))
    assert run(morning(6, 1)) == 1
    assert "ใน “คู่มือ <b>”" in mails()[0].text  # plain text, not HTML
