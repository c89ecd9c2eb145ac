"""Reactions with a meaning: thanks, agreement, and "I used it", which says how and with what result."""

import pytest
from sqlalchemy import select

from portal.communities.joining import belong
from portal.communities.life import signs_of
from portal.communities.talking import reply
from portal.communities.thread_models import ThreadKind
from portal.db import session
from portal.items.permissions import can_react
from portal.items.posting import hide_post, write_post
from portal.items.reacting import REACTED, HowMissing, react, take_back
from portal.items.talk_models import Reaction, ReactionSort
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of, read_all
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
    return make_person("มาลี")


@pytest.fixture
def somchai(malee):
    return make_person("สมชาย")


def words_for(person):
    return [words.text for notice, words in told(person) if notice.kind == REACTED.code]


def read_them(person):
    read_all(person, SPEAKERS)
    session.commit()


def told(person):
    return notices_of(person, SPEAKERS)


def test_thanking_twice_is_one_thanks_and_can_be_taken_back(malee, somchai, login_as):
    asset = make_asset(author=malee, readers="organisation")
    post = write_post(asset, by=malee, text="อย่าลืมแนบใบตรวจรับ")
    session.commit()
    browser = login_as(somchai)
    for _ in range(2):  # a double click
        answer = browser.post(f"/items/{asset.id}/reactions", data={"word": "thanks:1"})
        assert answer.location.endswith("#post-1")
    assert [(one.post_id, one.sort) for one in session.scalars(select(Reaction))] == [(post.id, "thanks")]
    page = browser.get(f"/knowledge/{asset.id}").text
    assert 'value="thanks:1:off"' in page
    assert (
        'value="thanks:1"' not in login_as(malee).get(f"/knowledge/{asset.id}").text
    )  # nobody thanks himself
    browser.post(f"/items/{asset.id}/reactions", data={"word": "thanks:1:off"})
    assert session.scalars(select(Reaction)).all() == []


def test_who_used_it_says_how_and_the_next_reader_sees_that(malee, somchai, login_as):
    asset = make_asset(author=malee, readers="organisation")
    browser = login_as(somchai)
    form = browser.post(f"/items/{asset.id}/reactions", data={"word": "used:0"}).location
    assert form == f"/items/{asset.id}/used"
    refused = browser.post(form, data={"how": "  "})
    assert refused.status_code == 422
    assert "ได้ผลอย่างไร" in refused.text
    browser.post(form, data={"how": "ตรวจรับถนนสายสี่ ลดเวลาได้สองวัน"})
    browser.post(form, data={"how": "ตรวจรับถนนสายสี่ ลดเวลาได้สามวัน"})
    page = login_as(malee).get(f"/knowledge/{asset.id}").text
    assert "ลดเวลาได้สามวัน" in page
    assert "ลดเวลาได้สองวัน" not in page
    with pytest.raises(HowMissing):
        react(asset, by=somchai, sort=ReactionSort.USED, how=" \n ")


def test_a_line_of_three_hundred_and_one_letters_comes_back(malee, somchai, login_as):
    asset = make_asset(author=malee, readers="organisation")
    refused = login_as(somchai).post(f"/items/{asset.id}/used", data={"how": "ก" * 301})
    assert refused.status_code == 422
    assert "ก" * 301 in refused.text


def test_script_in_how_it_was_used_never_runs(malee, somchai, login_as):
    asset = make_asset(author=malee, readers="organisation")
    react(asset, by=somchai, sort=ReactionSort.USED, how="<script>alert(1)</script>")
    session.commit()
    assert "<script>alert(1)" not in login_as(malee).get(f"/knowledge/{asset.id}").text


def test_forty_thanks_are_one_notice_and_the_same_word_twice_is_none(malee, somchai):
    asset = make_asset(author=malee, readers="organisation")
    for number in range(40):
        react(asset, by=make_person(f"คน{number}", username=f"p{number}"), sort=ReactionSort.THANKS)
    session.commit()
    assert len(words_for(malee)) == 1
    assert "40" in words_for(malee)[0] or "๔๐" in words_for(malee)[0]
    read_them(malee)
    react(asset, by=somchai, sort=ReactionSort.THANKS)
    session.commit()
    take_back(asset, by=somchai, sort=ReactionSort.THANKS)
    session.commit()
    assert len(words_for(malee)) == 1  # the old one; what was taken back is told of no more
    read_them(malee)
    react(asset, by=somchai, sort=ReactionSort.THANKS)
    session.commit()
    assert sum(notice.read_at is None for notice, _ in told(malee)) == 1


def test_a_confirmed_use_counts_as_active_in_the_community(malee, somchai):
    thread = make_thread(by=malee, kind=ThreadKind.TOLD_STORY)
    before = signs_of([thread.community])[thread.community_id].active
    belong(thread.community, somchai, by=somchai)
    react(thread, by=somchai, sort=ReactionSort.AGREE)
    session.commit()
    assert signs_of([thread.community])[thread.community_id].active == before
    react(thread, by=somchai, sort=ReactionSort.USED, how="ใช้กับงานจ้างเหมา")
    session.commit()
    assert signs_of([thread.community])[thread.community_id].active == before + 1


def test_nobody_reacts_to_what_is_hidden_closed_or_his_own(malee, somchai, login_as):
    thread = make_thread(community=make_community(openness=Openness.CLOSED, by=malee))
    post = reply(thread, by=malee, text="เรื่องภายใน")
    session.commit()
    assert not can_react(somchai, thread)
    assert not can_react(malee, thread, post)
    browser = login_as(somchai)
    for word in ("thanks:0", "thanks:1"):
        assert browser.post(f"/items/{thread.id}/reactions", data={"word": word}).status_code == 404
    belong(thread.community, somchai, by=malee)
    hide_post(post, by=malee, reason="")
    session.commit()
    assert browser.post(f"/items/{thread.id}/reactions", data={"word": "thanks:1"}).status_code == 404
    assert browser.post(f"/items/{thread.id}/reactions", data={"word": "thanks:0"}).status_code == 302


@pytest.mark.parametrize(
    "word", ["", "love:1", "thanks", "thanks:x", "thanks:99", "thanks:-1", "used:๑๒๓๔๕๖๗๘๙๐๑"]
)
def test_a_word_nobody_offered_is_nothing(malee, somchai, login_as, word):
    asset = make_asset(author=malee, readers="organisation")
    answer = login_as(somchai).post(f"/items/{asset.id}/reactions", data={"word": word})
    assert answer.status_code == {"": 422, "love:1": 404, "thanks": 302}.get(word, 404)


def test_a_question_can_be_thanked_for_and_not_used(malee, somchai, login_as):
    question = make_thread(by=malee)
    told = make_thread("เล่าเรื่องน้ำท่วม", by=malee, community=question.community, kind=ThreadKind.TOLD_STORY)
    browser = login_as(somchai)
    assert 'value="used:0"' not in browser.get(f"/threads/{question.id}").text
    assert browser.post(f"/items/{question.id}/reactions", data={"word": "used:0"}).status_code == 403
    assert browser.get(f"/items/{question.id}/used").status_code == 403
    assert 'value="used:0"' in browser.get(f"/threads/{told.id}").text
