"""The audit log names who joined and left a community; who writes in one, or is warned there, it does not tell its reader."""

import io

import openpyxl
import pytest

from portal.communities.joining import belong
from portal.communities.polling import end_poll, start_poll
from portal.communities.talking import edit_opening, lock_thread
from portal.db import session
from portal.items.hiding import hide_opening, hide_post
from portal.items.minding import admit_thread
from portal.items.posting import rewrite_post
from portal.moderation.deciding import Verdict, act_on
from portal.moderation.letting_through import turn_down
from portal.moderation.models import Reason
from portal.moderation.reporting import report
from portal.moderation.suspending import suspend
from portal.people.models import Openness
from portal.people.settings import decide
from tests.making import make_organisation, make_person
from tests.meetings.making import make_event
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


def cast_that_acts(openness):
    """All sorts of acts in one community; by the author, the member and the facilitator."""
    cast = make_cast(openness)
    made = report(cast.thread, cast.post, by=cast.member, reason=Reason.RUDE)
    rewrite_post(cast.post, by=cast.author, text="เขียนใหม่")
    act_on(made, Verdict("หยาบ", hides=True, warns=True), by=cast.facilitator)
    poll = start_poll(cast.thread, by=cast.member, question="เอาไหม", options=["เอา", "ไม่เอา"])
    end_poll(poll, by=cast.member)
    edit_opening(cast.thread, by=cast.member, title="ชื่อใหม่", text="ใหม่")
    lock_thread(cast.thread, by=cast.sponsor, why="จบ")
    make_event(by=cast.author, community=cast.community)
    suspend(cast.author, cast.community.group, 7, by=cast.facilitator, why="หยาบ")
    decide(cast.community.organisation_id, held_first_posts=1)
    held = admit_thread(
        cast.community.group, "เรื่องแรก", "ขอถาม", by=newcomer_in(cast.community), kind="question"
    )
    turn_down(held, by=cast.facilitator, why="ไม่เหมาะ")
    session.commit()
    return cast


def newcomer_in(community):
    person = make_person("ใหม่")
    belong(community, person, by=person)
    return person


def in_words(browser, query=""):
    """The lines of the page, and those of the workbook."""
    page = browser.get(f"/admin/audit{query}").text.split('class="rows"')
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/admin/audit.xlsx{query}").data))
    rows = [" | ".join(str(cell) for cell in row) for row in book.active.values]
    return page[1] if len(page) > 1 else "", rows[1:]


TALK = (
    "แก้ไขความเห็น",
    "ซ่อนความเห็น",
    "ตั้งแบบสำรวจ",
    "ปิดแบบสำรวจ",
    "ล็อกกระทู้",
    "ตักเตือน",
    "ระงับ",
    "เผยแพร่",
    "ไม่ให้ข้อความผ่าน",
)


@pytest.mark.parametrize("openness", [Openness.ON_REQUEST, Openness.CLOSED])
def test_who_writes_where_its_reader_does_not_read_the_log_does_not_tell(login_as, town, openness):
    cast = cast_that_acts(openness)
    browser = login_as(cast.admin)
    page, rows = in_words(browser)
    acts = [row for row in rows if any(word in row for word in TALK)]
    assert len(acts) >= 9
    for row in acts:
        assert "สมาชิกคนหนึ่ง" in row, row
        assert "ในชุมชนที่คุณไม่ได้อ่าน" in row, row
        for name in ("สมชาย", "มาลี", "อำนวย", "เอื้อ", cast.community.name, "ชื่อใหม่"):
            assert name not in row, row
    assert any("สมชาย" in row and "กลุ่ม" in row for row in rows), "who joined it names"
    assert "ในชุมชนที่คุณไม่ได้อ่าน" in page


@pytest.mark.parametrize("openness", [Openness.ON_REQUEST, Openness.CLOSED])
def test_asked_for_a_person_the_log_neither_lists_nor_counts_it(login_as, town, openness):
    cast = cast_that_acts(openness)
    browser = login_as(cast.admin)
    for query in (
        f"?person={cast.author.id}",
        f"?person={cast.sponsor.id}",
        f"?type=person&id={cast.author.id}",
    ):
        page, rows = in_words(browser, query)
        assert "ในชุมชนที่คุณไม่ได้อ่าน" not in page, query
        assert not [row for row in rows if any(word in row for word in TALK)], query
        assert "ในชุมชนที่คุณไม่ได้อ่าน" not in "".join(rows)


def test_of_an_open_community_and_to_its_member_the_log_tells_all(login_as, town):
    cast = cast_that_acts(Openness.OPEN)
    page, rows = in_words(login_as(cast.admin))
    assert "ในชุมชนที่คุณไม่ได้อ่าน" not in page
    assert any("สมชาย" in row and "แก้ไขความเห็น" in row for row in rows)
    assert in_words(login_as(cast.admin), f"?person={cast.author.id}")[1]
    hide_post(cast.post, by=cast.admin, reason="")
    hide_opening(cast.thread, by=cast.facilitator, reason="ผิดที่")
    session.commit()
    assert any("อำนวย" in row and "ซ่อนข้อความ" in row for row in in_words(login_as(cast.admin))[1])
