"""A text is reported: who may, who learns of it, and who does not."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.communities.carrying import merge_thread
from portal.communities.joining import leave
from portal.communities.models import Part
from portal.db import session
from portal.items.hiding import hide_post
from portal.items.posting import write_post
from portal.moderation.models import Reason, Report
from portal.moderation.permissions import can_decide, can_report
from portal.moderation.queue import cases_for, reports_for, waiting_elsewhere, waiting_for
from portal.moderation.reporting import ReportedAlready, SayWhat, TooManyReports, report
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import Openness
from portal.people.settings import decide
from tests.communities.making import make_thread
from tests.making import make_asset, make_organisation, make_person
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES

READS_EVERYTHING = {"facilitator", "sponsor", "km_team", "admin"}
LEADS = {"facilitator", "sponsor"}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def reported(cast, *, by=None, reason=Reason.RUDE, words=""):
    made = report(cast.thread, cast.post, by=by or cast.member, reason=reason, words=words)
    session.commit()
    return made


def told(person):
    return [words.text for notice, words in notices_of(person, SPEAKERS) if "มีผู้แจ้ง" in words.text]


@pytest.mark.parametrize(
    ("openness", "deciding"),
    [(Openness.OPEN, READS_EVERYTHING), (Openness.ON_REQUEST, LEADS), (Openness.CLOSED, LEADS)],
)
def test_who_keeps_order_there_decides_and_nobody_else_learns_of_it(town, openness, deciding):
    cast = make_cast(openness)
    made = reported(cast)
    for name, person in cast.all().items():
        assert can_decide(person, made) is (name in deciding), name
        assert (made in session.scalars(reports_for(person)).all()) is (name in deciding), name
        assert bool(cases_for(person)[1]) is (name in deciding), name
        assert waiting_for(person) == (1 if name in deciding else 0), name
        if person is not None:
            assert bool(told(person)) is (name in LEADS), f"{name}: who facilitates or sponsors is told"


@pytest.mark.parametrize("openness", Openness)
def test_who_plans_learns_how_much_waits_where_he_does_not_read_and_nothing_more(login_as, town, openness):
    cast = make_cast(openness, text="ปลาร้าหมัก")
    made = reported(cast, words="คำรายงานลับ")
    for person in (cast.km_team, cast.admin):
        waits = [(one.community.id, one.waiting) for one in waiting_elsewhere(person)]
        assert waits == ([] if openness == Openness.OPEN else [(cast.community.id, 1)])
        browser = login_as(person)
        page = browser.get("/moderation").text
        if openness != Openness.OPEN:
            assert cast.community.name in page
            for hidden in ("ปลาร้าหมัก", "คำรายงานลับ", "สมชาย", cast.thread.title, f"cases/{made.id}"):
                assert hidden not in page
            assert browser.get(f"/moderation/cases/{made.id}").status_code == 404
    for person in (cast.stranger, cast.member, cast.author, cast.facilitator, None):
        assert waiting_elsewhere(person) == []


def test_where_nobody_keeps_order_the_admin_is_shown_the_one_text_and_no_other(login_as, town):
    cast = make_cast(Openness.CLOSED, text="เลขบัตรประชาชนของสมศรี")
    made = reported(cast)
    for one in (cast.facilitator, cast.sponsor):
        leave(cast.community, one, by=one)
    session.commit()
    assert can_decide(cast.admin, made)
    assert session.scalars(reports_for(cast.admin)).all() == [made]
    for name, person in cast.all().items():
        assert can_decide(person, made) is (name == "admin"), name
        assert (made in session.scalars(reports_for(person)).all()) is (name == "admin"), name
    browser = login_as(cast.admin)
    page = browser.get(f"/moderation/cases/{made.id}").text
    assert "เลขบัตรประชาชนของสมศรี" in page
    assert cast.thread.title not in page
    assert "วงเงินสี่แสนบาท" not in page
    assert browser.get(f"/threads/{cast.thread.id}").status_code == 404
    assert waiting_elsewhere(cast.admin) == []
    assert len(waiting_elsewhere(cast.km_team)) == 1
    answer = browser.post(
        f"/moderation/cases/{made.id}", data={"outcome": "act", "hide": "y", "why": "ข้อมูลส่วนบุคคล"}
    )
    assert answer.status_code == 302
    session.refresh(cast.post)
    assert cast.post.hidden_reason == "ข้อมูลส่วนบุคคล"


def test_the_only_facilitator_does_not_decide_about_himself(town):
    cast = make_cast(Openness.CLOSED)
    sponsor = next(part for part in cast.community.parts if part.part == Part.SPONSOR)
    cast.community.parts.remove(sponsor)
    own = write_post(cast.thread, by=cast.facilitator, text="คำของผู้อำนวยเอง")
    made = report(cast.thread, own, by=cast.member, reason=Reason.RUDE)
    session.commit()
    for name, person in cast.all().items():
        assert can_decide(person, made) is (name == "admin"), name
        assert (made in session.scalars(reports_for(person)).all()) is (name == "admin"), name
    assert not told(cast.facilitator)
    assert told(cast.admin)


def test_a_comment_in_the_store_is_decided_by_those_who_plan_and_read_it(town):
    cast = make_cast()
    asset = make_asset()
    post = write_post(asset, by=cast.author, text="คำหยาบ")
    made = report(asset, post, by=cast.member, reason=Reason.RUDE)
    session.commit()
    for name, person in cast.all().items():
        assert can_decide(person, made) is (name in {"km_team", "admin"}), name
        assert (made in session.scalars(reports_for(person)).all()) is (name in {"km_team", "admin"}), name
    assert told(cast.km_team) == ["มีข้อความที่มีผู้แจ้ง 1 ข้อความ รอคุณตัดสิน"]


def test_who_may_report_is_who_reads_it_and_did_not_write_it(town):
    cast = make_cast(Openness.CLOSED)
    assert {name for name, one in cast.all().items() if can_report(one, cast.thread, cast.post)} == {
        "facilitator",
        "sponsor",
        "member",
    }
    assert {name for name, one in cast.all().items() if can_report(one, cast.thread)} == {
        "facilitator",
        "sponsor",
        "author",
    }
    assert not can_report(cast.author, make_asset()), "an article itself is discussed, not reported"
    hide_post(cast.post, by=cast.facilitator, reason="หยาบ")
    assert not can_report(cast.member, cast.thread, cast.post)


def test_what_one_may_not_see_is_reported_by_nobody(login_as, town):
    cast = make_cast(Openness.CLOSED)
    for person in (cast.stranger, cast.km_team, cast.admin):
        browser = login_as(person)
        for address in (f"/posts/{cast.post.id}/report", f"/items/{cast.thread.id}/report"):
            assert browser.get(address).status_code == 404
            assert browser.post(address, data={"reason": "rude"}).status_code == 404
    assert login_as(cast.author).get(f"/posts/{cast.post.id}/report").status_code == 403, "it is his own"
    assert login_as(cast.member).get("/posts/99999/report").status_code == 404
    hide_post(cast.post, by=cast.facilitator, reason="หยาบ")
    session.commit()
    assert login_as(cast.member).get(f"/posts/{cast.post.id}/report").status_code == 404
    assert session.scalars(select(Report)).all() == []


def test_a_text_is_reported_from_its_page_and_its_author_does_not_learn_by_whom(login_as, town):
    cast = make_cast()
    browser = login_as(cast.member)
    thread = f"/threads/{cast.thread.id}"
    assert f"/posts/{cast.post.id}/report" in browser.get(thread).text
    answer = browser.post(f"/posts/{cast.post.id}/report", data={"reason": "rude", "words": "ดูถูกคนอื่น"})
    assert answer.location == f"{thread}?post=1#post-1"
    page = (
        login_as(cast.facilitator).get(f"/moderation/cases/{session.scalars(select(Report.id)).one()}").text
    )
    assert "มาลี" in page
    assert "ดูถูกคนอื่น" in page
    assert "หยาบ" in page
    author = login_as(cast.author)
    assert f"/posts/{cast.post.id}/report" not in author.get(thread).text
    for address in (thread, "/moderation", "/moderation/mine", "/notices", "/me"):
        answer = author.get(address)
        assert "ดูถูกคนอื่น" not in answer.text
        assert "reported" not in answer.text
    assert session.scalars(select(AuditEntry).where(AuditEntry.actor_id == cast.member.id)).all() == [
        entry
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.actor_id == cast.member.id))
        if "report" not in entry.action
    ], "the log, which the admin reads, does not name who reported"


def test_one_open_report_a_person_and_text_and_another_one_after_it_was_decided(login_as, town):
    cast = make_cast()
    reported(cast)
    with pytest.raises(ReportedAlready):
        report(cast.thread, cast.post, by=cast.member, reason=Reason.OTHER, words="อีกครั้ง")
    answer = login_as(cast.member).post(
        f"/posts/{cast.post.id}/report", data={"reason": "other", "words": "อีกครั้งหนึ่ง"}
    )
    assert answer.status_code == 422
    assert "คุณแจ้งผู้ดูแลเรื่องข้อความนี้ไปแล้ว" in answer.text
    assert "อีกครั้งหนึ่ง" in answer.text
    report(cast.thread, cast.post, by=cast.sponsor, reason=Reason.WRONG)
    report(cast.thread, None, by=cast.author, reason=Reason.WRONG)
    session.commit()
    cases, total = cases_for(cast.facilitator)
    assert total == 2
    assert [one.reports for one in cases] == [2, 1], "the longest waiting first"


def test_what_is_reported_goes_along_with_its_text_also_where_the_text_has_just_gone(town):
    cast = make_cast()
    other = make_thread("อีกเรื่องหนึ่ง", community=cast.community, by=cast.member)
    before = report(cast.thread, cast.post, by=cast.member, reason=Reason.RUDE)
    session.commit()
    merge_thread(cast.thread, other, by=cast.facilitator, why="เรื่องเดียวกัน")
    session.commit()
    late = report(cast.thread, cast.post, by=cast.sponsor, reason=Reason.RUDE)  # from a page of before
    session.commit()
    assert {before.item_id, late.item_id, cast.post.item_id} == {other.id}


def test_another_reason_is_said_and_a_megabyte_is_refused_with_what_was_typed(login_as, town):
    cast = make_cast()
    with pytest.raises(SayWhat):
        report(cast.thread, cast.post, by=cast.member, reason=Reason.OTHER, words=" \u200b ")
    browser = login_as(cast.member)
    long = "ก" * 350_000  # a megabyte
    answer = browser.post(f"/posts/{cast.post.id}/report", data={"reason": "rude", "words": long})
    assert answer.status_code == 422
    assert long in answer.text
    assert browser.post(f"/posts/{cast.post.id}/report", data={"reason": "nonsense"}).status_code == 422
    assert session.scalars(select(Report)).all() == []


def test_script_in_a_report_stays_text(login_as, town):
    cast = make_cast()
    made = reported(cast, words="<script>alert(1)</script>")
    page = login_as(cast.facilitator).get(f"/moderation/cases/{made.id}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_nobody_floods_the_moderators(login_as, town):
    decide(town.id, reports_per_day=2)
    cast = make_cast()
    posts = [write_post(cast.thread, by=cast.author, text=f"ข้อความที่ {n}") for n in range(3)]
    for post in posts[:2]:
        report(cast.thread, post, by=cast.member, reason=Reason.RUDE)
    with pytest.raises(TooManyReports) as refused:
        report(cast.thread, posts[2], by=cast.member, reason=Reason.RUDE)
    assert 86_000 < refused.value.wait <= 86_400
    session.commit()
    answer = login_as(cast.member).post(
        f"/posts/{posts[2].id}/report", data={"reason": "rude", "words": "เรื่องที่สาม"}
    )
    assert answer.status_code == 429
    assert "เรื่องที่สาม" in answer.text
    assert len(told(cast.facilitator)) == 1, "many reports while one has not looked are one notice"


def test_a_person_who_has_left_the_organisation_decides_nothing(town):
    cast = make_cast()
    made = reported(cast)
    for person in (cast.facilitator, cast.km_team, cast.admin):
        person.deactivated_at = made.reported_at
    session.commit()
    for person in (cast.facilitator, cast.km_team, cast.admin):
        assert not can_decide(person, made)
        assert session.scalars(reports_for(person)).all() == []
    assert make_person("ใครก็ได้") is not None
