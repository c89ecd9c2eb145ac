"""Calling colleagues: `@` and a name becomes a link to the person, who is told if she may read it, and nobody else is."""

import pytest
from sqlalchemy import select

from portal.communities.joining import belong, leave
from portal.communities.talking import edit_opening, reply, start_thread
from portal.communities.thread_models import ThreadKind
from portal.db import session
from portal.items.calling import people_to_call, titles_to_link
from portal.items.mentioning import (
    MENTION,
    MOST_MENTIONS,
    TooManyMentions,
    mentioned_in,
    with_people_named,
)
from portal.items.posting import hide_post, rewrite_post, write_post
from portal.items.talk_models import Mention
from portal.notice_words import SPEAKERS
from portal.notices.models import Notice
from portal.notices.reading import notices_of
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.making import make_asset, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def asking(app):
    with app.test_request_context():
        yield


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี", last_name="รักงาน", username="malee")


@pytest.fixture
def somchai(malee):
    return make_person("สมชาย", last_name="ใจดี", username="somchai.j")


def words_for(person):
    return [words.text for notice, words in told(person) if notice.kind == MENTION.code]


def told(person):
    return notices_of(person, SPEAKERS)


@pytest.mark.parametrize(
    "typed",
    [
        "ถาม@สมชาย ใจดีหน่อย",  # Thai sets no space around a name
        "ถาม @สมชาย ใจดี หน่อย",
        "@นายสมชาย ใจดี ช่วยดูที",
        "@somchai.j",
        "@Somchai.J, ช่วยดูที",
        "@สมชาย ช่วยดูที",  # there is but one
        "> อ้างถึง\n\n(@สมชาย  ใจดี)",
    ],
)
def test_a_colleague_is_called_as_people_write(malee, somchai, typed):
    linked = with_people_named(typed, malee)
    assert f"[@สมชาย ใจดี](/people/{somchai.id})" in linked
    assert mentioned_in(linked) == [somchai.id]
    assert with_people_named(linked, malee) == linked  # saved once more it stays


@pytest.mark.parametrize(
    "typed",
    [
        "somchai@somchai.j",
        "ส่งที่ อีเมล@สมชาย ใจดี",  # an address, not a call
        "`@สมชาย ใจดี`",
        "```\n@สมชาย ใจดี\n```",
        "@สมชายใหญ่ ไม่ใช่คนนี้",
        "@สม",
        "https://example.org/@somchai.j",
    ],
)
def test_what_calls_nobody_stays_as_it_was_typed(malee, somchai, typed):
    typed = typed.replace("อีเมล@", "a@")
    assert with_people_named(typed, malee) == typed


def test_of_two_with_one_name_nobody_is_guessed_and_the_completion_tells_them_apart(malee, somchai):
    other = make_person("สมชาย", last_name="ใจดี", username="somchai2")
    assert mentioned_in(with_people_named("@สมชาย ใจดี", malee)) == []
    offered = people_to_call("สมชาย", malee)
    assert {one["text"] for one in offered} == {f"[@สมชาย ใจดี](/people/{one.id})" for one in (somchai, other)}
    assert mentioned_in(with_people_named("@somchai2", malee)) == [other.id]


def test_the_longer_name_is_meant(malee, somchai):
    longer = make_person("สมชาย", last_name="ใจดีเลิศ")
    assert mentioned_in(with_people_named("@สมชาย ใจดีเลิศ", malee)) == [longer.id]


def test_who_is_called_is_told_once_however_often_it_is_written_anew(malee, somchai):
    asset = make_asset(author=malee, readers="organisation")
    post = write_post(asset, by=malee, text="@สมชาย ใจดี ช่วยดูที")
    session.commit()
    assert words_for(somchai) == [f"{malee.name} กล่าวถึงคุณใน “{asset.title}”"]
    rewrite_post(post, by=malee, text=post.text + " ขอบคุณ")
    session.commit()
    assert len(session.scalars(select(Notice).where(Notice.person_id == somchai.id)).all()) == 1
    hide_post(post, by=malee, reason="")
    session.commit()
    assert words_for(somchai) == []


def test_a_reply_that_calls_a_follower_is_one_notice_not_two(malee, somchai):
    thread = make_thread(by=somchai)
    belong(thread.community, malee, by=malee)
    reply(thread, by=malee, text="@สมชาย ใจดี ได้")
    session.commit()
    assert [notice.kind for notice, _ in told(somchai)] == [MENTION.code]


def test_who_may_not_read_it_is_not_told_and_who_left_is_told_no_more(malee, somchai):
    community = make_community(openness=Openness.CLOSED, by=malee)
    thread = start_thread(
        community, by=malee, kind=ThreadKind.DISCUSSION, title="เรื่องภายใน", text="@สมชาย ใจดี"
    )
    session.commit()
    assert session.scalars(select(Notice).where(Notice.person_id == somchai.id)).all() == []
    assert people_to_call("สม", malee, thread) == []
    belong(community, somchai, by=malee)
    session.commit()
    assert [one["name"] for one in people_to_call("สม", malee, thread)] == [somchai.name]
    reply(thread, by=malee, text="@somchai.j ดูที")
    session.commit()
    assert len(words_for(somchai)) == 1
    leave(community, somchai, by=somchai)
    session.commit()
    assert words_for(somchai) == []


def test_a_text_calls_at_most_thirty_people(malee, somchai, login_as):
    people = [make_person(f"คน{chr(0x0E01 + n)}", username=f"p{n}") for n in range(MOST_MENTIONS + 1)]
    text = " ".join(f"@{one.username}" for one in people)
    with pytest.raises(TooManyMentions):
        with_people_named(text, malee)
    thread = make_thread(by=malee)
    answer = login_as(malee).post(f"/threads/{thread.id}/replies", data={"text": text, "send_key": "k"})
    assert answer.status_code == 422
    assert "กล่าวถึงได้ไม่เกิน" in answer.text
    assert "@p30" in answer.text  # nothing that was typed is lost


def test_five_hundred_calls_in_a_comment_are_refused_and_kept(malee, login_as):
    asset = make_asset(author=malee, readers="organisation")
    for n in range(MOST_MENTIONS + 1):
        make_person(f"คน{chr(0x0E01 + n)}", username=f"p{n}")
    text = " ".join(f"@p{n % 31}" for n in range(500))
    answer = login_as(malee).post(f"/items/{asset.id}/comments", data={"text": text})
    assert answer.status_code == 422
    assert "กล่าวถึงได้ไม่เกิน" in answer.text
    assert "@p30" in answer.text


def test_whoever_is_called_in_an_opening_text_is_told_and_a_changed_one_calls_anew(malee, somchai):
    thread = make_thread(by=malee, text="@สมชาย ใจดี รู้ไหม")
    assert len(words_for(somchai)) == 1
    nattaya = make_person("ณัฐยา", last_name="สุขใจ")
    edit_opening(thread, by=malee, title=thread.title, text="@สมชาย ใจดี @ณัฐยา สุขใจ รู้ไหม")
    session.commit()
    assert (len(words_for(somchai)), len(words_for(nattaya))) == (1, 1)
    assert len(session.scalars(select(Mention)).all()) == 2


def test_names_are_offered_to_colleagues_only(malee, somchai, client, login_as):
    thread = make_thread(by=malee)
    assert client.get(f"/items/{thread.id}/people?q=สม").status_code == 302
    found = login_as(malee).get(f"/items/{thread.id}/people?q=สมชาย ใจ").json["people"]
    assert [one["text"] for one in found] == ["@สมชาย ใจดี"]
    assert login_as(malee).get(f"/items/{thread.id}/people?q=%25").json["people"] == []


def test_titles_are_offered_of_what_one_reads(malee, somchai):
    own = make_asset(author=malee, title="คู่มือตรวจรับพัสดุ", readers="organisation")
    closed = make_thread(
        title="ตรวจรับเรื่องภายใน", community=make_community(openness=Openness.CLOSED, by=malee)
    )
    assert [one["name"] for one in titles_to_link("ตรวจรับ", somchai)] == ["คู่มือตรวจรับพัสดุ"]
    assert titles_to_link(str(closed.id), somchai) == []
    assert titles_to_link(str(own.id), somchai)[0]["text"] == f"[#{own.id}](/items/{own.id})"


def test_a_link_to_an_item_shows_its_title_to_who_may_know_it(malee, somchai, login_as):
    closed = make_thread(
        title="ตรวจรับเรื่องภายใน", community=make_community(openness=Openness.CLOSED, by=malee)
    )
    thread = make_thread(by=malee, text=f"ดู [#{closed.id}](/items/{closed.id})")
    assert "ตรวจรับเรื่องภายใน" in login_as(malee).get(f"/threads/{thread.id}").text
    page = login_as(somchai).get(f"/threads/{thread.id}").text
    assert "ตรวจรับเรื่องภายใน" not in page
    assert f">#{closed.id}</a>" in page


def test_a_title_is_escaped_where_it_is_put_in(malee, login_as):
    named = make_asset(author=malee, title="<img src=x onerror=alert(1)>", readers="organisation")
    thread = make_thread(by=malee, text=f"[#{named.id}](/items/{named.id})")
    assert "<img src=x" not in login_as(malee).get(f"/threads/{thread.id}").text


@pytest.mark.parametrize("piece", ["[", "[\\", "[\\[[", "`", "<", "[@a", "@a ", "![](", "~~~"])
def test_a_text_of_nothing_but_signs_costs_no_more_than_its_length(malee, somchai, piece):
    """What once took minutes for forty thousand brackets; the limit of the whole suite would notice."""
    text = "@สมชาย ใจดี " + piece * (40_000 // len(piece))
    assert mentioned_in(with_people_named(text, malee)) == [somchai.id]
