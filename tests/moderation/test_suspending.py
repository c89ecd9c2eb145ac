"""Who is suspended reads on and writes nothing, at whatever door; he is told till when and why, and what he typed is not lost."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.communities.joining import leave
from portal.communities.keeping_permissions import can_keep, can_move
from portal.communities.poll_models import PollVote
from portal.communities.polling import start_poll
from portal.communities.thread_permissions import can_edit_opening, can_lock, can_reply, can_start_thread
from portal.db import now, session
from portal.items.looking_after import looked_after_items
from portal.items.minding import Suspended
from portal.items.models import Item, Post
from portal.items.order_models import Suspension
from portal.items.permissions import can_comment, can_hide, looks_after
from portal.items.posting import rewrite_post, write_post
from portal.items.reacting import react
from portal.items.suspending import is_suspended
from portal.items.talk_models import Reaction, ReactionSort
from portal.moderation.deciding import Verdict, act_on
from portal.moderation.models import Reason, Report
from portal.moderation.permissions import can_decide, can_hide_opening, can_lift, can_suspend, is_decided_by
from portal.moderation.queue import suspensions_for
from portal.moderation.reporting import report
from portal.moderation.suspending import LiftedAlready, NoSuchTime, NotToBeSuspended, lift, suspend
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.appointing import grant_role
from portal.people.models import Openness, RoleName
from portal.thai.dates import bangkok_today
from tests.communities.making import make_community, make_thread
from tests.making import make_asset, make_organisation
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES

WHY = "หยาบคายซ้ำ <i>หลายครั้ง</i>"


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


@pytest.fixture
def cast(town):
    return make_cast()


def suspended(cast, group=None, days=7, by=None):
    made = suspend(cast.author, group, days, by=by or cast.km_team, why=WHY)
    session.commit()
    return made


def test_at_every_door_he_is_told_and_keeps_what_he_typed(login_as, cast):
    own = make_thread("กระทู้ของตนเอง", community=cast.community, by=cast.author)
    asset = make_asset()
    suspended(cast)
    browser = login_as(cast.author)
    doors = {
        f"/threads/{cast.thread.id}/replies": {"text": "ข้อความที่พิมพ์ไว้"},
        f"/communities/{cast.community.id}/threads/new": {
            "kind": "question",
            "title": "ถาม",
            "text": "ข้อความที่พิมพ์ไว้",
        },
        f"/items/{asset.id}/comments": {"text": "ข้อความที่พิมพ์ไว้"},
        f"/items/{asset.id}/used": {"how": "ข้อความที่พิมพ์ไว้"},
    }
    before = session.scalar(select(func.count(Post.id)))
    for address, form in doors.items():
        answer = browser.post(address, data=form)
        assert answer.status_code == 403, address
        assert "คุณถูกระงับการเขียนที่นี่ถึง" in answer.text, address
        assert "หยาบคายซ้ำ &lt;i&gt;" in answer.text, address
        assert "ข้อความที่พิมพ์ไว้" in answer.text, address
    poll = start_poll(cast.thread, by=cast.member, question="เอาไหม", options=["เอา", "ไม่เอา"])
    session.commit()
    voting = browser.post(
        f"/polls/{poll.id}/vote", data={"option": poll.options[0].id}, follow_redirects=True
    )
    assert "คุณถูกระงับการเขียนที่นี่ถึง" in voting.text
    assert session.scalars(select(PollVote)).all() == []
    asking = browser.post(
        f"/threads/{own.id}/polls/new", data={"question": "ข้อความที่พิมพ์ไว้", "options": "ก\nข"}
    )
    assert asking.status_code == 403
    assert "ข้อความที่พิมพ์ไว้" in asking.text
    for address, form in (
        (f"/posts/{cast.post.id}/edit", {"text": "เขียนใหม่อีกครั้ง"}),
        (f"/threads/{own.id}/edit", {"title": "ชื่อใหม่", "text": "เขียนใหม่อีกครั้ง"}),
    ):
        opened = browser.get(address).text.split('name="opened_with"')[1].split('value="')[1].split('"')[0]
        answer = browser.post(address, data={"opened_with": opened, **form})
        assert answer.status_code == 403, address
        assert "เขียนใหม่อีกครั้ง" in answer.text, address
        assert "คุณถูกระงับการเขียนที่นี่ถึง" in answer.text, address
    assert browser.post(f"/items/{cast.thread.id}/reactions", data={"word": "thanks:0"}).status_code == 403
    assert session.scalar(select(func.count(Post.id))) == before
    assert session.scalars(select(Reaction)).all() == []
    session.refresh(cast.post)
    assert cast.post.text == "ไม่รู้เรื่องอย่าพูด"


def test_also_past_the_doors_nothing_is_stored(cast):
    asset = make_asset()
    suspended(cast)
    with pytest.raises(Suspended):
        write_post(asset, by=cast.author, text="ข้อความ")
    with pytest.raises(Suspended):
        rewrite_post(cast.post, by=cast.author, text="ข้อความ")
    with pytest.raises(Suspended):
        react(cast.thread, by=cast.author, sort=ReactionSort.AGREE)


def test_the_rules_and_the_pages_say_the_same(login_as, cast):
    asset = make_asset()
    browser = login_as(cast.author)
    assert can_comment(cast.author, asset)
    assert "คุณถูกระงับ" not in browser.get(f"/threads/{cast.thread.id}").text
    suspended(cast)
    assert not can_comment(cast.author, asset)
    assert not can_reply(cast.author, cast.thread)
    assert not can_start_thread(cast.author, cast.community)
    for address in (
        f"/threads/{cast.thread.id}",
        f"/communities/{cast.community.id}",
        f"/knowledge/{asset.id}",
    ):
        page = browser.get(address)
        assert page.status_code == 200, "he reads on"
        assert "คุณถูกระงับการเขียนที่นี่ถึง" in page.text, address
        assert 'name="text"' not in page.text, address
    assert (
        "คุณถูกระงับการเขียนที่นี่ถึง"
        in browser.post(
            f"/communities/{cast.community.id}/threads/new",
            data={"kind": "question", "title": "ก ข", "text": "ค"},
        ).text
    )
    assert "หยาบคายซ้ำ" in browser.get("/moderation/mine").text
    assert "คุณถูกระงับ" not in login_as(cast.member).get(f"/threads/{cast.thread.id}").text


def test_in_one_community_he_may_write_elsewhere(cast):
    elsewhere = make_thread(community=make_community("ชุมชนอื่น"), by=cast.author)
    suspended(cast, cast.community.group, by=cast.facilitator)
    assert not can_reply(cast.author, cast.thread)
    assert can_reply(cast.author, elsewhere)
    assert can_edit_opening(cast.author, elsewhere)
    assert can_comment(cast.author, make_asset())


def test_it_ends_by_itself_and_earlier_with_a_reason(cast):
    made = suspended(cast, days=1)
    assert is_suspended(cast.author, cast.thread)
    lift(made, by=cast.admin, why="ขอโทษแล้ว")
    session.commit()
    with pytest.raises(LiftedAlready):
        lift(made, by=cast.km_team, why="ขอโทษแล้ว")
    assert not is_suspended(cast.author, cast.thread)
    assert can_reply(cast.author, cast.thread)
    texts = [words.text for _, words in notices_of(cast.author, SPEAKERS)]
    assert "คุณเขียนได้ตามปกติแล้ว: ขอโทษแล้ว" in texts
    assert not any("คุณถูกระงับการเขียนถึง" in text for text in texts)


def test_it_ends_when_its_time_has_passed(cast):
    made = suspended(cast, days=1)
    made.from_at, made.until_at = now() - timedelta(days=2), now() - timedelta(seconds=1)
    session.commit()
    assert not is_suspended(cast.author, cast.thread)
    assert write_post(cast.thread, by=cast.author, text="ขอโทษครับ").number == 2
    assert session.scalars(suspensions_for(cast.km_team)).all() == []


def test_who_may_suspend_and_lift_where(login_as, town):
    cast = make_cast(Openness.CLOSED)
    group = cast.community.group
    for name, person in cast.all().items():
        here, everywhere = name in {"facilitator", "sponsor"}, name in {"km_team", "admin"}
        assert can_suspend(person, cast.author, group) is here, name
        assert can_suspend(person, cast.author, None) is everywhere, name
    assert not can_suspend(cast.facilitator, cast.facilitator, group), "nobody himself"
    assert not can_suspend(cast.km_team, cast.admin, None), "nobody the admin"
    made = [suspended(cast, group, by=cast.facilitator), suspended(cast, None, by=cast.admin)]
    for name, person in cast.all().items():
        lifts = [one for one in made if can_lift(person, one)]
        listed = session.scalars(suspensions_for(person).order_by(Suspension.id)).all()
        assert listed == lifts, name
    assert login_as(cast.km_team).get(f"/moderation/suspensions/{made[0].id}/lift").status_code == 404
    browser = login_as(cast.sponsor)
    address = f"/moderation/suspensions/{made[0].id}/lift"
    assert address in browser.get("/moderation").text
    assert browser.post(address, data={"why": ""}).status_code == 422
    assert browser.post(address, data={"why": "ขอโทษแล้ว"}).location == "/moderation"
    assert browser.get(address).status_code == 404, "it is lifted"


def test_the_list_of_suspensions_and_the_rule_of_lifting_say_the_same(cast):
    group = cast.community.group
    made = {
        "here": suspended(cast, group, by=cast.facilitator),
        "everywhere": suspended(cast, None, by=cast.km_team),
        "lifted": suspended(cast, group, by=cast.facilitator),
        "over": suspended(cast, None, by=cast.km_team),
        "of the sponsor": suspend(cast.sponsor, group, 7, by=cast.facilitator, why=WHY),
        "of who became admin": suspend(cast.member, None, 7, by=cast.km_team, why=WHY),
    }
    lift(made["lifted"], by=cast.facilitator, why="ขอโทษแล้ว")
    made["over"].from_at, made["over"].until_at = now() - timedelta(days=2), now() - timedelta(seconds=1)
    grant_role(cast.member, RoleName.ADMIN, by=cast.admin, from_date=bangkok_today())
    session.commit()
    lifted_by = {
        name: {key for key, one in made.items() if can_lift(person, one)}
        for name, person in cast.all().items()
    }
    for name, person in cast.all().items():
        listed = set(session.scalars(suspensions_for(person)))
        assert {key for key, one in made.items() if one in listed} == lifted_by[name], name
    everywhere = {"here", "everywhere", "of the sponsor", "of who became admin"}
    assert lifted_by["facilitator"] == {"here", "of the sponsor"}
    assert lifted_by["sponsor"] == set(), "nobody his own, and meanwhile he keeps no order there"
    assert lifted_by["km_team"] == lifted_by["admin"] == everywhere
    assert lifted_by["member"] == set(), "he is the admin now, but he is suspended everywhere"


def test_for_how_long_is_one_of_few_times(cast):
    with pytest.raises(NoSuchTime):
        suspend(cast.author, None, 36_500, by=cast.admin, why="เหตุ")
    with pytest.raises(NotToBeSuspended):
        suspend(cast.admin, None, 7, by=cast.km_team, why="เหตุ")


@pytest.mark.parametrize("openness", [Openness.ON_REQUEST, Openness.CLOSED])
def test_who_loses_the_place_no_longer_reads_what_moderators_wrote_about_it(login_as, town, openness):
    cast = make_cast(openness)
    made = report(cast.thread, cast.post, by=cast.member, reason=Reason.RUDE)
    act_on(made, Verdict("ดูหมิ่นเพื่อน", warns=True), by=cast.facilitator)
    lifted = suspend(cast.author, cast.community.group, 3, by=cast.sponsor, why="ระงับเพราะคำหยาบ")
    lift(lifted, by=cast.sponsor, why="คืนดีกันแล้ว")
    suspend(cast.author, cast.community.group, 7, by=cast.facilitator, why="หยาบอีกครั้ง")
    suspend(cast.author, None, 1, by=cast.km_team, why="หยาบไปทั่ว")
    session.commit()
    inside, outside = ("ดูหมิ่นเพื่อน", "คืนดีกันแล้ว", "หยาบอีกครั้ง"), "หยาบไปทั่ว"
    browser = login_as(cast.author)
    notices, mine = browser.get("/notices").text, browser.get("/moderation/mine").text
    for words in (*inside, outside):
        assert words in notices, words
        assert words in mine, words
    leave(cast.community, cast.author, by=cast.author)
    session.commit()
    notices, mine = browser.get("/notices").text, browser.get("/moderation/mine").text
    for words in (*inside, "ระงับเพราะคำหยาบ", "อำนวย", "เอื้อ"):
        assert words not in notices, words
        assert words not in mine.split("<main")[-1], words
    assert outside in notices, "that still holds for him"
    assert outside in mine
    assert mine.count("เรื่องในที่ที่คุณอ่านไม่ได้แล้ว") == 3, "that something was decided about him he still sees"


def test_of_a_closed_community_nobody_learns_by_a_suspension(login_as, town):
    cast = make_cast(Openness.CLOSED)
    suspended(cast, cast.community.group, by=cast.facilitator)
    assert cast.community.name not in login_as(cast.km_team).get("/moderation").text
    cast.author.deactivated_at = None
    assert cast.community.name not in login_as(cast.author).get("/moderation/mine").text


# ---- who keeps order ----


def looks_after_by_rule_and_query(person, item):
    by_query = session.scalar(looked_after_items(person).where(Item.id == item.id)) is not None
    assert looks_after(person, item) is by_query
    return by_query


def suspend_for_a_week(person, group, by):
    suspend(person, group, 7, by=by, why=WHY)
    session.commit()


@pytest.mark.parametrize("where", ["there", "everywhere", "elsewhere"])
def test_who_is_suspended_keeps_no_order_there(cast, login_as, where):
    """Seen: a facilitator went on writing lines that all read, as reasons of locks, pins and hidings."""
    other = make_community("อื่น", by=cast.facilitator)
    group = {"there": cast.community.group, "everywhere": None, "elsewhere": other.group}[where]
    may = where == "elsewhere"
    report(cast.thread, cast.post, by=cast.member, reason=Reason.RUDE)
    session.commit()
    suspend_for_a_week(cast.facilitator, group, cast.km_team)
    reported = session.scalars(select(Report)).one()
    for rule in (can_lock, can_keep, can_move, can_hide_opening):
        assert rule(cast.facilitator, cast.thread) is may, rule
    assert looks_after_by_rule_and_query(cast.facilitator, cast.thread) is may
    assert can_decide(cast.facilitator, reported) is may
    assert can_suspend(cast.facilitator, cast.author, cast.community.group) is may
    browser = login_as(cast.facilitator)
    doors = {f"/threads/{cast.thread.id}/{act}": {"why": "บรรทัดที่ทุกคนอ่าน"} for act in ("lock", "pin")}
    doors[f"/posts/{cast.post.id}/hide"] = {"reason": "บรรทัดที่ทุกคนอ่าน"}
    for address, form in doors.items():
        assert browser.post(address, data=form).status_code == (302 if may else 403), address
    assert looks_after_by_rule_and_query(cast.sponsor, cast.thread)


@pytest.mark.parametrize("everywhere", [True, False])
def test_of_those_who_plan_too_and_others_are_not_touched(cast, everywhere):
    suspend_for_a_week(cast.km_team, None if everywhere else cast.community.group, cast.admin)
    asset = make_asset()
    assert not looks_after_by_rule_and_query(cast.km_team, cast.thread)
    assert not can_hide(cast.km_team, cast.post)
    assert looks_after_by_rule_and_query(cast.km_team, asset) is not everywhere
    assert can_suspend(cast.km_team, cast.author, None) is not everywhere
    assert not can_suspend(cast.km_team, cast.author, cast.community.group)
    assert looks_after_by_rule_and_query(cast.admin, cast.thread)


def test_where_only_a_suspended_one_is_left_to_decide_the_admin_is_shown_the_text(town):
    cast = make_cast(Openness.CLOSED)
    leave(cast.community, cast.sponsor, by=cast.sponsor)
    report(cast.thread, cast.post, by=cast.member, reason=Reason.RUDE)
    session.commit()
    reported = session.scalars(select(Report)).one()
    for suspends in (False, True):
        if suspends:
            session.add(
                Suspension(
                    person_id=cast.facilitator.id,
                    group_id=cast.community.group_id,
                    by_id=cast.sponsor.id,
                    until_at=now() + timedelta(days=7),
                    why=WHY,
                )
            )
            session.commit()
        assert can_decide(cast.admin, reported) is suspends
        found = session.scalars(
            select(Report.id).where(
                is_decided_by(cast.admin, item_id=Report.item_id, author_id=Report.author_id)
            )
        ).all()
        assert (reported.id in found) is suspends
