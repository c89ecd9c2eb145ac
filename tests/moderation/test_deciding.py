"""A reported text is decided about once; its author is told why, who reported it what became of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from portal import db
from portal.audit.models import AuditEntry
from portal.db import session
from portal.errors import PortalError
from portal.items.hiding import (
    NotHidden,
    hide_opening,
    hide_post,
    opening_hidden,
    unhide_opening,
    unhide_post,
)
from portal.items.models import Post
from portal.items.order_models import Suspension
from portal.items.permissions import can_hide, can_see_post, can_unhide, looks_after, says_why_hiding
from portal.items.posting import quoted, write_post
from portal.moderation.deciding import DecidedAlready, NothingChosen, Verdict, act_on, dismiss
from portal.moderation.models import Caution, Outcome, Reason, Report
from portal.moderation.permissions import can_unhide_opening
from portal.moderation.queue import reports_for
from portal.moderation.reporting import report
from portal.moderation.suspending import NotToBeSuspended, SayWhy
from portal.notice_words import SPEAKERS
from portal.notices.reading import notices_of
from portal.people.models import Openness, Person
from tests.communities.making import make_thread
from tests.making import make_organisation
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES


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


def reported(cast, by=None):
    made = report(cast.thread, cast.post, by=by or cast.member, reason=Reason.RUDE)
    session.commit()
    return made


def texts_of(person):
    return [words.text for _, words in notices_of(person, SPEAKERS)]


def acts():
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_nothing_is_wrong_with_it_and_all_who_reported_it_are_told(cast):
    first, second = reported(cast), reported(cast, by=cast.sponsor)
    dismiss(first, by=cast.facilitator)
    session.commit()
    assert {one.outcome for one in (first, second)} == {Outcome.DISMISSED}
    for person in (cast.member, cast.sponsor):
        assert "ผู้ดูแลดูเรื่องที่คุณแจ้งแล้ว: คงข้อความไว้" in texts_of(person)
    assert texts_of(cast.author) == []
    assert "report_of_text.dismiss" in acts()
    assert session.scalars(reports_for(cast.facilitator)).all() == []


def test_hidden_and_warned_its_author_is_told_why_and_the_stub_stays(login_as, cast):
    made = reported(cast)
    browser = login_as(cast.facilitator)
    assert "มาลี" in browser.get(f"/moderation/cases/{made.id}").text
    form = {"outcome": "act", "hide": "y", "warn": "y", "why": "อย่าดูถูกกัน <b>นะ</b>"}
    assert browser.post(f"/moderation/cases/{made.id}", data=form).location == "/moderation"
    thread = login_as(cast.member).get(f"/threads/{cast.thread.id}").text
    assert "ไม่รู้เรื่องอย่าพูด" not in thread
    assert "อย่าดูถูกกัน &lt;b&gt;นะ&lt;/b&gt;" in thread
    assert 'id="post-1"' in thread
    author = login_as(cast.author)
    notices = author.get("/notices").text
    assert "ถูกซ่อน: อย่าดูถูกกัน &lt;b&gt;นะ" in notices
    assert "ผู้ดูแลตักเตือนคุณ" in notices
    assert "มาลี" not in notices
    assert "อย่าดูถูกกัน &lt;b&gt;" in author.get("/moderation/mine").text
    assert "ซ่อนแล้ว" in login_as(cast.member).get("/moderation/mine").text
    assert {"post.hide", "person.warn", "report_of_text.decide"} <= set(acts())
    assert session.scalars(select(AuditEntry)).all()
    for entry in session.scalars(select(AuditEntry)):
        assert "ดูถูก" not in str(entry.details), "ids and codes, no texts"
    caution = session.scalars(select(Caution)).one()
    assert (caution.person_id, caution.by_id) == (cast.author.id, cast.facilitator.id)


def test_what_is_done_is_chosen_and_said_why(login_as, cast):
    made = reported(cast)
    for verdict, refusal in ((Verdict("เหตุ"), NothingChosen), (Verdict(" ", hides=True), SayWhy)):
        with pytest.raises(refusal):
            act_on(made, verdict, by=cast.facilitator)
    answer = login_as(cast.facilitator).post(
        f"/moderation/cases/{made.id}", data={"outcome": "act", "why": "เหตุผลที่พิมพ์ไว้"}
    )
    assert answer.status_code == 422
    assert "เลือกสิ่งที่จะทำ" in answer.text
    assert "เหตุผลที่พิมพ์ไว้" in answer.text
    session.refresh(made)
    assert made.decided_at is None


def test_two_decide_at_the_same_moment_and_the_second_is_told(login_as, cast):
    made = reported(cast)
    first, second = login_as(cast.facilitator), login_as(cast.sponsor)
    assert second.get(f"/moderation/cases/{made.id}").status_code == 200
    first.post(f"/moderation/cases/{made.id}", data={"outcome": "dismiss"})
    answer = second.post(
        f"/moderation/cases/{made.id}", data={"outcome": "act", "hide": "y", "why": "หยาบคายมาก"}
    )
    assert answer.status_code == 422
    assert "อำนวย" in answer.text
    assert "ตัดสินเรื่องนี้ไปแล้ว" in answer.text
    session.refresh(cast.post)
    assert cast.post.hidden_at is None


def test_two_who_decide_in_two_processes_come_one_after_the_other(cast):
    made = reported(cast)
    together = Barrier(2)

    def decide(person_id: int) -> str:
        try:
            together.wait(10)
            act_on(
                session.get_one(Report, made.id),
                Verdict("เหตุ", warns=True),
                by=session.get_one(Person, person_id),
            )
            session.commit()
        except DecidedAlready:
            return "told"
        except PortalError as error:
            return type(error).__name__
        else:
            return "decided"
        finally:
            db.session.remove()

    ids = [cast.facilitator.id, cast.sponsor.id]
    session.commit()
    db.session.remove()
    with ThreadPoolExecutor(2) as two:
        outcomes = sorted(two.map(decide, ids))
    assert outcomes == ["decided", "told"]
    assert len(session.scalars(select(Caution)).all()) == 1


def test_nobody_decides_about_a_report_he_may_not_see(login_as, cast):
    made = reported(cast)
    for person in (cast.author, cast.member, cast.stranger):
        browser = login_as(person)
        assert browser.get(f"/moderation/cases/{made.id}").status_code == 404
        answer = browser.post(f"/moderation/cases/{made.id}", data={"outcome": "dismiss"})
        assert answer.status_code == 404
    session.refresh(made)
    assert made.decided_at is None


def test_a_facilitator_hides_in_his_community_and_shows_it_again(login_as, cast):
    browser = login_as(cast.facilitator)
    assert looks_after(cast.facilitator, cast.thread)
    for name, person in cast.all().items():
        assert can_hide(person, cast.post) is (name not in {"public", "stranger", "member"}), name
    assert says_why_hiding(cast.facilitator, cast.post), "it is not his own"
    assert not says_why_hiding(cast.author, cast.post)
    assert f"/posts/{cast.post.id}/hide" in browser.get(f"/threads/{cast.thread.id}").text
    assert browser.post(f"/posts/{cast.post.id}/hide", data={"reason": ""}).status_code == 422
    browser.post(f"/posts/{cast.post.id}/hide", data={"reason": "<script>x</script>"})
    session.refresh(cast.post)
    assert cast.post.hidden_by_id == cast.facilitator.id
    assert any("ถูกซ่อน: <script>" in text for text in texts_of(cast.author))
    assert "<script>x" not in login_as(cast.author).get("/notices").text
    for name, person in cast.all().items():
        sees = name in {"facilitator", "sponsor", "author", "km_team", "admin"}
        assert can_see_post(person, cast.post) is sees, name
        assert can_unhide(person, cast.post) is (sees and name != "author"), name
    hidden = browser.get(f"/posts/{cast.post.id}/hidden").text
    assert "ไม่รู้เรื่องอย่าพูด" in hidden
    assert login_as(cast.member).get(f"/posts/{cast.post.id}/hidden").status_code == 404
    assert login_as(cast.author).get(f"/posts/{cast.post.id}/hidden").status_code == 403
    assert login_as(cast.author).post(f"/posts/{cast.post.id}/unhide").status_code == 403
    assert (
        browser.post(f"/posts/{cast.post.id}/unhide").location == f"/threads/{cast.thread.id}?post=1#post-1"
    )
    session.refresh(cast.post)
    assert cast.post.hidden_at is None
    assert "แสดงอีกครั้งแล้ว" in " ".join(texts_of(cast.author))
    assert {"post.hide", "post.unhide"} <= set(acts())
    with pytest.raises(NotHidden):
        unhide_post(cast.post, by=cast.facilitator)


@pytest.mark.parametrize("openness", [Openness.ON_REQUEST, Openness.CLOSED])
def test_who_plans_hides_only_where_he_reads(login_as, town, openness):
    cast = make_cast(openness)
    for person in (cast.km_team, cast.admin):
        assert not looks_after(person, cast.thread)
        assert not can_hide(person, cast.post)
        answer = login_as(person).post(f"/posts/{cast.post.id}/hide", data={"reason": "เหตุ"})
        assert answer.status_code == 404
    session.refresh(cast.post)
    assert cast.post.hidden_at is None


def test_who_hid_his_own_shows_it_again_himself(cast):
    hide_post(cast.post, by=cast.author, reason="")
    assert can_unhide(cast.author, cast.post)
    assert texts_of(cast.author) == [], "he knows"


def test_a_hidden_post_leaves_no_hole_in_the_numbers_nor_in_quotes_of_it(login_as, cast):
    quoting = write_post(cast.thread, by=cast.member, text=f"{quoted(cast.post)}ไม่เห็นด้วย")
    third = write_post(cast.thread, by=cast.member, text="ข้อความที่สาม")
    session.commit()
    hide_post(cast.post, by=cast.facilitator, reason="หยาบ")
    session.commit()
    page = login_as(cast.stranger).get(f"/threads/{cast.thread.id}").text
    for number in (1, 2, 3):
        assert f'id="post-{number}"' in page
    assert [quoting.number, third.number] == [2, 3]
    said = page[page.index('id="post-2"') : page.index('id="post-3"')]
    assert "ไม่รู้เรื่องอย่าพูด" in said, "what is quoted is a copy, and what answers it is still understood"
    stub = page[page.index('id="post-1"') : page.index('id="post-2"')]
    assert "ไม่รู้เรื่องอย่าพูด" not in stub
    assert session.scalars(select(Post.number).where(Post.item_id == cast.thread.id)).all() == [1, 2, 3]


def test_the_text_that_opens_a_thread_is_hidden_with_its_title_from_all_lists(login_as, town):
    cast = make_cast()
    made = report(cast.thread, None, by=cast.author, reason=Reason.PRIVATE)
    session.commit()
    title = cast.thread.title
    form = {"outcome": "act", "hide": "y", "why": "มีชื่อผู้ร้องเรียน"}
    login_as(cast.facilitator).post(f"/moderation/cases/{made.id}", data=form)
    reader = login_as(cast.stranger)
    page = reader.get(f"/threads/{cast.thread.id}").text
    assert "มีชื่อผู้ร้องเรียน" in page
    assert "วงเงินสี่แสนบาท" not in page
    assert title not in page
    assert "ไม่รู้เรื่องอย่าพูด" in page, "what was replied stays"
    assert title not in reader.get(f"/communities/{cast.community.id}").text
    assert reader.get(f"/threads/{cast.thread.id}/history").status_code == 404
    assert "วงเงินสี่แสนบาท" in login_as(cast.facilitator).get(f"/threads/{cast.thread.id}").text
    assert "วงเงินสี่แสนบาท" in login_as(cast.member).get(f"/threads/{cast.thread.id}").text, "his own"
    assert any(f"“{title}” ของคุณถูกซ่อน: มีชื่อผู้ร้องเรียน" in text for text in texts_of(cast.member))
    assert reader.post(f"/items/{cast.thread.id}/unhide").status_code == 403
    login_as(cast.sponsor).post(f"/items/{cast.thread.id}/unhide")
    page = reader.get(f"/threads/{cast.thread.id}").text
    assert title in page
    assert "วงเงินสี่แสนบาท" in page
    assert title in reader.get(f"/communities/{cast.community.id}").text


def test_the_opening_text_is_hidden_from_its_page_too(login_as, cast):
    browser = login_as(cast.facilitator)
    address = f"/items/{cast.thread.id}/hide"
    assert address in browser.get(f"/threads/{cast.thread.id}").text
    assert browser.post(address, data={"reason": ""}).status_code == 422
    assert browser.post(address, data={"reason": "ผิดที่"}).status_code == 302
    assert browser.post(address, data={"reason": "ผิดที่"}).status_code == 422, "somebody has already"
    assert login_as(cast.member).get(address).status_code == 403


@pytest.mark.parametrize("where", ["everywhere", "here"])
def test_a_facilitator_suspends_in_his_community_alone(login_as, cast, where):
    made = reported(cast)
    value = "everywhere" if where == "everywhere" else str(cast.community.group_id)
    form = {"outcome": "act", "days": "7", "where": value, "why": "หยาบคายซ้ำ"}
    answer = login_as(cast.facilitator).post(f"/moderation/cases/{made.id}", data=form)
    if where == "everywhere":
        assert answer.status_code == 422, "that place is not offered to him"
        assert session.scalars(select(Suspension)).all() == []
        with pytest.raises(NotToBeSuspended):
            act_on(made, Verdict("เหตุ", days=7), by=cast.facilitator)
    else:
        assert answer.status_code == 302
        suspension = session.scalars(select(Suspension)).one()
        assert suspension.group_id == cast.community.group_id
        assert (suspension.until_at - suspension.from_at).days == 7
        assert any("คุณถูกระงับการเขียนถึง" in text for text in texts_of(cast.author))
        assert "person.suspend" in acts()


def test_what_others_hid_of_somebody_who_keeps_order_he_does_not_show_again_himself(login_as, cast):
    post = write_post(cast.thread, by=cast.facilitator, text="คำที่ไม่ควรพูด")
    own = make_thread("หัวข้อที่ไม่ควรตั้ง", community=cast.community, by=cast.facilitator)
    hide_post(post, by=cast.sponsor, reason="หยาบ")
    hide_opening(own, by=cast.sponsor, reason="หยาบ")
    session.commit()
    assert not can_unhide(cast.facilitator, post)
    assert not can_unhide_opening(cast.facilitator, own)
    browser = login_as(cast.facilitator)
    assert browser.post(f"/posts/{post.id}/unhide").status_code == 403
    assert browser.post(f"/items/{own.id}/unhide").status_code == 403
    assert f"/posts/{post.id}/unhide" not in browser.get(f"/posts/{post.id}/hidden").text
    assert f"/items/{own.id}/unhide" not in browser.get(f"/threads/{own.id}").text
    other = login_as(cast.sponsor)
    assert f"/items/{own.id}/unhide" in other.get(f"/threads/{own.id}").text
    assert other.post(f"/posts/{post.id}/unhide").status_code == 302
    assert other.post(f"/items/{own.id}/unhide").status_code == 302


def test_who_hid_his_own_before_it_was_decided_does_not_bring_it_back(login_as, cast):
    made = reported(cast)
    author, keeper = login_as(cast.author), login_as(cast.facilitator)
    author.post(f"/posts/{cast.post.id}/hide", data={"reason": ""})
    assert 'name="hide"' in keeper.get(f"/moderation/cases/{made.id}").text
    keeper.post(f"/moderation/cases/{made.id}", data={"outcome": "act", "hide": "y", "why": "ดูถูก"})
    session.expire_all()
    assert (cast.post.hidden_by, cast.post.hidden_reason) == (cast.facilitator, "ดูถูก")
    assert any("ดูถูก" in text for text in texts_of(cast.author))
    assert author.post(f"/posts/{cast.post.id}/unhide").status_code == 403
    assert "ไม่รู้เรื่องอย่าพูด" not in login_as(cast.member).get(f"/threads/{cast.thread.id}").text


def test_an_opening_that_its_author_hid_is_taken_over_by_who_decides(login_as, cast):
    own = make_thread("หัวข้อที่ไม่ควรตั้ง", community=cast.community, by=cast.facilitator)
    made = report(own, None, by=cast.member, reason=Reason.RUDE)
    hide_opening(own, by=cast.facilitator, reason="")
    session.commit()
    assert can_unhide_opening(cast.facilitator, own), "it is his own act still"
    form = {"outcome": "act", "hide": "y", "why": "ดูถูก"}
    assert 'name="hide"' in login_as(cast.sponsor).get(f"/moderation/cases/{made.id}").text
    login_as(cast.sponsor).post(f"/moderation/cases/{made.id}", data=form)
    session.expire_all()
    assert opening_hidden(own).hidden_by == cast.sponsor
    assert not can_unhide_opening(cast.facilitator, own)
    unhide_opening(own, by=cast.sponsor)
    assert own.title == "หัวข้อที่ไม่ควรตั้ง"


def test_who_shows_an_opening_again_a_second_time_is_told_that_it_is_shown_already(login_as, cast):
    hide_opening(cast.thread, by=cast.facilitator, reason="ผิดที่")
    session.commit()
    address = f"/items/{cast.thread.id}/unhide"
    assert login_as(cast.sponsor).post(address).status_code == 302
    second = login_as(cast.facilitator).post(address)
    assert second.status_code == 409
    assert can_unhide_opening(cast.facilitator, cast.thread), (
        "what is read already is shown by who looks after it"
    )
    assert login_as(cast.stranger).post(address).status_code == 403
