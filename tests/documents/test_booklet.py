"""Rule 3 of the town: the reports of a unit and year, bound together."""

import pytest

from portal.documents import pdf as papers
from portal.documents.memo import Booklet, Look, PaperTooLong, Section
from portal.documents.pdf import booklet_pdf
from portal.thai.numerals import Numerals
from tests.documents.papers import PARAGRAPH, make_memo, make_picture
from tests.documents.reading_pdf import pages_of, squeezed


def make_booklet(count: int = 3, **given: object) -> Booklet:
    memos = tuple(
        make_memo(subject=f"เรื่องลำดับที่ {n}", sections=(Section("สรุป", f"{PARAGRAPH}\n\n" * 7),))
        for n in range(1, count + 1)
    )
    return Booklet(
        "รายงานผลการฝึกอบรม",
        "กองคลัง",
        "ปีงบประมาณ พ.ศ. ๒๕๗๐",
        "เทศบาลตำบลปากน้ำท่าเรือ",
        "คำนำของเล่มนี้",
        memos,
        **given,
    )


def read(booklet: Booklet, look: Look) -> list[str]:
    return [squeezed(page) for page in pages_of(booklet_pdf(booklet, look))]


def test_it_has_a_cover_a_preface_and_contents_with_the_right_pages():
    cover, preface, contents, *reports = read(make_booklet(), Look(Numerals.THAI, emblem=make_picture()))
    assert squeezed("รายงานผลการฝึกอบรมกองคลังปีงบประมาณ พ.ศ. ๒๕๗๐") in cover
    assert "เทศบาลตำบลปากน้ำท่าเรือ" in cover
    assert preface.startswith("-ก-คำนำ")
    assert contents.startswith("-ข-สารบัญ")
    first_pages = [n for n, page in enumerate(reports, 1) if "บันทึกข้อความ" in page]
    assert first_pages[0] == 1
    assert len(first_pages) == 3
    for place, page in enumerate(first_pages, 1):
        assert squeezed(f"เรื่องลำดับที่ {place}") in reports[page - 1]
        entry = contents.split(squeezed(f"เรื่องลำดับที่ {place}"))[1]
        assert entry.lstrip(".").startswith("๐๑๒๓๔๕๖๗๘๙"[page])


def test_every_page_of_the_reports_is_numbered():
    *_, first, second = read(make_booklet(1), Look(Numerals.ARABIC))
    assert first.startswith("-1-")
    assert second.startswith("-2-")


def test_a_booklet_without_reports_or_preface_says_so():
    pages = read(Booklet("รายงานผลการฝึกอบรม"), Look())
    assert "ยังไม่มีรายงานในเล่มนี้" in pages[-1]
    assert not any("คำนำ" in page for page in pages)


def test_two_hundred_reports_fit_in_one_booklet():
    pages = read(make_booklet(200), Look())
    assert sum("บันทึกข้อความ" in page for page in pages) == 200


def test_too_much_for_one_booklet_is_refused(monkeypatch):
    monkeypatch.setattr(papers, "MOST_IN_A_BOOKLET", 1000)
    with pytest.raises(PaperTooLong):
        booklet_pdf(make_booklet(), Look())
