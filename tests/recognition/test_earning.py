"""What is earned by itself: once, with what was done, and never for talk that others may not know of."""

import itertools
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select, update

from portal.communities.joining import belong, leave
from portal.communities.models import CommunityPart
from portal.communities.talking import accept_answer, reply
from portal.communities.thread_models import Thread
from portal.db import now, session
from portal.items import audience
from portal.items.models import Item, Origin
from portal.items.posting import hide_post, write_post
from portal.items.publishing import publish
from portal.items.talk_models import Reaction, ReactionSort
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.audiences import group_token, organisation_token
from portal.people.models import Openness
from portal.recognition.awarding import award_what_was_earned, withdraw
from portal.recognition.models import Award
from portal.recognition.wording import worded
from portal.thai.dates import BANGKOK, bangkok_today, fiscal_year, fiscal_year_dates
from tests.communities.making import make_community, make_thread
from tests.making import make_admin, make_asset, make_organisation, make_person
from tests.meetings.making import make_event
from tests.postgresql import BOTH_DATABASES
from tests.training.filing import owe
from tests.training.making import make_participation, make_training


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def manee(app):
    with app.test_request_context():
        make_organisation()
        yield make_person("มานี")


def morning(day=None):
    return datetime.combine(day or bangkok_today(), time(7), BANGKOK)


def look(moment=None):
    """The worker looks who has earned what."""
    told = award_what_was_earned(moment or morning())
    session.commit()
    return told


def badges(person):
    return sorted(session.scalars(select(Award.badge).where(Award.person_id == person.id)))


def said_to(person):
    return [words.text for _, words in notices_of(person, SPEAKERS)]


_numbers = itertools.count(1)


def a_community(**more):
    return make_community(f"ชุมชนที่ {next(_numbers)}", **more)


def answer(author, community, times=1, *, accepted_by=None):
    asker = community.founded_by
    belong(community, author, by=author)
    posts = []
    for _ in range(times):
        post = reply(make_thread(community=community, by=asker), by=author, text="ทำอย่างนี้")
        accept_answer(session.get(Thread, post.item_id), post, by=accepted_by or asker)
        posts.append(post)
    session.commit()
    return posts


def lift(author, *, published=True):
    """An asset made of what was said in a thread."""
    asset = make_asset("ขุมความรู้เรื่องจัดซื้อ", author=author, published=published)
    session.add(Origin(item_id=asset.id, from_item_id=make_thread(community=a_community()).id))
    session.commit()
    return asset


def used_by(item, people, post=None):
    for person in people:
        session.add(
            Reaction(
                item_id=item.id,
                post_id=post and post.id,
                person_id=person.id,
                sort=ReactionSort.USED,
                how="ได้ผล",
            )
        )
    session.commit()


def colleagues(number):
    return [make_person(f"เพื่อน{place}") for place in range(number)]


def test_the_first_knowledge_lifted_out_of_talk_is_honoured_once_and_its_author_is_told(manee):
    asset = lift(manee)
    assert look() == 1
    (award,) = session.scalars(select(Award).where(Award.person_id == manee.id))
    assert (award.badge, award.facts) == ("lifted", {"items": [asset.id]})
    assert said_to(manee) == [
        "คุณได้รับการยกย่องเป็น “ผู้ยกระดับความรู้” นำเรื่องที่คุยกันในชุมชนมาเขียนเป็นความรู้ เรื่อง “ขุมความรู้เรื่องจัดซื้อ”"
    ]
    lift(manee)
    assert look(morning() + timedelta(days=1)) == 0


def test_a_draft_and_an_asset_of_no_talk_lift_nothing(manee):
    lift(manee, published=False)
    make_asset("คู่มือ", author=manee)
    look()
    assert badges(manee) == []


def test_what_closed_communities_alone_read_lifts_nothing_that_others_see(manee):
    asset = lift(manee, published=False)
    closed = make_community("เรื่องภายใน", openness=Openness.CLOSED)
    audience.open_to(asset, [group_token(closed.group_id)])
    publish(asset, by=manee)
    session.commit()
    look()
    assert badges(manee) == []


def test_three_accepted_answers_are_honoured_and_two_are_not(manee):
    community = make_community()
    answer(manee, community, 2)
    look()
    assert badges(manee) == []
    answer(manee, community)
    look(morning() + timedelta(days=1))
    assert badges(manee) == ["answers"]


def test_answers_to_oneself_hidden_ones_and_those_one_accepted_oneself_do_not_count(manee):
    own = make_community("ของมานีเอง", by=manee)
    answer(manee, own, 3)
    for post in answer(manee, a_community(), 3):
        hide_post(post, by=make_admin(), reason="ผิด")
    answer(manee, a_community(), 3, accepted_by=manee)
    look()
    assert badges(manee) == []


def test_answers_in_a_closed_community_are_not_worn_in_public(manee):
    answer(manee, a_community(openness=Openness.CLOSED), 3)
    look()
    assert badges(manee) == []


def test_what_three_colleagues_used_is_honoured_a_text_as_well_as_a_reply(manee):
    piti = make_person("ปิติ")
    used_by(make_asset("คู่มือ", author=manee), [*colleagues(3), manee])
    (post,) = answer(piti, a_community())
    used_by(session.get(Item, post.item_id), colleagues(3), post)
    look()
    assert (badges(manee), badges(piti)) == (["used"], ["used"])


def test_what_one_used_oneself_or_two_did_or_a_closed_community_is_not(manee):
    used_by(make_asset("คู่มือ", author=manee), [*colleagues(2), manee])
    (post,) = answer(manee, a_community(openness=Openness.CLOSED))
    used_by(session.get(Item, post.item_id), colleagues(3), post)
    look()
    assert badges(manee) == []


LAST_YEAR = fiscal_year(bangkok_today()) - 1
FIRST, LAST = fiscal_year_dates(LAST_YEAR)


def owed(person, **more):
    due = more.pop("due", LAST - timedelta(days=30))
    training = make_training(returned=due - timedelta(days=15))
    duty = owe(make_participation(person, training), due=due, **more)
    session.commit()
    return duty


def test_who_handed_in_every_report_of_the_year_in_time_is_honoured(manee):
    for _ in range(2):
        owed(manee, done=LAST - timedelta(days=31))
    owed(manee, exempted=True)
    look()
    (award,) = session.scalars(select(Award).where(Award.person_id == manee.id))
    assert (award.badge, award.occasion) == ("on_time", str(LAST_YEAR))


@pytest.mark.parametrize("state", ["late", "open", "exempted"])
def test_one_late_or_open_report_is_no_honour_nor_is_a_single_one(manee, state):
    for _ in range(1 if state == "exempted" else 2):
        owed(manee, done=LAST - timedelta(days=31))
    owed(manee, **{"late": {"done": LAST}, "open": {}, "exempted": {"exempted": True}}[state])
    look()
    assert badges(manee) == []


def test_a_year_that_has_not_ended_is_not_judged(manee):
    owed(manee, due=bangkok_today(), done=bangkok_today())
    look()
    assert badges(manee) == []


def awake(community, *, every=20):
    """It was founded before the last fiscal year and somebody wrote every so many days."""
    session.execute(update(CommunityPart).values(since=morning(FIRST - timedelta(days=40))))
    thread = make_thread(community=community, by=community.founded_by)
    thread.published_at = morning(FIRST - timedelta(days=1))
    session.flush()
    day = FIRST
    while day <= LAST:
        reply(thread, by=community.founded_by, text="ยังอยู่").posted_at = morning(day)
        session.flush()
        day += timedelta(days=every)
    community.founded_at = morning(FIRST - timedelta(days=40))
    session.commit()
    return community


def test_who_kept_a_community_awake_a_whole_year_is_honoured(manee):
    community = awake(make_community("ชุมชนพัสดุ", by=manee))
    look()
    (award,) = session.scalars(select(Award).where(Award.badge == "awake"))
    assert (award.person_id, award.community_id) == (manee.id, community.id)
    (words,) = worded([award], make_person("สมชาย"))
    assert "“ชุมชนพัสดุ”" in words.reason
    look(morning() + timedelta(days=1))
    assert badges(manee) == ["awake"]


def test_who_facilitated_one_that_fell_asleep_or_only_of_late_is_not(manee):
    awake(make_community("หลับ", by=manee), every=30)
    piti = make_person("ปิติ")
    late = awake(make_community("ตื่น", by=piti))
    for part in late.parts:
        part.since = morning(FIRST + timedelta(days=10))
    session.commit()
    look()
    assert (badges(manee), badges(piti)) == ([], [])


def test_who_left_the_organisation_or_the_community_is_honoured_for_nothing_any_more(manee):
    piti = make_person("ปิติ")
    lift(manee)
    manee.deactivated_at = now()
    community = awake(a_community(by=piti))
    leave(community, piti, by=piti)
    session.commit()
    look()
    assert (badges(manee), badges(piti)) == ([], [])


def test_it_is_looked_once_a_day_and_not_at_night(manee):
    lift(manee)
    night = datetime.combine(bangkok_today(), time(3), BANGKOK)
    assert look(night) == 0
    assert look() == 1
    lift(make_person("ปิติ"))
    assert look(morning() + timedelta(hours=3)) == 0
    assert look(morning() + timedelta(days=1)) == 1


def test_what_was_withdrawn_is_not_given_again(manee):
    lift(manee)
    look()
    (award,) = session.scalars(select(Award))
    withdraw(award, by=make_admin(), why="คัดลอกมา")
    session.commit()
    look(morning() + timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(Award)) == 1
    assert said_to(manee) == ["การยกย่อง “ผู้ยกระดับความรู้” ถูกเพิกถอน เพราะคัดลอกมา"]


def test_what_a_closed_community_alone_reads_is_not_worn_in_public_whatever_it_is(manee):
    closed = a_community(openness=Openness.CLOSED, by=manee)
    other = make_person("สมหญิง")
    belong(closed, other, by=other)
    asset = make_asset("ของลับ", author=manee)
    audience.open_to(asset, [group_token(closed.group_id)], by=manee)
    event = make_event("วงลับ", by=manee, community=closed)
    post = write_post(event, by=other, text="เล่าให้ฟัง")
    session.commit()
    used_by(asset, colleagues(3))
    used_by(event, colleagues(3))
    used_by(event, colleagues(3), post)
    look()
    assert badges(manee) == badges(other) == []
    whole = organisation_token(asset.organisation_id)
    audience.open_to(asset, [group_token(closed.group_id), whole], by=manee)
    session.commit()
    look(morning() + timedelta(days=1))
    assert badges(manee) == ["used"], "every colleague reads it"
