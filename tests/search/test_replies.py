"""What is said in a thread or on an item is found with it, by who reads it and by nobody else, at the post that holds it."""

import pytest

from portal.communities.carrying import merge_thread, move_thread, split_thread
from portal.communities.joining import leave
from portal.communities.talking import reply
from portal.communities.thread_models import ThreadKind
from portal.db import reading, session, transaction
from portal.items.models import Post
from portal.items.posting import hide_post, write_post
from portal.items.publishing import changed, post_changed, retire
from portal.outbox.models import OutboxEntry
from portal.people.models import Openness
from portal.search import batches
from portal.search.checking import check, mend
from portal.search.documents import documents_of, documents_of_posts
from portal.search.indexing import index_pending, keeper_of, reindex
from portal.search.models import SearchText
from portal.search.query import SearchQuery
from portal.search.searching import search, the_search
from portal.search.suggesting import suggest
from tests.communities.making import make_community, make_thread
from tests.making import join, make_asset, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def reader(app):
    return make_person("มาลี")


def found(text, person, **args):
    return search(SearchQuery.from_args({"q": text, **args}), person)


def titles(text, person, **args):
    return [one.item.title for one in found(text, person, **args).results]


def say(thread, text, by=None):
    post = reply(thread, by=by or thread.author, text=text)
    session.commit()
    return post


def test_a_thread_is_found_by_what_was_replied_and_the_result_leads_to_the_reply(reader, login_as, settle):
    thread = make_thread("จ่ายค่าไฟเกินงบทำอย่างไร", text="ปลายปีแล้วยังขาดอีกสองเดือน")
    say(thread, "โอนงบประมาณจากหมวดค่าใช้สอยก่อน")
    say(thread, "ลองขอใช้เงินสะสม ทำบันทึกถึงสภา")
    settle()
    (result,) = found("เงินสะสม", reader).results
    assert (result.item.title, result.quote.post) == (thread.title, 2)
    assert result.quote.by == thread.author.name
    page = login_as(reader).get("/search?q=เงินสะสม").text
    assert f"/threads/{thread.id}?post=2#post-2" in page
    assert "<mark>เงินสะสม</mark>" in page


def test_a_thread_is_found_once_however_many_replies_hold_the_words(reader, settle):
    thread = make_thread("รถขยะเสียบ่อย", text="รถขยะคันที่สองเสียอีกแล้ว")
    for number in range(12):
        say(thread, f"รถขยะของเราก็เสีย ครั้งที่ {number + 1}")
        settle()  # each in a commit of its own
    answer = found("รถขยะ", reader)
    assert (answer.total, [one.item.id for one in answer.results]) == (1, [thread.id])
    assert {option.count for facet in answer.facets for option in facet.options} == {1}
    for order in ("newest", "oldest", "title"):
        assert (found("รถขยะ", reader, sort=order).total, titles("รถขยะ", reader, sort=order)) == (
            1,
            [thread.title],
        )


def test_a_word_of_the_question_may_stand_in_the_title_and_another_in_the_reply(reader, settle):
    thread = make_thread("ต่อใบอนุญาตตลาดสด", text="ครบปีแล้ว")
    say(thread, "แนบผลตรวจสุขภาพผู้ช่วยจำหน่ายด้วย")
    make_asset("ตรวจสุขภาพประจำปี", "สำหรับพนักงานจ้าง")
    settle()
    assert titles("ใบอนุญาตตลาด ผลตรวจสุขภาพ", reader)[0] == thread.title


def test_the_text_itself_goes_before_the_talk_about_it(reader, settle):
    manual = make_asset("คู่มือการอ่านมาตรน้ำ", "วิธีอ่านมาตรน้ำให้ถูก อ่านทุกวันที่ห้า จดเลขสีดำ")
    other = make_asset("ระเบียบงานประปา", "เรื่องทั่วไปของงานประปา")
    write_post(other, by=reader, text="วิธีอ่านมาตรน้ำให้ถูก")
    settle()
    assert titles("วิธีอ่านมาตรน้ำ", reader) == [manual.title, other.title]


def test_a_comment_on_an_asset_is_found_by_colleagues_and_never_by_the_public(reader, settle):
    asset = make_asset("คู่มือประปา", readers="public")
    write_post(asset, by=reader, text="ขอบคุณมากสำหรับอะไหล่ปั๊ม")
    settle()
    (result,) = found("อะไหล่ปั๊ม", reader).results
    assert (result.item.title, result.quote.anchor) == ("คู่มือประปา", "post-1")
    assert titles("อะไหล่ปั๊ม", None) == []
    assert titles("คู่มือประปา", None) == ["คู่มือประปา"]


def test_words_that_may_not_occur_may_not_in_replies_either(reader, settle):
    thread = make_thread("ซ่อมถนน", text="ถนนสายในเป็นหลุม")
    say(thread, "ใช้ยางมะตอยสำเร็จรูป")
    make_asset("ซ่อมถนนหินคลุก", "ถนนหินคลุก")
    settle()
    assert titles("ถนน -ยางมะตอย", reader) == ["ซ่อมถนนหินคลุก"]
    assert titles('"ยางมะตอยสำเร็จรูป"', reader) == ["ซ่อมถนน"]


# ---- what may not be read is not found ----


def test_a_hidden_reply_is_found_no_more_at_once_whether_the_index_knows_or_not(reader, settle):
    thread = make_thread("เบอร์ช่างไฟ", text="ใครมีบ้าง")
    post = say(thread, "โทรหาช่างแดงกุญแจเลื่อน")
    settle()
    assert titles("ช่างแดงกุญแจเลื่อน", reader) == [thread.title]
    hide_post(post, by=thread.author, reason="เบอร์ส่วนตัว")
    session.commit()
    the_search().patience = 0.0  # nobody has told the index yet
    assert found("ช่างแดงกุญแจเลื่อน", reader).total == 0
    settle()
    assert found("ช่างแดงกุญแจเลื่อน", reader).total == 0
    with reading() as own:
        assert own.query(SearchText).where(SearchText.post_id == post.id).count() == 0
    words = the_search().finder.visible_words(["แดง", "กุญแจ", "เลื่อน"], frozenset({"org:1", "group:1"}))
    assert not words


@pytest.mark.parametrize("openness", [Openness.CLOSED, Openness.ON_REQUEST])
def test_what_members_say_is_found_by_members_alone_and_by_who_leaves_no_more(reader, settle, openness):
    community = make_community("ชุมชนเรือใบ", openness=openness)
    thread = make_thread("นัดประชุมครั้งแรก", community=community, text="เจอกันวันศุกร์")
    say(thread, "เรื่องสอบวินัยขอคุยในวงนี้เท่านั้น")
    settle()
    assert found("สอบวินัย", reader).total == 0
    assert not found("สอบวินัย", reader).facets
    assert found("สอบวินัย", None).total == 0
    join(reader, community.group)
    assert titles("สอบวินัย", reader) == [thread.title]
    assert [one.options[0].label for one in found("สอบวินัย", reader).facets if one.name == "community"] == [
        "ชุมชนเรือใบ"
    ]
    leave(community, reader, by=reader)
    session.commit()
    assert found("สอบวินัย", reader).total == 0
    assert found("สอบวินัย ชุมชน:เรือใบ", reader).total == 0


def test_the_community_is_a_filter_for_who_reads_it_and_a_suggestion_for_who_knows_of_it(app, reader, settle):
    parcel = make_community("ชุมชนพัสดุ")
    secret = make_community("ชุมชนเรือใบลับ", openness=Openness.CLOSED)
    asked = make_community("ชุมชนเรือยนต์", openness=Openness.ON_REQUEST)
    for community in (parcel, secret, asked):
        make_thread(f"ถามเรื่องเอกสารของ{community.name}", community=community)
    make_asset("เอกสารที่ต้องใช้")
    settle()
    answer = found("เอกสาร", reader)
    (facet,) = [one for one in answer.facets if one.name == "community"]
    assert [(one.label, one.count) for one in facet.options] == [("ชุมชนพัสดุ", 1)]
    assert titles("เอกสาร", reader, community=str(parcel.id)) == ["ถามเรื่องเอกสารของชุมชนพัสดุ"]
    assert titles("เอกสาร ชุมชน:พัสดุ", reader) == ["ถามเรื่องเอกสารของชุมชนพัสดุ"]
    for of_others in (secret, asked):
        there = found("เอกสาร", reader, community=str(of_others.id))
        assert there.total == 0
        assert of_others.name not in str(there.facets)
    assert not [one for one in found("เอกสาร", None).facets if one.name == "community"]
    with app.test_request_context():
        assert [one.text for one in suggest("ชุมชนเรือ", reader) if one.kind == "community"] == ["ชุมชนเรือยนต์"]
        assert suggest("ชุมชนพัสดุ", None) == []
        join(reader, secret.group)
        assert [one.text for one in suggest("เรือใบ", reader) if one.kind == "community"] == ["ชุมชนเรือใบลับ"]


# ---- what changes ----


def test_a_reply_written_anew_is_found_by_its_new_words_only(reader, settle):
    thread = make_thread()
    post = say(thread, "ใช้แบบฟอร์มเก่าสีชมพู")
    settle()
    post.text, post.version = "ใช้แบบฟอร์มใหม่สีฟ้า", 2
    post_changed(post)
    settle()
    assert titles("สีชมพู", reader) == []
    (result,) = found("สีฟ้า", reader).results
    assert "สีฟ้า" in "".join(text for text, _ in result.quote.snippet)


def test_a_reply_that_goes_to_another_thread_is_found_there_and_here_no_more(reader, settle):
    here, there = make_thread("เรื่องแรก"), make_thread("เรื่องที่สอง", community=make_community("ชุมชนอื่น"))
    post = say(here, "ค่าธรรมเนียมถังขยะ")
    settle()
    post.item_id, post.number = there.id, 1
    session.commit()
    assert (
        titles("ค่าธรรมเนียมถังขยะ", reader) == []
    )  # the index does not know yet; what it says is looked at again
    changed(there)
    changed(here)
    settle()
    (result,) = found("ค่าธรรมเนียมถังขยะ", reader).results
    assert result.item.title == "เรื่องที่สอง"


def test_with_an_item_all_that_is_said_on_it_leaves_the_search(reader, settle, settings):
    asset = make_asset("คู่มือประปา")
    write_post(asset, by=reader, text="อะไหล่ปั๊ม")
    settle()
    retire(asset, by=asset.author)
    settle()
    assert titles("อะไหล่ปั๊ม", reader) == []
    assert not [one for one in keeper_of(settings).stored() if one.item_id == asset.id]
    with reading() as own:
        assert own.query(SearchText).where(SearchText.item_id == asset.id).count() == 0


def test_one_more_reply_is_one_document_more_whatever_the_length_of_the_thread(
    reader, settle, settings, monkeypatch
):
    thread = make_thread()
    for number in range(5):
        say(thread, f"ความเห็นที่ {number}")
    settle()
    read = []
    seen = batches.documents_of_posts
    monkeypatch.setattr(
        batches, "documents_of_posts", lambda own, ids: read.append(sorted(ids)) or seen(own, ids)
    )
    whole = batches.documents_of
    monkeypatch.setattr(batches, "documents_of", lambda own, ids: read.append(sorted(ids)) or whole(own, ids))
    post = say(thread, "อีกหนึ่งความเห็น")
    settle()
    assert [ids for ids in read if ids] == [[post.id]]


def test_an_index_made_anew_holds_every_reply_and_the_check_finds_nothing_amiss(reader, settle, settings):
    thread = make_thread()
    for number in range(4):
        say(thread, f"ความเห็นที่ {number}")
    hidden = say(thread, "อันนี้ซ่อน")
    hide_post(hidden, by=thread.author, reason="")
    settle()
    assert check(settings).all == set()
    reindex(settings)
    assert check(settings).all == set()
    posts = [one.post_id for one in keeper_of(settings).stored() if one.post_id]
    assert len(posts) == len(set(posts)) == 4
    with transaction() as own:  # a post that nobody told of
        own.get(Post, posts[0]).text = "เขียนโดยไม่มีใครบอก"
    differences = check(settings)
    assert differences.changed == (thread.id,)
    mend(settings, differences)
    assert check(settings).all == set()


def test_threads_of_many_posts_come_in_portions(reader, settle, settings, monkeypatch):
    monkeypatch.setattr(batches, "MOST_POSTS", 3)
    monkeypatch.setattr(batches, "POSTS_A_BATCH", 4)
    community = make_community()
    threads = [make_thread(f"เรื่องที่ {number}", community=community) for number in range(3)]
    for thread in threads:
        for number in range(7):
            reply(thread, by=thread.author, text=f"ความเห็น {number}")
    session.commit()
    sizes = []
    seen = batches.documents_of_posts
    monkeypatch.setattr(
        batches, "documents_of_posts", lambda own, ids: sizes.append(len(ids)) or seen(own, ids)
    )
    for again in (settle, lambda: reindex(settings)):
        again()
        assert check(settings).all == set()
    assert max(sizes) == 3
    with transaction() as own:
        own.add_all(OutboxEntry(kind="index", subject_id=thread.id) for thread in threads)
    assert index_pending(settings) == 1  # a thread alone
    settle()
    assert check(settings).all == set()


def test_a_post_costs_a_fixed_number_of_queries(count_queries):
    thread = make_thread()
    posts = [say(thread, f"ความเห็น {number}") for number in range(6)]
    with count_queries() as few:
        documents_of_posts(session(), [posts[0].id])
    with count_queries() as many:
        documents_of_posts(session(), [post.id for post in posts])
    assert len(few) == len(many) <= 8
    with count_queries() as whole:
        documents_of(session(), [thread.id])
    assert len(whole) <= 7


# ---- threads that are kept in order ----


def test_the_search_follows_threads_that_are_moved_merged_and_split(reader, settle, settings):
    community = make_community("ชุมชนเปิด")
    leader = community.founded_by
    first = make_thread("ถังขยะเปียก", community=community)
    other = make_thread("ค่าธรรมเนียมขยะ", community=community)
    say(first, "แยกเศษอาหารใส่ถังหมัก")
    say(other, "เก็บครัวเรือนละยี่สิบบาท")
    settle()
    merge_thread(first, other, by=leader, why="เรื่องเดียวกัน")
    session.commit()
    settle()
    assert titles("ถังหมัก", reader) == ["ค่าธรรมเนียมขยะ"]
    numbers = {post.text: post.number for post in session.query(Post).filter_by(item_id=other.id)}
    split_thread(
        other,
        [numbers["แยกเศษอาหารใส่ถังหมัก"]],
        by=leader,
        why="คนละเรื่อง",
        title="หมักปุ๋ยจากเศษอาหาร",
        text="แยกมาจากกระทู้เดิม",
        kind=ThreadKind.DISCUSSION,
    )
    session.commit()
    settle()
    assert titles("ถังหมัก", reader) == ["หมักปุ๋ยจากเศษอาหาร"]
    assert check(settings).all == set()


def test_what_is_moved_among_fewer_readers_is_found_by_others_no_more_at_once(reader, settle):
    community, closed = make_community("ชุมชนเปิด"), make_community("ชุมชนปิด", openness=Openness.CLOSED)
    thread = make_thread("ถังขยะเปียก", community=community)
    say(thread, "แยกเศษอาหารใส่ถังหมัก")
    settle()
    assert titles("ถังหมัก", reader) == ["ถังขยะเปียก"]
    move_thread(thread, closed, by=community.founded_by, why="คุยต่อในวง")
    session.commit()
    the_search().patience = 0.0
    assert found("ถังหมัก", reader).total == 0
    settle()
    assert found("ถังหมัก", reader).total == 0
    join(reader, closed.group)
    assert titles("ถังหมัก", reader) == ["ถังขยะเปียก"]


# ---- while there is no index ----


def test_without_the_index_too_a_thread_is_found_by_a_reply_and_the_result_leads_there(app, reader):
    thread = make_thread("จ่ายค่าไฟเกินงบทำอย่างไร", text="ปลายปีแล้วยังขาดอีกสองเดือน")
    say(thread, "โอนงบประมาณจากหมวดค่าใช้สอยก่อน")
    say(thread, "ลองขอใช้เงินสะสม ๑๕ วัน ทำบันทึกถึงสภา")
    say(thread, "เงินสะสมต้องเหลือพอจ่ายสามเดือน")
    make_asset("ระเบียบเงินสะสม", "ว่าด้วยเงินสะสม")
    answer = found("เงินสะสม บันทึก 15 วัน", reader)
    assert (answer.is_rebuilding, answer.total) == (True, 2)
    assert {one.item.title: one.quote.post for one in answer.results} == {
        thread.title: 2,
        "ระเบียบเงินสะสม": None,
    }
    assert titles('"สะสมต้องเหลือพอ"', reader) == [thread.title]
    assert titles("เงินสะสม -สภา", reader) == ["ระเบียบเงินสะสม"]
    page = found("เงินสะสม", reader, limit="1", page="2")
    assert (page.total, len(page.results)) == (2, 1)


def test_without_the_index_the_text_itself_goes_before_the_talk_about_it(app, reader):
    other = make_asset("ระเบียบงานประปา", "เรื่องทั่วไปของงานประปา")
    manual = make_asset("คู่มือการอ่านมาตรน้ำ", "วิธีอ่านมาตรน้ำให้ถูก อ่านทุกวันที่ห้า จดเลขสีดำ")
    write_post(other, by=reader, text="วิธีอ่านมาตรน้ำให้ถูก")
    session.commit()
    assert titles("วิธีอ่านมาตรน้ำ", reader) == [manual.title, other.title]


def test_without_the_index_nobody_finds_what_is_said_where_he_does_not_read(app, reader):
    community = make_community("ชุมชนเรือใบ", openness=Openness.CLOSED)
    say(make_thread("นัดประชุมครั้งแรก", community=community), "เรื่องสอบวินัยขอคุยในวงนี้เท่านั้น")
    asset = make_asset("คู่มือประปา", readers="public")
    hidden = write_post(asset, by=reader, text="โทรหาช่างแดงกุญแจเลื่อน")
    write_post(asset, by=reader, text="ขอบคุณมากสำหรับอะไหล่ปั๊ม")
    hide_post(hidden, by=asset.author, reason="เบอร์ส่วนตัว")
    session.commit()
    for person in (reader, None):
        assert found("สอบวินัย", person).total == 0
        assert found('"ช่างแดงกุญแจเลื่อน"', person).total == found("ช่างแดงกุญแจเลื่อน", person).total == 0
    # Whoever may not see it learns nothing of it by what may not occur, either.
    assert titles("คู่มือ -ช่างแดงกุญแจเลื่อน", reader) == titles("คู่มือ -อะไหล่ปั๊ม", None) == ["คู่มือประปา"]
    assert titles("อะไหล่ปั๊ม", reader) == ["คู่มือประปา"]
    assert found("อะไหล่ปั๊ม", None).total == 0
    join(reader, community.group)
    assert titles("สอบวินัย", reader) == ["นัดประชุมครั้งแรก"]
    leave(community, reader, by=reader)
    session.commit()
    assert found("สอบวินัย", reader).total == 0
