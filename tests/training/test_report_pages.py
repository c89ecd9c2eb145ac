"""The pages of a report: what a clerk, her superiors and her colleagues meet there."""

import io
import re

import pypdfium2
import pytest
from docx import Document as WordDocument
from sqlalchemy import select

from portal.db import session
from portal.drafts.keeping import kept
from portal.files.storing import receive
from portal.items.attaching import attach
from portal.items.models import Attachment, ItemState, Origin
from portal.items.revising import newest
from portal.search.indexing import ensure_index, index_pending
from portal.thai.repair import repair
from portal.training.endorsing import endorse, send_back
from portal.training.models import Duty, DutyChange
from portal.training.report_models import PARTS, ReportStage, TrainingReport
from portal.training.reporting import cover, parts_of
from tests.look.worlds import picture
from tests.making import make_person, reload
from tests.training.making import make_participation
from tests.training.town import PARTS as TEXTS
from tests.training.town import begun_by, handed_in_by, make_town


@pytest.fixture
def town(app):
    return make_town()


def token_in(page, name="opened_with"):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)[1]


def form_of(browser, report, **changes):
    page = browser.get(f"/training/reports/{report.id}/edit")
    return {
        "opened_with": token_in(page),
        **TEXTS,
        "fulfilments-0-step": "KM2",
        "fulfilments-1-step": "KM6",
        "readers": "organisation",
        **changes,
    }


def filed(town, **more):
    report = handed_in_by(town.writer, **more)
    for superior in (town.section_head, town.division_head, town.clerk, town.mayor):
        endorse(report, by=superior, opinion=f"ความเห็นลับของ{superior.first_name}")
    session.commit()
    return report


def test_a_clerk_begins_writes_and_hands_in_and_sees_how_far_it_has_come(town, login_as):
    browser = login_as(town.writer)
    participation = make_participation(town.writer)
    begun = browser.post(f"/training/participations/{participation.id}/report")
    report = session.scalar(select(TrainingReport))
    assert begun.location.endswith(f"/training/reports/{report.id}/edit")
    sent = browser.post(begun.location, data=form_of(browser, report, action="submit"))
    assert sent.status_code == 302
    page = browser.get(sent.location).text
    assert "ส่งรายงานแล้ว" in page
    assert "วิชัย" in page
    assert reload(report).stage == ReportStage.ON_ITS_WAY


def test_the_way_is_shown_before_handing_in(town, login_as):
    report = begun_by(town.writer)
    page = login_as(town.writer).get(f"/training/reports/{report.id}/edit").text
    way = page[page.index("เส้นทางเสนอ") :]
    names = [
        way.index(person.first_name)
        for person in (town.section_head, town.division_head, town.clerk, town.mayor)
    ]
    assert names == sorted(names)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(town, login_as):
    report = begun_by(town.writer)
    browser = login_as(town.writer)
    answer = browser.post(
        f"/training/reports/{report.id}/edit",
        data=form_of(browser, report, gained="", content="เนื้อหาที่พิมพ์ไว้", action="submit"),
    )
    assert answer.status_code == 422
    assert "โปรดเขียนหัวข้อนี้ก่อนส่ง" in answer.text
    assert "เนื้อหาที่พิมพ์ไว้" in answer.text
    assert kept(town.writer, f"report-{report.id}").fields["content"] == "เนื้อหาที่พิมพ์ไว้"
    assert reload(report).stage == ReportStage.DRAFT


def test_the_second_of_two_who_save_is_told_and_sees_both_texts(town, login_as):
    report = begun_by(town.writer)
    friend = make_person("ปราณี")
    cover(report, [make_participation(friend, report.training)], by=town.writer)
    session.commit()
    mine, theirs = login_as(town.writer), login_as(friend)
    url = f"/training/reports/{report.id}/edit"
    group = [str(row.participation_id) for row in report.coverage if row.participation.person_id == friend.id]
    first = form_of(theirs, report, gained="ของปราณี", action="save", group=group)
    second = form_of(mine, report, gained="ของมาลี", action="save", group=group)
    assert theirs.post(url, data=first).status_code == 302
    answer = mine.post(url, data=second)
    assert answer.status_code == 409
    assert "ของปราณี" in answer.text
    assert "ของมาลี" in answer.text
    assert parts_of(newest(reload(report)))["gained"] == "ของปราณี"


def test_files_chosen_with_the_form_are_attached_although_it_is_not_complete(town, login_as):
    report = begun_by(town.writer)
    browser = login_as(town.writer)
    data = form_of(browser, report, gained="", action="submit")
    data["files"] = [(io.BytesIO(picture()), "วุฒิบัตร.png"), (io.BytesIO(picture()), "ภาพหมู่.png")]
    answer = browser.post(
        f"/training/reports/{report.id}/edit", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert {one.name for one in session.scalars(select(Attachment))} == {"วุฒิบัตร.png", "ภาพหมู่.png"}
    assert "วุฒิบัตร.png" in answer.text


def test_a_program_named_as_a_picture_is_refused_and_the_text_stays(town, login_as):
    report = begun_by(town.writer)
    browser = login_as(town.writer)
    data = form_of(browser, report, gained="ความรู้ที่พิมพ์ไว้", action="save")
    data["files"] = [(io.BytesIO(b"MZ\x90\x00" + bytes(2000)), "ภาพ.jpg")]
    answer = browser.post(
        f"/training/reports/{report.id}/edit", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert "ความรู้ที่พิมพ์ไว้" in answer.text
    assert session.scalar(select(Attachment)) is None


def test_several_reports_are_endorsed_on_one_page(town, login_as):
    first, second = handed_in_by(town.writer), handed_in_by(make_person("ปราณี", unit=town.section))
    browser = login_as(town.section_head)
    assert first.title in browser.get("/training/endorsements").text
    answer = browser.post(
        "/training/endorsements", data={"report": [first.id, second.id], "opinion": "เห็นชอบทั้งสองเรื่อง"}
    )
    assert answer.status_code == 302
    for report in (first, second):
        assert reload(report).endorsements[0].opinion == "เห็นชอบทั้งสองเรื่อง"
    assert "ไม่มีรายงานรอพิจารณา" in browser.get("/training/endorsements").text


def test_if_one_of_several_does_not_wait_for_me_none_is_endorsed(town, login_as):
    mine, other = handed_in_by(town.writer), handed_in_by(town.section_head)
    browser = login_as(town.section_head)
    answer = browser.post("/training/endorsements", data={"report": [mine.id, other.id], "opinion": "x"})
    assert answer.status_code == 403
    assert reload(mine).endorsements[0].decided_at is None


def test_sending_back_without_a_comment_is_asked_for_and_the_form_stays(town, login_as):
    report = handed_in_by(town.writer)
    answer = login_as(town.section_head).post(
        f"/training/reports/{report.id}/decision", data={"action": "return", "opinion": ""}
    )
    assert answer.status_code == 422
    assert "โปรดบอกว่าให้แก้อะไร" in answer.text


def test_the_reporter_reads_why_it_was_sent_back_where_he_writes(town, login_as):
    report = handed_in_by(town.writer)
    send_back(report, by=town.section_head, comment="ขอวันที่เริ่มใช้")
    session.commit()
    page = login_as(town.writer).get(f"/training/reports/{report.id}/edit").text
    assert "ขอวันที่เริ่มใช้" in page


def test_colleagues_read_the_published_report_but_not_what_superiors_wrote_nor_what_it_cost(town, login_as):
    report = filed(town, registration=123_456_00)
    colleague = make_person("เพื่อน")
    page = login_as(colleague).get(f"/training/reports/{report.id}").text
    assert TEXTS["application"] in page
    assert "ความเห็นลับ" not in page
    assert "123,456" not in page
    for person in (town.writer, town.section_head, town.mayor, town.km_head):
        page = login_as(person).get(f"/training/reports/{report.id}").text
        assert "ความเห็นลับ" in page, person.first_name
        assert "123,456" in page, person.first_name


def test_who_endorses_sees_that_the_days_were_counted_anew(town, login_as):
    report = handed_in_by(town.writer)
    duty = session.scalars(select(Duty)).one()
    session.add(DutyChange(duty_id=duty.id, kind="recounted", due_before=duty.due_on, due_after=duty.due_on))
    session.commit()
    assert "นับวันใหม่แล้ว 1 ครั้ง" in login_as(town.section_head).get(f"/training/reports/{report.id}").text


def test_the_public_does_not_see_it_unless_the_author_opened_it(town, app):
    report = filed(town)
    assert app.test_client().get(f"/training/reports/{report.id}").status_code in (302, 401)


def text_of_pdf(content):
    document = pypdfium2.PdfDocument(content)
    return repair("".join(page.get_textpage().get_text_range() for page in document))


def test_the_memo_holds_opinions_only_for_those_concerned(town, login_as):
    report = filed(town)
    mine = login_as(town.writer).get(f"/training/reports/{report.id}/memo.pdf")
    others = login_as(make_person("เพื่อน")).get(f"/training/reports/{report.id}/memo.pdf")
    assert mine.mimetype == "application/pdf"
    assert "ลับของ" in text_of_pdf(mine.data)
    assert "ลับของ" not in text_of_pdf(others.data)
    word = login_as(make_person("เพื่อน")).get(f"/training/reports/{report.id}/memo.docx")
    said = "\n".join(
        part.text for part in WordDocument(io.BytesIO(word.data)).element.body.iter() if part.text
    )
    assert "ประชาคมต้องมีหลักฐาน" in said
    assert "ลับของ" not in said


def test_the_booklet_binds_the_endorsed_reports_of_the_year(town, login_as):
    filed(town)
    handed_in_by(town.section_head)
    browser = login_as(make_person("เพื่อน"))
    answer = browser.get("/training/booklet.pdf")
    assert answer.mimetype == "application/pdf"
    assert "ลับของ" not in text_of_pdf(answer.data)
    assert browser.get("/training/booklet.pdf?year=2550").location.endswith("/training/booklet?year=2550")


def test_a_published_report_is_found_by_a_word_in_it_and_not_by_a_word_of_an_opinion(
    town, login_as, settings
):
    report = filed(town)
    ensure_index(settings)
    while index_pending(settings):
        pass
    browser = login_as(make_person("เพื่อน"))
    assert report.title in browser.get("/search?q=ยุทธศาสตร์จังหวัด").text
    assert f"/training/reports/{report.id}" not in browser.get("/search?q=ความเห็นลับ").text


def test_a_report_on_its_way_is_not_found(town, login_as, settings):
    report = handed_in_by(town.writer)
    ensure_index(settings)
    while index_pending(settings):
        pass
    assert f"/training/reports/{report.id}" not in login_as(town.writer).get("/search?q=ยุทธศาสตร์จังหวัด").text


def test_an_endorsed_report_stands_in_the_store_and_counts_as_evidence(town, login_as):
    report = filed(town)
    browser = login_as(make_person("เพื่อน"))
    assert report.title in browser.get("/knowledge?kind=training_report").text
    assert report.title in browser.get("/knowledge?step=KM6").text


def test_a_file_of_a_report_on_its_way_is_fetched_by_its_readers_alone(town, login_as, settings):
    report = handed_in_by(town.writer)
    with receive(io.BytesIO(picture()), "วุฒิบัตร.png", settings=settings) as received:
        attachment = attach(received, by=town.writer, settings=settings, item=report)
    session.commit()
    assert login_as(town.mayor).get(f"/files/{attachment.id}").status_code == 200
    assert login_as(make_person("เพื่อน")).get(f"/files/{attachment.id}").status_code == 404


def test_files_can_not_be_added_or_taken_away_while_it_is_on_its_way(town, login_as, settings):
    report = handed_in_by(town.writer)
    with receive(io.BytesIO(picture()), "วุฒิบัตร.png", settings=settings) as received:
        attachment = attach(received, by=town.writer, settings=settings, item=report)
    session.commit()
    browser = login_as(town.writer)
    assert browser.post(f"/files/{attachment.id}/remove").status_code == 403
    assert browser.post("/files", data={"item_id": report.id}).status_code == 403


def test_an_asset_is_made_of_a_report_without_typing_it_again(town, login_as):
    report = filed(town)
    browser = login_as(town.writer)
    page = browser.get(f"/knowledge/new?from={report.id}").text
    assert "ประชาคมต้องมีหลักฐาน" in page
    browser.post(
        "/knowledge/new",
        data={
            "title": "แผนพัฒนาท้องถิ่น",
            "text": "สรุป",
            "kind": "manual",
            "audience": "organisation",
            "knowledge": "explicit",
            "fulfilments-0-step": "KM3",
            "origin": report.id,
            "action": "publish",
        },
    )
    assert session.scalar(select(Origin.from_item_id)) == report.id


def test_the_author_changes_what_an_endorsed_report_fulfils_and_nobody_else_does(town, login_as):
    report = filed(town)
    url = f"/training/reports/{report.id}/fulfilments"
    browser = login_as(town.writer)
    data = {"opened_with": token_in(browser.get(url)), "fulfilments-0-step": "KM7"}
    assert browser.post(url, data=data).status_code == 302
    assert [row.step for row in reload(report).fulfilments] == ["KM7"]
    assert login_as(town.mayor).get(url).status_code == 403


def test_a_draft_never_handed_in_is_deleted_and_one_that_was_is_not(town, login_as):
    draft, sent = begun_by(town.writer), handed_in_by(town.writer)
    draft_id = draft.id
    browser = login_as(town.writer)
    assert browser.post(f"/training/reports/{draft_id}/delete").status_code == 302
    session.expire_all()
    assert session.get(TrainingReport, draft_id) is None
    send_back(sent, by=town.section_head, comment="แก้")
    session.commit()
    assert browser.post(f"/training/reports/{sent.id}/delete").status_code == 403
    assert reload(sent).state == ItemState.DRAFT


def test_the_parts_of_the_form_are_those_of_the_town(app):
    assert PARTS == ("aims", "content", "gained", "application", "passing_on", "problems")
