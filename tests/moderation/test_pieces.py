"""What somebody adds to the text of another, a line about use or a poll, is reported and taken away like a text of its own."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.communities.carrying import merge_thread
from portal.communities.poll_models import Poll, PollVote
from portal.communities.polling import start_poll, vote
from portal.db import session
from portal.items.hiding import hide_opening
from portal.items.reacting import given_on, react, take_back
from portal.items.talk_models import Reaction, ReactionSort
from portal.moderation.deciding import Verdict, act_on
from portal.moderation.models import Outcome, Reason, Report
from portal.moderation.permissions import can_decide, can_report_piece
from portal.moderation.pieces import pieces_of
from portal.moderation.queue import cases_for, reports_for, waiting_for
from portal.moderation.reporting import ReportedAlready, report
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import Openness
from tests.communities.making import make_thread
from tests.making import make_asset, make_organisation
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES

LINE = "ใช้แล้วพัง คนเขียนโง่"


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def used_by(person, item, post=None):
    react(item, by=person, sort=ReactionSort.USED, post=post, how=LINE)
    session.commit()


def texts_of(person):
    return [words.text for _, words in notices_of(person, SPEAKERS)]


def acts():
    return session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize("openness", Openness)
def test_who_reads_the_text_reports_what_was_added_to_it_and_who_added_it_does_not(town, openness):
    cast = make_cast(openness)
    used_by(cast.member, cast.thread, cast.post)
    reading = {"facilitator", "sponsor", "author"} | (
        {"stranger", "km_team", "admin"} if openness == Openness.OPEN else set()
    )
    keeping = {"facilitator", "sponsor"} | ({"km_team", "admin"} if openness == Openness.OPEN else set())
    made = report(cast.thread, cast.post, by=cast.author, reason=Reason.RUDE, used_by_id=cast.member.id)
    session.commit()
    for name, person in cast.all().items():
        assert can_report_piece(person, cast.thread, cast.post, cast.member.id) is (name in reading), name
        assert can_decide(person, made) is (name in keeping), name
        assert (made in session.scalars(reports_for(person)).all()) is (name in keeping), name
    assert [piece.said for piece in pieces_of(made)] == [LINE]


def test_the_line_below_ones_own_reply_is_reported_and_taken_away_and_its_author_told_why(town, login_as):
    cast = make_cast()
    used_by(cast.member, cast.thread, cast.post)
    address = f"/items/{cast.thread.id}/uses/report?post=1"
    victim = login_as(cast.author)
    assert address.replace("&", "&amp;") in victim.get(f"/threads/{cast.thread.id}").text
    assert address not in login_as(cast.member).get(f"/threads/{cast.thread.id}").text, "it is his own"
    assert login_as(cast.member).get(address).status_code == 403
    assert LINE in victim.get(address).text
    assert victim.post(address, data={"reason": "rude"}).status_code == 422, "which line?"
    form = {"reason": "rude", "whose": str(cast.member.id)}
    assert victim.post(address, data=form | {"whose": str(cast.stranger.id)}).status_code == 422
    assert victim.post(address, data=form).location == f"/threads/{cast.thread.id}?post=1#post-1"
    case = session.scalars(select(Report)).one()
    keeper = login_as(cast.facilitator)
    page = keeper.get(f"/moderation/cases/{case.id}").text
    assert LINE in page
    assert 'name="hide"' not in page, "the reply itself is not what was reported"
    nothing = keeper.post(f"/moderation/cases/{case.id}", data={"outcome": "act", "why": "เหตุ"})
    assert nothing.status_code == 422
    form = {"outcome": "act", "piece": "used", "why": "ดูถูกผู้เขียน"}
    assert keeper.post(f"/moderation/cases/{case.id}", data=form).status_code == 302
    assert session.scalars(select(Reaction)).all() == []
    session.refresh(case)
    session.refresh(cast.post)
    assert case.outcome == Outcome.HIDDEN
    assert cast.post.hidden_at is None
    assert LINE not in victim.get(f"/threads/{cast.thread.id}").text
    assert any("ถูกนำออก: ดูถูกผู้เขียน" in text for text in texts_of(cast.member))
    assert any("ซ่อนข้อความแล้ว" in text or "ซ่อน" in text for text in texts_of(cast.author))
    assert {"use.take_away", "report_of_text.decide"} <= set(acts())
    assert LINE not in keeper.get(f"/moderation/cases/{case.id}").text


def test_a_reply_and_the_line_below_it_are_two_cases(town):
    cast = make_cast()
    used_by(cast.member, cast.thread, cast.post)
    report(cast.thread, cast.post, by=cast.sponsor, reason=Reason.RUDE)
    report(cast.thread, cast.post, by=cast.author, reason=Reason.RUDE, used_by_id=cast.member.id)
    session.commit()
    assert cases_for(cast.facilitator)[1] == 2
    assert waiting_for(cast.facilitator) == 2
    assert sorted(one.report.is_about_text for one in cases_for(cast.facilitator)[0]) == [False, True]


def test_a_line_on_an_article_is_reported_though_the_article_is_discussed(town, login_as):
    cast = make_cast()
    asset = make_asset(author=cast.author)
    used_by(cast.member, asset)
    address = f"/items/{asset.id}/uses/report?post=0"
    assert address in login_as(cast.stranger).get(f"/knowledge/{asset.id}").text
    form = {"reason": "rude", "whose": str(cast.member.id)}
    assert login_as(cast.author).post(address, data=form).status_code == 302
    case = session.scalars(select(Report.id)).one()
    form = {"outcome": "act", "piece": "used", "warn": "y", "why": "หยาบ"}
    assert login_as(cast.facilitator).post(f"/moderation/cases/{case}", data=form).status_code == 404
    assert login_as(cast.km_team).post(f"/moderation/cases/{case}", data=form).status_code == 302
    assert given_on(session(), asset.id) == []


def test_a_poll_is_taken_away_by_itself_and_by_none_of_those_who_asked_it(town, login_as):
    cast = make_cast(Openness.CLOSED)
    bad = start_poll(cast.thread, by=cast.facilitator, question="ใครโง่ที่สุด", options=["ดำ", "แดง"])
    good = start_poll(cast.thread, by=cast.facilitator, question="ประชุมวันไหน", options=["จันทร์", "อังคาร"])
    vote(bad, [bad.options[0].id], by=cast.member)
    session.commit()
    address = f"/polls/{bad.id}/report"
    assert login_as(cast.facilitator).get(address).status_code == 403
    assert login_as(cast.km_team).get(address).status_code == 404
    reader = login_as(cast.author)
    assert address in reader.get(f"/threads/{cast.thread.id}").text
    assert "ใครโง่ที่สุด" in reader.get(address).text
    assert (
        reader.post(address, data={"reason": "rude"}).location == f"/threads/{cast.thread.id}#poll-{bad.id}"
    )
    case = session.scalars(select(Report)).one()
    assert {name for name, one in cast.all().items() if can_decide(one, case)} == {"sponsor"}
    form = {"outcome": "act", "piece": f"poll:{bad.id}", "why": "ดูหมิ่น"}
    assert login_as(cast.sponsor).post(f"/moderation/cases/{case.id}", data=form).status_code == 302
    assert session.scalars(select(Poll)).all() == [good]
    assert session.scalars(select(PollVote)).all() == []
    assert any("ถูกนำออก: ดูหมิ่น" in text for text in texts_of(cast.facilitator))
    assert "poll.take_away" in acts()
    log = login_as(cast.admin).get("/admin/audit").text
    assert "อำนวย ตั้งแบบสำรวจ" not in log, "who asked it in a closed community the log does not tell"


def test_a_case_shows_the_one_thing_that_was_reported_and_nothing_beside_it(town, login_as):
    """Who opened the thread asked polls in it and said how he used it: each is a case of its own, for one reader too."""
    cast = make_cast()
    opener, reader = cast.thread.author, cast.author
    bad, good = (
        start_poll(cast.thread, by=opener, question=question, options=["ดำ", "แดง"])
        for question in ("ใครโง่", "ประชุมวันไหน")
    )
    session.commit()
    browser = login_as(reader)
    assert browser.post(f"/items/{cast.thread.id}/report", data={"reason": "rude"}).status_code == 302
    for poll in (bad, good):
        assert browser.post(f"/polls/{poll.id}/report", data={"reason": "rude"}).status_code == 302
        assert browser.post(f"/polls/{poll.id}/report", data={"reason": "rude"}).status_code == 422, "once"
    cases = session.scalars(select(Report).order_by(Report.id)).all()
    assert [(one.about, one.poll_id) for one in cases] == [
        ("text", None),
        ("poll", bad.id),
        ("poll", good.id),
    ]
    assert cases_for(cast.facilitator)[1] == 3
    keeper = login_as(cast.facilitator)
    opening, first, second = (keeper.get(f"/moderation/cases/{one.id}").text for one in cases)
    assert ('name="hide"' in opening, 'name="hide"' in first) == (True, False)
    assert ("ใครโง่" in opening, "ใครโง่" in first, "ใครโง่" in second) == (False, True, False)
    assert "ประชุมวันไหน" not in first


def test_lines_of_two_people_below_one_reply_are_two_reports_of_one_reader(town):
    cast = make_cast()
    for person in (cast.member, cast.sponsor):
        used_by(person, cast.thread, cast.post)
        report(cast.thread, cast.post, by=cast.author, reason=Reason.RUDE, used_by_id=person.id)
    session.commit()
    assert len({case.report.author_id for case in cases_for(cast.facilitator)[0]}) == 2
    with pytest.raises(ReportedAlready):
        report(cast.thread, cast.post, by=cast.author, reason=Reason.RUDE, used_by_id=cast.member.id)


def test_a_reported_poll_goes_along_with_its_thread_and_is_taken_away_there(town):
    cast = make_cast()
    poll = start_poll(cast.thread, by=cast.thread.author, question="ใครโง่", options=["ดำ", "แดง"])
    case = report(cast.thread, None, by=cast.author, reason=Reason.RUDE, poll=poll)
    other = make_thread("อีกกระทู้", community=cast.thread.community)
    session.commit()
    merge_thread(cast.thread, other, by=cast.facilitator, why="เรื่องเดียวกัน")
    session.commit()
    session.refresh(case)
    assert (case.item_id, case.post_id) == (other.id, None)
    assert [one.poll for one in pieces_of(case)] == [poll]
    act_on(case, Verdict("หยาบ", pieces=(f"poll:{poll.id}",)), by=cast.facilitator)
    session.commit()
    assert session.scalars(select(Poll)).all() == []
    session.refresh(case)
    assert (case.poll_id, pieces_of(case)) == (None, [])


def test_what_was_taken_back_meanwhile_is_said_to_be_gone(town, login_as):
    cast = make_cast()
    used_by(cast.member, cast.thread, cast.post)
    made = report(cast.thread, cast.post, by=cast.author, reason=Reason.RUDE, used_by_id=cast.member.id)
    take_back(cast.thread, by=cast.member, sort=ReactionSort.USED, post=cast.post)
    session.commit()
    keeper = login_as(cast.facilitator)
    assert "ถูกถอนหรือถูกนำออกไปแล้ว" in keeper.get(f"/moderation/cases/{made.id}").text
    assert login_as(cast.author).get(f"/items/{cast.thread.id}/uses/report?post=1").status_code == 403
    assert login_as(cast.author).get(f"/items/{cast.thread.id}/uses/report?post=99").status_code == 404
    assert keeper.post(f"/moderation/cases/{made.id}", data={"outcome": "dismiss"}).status_code == 302


def test_a_poll_that_one_does_not_see_is_not_there_to_be_reported(town, login_as):
    """Its opening is hidden, or it was never asked: the same answer."""
    cast = make_cast()
    poll = start_poll(cast.thread, by=cast.thread.author, question="ใครโง่", options=["ดำ", "แดง"])
    hide_opening(cast.thread, by=cast.facilitator, reason="หยาบ")
    session.commit()
    for address in (f"/polls/{poll.id}/report", "/polls/999999/report"):
        browser = login_as(cast.author)
        assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404), address
