"""From talk to knowledge: what is lifted, by whom, for whom, and who is told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.communities.talking import accept_answer, reply
from portal.communities.thread_models import Thread
from portal.db import now, session
from portal.expertise.tagging import add_tag, confirm
from portal.items import audience
from portal.items.discarding import delete_draft
from portal.items.models import ItemRedirect, ItemState, Origin, Post, Subscription
from portal.items.order_models import Suspension
from portal.items.origins import narrower_sources
from portal.items.posting import hide_post, rewrite_post
from portal.items.publishing import merge_into, publish
from portal.knowledge.models import AssetKind, KnowledgeAsset
from portal.lifting.drawing import WIDTH, drawn
from portal.lifting.family import family_tree
from portal.lifting.making import NothingChosen, NotOfTheText, lift, make_core, move_answer, passage
from portal.lifting.offering import BECAME, OFFERED, offer_unanswered, tell_whose_words_became_knowledge
from portal.lifting.permissions import can_combine, can_lift, can_move_answer
from portal.notices.models import Notice
from portal.people.audiences import group_token, organisation_token, unit_token
from portal.people.models import Openness, Person
from portal.people.settings import decide
from tests.communities.making import make_community, make_thread
from tests.making import join, make_asset, make_goal, make_person, make_unit, reload
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def thread(app):
    return make_thread("น้ำประปาขุ่นหลังฝนตก", text="ทำอย่างไรดี")


@pytest.fixture
def malee(thread):
    """A member who answers."""
    person = make_person("มาลี")
    join(person, thread.community.group)
    return person


def say(thread, text, by):
    post = reply(thread, by=by, text=text)
    session.commit()
    return post


def lifted(thread, *posts, by, **more):
    asset = lift(thread, [passage(thread, post) for post in posts], by=by, **more)
    session.commit()
    return asset


def text_of(asset):
    return asset.revisions[-1].text


def told(kind):
    return set(session.scalars(select(Notice.person_id).where(Notice.kind == kind.code)))


# ---- a nugget ----


def test_a_member_lifts_passages_into_a_draft_with_who_said_them_and_the_way_back(thread, malee):
    first, second = say(thread, "เติมสารส้มสองเท่า", malee), say(thread, "ล้างถังกรองด้วย", thread.author)
    asset = lifted(thread, None, first, second, by=malee)
    assert (asset.state, asset.kind, asset.author_id) == (ItemState.DRAFT, AssetKind.NUGGET, malee.id)
    text = text_of(asset)
    assert f"> [{malee.name}](/posts/{first.id}):" in text
    assert "> เติมสารส้มสองเท่า" in text
    assert f"> [{thread.author.name}](/items/{thread.id}):" in text
    origins = session.scalars(select(Origin).where(Origin.item_id == asset.id).order_by(Origin.id)).all()
    assert [(one.from_item_id, one.from_post_id, one.excerpt) for one in origins] == [
        (thread.id, None, "ทำอย่างไรดี"),
        (thread.id, first.id, "เติมสารส้มสองเท่า"),
        (thread.id, second.id, "ล้างถังกรองด้วย"),
    ]


def test_the_draft_is_meant_for_whom_the_talk_is_open_to_and_for_what_the_community_serves(thread, malee):
    thread.community.goal_id = make_goal().id
    session.commit()
    other = make_thread("เรื่องใหม่", community=thread.community)
    asset = lifted(other, None, by=malee)
    assert asset.open_to == [group_token(thread.community.group_id)]
    assert [(one.goal_id, one.step) for one in asset.fulfilments] == [(thread.community.goal_id, "KM6")]
    assert [row.token for row in asset.audience] == [f"person:{malee.id}"]


def test_names_may_be_left_out(thread, malee):
    post = say(thread, "เติมสารส้มสองเท่า", malee)
    text = text_of(lifted(thread, None, post, by=thread.author, without_names=True))
    assert malee.name not in text
    assert "/posts/" not in text
    assert "> เติมสารส้มสองเท่า" in text


def test_a_part_is_taken_word_for_word_and_nothing_that_nobody_said(thread, malee):
    post = say(thread, "**ก่อนอื่น** เติมสารส้มสองเท่า แล้วรอหกชั่วโมง", malee)
    assert passage(thread, post, "ก่อนอื่น เติมสารส้มสองเท่า").text == "ก่อนอื่น เติมสารส้มสองเท่า"
    with pytest.raises(NotOfTheText):
        passage(thread, post, "เติมสารส้มสามเท่า")
    with pytest.raises(NothingChosen):
        lift(thread, [], by=malee)


def test_only_members_lift(thread, malee):
    assert can_lift(malee, thread)
    assert not can_lift(make_person("คนอื่น"), thread)
    assert not can_lift(None, thread)


def test_the_page_lifts_what_was_ticked_on_several_pages_without_script(thread, malee, login_as):
    posts = [say(thread, f"ความเห็น {number}", malee) for number in range(52)]
    hide_post(posts[3], by=malee, reason="")
    browser = login_as(malee)
    address = f"/threads/{thread.id}/lift"
    assert f'href="{address}"' in browser.get(f"/threads/{thread.id}").text
    page = browser.get(address).text
    assert "ความเห็น 2" in page
    assert "ความเห็น 3<" not in page
    second = browser.post(address, data={"go": "2", "chosen": ["0", str(posts[1].id)], "title": "น้ำขุ่น"}).text
    assert f'name="chosen" value="{posts[1].id}"' in second
    answer = browser.post(
        address,
        data={
            "chosen": ["0", str(posts[1].id), str(posts[51].id), str(posts[3].id), "999999", "x"],
            "title": "น้ำขุ่นแก้ได้",
        },
    )
    asset = session.scalars(select(KnowledgeAsset).where(KnowledgeAsset.title == "น้ำขุ่นแก้ได้")).one()
    assert answer.location == f"/knowledge/{asset.id}/edit"
    assert {one.from_post_id for one in asset.origins} == {None, posts[1].id, posts[51].id}
    form = browser.get(answer.location).text
    assert re.search(r'value="talk" checked', form)
    assert browser.post(address, data={"title": "ว่าง"}).status_code == 422
    stranger = login_as(make_person("คนอื่น"))
    assert stranger.get(address).status_code == 403


def test_lifting_begins_with_the_text_one_reads_on_the_page_where_it_stands(thread, malee, login_as):
    posts = [say(thread, f"ความเห็น {number}", malee) for number in range(1, 53)]
    hide_post(posts[3], by=malee, reason="")
    browser = login_as(malee)
    page = browser.get(f"/threads/{thread.id}?page=2").text
    (link,) = re.findall(rf'href="([^"]+)" data-lift="{posts[51].id}"', page)
    assert ticked(browser.get(link).text) == [posts[51].id]
    opening = re.findall(r'href="([^"]+)" data-lift="0"', browser.get(f"/threads/{thread.id}?page=1").text)
    assert ticked(browser.get(opening[0]).text) == [0]
    address = f"/threads/{thread.id}/lift"
    for nothing in ("4", "53", "-1", "x", "", "99999999999999999999"):  # hidden, of nobody, no number
        assert ticked(browser.get(f"{address}?post={nothing}").text) == []
    stranger = login_as(make_person("คนอื่น"))
    assert "data-lift" not in stranger.get(f"/threads/{thread.id}?page=1").text


def ticked(page):
    return [int(one) for one in re.findall(r'name="chosen" value="(\d+)" checked', page)]


# ---- whose readers ----


def published_form(asset, readers, **more):
    return {
        "title": asset.title,
        "text": text_of(asset),
        "kind": "nugget",
        "knowledge": "tacit",
        "audience": readers,
        "fulfilments-0-step": "KM6",
        "base_revision": str(asset.revision_number),
        "action": "publish",
        **more,
    }


@pytest.mark.parametrize("openness", [Openness.CLOSED, Openness.ON_REQUEST])
def test_what_was_said_among_few_is_not_opened_to_more_before_its_writer_says_that_they_know(
    app, openness, login_as
):
    community = make_community("ชุมชนเรือใบ", openness=openness)
    thread = make_thread("เรื่องในวง", community=community)
    asset = lifted(thread, None, by=community.founded_by)
    browser = login_as(community.founded_by)
    answer = browser.post(f"/knowledge/{asset.id}/edit", data=published_form(asset, "organisation"))
    assert answer.status_code == 422
    assert "เรื่องในวง" in answer.text
    assert reload(asset).state == ItemState.DRAFT
    audience.open_to(asset, [organisation_token(asset.organisation_id)])
    session.commit()
    answer = browser.post(f"/knowledge/{asset.id}/publish")
    assert answer.location == f"/knowledge/{asset.id}/edit#authors_know"
    assert reload(asset).state == ItemState.DRAFT
    browser.post(f"/knowledge/{asset.id}/edit", data=published_form(asset, "organisation", authors_know="y"))
    assert reload(asset).state == ItemState.PUBLISHED
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "item.widen"))


def new_form(page, readers="organisation", **more):
    """What the page of a new text sends when it is published as it stands."""
    fields = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("draft", "origin")}
    return fields | {
        "title": "เรื่องในวง",
        "text": "ที่คุยกันในวง",
        "kind": "nugget",
        "knowledge": "tacit",
        "audience": readers,
        "fulfilments-0-step": "KM6",
        "base_revision": "0",
        "action": "publish",
        **more,
    }


@pytest.mark.parametrize("emptied", [False, True])
@pytest.mark.parametrize("begun_with", ["the talk", "its draft"])
def test_a_text_that_begins_with_lifted_talk_is_opened_to_more_only_with_the_knowledge_of_those_who_spoke(
    app, login_as, begun_with, emptied
):
    """Seen: a second text from the draft, or a form without its origin, and nobody was asked."""
    community = make_community("ชุมชนเรือใบ", openness=Openness.CLOSED)
    thread = make_thread("เรื่องในวง", community=community)
    asset = lifted(thread, None, by=community.founded_by)
    source = thread if begun_with == "the talk" else asset
    browser = login_as(community.founded_by)
    address = f"/knowledge/new?from={source.id}"
    sent = new_form(browser.get(address).text)
    assert sent["origin"] == str(source.id)
    answer = browser.post(address, data=sent | ({"origin": ""} if emptied else {}))
    assert answer.status_code == 422
    assert "authors_know" in answer.text
    # The text that was refused is kept; also from there its origin is not left behind.
    answer = browser.post("/knowledge/new", data=sent | {"origin": ""})
    assert answer.status_code == 422
    assert session.scalars(select(KnowledgeAsset.id).where(KnowledgeAsset.state == "published")).all() == []
    answer = browser.post(address, data=sent | {"authors_know": "y"})
    assert answer.status_code == 302
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "item.widen"))


def test_who_spoke_is_still_asked_when_the_draft_in_between_is_deleted(app, login_as):
    community = make_community("ชุมชนเรือใบ", openness=Openness.CLOSED)
    thread = make_thread("เรื่องในวง", community=community)
    asset = lifted(thread, None, by=community.founded_by)
    browser = login_as(community.founded_by)
    address = f"/knowledge/new?from={asset.id}"
    browser.post(address, data=new_form(browser.get(address).text, action="save"))
    second = session.scalars(select(KnowledgeAsset).where(KnowledgeAsset.id != asset.id)).one()
    delete_draft(asset, by=community.founded_by)
    session.commit()
    assert narrower_sources(reload(second), [organisation_token(second.organisation_id)]) == [thread]
    assert browser.post(f"/knowledge/{second.id}/publish").location.endswith("#authors_know")


def test_what_was_opened_with_their_knowledge_is_not_asked_about_again_and_names_no_closed_talk(
    app, login_as
):
    community = make_community("ชุมชนเรือใบ", openness=Openness.CLOSED)
    thread = make_thread("เรื่องในวงปิด", community=community)
    clerks = make_unit("กองคลัง")
    everybody = [organisation_token(thread.organisation_id)]
    nuggets = [lifted(thread, None, by=community.founded_by) for _ in range(2)]
    for nugget, readers in zip(nuggets, (everybody, [unit_token(clerks.id)]), strict=True):
        audience.open_to(nugget, readers)
        publish(nugget, by=community.founded_by)
    session.commit()
    clerk = make_person("สมศรี", unit=clerks)
    known, half = (make_core([one], by=clerk, title="แก่น") for one in nuggets)
    session.commit()
    assert narrower_sources(known, everybody) == []
    assert narrower_sources(half, everybody) == [thread], "the unit was told, others were not"
    answer = login_as(clerk).post(f"/knowledge/{half.id}/edit", data=published_form(half, "organisation"))
    assert answer.status_code == 422
    assert "เรื่องในวงปิด" not in answer.text.partition('name="title"')[0]


def test_among_the_same_readers_nobody_is_asked(app, login_as):
    community = make_community("ชุมชนเรือใบ", openness=Openness.CLOSED)
    asset = lifted(make_thread("เรื่องในวง", community=community), None, by=community.founded_by)
    browser = login_as(community.founded_by)
    browser.post(f"/knowledge/{asset.id}/edit", data=published_form(asset, "talk"))
    assert reload(asset).state == ItemState.PUBLISHED
    assert asset.open_to == [group_token(community.group_id)]
    stranger = login_as(make_person("คนอื่น"))
    assert stranger.get(f"/knowledge/{asset.id}").status_code == 404


def test_what_every_colleague_reads_is_opened_to_the_public_only_with_their_knowledge(
    thread, malee, login_as
):
    asset = lifted(thread, None, by=malee)
    browser = login_as(malee)
    assert (
        browser.post(f"/knowledge/{asset.id}/edit", data=published_form(asset, "public")).status_code == 422
    )
    browser.post(f"/knowledge/{asset.id}/edit", data=published_form(asset, "organisation"))
    assert reload(asset).state == ItemState.PUBLISHED


def test_who_wrote_the_passages_is_told_once_with_the_way_there_if_he_may_read_it(thread, malee, login_as):
    post = say(thread, "เติมสารส้ม", malee)
    asset = lifted(thread, None, post, by=thread.author)
    assert tell_whose_words_became_knowledge(now()) == 0
    publish(asset, by=thread.author)
    session.commit()
    assert tell_whose_words_became_knowledge(now()) == 1
    assert tell_whose_words_became_knowledge(now()) == 0
    session.commit()
    assert told(BECAME) == {malee.id}
    assert asset.title in login_as(malee).get("/notices").text
    audience.open_to(asset, [f"person:{thread.author_id}"], by=thread.author)
    session.commit()
    page = login_as(malee).get("/notices").text
    assert f"/knowledge/{asset.id}" not in page
    assert thread.title in page


# ---- answers and cores ----


def test_an_accepted_answer_goes_into_the_store_as_question_and_answer(thread, malee, login_as):
    assert not can_move_answer(thread.author, thread)
    post = say(thread, "เติมสารส้มสองเท่า", malee)
    accept_answer(thread, post, by=thread.author)
    session.commit()
    assert can_move_answer(thread.author, thread)
    assert not can_move_answer(malee, thread)
    answer = login_as(thread.author).post(f"/threads/{thread.id}/answer/asset")
    asset = session.scalars(select(KnowledgeAsset)).one()
    assert answer.location == f"/knowledge/{asset.id}/edit"
    assert (asset.kind, asset.title) == (AssetKind.QA, thread.title)
    assert "ทำอย่างไรดี" in text_of(asset)
    assert f"/posts/{post.id}" in text_of(asset)
    assert login_as(malee).post(f"/threads/{thread.id}/answer/asset").status_code == 403
    hide_post(post, by=malee, reason="")
    session.commit()
    with pytest.raises(NothingChosen):
        move_answer(thread, by=thread.author)


def test_nuggets_become_a_core_for_those_who_read_them_all(thread, malee, login_as):
    one, other = lifted(thread, None, by=malee, title="สารส้ม"), make_asset("ถังกรอง", kind=AssetKind.NUGGET)
    secret = make_asset("ลับ", kind=AssetKind.NUGGET, published=False)
    publish(one, by=malee)
    session.commit()
    assert can_combine(malee, one)
    assert not can_combine(malee, secret)
    browser = login_as(malee)
    page = browser.get(f"/knowledge/cores/new?nugget={one.id}").text
    assert "ลับ" not in page
    answer = browser.post(
        "/knowledge/cores/new",
        data={"nugget": [str(one.id), str(other.id), str(secret.id)], "title": "น้ำใสทั้งปี"},
    )
    core = session.scalars(select(KnowledgeAsset).where(KnowledgeAsset.title == "น้ำใสทั้งปี")).one()
    assert answer.location == f"/knowledge/{core.id}/edit"
    assert core.kind == AssetKind.CORE
    assert {row.from_item_id for row in core.origins} == {one.id, other.id}
    assert core.open_to == [group_token(thread.community.group_id)]
    assert f"## [สารส้ม](/items/{one.id})" in text_of(core)


def test_nuggets_are_ticked_in_the_store_by_who_writes_there(thread, malee, login_as, client):
    nugget = make_asset("สารส้ม", kind=AssetKind.NUGGET, readers="public")
    make_asset("คู่มือประปา")
    browser = login_as(malee)
    page = browser.get("/knowledge?kind=nugget").text
    assert 'action="/knowledge/cores/new"' in page
    assert re.findall(r'name="nugget" value="(\d+)"', page) == [str(nugget.id)]
    assert re.search(
        rf'value="{nugget.id}" checked', browser.get(f"/knowledge/cores/new?nugget={nugget.id}").text
    )
    for other in (browser.get("/knowledge").text, client.get("/knowledge?kind=nugget").text):
        assert "สารส้ม" in other
        assert "/knowledge/cores/new" not in other


# ---- the family ----


def family(item, person):
    return {
        member.item.title: (member.generation, len(member.sources)) for member in family_tree(item, person)
    }


@pytest.fixture
def grown(thread, malee):
    """A thread, two nuggets of it, a core of both."""
    nuggets = [lifted(thread, None, by=malee, title=f"ขุม {number}") for number in (1, 2)]
    for one in nuggets:
        publish(one, by=malee)
    core = make_core(nuggets, by=malee, title="แก่น")
    publish(core, by=malee)
    session.commit()
    return thread, *nuggets, core


def test_the_family_goes_through_all_generations_both_ways(grown, malee):
    thread, one, _, core = grown
    whole = {"น้ำประปาขุ่นหลังฝนตก": (0, 0), "ขุม 1": (1, 1), "ขุม 2": (1, 1), "แก่น": (2, 2)}
    assert family(thread, malee) == family(core, malee) == whole
    assert family(one, malee) == {"น้ำประปาขุ่นหลังฝนตก": (0, 0), "ขุม 1": (1, 1), "แก่น": (2, 1)}


def test_nobody_sees_of_a_family_what_he_may_not_read(grown, login_as, client):
    thread, one, _, core = grown
    reader = make_person("ผู้อ่าน")
    audience.open_to(core, [organisation_token(core.organisation_id)])
    audience.open_to(one, [f"person:{one.author_id}"])
    thread.community.group.openness = Openness.CLOSED
    session.commit()
    assert family(core, reader) == {"แก่น": (0, 0)}
    page = login_as(reader).get(f"/items/{core.id}/family").text
    assert thread.title not in page
    assert "ขุม" not in page
    assert login_as(reader).get(f"/items/{thread.id}/family").status_code == 404
    assert client.get(f"/items/{core.id}/family").status_code in (302, 404)
    aside = login_as(reader).get(f"/knowledge/{core.id}").text
    assert f"/items/{core.id}/family" not in aside


def test_the_family_is_kept_through_edits_merges_and_moves(grown, malee):
    thread, one, other, core = grown
    other_thread = make_thread("น้ำขุ่นอีกแล้ว", community=thread.community)
    merge_into(thread, other_thread, by=malee)
    session.commit()
    assert family(core, malee)["น้ำขุ่นอีกแล้ว"] == (0, 0)
    assert family(other_thread, malee)["แก่น"] == (2, 2)
    assert "น้ำประปาขุ่นหลังฝนตก" not in family(core, malee)
    merge_into(one, other, by=malee)
    session.commit()
    assert family(core, malee) == {"น้ำขุ่นอีกแล้ว": (0, 0), "ขุม 2": (1, 1), "แก่น": (2, 1)}


def test_of_a_post_that_was_moved_its_present_thread_counts(thread, malee):
    post = say(thread, "เติมสารส้ม", malee)
    asset = lifted(thread, post, by=malee, title="ขุม")
    there = make_thread("ย้ายมาที่นี่", community=thread.community)
    post.item_id, post.number = there.id, 1
    session.commit()
    assert family(asset, malee) == {"ย้ายมาที่นี่": (0, 0), "ขุม": (1, 1)}
    rewrite_post(post, by=malee, text="เติมสารส้มพอดี")
    session.commit()
    assert family(there, malee)["ขุม"] == (1, 1)


def test_a_circle_is_survived(grown, malee):
    _, one, _, core = grown
    session.add(Origin(item_id=one.id, from_item_id=core.id))
    session.add(ItemRedirect(item_id=make_asset("หนึ่ง").id, to_item_id=make_asset("สอง").id, by_id=malee.id))
    session.commit()
    assert set(family(one, malee)) == {"น้ำประปาขุ่นหลังฝนตก", "ขุม 1", "ขุม 2", "แก่น"}


def test_the_picture_has_a_link_for_each_and_says_the_same_as_the_list(grown, malee, login_as):
    thread, one, other, core = grown
    browser = login_as(malee)
    page = browser.get(f"/items/{one.id}/family").text
    drawing, listed = page[page.index('<svg class="family"') :].split("</svg>", 1)
    for item in (thread, one, core):
        assert drawing.count(f'/{item.id}"') == 1
        assert f'/{item.id}"' in listed
    assert other.title not in page
    assert (
        "แก่น" in browser.get(f"/threads/{thread.id}").text
        or "ขุม 1" in browser.get(f"/threads/{thread.id}").text
    )


def test_long_thai_titles_are_cut_between_letters_and_stay_within_the_picture(thread, malee):
    asset = lifted(thread, None, by=malee, title="น้ำที่นี่ก็ขุ่นซ้ำแล้วซ้ำเล่าทุกครั้งที่ฝนตกหนักติดต่อกันหลายวัน")
    picture = drawn(family_tree(asset, malee), lambda one: one.item.title)
    box = picture.boxes[-1]
    assert box.x + box.width <= WIDTH
    assert box.title.endswith("…")
    assert asset.title.startswith(box.title[:-1])
    assert asset.title[len(box.title) - 1] not in "ัิีึืุู็่้๊๋์ํำ"


# ---- offers ----


DAYS = timedelta(days=5)


@pytest.fixture
def waiting(thread, malee, settle):
    """A question that has waited for six days; Malee wrote of such things."""
    make_asset("น้ำประปาขุ่นแก้อย่างไร", "น้ำประปาขุ่นหลังฝนตก เติมสารส้ม", author=malee)
    thread.published_at = now() - DAYS - timedelta(days=1)
    session.commit()
    settle()
    return thread


def test_a_question_that_waits_too_long_is_offered_once_to_who_wrote_of_it(app, waiting, malee, login_as):
    with app.test_request_context():
        assert offer_unanswered(now()) == 1
        session.commit()
        assert offer_unanswered(now()) == 0
    assert told(OFFERED) == {malee.id}
    page = login_as(malee).get("/notices").text
    waiting, malee = session.get(Thread, waiting.id), session.get(Person, malee.id)
    assert waiting.title in page
    post = say(waiting, "เติมสารส้ม", malee)
    accept_answer(waiting, post, by=waiting.author)
    session.commit()
    assert "ยังไม่มีผู้ตอบ" not in login_as(malee).get("/notices").text


def test_it_is_offered_as_well_to_who_says_that_he_can_be_asked_about_it(app, waiting, malee):
    knows = make_person("ช่างประปา")
    confirm(add_tag(knows, "น้ำประปา"), by=malee)
    session.commit()
    with app.test_request_context():
        assert offer_unanswered(now()) == 2
        session.commit()
    assert told(OFFERED) == {malee.id, knows.id}


def test_one_that_waits_less_than_the_organisation_says_is_not_offered(app, waiting):
    decide(waiting.organisation_id, community_unanswered_days=30)
    session.commit()
    with app.test_request_context():
        assert offer_unanswered(now()) == 0


def test_nobody_is_offered_what_he_may_not_read_or_muted_or_asked_himself(app, waiting, malee):
    stranger, asker = make_person("คนนอก"), waiting.author
    for person in (stranger, asker):
        make_asset(f"น้ำประปาขุ่นของ{person.first_name}", "น้ำประปาขุ่นหลังฝนตก", author=person)
    session.add(Subscription(item_id=waiting.id, person_id=malee.id, muted=True))
    waiting.community.group.openness = Openness.CLOSED
    session.commit()
    with app.test_request_context():
        assert offer_unanswered(now()) == 0
    assert told(OFFERED) == set()


def test_who_may_not_write_for_a_time_is_offered_nothing(app, waiting, malee):
    until = now() + timedelta(days=7)
    session.add(Suspension(person_id=malee.id, until_at=until, why="พัก", by_id=waiting.author_id))
    session.commit()
    with app.test_request_context():
        assert offer_unanswered(now()) == 0


def test_an_answered_question_a_story_and_a_locked_one_are_not_offered(app, waiting, malee):
    post = session.scalars(select(Post)).first() or say(waiting, "ลองดู", malee)
    accept_answer(waiting, post, by=waiting.author)
    session.commit()
    with app.test_request_context():
        assert offer_unanswered(now()) == 0


def test_a_double_click_makes_one_draft_and_a_new_page_another(thread, malee, login_as):
    answer = say(thread, "ล้างถังทราย", malee)
    accept_answer(thread, answer, by=thread.author)
    nugget = lifted(thread, answer, by=malee)
    publish(nugget, by=malee)
    session.commit()
    browser, asker = login_as(malee), login_as(thread.author)
    for who, address, fields in (
        (browser, f"/threads/{thread.id}/lift", {"chosen": str(answer.id), "title": "ล้างถัง"}),
        (browser, "/knowledge/cores/new", {"nugget": str(nugget.id), "title": "แก่น"}),
        (asker, f"/threads/{thread.id}/answer/asset", {}),
    ):
        places = [who.post(address, data={**fields, "send_key": key}).location for key in ("k1", "k1", "k2")]
        assert places[0] == places[1] != places[2], (address, places)
        assert all(place.endswith("/edit") for place in places), (address, places)
